"""How many leaf, spine and core switches, and how many links, join so many endpoints? Counting
only: no watts, no dollars.

A folded Clos is built of blocks. A block of tier 1 is one leaf: `d` ports down, `u` up. At 1 : 1, r
ports are split into u = ⌈r / 2⌉ and d = r − u. A block of tier k joins m blocks of tier k − 1 by
planes: the switches that stand at the same position of every block share g switches above, each of
which takes w/g links from each of them, where w are the up-links in use. g is the least divisor of
w with m·w/g ≤ the ports that look down: links are then spread evenly, which adaptive routing and
in-network reduction want, and which is why the reference designs put 16 and not 12 spines above 24
leaves. A new pod brings all its spines, and leaves their up-links in full; the spines of a pod that
is not full light only as many up-links as its leaves need.

At an oversubscription of o : 1 the widest split is d = r − ⌈r / (1 + o)⌉; it makes the largest
network (`most_endpoints`). `build` takes, for the size that it is asked for, the split with the
fewest switches, then the fewest links, then the most ports down, among all with d ≤ o·u, d + u ≤ r,
and neither fewer ports down nor more up than at 1 : 1. So ports may stay free, and up-links may be
more than needed where their number has a better divisor; for each u only the largest d matters, as
fewer never take fewer switches or links. The bounds keep leaves and pods, which are not
oversubscribed inside, as large as at 1 : 1; limits that were given (`leaf_ports`, `pod_endpoints`)
stay as they are. `build_in` chooses likewise, but never narrower leaves than the widest: they are
what a network grows by (`leaf_group`).

Largest networks of r-port switches at 1 : 1: r endpoints in one tier, r²/2 in two, r³/4 in three,
r⁴/8 in four (Al-Fares, Loukissas, Vahdat, SIGCOMM 2008; C. Leiserson, IEEE Trans. Computers C-34,
1985). Rails: reference architecture RA-11333-001 V11, tables 3 and 4. Rail-only: arXiv 2307.12169.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Literal

Kind = Literal[
    "single-switch",
    "two-tier",
    "three-tier",
    "fat-tree",
    "rail-optimized",
    "rail-only",
    "oversubscribed",
    "torus",
]
KINDS: tuple[Kind, ...] = (
    "single-switch",
    "two-tier",
    "three-tier",
    "fat-tree",
    "rail-optimized",
    "rail-only",
    "oversubscribed",
    "torus",
)
TIERS: dict[Kind, int] = {"single-switch": 1, "two-tier": 2, "three-tier": 3}
"""Topologies whose number of tiers is fixed by their name; the others take as many as they need."""

TIER_NAMES = ("leaf", "spine", "core", "super-core")
MAX_TIERS = len(TIER_NAMES)
FEWEST: dict[Kind, int] = {"rail-optimized": 2, "oversubscribed": 2}
"""Topologies that are themselves only from so many tiers on."""


@dataclass(frozen=True)
class Demand:
    """What is to be connected, and with which switches.

    Ports and links are logical: at the endpoints' speed, after any break-out of the switches'
    ports.
    """

    nodes: int
    """Servers or trays."""
    ports_per_node: int
    """Endpoints per node and plane: one per rail."""
    radix: int
    """Ports of a switch, after break-out."""
    kind: Kind = "fat-tree"
    oversubscription: tuple[float, ...] = ()
    """Down over up by tier, at most, from the leaf; what is not given is 1. The last one that is
    not 1 may be `top_oversubscription`."""
    top_oversubscription: float = 1.0
    """Down over up between the last two tiers, at most."""
    reserved_ports: int = 0
    """Ports of each leaf kept from nodes, on its lower side."""
    reserved_nodes: int = 0
    """Whole node slots kept for fabric managers: their ports are cabled, and nobody computes
    there."""
    planes: int = 1
    """Independent copies of the network, each with its share of every endpoint's speed."""
    leaf_ports: int | None = None
    """At most so many nodes' ports per leaf, as a switch on top of a rack has; the up-links shrink
    with them."""
    pod_endpoints: int | None = None
    """At most so many endpoints below one block of the last tier but one."""

    def __post_init__(self) -> None:
        """Refuse what no network is."""
        whole = {"nodes": self.nodes, "ports per node": self.ports_per_node, "planes": self.planes}
        for word, value in whole.items():
            if value < 1:
                raise ValueError(f"a fabric needs at least one of {word}, not {value}")
        if self.radix < 2:
            raise ValueError(f"a switch needs at least 2 ports, not {self.radix}")
        if any(ratio < 1 for ratio in (*self.oversubscription, self.top_oversubscription)):
            raise ValueError("an oversubscription is down over up, at least 1:1")
        if self.reserved_ports < 0 or self.reserved_nodes < 0:
            raise ValueError("reserved ports and nodes cannot be negative")
        for word, limit in (("leaf_ports", self.leaf_ports), ("pod_endpoints", self.pod_endpoints)):
            if limit is not None and limit < 1:
                raise ValueError(f"{word} must be at least 1, not {limit}")

    @property
    def endpoints(self) -> int:
        """Ports of nodes in one plane, without reserved slots."""
        return self.nodes * self.ports_per_node


