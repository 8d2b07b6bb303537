"""Networks of a scenario: the steps that the catalog's switches make, and what is said where none can be counted."""

from __future__ import annotations

import pytest

from planner.engineering.fabric.design import Options, cluster_of, compute_fabric
from planner.engineering.fabric.steps import fabric_steps
from planner.scenario.case import Case
from tests.scenario.sample import SOUND, catalog, load, marked, places_of, problems_of, spoilt
from tests.scenario.test_resolve import has

BY_SWITCH = SOUND + "fabric: {topology: rail-optimized}\n"


def networks(text: str) -> Case:
    return load(text).case


def test_without_a_fabric_the_network_is_a_share_of_the_price():
    case = networks(SOUND)
    assert case.fabrics == []
    assert case.fabric_usd(case.systems[0], "north") == case.systems[0].price_usd * case.systems[0].fabric_cost


def test_a_network_grows_until_it_holds_what_the_power_feeds():
    case = networks(BY_SWITCH)
    net = next(f for f in case.fabrics if f.system == "hgx-h100")
    most = 40e6 // case.system["hgx-h100"].nameplate_w
    held = [grade.most_groups * grade.nodes_per_group for grade in net.grades]
    assert [grade.tiers for grade in net.grades] == [2, 3, 4][: len(net.grades)]
    assert held[-2] >= most * net.nodes_per_system, "and one grade beyond"
    assert all(nodes < most * net.nodes_per_system for nodes in held[:-2])
    assert case.fabric_usd(case.system["hgx-h100"], "north") == net.system_usd
    assert any(note.startswith("where a fabric is asked for, networks are bought by the switch") for note in case.notes)
    assert has(case, "ib-ndr-64x400", "price")
    assert has(case, "ib-ndr-64x400", "power.nameplate")


@pytest.mark.parametrize("kind", ["rail-optimized", "fat-tree", "oversubscribed"])
def test_a_full_grade_is_the_bill_of_as_many(kind):
    """At the full size of two and of three tiers, the steps come to the switches and the dollars of `planner fabric`."""
    system = catalog().systems["hgx-h100"]
    for tiers in (2, 3):
        steps = fabric_steps(catalog(), system, kind, Options(sides=()), None)
        grade = next(grade for grade in steps.grades if grade.tiers == tiers)
        nodes = round(grade.most_groups * grade.nodes_per_group)
        exact = fabric_steps(catalog(), system, kind, Options(sides=()), nodes)
        grade = next(grade for grade in exact.grades if grade.tiers == tiers)
        bill = compute_fabric(catalog(), cluster_of(system, nodes), kind, Options(sides=()))
        above = grade.most_groups * grade.above_per_group
        assert grade.tiers == len(bill.network.tiers)
        assert grade.most_groups * grade.leaves_per_group + above == pytest.approx(bill.switches)
        usd = grade.most_groups * grade.group_usd + above * grade.above_usd + nodes * exact.system_usd
        assert usd == pytest.approx(bill.sum_of("price_usd").value, rel=1e-3)
        watts = grade.most_groups * grade.group_w + above * grade.above_w + nodes * exact.system_w
        assert watts == pytest.approx(bill.sum_of("nameplate_w").value, rel=1e-3)


def test_between_full_sizes_the_bill_has_more_switches_never_fewer():
    """Links spread evenly take more switches above than the ratio of the full size: what the steps leave out, in words of their module."""
    system = catalog().systems["hgx-h100"]
    steps = fabric_steps(catalog(), system, "fat-tree", Options(sides=()), 8000)
    for nodes in (20, 100, 300, 1000, 5000):
        grade = next(g for g in steps.grades if g.most_groups * g.nodes_per_group >= nodes)
        groups = -(-nodes // grade.nodes_per_group)
        above = -(-groups * grade.above_per_group // 1)
        bill = compute_fabric(catalog(), cluster_of(system, nodes), "fat-tree", Options(sides=()))
        leaves = bill.network.tiers[0].switches
        assert groups * grade.leaves_per_group == leaves
        assert above <= bill.switches - leaves <= 2 * above + 64


def test_a_site_says_otherwise_than_the_scenario():
    text = BY_SWITCH.replace("energy_price: 55 USD/MWh", "energy_price: 55 USD/MWh\n    fabric: {topology: fat-tree}")
    assert {f.topology for f in networks(text).fabrics} == {"fat-tree"}


def test_a_system_without_a_published_link_keeps_its_share():
    case = networks(BY_SWITCH.replace("- mi355x-server", "- {system: tpu-v6e-host, nameplate: 5 kW}"))
    assert {f.system for f in case.fabrics} == {"hgx-h100"}
    note = next(note for note in case.notes if note.startswith("tpu-v6e-host at north: its network stays a share of its price"))
    assert "torus" in note or "bandwidth" in note


def test_without_power_three_tiers_are_the_most():
    text = BY_SWITCH.replace("    power: {2026-Q1: 20 MW, 2027-Q1: 40 MW}\n", "")
    case = networks(text)
    assert [grade.tiers for grade in case.fabrics[0].grades] == [2, 3]
    assert any("hgx-h100 at north: no power is given, so its network is one of up to 3 tiers" in note for note in case.notes)


def test_wrong_fabrics():
    for said, code, words, remedy in (
        ("{switch: «ib-ndr-64x40}", "I001", "no packet switch `ib-ndr-64x40`", "`ib-ndr-64x400`"),
        ("{switch: «ocs-136}", "I001", "no packet switch `ocs-136`", ""),
        ("{topology: «torus}", "T002", "`torus`", ""),
        ("{oversubscription: «0.5}", "T001", "greater than or equal to 1", ""),
    ):
        text, places = marked(spoilt("fabric: {topology: rail-optimized}", f"fabric: {said}", BY_SWITCH))
        problems = problems_of(text)
        assert [p.code for p in problems] == [code]
        assert places_of(problems) == places
        assert words in problems[0].message
        assert remedy in problems[0].help
