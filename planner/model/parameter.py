"""A number of the scenario that stands among the coefficients of rows instead of beside them: a share, for example."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Parameter:
    """What the rows of a block gain, by column, when the number grows by one of its unit.

    A row is `Σ (a + amount · slope) · x ≤ b`. Who moves the number moves the coefficients by `slope`; rows count within their block.
    """

    amount: float
    unit: str
    more_loosens: bool
    """Whether a larger number leaves more freedom (a ceiling), or less (a floor)."""
    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    slope: npt.NDArray[np.float64]
