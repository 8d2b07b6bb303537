"""What must hold of every network, and of every one that can be wired link by link?"""

from __future__ import annotations

import math
from collections import Counter, deque

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.catalog.load import Catalog, load_catalog
from planner.engineering.fabric.bill import Spec, bill_of
from planner.engineering.fabric.reach import Hall, apportion
from planner.engineering.fabric.topology import (
    Demand,
    build,
    least_divisor,
    most_endpoints,
    split_ports,
)
from planner.engineering.fabric.torus import TorusDemand, build_torus

even = st.integers(2, 40).map(lambda half: 2 * half)
kinds = st.sampled_from(["fat-tree", "rail-optimized", "oversubscribed", "rail-only"])


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def demands():
    ratio = st.sampled_from([1.0, 1.0, 2.0, 3.0, 7.0])
    return st.builds(
        Demand,
        st.integers(1, 4000),
        st.sampled_from([1, 4, 8]),
        even,
        kinds,
        top_oversubscription=ratio,
        planes=st.integers(1, 2),
        reserved_nodes=st.integers(0, 1),
    )


def counted(demand):
    try:
        return build(demand)
    except ValueError:
        assume(False)
        raise


@given(even)
def test_largest_networks(radix):
    """Al-Fares et al., SIGCOMM 2008: r, r²/2, r³/4 endpoints."""
    demand = Demand(1, 1, radix)
    assert [most_endpoints(demand, tiers) for tiers in (1, 2, 3)] == [
        radix,
        radix**2 // 2,
        radix**3 // 4,
    ]


@given(even, st.integers(1, 3))
def test_largest_network_is_reached_and_not_passed(radix, tiers):
    most = most_endpoints(Demand(1, 1, radix), tiers)
    assert len(build(Demand(most, 1, radix)).tiers) == tiers
    assert len(build(Demand(most + 1, 1, radix)).tiers) == tiers + 1


@given(demands())
def test_no_switch_has_more_links_than_ports(demand):
    network = counted(demand)
    for tier in network.tiers:
        assert tier.ports_free >= 0
        assert tier.ports_used + tier.ports_free == tier.switches * demand.radix


@given(demands())
def test_every_endpoint_has_its_link_and_ratios_hold(demand):
    network = counted(demand)
    assert network.node_links == demand.endpoints * demand.planes
    for lower, upper in zip(network.tiers, network.tiers[1:], strict=False):
        top = upper is network.tiers[-1]
        ratio = demand.top_oversubscription if top else 1.0
        assert upper.links_down * ratio >= lower.links_down * (1 - 1e-9)


@given(st.integers(1, 12), even)
def test_full_bisection_of_full_pods(pods, radix):
    """Σ down = Σ up at 1:1: as many links above every tier as below it."""
    assume(pods <= radix)
    endpoints = pods * (radix // 2) ** 2
    network = build(Demand(endpoints, 1, radix, "three-tier"))
    assert {tier.links_down for tier in network.tiers} == {endpoints}


@given(st.integers(1, 1500), st.integers(0, 200), even, kinds)
def test_more_nodes_never_take_fewer_switches_or_links(nodes, more, radix, kind):
    small, big = (
        counted(Demand(nodes, 4, radix, kind)),
        counted(Demand(nodes + more, 4, radix, kind)),
    )
    assert big.switches >= small.switches
    assert big.node_links + big.switch_links >= small.node_links + small.switch_links


@given(st.integers(1, 600), st.integers(0, 100), kinds)
def test_a_bigger_fabric_never_has_fewer_optics_or_costs_less(catalog, nodes, more, kind):
    hall = Hall(leaves="apart", vertical_m=4.0)
    switch = catalog.switches["ib-ndr-64x400"]
    small, big = (
        bill_of(Spec(Demand(n, 8, 64, kind), switch, 400.0, hall=hall), catalog)
        for n in (nodes, nodes + more)
    )
    assert big.optics >= small.optics
    assert big.sum_of("price_usd").value >= small.sum_of("price_usd").value * (1 - 1e-12)


@given(st.integers(1, 300), even)
def test_oversubscription_never_takes_more(nodes, radix):
    one, seven = (
        counted(Demand(nodes, 8, radix, "three-tier")),
        Demand(nodes, 8, radix, "three-tier", top_oversubscription=7.0),
    )
    assert counted(seven).tiers[-1].links_down <= one.tiers[-1].links_down


@given(st.integers(2, 500), st.sampled_from([1.0, 1.5, 2.0, 3.0, 7.0]))
def test_split(radix, ratio):
    assume(radix > ratio)
    down, up = split_ports(radix, ratio)
    assert down + up == radix
    assert down <= ratio * up + 1e-9


@given(st.integers(1, 200), st.floats(0.1, 200))
def test_least_divisor(number, bound):
    found = least_divisor(number, bound)
    expected = [d for d in range(1, number + 1) if number % d == 0 and d >= bound - 1e-9]
    assert found == (expected[0] if expected else None)


@given(st.integers(0, 10_000), st.lists(st.floats(0, 1), min_size=1, max_size=4).map(sorted))
def test_apportioned_links_add_up(total, shares):
    found = apportion(total, shares)
    assert sum(found) == total
    assert min(found) >= 0


@given(st.floats(0, 500), st.floats(0, 500), st.integers(1, 5000))
def test_longer_reach_covers_more(a, b, racks):
    hall = Hall()
    near, far = sorted((a, b))
    assert 0 <= hall.switch_share(near, racks) <= hall.switch_share(far, racks) <= 1
    assert 0 <= hall.node_share(near, 8, racks) <= hall.node_share(far, 8, racks) <= 1


def test_share_by_sampling_the_square():
    """The closed form against points on a grid."""
    hall, racks, side = Hall(), 500, 400
    half = hall.half_side_m(racks)
    points = [(2 * (i + 0.5) / side - 1) * half for i in range(side)]
    for reach in (6.0, 15.0, 22.0, 31.0):
        inside = sum(abs(x) + abs(y) + hall.vertical_m <= reach for x in points for y in points)
        assert hall.switch_share(reach, racks) == pytest.approx(inside / side**2, abs=0.01)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"nodes": 0}, "at least one of nodes"),
        ({"radix": 1}, "at least 2 ports"),
        ({"top_oversubscription": 0.5}, "at least 1:1"),
        ({"reserved_ports": -1}, "negative"),
        ({"reserved_ports": 32}, "leave none of a leaf"),
        ({"planes": 0}, "planes"),
        ({"pod_endpoints": 0}, "pod_endpoints"),
        ({"kind": "torus"}, "no tiers"),
        ({"kind": "single-switch"}, "1 tier of 64-port switches, which hold 64"),
    ],
)
def test_what_no_network_is(change, words):
    with pytest.raises(ValueError, match=words):
        build(
            Demand(**{"nodes": 100, "ports_per_node": 8, "radix": 64, "kind": "two-tier", **change})
        )


