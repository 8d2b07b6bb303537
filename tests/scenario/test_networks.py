"""Networks of a scenario: the step table that goes into the case, and what is said where none can
be counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.core.case import Case
from planner.engineering.fabric.design import Options
from planner.engineering.fabric.steps import network_table
from planner.plan.derive import Decisions
from planner.power_model.draw import Fleet, factors
from planner.scenario.load import load_scenario_text
from tests.scenario.sample import SOUND, catalog, load, marked, places_of, problems_of, spoilt
from tests.scenario.test_resolve import has

HEAD = "name: x\nhorizon: {from: 2027-Q1, to: 2028-Q4, step: quarter}\n"
SITE = "sites:\n  - {id: here, energy_price: 50 USD/MWh}\n"
BY_GROUP = SOUND + "fabric: {topology: rail-optimized}\n"


def case(systems: str, rest: str = "", site: str = SITE) -> Case:
    return load_scenario_text(f"{HEAD}{site}systems: [{systems}]\n{rest}", catalog()).case


def networks(text: str) -> Case:
    return load(text).case


def figure(found: Case, of: str, key: str):
    return next(f for f in found.figures if f.of == of and f.figure == key)


@pytest.mark.parametrize("system", ["hgx-h100", "gb300-nvl72", "mi450-helios", "tpu-v5p-cube"])
def test_the_case_carries_the_table_of_planner_power(system):
    """Proves: for any number of systems the case says what the step table says, at nameplate and
    typical load."""
    found, machine = case(system), catalog().systems[system]
    (network,), table = found.networks, network_table(catalog(), machine)
    assert (network.systems, network.bought) == ([system], False)
    for count in (1, 3, 8, 9, 32, 33, 48, 49, 300, 5000, 70_000):
        grade = network.grade_of(count)
        for measure, group, link in (
            ("nameplate_w", grade.nameplate_w, network.system_w),
            ("typical_w", grade.typical_w, network.system_typical_w),
        ):
            assert grade.groups(count) * group + count * link == pytest.approx(
                table.sum_of(measure, count), rel=1e-12
            )
    per = machine.accelerators.value
    around = catalog().metered.surroundings
    assert found.system[system].storage_w == around.storage_w.value * per
    assert found.system[system].management_w == around.management_w.value * per
    assert found.system[system].it_overhead == 0


def test_no_limit_of_the_scenario_moves_the_table():
    """Proves: what is allotted, asked for, energized or stands changes nothing about the networks:
    only what runs does."""
    plain = case("hgx-h100").networks
    site = (
        "sites:\n  - {id: here, energy_price: 50 USD/MWh, power: {2027-Q1: 10 MW, 2027-Q3: 3 "
        "GW}, positions: {2027-Q1: 9 racks}}\n"
    )
    for rest in (
        "",
        "supply: [{system: hgx-h100, total: 100 systems}]",
        "demands: [{id: d, kind: deployment, accelerator: h100-sxm, need: {2027-Q3: 4096 "
        "accelerators}}]",
        "fleet: [{site: here, system: hgx-h100, units: 800 accelerators}]",
    ):
        assert case("hgx-h100", rest).networks == case("hgx-h100", rest, site).networks == plain


def test_a_scenario_may_say_it_itself():
    found = case("hgx-h100", "assume: {it_overhead: 9 %}")
    machine = found.system["hgx-h100"]
    assert (machine.it_overhead, machine.storage_w, machine.management_w, found.networks) == (
        0.09,
        0.0,
        0.0,
        [],
    )
    known = figure(found, "defaults", "it_overhead.server")
    assert (known.kind, known.low) == ("scenario", None)
    assert not any("not counted" in note for note in found.notes)


def test_what_cannot_be_counted_takes_the_share_of_the_catalog_and_says_so():
    found = case("tpu-v6e-host")
    assert (found.system["tpu-v6e-host"].it_overhead, found.networks) == (0.14, [])
    assert figure(found, "defaults", "it_overhead.server").high == 0.35
    assert any(
        "tpu-v6e-host: nobody published its scale-out bandwidth" in note for note in found.notes
    )


def test_what_only_stands_has_a_network_too():
    found = case("gb200-nvl72", "fleet: [{site: here, system: hgx-h100, units: 800 accelerators}]")
    assert [network.systems for network in found.networks] == [["gb200-nvl72"], ["hgx-h100"]]


def test_what_is_held_to_a_cap_is_in_the_network_of_its_product():
    found = case("{system: hgx-h100, power_caps: {at: [80 %], work: training}}")
    (network,) = found.networks
    assert network.systems == ["hgx-h100", "hgx-h100@80%"]
    assert found.network["hgx-h100@80%", "here"] is network


def test_a_range_of_the_plan_moves_the_one_product_it_is_of():
    rest = (
        "fleet: [{site: here, system: hgx-h100, units: 80 systems}, {site: here, system: "
        "gb200-nvl72, units: 8 systems}]"
    )
    found = case("hgx-h100, gb200-nvl72", rest)
    moved = {f.name: f for f in factors(Fleet(found, "here", 0, Decisions()))}
    high = moved["hgx-h100 · network"].high
    before, after = found.networks, high.networks
    assert all(
        b.nameplate_w > a.nameplate_w
        for a, b in zip(before[0].grades, after[0].grades, strict=True)
    )
    assert after[1] == before[1]
    storage = moved["surroundings · storage"].high.system
    assert all(
        storage[s.id].storage_w > s.storage_w and storage[s.id].management_w == s.management_w
        for s in found.systems
    )
    known = figure(found, "hgx-h100", "network")
    assert known.low < known.value == 1.0 < known.high
    assert (known.kind, known.grade) == ("derived", "C")


def test_without_a_fabric_the_network_is_a_share_of_the_price():
    found = networks(SOUND)
    assert not any(network.bought for network in found.networks)
    assert (
        found.fabric_usd(found.systems[0], "north")
        == found.systems[0].price_usd * found.systems[0].fabric_cost
    )


def test_a_fabric_is_the_table_of_its_topology():
    found = networks(BY_GROUP)
    net = next(n for n in found.networks if n.systems == ["hgx-h100"])
    table = network_table(catalog(), catalog().systems["hgx-h100"], "rail-optimized", Options())
    assert net.bought
    assert [(g.tiers, g.usd) for g in net.grades] == [
        (g.tiers, g.group.sum_of("price_usd")) for g in table.grades
    ]
    assert found.fabric_usd(found.system["hgx-h100"], "north") == net.system_usd
    assert any(
        note.startswith("where a fabric is asked for, networks are bought by the group of leaves")
        for note in found.notes
    )
    assert has(found, "ib-ndr-64x400", "price")
    assert has(found, "ib-ndr-64x400", "power.nameplate")


def test_a_named_topology_leaves_others_out_of_the_range():
    any_of_them, one = (
        figure(networks(SOUND), "hgx-h100", "network"),
        figure(networks(BY_GROUP), "hgx-h100", "network"),
    )
    assert any_of_them.low < one.low < 1.0 < one.high <= any_of_them.high
    assert any_of_them.note.endswith("with other topologies")
    assert one.note.endswith("accelerators")


def test_the_same_machines_cost_the_same_on_a_larger_site():
    larger = BY_GROUP.replace(
        "power: {2026-Q1: 20 MW, 2027-Q1: 40 MW}", "power: {2026-Q1: 20 MW, 2027-Q1: 900 MW}"
    )
    assert larger != BY_GROUP
    assert networks(larger).networks == networks(BY_GROUP).networks


def test_a_fabric_beside_an_assumed_overhead_costs_and_is_not_drawn_twice():
    found = networks(BY_GROUP + "assume: {it_overhead: 9 %}\n")
    net = next(n for n in found.networks if n.systems == ["hgx-h100"])
    assert (net.bought, net.draws, net.system_w) == (True, False, 0.0)
    assert all(grade.usd > 0 for grade in net.grades)


def test_a_site_says_otherwise_than_the_scenario():
    text = BY_GROUP.replace(
        "energy_price: 55 USD/MWh", "energy_price: 55 USD/MWh\n    fabric: {topology: fat-tree}"
    )
    assert {
        grade.topology
        for network in networks(text).networks
        if network.bought
        for grade in network.grades
    } == {"fat-tree"}


def test_a_system_without_a_published_link_keeps_its_share():
    found = networks(
        BY_GROUP.replace("- mi355x-server", "- {system: tpu-v6e-host, nameplate: 5 kW}")
    )
    assert {network.systems[0] for network in found.networks if network.bought} == {"hgx-h100"}
    note = next(
        note
        for note in found.notes
        if note.startswith("tpu-v6e-host at north: its network stays a share of its price")
    )
    assert "torus" in note or "bandwidth" in note


def test_what_was_asked_for_at_a_site_decides_there():
    """Proves: a network that cannot be had at one site is not bought there because another site has
    one."""
    known = catalog()
    box = known.switches["ib-ndr-64x400"]
    tiny = box.model_copy(
        update={"id": "tiny", "ports": box.ports.model_copy(update={"value": 2.0})}
    )
    own = replace(known, switches={**known.switches, "tiny": tiny})
    sites = "sites:\n  - {id: first, energy_price: 50 USD/MWh}\n"
    sites += (
        "  - {id: second, energy_price: 50 USD/MWh, fabric: {topology: fat-tree, switch: tiny}}\n"
    )
    found = load_scenario_text(
        f"{HEAD}{sites}systems: [hgx-h100]\nfabric: {{topology: fat-tree}}\n", own
    ).case
    assert {n.site: (n.bought, n.path) for n in found.networks} == {
        "first": (True, "fabric"),
        "second": (False, ""),
    }
    assert any(
        note.startswith("hgx-h100 at second: its network stays a share of its price")
        for note in found.notes
    )
    machine = found.system["hgx-h100"]
    assert found.fabric_usd(machine, "second") == machine.price_usd * machine.fabric_cost


def test_wrong_fabrics():
    for said, code, words, remedy in (
        ("{switch: «ib-ndr-64x40}", "I001", "no packet switch `ib-ndr-64x40`", "`ib-ndr-64x400`"),
        ("{switch: «ocs-136}", "I001", "no packet switch `ocs-136`", ""),
        ("{topology: «torus}", "T002", "`torus`", ""),
        ("{oversubscription: «0.5}", "T001", "greater than or equal to 1", ""),
    ):
        text, places = marked(
            spoilt("fabric: {topology: rail-optimized}", f"fabric: {said}", BY_GROUP)
        )
        problems = problems_of(text)
        assert [p.code for p in problems] == [code]
        assert places_of(problems) == places
        assert words in problems[0].message
        assert remedy in problems[0].help
