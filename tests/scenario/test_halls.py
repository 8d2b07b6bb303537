"""Halls of a scenario: what the catalog fills in, which systems may stand in which, and what is
wrong with a wrong one."""

from __future__ import annotations

import pytest

from planner.capabilities.halls.case import CaseHall
from planner.plan.presolve_bounds import presolve_shortfalls
from tests.scenario.sample import catalog, load, marked, places_of, problems_of, spoilt
from tests.scenario.test_resolve import figure, has

HALLS = """\
name: Halls
horizon: {from: 2026-Q1, to: 2027-Q4}
sites:
  - id: north
    power: {2026-Q1: 40 MW}
    energy_price: 55 USD/MWh
    halls:
      - {id: wet, critical_it: 6 MW, cooling: direct-liquid, lead_time: 6 months}
      - {id: dry, critical_it: 3 MW, cooling: air, positions: 200 racks, most: 2}
systems:
  - {system: hgx-h100, lead_time: 0 days, fit_out: 0 days}
  - {system: gb200-nvl72, lead_time: 0 days, fit_out: 0 days}
demands:
  - {id: first, kind: deployment, system: hgx-h100, need: {2027-Q1: 100 systems}}
"""


def halls(text: str = HALLS) -> dict[str, CaseHall]:
    return {hall.id: hall for hall in load(text).case.halls}


def test_the_technology_says_what_a_hall_costs_and_carries():
    facility = catalog().facility
    wet, dry = halls()["wet"], halls()["dry"]
    assert wet.cost_usd == pytest.approx(
        6 * facility.construction_costs["us-ai-hall"].cost_usd_per_mw.value
    )
    assert dry.cost_usd == pytest.approx(
        3 * facility.construction_costs["us-average"].cost_usd_per_mw.value
    )
    assert (wet.liquid_w, wet.air_w, wet.positions) == (6e6, 6e6, None)
    assert (dry.liquid_w, dry.air_w) == (0.0, 3e6)
    case = load(HALLS).case
    assert (
        figure(case, "north/wet", "construction").source
        == catalog().sources["goldman-mckinsey-constraints"].title
    )
    assert (
        figure(case, "north/dry", "lead_time").value
        == facility.lead_times["hall-100mw"].lead_days.value
    )
    assert not has(case, "north", "construction"), "a site with halls has no cost by the megawatt"


def test_air_of_few_positions_is_what_they_give_off():
    few = halls(HALLS.replace("positions: 200 racks", "positions: 20 racks"))["dry"]
    assert few.air_w == pytest.approx(20 * catalog().facility.cooling["air"].air_density_w.value)


def test_construction_and_dates():
    """Proves: a hall of half a year that is begun in a quarter is in use two later; one of 335 days
    that is begun at once, after a year."""
    wet, dry = halls()["wet"], halls()["dry"]
    assert (wet.lead_time_days, str(wet.first), str(wet.last), wet.most) == (
        182.5,
        "2026-01-01",
        "2027-12-31",
        None,
    )
    assert (dry.lead_time_days, dry.most) == (335, 2)
    case = load(HALLS).case
    opens = {
        place: [None if a is None else a.runs for a in found]
        for place, found in case.openings.items()
    }
    assert opens["north/wet"] == [2, 3, 4, 5, 6, 7, None, None]
    assert opens["north/dry"] == [4, 5, 6, 7, None, None, None, None]
    text = HALLS.replace(
        "lead_time: 6 months", "lead_time: 6 months, from: 2026-05, until: 2026-Q4"
    )
    assert (str(halls(text)["wet"].first), str(halls(text)["wet"].last)) == (
        "2026-05-01",
        "2026-12-31",
    )


def test_who_may_stand_where_and_on_how_many_positions():
    wet, dry = halls()["wet"], halls()["dry"]
    assert wet.carries == {"gb200-nvl72": 1.0}
    assert dry.carries == {"hgx-h100": 0.5}, "two servers of 10.2 kW in a rack of 30 kW"
    notes = load(HALLS).case.notes
    assert (
        "hgx-h100 cannot stand in hall north/wet: the equipment has no cold plates to connect"
        in notes
    )
    assert (
        "gb200-nvl72 cannot stand in hall north/dry: the equipment needs liquid at its cold plates"
        in notes
    )


def test_a_rack_that_is_too_dense_for_the_hall():
    text = HALLS.replace(
        "cooling: direct-liquid", "cooling: direct-liquid, rack_density: 100 kW/rack"
    )
    loaded = load(text)
    assert halls(text)["wet"].carries == {}
    assert any(
        note.startswith("gb200-nvl72 cannot stand in hall north/wet: 1") and "100 at most" in note
        for note in loaded.case.notes
    )
    assert "gb200-nvl72 cannot stand at north: none of its halls carries it" in loaded.case.notes
    assert loaded.case.system["gb200-nvl72"].sites == []
    assert loaded.case.system["hgx-h100"].sites == ["north"]


