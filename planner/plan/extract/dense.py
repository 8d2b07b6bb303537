"""Values of a block of the model, where it may have gaps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def dense(index: npt.NDArray[np.int64], solution: Floats) -> Floats:
    """Values in the shape of a block, 0 where it has no variable."""
    return np.where(index >= 0, solution[index], 0.0)
