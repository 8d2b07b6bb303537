"""How many machines fit under one limit, at the most? Part of the second road: no model, no
solver.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from planner.capabilities.demand.case import CaseDemand
from planner.capabilities.networks.case import NetworksCase
from planner.core.case import Case, CaseSite, CaseSystem
from planner.plan.derive import Derivation, drawn_mw, group_chain

MARGIN = 1e-5
ROUNDING = 1e-6
"""What is called unreachable must be so for a solver too, which takes a limit as kept within a
share and a number like these."""


@dataclass(frozen=True)
class Item:
    """One system towards a demand at a site: what a unit gives, how many there can be, what a unit
    uses of each limit.
    """

    system: CaseSystem
    gives: float
    ceiling: float


def whole(systems: float) -> float:
    """Whole systems under a ceiling, as a solver may round it."""
    return math.floor(systems * (1 + MARGIN) + ROUNDING)


def times(gives: float, count: float) -> float:
    """What so many give, of which there may be no end."""
    return gives * count if gives > 0 and count > 0 else 0.0


def fill(items: list[Item], use: dict[str, float], free: float, slack: float) -> float:
    """The most that fits under one limit: systems in the order of what they give per unit of it,
    the last one in part.

    One system alone comes in whole numbers, and `slack` more of the limit may make one more.
    """
    total = 0.0
    for item in sorted(
        items, key=lambda i: -i.gives / use[i.system.id] if use[i.system.id] > 0 else -math.inf
    ):
        each = use[item.system.id]
        count = item.ceiling if each <= 0 else min(item.ceiling, max(0.0, free) / each)
        if len(items) == 1 and each > 0:
            count = min(item.ceiling, math.floor(max(0.0, free + slack) / each))
        total += item.gives * count
        free -= each * count if each > 0 else 0.0
    return total


def most_given(d: Derivation, demand: CaseDemand, system: CaseSystem, site: CaseSite) -> float:
    """The most that one system at a site can be to a demand, in its unit: towards a power with its
    share of the network that draws most.
    """
    own, network = (
        d.weight(demand, system, site),
        d.case.of(NetworksCase).network.get((system.id, site.id)),
    )
    if demand.kind != "power" or network is None:
        return own
    return own + max(
        drawn_mw(demand, group_chain(d.case, network, grade)) / grade.systems_per_group
        for grade in network.grades
    )


def one_group_each(case: Case, demand: CaseDemand, site: CaseSite) -> float:
    """What one group more of every network of a site draws towards a demand for power, whose last
    ones need not be full.
    """
    if demand.kind != "power":
        return 0.0
    return sum(
        max(drawn_mw(demand, group_chain(case, network, grade)) for grade in network.grades)
        for network in case.of(NetworksCase).networks
        if network.site == site.id and not set(network.systems).isdisjoint(demand.systems)
    )
