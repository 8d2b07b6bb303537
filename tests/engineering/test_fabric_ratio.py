"""Which oversubscription is built? Worked out by hand, and against every split of ports that
decision 0007 admits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest

from planner.engineering.fabric.ratio import nearest_sizes, ratio_of
from planner.engineering.fabric.topology import (
    Demand,
    Network,
    build,
    build_in,
    leaf_group,
    most_endpoints,
    ratios_of,
    splits,
)
from tests.properties import Draw, assume, examples

RATIOS = (1.1, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 7.0)


def demanded(nodes: int, kind: str, ratio: float, **rest) -> Demand:
    """Nodes of eight endpoints on 64 ports unless said otherwise."""
    return Demand(
        nodes,
        **{"ports_per_node": 8, "radix": 64, "kind": kind, "top_oversubscription": ratio, **rest},
    )


def counted(network: Network) -> tuple[list[int], list[int]]:
    return [tier.switches for tier in network.tiers], [tier.links_down for tier in network.tiers]


HAND = {
    # 40 down, 20 up: 26 leaves, 520 up-links, of 10 spines (8.1 is no divisor of 20); 42 down, 22
    # up: 25 + 11 as well, with 550 up-links; 21 up would have 21 spines for its 525, 18 up 29 + 9,
    # 16 up 32 + 8
    "1024 H100": (demanded(128, "fat-tree", 2.0), [26, 10], [1024, 520], 1024 / 520, 1.6),
    # 128 nodes are four groups of leaves at 42 nodes each and at 32; at 32, 16 up: 512 up-links
    # fill 8 spines
    "1024 H100 in rails": (demanded(128, "rail-optimized", 2.0), [32, 8], [1024, 512], 2.0, 2.0),
    # each of eight rails: four leaves of 32, 16 up, one spine
    "1024 H100, rails apart": (demanded(128, "rail-only", 2.0), [32, 8], [1024, 512], 2.0, 2.0),
    # 33 down, 22 up: four groups of eight leaves, 704 up-links fill 11 spines; 26 up of the widest
    # split need 13
    "1.5:1 in rails": (
        demanded(128, "rail-optimized", 1.5),
        [32, 11],
        [1024, 704],
        1024 / 704,
        1024 / 704,
    ),
    # 55 down, 9 up: 19 leaves, 171 up-links, three spines; 8 up: 19 leaves, 152 up-links, but 2.4
    # takes four spines
    "7:1, up-links with a better divisor": (
        demanded(128, "fat-tree", 7.0),
        [19, 3],
        [1024, 171],
        1024 / 171,
        1024 / 192,
    ),
    # one spine is enough for three leaves of 87 down and 29 up, and 28 up carry 84, so four leaves
    "a front end": (
        demanded(128, "fat-tree", 3.0, ports_per_node=2, radix=128),
        [3, 1],
        [256, 87],
        256 / 87,
        2.0,
    ),
    # all 64 leaves with all their 42 ports: 21 up-links are enough, one to each of 21 spines
    "the largest of two tiers": (demanded(336, "fat-tree", 2.0), [64, 21], [2688, 1344], 2.0, 2.0),
    # pods of 32 leaves, their spines 32 down and 16 up: 4 · 16 fill one core for each of 32
    # positions; pods of 42 have 21 up: 84 take three
    "three tiers at 2:1": (
        demanded(512, "oversubscribed", 2.0),
        [128, 128, 32],
        [4096, 4096, 2048],
        2.0,
        2.0,
    ),
    # pods of 37, 27 up: 6 · 27 + 24 (34 leaves want 22.7, so 23, of three cores 24) by 32
    # positions; pods of 38 with 26 up want 13 cores
    "three tiers at 1.5:1": (
        demanded(1024, "fat-tree", 1.5),
        [256, 224, 96],
        [8192, 8192, 5952],
        8192 / 5952,
        8192 / 6144,
    ),
    # 56 leaves to a pod, 8 up: 14 pods light 13 · 8 + 6 of two cores' 128 ports
    "three tiers at 7:1": (
        demanded(3072, "oversubscribed", 7.0),
        [768, 448, 64],
        [24576, 24576, 3520],
        24576 / 3520,
        6.0,
    ),
    # 40 down, of which eight are kept, 20 up: 32 leaves, 640 up-links fill ten spines; 42 down, 22
    # up: 31 + 11 with 682 up-links
    "ports kept from nodes": (
        demanded(128, "fat-tree", 2.0, reserved_ports=8),
        [32, 10],
        [1024, 640],
        1.6,
        1.6,
    ),
    # two planes are twice one of them
    "planes": (demanded(128, "rail-optimized", 2.0, planes=2), [64, 16], [2048, 1024], 2.0, 2.0),
}


@pytest.mark.parametrize("name", HAND)
def test_by_hand(name):
    demand, switches, links, by_links, by_ports = HAND[name]
    network = build(demand)
    ratio = ratio_of(network)
    assert counted(network) == (switches, links)
    assert (ratio.links_ratio, ratio.ports_ratio) == (
        pytest.approx(by_links),
        pytest.approx(by_ports),
    )
    assert ratio.asked_ratio == demand.top_oversubscription


@pytest.mark.parametrize(("nodes", "switches"), [(128, [25, 11]), (336, [64, 21])])
def test_what_grows_keeps_its_widest_leaves(nodes, switches):
    """42 down at any size. Of 22 up in 25 leaves 11 spines take their share, of 21 all of them
    would be needed; 64 leaves want 21 of 21."""
    demand = demanded(nodes, "fat-tree", 2.0)
    assert leaf_group(demand, 2) == (1, 42 / 8)
    assert counted(build_in(demand, 2))[0] == switches


def test_ratios_of_tiers():
    assert ratios_of(Demand(1, 8, 64, top_oversubscription=7.0), 3) == [1.0, 7.0]
    assert ratios_of(Demand(1, 8, 64, oversubscription=(2.0,)), 3) == [2.0, 1.0]
    assert (
        ratio_of(
            build(
                Demand(512, 8, 64, "three-tier", oversubscription=(2.0,), top_oversubscription=3.0)
            )
        ).asked_ratio
        == 6.0
    )


def test_one_switch_has_no_ratio():
    assert ratio_of(build(demanded(8, "fat-tree", 2.0))) is None


def test_splits_of_64_ports_at_2_to_1():
    found = splits(64, 2.0, 32)
    assert found[:4] == [(42, 21), (42, 22), (41, 23), (40, 20)]
    assert set(found) == {(2 * u, u) for u in range(16, 22)} | {(64 - u, u) for u in range(22, 33)}
    assert splits(5, 1.5, 2) == [(3, 2), (2, 3)]  # at 1:1 five ports are two down and three up


def test_departures_are_told_beyond_a_twentieth():
    ratio = ratio_of(build(demanded(128, "fat-tree", 2.0)))
    assert ratio.departures == {"ports": pytest.approx(-0.2)}
    assert ratio_of(build(demanded(128, "rail-optimized", 2.0))).departures == {}
    by_both = ratio_of(
        build(demanded(128, "rail-optimized", 3.0))
    )  # 384 up-links would fill six spines, but eight divides 16
    assert by_both.departures == {
        "links": pytest.approx(8 / 9 - 1),
        "ports": pytest.approx(2 / 3 - 1),
    }


def test_nearest_sizes_by_hand():
    """110 nodes: 21 leaves of 42 with 21 up, 441 of seven spines' 448 ports. 153: 31 leaves of 40
    with 20 up, 620 of ten spines' 640."""
    network = build(demanded(128, "fat-tree", 2.0))
    assert nearest_sizes(network) == (110, 153)
    for nodes, meets in (
        (110, True),
        (111, False),
        (127, False),
        (129, False),
        (152, False),
        (153, True),
    ):
        assert (not ratio_of(build(demanded(nodes, "fat-tree", 2.0))).departures) is meets


