"""There is no plan: why, and what would make one?

    1. which limits cannot hold together, and of limits that step over time which step (`conflict.py`)
    2. each of these limits alone: by how much it would have to give way, or when a step would have to come (`repair.py`)
    3. the cheapest change of all limits together
    4. how much of each demand among them can be had in each period while all other limits stay
All of it takes no longer than `within_s`: half for the conflict, and no question more than a share of what is left. Ctrl-C ends it with
what is known until then.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from planner.core.limits import PERCENT, POINTS, Unit
from planner.errors import Change, InfeasibleError, Limit, Repair, SolverError
from planner.model.blocks import Rows
from planner.model.frame import Frame
from planner.solver.conflict import Conflict, Part, Search, conflict_of
from planner.solver.engine import Engine, Interrupted
from planner.solver.levers import Lever
from planner.solver.repair import Mender, Mending, Most

WITHIN_S = 60.0
CONFLICT = 0.5
"""Share of the time that the search for a conflict may take."""
WORTH = 0.9
"""Changes of several limits are told where they are smaller than this part of the smallest change of one."""
SHORT = 1e-6
SHOWN = 12
"""Most periods of a demand that are told one by one."""


def diagnose(frame: Frame, seed: int, engine: Engine, *, within_s: float = WITHIN_S, remedies: bool = True) -> None:
    """Raise `InfeasibleError` with a minimal conflict and, unless `remedies` is false, the ways out.

    Returns only if, after all, no conflict was found.
    """
    began = time.perf_counter()
    told = _Account(frame)
    try:
        search, found = conflict_of(frame, engine, seed, began + CONFLICT * within_s, told.watched)
        if found is None:
            return
        told.conflict(found, search)
        if remedies:
            told.ways_out(Mender(frame, engine, seed, began + within_s), found)
    except Interrupted:
        told.interrupted()
    except SolverError as error:
        if not told.limits:
            raise
        told.findings.append(f"the search for a way out ended early: {error}")
    raise InfeasibleError(told.limits, told.findings, told.repairs, told.together)


class _Account:
    """What is known so far, in words."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.search: Search | None = None
        self.limits: list[Limit] = []
        self.findings: list[str] = []
        self.repairs: list[Repair] = []
        self.alone: list[Mending] = []
        self.together: list[Repair] = []

    def watched(self, search: Search) -> None:
        """The search has begun."""
        self.search = search

    def conflict(self, found: Conflict, search: Search) -> None:
        """What cannot hold together."""
        self.limits = list(self._limits(found.parts))
        if not found.minimal:
            self.findings.append("not every question was answered in time: fewer of these limits may be enough to conflict")
        if found.second == "disagrees":
            self.findings.append("the solvers disagree: one proves that these limits conflict, the other claims a fleet that keeps them")
        elif found.second == "silent":
            self.findings.append("the conflict rests on one solver's word; a second one did not confirm it in the time it had")

    def interrupted(self) -> None:
        """Ctrl-C: the smallest set known to conflict, if the search had not ended."""
        if self.search is not None and 0 < len(self.search.smallest) < len(self.search.limits):
            self.limits = list(self._limits(self.search.smallest))
        self.findings.append("interrupted while looking for the limits that conflict; fewer of them may be enough")

    def _limits(self, parts: tuple[Part, ...]) -> list[Limit]:
        found = []
        for name in dict.fromkeys(part.name for part in parts):
            mine = [part for part in parts if part.name == name]
            mine = [part for part in mine if part.lever is not None] or mine  # what is beside a number only counts for it
            sentences = list(dict.fromkeys(self._says(part) for part in mine))
            first = mine[0]
            block, inside = self.frame.row(first.rows[0])
            path = block.words(inside).path
            says = sentences[0] if len(sentences) == 1 else f"{sentences[0]}; … {sentences[-1]}"
            found.append(Limit(name, says, None, path, first.lever.first if first.lever else ""))
        return found

    def _says(self, part: Part) -> str:
        """The sentence of a number for all its periods at once, or of the first and the last of its rows."""
        block, inside = self.frame.row(part.rows[0])
        if part.lever is not None and part.lever.first != part.lever.last:
            labels = tuple(part.lever.when if label == part.lever.first else label for label in block.labels(inside))
            return _sentence(block, inside, labels)
        distinct = list(dict.fromkeys(self._runs(part)))
        return distinct[0] if len(distinct) == 1 else f"{distinct[0]}; … {distinct[-1]}"

    def _runs(self, part: Part) -> Iterator[str]:
        """The sentence of each of its rows, of rows that differ in their period alone once for all of them."""
        runs: dict[tuple[str, ...], list[tuple[Rows, int]]] = {}
        for block, row in map(self.frame.row, part.rows):
            others = tuple("" if label in self.frame.periods else label for label in block.labels(row))
            runs.setdefault((block.name, *others), []).append((block, row))
        for (block, row), *rest in runs.values():
            labels = list(block.labels(row))
            for i, label in enumerate(labels):
                if rest and label in self.frame.periods:
                    labels[i] = f"{label}..{rest[-1][0].labels(rest[-1][1])[i]}"
            yield _sentence(block, row, tuple(labels))

    def ways_out(self, mender: Mender, found: Conflict) -> None:
        """What can be had, what alone would do, and what together."""
        for name in found.names:
            self._add(mender.alone(name))
        self._together(mender)
        for name in found.names:
            self._add(mender.dated(name))
        if mender.interrupted:
            self.findings.append("interrupted while looking for a way out; this is what was known")
            return
        if not self.repairs:
            because = "other limits conflict as well" if mender.left_s > 0 else "or that was not found out in time"
            self.findings.append(f"loosening one of these limits alone does not help: {because}")
        for name in found.names:
            self.findings.extend(_served(name, mender.most(name)))
        if mender.left_s <= 0:
            self.findings.append("the time limit ended the search for a way out")

    def _together(self, mender: Mender) -> None:
        """The cheapest combination, and if it lowers what is asked for, the cheapest that does not; where one limit alone costs more."""
        least = mender.cheapest()
        if least is None:
            return
        ways = [(least, self.alone)]
        if any(not lever.ceiling for lever, _ in least.changes) and (above := mender.cheapest(ceilings=True)) is not None:
            ways.append((above, [way for way in self.alone if all(lever.ceiling for lever, _ in way.changes)]))
        for way, rivals in ways:
            if not rivals or (len(way.changes) > 1 and way.size < WORTH * min(rival.size for rival in rivals)):
                self.together.append(repair(way))

    def _add(self, way: Mending | None) -> None:
        if way is not None:
            self.repairs = sorted([*self.repairs, repair(way)], key=lambda known: known.size)
            self.alone += [way] if way.changes else []


