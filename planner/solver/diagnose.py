"""There is no plan: why, and what would make one?

    1. which limits cannot hold together, and of limits that step over time which step
       (`conflict.py`)
    2. each of these limits alone: by how much it would have to give way, or when a step would have
       to come (`relaxation.py`)
    3. the cheapest change of all limits together
    4. how much of each demand among them can be had in each period while all other limits stay
All of it takes no longer than `within_s`: half for the conflict, and no question more than a share
of what is left. Ctrl-C ends it with what is known until then.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from planner.core import limits
from planner.errors import InfeasibleError, SolverError
from planner.model.blocks import Rows
from planner.model.frame import Frame, Objective
from planner.refusal import Change, Limit, Refusal, Repair, Search, Servable
from planner.solver.conflict import Conflict, ConflictSearch, Part, conflict_of
from planner.solver.engine import Engine, Interrupted
from planner.solver.limit_parameters import LimitParameter
from planner.solver.relaxation import Most, Relaxation, RelaxationSearch

WITHIN_S = 60.0
CONFLICT = 0.5
"""Share of the time that the search for a conflict may take."""


def diagnose(
    frame: Frame,
    seed: int,
    engine: Engine,
    *,
    within_s: float = WITHIN_S,
    remedies_s: float | None = None,
    objective: Objective | None = None,
    also: Sequence[str] = (),
) -> None:
    """Raise `InfeasibleError` with a minimal conflict and the ways out.

    `remedies_s` are the seconds for the ways out, after the conflict; by default what is left of
    `within_s`, and with 0 they are not looked for. With an `objective`, each of them knows its
    value. `also` are limits that are known to conflict beside those of this conflict. Returns only
    if, after all, no conflict was found.
    """
    began = time.perf_counter()
    known = _Known(frame)
    try:
        search, found = conflict_of(frame, engine, seed, began + CONFLICT * within_s, known.watched)
        if found is None:
            return
        known.conflict(found, search)
        if remedies_s != 0:
            until = began + within_s if remedies_s is None else time.perf_counter() + remedies_s
            known.ways_out(RelaxationSearch(frame, engine, seed, until, objective), found, also)
    except Interrupted:
        known.interrupted()
    except SolverError as error:
        if not known.limits:
            raise
        known.findings.append(f"the search for a way out ended early: {error}")
        known.searched = "failed"
    raise InfeasibleError(known.refusal())


class _Known:
    """What is known so far."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.search: ConflictSearch | None = None
        self.limits: list[Limit] = []
        self.findings: list[str] = []
        self.servable: list[Servable] = []
        self.repairs: list[Repair] = []
        self.cheapest: list[Repair] = []
        self.searched: Search = "not asked"

    def refusal(self) -> Refusal:
        """All of it."""
        cheapest, above = [*self.cheapest, None, None][:2]
        repairs = sorted(self.repairs, key=lambda way: way.size)
        return Refusal(
            (tuple(self.limits),),
            tuple(self.findings),
            tuple(self.servable),
            tuple(repairs),
            cheapest,
            above,
            self.searched,
        )

    def watched(self, search: ConflictSearch) -> None:
        """The search has begun."""
        self.search = search

    def conflict(self, found: Conflict, search: ConflictSearch) -> None:
        """What cannot hold together."""
        self.limits = list(self._limits(found.parts))
        if not found.minimal:
            self.findings.append(
                "not every question was answered in time: fewer "
                "of these limits may be enough to conflict"
            )
        if found.second == "disagrees":
            self.findings.append(
                "the solvers disagree: one proves that these limits conflict, the other claims a "
                "fleet that keeps them"
            )
        elif found.second == "silent":
            self.findings.append(
                "the conflict rests on one solver's word; a second one did not confirm it in the "
                "time it had"
            )

    def interrupted(self) -> None:
        """Ctrl-C: the smallest set known to conflict, if the search had not ended."""
        if self.search is not None and 0 < len(self.search.smallest) < len(self.search.limits):
            self.limits = list(self._limits(self.search.smallest))
        self.findings.append(
            "interrupted while looking for the limits that conflict; fewer of them may be enough"
        )
        self.searched = "interrupted"

    def _limits(self, parts: tuple[Part, ...]) -> list[Limit]:
        found = []
        for name in dict.fromkeys(part.name for part in parts):
            mine = [part for part in parts if part.name == name]
            # what is beside a number only counts for it
            mine = [part for part in mine if part.parameter is not None] or mine
            sentences = list(dict.fromkeys(self._says(part) for part in mine))
            first = mine[0]
            block, inside = self.frame.row(first.rows[0])
            path = block.words(inside).path
            says = sentences[0] if len(sentences) == 1 else f"{sentences[0]}; … {sentences[-1]}"
            found.append(
                Limit(
                    name,
                    says,
                    None,
                    path,
                    first.parameter.first if first.parameter else "",
                    block.kind.row if block.kind else "",
                )
            )
        return found

    def _says(self, part: Part) -> str:
        """The sentence of a number for all its periods at once, or of the first and the last of its
        rows.
        """
        block, inside = self.frame.row(part.rows[0])
        if part.parameter is not None and part.parameter.first != part.parameter.last:
            labels = tuple(
                part.parameter.when if label == part.parameter.first else label
                for label in block.labels(inside)
            )
            return _sentence(block, inside, labels)
        distinct = list(dict.fromkeys(self._runs(part)))
        return distinct[0] if len(distinct) == 1 else f"{distinct[0]}; … {distinct[-1]}"

    def _runs(self, part: Part) -> Iterator[str]:
        """The sentence of each of its rows, of rows that differ in their period alone once for all
        of them.
        """
        runs: dict[tuple[str, ...], list[tuple[Rows, int]]] = {}
        for block, row in map(self.frame.row, part.rows):
            others = tuple(
                "" if label in self.frame.periods else label for label in block.labels(row)
            )
            runs.setdefault((block.name, *others), []).append((block, row))
        for (block, row), *rest in runs.values():
            labels = list(block.labels(row))
            for i, label in enumerate(labels):
                if rest and label in self.frame.periods:
                    labels[i] = f"{label}..{rest[-1][0].labels(rest[-1][1])[i]}"
            yield _sentence(block, row, tuple(labels))

    def ways_out(self, ways: RelaxationSearch, conflict: Conflict, also: Sequence[str]) -> None:
        """What alone would do, what together, and what can be had."""
        names = ways.named([*conflict.names, *also])
        for name in names:
            self._add(ways.alone(name))
        self._together(ways)
        for name in names:
            self._add(ways.dated(name))
        if not ways.interrupted:
            self.servable += [_servable(most) for name in names for most in ways.most(name)]
        self.searched = (
            "interrupted" if ways.interrupted else "all" if ways.left_s > 0 else "out of time"
        )

    def _together(self, ways: RelaxationSearch) -> None:
        """The cheapest combination, and if it lowers what is asked for, the cheapest that does
        not.
        """
        least = ways.cheapest()
        if least is None:
            return
        lowers = any(not parameter.ceiling for parameter, _ in least.changes)
        above = ways.cheapest(ceilings=True) if lowers else None
        self.cheapest = [repair(way) for way in (least, above) if way is not None]

    def _add(self, way: Relaxation | None) -> None:
        if way is not None:
            self.repairs.append(repair(way))


