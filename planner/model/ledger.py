"""Money buckets: what each column costs, per period."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from planner.arrays import Floats, Ints
from planner.core.accounts import Account


@dataclass
class Flow:
    """One account in MUSD, undiscounted: per period, coefficients on columns and a constant."""

    account: Account
    constant: Floats
    """MUSD by period that no column changes."""
    present_constant: Floats
    """Their present worth."""
    periods: list[Ints] = field(default_factory=list)
    columns: list[Ints] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)
    worths: list[Floats] = field(default_factory=list)
    """Present worth of 1 USD on the day on which each is paid."""

    def triplets(self) -> tuple[Ints, Ints, Floats]:
        """(periods, columns, MUSD per unit), concatenated."""
        empty = np.zeros(0, dtype=np.int64)
        return (
            np.concatenate(self.periods) if self.periods else empty,
            np.concatenate(self.columns) if self.columns else empty,
            np.concatenate(self.values) if self.values else np.zeros(0),
        )

    @property
    def worth(self) -> Floats:
        """Present worth of 1 USD of each triplet."""
        return np.concatenate(self.worths) if self.worths else np.zeros(0)

    def present_at(self, solution: Floats) -> Floats:
        """[T] present worth in MUSD of what of this bucket falls into each period, for a solution."""
        periods, columns, values = self.triplets()
        return self.present_constant + np.bincount(periods, weights=values * self.worth * solution[columns], minlength=len(self.constant))

    def at(self, solution: Floats) -> Floats:
        """[T] MUSD of this bucket for a solution."""
        periods, columns, values = self.triplets()
        return self.constant + np.bincount(periods, weights=values * solution[columns], minlength=len(self.constant))
