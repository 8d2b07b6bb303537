"""The step table of networks: what a full grade is, how it rises, and how far it is from the bill
of one size."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from planner.catalog.load import Catalog, load_catalog
from planner.engineering.fabric.bill import total
from planner.engineering.fabric.design import (
    Options,
    cluster_of,
    compute_fabric,
    default_kinds,
    fabric_share,
    side_fabrics,
)
from planner.engineering.fabric.steps import MEASURES, MOST_NODES, Table, countable, network_table


@cache
def catalog() -> Catalog:
    return load_catalog()


COUNTED = sorted(s.id for s in load_catalog().systems.values() if countable(s))
KINDS = ("fat-tree", "rail-optimized", "oversubscribed", "rail-only")


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_grade_is_the_bill_of_as_many(kind):
    """At the full size of two and of three tiers, the table comes to the switches, watts and
    dollars of `planner fabric`."""
    system = catalog().systems["hgx-h100"]
    table = network_table(catalog(), system, kind)
    for grade, after in zip(table.grades, table.grades[1:], strict=False):
        assert grade.most_groups is not None
        bills = [
            compute_fabric(catalog(), cluster_of(system, grade.most_systems), kind),
            *side_fabrics(catalog(), cluster_of(system, grade.most_systems)),
        ]
        assert grade.tiers == len(bills[0].network.tiers) <= after.tiers
        for measure in MEASURES:
            assert table.sum_of(measure, grade.most_systems) == pytest.approx(
                total(bills, measure).value, rel=1e-9
            )
        assert grade.most_groups * grade.group.switches == pytest.approx(bills[0].switches)


def test_by_hand_for_servers_of_eight():
    """64 ports at 400 Gbit/s: one switch holds 8 servers; 4 leaves of a tree 8 more; rails of 32
    servers have 8 leaves and 4 spines.

    Three tiers have 8 spines and 4 cores for them; up to 1024 servers, whose storage network has
    two tiers, they are a grade of their own.
    """
    table = network_table(catalog(), catalog().systems["hgx-h100"])
    assert [(g.kind, g.tiers, g.most_systems, g.systems_per_group) for g in table.grades] == [
        ("fat-tree", 1, 8, 8.0),
        ("fat-tree", 2, 32, 8.0),
        ("rail-optimized", 2, 256, 32.0),
        ("rail-optimized", 3, 1024, 32.0),
        ("rail-optimized", 3, 8192, 32.0),
        ("rail-optimized", 4, 0, 32.0),
    ]
    assert [g.group.switches for g in table.grades] == [1, 3, 12, 20, 20, 28]
    assert [table.groups_of(n) for n in (1, 8, 9, 16, 31, 32, 33, 256, 257)] == [
        1,
        1,
        2,
        2,
        4,
        4,
        2,
        8,
        9,
    ]
    assert table.whole_systems == MOST_NODES
    switch = catalog().switches["ib-ndr-64x400"].power.nameplate_w.value
    leaf = next(
        lot
        for lot in table.grades[2].group.lots
        if lot.network == "compute network" and lot.part.role == "switch"
    )
    assert leaf.number * leaf.part.nameplate_w[1] == pytest.approx(12 * switch)


def test_racks_of_72_grow_into_a_third_tier_at_the_forty_ninth():
    """12 ports to a node of 4 and 144 to a switch: 72 nodes to a group of 12 leaves, 4 racks; 144
    leaves are 12 groups, 48 racks."""
    table = network_table(catalog(), catalog().systems["mi450-helios"])
    assert [(g.tiers, g.most_systems, g.systems_per_group) for g in table.grades[1:3]] == [
        (2, 48, 4.0),
        (3, 3456, 4.0),
    ]
    assert table.sum_of("nameplate_w", 49) > 1.8 * table.sum_of("nameplate_w", 48)


def rises(table: Table, most: int) -> None:
    numbers = np.unique(np.round(np.geomspace(1, most, 300)).astype(int))
    for measure in MEASURES:
        needs = [table.sum_of(measure, int(n)) for n in numbers]
        assert all(after >= before - 1e-6 for before, after in pairwise(needs)), measure
        for grade, larger in zip(table.grades, table.grades[1:], strict=False):
            held = numbers[numbers <= grade.most_systems]
            small = np.ceil(held / grade.systems_per_group - 1e-9) * grade.group.sum_of(measure)
            large = np.ceil(held / larger.systems_per_group - 1e-9) * larger.group.sum_of(measure)
            assert (small <= large * (1 + 1e-9)).all(), (measure, grade.kind, grade.tiers)


@pytest.mark.parametrize("name", COUNTED)
def test_more_systems_and_larger_grades_never_need_less(name):
    """Proves: nobody gains by calling a network larger than it is, for every system and
    topology."""
    system = catalog().systems[name]
    rises(network_table(catalog(), system), 50_000)
    for kind in KINDS if not cluster_of(system, 1).is_torus else ():
        try:
            table = network_table(catalog(), system, kind)
        except ValueError:
            continue
        rises(table, 20_000)
        if kind != "rail-only":
            rises(network_table(catalog(), system, kind, Options(oversubscription=2.0)), 5_000)


@pytest.mark.parametrize("name", COUNTED)
def test_a_bill_of_one_size_is_near(name):
    """Proves: what `planner fabric` counts to the last cable lies within 15 % of the IT of the
    table, from 64 nodes on within 5 %.

    In the median it lies within 2 %. The farthest are single racks and servers of one or four
    accelerators, in groups made for dozens.
    """
    system = catalog().systems[name]
    table, apart = network_table(catalog(), system), []
    nameplate = system.power.nameplate_w
    assert nameplate is not None
    for n in np.unique(np.round(np.geomspace(1, 4000, 40)).astype(int)).tolist():
        grade = table.grade_of(n)
        try:
            bill = fabric_share(catalog(), system, n, grade.kind).nameplate_w.value * n
        except ValueError:
            continue
        if cluster_of(system, 1).is_torus:
            sides = side_fabrics(catalog(), cluster_of(system, n))
            bill -= sum(
                side.sum_of("nameplate_w").value for side in sides if side.name == "storage"
            )
        apart.append(
            (
                n * table.nodes_per_system,
                (table.sum_of("nameplate_w", n) - bill) / (n * nameplate.value + bill),
            )
        )
    assert max(abs(share) for _, share in apart) < 0.15
    assert max(abs(share) for nodes, share in apart if nodes >= 64) < 0.05
    assert abs(float(np.median([share for _, share in apart]))) < 0.02


def test_what_is_named_and_does_not_exist_is_refused():
    system = catalog().systems["hgx-h100"]
    with pytest.raises(ValueError, match="no switch `nobody`"):
        network_table(catalog(), system, "fat-tree", Options(switch="nobody"))
    with pytest.raises(ValueError, match="nobody published"):
        network_table(catalog(), catalog().systems["tpu-v6e-host"])
    with pytest.raises(ValueError, match="ends inside it"):
        network_table(catalog(), system, "torus")


def test_cubes_come_with_their_modules_and_banks_with_their_switches():
    """48 circuit switches for up to 64 cubes, as many again for the 65th."""
    system = catalog().systems["tpu-v5p-cube"]
    table = network_table(catalog(), system)
    assert [table.groups_of(n) for n in (1, 64, 65, 140)] == [1, 1, 2, 3]
    (grade,) = table.grades
    assert grade.group.switches == 48
    assert "torus" in default_kinds(cluster_of(system, 1))
    assert {lot.network for lot in table.lots(3)} == {"compute network", "front-end network"}
