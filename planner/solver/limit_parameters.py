"""Which numbers of a scenario could one move, and what is the model when one has moved?

A parameter is one number of the scenario as a person wrote it: all rows of one limit with the same
amount in periods that follow each other (`power at plains` from 2027-Q4 to 2028-Q2: 108 MW). It is
found from the rows alone, so that every family's limits have parameters. Moving it moves the bounds
of its rows, or their coefficients where the number stands there (a share); the scenario file is not
touched. What only repeats limits goes along: the upper bounds of machines are lifted, and the
constants of switched rows grow.

What no row holds cannot be moved: a site that cannot cool a machine at all has no variables for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np

from planner.arrays import Bools, Floats
from planner.core.limits import At, LimitKind, Unit
from planner.model.blocks import Rows
from planner.model.frame import Frame
from planner.model.parameter import CoefficientParameter
from planner.model.terms import Terms
from planner.refusal import Sense

Bounds = Mapping[int, tuple[float, float]]
"""Model row → (lower, upper)."""
LOOSE = 1e3
"""What the constants of switched rows are multiplied by when the limits that they were computed
from may be gone."""
WIDER = 2.0
"""The same when limits only move by no more than their own size."""
LARGE = 10.0
"""Largest coefficient, at least, of the rows of a share that is tried in tenths of a point."""
NOTHING = 1e-7


@dataclass(frozen=True)
class LimitParameter:
    """One number of the scenario: where it stands, what it is, and the rows that move with it."""

    kind: LimitKind
    name: str
    path: str
    block: str
    first: str
    """First period of its rows; empty for a limit without a period."""
    last: str
    amount: float
    unit: Unit
    says: str
    rows: tuple[int, ...]
    at: At = field(compare=False)
    """Where its first row counts."""
    each: tuple[float, ...] = ()
    """What the bound of each row gains for one unit of the number; empty for 1."""
    also: tuple[tuple[int, int, float], ...] = ()
    """(row, other row, slope): rows of other blocks that the number stands in as well, moved by
    slope for each unit of the row's bound."""
    mixed: bool = False
    """Whether some of these are tightened where the limit gives way: a contract that follows the
    power of its site."""
    relative_to: float = 0.0
    """What a move is counted against where the number itself is none: all machines that may not be
    retired, say."""

    @property
    def ceiling(self) -> bool:
        """At most so much (more of it loosens), or at least (less of it loosens)."""
        return self.kind.ceiling

    @property
    def sense(self) -> Sense:
        """The same in words."""
        return "at most" if self.ceiling else "at least"

    @property
    def coefficients(self) -> bool:
        """Whether it stands among the coefficients of its rows."""
        return self.kind.number in ("share", "cut")

    def instead(self, by: float) -> str:
        """What a move by so much is in words, where the scenario has no such number to write (a yes
        or no); else empty.
        """
        return "" if self.kind.instead is None else self.kind.instead(self.at, by)

    @property
    def when(self) -> str:
        """Its periods in words: `2027-Q4..2028-Q2`; empty for a limit without a period."""
        return self.first if self.first == self.last else f"{self.first}..{self.last}"

    @property
    def key(self) -> str:
        """What tells it from the other parameters: `power at plains [2027-Q4..2028-Q2]`."""
        return f"{self.name} [{self.when}]" if self.when else self.name

    def word(self, amount: float) -> str:
        """`more` or `less`, for a move by `amount` (positive loosens)."""
        return "more" if self.ceiling == (amount > 0) else "less"


def parameters(frame: Frame) -> list[LimitParameter]:
    """Every number of the scenario that rows hold, in the order of the rows."""
    following = followers(frame)
    return [
        parameter
        for block in frame.blocks()
        if block.kind is not None
        for parameter in _of_block(frame, block, block.kind, following)
    ]


def followers(frame: Frame) -> dict[int, list[tuple[int, float]]]:
    """Row → (other row, slope) of the rows that move with it."""
    found: dict[int, list[tuple[int, float]]] = {}
    for block in frame.blocks():
        follows = block.facts.follows
        leader = None if follows is None else frame.rows.get(follows.leader)
        if follows is None or leader is None:
            continue
        numbers = {tuple(key): row + leader.first for row, key in enumerate(leader.keys.tolist())}
        for row, (key, slope) in enumerate(
            zip(follows.keys.tolist(), follows.slope.tolist(), strict=True)
        ):
            if slope != 0 and tuple(key) in numbers:
                found.setdefault(numbers[tuple(key)], []).append((row + block.first, slope))
    return found


