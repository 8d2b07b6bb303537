"""What follows from a plan's machines for the networks around them? Part of the second road: no model, no solver.

The step table of the case says what so many systems need: in every period a network is of the smallest grade that holds what runs. A fabric
that is bought is of one grade, the smallest that holds the most that it ever has to.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.engineering.power import NOTHING, Chain, constant, power_chain
from planner.plan.decided import Decided
from planner.plan.once import once
from planner.plan.schema.networks import FabricRow, NetworkRow
from planner.scenario.case.networks import CaseGrade, CaseNetwork


def in_network(d: Decided, network: CaseNetwork) -> list[int]:
    """Systems of a network that run, by period."""
    counts = [d.units.get((system, network.site), []) for system in network.systems]
    return [sum(each[t] for each in counts if each) for t in range(len(d.labels))]


def bought_so_far(d: Decided, network: CaseNetwork, t: int) -> int:
    """Systems of a network delivered by the end of a period, less those that left: their ports are free again."""
    made, site = d.decisions, network.site
    came = sum(p.units for p in made.purchases if p.system in network.systems and p.site == site and d.at[p.delivered] <= t)
    mine = [r for r in made.retirements if r.system in network.systems and r.home == site == r.site and r.vintage in d.at]
    sent = [m for m in made.moves if m.system in network.systems and m.origin == site and m.vintage in d.at]
    left = sum(r.units for r in mine if d.at[r.period] <= t) + sum(m.units for m in sent if d.at[m.period] <= t)
    return came - left


def bought_as(d: Decided, network: CaseNetwork) -> CaseGrade:
    """The grade that a fabric is bought as, for the most that it ever has to hold."""
    return network.grade_of(max(bought_so_far(d, network, t) for t in range(len(d.labels))))


def group_chain(d: Decided, network: CaseNetwork, grade: CaseGrade) -> Chain:
    """The power chain of one group: no chip and no machine, cooled as its product is."""
    system, site = d.case.system[network.systems[0]], d.case.site[network.site]
    annual, peak = site.pue(system)
    return power_chain(
        accelerators=0,
        tdp_w=0.0,
        own=NOTHING,
        sold_as=system.basis,
        beside=constant(grade.nameplate_w, grade.typical_w),
        pue_annual=annual,
        pue_peak=peak,
        utility_loss=d.case.utility_loss,
    )


@once
def network_chains(d: Decided) -> dict[tuple[str, int], list[tuple[CaseNetwork, Chain]]]:
    """(site, period) → the chain of the groups of each network that runs there."""
    found: dict[tuple[str, int], list[tuple[CaseNetwork, Chain]]] = {}
    for network in d.case.networks:
        chains: dict[int, Chain] = {}  # of so many systems
        for t, systems in enumerate(in_network(d, network) if network.draws else ()):
            if systems and systems not in chains:
                grade = network.grade_of(systems)
                chains[systems] = group_chain(d, network, grade).times(grade.groups(systems))
            if systems:
                found.setdefault((network.site, t), []).append((network, chains[systems]))
    return found


@once
def network_rows(d: Decided) -> list[NetworkRow]:
    """Every network in every period in which it draws."""
    rows = []
    for network in d.case.networks:
        for t, systems in enumerate(in_network(d, network) if network.draws else ()):
            if systems:
                grade = network.grade_of(systems)
                groups = grade.groups(systems)
                rows.append(
                    NetworkRow(
                        site=network.site,
                        system=network.systems[0],
                        period=d.labels[t],
                        topology=grade.topology,
                        tiers=grade.tiers,
                        systems=systems,
                        groups=groups,
                        it_nameplate_mw=(groups * grade.nameplate_w + systems * network.system_w) / 1e6,
                        it_typical_mw=(groups * grade.typical_w + systems * network.system_typical_w) / 1e6,
                    )
                )
    return rows


def fabric_row(d: Decided, network: CaseNetwork, t: int, groups: int, before: int) -> FabricRow:
    """The row of a network with so many groups bought by now, and before."""
    grade = bought_as(d, network)
    return FabricRow(
        site=network.site,
        system=network.systems[0],
        period=d.labels[t],
        topology=grade.topology,
        tiers=grade.tiers,
        groups=groups,
        switches=round(groups * grade.switches, 6),
        systems=bought_so_far(d, network, t),
        added_usd=(groups - before) * grade.usd,
    )


def groups_bought(d: Decided, network: CaseNetwork) -> list[int]:
    """Groups of a network that were bought, by period; 0 where it has none."""
    result = [0] * len(d.labels)
    for row in d.decisions.fabrics:
        if (row.site, row.system) == (network.site, network.systems[0]):
            result[d.at[row.period]] = row.groups
    return result


def fabric_cash(d: Decided) -> Iterator[tuple[CaseNetwork, int, float]]:
    """(network, period, USD) of every addition of groups."""
    for network in d.case.networks:
        if network.bought:
            grade, before = bought_as(d, network), 0
            for t, groups in enumerate(groups_bought(d, network)):
                yield network, t, (groups - before) * grade.usd
                before = groups
