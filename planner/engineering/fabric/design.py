"""Which fabrics does a number of catalog systems need, and what do they add to one system's watts
and dollars?

A node is a server, or of a rack as many accelerators as there are rails. Compute links carry the
system's published bandwidth per accelerator. Front-end and storage networks are fabrics of their
own with so many ports per node; the defaults are those of reference architecture RA-11333-001
(table 8: two storage and two in-band ports per node), at 200 Gbit/s and 3 : 1 for the front end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from planner.catalog.hardware import System
from planner.catalog.load import Catalog
from planner.catalog.network import Switch
from planner.engineering.fabric.bill import Bill, Measure, Spec, bill_of, step_of, torus_bill, total
from planner.engineering.fabric.optics import radix
from planner.engineering.fabric.reach import Hall
from planner.engineering.fabric.topology import Demand, Kind
from planner.engineering.fabric.torus import TorusDemand
from planner.engineering.uncertain import Band

RACK_RAILS = 4
"""Accelerators per tray of the racks on sale, each on a rail of its own."""
RACK_W = 42_000.0
"""What servers of one air-cooled rack may draw together."""
TOP_OVERSUBSCRIPTION = 7.0
"""Of the topology `oversubscribed` when none is given: Llama 3 herd, arXiv 2407.21783 §3.3.1."""


@dataclass(frozen=True)
class Side:
    """A network beside the compute fabric."""

    name: str
    ports_per_node: int
    gbit_s: float
    oversubscription: float
    switch: str | None = None


STORAGE = Side("storage", 2, 400.0, 1.0)
FRONT_END = Side("front end", 2, 200.0, 3.0)
SIDES: tuple[Side, ...] = (FRONT_END, STORAGE)


@dataclass(frozen=True)
class Options:
    """What a user may choose of a fabric."""

    switch: str | None = None
    oversubscription: float | None = None
    """Of the top tier, at most."""
    reserved_ports: int = 0
    reserved_nodes: int = 0
    planes: int = 1
    rails: int | None = None
    pod: int | None = None
    """Endpoints of a pod, at most."""
    hall: Hall = field(default_factory=Hall)
    linear: bool = False
    active: bool = False
    sides: tuple[Side, ...] = SIDES


@dataclass(frozen=True)
class Cluster:
    """So many of one system."""

    system: System
    count: int
    rails: int
    nodes: int
    nodes_per_rack: int
    gbit_s: float | None
    """Scale-out bandwidth per accelerator; None where nobody published one."""

    @property
    def accelerators(self) -> int:
        """All of them."""
        return self.count * int(self.system.accelerators.value)

    @property
    def is_torus(self) -> bool:
        """Whether its scale-up network joins racks by circuits and is its only published one.

        A server whose scale-up goes on beyond it is wired to its neighbours, in two dimensions and
        without circuit switches.
        """
        domain = self.system.scale_up_domain
        beyond = domain is not None and domain.value > self.system.accelerators.value
        return self.gbit_s is None and beyond and self.system.form != "server"


def cluster_of(system: System, count: int, rails: int | None = None) -> Cluster:
    """Divide systems into nodes. Raises ValueError for a count below 1 or rails that do not divide
    the accelerators.
    """
    if count < 1:
        raise ValueError(f"a cluster has at least one system, not {count}")
    per_system = int(system.accelerators.value)
    default = per_system if system.form == "server" else math.gcd(RACK_RAILS, per_system)
    used = rails or default
    if per_system % used:
        raise ValueError(
            f"{used} rails do not divide the {per_system} accelerators of `{system.id}`"
        )
    nameplate = system.power.nameplate_w
    fits = max(1, min(8, int(RACK_W // nameplate.value))) if nameplate is not None else 4
    per_rack = fits if system.form == "server" else per_system // used
    nic = system.nic_bandwidth_gbit_s
    return Cluster(
        system,
        count,
        used,
        count * per_system // used,
        per_rack,
        nic.value if nic is not None else None,
    )


def default_kinds(cluster: Cluster) -> tuple[Kind, ...]:
    """Topologies worth comparing for a cluster."""
    return (
        ("torus",)
        if cluster.is_torus
        else ("fat-tree", "rail-optimized", "oversubscribed", "rail-only")
    )


def compute_fabric(
    catalog: Catalog, cluster: Cluster, kind: Kind, options: Options | None = None
) -> Bill:
    """Bill the fabric between accelerators.

    Raises:
        ValueError: if no bandwidth was published, a switch is unknown or unfit, or the endpoints do
        not fit.
    """
    chosen = options or Options()
    if kind == "torus":
        domain = cluster.system.scale_up_domain
        if domain is None or domain.value <= cluster.system.accelerators.value:
            raise ValueError(
                f"the scale-up network of `{cluster.system.id}` ends inside it; a torus joins "
                "systems by it"
            )
        if cluster.system.form == "server":
            raise ValueError(
                f"`{cluster.system.id}` is a server; a torus of "
                "circuits is billed for racks that are cubes"
            )
        side = round(cluster.system.accelerators.value ** (1 / 3))
        if side**3 != int(cluster.system.accelerators.value):
            raise ValueError(
                f"`{cluster.system.id}` is no cube: {cluster.system.accelerators.value:g} "
                "accelerators"
            )
        return torus_bill(
            TorusDemand(cluster.count, side), catalog, _circuit_switch(catalog, chosen.switch)
        )
    return bill_of(compute_spec(catalog, cluster, kind, chosen), catalog)


def compute_spec(catalog: Catalog, cluster: Cluster, kind: Kind, options: Options) -> Spec:
    """What the compute fabric of a cluster is billed from. Raises ValueError as
    `compute_fabric`.
    """
    if cluster.gbit_s is None:
        raise ValueError(
            f"nobody published the scale-out bandwidth of `{cluster.system.id}`; the catalog has "
            "no `nic_bandwidth`"
        )
    wanted = cluster.gbit_s / options.planes
    switch = _packet_switch(catalog, options.switch, wanted)
    assert switch.port_speed_gbit_s is not None
    port = switch.port_speed_gbit_s.value
    links = max(1, math.ceil(wanted / port))
    split = switch.split.value if switch.split is not None else 1
    # the slowest break-out that carries a link
    speed = port / max(1, min(int(split), int(port * links // wanted)))
    ratio = options.oversubscription or (TOP_OVERSUBSCRIPTION if kind == "oversubscribed" else 1.0)
    demand = Demand(
        cluster.nodes,
        cluster.rails * links,
        radix(switch, speed),
        kind,
        top_oversubscription=ratio,
        reserved_ports=options.reserved_ports,
        reserved_nodes=options.reserved_nodes,
        planes=options.planes,
        pod_endpoints=options.pod,
    )
    return Spec(
        demand,
        switch,
        speed,
        kind,
        options.hall,
        cluster.nodes_per_rack,
        1,
        options.linear,
        options.active,
    )


def side_fabrics(catalog: Catalog, cluster: Cluster, options: Options | None = None) -> list[Bill]:
    """Bill the networks beside the compute fabric. Raises ValueError as `compute_fabric`."""
    chosen = options or Options()
    return [
        _side_bill(catalog, side, cluster.nodes, cluster.nodes_per_rack, chosen.hall)
        for side in chosen.sides
    ]


@lru_cache(maxsize=4096)
def _side_bill(catalog: Catalog, side: Side, nodes: int, nodes_per_rack: int, hall: Hall) -> Bill:
    switch = _packet_switch(catalog, side.switch, side.gbit_s, "ethernet")
    demand = Demand(
        nodes,
        side.ports_per_node,
        radix(switch, side.gbit_s),
        "fat-tree",
        top_oversubscription=side.oversubscription,
    )
    return bill_of(Spec(demand, switch, side.gbit_s, side.name, hall, nodes_per_rack), catalog)


@dataclass(frozen=True)
class Share:
    """What the networks add to one system, at basis `it`: W at nameplate and typical load, USD."""

    bills: tuple[Bill, ...]
    nameplate_w: Band
    typical_w: Band
    price_usd: Band


def fabric_share(
    catalog: Catalog,
    system: System,
    count: int,
    kind: Kind | None = None,
    options: Options | None = None,
) -> Share:
    """What networks of all kinds add to one of so many systems.

    Args:
        catalog: switches, transceivers and cables.
        system: of the catalog.
        count: systems in the cluster.
        kind: topology; rail-optimized, or a torus for cubes, if left out.
        options: of the fabrics.

    Raises:
        ValueError: if no scale-out bandwidth was published or the cluster does not fit the
        topology.
    """
    chosen = options or Options()
    cluster = cluster_of(system, count, chosen.rails)
    named = kind or ("torus" if cluster.is_torus else "rail-optimized")
    bills = (
        compute_fabric(catalog, cluster, named, chosen),
        *side_fabrics(catalog, cluster, chosen),
    )
    return Share(
        bills,
        *(
            _per(total(bills, measure), count)
            for measure in ("nameplate_w", "typical_w", "price_usd")
        ),
    )


def _per(whole: Band, count: int) -> Band:
    factors = tuple((name, low / count, high / count) for name, low, high in whole.by_factor)
    return Band(whole.value / count, whole.low / count, whole.high / count, factors)


def growth(
    catalog: Catalog, cluster: Cluster, kind: Kind, options: Options, units: Sequence[int]
) -> list[tuple[int, dict[Measure, float] | None]]:
    """What growing by so many nodes adds to the compute fabric. Raises ValueError as
    `compute_fabric`.
    """
    spec = compute_spec(catalog, cluster, kind, options)
    return [(nodes, step_of(spec, catalog, nodes)) for nodes in units]


def _packet_switch(
    catalog: Catalog, name: str | None, gbit_s: float, protocol: str | None = None
) -> Switch:
    """The switch of a name, or the first of the slowest ports that carry a speed, else of the
    fastest.
    """
    if name is not None:
        if name not in catalog.switches:
            raise ValueError(f"no switch `{name}`")
        if catalog.switches[name].port_speed_gbit_s is None:
            raise ValueError(f"`{name}` switches circuits, not packets")
        return catalog.switches[name]
    known = [
        s
        for s in catalog.switches.values()
        if s.port_speed_gbit_s is not None and protocol in (None, s.protocol)
    ]
    if not known:
        raise ValueError("the catalog has no packet switch")
    speeds = {s.id: s.port_speed_gbit_s.value for s in known if s.port_speed_gbit_s is not None}
    fast = [s for s in known if speeds[s.id] >= gbit_s]
    return min(fast, key=lambda s: speeds[s.id]) if fast else max(known, key=lambda s: speeds[s.id])


def _circuit_switch(catalog: Catalog, name: str | None) -> Switch:
    known = {s.id: s for s in catalog.switches.values() if s.port_speed_gbit_s is None}
    if name is not None and name not in known:
        raise ValueError(f"no circuit switch `{name}`")
    if not known:
        raise ValueError("the catalog has no circuit switch")
    return known[name] if name is not None else next(iter(known.values()))