def _sentence(block: Rows, row: int, labels: tuple[str, ...]) -> str:
    """What a row demands, with these labels in the place of its own."""
    assert block.kind is not None
    return block.kind.words(block.at(row, labels)).says


def _servable(most: Most) -> Servable:
    parameter = most.parameter
    return Servable(
        parameter.name,
        most.period,
        parameter.amount,
        most.most,
        most.proven,
        parameter.unit.name,
        most.alone,
    )


def repair(found: Relaxation) -> Repair:
    """A way out, as it is told."""
    if found.dated is not None:
        changes: tuple[Change, ...] = (_date(*found.dated),)
    else:  # a number may stand in several blocks of rows
        changes = tuple(
            {
                (change.says, change.path): change
                for change in (_amount(parameter, by) for parameter, by in found.changes)
            }.values()
        )
    return Repair(changes, found.size, found.least, found.verified, found.value)


def _amount(parameter: LimitParameter, by: float) -> Change:
    to = parameter.amount + by if parameter.ceiling else parameter.amount - by
    if parameter.kind.instead is not None:
        says = f"{limits.where(parameter.name)}: {parameter.instead(by)}"
    else:
        says = limits.change(parameter.name, parameter.when, parameter.amount, to, parameter.unit)
    return _change(parameter, says, to, None)


def _date(parameter: LimitParameter, period: str) -> Change:
    return _change(
        parameter,
        limits.change_of_date(
            parameter.name, parameter.amount, parameter.unit, period, parameter.first
        ),
        None,
        period,
    )


def _change(parameter: LimitParameter, says: str, to: float | None, period: str | None) -> Change:
    return Change(
        limit=parameter.name,
        when=parameter.when,
        sense=parameter.sense,
        amount=parameter.amount,
        to=to,
        to_period=period,
        unit=parameter.unit.name,
        says=says,
        path=parameter.path,
        first=parameter.first,
        last=parameter.last,
        kind=parameter.kind.row,
    )
