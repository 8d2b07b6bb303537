"""A number of the scenario that stands among the coefficients of rows instead of beside them: a share, for example."""

from __future__ import annotations

import math
from collections.abc import Callable
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
    own: npt.NDArray[np.float64] | None = None
    """[rows] the number of each row where they differ; then `amount` is 1, and `slope` is what all of the row's number makes."""
    root: bool = False
    """Whether the rows hold the square root of the number: a row is then `Σ (a + √amount · slope) · x ≤ b`."""

    def number(self, row: int) -> float:
        """What the scenario says for a row."""
        return self.amount if self.own is None else float(self.own[row])

    @property
    def held(self) -> float:
        """What the slopes of the rows are multiplied by in them."""
        return math.sqrt(self.amount) if self.root else self.amount

    def rate(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """What slopes of rows are multiplied by to be those of one unit, for small moves."""
        if self.root:
            return np.full(len(rows), 0.5 / math.sqrt(self.amount))
        return np.ones(len(rows)) if self.own is None else 1.0 / self.own[rows]

    def change(self, rows: npt.NDArray[np.int64], by: float) -> npt.NDArray[np.float64]:
        """What slopes of rows are multiplied by to be those of a move by `by`; a number whose root is held ends at 0."""
        if self.root:
            return np.full(len(rows), math.sqrt(max(0.0, self.amount + by)) - math.sqrt(self.amount))
        return by * self.rate(rows)

    def needed(self, rows: npt.NDArray[np.int64], change: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The moves that multiply the slopes of rows by `change`, all of them towards more."""
        if self.root:
            return np.asarray((math.sqrt(self.amount) + change) ** 2 - self.amount, dtype=np.float64)
        return np.asarray(change / self.rate(rows), dtype=np.float64)


@dataclass(frozen=True)
class Written:
    """The bounds of a block are not the numbers as somebody wrote them: bound = offset + factor · number, row by row."""

    offset: npt.NDArray[np.float64]
    factor: npt.NDArray[np.float64]
    unit: str = ""
    """Of the number, where it is not that of the rows."""

    def number(self, row: int, bound: float) -> float:
        """The number behind a bound, rid of what arithmetic leaves in its last digits."""
        return float(f"{(bound - self.offset[row]) / self.factor[row]:.12g}")


@dataclass(frozen=True)
class Follower:
    """Rows of another block that the same number stands in: they move with it, by `slope` for each unit of the leader's bound."""

    leader: str
    keys: npt.NDArray[np.int64]
    """[n, axes of the leader] the leading row of each."""
    block: str
    rows: npt.NDArray[np.int64]
    """[n] within the block."""
    slope: npt.NDArray[np.float64]
    twin: bool
    """Whether the rows say the same limit once more, so that they have no number of their own."""


@dataclass(frozen=True)
class Choice:
    """A limit that is a yes or no to a person, whatever number its rows have."""

    says: Callable[[tuple[str, ...], float], str]
    """What the scenario would say instead, of a row that gives way by so much."""
    whole: npt.NDArray[np.float64]
    """[rows] by how much it gives way when the answer is the other one throughout."""
