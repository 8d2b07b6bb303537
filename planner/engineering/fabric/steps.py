"""By which steps does a fabric grow? Whole leaves, whole switches above them, and another tier when a size is passed.

A grade is a number of tiers, chosen once: a fabric is not cabled anew when it grows. It grows by groups: the leaves that serve the same
nodes. Switches above follow the ratio of the grade's full size, rounded up to whole switches; `planner fabric` counts at one size and
spreads links evenly, which between two full sizes takes up to twice the switches above. Lengths of links, and so what they cost, are those
of the largest size that is asked about. USD and W are planning figures; W at basis `it`, nameplate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.catalog.hardware import System
from planner.catalog.load import Catalog
from planner.engineering.fabric.bill import Measure, Part, Spec, links_of, total
from planner.engineering.fabric.design import Options, cluster_of, compute_spec, side_fabrics
from planner.engineering.fabric.topology import FEWEST, MAX_TIERS, Kind, Network, build_in, leaf_group, most_endpoints


@dataclass(frozen=True)
class Grade:
    """A fabric of so many tiers."""

    tiers: int
    most_groups: int
    leaves_per_group: int
    nodes_per_group: float
    above_per_group: float
    """Switches above the leaves per group, at full size."""
    group_usd: float
    """Leaves of a group and the links above them."""
    group_w: float
    above_usd: float
    """One switch above the leaves."""
    above_w: float


@dataclass(frozen=True)
class Steps:
    """How the fabric of one system grows."""

    nodes_per_system: int
    system_usd: float
    """Links of one system's nodes to their leaves, and its share of the networks beside the compute fabric."""
    system_w: float
    grades: tuple[Grade, ...]
    items: tuple[str, ...]
    """Catalog entries that it is made of."""


def fabric_steps(catalog: Catalog, system: System, kind: Kind, options: Options, most_systems: int | None) -> Steps:
    """How the fabric between systems grows, up to so many of them, and one grade beyond; None: up to three tiers.

    Raises:
        ValueError: if no scale-out bandwidth was published, the system is joined by a torus, or no switch and cable fit.
    """
    one = cluster_of(system, 1, options.rails)
    if one.is_torus:
        raise ValueError(f"`{system.id}` is joined by a torus of its scale-up network")
    spec = compute_spec(catalog, one, kind, options)
    wanted = None if most_systems is None else max(1, most_systems) * one.nodes
    grades, items = list[Grade](), set[str]()
    largest: tuple[Spec, Network] | None = None
    holds = False
    for tiers in range(FEWEST.get(kind, 1), (MAX_TIERS if wanted is not None else 3) + 1):
        most = most_endpoints(spec.demand, tiers) // spec.demand.ports_per_node
        used = spec.with_nodes(max(1, most if wanted is None else min(most, wanted)))
        full, network = (build_in(replace(spec.demand, nodes=max(1, most)), tiers), build_in(used.demand, tiers))
        if most < 1 or full is None or network is None:
            continue
        grades.append(_grade(catalog, used, full, network, most, items))
        if holds:
            break  # one grade more than the size that is asked about
        largest, holds = (used, network), wanted is not None and most >= wanted
    if largest is None:
        raise ValueError(f"no fabric holds `{system.id}`")
    used, network = largest
    node = links_of(used, catalog, network, 0)
    count = max(1, used.demand.nodes // one.nodes)
    sides = side_fabrics(catalog, cluster_of(system, count, options.rails), options)
    items |= {part.id for part in (*node, *(part for bill in sides for part in bill.parts))}
    each = {m: _sum(node, m) / used.demand.nodes * one.nodes + total(sides, m).value / count for m in _MEASURES}
    return Steps(one.nodes, each["price_usd"], each["nameplate_w"], tuple(grades), tuple(sorted(items)))


_MEASURES: tuple[Measure, ...] = ("price_usd", "nameplate_w")


def _grade(catalog: Catalog, spec: Spec, full: Network, network: Network, most_nodes: int, items: set[str]) -> Grade:
    leaves, nodes = leaf_group(spec.demand, len(full.tiers))
    groups = full.tiers[0].switches / leaves
    switch = spec.switch
    box = {"price_usd": switch.price_usd, "nameplate_w": switch.power.nameplate_w}
    each = {measure: figure.value for measure, figure in box.items() if figure is not None}
    if len(each) < len(box):
        raise ValueError(f"`{switch.id}` has no price or no rating")
    links = dict.fromkeys(_MEASURES, 0.0)
    items.add(switch.id)
    for k in range(1, len(full.tiers)):
        parts = links_of(spec, catalog, network, k)
        items |= {part.id for part in parts}
        for measure in _MEASURES:
            links[measure] += _sum(parts, measure) / network.tiers[k].links_down * full.tiers[k].links_down / groups
    return Grade(
        tiers=len(full.tiers),
        most_groups=math.floor(most_nodes / nodes + 1e-9) or 1,
        leaves_per_group=leaves,
        nodes_per_group=nodes,
        above_per_group=sum(tier.switches for tier in full.tiers[1:]) / groups,
        group_usd=leaves * each["price_usd"] + links["price_usd"],
        group_w=leaves * each["nameplate_w"] + links["nameplate_w"],
        above_usd=each["price_usd"],
        above_w=each["nameplate_w"],
    )


def _sum(parts: Sequence[Part], measure: Measure) -> float:
    return sum(part.total(measure) for part in parts)