@dataclass(frozen=True)
class Tier:
    """Switches of one tier over all planes, and the links below them."""

    name: str
    switches: int
    links_down: int
    """Links between this tier and the one below, or the nodes for the leaf."""
    ports_used: int
    ports_free: int


@dataclass(frozen=True)
class Network:
    """A counted fabric: all planes together."""

    demand: Demand
    tiers: tuple[Tier, ...]
    pods: int
    """Blocks below the top tier, over all planes and rails."""
    reserved_links: int
    """Cabled ports of reserved slots, within the leaves' `links_down`."""
    max_endpoints: int
    """Endpoints that this shape can hold in this number of tiers."""
    max_by_tiers: tuple[int, ...]
    """Largest number of endpoints for one, two, three … tiers of such switches."""

    @property
    def switches(self) -> int:
        """All of them."""
        return sum(tier.switches for tier in self.tiers)

    @property
    def node_links(self) -> int:
        """Links that end at nodes, reserved slots apart."""
        return self.tiers[0].links_down - self.reserved_links

    @property
    def switch_links(self) -> int:
        """Links that end at switches on both sides."""
        return sum(tier.links_down for tier in self.tiers[1:])


@dataclass(frozen=True)
class _Shape:
    """What a number of tiers allows: ports of a leaf for nodes, and by tier the ports down and up
    and the most blocks joined.
    """

    leaf_ports: int
    down: tuple[int, ...]
    ratio: tuple[float, ...]
    leaf_up: int
    children: tuple[int, ...]
    up: tuple[int | None, ...] = ()
    """Up-links chosen by tier, for switches of full blocks; None: as few as the ratio allows."""

    @property
    def leaves(self) -> int:
        """Most leaves."""
        return math.prod(self.children)


def split_ports(radix: int, ratio: float) -> tuple[int, int]:
    """Ports down and up of a switch with so many, at an oversubscription. Raises ValueError if none
    is left to look down.
    """
    up = math.ceil(radix / (1 + ratio) - 1e-9)
    if radix - up < 1:
        raise ValueError(f"{radix} ports leave none to look down at {ratio:g}:1")
    return radix - up, up


def splits(radix: int, ratio: float, at_least: int) -> list[tuple[int, int]]:
    """Ports down and up that a switch of an oversubscribed tier may have: so many down or more, no
    more up than at 1 : 1; widest first.
    """
    most_up = split_ports(radix, 1.0)[1]
    found = [(min(radix - up, math.floor(ratio * up + 1e-9)), up) for up in range(1, most_up + 1)]
    return sorted(
        (split for split in found if split[0] >= at_least), key=lambda split: (-split[0], split[1])
    )


def least_divisor(number: int, at_least: float) -> int | None:
    """The least divisor of a number that is not below a bound, or None."""
    return next(
        (d for d in range(max(1, math.ceil(at_least - 1e-9)), number + 1) if number % d == 0), None
    )


@lru_cache(maxsize=8192)
def build(demand: Demand) -> Network:
    """Count the network for a demand, in the fewest tiers that hold it unless the topology's name
    fixes them, then of the fewest switches.

    Raises:
        ValueError: if the endpoints do not fit, with the largest number that would.
    """
    if demand.kind == "torus":
        raise ValueError("a torus has no tiers; it is counted by `torus.build_torus`")
    if demand.kind == "rail-only" and demand.ports_per_node > 1:
        return _rail_only(demand)
    fixed = TIERS.get(demand.kind)
    for tiers in [fixed] if fixed else range(FEWEST.get(demand.kind, 1), MAX_TIERS + 1):
        fits = demand.endpoints <= most_endpoints(demand, tiers)
        network = _fewest(demand, tiers, _shapes(demand, tiers)) if fits else None
        if network is not None:
            return network
    tiers = fixed or MAX_TIERS
    message = (
        f"{demand.endpoints} endpoints do not fit {tiers} tier{'s' * (tiers != 1)} of "
        f"{demand.radix}-port switches"
    )
    raise ValueError(f"{message}, which hold {most_endpoints(demand, tiers)}")


