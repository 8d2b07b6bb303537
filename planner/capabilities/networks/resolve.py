"""What do networks, storage and management add to the machines of a plan?

Three roads, the first that is open: the scenario's own `assume: {it_overhead: …}`, a share of
nameplate; the step table of the networks (`engineering/fabric/steps.py`) with the catalog's storage
and management per accelerator; the catalog's `it_overhead`, where nobody published the system's
scale-out bandwidth. The table goes into the case, so that whoever reads the plan counts as the
optimum did. With `resolve_halls`, this is the only way from a scenario into `engineering`.
"""

from __future__ import annotations

from collections.abc import Mapping

from planner.capabilities.fleet.schema import FleetKeys
from planner.capabilities.networks.case import CaseGrade, CaseNetwork
from planner.capabilities.networks.schema import Fabric, NetworksAtSite, NetworksKeys
from planner.catalog.hardware import System
from planner.catalog.network import NetworkItem
from planner.core.case import CaseSystem, UsedFigure
from planner.core.context import Resolve, ResolveContext, payments_of
from planner.core.fields import CasePayment
from planner.core.site import Site
from planner.engineering.balance_of_system import network_of
from planner.engineering.fabric.design import Options
from planner.engineering.fabric.steps import Grade, Table, countable, network_table
from planner.engineering.uncertain import Ends, spread

REFERENCE_ACCELERATORS = 16_384
"""Scale at which the range of a network's draw is taken, as a share of it."""


def is_counted(g: ResolveContext, system: System) -> bool:
    """Whether the networks of a system are counted; else they are a share of its nameplate, with
    storage and management.
    """
    return (
        g.scenario.assume.it_overhead is None
        and g.catalog.metered.surroundings is not None
        and countable(system)
    )


def beside(g: ResolveContext, system: System) -> tuple[float, float, float]:
    """(share of nameplate, W of storage, W of management) beside one system, all but its networks
    where these are counted; recorded.
    """
    around, said = g.catalog.metered.surroundings, g.scenario.assume.it_overhead
    if around is not None and is_counted(g, system):
        per = system.accelerators.value
        storage = g.need("surroundings", "storage", "W/accelerator", None, around.storage_w)
        return (
            0.0,
            storage * per,
            g.need("surroundings", "management", "W/accelerator", None, around.management_w) * per,
        )
    if said is None:
        why = (
            "nobody published its scale-out bandwidth"
            if around is not None
            else "the catalog has no storage and management"
        )
        g.note(
            f"{system.id}: {why}, so network, storage and management are not counted but the "
            "catalog's share of nameplate"
        )
    default = g.catalog.defaults.it_overhead
    share = default.server if system.basis == "server" else default.rack
    return g.need("defaults", f"it_overhead.{system.basis}", "1", said, share), 0.0, 0.0


def resolve_networks(g: ResolveContext, systems: list[CaseSystem]) -> list[CaseNetwork]:
    """The networks of every product at every site where it may stand, which are counted for their
    draw, or bought by the group.
    """
    products = {s.product: [v.id for v in systems if v.product == s.product] for s in systems}
    by_id = {s.id: s for s in systems}
    found, bought, rest = list[CaseNetwork](), set[str](), set[str]()
    ranged = set[tuple[str, tuple[str, Options] | None]]()
    for i, site in enumerate(g.scenario.sites):
        fabric, path = (
            (site.of(NetworksAtSite).fabric, f"sites.{i}.fabric")
            if site.of(NetworksAtSite).fabric
            else (g.scenario.of(NetworksKeys).fabric, "fabric")
        )
        for product, variants in products.items():
            machine, system = by_id[product], g.catalog.systems[product]
            comes = any(by_id[v].may_buy and site.id in by_id[v].sites for v in variants)
            asked = fabric if comes else None
            paid = _bought(g, site, system, asked) if asked is not None else None
            if asked is not None:
                (bought if paid is not None else rest).add(product)
            drawn = is_counted(g, system)
            if paid is None and not (drawn and (comes or may_stand(g, machine, site))):
                continue
            table = paid or network_table(g.catalog, system)
            bill = (
                payments_of(g, fabric.payments, f"{path}.payments")
                if fabric is not None and paid is not None
                else []
            )
            found.append(
                _network(
                    g,
                    site,
                    variants,
                    table,
                    drawn=drawn,
                    path=path if paid is not None else "",
                    payments=bill,
                )
            )
            meant = fabric if paid is not None else None
            as_asked = product, None if meant is None else (meant.topology, _options(meant))
            if drawn and as_asked not in ranged:
                ranged.add(as_asked)
                _range(g, system, table, meant)
    if bought:
        g.note(
            "where a fabric is asked for, networks are bought by the group of leaves: compute, "
            "front-end and storage network; "
            "storage machines are not among them"
        )
        if rest:
            names = ", ".join(sorted(rest))
            g.note(
                f"{names}: where its network is not counted it stays a share of the price, which "
                "holds storage machines too; "
                "so the two are not like for like"
            )
    return found


