"""What is bought for a fabric, what does it draw, and what does it cost? Bill of materials with
ranges.

W at basis `it`, at the switches' own terminals. Modules in the nodes are fed by the nodes and lie
inside a system's own rating, so they are bought here and not drawn here. Switches and modules draw
nearly the same whatever the job does: `typical` stands for peak, average and idle, `nameplate` is
what must be provisioned. Ranges: each catalog entry moved alone, combined in quadrature
(`engineering/band.py`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from planner.catalog.load import Catalog
from planner.catalog.network import Cable, Medium, NetworkItem, Switch
from planner.engineering.fabric.optics import Way, radix, ways
from planner.engineering.fabric.reach import Hall, apportion
from planner.engineering.fabric.topology import Demand, Network, build
from planner.engineering.fabric.torus import Torus, TorusDemand, build_torus
from planner.engineering.uncertain import Band, Factor, band
from planner.records import Figure

Measure = Literal["nameplate_w", "typical_w", "price_usd"]
Role = Literal["switch", "optics", "cable"]
RACK_UNITS_USED = 38
"""Of 42 in a rack of switches; the rest holds patch panels and management."""
DEFAULT_RACK_UNITS = 2.0


@dataclass(frozen=True)
class Part:
    """So many pieces of one catalog entry at one end of the cables, with what one draws here and
    costs: (low, value, high).
    """

    id: str
    name: str
    role: Role
    at: Literal["fabric", "node"]
    count: int
    nameplate_w: tuple[float, float, float]
    typical_w: tuple[float, float, float]
    price_usd: tuple[float, float, float]
    assumed: frozenset[Measure]
    """Which of the three nobody published."""

    def total(self, measure: Measure, end: int = 1) -> float:
        """All pieces at the low (0), planning (1) or high (2) of a measure."""
        figures: tuple[float, float, float] = getattr(self, measure)
        return self.count * figures[end]


@dataclass(frozen=True)
class Run:
    """Links of one medium below one tier."""

    tier: str
    medium: Medium
    links: int
    reach_m: float


@dataclass(frozen=True)
class Bill:
    """A fabric with its parts; sums are over planes and tiers."""

    name: str
    network: Network | Torus
    switch: Switch
    link_gbit_s: float
    parts: tuple[Part, ...]
    runs: tuple[Run, ...]
    racks: int

    @property
    def switches(self) -> int:
        """Boxes."""
        return sum(part.count for part in self.parts if part.role == "switch")

    @property
    def optics(self) -> int:
        """Modules at both ends; an active optical cable counts as two."""
        modules = sum(part.count for part in self.parts if part.role == "optics")
        return modules + 2 * sum(run.links for run in self.runs if run.medium == "active-optical")

    def sum_of(self, measure: Measure) -> Band:
        """W or USD of the whole bill, with its range and what makes it."""
        return total([self], measure)

    def assumes(self, measure: Measure) -> bool:
        """Whether a measure rests on a figure that nobody published."""
        return any(measure in part.assumed for part in self.parts if part.count)


def total(bills: Sequence[Bill], measure: Measure) -> Band:
    """W or USD of several fabrics; a catalog entry that stands in several moves in all of them at
    once.
    """
    parts = tuple(part for bill in bills for part in bill.parts)
    names = list(dict.fromkeys(part.id for part in parts))

    def moved(name: str, end: int) -> dict[str, int]:
        return {**{other: 1 for other in names}, name: end}

    def add(ends: dict[str, int]) -> float:
        return sum(part.total(measure, ends[part.id]) for part in parts)

    return band(
        {name: 1 for name in names},
        [Factor(name, moved(name, 0), moved(name, 2)) for name in names],
        add,
    )


@dataclass(frozen=True)
class Spec:
    """Everything a fabric is billed from."""

    demand: Demand
    switch: Switch
    link_gbit_s: float
    """Of one plane's link at a node."""
    name: str = "compute"
    hall: Hall = field(default_factory=Hall)
    nodes_per_rack: int = 4
    node_ports_per_module: int = 1
    linear: bool = False
    active: bool = False
    """Whether active optical cables may be used; both their ends are drawn here, as a cable has one
    rating."""

    def with_nodes(self, nodes: int) -> Spec:
        """The same for another number of nodes."""
        return replace(self, demand=replace(self.demand, nodes=nodes))


