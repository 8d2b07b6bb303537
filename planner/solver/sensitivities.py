"""What is said of one number: its price tag, and the difference that solving again finds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from planner.solver.crosscheck import Witness
from planner.solver.levers import Lever

SAME_SLOPE = 1e-3
"""Slopes that differ by no more than this share are one slope."""
Status = Literal["solved", "no plan", "out of time", "failed"]


@dataclass(frozen=True)
class Difference:
    """How much better (positive) the objective gets by a move, after solving the integer model again.

    The true difference lies between `low` and `high`. Both are None where there is no plan or none was found.
    """

    status: Status
    better: float | None
    low: float | None
    high: float | None
    second: Witness
    seconds: float

    @property
    def within_gap(self) -> bool:
        """Whether the difference cannot be told from nothing."""
        return self.low is not None and self.high is not None and self.low <= 0 <= self.high


@dataclass(frozen=True)
class Tag:
    """The price tag of one lever, in units of the objective per unit of the lever; positive is better."""

    lever: Lever
    dual: float
    more: float | None
    """Worth of a unit when the limit gives way a little; None if the linear program did not answer."""
    less: float | None
    """Cost of a unit when the limit is tightened a little; None if nothing is left then."""
    degenerate: bool
    step: float
    machine: float | None
    """What the smallest machine of the plan takes of the limit."""
    expected_more: float | None
    """The linear program's difference for a whole step more."""
    expected_less: float | None


def apart(dual: float, more: float | None, less: float | None, noise: float) -> bool:
    """Whether the slopes on either side and the dual are not one number; unknown slopes are not held against it."""
    if more is None:
        return False
    if less is None:
        return True
    return max(less, more, dual) - min(less, more, dual) > SAME_SLOPE * max(abs(less), abs(more)) + noise


def round_up(amount: float) -> float:
    """The next of 1, 2, 5, 10, …"""
    scale = 10.0 ** math.floor(math.log10(amount) + 1e-12)
    return next(scale * step for step in (1.0, 2.0, 5.0, 10.0) if amount <= scale * step * (1 + 1e-9))
