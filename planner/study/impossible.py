"""Why is there no plan, told with places and remedies; and the sentences of explanations."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from planner import errors
from planner.core.limits import PERCENT, POINTS, Unit
from planner.errors import InfeasibleError
from planner.pipeline import Difference, Lever, Mender, Mending, Most, besides, mender
from planner.scenario.load import Loaded
from planner.solver.engine import Engine
from planner.study.explanation import Asking, Change, Conflicting, Explanation, Objective, Repair, Resolved, Sense, Servable

ONLY_JUST = 0.05
"""A demand that is short by no more than this share only just cannot be met."""


def no_plan(loaded: Loaded, engine: Engine, error: InfeasibleError, asking: Asking, *, seed: int, began: float) -> Explanation:
    """The account of a question without a plan."""
    ways = mender(loaded, engine, within_s=asking.within_s, seed=seed)
    names = ways.named([limit.name for limit in error.conflict])
    told = _Told(loaded)
    first = {most.lever: most for name in names for most in reversed(ways.most(name))}  # of each number, its first period
    served = [told.servable(most) for most in reversed(first.values())]
    best = ways.cheapest()
    lowered = best is not None and any(not lever.ceiling for lever, _ in best.changes)
    above = ways.cheapest(ceilings=True) if lowered else None
    single = sorted((found for name in names if (found := ways.alone(name)) is not None), key=lambda found: found.size)
    dated = sorted((found for name in names if (found := ways.dated(name)) is not None), key=lambda found: found.size)
    numbers = {lever.name for found in single for lever, _ in found.changes}
    others = [way for way in besides(loaded, error, engine, seed, ways.until) if not {change.limit for change in way.changes} & numbers]
    return Explanation(
        name=loaded.scenario.name,
        scenario_file=loaded.case.scenario_file,
        outcome="no plan",
        status="infeasible",
        asked_gap=loaded.case.gap,
        seconds=time.perf_counter() - began,
        findings=list(error.findings),
        conflict=[
            Conflicting(
                limit=limit.name,
                says=limit.says,
                path=limit.path,
                place=str(limit.mark) if limit.mark else "",
                line=limit.mark.source.line(limit.mark.line).strip() if limit.mark else "",
            )
            for limit in error.conflict
        ],
        servable=served,
        repairs=[*(told.repair(found) for found in (*single, *dated)), *map(_besides, others)],
        cheapest=told.repair(best) if best else None,
        cheapest_above=told.repair(above) if above else None,
        notes=_notes(ways, single, [*dated, *others], best),
    )


def _besides(found: errors.Repair) -> Repair:
    """What is no number of a limit."""
    changes = [
        Change(
            limit=change.limit,
            when="",
            sense="at most",
            amount=change.before,
            to=change.after,
            to_period=None,
            unit=change.unit,
            place=str(change.mark) if change.mark else "",
            says=change.says,
        )
        for change in found.changes
    ]
    says = " and ".join(change.says for change in changes)
    return Repair(changes=changes, size=found.size, least=found.least, verified=found.verified, value=None, says=says)


def _notes(ways: Mender, single: list[Mending], others: Sequence[Mending | errors.Repair], best: Mending | None) -> list[str]:
    notes = []
    if not single and not others:
        notes.append("no limit alone restores a plan" if ways.left_s > 0 else "no limit alone was found to restore a plan")
    if best is None:
        notes.append("no combination of limits was found that leaves a plan")
    if ways.interrupted:
        notes.append("interrupted before every way out was looked for")
    elif ways.left_s <= 0:
        notes.append("the time for the explanation ended before every way out was looked for; raise `--within`")
    return notes


class _Told:
    """Findings in words."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded

    def place(self, lever: Lever) -> str:
        """Where a number stands in the file."""
        mark = self.loaded.mark(lever.path)
        return str(mark) if mark else ""

    def servable(self, found: Most) -> Servable:
        """How near a demand is to what can be had."""
        lever = found.lever
        return Servable(
            demand=lever.name,
            period=found.period,
            need=lever.amount,
            most=found.most,
            proven=found.proven,
            unit=lever.unit.name,
            says=_near(found),
        )

    def repair(self, found: Mending) -> Repair:
        """One way out."""
        told = [self.change(lever, by) for lever, by in found.changes]
        changes = list({(change.says, change.place): change for change in told}.values())  # a number may stand in several blocks of rows
        if found.dated:
            changes.append(self.date(*found.dated))
        return Repair(
            changes=changes,
            size=found.size,
            least=found.least,
            verified=found.verified,
            value=found.value,
            says=" and ".join(change.says for change in changes) or "nothing need change",
        )

    def change(self, lever: Lever, by: float) -> Change:
        """One number."""
        to = lever.amount + by if lever.ceiling else lever.amount - by
        unit = lever.unit
        return Change(
            limit=lever.name,
            when=lever.when,
            sense=_sense(lever),
            amount=lever.amount,
            to=to,
            to_period=None,
            unit=unit.name,
            place=self.place(lever),
            says=f"`{lever.name}`: {lever.instead(by)}"
            if lever.kind.instead is not None
            else f"{place(lever)}: {amount(to, unit, 7)} instead of {amount(lever.amount, unit, 7)} ({moves(lever, by)})",
        )

    def date(self, lever: Lever, period: str) -> Change:
        """One date."""
        return Change(
            limit=lever.name,
            when=lever.when,
            sense=_sense(lever),
            amount=lever.amount,
            to=None,
            to_period=period,
            unit=lever.unit.name,
            place=self.place(lever),
            says=f"`{lever.name}`: {amount(lever.amount, unit_of(lever))} from {period} on instead of from {lever.first} on",
        )


