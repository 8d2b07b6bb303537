"""Does one cluster serve each coherent demand?"""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import Problem
from planner.plan.schema import Plan


def clusters(plan: Plan) -> Iterator[Problem]:
    """Each coherent demand has one cluster at most, which can serve it; no other demand has one."""
    by_id, seen = {demand.id: demand for demand in plan.case.demands}, set[str]()
    for i, row in enumerate(plan.clusters):
        demand = by_id[row.demand]
        if not demand.coherent:
            yield Problem("A001", f"{row.demand} is served by all that runs, not by one cluster", path=f"clusters.{i}.demand")
        if row.system not in demand.systems or row.site not in demand.sites:
            yield Problem("A001", f"{row.system} at {row.site} cannot serve {row.demand}", path=f"clusters.{i}")
        if row.demand in seen:
            yield Problem("A002", f"{row.demand} must be served by one system at one site", path=f"clusters.{i}")
        seen.add(row.demand)