def bill_of(spec: Spec, catalog: Catalog) -> Bill:
    """Count, cable and price a fabric.

    Raises:
        ValueError: if the endpoints do not fit, the switch cannot run at the link speed, or nothing
        makes such a link.
    """
    network = build(replace(spec.demand, radix=radix(spec.switch, spec.link_gbit_s)))
    racks = math.ceil((spec.demand.nodes + spec.demand.reserved_nodes) / spec.nodes_per_rack)
    counts: Counter[tuple[str, Role, str]] = Counter()
    runs: list[Run] = []
    for k in range(len(network.tiers)):
        runs += _cabled(spec, catalog, network, racks, k, counts)
    parts = [_part(spec.switch, "switch", "fabric", network.switches), *_parts(catalog, counts)]
    return Bill(
        spec.name,
        network,
        spec.switch,
        spec.link_gbit_s,
        tuple(parts),
        tuple(runs),
        _racks(spec.switch, network.switches),
    )


def links_of(spec: Spec, catalog: Catalog, network: Network, k: int) -> tuple[Part, ...]:
    """Modules and cables of the links below tier k of a counted network. Raises ValueError if
    nothing makes such a link.
    """
    racks, counts = (
        math.ceil((spec.demand.nodes + spec.demand.reserved_nodes) / spec.nodes_per_rack),
        Counter[tuple[str, Role, str]](),
    )
    _cabled(spec, catalog, network, racks, k, counts)
    return tuple(_parts(catalog, counts))


def _cabled(
    spec: Spec,
    catalog: Catalog,
    network: Network,
    racks: int,
    k: int,
    counts: Counter[tuple[str, Role, str]],
) -> list[Run]:
    """The links below one tier by medium; their pieces are added to `counts`."""
    tier, runs = network.tiers[k], []
    ports = spec.node_ports_per_module if k == 0 else None
    choices = ways(
        catalog,
        spec.switch,
        spec.link_gbit_s,
        node_ports=ports,
        linear=spec.linear,
        active=spec.active,
    )
    share = _node_share(spec, network, racks) if k == 0 else _switch_share(spec, network, racks, k)
    for way, links in zip(
        choices, apportion(tier.links_down, [share(way.reach_m) for way in choices]), strict=True
    ):
        if links:
            runs.append(Run(tier.name, way.medium, links, way.reach_m))
            _count(counts, way, links, at_node=k == 0)
    return runs


def _parts(catalog: Catalog, counts: Counter[tuple[str, Role, str]]) -> list[Part]:
    items: dict[str, NetworkItem] = {**catalog.transceivers, **catalog.cables}
    return [
        _part(items[name], role, at, n)
        for (name, role, at), n in sorted(counts.items(), key=_order)
    ]


def torus_bill(demand: TorusDemand, catalog: Catalog, switch: Switch) -> Bill:
    """Bill a torus of cubes: circuit switches, modules at the cubes' faces, fibre.

    Raises:
        ValueError: if the catalog has no module for circuits.
    """
    modules = [module for module in catalog.transceivers.values() if module.circuit]
    if not modules:
        raise ValueError("the catalog has no transceiver with `circuit: true`")
    module, torus = modules[0], build_torus(replace(demand, switch_ports=int(switch.ports.value)))
    fibre = next(
        cable
        for cable in catalog.cables.values()
        if cable.link_speed_gbit_s is None and cable.medium == module.medium
    )
    parts = (
        _part(switch, "switch", "fabric", torus.switches),
        _part(module, "optics", "fabric", math.ceil(torus.optical_ends / int(module.links.value))),
        _part(fibre, "cable", "fabric", torus.optical_ends),
    )
    run = Run("circuit", module.medium, torus.optical_ends, module.reach_m.value)
    return Bill(
        "torus",
        torus,
        switch,
        module.link_speed_gbit_s.value,
        parts,
        (run,),
        _racks(switch, torus.switches),
    )


