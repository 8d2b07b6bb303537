"""Does a plan survive every loss that its case names?"""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.sourcing.limits import event_of
from planner.errors import Problem
from planner.plan.derive import Derivation
from planner.plan.limits.survival import contested, survival_rows
from planner.plan.schema import Plan
from planner.plan.tolerance import ABSOLUTE, agree

SLACK = 2e-6


def survival(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """What is left after the worst loss is enough, in every period."""
    for row in survival_rows(d):
        scale = 1e15 if row.unit == "FLOP/s" else 1.0
        if row.left < row.need - scale * ABSOLUTE - SLACK * row.need:
            message = f"without {row.lost} {row.left / scale:.8g} of {row.need / scale:.8g} are left for {row.subject} in {row.period}"
            yield Problem("A002", message, path=f"case.survival.{row.rule - 1}")


def reserves(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """A machine is kept for one demand of a kind at a time, and only where several demands survive the same loss."""
    demands = {demand.id: demand for demand in plan.case.demands}
    events = {(event_of(s), s.demand) for s in plan.case.survival if contested(d, s)}
    used: dict[tuple[str, str, str, str, str], float] = {}
    for i, row in enumerate(plan.reserves):
        demand = demands[row.demand]
        if (row.event, row.demand) not in events:
            yield Problem("A001", f"nothing is kept for {row.demand} after the {row.event}", path=f"reserves.{i}")
        if row.system not in demand.systems or row.site not in demand.sites:
            yield Problem("A001", f"{row.system} at {row.site} cannot serve {row.demand}", path=f"reserves.{i}")
        key = row.event, demand.kind, row.system, row.site, row.period
        used[key] = used.get(key, 0.0) + row.units
        runs = d.units.get((row.system, row.site), [0] * len(d.labels))[d.at[row.period]]
        if row.units < 0 or not agree(min(used[key], runs), used[key]):
            message = f"{used[key]:g} {row.system} are kept for {demand.kind} demands at once, {runs} run"
            yield Problem("A002", message, path=f"reserves.{i}.units")