def test_where_something_stands_a_system_keeps_its_site():
    text = HALLS.replace("    halls:", "    construction: {existing: 1 MW}\n    halls:").replace(
        "cooling: direct-liquid", "cooling: rear-door"
    )
    assert load(text).case.system["gb200-nvl72"].sites == ["north"]


@pytest.mark.parametrize(
    ("said", "usd"),
    [("cost: 50 MUSD", 50e6), ("cost_per_mw: 10 MUSD/MW", 60e6), ("build: us-conversion", 54e6)],
)
def test_what_the_scenario_says_of_a_hall_wins(said, usd):
    assert halls(HALLS.replace("lead_time: 6 months", f"lead_time: 6 months, {said}"))[
        "wet"
    ].cost_usd == pytest.approx(usd)


def test_the_site_and_the_assumptions_price_halls_before_the_catalog_does():
    assert halls(HALLS + "assume: {construction: 5 MUSD/MW}\n")["wet"].cost_usd == pytest.approx(
        30e6
    )
    text = (
        HALLS.replace("    halls:", "    construction: {cost: 7 MUSD/MW}\n    halls:")
        + "assume: {construction: 5 MUSD/MW}\n"
    )
    assert halls(text)["wet"].cost_usd == pytest.approx(42e6)


def test_a_rented_hall_costs_no_construction_and_says_so():
    loaded = load(HALLS.replace("    halls:", "    rent: 150 USD/kW/month\n    halls:"))
    assert [hall.cost_usd for hall in loaded.case.halls] == [0.0, 0.0]
    assert (
        "hall north/wet is rented, so no construction is charged for it; give it a `cost` to "
        "charge both" in loaded.case.notes
    )


def test_limits_of_what_does_not_stand_are_noted():
    loaded = load(
        HALLS.replace(
            "    halls:", "    positions: {2026-Q1: 9 racks}\n    cooling: {air: 1 MW}\n    halls:"
        )
    )
    said = (
        "site north: `positions` and `cooling` would limit what stands at the start, and "
        "nothing does; each hall has its own"
    )
    assert said in loaded.case.notes


def test_a_hall_that_would_open_after_the_horizon_is_noted():
    loaded = load(HALLS.replace("lead_time: 6 months", "lead_time: 3 years"))
    assert any(
        note.startswith("hall north/wet cannot be in use within the horizon")
        for note in loaded.case.notes
    )


def test_halls_of_a_technology_that_takes_only_its_own_equipment_carry_nothing():
    assert halls(HALLS.replace("cooling: direct-liquid", "cooling: immersion"))["wet"].carries == {}


WRONG = [
    ("{id: dry", "{id: «wet", "I002", "`wet` stands twice in `halls`", "first at"),
    ("cooling: air", "cooling: «aire", "I001", "no cooling technology `aire`", "`air`"),
    (
        "cooling: air",
        "cooling: air, build: «us-averag",
        "I001",
        "no construction cost `us-averag`",
        "`us-average`",
    ),
    ("critical_it: 3 MW", "critical_it: «3", "U001", "`3` has no unit", "`3 MW`"),
    ("critical_it: 3 MW", "critical_it: «0 MW", "T001", "greater than 0", ""),
    ("most: 2", "most: «-1", "T001", "`-1`", ""),
    ("most: 2", "«mots: 2", "K001", "unknown key `mots`", "`most`"),
    (
        "most: 2",
        "from: 2027-Q1, until: «2026-Q1",
        "D002",
        "construction ends (2026-Q1) before it begins (2027-Q1)",
        "exchange",
    ),
    (
        "- {id: dry",
        "- «{id: dry, cost: 5 MUSD, build: us-average",
        "K003",
        "`cost` and `build` both say what the hall costs",
        "keep one",
    ),
    (
        "- id: north",
        "- «id: north\n    critical_it: {2026-Q1: 5 MW}",
        "K003",
        "`critical_it` and `halls` both say",
        "`construction: {existing",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "code", "words", "remedy"), WRONG, ids=[row[3] for row in WRONG]
)
def test_one_mistake_is_one_problem_at_its_place(old, new, code, words, remedy):
    text, places = marked(spoilt(old, new, HALLS))
    problems = problems_of(text)
    assert [p.code for p in problems] == [code]
    assert places_of(problems) == places
    assert words in problems[0].message
    assert remedy in problems[0].help


def test_a_demand_that_no_number_of_halls_can_hold_is_found_without_solving():
    loaded = load(HALLS.replace("100 systems", "700 systems"))
    (short,) = presolve_shortfalls(loaded.case, loaded.located)
    assert (
        "north has 6 MW of critical IT, with every hall that can be finished, in 2027-Q1"
        in short.asked.says
    )
    assert [limit.path for limit in short.held_back_by] == ["sites.0.halls", "sites.0.halls.1.most"]
