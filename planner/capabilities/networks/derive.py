"""Networks that follow from what runs, and groups of leaves that are bought."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.networks.case import FABRIC, CaseNetwork, NetworksCase
from planner.capabilities.networks.chains import bought_as, bought_so_far, groups_bought, in_network
from planner.capabilities.networks.tables import FABRICS, NETWORKS, FabricRow, NetworkRow
from planner.core.context import once
from planner.errors import Problem
from planner.periods import earlier
from planner.plan.compare import fields
from planner.plan.decided import Decided
from planner.plan.derive import Derivation
from planner.plan.face import Derive, Ledger
from planner.plan.schema import Plan


@once
def network_rows(d: Decided) -> list[NetworkRow]:
    """Every network in every period in which it draws."""
    rows = []
    for network in d.case.of(NetworksCase).networks:
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
                        it_nameplate_mw=(groups * grade.nameplate_w + systems * network.system_w)
                        / 1e6,
                        it_typical_mw=(
                            groups * grade.typical_w + systems * network.system_typical_w
                        )
                        / 1e6,
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


def fabric_cash(d: Decided) -> Iterator[tuple[CaseNetwork, int, float]]:
    """(network, period, USD) of every addition of groups."""
    for network in d.case.of(NetworksCase).networks:
        if network.bought:
            grade, before = bought_as(d, network), 0
            for t, groups in enumerate(groups_bought(d, network)):
                yield network, t, (groups - before) * grade.usd
                before = groups


def fabrics(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Every fabric that is bought by the group, and no other."""
    known = {
        (network.site, network.systems[0])
        for network in plan.case.of(NetworksCase).networks
        if network.bought
    }
    for i, row in enumerate(plan.of(FABRICS)):
        if (row.site, row.system) not in known:
            yield Problem(
                "A001",
                f"the network of {row.system} at {row.site} is a share of the price",
                path=f"fabrics.{i}",
            )
    for network in plan.case.of(NetworksCase).networks:
        if network.bought:
            yield from _fabric(plan, d, network)


def _fabric(plan: Plan, d: Derivation, network: CaseNetwork) -> Iterator[Problem]:
    mine = (network.site, network.systems[0])
    place = {
        row.period: i for i, row in enumerate(plan.of(FABRICS)) if (row.site, row.system) == mine
    }
    grade, before = bought_as(d, network), 0
    for t, groups in enumerate(groups_bought(d, network)):
        label, systems = d.labels[t], bought_so_far(d, network, t)
        if label not in place:
            if systems or before:
                yield Problem(
                    "A001",
                    f"network of {mine[1]} at {mine[0]} · {label} is missing",
                    path="fabrics",
                )
            continue
        path = f"fabrics.{place[label]}"
        yield from fields(
            path, plan.of(FABRICS)[place[label]], fabric_row(d, network, t, groups, before)
        )
        if grade.most_groups is not None and groups > grade.most_groups:
            message = (
                f"{groups} groups do not fit {grade.tiers} tiers, which hold {grade.most_groups}"
            )
            yield Problem("A002", message, path=f"{path}.groups")
        if groups < grade.groups(systems):
            message = (
                f"{systems} systems are delivered, and take {grade.groups(systems)} groups "
                f"of leaves, not {groups}"
            )
            yield Problem("A002", message, path=f"{path}.groups")
        if groups < before or groups < 1:
            yield Problem(
                "A002", f"{before} groups stood before {label}, and none are sold", path=path
            )
        before = groups


def money(d: Derivation, ledger: Ledger) -> None:
    """Groups of leaves are paid by their milestones before the day on which the machines for them
    come.
    """
    for network, t, usd in fabric_cash(d):
        arrival = d.case.arrivals[network.systems[0]][t]
        day = d.case.timeline.starts[t] if arrival is None else arrival.day
        for payment in network.payments:
            ledger.post(FABRIC, usd * payment.share, day=earlier(day, payment.before_days))


FACE = Derive(tables={NETWORKS: network_rows}, money=money, decided=fabrics)
