"""A number of the scenario that stands among the coefficients of rows instead of beside them: a
share, for example.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.arrays import Floats, Ints

STEEP = 1e-6
"""Least root by which a slope is divided: where a number is all that its rows take from it, the
slope has no end."""


@dataclass(frozen=True)
class CoefficientParameter:
    """What the rows of a block gain, by column, when the number grows by one of its unit.

    A row is `Σ (a + amount · slope) · x ≤ b`. Who moves the number moves the coefficients by
    `slope`; rows count within their block.
    """

    amount: float
    rows: Ints
    columns: Ints
    slope: Floats
    own: Floats | None = None
    """[rows] the number of each row where they differ; then `amount` is 1, and `slope` is what all
    of the row's number makes."""
    above: Floats | None = None
    """[rows] what is taken from the number before the rows hold its root: a row is then `Σ (a +
    √(amount − above) · slope) · x ≤ b`."""

    def number(self, row: int) -> float:
        """What the scenario says for a row."""
        return self.amount if self.own is None else float(self.own[row])

    def held(self, rows: Ints) -> Floats:
        """What the slopes of rows are multiplied by in them."""
        return (
            np.full(len(rows), self.amount)
            if self.above is None
            else signed_root(self.amount - self.above[rows])
        )

    def rate(self, rows: Ints) -> Floats:
        """What slopes of rows are multiplied by to be those of one unit, for small moves."""
        if self.above is not None:
            return np.asarray(0.5 / np.maximum(np.abs(self.held(rows)), STEEP), dtype=np.float64)
        return np.ones(len(rows)) if self.own is None else 1.0 / self.own[rows]

    def change(self, rows: Ints, by: float) -> Floats:
        """What slopes of rows are multiplied by to be those of a move by `by`."""
        if self.above is not None:
            return signed_root(self.amount + by - self.above[rows]) - self.held(rows)
        return by * self.rate(rows)

    def needed(self, rows: Ints, change: Floats) -> Floats:
        """The moves that multiply the slopes of rows by `change`."""
        if self.above is not None:
            root = self.held(rows) + change
            return np.asarray(
                root * np.abs(root) + self.above[rows] - self.amount, dtype=np.float64
            )
        return np.asarray(change / self.rate(rows), dtype=np.float64)


def signed_root(values: Floats) -> Floats:
    """√x, and −√−x below 0, where a row that allows so much less than nothing allows nothing."""
    return np.asarray(np.sign(values) * np.sqrt(np.abs(values)), dtype=np.float64)


@dataclass(frozen=True)
class Affine:
    """Bounds that are not the numbers as somebody wrote them: bound = offset + factor · number, row
    by row.
    """

    offset: Floats
    factor: Floats

    def number(self, row: int, bound: float) -> float:
        """The number behind a bound, rid of what arithmetic leaves in its last digits."""
        return float(f"{(bound - self.offset[row]) / self.factor[row]:.12g}")


@dataclass(frozen=True)
class Follower:
    """Rows in which the number of a limit stands as well: they move with its rows, by `slope` for
    each unit of their bound.
    """

    leader: str
    """The block of the limit's rows."""
    keys: Ints
    """[n, axes of the leader] the leading row of each row."""
    slope: Floats
    """[n]; a row of slope 0 stays."""
