"""What is left of a plan when the worst few of a level stop? Every choice of them is tried, by plain arithmetic."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from planner.capabilities.sourcing.limits import event_of, survival_unit
from planner.plan.derive import Derivation
from planner.plan.limits.shares import amount_of
from planner.plan.once import once
from planner.plan.schema import SurvivalRow
from planner.scenario.case import CaseDemand, CaseSurvival

Serves = dict[tuple[str, ...], float]
"""Possible makers → what their machines serve."""


def contested(d: Derivation, survival: CaseSurvival) -> bool:
    """Whether several demands of a class must survive the same event, so that each counts only what is kept for it."""
    named = {s.demand for s in d.case.survival if s.demand is not None and event_of(s) == event_of(survival)}
    kinds = {demand.id: demand.kind for demand in d.case.demands}
    return survival.demand is not None and sum(kinds[name] == kinds[survival.demand] for name in named) > 1


@once
def survival_rows(d: Derivation) -> list[SurvivalRow]:
    """For every rule and period in which something must be left: the worst loss, what is left, and what must be."""
    rows = []
    for number, survival in enumerate(d.case.survival, start=1):
        demand = next((one for one in d.case.demands if one.id == survival.demand), None)
        for t, label in enumerate(d.labels):
            if demand is not None and demand.need[t] <= 0:
                continue
            serves = _serves(d, survival, demand, t)
            who, left = worst(serves, survival.losses, survival.lost)
            whole = demand.need[t] if demand is not None else sum(serves.values())
            computes = demand is not None and demand.kind == "compute"
            unit = "FLOP/s" if computes else survival_unit(d.case, survival).name
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
        each = amount_of(d.case, survival.metric, survival.precision, system) if demand is None else d.weight(demand, system)
        serves[d.case.makers(system, site, survival.level)] += units * each
    return dict(serves)


def _machines(d: Derivation, survival: CaseSurvival, demand: CaseDemand | None, t: int) -> Iterator[tuple[str, str, float]]:
    """(system, site, systems) that can serve: all that run, or what is kept for a demand among several."""
    if demand is not None and contested(d, survival):
        for row in d.decisions.reserves:
            if (row.event, row.demand, row.period) == (event_of(survival), demand.id, d.labels[t]):
                yield row.system, row.site, row.units
        return
    for (system, site), counts in d.units.items():
        if demand is None or (system in demand.systems and site in demand.sites):
            yield system, site, float(counts[t])


def worst(serves: Serves, losses: int, lost: float) -> tuple[tuple[str, ...], float]:
    """(who stops, what is left) for the choice of `losses` names that leaves least; a machine that may be of several stops once."""
    names = sorted({name for makers, amount in serves.items() if amount > 0 for name in makers})
    whole = sum(serves.values())
    if all(len(makers) == 1 for makers in serves):
        chosen = tuple(sorted(sorted(names, key=lambda name: -serves[name,])[:losses]))
        return chosen, whole - lost * sum(serves[name,] for name in chosen)

    def left(chosen: tuple[str, ...]) -> float:
        return whole - lost * sum(amount for makers, amount in serves.items() if set(makers) & set(chosen))

    return min(((chosen, left(chosen)) for chosen in itertools.combinations(names, min(losses, len(names)))), key=lambda choice: choice[1])
