"""Which numbers of a scenario could one move, and what is the model when one has moved?

A lever is one number of the scenario as a person wrote it: all rows of one limit with the same
amount in periods that follow each other (`power at plains` from 2027-Q4 to 2028-Q2: 108 MW). It is
found from the rows alone, so that every family's limits have levers. Moving it moves the bounds of
its rows, or their coefficients where the number stands there (a share); the scenario file is not
touched. What only repeats limits goes along: the upper bounds of machines are lifted, and the
constants of switched rows grow.

What no row holds cannot be moved: a site that cannot cool a machine at all has no variables for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np

from planner.arrays import Bools, Floats
from planner.core.limits import At, LimitKind, Unit
from planner.model.blocks import Rows
from planner.model.frame import Frame
from planner.model.parameter import Parameter
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
class Lever:
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
    whole: float = 0.0
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
        """What tells it from the other levers: `power at plains [2027-Q4..2028-Q2]`."""
        return f"{self.name} [{self.when}]" if self.when else self.name

    def word(self, amount: float) -> str:
        """`more` or `less`, for a move by `amount` (positive loosens)."""
        return "more" if self.ceiling == (amount > 0) else "less"


def levers(frame: Frame) -> list[Lever]:
    """Every number of the scenario that rows hold, in the order of the rows."""
    following = followers(frame)
    return [
        lever
        for block in frame.blocks()
        if block.kind is not None
        for lever in _of_block(frame, block, block.kind, following)
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
) -> Iterable[Lever]:
    """The numbers of a block: rows of one name, place and unit, with the same amount in periods
    that follow each other.
    """
    if kind.number == "none":
        return
    parameter, affine, whole = block.facts.parameter, block.facts.affine, block.facts.whole
    bound, axis = block.lower if kind.least else block.upper, block.axis_of(frame.periods)
    _, high = frame.row_bounds()
    groups: dict[tuple[str, str, Unit], list[tuple[int, int, float]]] = {}
    for row in range(len(bound)):
        if parameter is None and not np.isfinite(bound[row]):
            continue  # it was taken away
        period = -1 if axis is None else int(block.keys[row, axis])
        amount = (
            parameter.number(row)
            if parameter
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
            yield Lever(
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
                whole=0.0 if whole is None else float(whole[inside[0]]),
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
    moves: Sequence[tuple[Lever, float]] = (),
    bounds: Bounds | None = None,
    *,
    far: bool = False,
    widened: bool = False,
) -> Frame:
    """The model with levers given way by so much (negative: tightened), and rows with other bounds.
    The given frame stays as it is.

    `far` is for limits that may be gone, or have more than twice their amount; `widened` is for a
    frame of that kind already.
    """
    result = copy(frame)
    low, high = frame.row_bounds()
    for lever, by in moves:
        if not lever.coefficients:
            side, change = (high, by) if lever.ceiling else (low, -by)
            side[list(lever.rows)] += change * np.array(lever.each or 1.0)
            for _, other, slope in lever.also:
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
    for lever, by in moves:
        if lever.coefficients:
            _move_coefficients(result, lever, by)
    result.variables = {
        name: replace(block, upper=np.full_like(block.upper, np.inf)) if block.implied else block
        for name, block in frame.variables.items()
    }
    far = far or any(by > abs(lever.amount) and not lever.coefficients for lever, by in moves)
    if not widened:
        widen_switches(result, LOOSE if far else WIDER)
    return result


def _move_coefficients(frame: Frame, lever: Lever, by: float) -> None:
    block = frame.rows[lever.block]
    parameter = _parameter(block)
    inside = np.isin(parameter.rows + block.first, lever.rows)
    rows = parameter.rows[inside]
    terms = Terms().add(block.rows, block.columns, block.values)
    terms.add(
        rows,
        parameter.columns[inside],
        parameter.slope[inside] * parameter.change(rows, by if lever.ceiling else -by),
    )
    rows, columns, values = terms.triplets()
    frame.rows[lever.block] = replace(block, rows=rows, columns=columns, values=values)


def sharpened(frame: Frame, same: Sequence[Lever]) -> Frame:
    """The rows of their families written so large that a tenth of a point of the smallest machine
    is more than a tolerance.
    """
    result = copy(frame)
    result.rows = dict(frame.rows)
    families = tuple({lever.block.partition(".")[0] + "." for lever in same if lever.rows})
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
            frame.rows[name] = replace(
                block, values=values, upper=block.upper * times
            )  # a row that is gone stays gone


def from_above(frame: Frame, lever: Lever) -> bool:
    """Whether its rows have a ceiling (a floor on a share may well be written with one)."""
    block = frame.rows[lever.block]
    return bool(np.isfinite(block.upper).all()) if lever.coefficients else lever.ceiling


def per_unit(frame: Frame, lever: Lever, solution: Floats) -> Floats:
    """By how much one unit of the lever frees each of its rows, at a solution; 1 where the number
    is the row's own bound.
    """
    if not lever.coefficients:
        return np.array(lever.each) if lever.each else np.ones(len(lever.rows))
    block = frame.rows[lever.block]
    return np.asarray(
        _gains(frame, lever, solution) * _parameter(block).rate(np.array(lever.rows) - block.first),
        dtype=np.float64,
    )


def _parameter(block: Rows) -> Parameter:
    """The number among the coefficients of a block of shares."""
    assert block.facts.parameter is not None
    return block.facts.parameter


def _gains(frame: Frame, lever: Lever, solution: Floats) -> Floats:
    """By how much what the slopes of its rows are multiplied by frees each of them."""
    block = frame.rows[lever.block]
    parameter = _parameter(block)
    gains = np.bincount(
        parameter.rows,
        weights=parameter.slope * solution[parameter.columns],
        minlength=len(block.lower),
    )
    return np.asarray(np.abs(gains[np.array(lever.rows) - block.first]), dtype=np.float64)


def needed(frame: Frame, lever: Lever, solution: Floats, short: Floats) -> Floats:
    """The move of the lever that frees each of its rows by as much as it is short, at a
    solution.
    """
    if not lever.coefficients:
        return np.asarray(
            short / np.maximum(per_unit(frame, lever, solution), NOTHING), dtype=np.float64
        )
    block = frame.rows[lever.block]
    change = np.maximum(short, 0.0) / np.maximum(_gains(frame, lever, solution), NOTHING)
    return _parameter(block).needed(np.array(lever.rows) - block.first, change)


def headrooms(frame: Frame, lever: Lever, solution: Floats, activity: Floats) -> Floats:
    """How far each row of a lever is from binding, in the lever's unit; infinite where it does not
    count (a switch that is off).
    """
    rows = np.array(lever.rows)
    low, high = frame.row_bounds()
    free = high[rows] - activity[rows] if from_above(frame, lever) else activity[rows] - low[rows]
    unit = per_unit(frame, lever, solution)
    room = np.where(unit > 1e-12, free / np.where(unit > 1e-12, unit, 1.0), np.inf)
    block = frame.rows[lever.block]
    if block.facts.switched:
        room[~switched_on(frame, lever, solution)] = np.inf
    if block.facts.lifts is not None:
        room[solution[block.facts.lifts[rows - block.first]] > 0.5] = np.inf
    twins = [
        other
        for _, other, _ in lever.also
        if np.isfinite(high[other]) and _same_limit(frame, lever, other)
    ]
    return np.append(room, high[twins] - activity[twins])


def _same_limit(frame: Frame, lever: Lever, row: int) -> bool:
    block, inside = frame.row(row)
    return block.kind is not None and block.words(inside).path == lever.path


def switched_on(frame: Frame, lever: Lever, solution: Floats) -> Bools:
    """[rows of the lever] whether the yes or no on which each of them stands is a yes, at a
    solution.
    """
    block = frame.rows[lever.block]
    _, _, integer = frame.bounds()
    switch = integer[block.columns]
    on = (
        np.bincount(
            block.rows[switch], weights=solution[block.columns[switch]], minlength=len(block.lower)
        )
        > 0.5
    )
    return np.asarray(on[np.array(lever.rows) - block.first], dtype=bool)
