"""What serves demands, and what goes short of them."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.demand.case import AT_MOST, RIVALS, SERVED, SHORTFALL, DemandCase
from planner.capabilities.demand.tables import ASSIGNMENTS, CLUSTERS, COMPUTE, DEMANDS
from planner.core.limits import At
from planner.errors import Problem
from planner.plan.compare import agree
from planner.plan.derive import Derivation
from planner.plan.face import Derive, Ledger
from planner.plan.limit_row import LimitRow, limit_row
from planner.plan.schema import Plan


def clusters(plan: Plan) -> Iterator[Problem]:
    """Each coherent demand has one cluster at most, which can serve it; no other demand has one."""
    by_id, seen = {demand.id: demand for demand in plan.case.of(DemandCase).demands}, set[str]()
    for i, row in enumerate(plan.of(CLUSTERS)):
        demand = by_id[row.demand]
        if not demand.coherent:
            yield Problem(
                "A001",
                f"{row.demand} is served by all that runs, not by one cluster",
                path=f"clusters.{i}.demand",
            )
        if row.system not in demand.systems or row.site not in demand.sites:
            yield Problem(
                "A001",
                f"{row.system} at {row.site} cannot serve {row.demand}",
                path=f"clusters.{i}",
            )
        if row.demand in seen:
            yield Problem(
                "A002",
                f"{row.demand} must be served by one system at one site",
                path=f"clusters.{i}",
            )
        seen.add(row.demand)


def demand_limits(d: Derivation) -> Iterator[LimitRow]:
    """What is asked for."""
    demands = {demand.id: demand for demand in d.case.of(DemandCase).demands}
    for row in d.demands():
        scale = demands[row.demand].scale
        yield limit_row(
            SERVED, At(d.case, (row.demand, row.period), row.need / scale), row.served / scale
        )
    for demand in demands.values():
        for t, most in enumerate(demand.at_most or ()):
            if most is not None:
                at = At(d.case, (demand.id, d.labels[t]), most / demand.scale)
                yield limit_row(AT_MOST, at, d.running(demand, t) / demand.scale)


def assignments(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """A machine serves one demand of a kind at a time."""
    kinds = {demand.id: demand.kind for demand in plan.case.of(DemandCase).demands}
    by_id = {demand.id: demand for demand in plan.case.of(DemandCase).demands}
    used: dict[tuple[str, str, str, str], float] = {}
    for i, row in enumerate(plan.of(ASSIGNMENTS)):
        demand, key = by_id[row.demand], (kinds[row.demand], row.system, row.site, row.period)
        if row.system not in demand.systems or row.site not in demand.sites:
            yield Problem(
                "A001",
                f"{row.system} at {row.site} cannot serve {row.demand}",
                path=f"assignments.{i}",
            )
        if demand.kind not in RIVALS or list(kinds.values()).count(demand.kind) == 1:
            yield Problem(
                "A001",
                f"{row.demand} has no rival, so all that runs serves it",
                path=f"assignments.{i}",
            )
        used[key] = used.get(key, 0.0) + row.units
        runs = d.units.get((row.system, row.site), [0] * len(d.labels))[d.at[row.period]]
        if row.units < 0 or not agree(min(used[key], runs), used[key]):
            yield Problem(
                "A002",
                f"{used[key]:g} {row.system} serve {kinds[row.demand]} demands at once, {runs} run",
                path=f"assignments.{i}.units",
            )


def money(d: Derivation, ledger: Ledger) -> None:
    """What the scenario prices of what goes short."""
    for row in d.demands():
        demand = next(one for one in d.case.of(DemandCase).demands if one.id == row.demand)
        if demand.shortfall_price is not None and row.short:
            eflop_or_units = row.short / 1e18 * 3600.0 if row.unit == "FLOP/s" else row.short
            t = d.at[row.period]
            ledger.spread(SHORTFALL, eflop_or_units * d.hours[t] * demand.shortfall_price, t)


def decided(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Who serves what, and the one cluster of a coherent demand."""
    yield from assignments(plan, d)
    yield from clusters(plan)


def may_go_short(d: Derivation) -> set[str]:
    """Demands that a plan may serve less of."""
    return {
        f"demand {demand.id}" for demand in d.case.of(DemandCase).demands if demand.may_go_short
    }


FACE = Derive(
    may_break=may_go_short,
    tables={DEMANDS: Derivation.demands, COMPUTE: Derivation.compute},
    limits=demand_limits,
    money=money,
    decided=decided,
)