def build_in(demand: Demand, tiers: int) -> Network | None:
    """The network of so many tiers, whether or not fewer would do, of the widest leaves; None if
    they do not hold the endpoints.
    """
    widest = _shape(demand, tiers)
    return _fewest(
        demand,
        tiers,
        (shape for shape in _shapes(demand, tiers) if shape.leaf_ports == widest.leaf_ports),
    )


def leaf_group(demand: Demand, tiers: int) -> tuple[int, float]:
    """(leaves, nodes) by which a network of `build_in` grows, at any size: leaves of all rails, or
    one leaf with a part of some node.
    """
    ports = _shape(demand, tiers).leaf_ports
    if demand.kind == "rail-optimized" and tiers > 1:
        return demand.ports_per_node, float(ports)
    return 1, ports / demand.ports_per_node


def most_endpoints(demand: Demand, tiers: int) -> int:
    """How many endpoints a number of tiers can hold in one plane, with a demand's reserves and
    oversubscription.
    """
    shape = _shape(demand, tiers)
    leaves = shape.leaves
    if demand.kind == "rail-optimized" and tiers > 1:
        leaves -= leaves % demand.ports_per_node
    held = leaves * shape.leaf_ports
    return max(
        0, held - held % demand.ports_per_node - demand.reserved_nodes * demand.ports_per_node
    )


def ratios_of(demand: Demand, tiers: int) -> list[float]:
    """Down over up of each tier below the top of so many, from the leaf."""
    ratios = [
        demand.oversubscription[k] if k < len(demand.oversubscription) else 1.0
        for k in range(tiers - 1)
    ]
    if demand.top_oversubscription > 1 and ratios:
        ratios[-1] = demand.top_oversubscription
    return ratios


def _shape(
    demand: Demand, tiers: int, chosen: Sequence[tuple[int, int] | None] | None = None
) -> _Shape:
    """The widest shape of so many tiers, or the one with chosen splits of ports, by tier from the
    leaf.
    """
    if tiers == 1:
        return _Shape(_left(demand.radix, demand), (demand.radix,), (1.0,), 0, (1,))
    ratios, taken = ratios_of(demand, tiers), chosen or [None] * (tiers - 1)
    sides = [
        split or split_ports(demand.radix, ratio)
        for split, ratio in zip(taken, ratios, strict=True)
    ]
    leaf_down, leaf_up = min(sides[0][0], demand.leaf_ports or demand.radix), sides[0][1]
    if taken[0] is None and leaf_down < sides[0][0]:
        leaf_up = math.ceil(leaf_down / ratios[0] - 1e-9)
    leaf_ports = _left(leaf_down, demand)
    children = [down for down, _ in sides[1:]] + [demand.radix]
    if demand.pod_endpoints is not None:
        _cap_pods(children, leaf_ports, demand.pod_endpoints)
    down = (leaf_down, *(d for d, _ in sides[1:]), demand.radix)
    return _Shape(
        leaf_ports,
        down,
        tuple(ratios),
        leaf_up,
        tuple(children),
        tuple(split and split[1] for split in taken),
    )


