"""Is every fabric of a plan whole, large enough, and never sold?"""

from __future__ import annotations

from collections.abc import Iterator

from planner.errors import Problem
from planner.plan.compare import fields
from planner.plan.derive import Derivation
from planner.plan.derive_networks import bought_as, bought_so_far, fabric_row, groups_bought
from planner.plan.schema import Plan
from planner.scenario.case.networks import CaseNetwork


def fabrics(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Every fabric that is bought by the group, and no other."""
    known = {(network.site, network.systems[0]) for network in plan.case.networks if network.bought}
    for i, row in enumerate(plan.fabrics):
        if (row.site, row.system) not in known:
            yield Problem("A001", f"the network of {row.system} at {row.site} is a share of the price", path=f"fabrics.{i}")
    for network in plan.case.networks:
        if network.bought:
            yield from _fabric(plan, d, network)


def _fabric(plan: Plan, d: Derivation, network: CaseNetwork) -> Iterator[Problem]:
    mine = (network.site, network.systems[0])
    place = {row.period: i for i, row in enumerate(plan.fabrics) if (row.site, row.system) == mine}
    grade, before = bought_as(d, network), 0
    for t, groups in enumerate(groups_bought(d, network)):
        label, systems = d.labels[t], bought_so_far(d, network, t)
        if label not in place:
            if systems or before:
                yield Problem("A001", f"network of {mine[1]} at {mine[0]} · {label} is missing", path="fabrics")
            continue
        path = f"fabrics.{place[label]}"
        yield from fields(path, plan.fabrics[place[label]], fabric_row(d, network, t, groups, before))
        if grade.most_groups is not None and groups > grade.most_groups:
            message = f"{groups} groups do not fit {grade.tiers} tiers, which hold {grade.most_groups}"
            yield Problem("A002", message, path=f"{path}.groups")
        if groups < grade.groups(systems):
            message = f"{systems} systems are delivered, and take {grade.groups(systems)} groups of leaves, not {groups}"
            yield Problem("A002", message, path=f"{path}.groups")
        if groups < before or groups < 1:
            yield Problem("A002", f"{before} groups stood before {label}, and none are sold", path=path)
        before = groups
