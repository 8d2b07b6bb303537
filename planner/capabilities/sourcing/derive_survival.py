"""What is left when the worst of a rule's losses comes."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from planner.capabilities.demand.case import CaseDemand, DemandCase
from planner.capabilities.sourcing.case import CaseSurvival, SourcingCase, event_of, survival_unit
from planner.capabilities.sourcing.derive import amount_of
from planner.capabilities.sourcing.tables import RESERVES, SURVIVAL, SurvivalRow
from planner.core.context import once
from planner.errors import Problem
from planner.plan.compare import ABSOLUTE, agree
from planner.plan.derive import Derivation
from planner.plan.face import Derive
from planner.plan.schema import Plan

Serves = dict[tuple[str, ...], float]
"""Possible makers → what their machines serve."""


def contested(d: Derivation, survival: CaseSurvival) -> bool:
    """Whether several demands of a class must survive the same event, so that each counts only what
    is kept for it.
    """
    named = {
        s.demand
        for s in d.case.of(SourcingCase).survival
        if s.demand is not None and event_of(s) == event_of(survival)
    }
    kinds = {demand.id: demand.kind for demand in d.case.of(DemandCase).demands}
    return (
        survival.demand is not None
        and sum(kinds[name] == kinds[survival.demand] for name in named) > 1
    )


@once
def survival_rows(d: Derivation) -> list[SurvivalRow]:
    """For every rule and period in which something must be left: the worst loss, what is left, and
    what must be.
    """
    rows = []
    for number, survival in enumerate(d.case.of(SourcingCase).survival, start=1):
        demand = next(
            (one for one in d.case.of(DemandCase).demands if one.id == survival.demand), None
        )
        for t, label in enumerate(d.labels):
            if demand is not None and demand.need[t] <= 0:
                continue
            serves = _serves(d, survival, demand, t)
            who, left = worst(serves, survival.losses, survival.lost)
            whole = demand.need[t] if demand is not None else sum(serves.values())
            unit = demand.measured_in if demand else survival_unit(d.case, survival).name
            rows.append(
                SurvivalRow(
                    rule=number,
                    event=event_of(survival),
                    subject=demand.id if demand is not None else "fleet",
                    period=label,
                    lost=" + ".join(who),
                    unit=unit,
                    need=survival.serves * whole,
                    before=sum(serves.values()),
                    left=left,
                )
            )
    return rows


def _serves(d: Derivation, survival: CaseSurvival, demand: CaseDemand | None, t: int) -> Serves:
    serves: Serves = defaultdict(float)
    for system_id, site, units in _machines(d, survival, demand, t):
        system = d.case.system[system_id]
        each = (
            amount_of(d.case, survival.metric, survival.precision, system)
            if demand is None
            else d.weight(demand, system, d.case.site[site])
        )
        serves[d.case.of(SourcingCase).makers(system, site, survival.level)] += units * each
    return dict(serves)


def _machines(
    d: Derivation, survival: CaseSurvival, demand: CaseDemand | None, t: int
) -> Iterator[tuple[str, str, float]]:
    """(system, site, systems) that can serve: all that run, or what is kept for a demand among
    several.
    """
    if demand is not None and contested(d, survival):
        for row in d.decisions.of(RESERVES):
            if (row.event, row.demand, row.period) == (event_of(survival), demand.id, d.labels[t]):
                yield row.system, row.site, row.units
        return
    for (system, site), counts in d.units.items():
        if demand is None or (system in demand.systems and site in demand.sites):
            yield system, site, float(counts[t])


def worst(serves: Serves, losses: int, lost: float) -> tuple[tuple[str, ...], float]:
    """(who stops, what is left) for the choice of `losses` names that leaves least; a machine that
    may be of several stops once.
    """
    names = sorted({name for makers, amount in serves.items() if amount > 0 for name in makers})
    whole = sum(serves.values())
    if all(len(makers) == 1 for makers in serves):
        chosen = tuple(sorted(sorted(names, key=lambda name: -serves[name,])[:losses]))
        return chosen, whole - lost * sum(serves[name,] for name in chosen)

    def left(chosen: tuple[str, ...]) -> float:
        return whole - lost * sum(
            amount for makers, amount in serves.items() if set(makers) & set(chosen)
        )

    return min(
        (
            (chosen, left(chosen))
            for chosen in itertools.combinations(names, min(losses, len(names)))
        ),
        key=lambda choice: choice[1],
    )


SLACK = 2e-6


def survival(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """What is left after the worst loss is enough, in every period."""
    for row in survival_rows(d):
        scale = 1e15 if row.unit == "FLOP/s" else 1.0
        if row.left < row.need - scale * ABSOLUTE - SLACK * row.need:
            message = (
                f"without {row.lost} {row.left / scale:.8g} of {row.need / scale:.8g} are "
                f"left for {row.subject} in {row.period}"
            )
            yield Problem("A002", message, path=f"case.survival.{row.rule - 1}")


def reserves(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """A machine is kept for one demand of a kind at a time, and only where several demands survive
    the same loss.
    """
    demands = {demand.id: demand for demand in plan.case.of(DemandCase).demands}
    events = {
        (event_of(s), s.demand) for s in plan.case.of(SourcingCase).survival if contested(d, s)
    }
    used: dict[tuple[str, str, str, str, str], float] = {}
    for i, row in enumerate(plan.of(RESERVES)):
        demand = demands[row.demand]
        if (row.event, row.demand) not in events:
            yield Problem(
                "A001",
                f"nothing is kept for {row.demand} after the {row.event}",
                path=f"reserves.{i}",
            )
        if row.system not in demand.systems or row.site not in demand.sites:
            yield Problem(
                "A001",
                f"{row.system} at {row.site} cannot serve {row.demand}",
                path=f"reserves.{i}",
            )
        key = row.event, demand.kind, row.system, row.site, row.period
        used[key] = used.get(key, 0.0) + row.units
        runs = d.units.get((row.system, row.site), [0] * len(d.labels))[d.at[row.period]]
        if row.units < 0 or not agree(min(used[key], runs), used[key]):
            message = (
                f"{used[key]:g} {row.system} are kept for {demand.kind} demands at once, {runs} run"
            )
            yield Problem("A002", message, path=f"reserves.{i}.units")


FACE = Derive(tables={SURVIVAL: survival_rows}, decided=reserves, kept=survival)
