"""What is said of one number: its sensitivity, and the difference that solving again finds."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from planner.model.blocks import Rows
from planner.model.frame import Frame
from planner.solver.crosscheck import Witness
from planner.solver.limit_parameters import Bounds, LimitParameter, followers


@dataclass(frozen=True)
class Shift:
    """One step of a limit, a period sooner or later."""

    parameter: LimitParameter
    sooner: bool
    period: str
    """When the step begins then; `after the horizon` for one that was to begin in the last
    period."""
    loosened: bool | None
    """Whether it leaves more freedom, or less; None where it does both."""
    bounds: Bounds


def shifts(frame: Frame, parameter: LimitParameter) -> list[Shift]:
    """Both moves of a dated step, as far as rows for them exist."""
    if (
        not parameter.first
        or parameter.coefficients
        or frame.periods.index(parameter.first) == 0
        or not _lasts(frame, parameter)
    ):
        return []
    return [
        shift
        for shift in (_sooner(frame, parameter), _later(frame, parameter))
        if shift is not None
    ]


def _lasts(frame: Frame, parameter: LimitParameter) -> bool:
    """Whether the step holds until another follows; a budget of certain periods does not."""
    block = frame.rows[parameter.block]
    after = frame.periods.index(parameter.last) + 1
    return (
        not parameter.ceiling
        or after == len(frame.periods)
        or bool((block.keys[:, _axis(frame, block)] == after).any())
    )


def _edge(frame: Frame, parameter: LimitParameter) -> Iterable[tuple[int, int | None]]:
    """(first row of the step, the row of the period before it), for every place the parameter
    counts at.
    """
    block = frame.rows[parameter.block]
    axis = _axis(frame, block)
    first = frame.periods.index(parameter.first)
    numbers = {tuple(key): row + block.first for row, key in enumerate(block.keys.tolist())}
    for row in parameter.rows:
        key = block.keys[row - block.first].tolist()
        if key[axis] == first:
            before = list(key)
            before[axis] = first - 1
            yield row, numbers.get(tuple(before))


def _axis(frame: Frame, block: Rows) -> int:
    axis = block.axis_of(frame.periods)
    assert axis is not None
    return axis


def _sooner(frame: Frame, parameter: LimitParameter) -> Shift | None:
    low, high = frame.row_bounds()
    bounds, loosened = dict[int, tuple[float, float]](), True
    for row, before in _edge(frame, parameter):
        if before is None:
            return None
        was, new = (high[before], high[row]) if parameter.ceiling else (low[before], low[row])
        if was == new:
            return None
        loosened = bool((new > was) == parameter.ceiling)
        bounds[before] = (low[before], new) if parameter.ceiling else (new, high[before])
    period = frame.periods[frame.periods.index(parameter.first) - 1]
    return (
        Shift(
            parameter, True, period, None if parameter.mixed else loosened, _carried(frame, bounds)
        )
        if bounds
        else None
    )


def _later(frame: Frame, parameter: LimitParameter) -> Shift | None:
    low, high = frame.row_bounds()
    bounds, loosened = dict[int, tuple[float, float]](), True
    for row, before in _edge(frame, parameter):
        if before is None and parameter.ceiling:
            return None
        was = (
            -np.inf if before is None else float(high[before] if parameter.ceiling else low[before])
        )
        loosened = bool((was > (high[row] if parameter.ceiling else low[row])) == parameter.ceiling)
        bounds[row] = (low[row], was) if parameter.ceiling else (was, high[row])
    after = frame.periods.index(parameter.first) + 1
    period = frame.periods[after] if after < len(frame.periods) else "after the horizon"
    return (
        Shift(
            parameter, False, period, None if parameter.mixed else loosened, _carried(frame, bounds)
        )
        if bounds
        else None
    )


def _carried(frame: Frame, bounds: Bounds) -> Bounds:
    """The same with the rows that move along."""
    low, high = frame.row_bounds()
    result, following = dict(bounds), followers(frame)
    for row, (least, most) in bounds.items():
        moved = most - high[row] if np.isfinite(high[row]) else least - low[row]
        for other, slope in following.get(row, ()):
            up = np.isfinite(high[other])
            result[other] = (
                (low[other], high[other] + slope * moved)
                if up
                else (low[other] + slope * moved, high[other])
            )
    return result


SAME_SLOPE = 1e-3
"""Slopes that differ by no more than this share are one slope."""
Status = Literal["solved", "no plan", "out of time", "failed"]


@dataclass(frozen=True)
class Difference:
    """How much better (positive) the objective gets by a move, after solving the integer model
    again.

    The true difference lies between `low` and `high`. Both are None where there is no plan or none
    was found.
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
class Sensitivity:
    """What one unit of a parameter is worth, in units of the objective per unit of the parameter;
    positive is better.
    """

    parameter: LimitParameter
    dual: float
    more: float | None
    """Worth of a unit when the limit gives way a little; None if the linear program did not
    answer."""
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
    """Whether the slopes on either side and the dual are not one number; unknown slopes are not
    held against it.
    """
    if more is None:
        return False
    if less is None:
        return True
    return (
        max(less, more, dual) - min(less, more, dual)
        > SAME_SLOPE * max(abs(less), abs(more)) + noise
    )


def round_up(amount: float) -> float:
    """The next of 1, 2, 5, 10, …"""
    scale = 10.0 ** math.floor(math.log10(amount) + 1e-12)
    return next(
        scale * step for step in (1.0, 2.0, 5.0, 10.0) if amount <= scale * step * (1 + 1e-9)
    )
