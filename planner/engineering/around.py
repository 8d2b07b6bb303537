"""What do the networks around so many systems draw, and what of it may turn out otherwise?

The bill of the fabric model (`engineering/fabric/`) for the compute network, and for front end and storage network beside it. Where no
topology is named, the network is rail-optimized, or below one half-full leaf per rail a fat tree, and the other topologies worth comparing
are the range: the design is then a figure that may turn out otherwise, like any other. A torus joins cubes by their own links; its
hosts reach storage through the front end, so it has no storage network of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from planner.catalog.hardware import System
from planner.catalog.load import Catalog
from planner.catalog.network import NetworkItem
from planner.engineering.fabric.design import FRONT_END, STORAGE, Cluster, Options, Share, cluster_of, default_kinds, fabric_share
from planner.engineering.fabric.topology import Kind
from planner.engineering.knobs import NOMINAL, Ends, Knob, between, knob
from planner.engineering.power import Load

HALF_A_LEAF = 32
"""Nodes below which rails would leave their leaves more than half empty, with 64 ports to a leaf."""

COMPUTE = "compute network"
NAMES = {FRONT_END.name: "front-end network", STORAGE.name: "storage network"}

Move = tuple[float, float]
"""Change in W at a knob's low, and at its high."""


@dataclass(frozen=True, slots=True)
class Fabric:
    """One network of a group: W of all of it at basis `it`."""

    name: str
    nameplate_w: float
    typical_w: float

    def w(self, load: Load) -> float:
        """Nameplate, or what it takes with traffic, which is nearly the same at every other load."""
        return self.nameplate_w if load == "nameplate" else self.typical_w


@dataclass(frozen=True)
class Network:
    """All networks of one group of systems."""

    kind: Kind
    switch: str
    fabrics: tuple[Fabric, ...]
    knobs: tuple[Knob, ...]
    moves: dict[str, tuple[Move, Move]]
    """Knob → its changes at nameplate, and at typical load."""

    def w(self, load: Load, ends: Ends = NOMINAL) -> float:
        """W of all of them where the knobs stand so; never below nothing."""
        total = sum(fabric.w(load) for fabric in self.fabrics)
        for name, (nameplate, typical) in self.moves.items():
            low, high = nameplate if load == "nameplate" else typical
            total += between(low, 0.0, high, ends.get(name, 0.0))
        return max(0.0, total)


def network_of(catalog: Catalog, system: System, count: int, kind: Kind | None = None, options: Options | None = None) -> Network:
    """The networks of so many systems.

    Raises ValueError if no scale-out bandwidth was published, a switch is unknown or unfit, or the cluster does not fit the topology.
    """
    chosen = options or Options()
    cluster = cluster_of(system, count, chosen.rails)
    if cluster.is_torus and kind in (None, "torus"):
        chosen = replace(chosen, sides=tuple(side for side in chosen.sides if side == FRONT_END))
    named = kind or default_kind(cluster)
    share = fabric_share(catalog, system, count, named, chosen)
    fabrics = tuple(
        Fabric(NAMES.get(bill.name, COMPUTE), bill.sum_of("nameplate_w").value, bill.sum_of("typical_w").value) for bill in share.bills
    )
    knobs, moves = _parts(catalog, share, count)
    if kind is None and not cluster.is_torus:
        small = cluster.nodes < HALF_A_LEAF
        others = [k for k in default_kinds(cluster) if k != named and not (small and k in ("rail-optimized", "rail-only"))]
        design = _design(share, count, list(_alternatives(catalog, system, count, others, chosen)))
        if design is not None:
            knobs, moves = (*knobs, design[0]), {**moves, design[0].name: design[1]}
    return Network(named, share.bills[0].switch.id, fabrics, knobs, moves)


def countable(system: System) -> bool:
    """Whether the networks of a system can be counted: its scale-out bandwidth was published, or it is a cube of a torus."""
    return system.nic_bandwidth_gbit_s is not None or cluster_of(system, 1).is_torus


def default_kind(cluster: Cluster) -> Kind:
    """The topology of a cluster that names none."""
    if cluster.is_torus:
        return "torus"
    return "rail-optimized" if cluster.nodes >= HALF_A_LEAF else "fat-tree"


def _parts(catalog: Catalog, share: Share, count: int) -> tuple[tuple[Knob, ...], dict[str, tuple[Move, Move]]]:
    """One knob for each catalog entry in the bills whose draw has a range."""
    nameplate, typical = (
        {name: (low * count, high * count) for name, low, high in band.by_factor} for band in (share.nameplate_w, share.typical_w)
    )
    items: dict[str, NetworkItem] = {**catalog.switches, **catalog.transceivers, **catalog.cables}
    knobs, moves = [], {}
    for name in dict.fromkeys([*nameplate, *typical]):
        power = items[name].power
        figure = power.typical_w if name in typical else power.nameplate_w
        assert figure is not None
        knobs.append(knob(f"network · {name}", "W", figure))
        moves[f"network · {name}"] = (nameplate.get(name, (0.0, 0.0)), typical.get(name, (0.0, 0.0)))
    return tuple(knobs), moves


def _alternatives(catalog: Catalog, system: System, count: int, kinds: Iterable[Kind], options: Options) -> Iterable[Share]:
    for kind in kinds:
        try:
            yield fabric_share(catalog, system, count, kind, options)
        except ValueError:
            continue  # a topology that cannot hold the cluster is no alternative


def _design(share: Share, count: int, others: list[Share]) -> tuple[Knob, tuple[Move, Move]] | None:
    """What another topology would change, as a knob in W of nameplate for the whole group."""
    nameplate = [(other.nameplate_w.value - share.nameplate_w.value) * count for other in others] + [0.0]
    typical = [(other.typical_w.value - share.typical_w.value) * count for other in others] + [0.0]
    if max(nameplate) - min(nameplate) <= 0:
        return None
    value = share.nameplate_w.value * count
    note = "no topology named: the others worth comparing are the range"
    design = Knob(
        "network · topology", "W", value, value + min(nameplate), value + max(nameplate), "D", "assumption", "own-judgement", note=note
    )
    return design, ((min(nameplate), max(nameplate)), (min(typical), max(typical)))