# an independent road: wire small networks link by link, from the pod design of Al-Fares et al., and
# look at the graph


def wired(endpoints: int, radix: int, tiers: int) -> dict[str, Counter[str]]:  # noqa: C901
    """A folded Clos at 1:1 as a multigraph, built switch by switch."""
    graph: dict[str, Counter[str]] = {}

    def link(a: str, b: str, times: int = 1) -> None:
        graph.setdefault(a, Counter())[b] += times
        graph.setdefault(b, Counter())[a] += times

    half = radix // 2
    leaves = math.ceil(endpoints / half)
    for n in range(endpoints):
        link(f"n{n}", f"leaf{n // half}")
    if tiers == 2:
        spines = next(s for s in range(1, half + 1) if half % s == 0 and s * radix >= leaves * half)
        for leaf in range(leaves):
            for spine in range(spines):
                link(f"leaf{leaf}", f"spine{spine}", half // spines)
        return graph
    pods = math.ceil(leaves / half)
    per_plane = next(s for s in range(1, half + 1) if half % s == 0 and s * radix >= pods * half)
    for leaf in range(leaves):
        for spine in range(half):
            link(f"leaf{leaf}", f"spine{leaf // half}.{spine}")
    for pod in range(pods):
        below = min(half, leaves - pod * half)
        lit = per_plane * math.ceil(below / per_plane)
        for spine in range(half):
            for core in range(per_plane):
                link(f"spine{pod}.{spine}", f"core{spine}.{core}", lit // per_plane)
    return graph


def far_from(graph: dict[str, Counter[str]], start: str) -> dict[str, int]:
    seen, queue = {start: 0}, deque([start])
    while queue:
        here = queue.popleft()
        for there in graph[here]:
            if there not in seen:
                seen[there] = seen[here] + 1
                queue.append(there)
    return seen


@pytest.mark.parametrize("radix", [4, 6, 8, 12])
@pytest.mark.parametrize("tiers", [2, 3])
def test_counts_are_those_of_a_wired_graph(radix, tiers):
    most = radix**tiers // 2 ** (tiers - 1)
    fewest = 1 if tiers == 2 else radix**2 // 2 + 1
    for endpoints in sorted({fewest, (fewest + most) // 3, (fewest + most) // 2, most - 1, most}):
        graph = wired(endpoints, radix, tiers)
        network = build(Demand(endpoints, 1, radix, "two-tier" if tiers == 2 else "three-tier"))
        switches = Counter(name.rstrip("0123456789.") for name in graph if not name.startswith("n"))
        assert [switches[tier.name] for tier in network.tiers] == [
            tier.switches for tier in network.tiers
        ]
        assert all(
            sum(links.values()) <= radix
            for name, links in graph.items()
            if not name.startswith("n")
        )
        used = Counter(
            name.rstrip("0123456789.")
            for name, links in graph.items()
            for _ in range(sum(links.values()))
            if name[0] != "n"
        )
        assert [used[tier.name] for tier in network.tiers] == [
            tier.ports_used for tier in network.tiers
        ]
        distances = far_from(graph, "n0")
        assert len(distances) == len(graph), "connected"
        assert max(d for name, d in distances.items() if name.startswith("n")) <= 2 * tiers


@pytest.mark.parametrize("cubes", [1, 2, 8, 12, 27, 64])
def test_torus_is_that_of_a_wired_graph(cubes):
    torus, n = build_torus(TorusDemand(cubes)), 4
    size = [side * n for side in torus.shape]
    inside = across = around = 0
    for x in range(size[0]):
        for y in range(size[1]):
            for z in range(size[2]):
                for axis, at in enumerate((x, y, z)):
                    inside += (at + 1) % n != 0
                    across += (at + 1) % n == 0
                    around += at + 1 == size[axis]
    assert (inside, across, around) == (torus.copper_links, torus.circuits, torus.wraparound)
    assert torus.ports_used == 2 * across
    assert torus.ports_used + torus.ports_free == torus.switches * 136


def test_torus_refuses():
    for wrong in (
        {"cubes": 0},
        {"cubes": 1, "side": 1},
        {"cubes": 1, "switch_ports": 4, "spare_ports": 4},
    ):
        with pytest.raises(ValueError):
            TorusDemand(**wrong)
