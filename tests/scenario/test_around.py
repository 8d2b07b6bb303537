"""Network, storage and management in a plan: which road is taken, at which scale, and what the figure says of itself."""

from __future__ import annotations

import pytest

from planner.engineering.around import network_of
from planner.scenario.load import load_scenario_text
from tests.scenario.sample import catalog

HEAD = "name: x\nhorizon: {from: 2027-Q1, to: 2028-Q4, step: quarter}\n"
SITE = "sites:\n  - {id: here, energy_price: 50 USD/MWh}\n"


def case(system: str, rest: str = "", site: str = SITE):
    return load_scenario_text(f"{HEAD}{site}systems: [{system}]\n{rest}", catalog()).case


def figure(found, of: str, key: str = "it_overhead"):
    return next(f for f in found.figures if f.of == of and f.figure == key)


def counted(system_id: str, count: int) -> float:
    """By hand: W of the networks per system and 35 W per accelerator, over the nameplate."""
    system = catalog().systems[system_id]
    per = network_of(catalog(), system, count).w("nameplate") / count
    return (per + 35 * system.accelerators.value) / system.power.nameplate_w.value


@pytest.mark.parametrize(
    ("system", "rest", "count", "says"),
    [
        ("hgx-h100", "", 2048, "reference scale of 16384 accelerators"),
        ("hgx-h100", "supply: [{system: hgx-h100, total: 100 systems}]", 100, "what is allotted"),
        ("hgx-h100", "supply: [{system: hgx-h100, by: {2027-Q1: 80 systems, 2027-Q3: 3200 accelerators}}]", 400, "what is allotted"),
        ("hgx-h100", "fleet: [{site: here, system: hgx-h100, units: 800 accelerators}]", 100, "what stands or is asked for"),
        (
            "hgx-h100",
            "demands: [{id: d, kind: deployment, accelerator: h100-sxm, need: {2027-Q3: 4096 accelerators}}]",
            512,
            "what stands or is asked for",
        ),
        ("gb300-nvl72", "demands: [{id: d, kind: deployment, system: gb300-nvl72, need: {2027-Q3: 64 systems}}]", 64, "asked for"),
        ("tpu-v5p-cube", "supply: [{system: tpu-v5p-cube, total: 140 systems}]", 140, "torus"),
    ],
)
def test_counted_at_the_scale_of_the_scenario(system, rest, count, says):
    found = case(system, rest)
    known = figure(found, system)
    assert found.system[system].it_overhead == known.value == pytest.approx(counted(system, count))
    assert known.low < known.value < known.high
    assert f"{count} systems" in known.note
    assert says in known.note
    assert (known.kind, known.grade) == ("derived", "C")


def test_power_bounds_the_scale():
    """30 MW / (10.2 kW · 1.14 · 1.40) feeds 1843 servers, fewer than the reference scale and than what is allotted."""
    site = "sites:\n  - {id: here, energy_price: 50 USD/MWh, power: {2027-Q1: 10 MW, 2027-Q3: 30 MW}}\n"
    for rest in ("", "supply: [{system: hgx-h100, total: 9999 systems}]"):
        known = figure(case("hgx-h100", rest, site), "hgx-h100")
        assert known.note.startswith("rail-optimized")
        assert "1843 systems, what the power feeds" in known.note


def test_a_scenario_may_say_it_itself():
    found = case("hgx-h100", "assume: {it_overhead: 9 %}")
    assert found.system["hgx-h100"].it_overhead == 0.09
    known = figure(found, "defaults", "it_overhead.server")
    assert (known.kind, known.low) == ("scenario", None)
    assert not any("not counted" in note for note in found.notes)


def test_what_cannot_be_counted_takes_the_share_of_the_catalog_and_says_so():
    found = case("tpu-v6e-host")
    assert found.system["tpu-v6e-host"].it_overhead == 0.14
    assert figure(found, "defaults", "it_overhead.server").high == 0.35
    assert any("tpu-v6e-host: nobody published its scale-out bandwidth" in note for note in found.notes)


def test_more_than_one_fabric_holds_is_counted_as_several():
    found = case("hgx-h100", "supply: [{system: hgx-h100, total: 1000000 systems}]")
    assert "250000 systems" in figure(found, "hgx-h100").note


def test_each_system_has_its_own():
    found = load_scenario_text(f"{HEAD}{SITE}systems: [hgx-h100, tpu-v5p-cube, tpu-v6e-host]\n", catalog()).case
    shares = [system.it_overhead for system in found.systems]
    assert len(set(shares)) == 3


def test_a_range_of_the_plan_moves_the_one_system_it_is_of():
    from planner.explore.draw import Fleet, factors
    from planner.plan.derive import Decisions

    rest = "fleet: [{site: here, system: hgx-h100, units: 80 systems}, {site: here, system: tpu-v6e-host, units: 80 systems}]"
    found = load_scenario_text(f"{HEAD}{SITE}systems: [hgx-h100, tpu-v6e-host]\n{rest}", catalog()).case
    moved = {f.name: f for f in factors(Fleet(found, "here", 0, Decisions([], [], [], [])))}
    own, default = moved["hgx-h100 · it_overhead"], moved["defaults · it_overhead.server"]
    assert own.high.system["hgx-h100"].it_overhead > found.system["hgx-h100"].it_overhead
    assert own.high.system["tpu-v6e-host"] == found.system["tpu-v6e-host"]
    assert default.high.system["tpu-v6e-host"].it_overhead == 0.35
    assert default.high.system["hgx-h100"] == found.system["hgx-h100"]
