"""What runs of networks beside machines, and draws: of the smallest grade that holds what runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.capabilities.fleet.case import FleetCase
from planner.capabilities.fleet.tables import MOVES, RETIREMENTS
from planner.capabilities.networks.case import CaseGrade, CaseNetwork, NetworksCase
from planner.capabilities.networks.tables import FABRICS
from planner.capabilities.supply.tables import PURCHASES
from planner.core.context import once
from planner.engineering.power import Chain
from planner.plan.decided import Beside, Decided
from planner.plan.derive import group_chain


def in_network(d: Decided, network: CaseNetwork) -> list[int]:
    """Systems of a network that run, by period."""
    counts = [d.units.get((system, network.site), []) for system in network.systems]
    return [sum(each[t] for each in counts if each) for t in range(len(d.labels))]


def bought_so_far(d: Decided, network: CaseNetwork, t: int) -> int:
    """Systems of a network delivered by the end of a period, less those that left: their ports are
    free again.
    """
    made, site = d.decisions, network.site
    came = sum(
        p.units
        for p in made.of(PURCHASES)
        if p.system in network.systems and p.site == site and d.at[p.delivered] <= t
    )
    mine = [
        r
        for r in made.of(RETIREMENTS)
        if r.system in network.systems and r.home == site == r.site and r.vintage in d.at
    ]
    sent = [
        m
        for m in made.of(MOVES)
        if m.system in network.systems and m.origin == site and m.vintage in d.at
    ]
    left = sum(r.units for r in mine if d.at[r.period] <= t) + sum(
        m.units for m in sent if d.at[m.period] <= t
    )
    return came - left


def bought_as(d: Decided, network: CaseNetwork) -> CaseGrade:
    """The grade that a fabric is bought as, for the most that it ever has to hold."""
    return network.grade_of(max(bought_so_far(d, network, t) for t in range(len(d.labels))))


@once
def network_chains(d: Decided) -> dict[tuple[str, int], list[tuple[CaseNetwork, Chain]]]:
    """(site, period) → the chain of the groups of each network that runs there."""
    found: dict[tuple[str, int], list[tuple[CaseNetwork, Chain]]] = {}
    for network in d.case.of(NetworksCase).networks:
        chains: dict[int, Chain] = {}  # of so many systems
        for t, systems in enumerate(in_network(d, network) if network.draws else ()):
            if systems and systems not in chains:
                grade = network.grade_of(systems)
                chains[systems] = group_chain(d.case, network, grade).times(grade.groups(systems))
            if systems:
                found.setdefault((network.site, t), []).append((network, chains[systems]))
    return found


def beside(d: Decided, site: str, t: int) -> list[tuple[Sequence[str], Chain]]:
    """Chains of the groups of networks that run at a site in a period, each with its systems."""
    return [(network.systems, chain) for network, chain in network_chains(d).get((site, t), ())]


def at_start(d: Decided, site: str) -> Iterator[Chain]:
    """Chains of the groups of the existing fleet's networks, of the grade for what stands, though
    they may grow into another.
    """
    for network in d.case.of(NetworksCase).networks:
        stands = sum(
            entry.units
            for entry in d.case.of(FleetCase).fleet
            if entry.site == site and entry.system in network.systems
        )
        if network.site == site and network.draws and stands:
            grade = network.grade_of(stands)
            yield group_chain(d.case, network, grade).times(grade.groups(stands))


def groups_bought(d: Decided, network: CaseNetwork) -> list[int]:
    """Groups of a network that were bought, by period; 0 where it has none."""
    result = [0] * len(d.labels)
    for row in d.decisions.of(FABRICS):
        if (row.site, row.system) == (network.site, network.systems[0]):
            result[d.at[row.period]] = row.groups
    return result


FACE = Beside(chains=beside, at_start=at_start)