def step_of(spec: Spec, catalog: Catalog, nodes: int) -> dict[Measure, float] | None:
    """What growing by so many nodes adds, at planning figures; None if the shape cannot grow so
    far.
    """
    try:
        after = bill_of(spec.with_nodes(spec.demand.nodes + nodes), catalog)
    except ValueError:
        return None
    before = bill_of(spec, catalog)
    measures: tuple[Measure, ...] = ("nameplate_w", "typical_w", "price_usd")
    return {
        measure: after.sum_of(measure).value - before.sum_of(measure).value for measure in measures
    }


def _node_share(spec: Spec, network: Network, racks: int) -> Callable[[float], float]:
    """Share of node links that a reach covers: a leaf of one rail serves a node per port, any other
    a few nodes with all theirs.
    """
    demand, leaves = spec.demand, network.tiers[0].switches / spec.demand.planes
    rails = (
        demand.ports_per_node
        if demand.kind in ("rail-optimized", "rail-only") and len(network.tiers) > 1
        else 1
    )
    served = racks * rails / leaves
    return lambda reach: spec.hall.node_share(
        reach, served, racks / max(1.0, network.pods / demand.planes / rails)
    )


def _switch_share(spec: Spec, network: Network, racks: int, k: int) -> Callable[[float], float]:
    """Share of links below tier k that a reach covers: in the whole hall for the top, in a pod
    below it.
    """
    rails = spec.demand.ports_per_node if spec.demand.kind == "rail-only" else 1
    area = (
        racks if k == len(network.tiers) - 1 else racks * rails * spec.demand.planes / network.pods
    )
    return lambda reach: spec.hall.switch_share(reach, area)


def _count(counts: Counter[tuple[str, Role, str]], way: Way, links: int, *, at_node: bool) -> None:
    counts[way.cable.id, "cable", "fabric"] += links
    if way.near is not None:
        counts[way.near.id, "optics", "fabric"] += math.ceil(links / way.near_links)
    if way.far is not None:
        counts[way.far.id, "optics", "node" if at_node else "fabric"] += math.ceil(
            links / way.far_links
        )


def _order(entry: tuple[tuple[str, Role, str], int]) -> tuple[bool, str, str]:
    (name, role, at), _ = entry
    return role == "cable", at, name


def _part(item: NetworkItem, role: Role, at: Any, count: int) -> Part:
    figures: dict[Measure, Figure[float] | None] = {
        "nameplate_w": item.power.nameplate_w,
        "typical_w": item.power.typical_w,
        "price_usd": item.price_usd,
    }
    fibre = isinstance(item, Cable) and item.link_speed_gbit_s is None
    ends: dict[Measure, tuple[float, float, float]] = {}
    for measure, figure in figures.items():
        if figure is None and not (fibre and measure != "price_usd"):
            raise ValueError(f"`{item.id}` has no {measure}")
        drawn = figure is not None and (measure == "price_usd" or at == "fabric")
        ends[measure] = _ends(figure) if drawn and figure is not None else (0.0, 0.0, 0.0)
    assumed = frozenset(
        m
        for m, f in figures.items()
        if f is not None and f.kind == "assumption" and (m == "price_usd" or at == "fabric")
    )
    return Part(item.id, item.name, role, at, count, **ends, assumed=assumed)


def _ends(figure: Figure[float]) -> tuple[float, float, float]:
    low = figure.value if figure.low is None else figure.low
    return low, figure.value, figure.value if figure.high is None else figure.high


def _racks(switch: Switch, count: int) -> int:
    height = switch.rack_units.value if switch.rack_units is not None else DEFAULT_RACK_UNITS
    return math.ceil(count / max(1, int(RACK_UNITS_USED // height)))
