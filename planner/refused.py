"""What is told where there is no plan: the solver's conflict and arithmetic's, with their lines,
and ways out of every kind.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.core.registry import faces
from planner.core.scenario import Schema
from planner.errors import InputError
from planner.periods import Step
from planner.plan.presolve_bounds import Shortfall, presolve_shortfalls
from planner.plan.remedies import Remedy, check_existing_fleet, structural_remedies
from planner.records import Edit, edited
from planner.refusal import Change, Limit, Refusal, Repair
from planner.scenario.load import Loaded
from planner.solver.engine import Engine
from planner.solver.options import Settings
from planner.solver.relaxation import RelaxationSearch

SHORTER: dict[Step, tuple[Step, ...]] = {
    "year": ("quarter", "month"),
    "quarter": ("month",),
    "month": (),
}
MOST_SHIFTS = 4
"""More dates that count late are not told."""
AFTERWARDS_S = 1.0
"""Seconds for structural remedies where the time limit leaves none."""


@dataclass(frozen=True)
class Presolved:
    """What arithmetic alone finds that no plan can do."""

    out_of_reach: tuple[Shortfall, ...]
    overfull: tuple[tuple[Limit, ...], ...]
    """Limits that the existing fleet alone breaks, each with the machines that stay."""

    @property
    def causes(self) -> list[tuple[Limit, ...]]:
        """Sets of limits that cannot hold together."""
        return [
            *((short.asked, *short.held_back_by) for short in self.out_of_reach),
            *self.overfull,
        ]

    @property
    def remedies(self) -> list[str]:
        """Ways out in words, not tried."""
        return list(
            dict.fromkeys(f"`{short.asked.name}`: {short.remedy}" for short in self.out_of_reach)
        )

    def refusal(self, loaded: Loaded) -> Refusal:
        """Without solving anything."""
        perhaps = [
            f"perhaps {one.says}"
            for one in structural_remedies(loaded.case, self.out_of_reach, self.overfull)
        ]
        return Refusal(tuple(self.causes), (*self.remedies, *perhaps))


def presolve(loaded: Loaded) -> Presolved:
    """The bounds that follow from a scenario before anything is solved."""
    out_of_reach = presolve_shortfalls(loaded.case, loaded.located)
    return Presolved(tuple(out_of_reach), tuple(check_existing_fleet(loaded.case, loaded.located)))


def refused(
    loaded: Loaded,
    known: Presolved,
    found: Refusal,
    engine: Engine,
    settings: Settings,
    began: float,
) -> Refusal:
    """One account: what arithmetic found, what the solver found if that is another cause, all with
    lines, and structural remedies.
    """
    others: list[Repair] = []
    if settings.remedies_s != 0 and found.search != "interrupted":
        until = began + settings.time_limit_s + (settings.remedies_s or 0.0)
        others = _structural(
            loaded,
            known,
            found,
            engine,
            settings.seed,
            max(until, time.perf_counter() + AFTERWARDS_S),
        )
    causes, names = known.causes, {limit.name for limit in found.conflict}
    if not any(names <= {limit.name for limit in cause} for cause in causes):
        paths = [loaded.step(limit.path, limit.period) for limit in found.conflict]
        causes.append(
            tuple(
                replace(limit, path=path, mark=loaded.mark(path))
                for limit, path in zip(found.conflict, paths, strict=True)
            )
        )
    repairs = [_located(loaded, repair) for repair in (*found.repairs, *others)]
    return replace(
        found,
        causes=tuple(causes),
        findings=(*([] if repairs else known.remedies), *found.findings),
        repairs=tuple(repairs),
        cheapest=found.cheapest and _located(loaded, found.cheapest),
        cheapest_above=found.cheapest_above and _located(loaded, found.cheapest_above),
    )


def _located(loaded: Loaded, repair: Repair) -> Repair:
    """A repair whose changes know their lines."""
    paths = [loaded.step(change.path, change.first) for change in repair.changes]
    return replace(
        repair,
        changes=tuple(
            c.at(path, loaded.mark(path)) for c, path in zip(repair.changes, paths, strict=True)
        ),
    )


def _structural(
    loaded: Loaded, known: Presolved, found: Refusal, engine: Engine, seed: int, until: float
) -> list[Repair]:
    """What besides the numbers of limits leaves a plan, by solving with it: each thing alone, or if
    none does, all of them together.
    """
    told = {change.limit for repair in found.repairs for change in repair.changes}
    candidates = structural_remedies(
        loaded.case, known.out_of_reach, known.overfull, [limit.name for limit in found.conflict]
    )
    candidates = [one for one in candidates if one.name not in told]

    def tried(ways: Sequence[Remedy]) -> Repair | None:
        try:
            model = build(
                make_inputs(edited(loaded.case, [edit for way in ways for edit in way.edits]))
            )
        except ValueError:  # nothing bounds it any more
            return None
        word = RelaxationSearch(model.frame, engine, seed, until).possible()
        changes = tuple(_change(way.name, way.says, way.path) for way in ways)
        return (
            None
            if word is False
            else Repair(changes, float(len(ways)), len(ways) == 1, word is True)
        )

    repairs = [repair for one in candidates if (repair := tried([one])) is not None]
    if (
        not repairs
        and len(candidates) > 1
        and (repair := tried(candidates)) is not None
        and repair.verified
    ):
        repairs.append(repair)
    finer = _finer(loaded, engine, seed, until)
    return [*repairs, *([] if finer is None else [finer])]


def _finer(loaded: Loaded, engine: Engine, seed: int, until: float) -> Repair | None:
    """Shorter periods, where some dates count late for their sake alone and a plan was found
    without that.
    """
    case = loaded.case
    by_step = any(face.by_step(loaded.scenario) for face in faces("schema", Schema))
    for step in SHORTER[case.step] if case.shifts and not by_step else ():
        try:
            other = loaded.edited([Edit("horizon.step", step)]).case
            model = build(make_inputs(other))
        # a line is about a period as it is, there would be too many, or nothing bounds it
        except (InputError, ValueError):
            continue
        if RelaxationSearch(model.frame, engine, seed, until).possible():
            gone = [shift for shift in case.shifts if shift not in other.shifts]
            says = f"`step: {step}` instead of `step: {case.step}`: {'; '.join(gone[:MOST_SHIFTS])}"
            return Repair((_change("step of the horizon", says, "horizon.step"),), 1.0, True, True)
    return None


def _change(name: str, says: str, path: str) -> Change:
    """What is no number of a limit."""
    return Change(name, "", "at most", None, None, None, "", says, path)
