"""Who can serve each demand, and what does it ask for in each period?"""

from __future__ import annotations

from planner.periods import Moment
from planner.scenario.case import (
    CaseDemand,
    CaseSystem,
)
from planner.scenario.fields import Amount
from planner.scenario.gathering import Gathering
from planner.scenario.resolve_compatible import compatible
from planner.scenario.schema.demands import ComputeDemand, Demand, Deployment


def resolve_demand(g: Gathering, i: int, demand: Demand, systems: list[CaseSystem]) -> CaseDemand:
    """A demand with who can serve it."""
    sites = demand.sites or [site.id for site in g.scenario.sites]
    if not any(amount.number if isinstance(amount, Amount) else amount for amount in demand.need.values()):
        g.note(f"demand {demand.id} asks for nothing and changes nothing")
    if isinstance(demand, ComputeDemand):
        return _compute_demand(g, i, demand, sites, systems)
    return _deployment(g, i, demand, sites, systems)


def _from_dates(g: Gathering, i: int, need: dict[Moment, float]) -> list[float]:
    """What a demand asks in each period: the most that its steps ask for within it."""
    for moment in need:
        g.period(moment, ("demands", i, "need", str(moment)))
    return g.needs(need)


def _compute_demand(g: Gathering, i: int, demand: ComputeDemand, sites: list[str], systems: list[CaseSystem]) -> CaseDemand:
    able = [s for s in systems if s.peak_flop_s.get(demand.precision, 0.0) > 0]
    if not able:
        message = f"no system of this scenario can serve demand `{demand.id}` at {demand.precision}"
        g.problem("S003", message, ("demands", i), "add one under `systems`")
    eligible = [s.id for s in compatible(g, i, demand, able)]
    return CaseDemand(
        id=demand.id,
        kind="compute",
        systems=eligible,
        sites=sites,
        precision=demand.precision,
        basis=demand.basis,
        need=_from_dates(g, i, demand.need),
        shortfall_price=demand.shortfall_usd_per_eflop,
        path=f"demands.{i}",
        coherent=demand.coherent,
        priority=demand.priority,
    )


def _deployment(g: Gathering, i: int, demand: Deployment, sites: list[str], systems: list[CaseSystem]) -> CaseDemand:
    eligible = [
        s for s in systems if demand.system == s.product or (demand.accelerator is not None and demand.accelerator == s.accelerator)
    ]
    each = eligible[0].accelerators if demand.system and eligible else None
    need: dict[Moment, float] = {}
    for moment, amount in demand.need.items():
        if amount.unit == "systems" and demand.system is None:
            g.problem(
                "U002",
                "a number of systems needs a `system`, not an `accelerator`",
                ("demands", i, "need", str(moment)),
            )
        need[moment] = amount.number * (each or 1 if amount.unit == "systems" else 1)
    if not eligible:
        message = f"no system of this scenario can serve demand `{demand.id}` of `{demand.system or demand.accelerator}`"
        g.problem("S003", message, ("demands", i), "add one under `systems`")
    eligible = compatible(g, i, demand, eligible)
    return CaseDemand(
        id=demand.id,
        kind="deployment",
        systems=[s.id for s in eligible],
        sites=sites,
        precision=None,
        basis="peak",
        need=_from_dates(g, i, need),
        shortfall_price=demand.shortfall_usd_per_accelerator_h,
        path=f"demands.{i}",
        coherent=demand.coherent,
        priority=demand.priority,
    )