def _shapes(demand: Demand, tiers: int) -> Iterator[_Shape]:
    """All shapes of so many tiers that the module's docstring admits, widest first: one where
    nothing is oversubscribed.
    """
    widest = _shape(demand, tiers)
    if max(widest.ratio) <= 1:
        yield widest
        return
    options: list[list[tuple[int, int] | None]] = []
    for k, ratio in enumerate(widest.ratio):
        limit = (demand.leaf_ports or demand.radix) if k == 0 else widest.children[k - 1]
        at_least = max(min(demand.radix // 2, limit), demand.reserved_ports + 1 if k == 0 else 1)
        options.append([*splits(demand.radix, ratio, at_least)] if ratio > 1 else [None])
    for chosen in product(*options):
        yield _shape(demand, tiers, chosen)


def _left(down: int, demand: Demand) -> int:
    if down - demand.reserved_ports < 1:
        raise ValueError(
            f"{demand.reserved_ports} reserved ports leave none of a leaf's {down} for nodes"
        )
    return down - demand.reserved_ports


def _cap_pods(children: list[int], leaf_ports: int, pod_endpoints: int) -> None:
    """Join fewer blocks where a pod would grow beyond its limit, in place."""
    held = leaf_ports
    for k in range(len(children) - 1):
        children[k] = max(1, min(children[k], pod_endpoints // held))
        held *= children[k]


@dataclass(frozen=True)
class _Count:
    """Switches and links below them by tier, in one plane."""

    switches: tuple[int, ...]
    links: tuple[int, ...]
    pods: int


def _fewest(demand: Demand, tiers: int, shapes: Iterable[_Shape]) -> Network | None:
    """The network of fewest switches, then links, among shapes of so many tiers; None if none holds
    the endpoints.
    """
    counts = [count for shape in shapes if (count := _clos(demand, shape, tiers)) is not None]
    if not counts:
        return None
    return _network(demand, min(counts, key=lambda count: (sum(count.switches), sum(count.links))))


def _clos(demand: Demand, shape: _Shape, tiers: int) -> _Count | None:
    """Count a folded Clos of so many tiers, or None if it is too small."""
    slots = demand.nodes + demand.reserved_nodes
    if demand.kind == "rail-optimized" and tiers > 1:
        leaves = demand.ports_per_node * math.ceil(slots / shape.leaf_ports)
    else:
        leaves = math.ceil(slots * demand.ports_per_node / shape.leaf_ports)
    if leaves > shape.leaves or not _holds_pods(demand, shape, tiers):
        return None
    counts, links, blocks, pods = [leaves], [slots * demand.ports_per_node], leaves, leaves
    per_block, up, up_last = 1, shape.leaf_up, shape.leaf_up
    for k in range(1, tiers):
        pods, joined = blocks, min(shape.children[k - 1], blocks)
        above = least_divisor(up, joined * up / shape.down[k])
        if above is None:
            return None
        up_last = above * math.ceil(up_last / above)
        links.append(per_block * ((blocks - 1) * up + up_last))
        per_block *= above
        rest = blocks - joined * (math.ceil(blocks / joined) - 1)
        down, down_last = joined * up // above, ((rest - 1) * up + up_last) // above
        blocks = math.ceil(blocks / joined)
        counts.append(blocks * per_block)
        if k < tiers - 1:
            up, up_last = (math.ceil(ports / shape.ratio[k] - 1e-9) for ports in (down, down_last))
            up = shape.up[k] or up
    return _Count(tuple(counts), tuple(links), pods if tiers > 1 else 1)


def _holds_pods(demand: Demand, shape: _Shape, tiers: int) -> bool:
    """Whether pods are as large as asked for: a limit on pods wants them that large, not merely no
    larger.
    """
    if demand.pod_endpoints is None or tiers == 1:
        return demand.pod_endpoints is None or demand.endpoints <= demand.pod_endpoints
    pod = math.prod(shape.children[:-1]) * shape.leaf_ports
    one_more = pod // shape.children[-2] if tiers > 2 else shape.leaf_ports
    return pod + one_more > min(demand.pod_endpoints, demand.endpoints)


def _network(demand: Demand, count: _Count) -> Network:
    """Set counts of one plane as tiers of all planes."""
    planes, tiers, links = demand.planes, [], count.links
    kept = count.switches[0] * demand.reserved_ports
    for k, (switches, below) in enumerate(zip(count.switches, links, strict=True)):
        used = below + (links[k + 1] if k + 1 < len(links) else 0)
        free = switches * demand.radix - used - (kept if k == 0 else 0)
        tiers.append(
            Tier(TIER_NAMES[k], switches * planes, below * planes, used * planes, free * planes)
        )
    reserved = demand.reserved_nodes * demand.ports_per_node * planes
    largest = tuple(most_endpoints(demand, n) for n in range(1, MAX_TIERS + 1))
    return Network(
        demand, tuple(tiers), count.pods * planes, reserved, largest[len(tiers) - 1], largest
    )


def _rail_only(demand: Demand) -> Network:
    """One network per rail, none between rails: what crosses rails goes through a node's own links
    first.
    """
    rails = demand.ports_per_node
    one = build(replace(demand, ports_per_node=1))
    tiers = [
        Tier(
            t.name,
            t.switches * rails,
            t.links_down * rails,
            t.ports_used * rails,
            t.ports_free * rails,
        )
        for t in one.tiers
    ]
    largest = tuple(most * rails for most in one.max_by_tiers)
    return Network(
        demand,
        tuple(tiers),
        one.pods * rails,
        one.reserved_links * rails,
        one.max_endpoints * rails,
        largest,
    )
