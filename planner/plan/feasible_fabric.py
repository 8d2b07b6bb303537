"""Is every network of a plan whole, large enough, and of one number of tiers?"""

from __future__ import annotations

import math
from collections.abc import Iterator

from planner.errors import Problem
from planner.plan.compare import fields
from planner.plan.derive import Derivation
from planner.plan.derive_fabric import counts, fabric_row, grade_of, nodes_so_far
from planner.plan.schema import Plan
from planner.scenario.case.fabric import CaseFabric, CaseGrade

SLACK = 1e-6


def fabrics(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Every network of the case, and no other."""
    known = {(fabric.site, fabric.system) for fabric in plan.case.fabrics}
    for i, row in enumerate(plan.fabrics):
        if (row.site, row.system) not in known:
            yield Problem("A001", f"the network of {row.system} at {row.site} is a share of the price", path=f"fabrics.{i}")
    for fabric in plan.case.fabrics:
        yield from _network(plan, d, fabric)


def _network(plan: Plan, d: Derivation, fabric: CaseFabric) -> Iterator[Problem]:
    place = {row.period: i for i, row in enumerate(plan.fabrics) if (row.site, row.system) == (fabric.site, fabric.system)}
    before, chosen = (0, 0), 0
    for t, (tiers, groups, above) in enumerate(counts(d, fabric)):
        label, nodes = d.labels[t], nodes_so_far(d, fabric, t)
        if label not in place:
            if nodes or chosen:
                yield Problem("A001", f"network of {fabric.system} at {fabric.site} · {label} is missing", path="fabrics")
            continue
        path, grade = f"fabrics.{place[label]}", grade_of(fabric, tiers)
        if grade is None or (chosen and tiers != chosen):
            yield Problem("A002", f"a network of {chosen or 'so many'} tiers cannot become one of {tiers}", path=f"{path}.tiers")
            continue
        yield from fields(path, plan.fabrics[place[label]], fabric_row(d, fabric, grade, t, (groups, above), before))
        yield from _large_enough(grade, nodes, groups, above, path)
        if groups < before[0] or above < before[1] or groups + above < 1:
            yield Problem("A002", f"{before[0]} groups and {before[1]} switches above stood before {label}, and none are sold", path=path)
        before, chosen = (groups, above), tiers


def _large_enough(grade: CaseGrade, nodes: int, groups: int, above: int, path: str) -> Iterator[Problem]:
    if groups > grade.most_groups:
        yield Problem("A002", f"{groups} groups do not fit {grade.tiers} tiers, which hold {grade.most_groups}", path=f"{path}.groups")
    if nodes > groups * grade.nodes_per_group * (1 + SLACK) + SLACK:
        held = math.floor(groups * grade.nodes_per_group + SLACK)
        yield Problem("A002", f"{nodes} nodes are delivered, and the leaves have ports for {held}", path=f"{path}.groups")
    if above < groups * grade.above_per_group * (1 - SLACK) - SLACK:
        yield Problem("A002", f"{groups * grade.above_per_group:g} switches stand above such leaves, not {above}", path=f"{path}.above")