def _of_block(
    frame: Frame, block: Rows, kind: LimitKind, following: Mapping[int, list[tuple[int, float]]]
) -> Iterable[LimitParameter]:
    """The numbers of a block: rows of one name, place and unit, with the same amount in periods
    that follow each other.
    """
    if kind.number == "none":
        return
    coefficient, affine, relative_to = (
        block.facts.coefficient,
        block.facts.affine,
        block.facts.relative_to,
    )
    bound, axis = block.lower if kind.least else block.upper, block.axis_of(frame.periods)
    _, high = frame.row_bounds()
    groups: dict[tuple[str, str, Unit], list[tuple[int, int, float]]] = {}
    for row in range(len(bound)):
        if coefficient is None and not np.isfinite(bound[row]):
            continue  # it was taken away
        period = -1 if axis is None else int(block.keys[row, axis])
        amount = (
            coefficient.number(row)
            if coefficient
            else affine.number(row, bound[row])
            if affine
            else float(bound[row])
        )
        words = block.words(row)
        groups.setdefault(
            (words.name, words.path, kind.number_unit or block.unit_of(row)), []
        ).append((period, row, amount))
    for (name, path, unit), members in groups.items():
        for run in _runs(members):
            inside = [row for _, row, _ in run]
            first, last = (frame.periods[t] if t >= 0 else "" for t, _, _ in (run[0], run[-1]))
            rows = tuple(block.first + row for row in inside)
            also = tuple(
                (row, other, slope) for row in rows for other, slope in following.get(row, ())
            )
            yield LimitParameter(
                *(
                    kind,
                    name,
                    path,
                    block.name,
                    first,
                    last,
                    run[0][2],
                    unit,
                    block.words(inside[0]).says,
                    rows,
                    block.at(inside[0]),
                ),
                each=tuple(float(affine.factor[row]) for row in inside) if affine else (),
                also=also,
                mixed=any(bool(np.isfinite(high[other])) != kind.ceiling for _, other, _ in also),
                relative_to=0.0 if relative_to is None else float(relative_to[inside[0]]),
            )


def _runs(members: list[tuple[int, int, float]]) -> Iterable[list[tuple[int, int, float]]]:
    """Rows of the same amount in periods that follow each other."""
    run: list[tuple[int, int, float]] = []
    for member in sorted(members):
        if run and (member[2] != run[-1][2] or member[0] > run[-1][0] + 1):
            yield run
            run = []
        run.append(member)
    if run:
        yield run


def moved(
    frame: Frame,
    moves: Sequence[tuple[LimitParameter, float]] = (),
    bounds: Bounds | None = None,
    *,
    far: bool = False,
    widened: bool = False,
) -> Frame:
    """The model with parameters given way by so much (negative: tightened), and rows with other
    bounds. The given frame stays as it is.

    `far` is for limits that may be gone, or have more than twice their amount; `widened` is for a
    frame of that kind already.
    """
    result = copy(frame)
    low, high = frame.row_bounds()
    for parameter, by in moves:
        if not parameter.coefficients:
            side, change = (high, by) if parameter.ceiling else (low, -by)
            side[list(parameter.rows)] += change * np.array(parameter.each or 1.0)
            for _, other, slope in parameter.also:
                (high if np.isfinite(high[other]) else low)[other] += change * slope
    for row, (least, most) in (bounds or {}).items():
        low[row], high[row] = least, most
    result.rows = {
        name: replace(
            block,
            lower=low[block.first : (end := block.first + len(block.lower))],
            upper=high[block.first : end],
        )
        for name, block in frame.rows.items()
    }
    for parameter, by in moves:
        if parameter.coefficients:
            _move_coefficients(result, parameter, by)
    result.variables = {
        name: replace(block, upper=np.full_like(block.upper, np.inf)) if block.implied else block
        for name, block in frame.variables.items()
    }
    far = far or any(
        by > abs(parameter.amount) and not parameter.coefficients for parameter, by in moves
    )
    if not widened:
        widen_switches(result, LOOSE if far else WIDER)
    return result


def _move_coefficients(frame: Frame, parameter: LimitParameter, by: float) -> None:
    block = frame.rows[parameter.block]
    coefficient = _coefficient(block)
    inside = np.isin(coefficient.rows + block.first, parameter.rows)
    rows = coefficient.rows[inside]
    terms = Terms().add(block.rows, block.columns, block.values)
    terms.add(
        rows,
        coefficient.columns[inside],
        coefficient.slope[inside] * coefficient.change(rows, by if parameter.ceiling else -by),
    )
    rows, columns, values = terms.triplets()
    frame.rows[parameter.block] = replace(block, rows=rows, columns=columns, values=values)


def sharpened(frame: Frame, same: Sequence[LimitParameter]) -> Frame:
    """The rows of their families written so large that a tenth of a point of the smallest machine
    is more than a tolerance.
    """
    result = copy(frame)
    result.rows = dict(frame.rows)
    families = tuple(
        {parameter.block.partition(".")[0] + "." for parameter in same if parameter.rows}
    )
    for name in [name for name in result.rows if name.startswith(families)]:
        block = result.rows[name]
        times = max(1.0, LARGE / max(np.abs(block.values).max(initial=0.0), 1e-9))
        result.rows[name] = replace(
            block, values=block.values * times, lower=block.lower * times, upper=block.upper * times
        )
    return result


