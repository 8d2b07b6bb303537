"""Arrays of the model and of the solve, and the scales between the units of a case and those of the
model.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

KILO, MEGA, PETA = 1e3, 1e6, 1e15
HOURS_PER_DAY = 24.0