def _sentence(block: Rows, row: int, labels: tuple[str, ...]) -> str:
    """What a row demands, with these labels in the place of its own."""
    assert block.kind is not None
    return block.kind.words(block.at(row, labels)).says


def _served(name: str, most: list[Most]) -> list[str]:
    """The periods in which a demand falls short by itself, in words; periods that follow each other alike are told at once."""
    runs: list[list[Most]] = []
    for one in most:
        if one.most >= one.lever.amount * (1 - SHORT):
            continue
        if runs and _alike(runs[-1][-1], one):
            runs[-1].append(one)
        else:
            runs.append([one])
    told = []
    for run in runs[:SHOWN]:
        first, last = run[0], run[-1]
        when = first.period if first is last else f"{first.period}..{last.period}"
        served, need, unit = first.most, first.lever.amount, first.lever.unit
        sure = "" if all(one.proven for one in run) else ", by the best found"
        aside = ", even with the other demands aside" if first.alone else ""
        told.append(
            f"`{name}` in {when}: at most {show(served)} of {counted(need, unit)} can be had{aside}{sure}, {show(need - served)} too few"
        )
    if len(runs) > SHOWN:
        told.append(f"`{name}` falls short in later periods as well, from {runs[SHOWN][0].period} on")
    return told


def _alike(one: Most, other: Most) -> bool:
    return one.lever is other.lever and one.alone == other.alone and abs(one.most - other.most) <= SHORT * max(1.0, one.most)


def repair(found: Mending) -> Repair:
    """A way out in words."""
    if found.dated is not None:
        changes: tuple[Change, ...] = (_date(*found.dated),)
    else:
        changes = tuple({(change.says, change.path): change for change in (_amount(lever, by) for lever, by in found.changes)}.values())
    return Repair(changes, found.size, found.least, found.verified)


def _amount(lever: Lever, by: float) -> Change:
    to = lever.amount + by if lever.ceiling else lever.amount - by
    when = f" in {lever.when}" if lever.when else ""
    moves = f"{counted(by, POINTS if lever.unit == PERCENT else lever.unit)} {lever.word(by)}"
    says = f"{lever.name}{when}: {counted(to, lever.unit)} instead of {show(lever.amount)}, {moves}"
    if lever.kind.instead is not None:
        says = f"{lever.name}: {lever.instead(by)}"
    return Change(lever.name, says, None, lever.path, lever.first, lever.last, lever.amount, to, lever.unit.name)


def _date(lever: Lever, period: str) -> Change:
    says = f"{lever.name}: {counted(lever.amount, lever.unit)} from {period} on instead of from {lever.first} on"
    return Change(lever.name, says, None, lever.path, lever.first, lever.last, lever.amount, None, lever.unit.name, period)


def counted(amount: float, unit: Unit) -> str:
    """An amount with its unit: `3 racks`, and `1 rack`."""
    return f"{show(amount)} {unit.of(amount)}".rstrip()


def show(amount: float) -> str:
    """A number as a person writes it, with nothing lost that counts."""
    return f"{round(amount, 9):.10g}"