def _sense(lever: Lever) -> Sense:
    return "at most" if lever.ceiling else "at least"


def _near(found: Most) -> str:
    lever = found.lever
    short = lever.amount - found.most
    aside = ", with other demands aside" if found.alone else ""
    sure = "" if found.proven else " (the best found, not proven)"
    if short <= 1e-6 * max(1.0, abs(lever.amount)):
        return f"could be met by itself{aside}{sure}"
    just = "only just short: " if short <= ONLY_JUST * lever.amount else "short by "
    return f"{just}{number(short)} {lever.unit.name}{aside}{sure}"


AGREE = 0.1
"""The linear program and the integer model agree when they differ by no more than this share, beyond what the gaps leave open and what
whole machines cost the plan against machines in parts."""


def number(value: float, digits: int = 4) -> str:
    """Four significant digits, whole numbers in full."""
    if value == round(value) and abs(value) < 1e15:
        return f"{value:.0f}"
    text = f"{value:.{digits}g}"
    return f"{float(text):.0f}" if "e+" in text and abs(value) < 1e15 else text


def amount(value: float, unit: Unit, digits: int = 4) -> str:
    """`1 MW`, `1 system`, `20 systems`."""
    return f"{number(value, digits)} {unit.of(value)}".rstrip()


def unit_of(lever: Lever) -> Unit:
    """The unit of a move: a share moves by points."""
    return POINTS if lever.unit == PERCENT else lever.unit


def moves(lever: Lever, by: float) -> str:
    """`1 MW more`."""
    return f"{amount(abs(by), unit_of(lever))} {lever.word(by)}"


def place(lever: Lever) -> str:
    """`power at plains in 2028-Q3..2028-Q4`."""
    return f"`{lever.name}`" + (f" in {lever.when}" if lever.when else "")


def effect(objective: Objective, better: float) -> str:
    """`lowers cost by 0.83 MUSD`."""
    verb, _, what = objective.name.partition(" ")
    lowers = (better > 0) == (verb == "minimize")
    return f"{'lowers' if lowers else 'raises'} {what} by {number(abs(better))} {objective.unit}"


def resolved(what: str, move: str, expected: float | None, found: Difference, objective: Objective, whole: float) -> Resolved:
    """A re-solved move in words; `what` is the subject of the sentence, `whole` what whole machines cost the plan."""
    agrees = None
    if found.low is not None and found.high is not None and expected is not None:
        slack = AGREE * abs(expected) + whole + 1e-9 * max(1.0, abs(objective.value))
        agrees = found.low - slack <= expected <= found.high + slack
    return Resolved(
        move=move,
        status=found.status,
        expected=expected,
        better=found.better,
        low=_finite(found.low),
        high=_finite(found.high),
        within_gap=found.within_gap,
        agrees=agrees,
        second=found.second,
        seconds=found.seconds,
        says=_sentence(what, found, objective),
    )


def _sentence(what: str, found: Difference, objective: Objective) -> str:
    if found.status == "no plan":
        return f"{what} leaves no plan"
    if found.better is None or found.low is None or found.high is None:
        return f"{what}: not re-solved ({found.status})"
    noun = objective.name.partition(" ")[2]
    if found.low == found.high == 0:
        return f"{what} changes {noun} by nothing"
    if _finite(found.low) is None or _finite(found.high) is None:
        return f"{what} {effect(objective, found.better)} with the plan that was found, and nothing is proven of it"
    span = f"{number(min(abs(found.low), abs(found.high)))} to {number(max(abs(found.low), abs(found.high)))} {objective.unit}"
    if found.within_gap:
        return f"{what}: no effect on {noun} beyond the gap, which leaves {span} open"
    return f"{what} {effect(objective, found.better)} (proven: {span})"


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def unasked() -> Difference:
    """Nothing was solved."""
    return Difference("out of time", None, None, None, "not asked", 0.0)
