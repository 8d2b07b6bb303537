"""Coefficients while a block of rows is put together, what columns take of their sites, and what
they cost: flat arrays of numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from planner.arrays import Bools, Floats, Ints
from planner.core.limits import Account

ABSENT = -1
"""Index of a variable, or of a row, that does not exist."""
Measure = Literal[
    "utility", "it", "liquid", "air", "utility_average", "utility_peak", "it_nameplate", "water"
]
"""What a site's machines and networks take of it, each with its basis and load: `utility`, `it`,
`liquid` and `air` at the load that the site is sized by, in MW; `utility_average`, `utility_peak`
and `it_nameplate` in MW; `water` of cooling in m³ per hour at the average."""
MEASURES: tuple[Measure, ...] = get_args(Measure)
Supplied = Literal[
    "firm",
    "firm_behind_meter",
    "connection",
    "carried",
    "storage_mw",
    "storage_mwh",
    "emitted",
    "networks",
    "construction",
]
"""What else columns bring to their sites: MW that may be drawn on at any moment, all of it and of
what stands behind the meter; MW added to the connection; MW carried in a step of the load; MW and
MWh of storage; ktCO2e beside what the grid emits for the average draw; MW of IT of networks; MUSD
of construction."""
Balance = Measure | Supplied
"""What is added up by site and period."""


@dataclass(frozen=True)
class Posted:
    """What columns take at their sites in their periods: flat arrays, one entry for each column
    that takes anything.
    """

    columns: Ints
    sites: Ints
    periods: Ints
    values: Floats
    """Of one unit of the column, in the unit of the measure."""


class Terms:
    """Coefficients of a row block while it is put together; entries on absent rows or columns fall
    away.
    """

    def __init__(self) -> None:
        self._parts: list[tuple[Ints, Ints, Floats]] = []

    def add(self, rows: Ints, columns: Ints, values: Floats | float) -> Terms:
        """Add `values` at (rows, columns); the three broadcast against each other."""
        r, c, v = np.broadcast_arrays(rows, columns, np.asarray(values, dtype=np.float64))
        keep = (r >= 0) & (c >= 0) & (v != 0.0)
        self._parts.append((r[keep].astype(np.int64), c[keep].astype(np.int64), v[keep]))
        return self

    def join(self, other: Terms) -> Terms:
        """Add the coefficients of another."""
        self._parts += other._parts
        return self

    def copy(self) -> Terms:
        """The same, to which more can be added."""
        other = Terms()
        other._parts = list(self._parts)
        return other

    def triplets(self) -> tuple[Ints, Ints, Floats]:
        """Everything added so far, entries of the same row and column summed, sorted by row and
        column.
        """
        if not self._parts:
            empty = np.zeros(0, dtype=np.int64)
            return empty, empty, np.zeros(0)
        r, c, v = (np.concatenate([part[i] for part in self._parts]) for i in range(3))
        order = np.lexsort((c, r))
        r, c, v = r[order].astype(np.int64), c[order].astype(np.int64), v[order].astype(np.float64)
        if len(r) == 0:
            return r, c, v
        fresh = np.concatenate([[True], (r[1:] != r[:-1]) | (c[1:] != c[:-1])])
        starts = np.flatnonzero(fresh)
        return r[starts], c[starts], np.add.reduceat(v, starts)


def row_numbers(present: Bools) -> Ints:
    """Consecutive numbers where `present`, ABSENT elsewhere, in the same shape."""
    numbers = np.full(present.shape, ABSENT, dtype=np.int64)
    numbers[present] = np.arange(np.count_nonzero(present))
    return numbers


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
        """[T] present worth in MUSD of what of this bucket falls into each period, for a
        solution.
        """
        periods, columns, values = self.triplets()
        return self.present_constant + np.bincount(
            periods, weights=values * self.worth * solution[columns], minlength=len(self.constant)
        )

    def at(self, solution: Floats) -> Floats:
        """[T] MUSD of this bucket for a solution."""
        periods, columns, values = self.triplets()
        return self.constant + np.bincount(
            periods, weights=values * solution[columns], minlength=len(self.constant)
        )