def widen_switches(frame: Frame, times: float) -> None:
    """Multiply the constants of rows `… + M · switch ≤ M` of a frame whose `rows` is its own, and
    take limits out of other constants.
    """
    _, _, switch = frame.bounds()
    for name, block in list(frame.rows.items()):
        if block.facts.unlimited is not None:
            rows, columns, values = block.facts.unlimited
            frame.rows[name] = replace(block, rows=rows, columns=columns, values=values)
        elif block.facts.switched:
            values = np.where(switch[block.columns], block.values * times, block.values)
            # a row that is gone stays gone
            frame.rows[name] = replace(block, values=values, upper=block.upper * times)


def from_above(frame: Frame, parameter: LimitParameter) -> bool:
    """Whether its rows have a ceiling (a floor on a share may well be written with one)."""
    block = frame.rows[parameter.block]
    return bool(np.isfinite(block.upper).all()) if parameter.coefficients else parameter.ceiling


def per_unit(frame: Frame, parameter: LimitParameter, solution: Floats) -> Floats:
    """By how much one unit of the parameter frees each of its rows, at a solution; 1 where the
    number is the row's own bound.
    """
    if not parameter.coefficients:
        return np.array(parameter.each) if parameter.each else np.ones(len(parameter.rows))
    block = frame.rows[parameter.block]
    return np.asarray(
        _gains(frame, parameter, solution)
        * _coefficient(block).rate(np.array(parameter.rows) - block.first),
        dtype=np.float64,
    )


def _coefficient(block: Rows) -> CoefficientParameter:
    """The number among the coefficients of a block of shares."""
    assert block.facts.coefficient is not None
    return block.facts.coefficient


def _gains(frame: Frame, parameter: LimitParameter, solution: Floats) -> Floats:
    """By how much what the slopes of its rows are multiplied by frees each of them."""
    block = frame.rows[parameter.block]
    coefficient = _coefficient(block)
    gains = np.bincount(
        coefficient.rows,
        weights=coefficient.slope * solution[coefficient.columns],
        minlength=len(block.lower),
    )
    return np.asarray(np.abs(gains[np.array(parameter.rows) - block.first]), dtype=np.float64)


def needed(frame: Frame, parameter: LimitParameter, solution: Floats, short: Floats) -> Floats:
    """The move of the parameter that frees each of its rows by as much as it is short, at a
    solution.
    """
    if not parameter.coefficients:
        return np.asarray(
            short / np.maximum(per_unit(frame, parameter, solution), NOTHING), dtype=np.float64
        )
    block = frame.rows[parameter.block]
    change = np.maximum(short, 0.0) / np.maximum(_gains(frame, parameter, solution), NOTHING)
    return _coefficient(block).needed(np.array(parameter.rows) - block.first, change)


def headrooms(
    frame: Frame, parameter: LimitParameter, solution: Floats, activity: Floats
) -> Floats:
    """How far each row of a parameter is from binding, in the parameter's unit; infinite where it
    does not count (a switch that is off).
    """
    rows = np.array(parameter.rows)
    low, high = frame.row_bounds()
    free = (
        high[rows] - activity[rows] if from_above(frame, parameter) else activity[rows] - low[rows]
    )
    unit = per_unit(frame, parameter, solution)
    room = np.where(unit > 1e-12, free / np.where(unit > 1e-12, unit, 1.0), np.inf)
    block = frame.rows[parameter.block]
    if block.facts.switched:
        room[~switched_on(frame, parameter, solution)] = np.inf
    if block.facts.lifts is not None:
        room[solution[block.facts.lifts[rows - block.first]] > 0.5] = np.inf
    twins = [
        other
        for _, other, _ in parameter.also
        if np.isfinite(high[other]) and _same_limit(frame, parameter, other)
    ]
    return np.append(room, high[twins] - activity[twins])


def _same_limit(frame: Frame, parameter: LimitParameter, row: int) -> bool:
    block, inside = frame.row(row)
    return block.kind is not None and block.words(inside).path == parameter.path


def switched_on(frame: Frame, parameter: LimitParameter, solution: Floats) -> Bools:
    """[rows of the parameter] whether the yes or no on which each of them stands is a yes, at a
    solution.
    """
    block = frame.rows[parameter.block]
    _, _, integer = frame.bounds()
    switch = integer[block.columns]
    on = (
        np.bincount(
            block.rows[switch], weights=solution[block.columns[switch]], minlength=len(block.lower)
        )
        > 0.5
    )
    return np.asarray(on[np.array(parameter.rows) - block.first], dtype=bool)


def up_to_digits(amount: float, digits: int = 4) -> float:
    """So many significant digits, rounded up: an amount that is said to do must do."""
    unit = 10.0 ** (math.floor(math.log10(amount)) - digits + 1)
    return float(f"{math.ceil(amount / unit - 1e-3) * unit:.10g}")