def may_stand(g: ResolveContext, system: CaseSystem, site: Site) -> bool:
    """Whether a product can ever stand at a site: bought, from the start, or moved there."""
    stands = any(
        entry.system == system.id and entry.site == site.id
        for entry in g.scenario.of(FleetKeys).fleet
    )
    comes = any(
        move.system == system.id and (move.to is None or site.id in move.to)
        for move in g.scenario.of(FleetKeys).moves
    )
    return stands or comes or site.id in system.sites


def _bought(g: ResolveContext, site: Site, system: System, fabric: Fabric) -> Table | None:
    """The table of a network that is asked for; a system that it cannot be counted for keeps the
    share of its price, with a note.
    """
    try:
        table = network_table(g.catalog, system, fabric.topology, _options(fabric))
    except ValueError as error:
        g.note(
            f"{system.id} at {site.id}: its network stays a share of its price, for none can be "
            f"counted: {error}"
        )
        return None
    items: dict[str, NetworkItem] = {
        **g.catalog.switches,
        **g.catalog.transceivers,
        **g.catalog.cables,
    }
    for name in table.items:
        g.take(name, "price", "USD", None, items[name].price_usd)
        g.take(name, "power.nameplate", "W", None, items[name].power.nameplate_w)
    return table


def _options(fabric: Fabric) -> Options:
    return Options(switch=fabric.switch, oversubscription=fabric.oversubscription)


def _network(
    g: ResolveContext,
    site: Site,
    systems: list[str],
    table: Table,
    *,
    drawn: bool,
    path: str,
    payments: list[CasePayment],
) -> CaseNetwork:
    scale = float(drawn)  # what is a share of nameplate already is not drawn again
    return CaseNetwork(
        site=site.id,
        systems=systems,
        system_w=scale * table.system.sum_of("nameplate_w"),
        system_typical_w=scale * table.system.sum_of("typical_w"),
        system_usd=table.system.sum_of("price_usd"),
        grades=[_grade(grade, scale) for grade in table.grades],
        bought=bool(path),
        payments=payments or [CasePayment()],
        path=path,
    )


def _grade(grade: Grade, scale: float) -> CaseGrade:
    return CaseGrade(
        topology=grade.kind,
        tiers=grade.tiers,
        most_groups=grade.most_groups,
        systems_per_group=grade.systems_per_group,
        switches=grade.group.switches,
        nameplate_w=scale * grade.group.sum_of("nameplate_w"),
        typical_w=scale * grade.group.sum_of("typical_w"),
        usd=grade.group.sum_of("price_usd"),
    )


def _range(g: ResolveContext, system: System, table: Table, fabric: Fabric | None) -> None:
    """How far the networks' draw may turn out otherwise, as a factor on all of it: the widest of
    all sites.

    Where no topology is named, others are in the range.
    """
    count = max(1, round(REFERENCE_ACCELERATORS / system.accelerators.value))
    network = (
        network_of(g.catalog, system, count, fabric.topology, _options(fabric))
        if fabric
        else network_of(g.catalog, system, count)
    )

    def measure(ends: Ends) -> float:
        return network.w("nameplate", ends) / network.w("nameplate")

    known, before = (
        spread(network.uncertain_figures, measure),
        g.figures.get((system.id, "network")),
    )
    low, high = max(0.0, known.low), known.high
    if before is not None and before.low is not None and before.high is not None:
        if before.low <= low and high <= before.high:
            return
        low, high = min(low, before.low), max(high, before.high)
    others = "" if fabric else ", with other topologies"
    g.figures[system.id, "network"] = UsedFigure(
        of=system.id,
        figure="network",
        value=1.0,
        unit="1",
        low=low,
        high=high,
        kind="derived",
        via="primary",
        grade="C",
        date=max(
            (k.date for k in network.uncertain_figures if k.date), default=str(g.catalog.version)
        ),
        source="step table of the fabric model (`planner "
        "fabric`) on the catalog's switches and modules",
        note=f"of what the table of {table.switch} says; the range is that of "
        f"{REFERENCE_ACCELERATORS} accelerators{others}",
    )


def case(g: ResolveContext) -> Mapping[str, object]:
    """Its part of the case."""
    return {"networks": resolve_networks(g, g.systems)}


FACE = Resolve(case)