def test_no_size_is_told_where_none_is_near():
    """12 500 nodes in three super-pods light half of the cores' ports: 1024 positions of 3 · 16
    up-links; four would fill them."""
    network = build(demanded(12500, "fat-tree", 2.0))
    four = 4 * 32 * 1024 // 8
    assert nearest_sizes(network) == (None, None)
    assert ratio_of(build(demanded(four, "fat-tree", 2.0))).ports_ratio == 2.0


def test_sizes_in_steps_of_a_system():
    """At 7:1, 56 nodes fill eight leaves and one spine, 112 two, 224 four; 54, 107 and 213 are
    within 5 %. Of 16 + 18 n only 214."""
    network = build(demanded(16, "oversubscribed", 7.0))
    assert nearest_sizes(network) == (None, 54)
    assert nearest_sizes(network, 18) == (None, 214)


# another road: every split of every switch that the decision admits, and every number of switches
# above that divides the up-links


def divisors(number: int) -> list[int]:
    return [n for n in range(1, number + 1) if number % n == 0]


def leaves_of(demand: Demand, ports: int) -> int:
    if demand.kind == "rail-optimized":
        return demand.ports_per_node * math.ceil(demand.nodes / ports)
    return math.ceil(demand.endpoints / ports)


def of_two_tiers(demand: Demand) -> Iterator[tuple[int, int]]:
    """(switches, links between them) of each design."""
    radix, ratio = demand.radix, demand.top_oversubscription
    for down in range(radix // 2, radix):
        leaves = leaves_of(demand, down)
        for up in range(1, min(math.ceil(radix / 2), radix - down) + 1):
            for spines in divisors(up):
                if down <= ratio * up + 1e-9 and leaves * (up // spines) <= radix:
                    yield leaves + spines, leaves * up


def of_three_tiers(demand: Demand) -> Iterator[tuple[int, int]]:
    """The same with leaves at 1:1; pods of any size from that of a network at 1:1, unless one pod
    is all."""
    radix, ratio = demand.radix, demand.top_oversubscription
    half = radix // 2
    leaves = leaves_of(demand, half)
    for joined in {min(pod, leaves) for pod in range(half, radix)}:
        pods, last = math.ceil(leaves / joined), leaves - joined * (math.ceil(leaves / joined) - 1)
        for spines in divisors(half):
            down, down_last = joined * half // spines, last * half // spines
            for up in range(1, min(half, radix - down) + 1):
                if down > ratio * up + 1e-9:
                    continue
                for cores in divisors(up):
                    if pods * (up // cores) <= radix:
                        lit = (
                            cores * math.ceil(math.ceil(down_last / ratio - 1e-9) / cores)
                            if pods > 1
                            else up
                        )
                        yield (
                            leaves + pods * spines + spines * cores,
                            leaves * half + spines * ((pods - 1) * up + lit),
                        )


def drawn(draw: Draw, radix: int, tiers: int, kinds: tuple[str, ...]) -> Demand:
    """A demand of a size that needs so many tiers."""
    ports, kind, ratio = draw.one_of((1, 2, 4, 8)), draw.one_of(kinds), draw.one_of(RATIOS)
    demand = Demand(1, ports, radix, kind, top_oversubscription=ratio)
    assume(radix > ratio + 1)
    most = most_endpoints(demand, tiers) // ports
    least = most_endpoints(demand, tiers - 1) // ports + 1 if tiers > 2 else 1
    assume(most >= least)
    demand = replace(demand, nodes=draw.integer(least, draw.integer(least, most)))
    draw.note(repr(demand))
    return demand


def fewest(demand: Demand, tiers: int) -> None:
    """Check a network against every design."""
    network = build_of(demand)
    assume(len(network.tiers) == tiers)
    designs = list(of_two_tiers(demand) if tiers == 2 else of_three_tiers(demand))
    assert (network.switches, network.switch_links) == min(designs)


def build_of(demand: Demand) -> Network:
    try:
        return build(demand)
    except ValueError:
        assume(False)
        raise


@examples(100, slow=1000)
def test_no_admitted_design_of_two_tiers_has_fewer_switches(draw):
    fewest(drawn(draw, draw.integer(4, 72), 2, ("fat-tree", "rail-optimized", "oversubscribed")), 2)


@examples(50, slow=500)
def test_no_admitted_design_of_three_tiers_has_fewer_switches(draw):
    fewest(
        drawn(draw, 2 * draw.integer(2, 20), 3, ("fat-tree", "rail-optimized", "oversubscribed")), 3
    )


@examples(200, slow=2000)
def test_never_oversubscribed_more_than_asked(draw):
    """At no tier, by links or by ports, whatever else is asked for."""
    demand = drawn(
        draw,
        draw.integer(4, 80),
        draw.integer(2, 4),
        ("fat-tree", "rail-optimized", "oversubscribed", "rail-only"),
    )
    demand = replace(
        demand,
        planes=draw.integer(1, 2),
        reserved_nodes=draw.integer(0, 1),
        reserved_ports=draw.integer(0, 1),
        oversubscription=draw.one_of([(), (), (2.0,), (1.5, 3.0)]) if demand.radix < 40 else (),
        leaf_ports=draw.one_of([None, None, 3, 16]),
        pod_endpoints=draw.one_of([None, None, 3 * demand.radix]),
    )
    draw.note(repr(demand))
    network = build_of(demand)
    for lower, upper, ratio in zip(
        network.tiers, network.tiers[1:], ratios_of(demand, len(network.tiers)), strict=False
    ):
        assert lower.links_down <= ratio * upper.links_down * (1 + 1e-9)
    assert all(tier.ports_free >= 0 for tier in network.tiers)
    ratio = ratio_of(network)
    assert ratio is None or ratio.ports_ratio <= ratio.links_ratio <= ratio.asked_ratio * (1 + 1e-9)


@examples(100, slow=1000)
def test_more_nodes_never_take_fewer_switches(draw):
    small = drawn(
        draw,
        draw.integer(4, 72),
        draw.integer(2, 3),
        ("fat-tree", "rail-optimized", "oversubscribed", "rail-only"),
    )
    big = replace(small, nodes=small.nodes + draw.integer(1, draw.one_of((1, 10, 300))))
    assert build_of(big).switches >= build_of(small).switches


@examples(100, slow=1000)
def test_what_grows_has_the_leaves_of_its_group_and_at_its_largest_the_count_of_all(draw):
    tiers = draw.integer(2, 3)
    demand = drawn(
        draw, draw.integer(4, 72), tiers, ("fat-tree", "rail-optimized", "oversubscribed")
    )
    network = build_in(demand, tiers)
    assume(network)
    leaves, nodes = leaf_group(demand, tiers)
    assert network.tiers[0].switches == leaves * math.ceil(demand.nodes / nodes - 1e-9)
    assert leaf_group(replace(demand, nodes=1), tiers) == (leaves, nodes)
    assert network.switches >= build_of(demand).switches or len(build(demand).tiers) != tiers
    full = replace(demand, nodes=most_endpoints(demand, tiers) // demand.ports_per_node)
    assume(len(build_of(full).tiers) == tiers)
    assert build_in(full, tiers) == build(full)
