"""The facility's part of the catalog: complete, in order, and every slip of it caught."""

from __future__ import annotations

import pytest

from planner.catalog import lint, lint_facility
from planner.catalog.facility import CLIMATES
from planner.catalog.load import Catalog, load_catalog
from planner.engineering.plant import usable_fraction
from planner.errors import InputError
from tests.catalog.small import TODAY, write

FIGURE = "kind: assumption, source: own-judgement, date: 2026-10, note: reasoned at some length"
COOLING = """\
cooling:
  - id: air
    name: Air
    source: sheet
    liquid_loop: false
    rack_density: {value: 30 kW/rack, kind: press, source: sheet}
    air_density: {value: 30 kW/rack, kind: press, source: sheet}
    liquid_share: {value: 0 %, kind: derived, source: sheet}
redundancies:
  - {id: n, name: N, source: sheet, arrangement: none, spare: 0, copies: 1, needed: {value: 1, kind: derived, source: sheet}}
grids:
  - {id: home, name: Home, carbon: {value: 300 gCO2e/kWh, kind: vendor, source: sheet}}
lead_times:
  - {id: wait, name: Wait, what: grid, lead: {value: 2 years, kind: press, source: sheet}}
"""  # noqa: E501  (lines of a file)


def judged() -> str:
    climates = "".join(
        f"  - {{id: air-{climate}, cooling: air, climate: {climate}, "
        f"pue_annual: {{value: {annual}, low: 1.05, high: 1.6, {FIGURE}}}, "
        f"pue_peak: {{value: {annual + 0.1:.2f}, low: 1.1, high: 1.8, {FIGURE}}}, "
        f"wue: {{value: 0.3 L/kWh, low: 0 L/kWh, high: 2 L/kWh, {FIGURE}}}}}\n"
        for climate, annual in zip(CLIMATES, (1.1, 1.2, 1.3, 1.4), strict=True)
    )

    def stage(half: str, full: str) -> str:
        return f"{{half: {{value: {half}, low: 0.5, high: 1, {FIGURE}}}, full: {{value: {full}, low: 0.5, high: 1, {FIGURE}}}}}"  # noqa: E501

    return (
        f"climates:\n{climates}"
        "power_caps:\n  - "
        f"{{id: any, work: any, elasticity: {{value: 0.5, low: 0.4, high: 1, {FIGURE}}}}}\n"
        f"plant:\n  transformer: {stage('0.9945', '0.991')}\n  ups: {stage('0.965', '0.96')}\n  "
        f"distribution: {stage('0.994', '0.989')}\n"
        f"  rack_height: {{value: 40 RU, low: 36 RU, high: 46 RU, {FIGURE}}}\n"
        f"  row_power: {{value: 2 MW, low: 1 MW, high: 4 MW, {FIGURE}}}\n"
        f"  mep_swing: {{value: 40 %, low: 30 %, high: 50 %, {FIGURE}}}\n"
        "  generation_availability: "
        f"{{value: 90 %, low: 85 %, high: 95 %, {FIGURE}}}\n  grid: home\n"
    )


def small(folder, cooling: str = COOLING, judgement: str | None = None) -> Catalog:
    extra = {
        "facility/all.yaml": cooling,
        "judgement/facility.yaml": judged() if judgement is None else judgement,
    }
    return load_catalog(write(folder, extra=extra))


CHECKS = [check for check in lint.CHECKS if check.__module__ == lint_facility.__name__]


def doubts(catalog: Catalog) -> list[str]:
    return [
        f"{check.__name__}: {problem.message}"
        for check in CHECKS
        for problem in check(catalog, TODAY)
    ]


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return load_catalog()


def test_shipped_has_no_doubts(shipped):
    assert doubts(shipped) == []


def test_shipped_is_complete(shipped):
    facility = shipped.facility
    assert {"air", "rear-door", "direct-liquid", "immersion"} <= facility.cooling.keys()
    assert all(
        facility.in_climate(technology, climate)
        for technology in facility.cooling
        for climate in CLIMATES
    )
    assert {"N", "N+1", "2N", "4N/3", "3N/2", "2(N+1)", "block"} <= {
        topology.name for topology in facility.redundancies.values()
    }
    assert {"shell-and-core", "ai-hall"} <= {
        cost.scope for cost in facility.construction_costs.values()
    }
    assert {"equipment", "generation", "building", "grid"} == {
        lead.what for lead in facility.lead_times.values()
    }
    assert facility.plant is not None
    assert facility.plant.grid in facility.grids


@pytest.mark.parametrize(
    ("name", "usable"),
    [
        ("N", 1),
        ("N+1", 0.8),
        ("2N", 0.5),
        ("4N/3", 0.75),
        ("3N/2", 2 / 3),
        ("2(N+1)", 0.4),
        ("block", 5 / 6),
    ],
)
def test_shipped_redundancies(shipped, name, usable):
    found = next(
        topology for topology in shipped.facility.redundancies.values() if topology.name == name
    )
    assert usable_fraction(found.needed.value, found.spare, found.copies) == pytest.approx(usable)


def test_design_day_range_holds_the_value_of_the_year_or_more(shipped):
    for entry in shipped.facility.climates.values():
        assert entry.pue_peak.low >= entry.pue_annual.low, entry.id
        assert entry.pue_peak.high >= entry.pue_annual.high, entry.id


def test_units_of_the_shipped_figures(shipped):
    facility = shipped.facility
    assert facility.lead_times["power-transformer"].lead_days.value == 128 * 7
    assert facility.construction_costs["us-average"].cost_usd_per_mw.value == 11.7e6
    assert facility.build_rates["abilene-phase-1"].labour_h_per_mw.value == 6000
    assert facility.grids["pjm"].carbon_g_per_kwh.value == 323.05
    assert facility.cooling["air"].rack_density_w.value == 30e3


def test_liquid_peak_agrees_with_the_planning_default(shipped):
    entry = shipped.facility.in_climate("direct-liquid", "temperate")
    assert entry.pue_annual.value == shipped.defaults.pue.liquid.annual.value
    assert entry.pue_peak.value == shipped.defaults.pue.liquid.peak.value


def test_small_catalog_is_clean(tmp_path):
    assert doubts(small(tmp_path)) == []


SLIPS_IN_FACTS = [
    (
        "rack_density: {value: 30 kW/rack",
        "rack_density: {value: 30 W/rack",
        "densities_in_order: `air` takes more heat by air",
    ),
    (
        "rack_density: {value: 30 kW/rack",
        "rack_density: {value: 3000 kW/rack",
        "sane_figures: `air.rack_density` is 3e+06, outside",
    ),
    ("liquid_loop: false", "liquid_loop: true", "densities_in_order: `liquid_loop`"),
    ("300 gCO2e/kWh", "300000 gCO2e/MWh", ""),
    ("300 gCO2e/kWh", "3 kgCO2e/kWh", "sane_figures: `home.carbon`"),
    ("2 years", "2 days", "sane_figures: `wait.lead`"),
]


@pytest.mark.parametrize(("old", "new", "says"), SLIPS_IN_FACTS)
def test_lint_sees_slips_in_facts(tmp_path, old, new, says):
    found = doubts(small(tmp_path, cooling=COOLING.replace(old, new, 1)))
    assert (found == []) if not says else any(says in message for message in found)


SLIPS_IN_JUDGEMENT = [
    (
        "value: 1.1, low: 1.05",
        "value: 1.45, low: 1.05",
        "colder_is_cheaper: `air-cold`: 1 ≤ annual PUE ≤ peak PUE",
    ),
    ("value: 1.1, low: 1.05", "value: 1.19, low: 1.05", ""),
    (
        "value: 1.3, low: 1.05",
        "value: 1.15, low: 1.05",
        "colder_is_cheaper: `air-hot-dry` has a lower PUE",
    ),
    ("climate: hot-dry", "climate: cold", "every_climate: `air` has 2 PUE for the cold"),
    ("full: {value: 0.96", "full: {value: 0.7", "losses_in_order: losses of"),
    ("half: {value: 0.994,", "half: {value: 0.97,", "losses_in_order: losses of"),
]


@pytest.mark.parametrize(("old", "new", "says"), SLIPS_IN_JUDGEMENT)
def test_lint_sees_slips_in_judgement(tmp_path, old, new, says):
    text = judged().replace(old, new, 1)
    assert text != judged()
    found = doubts(small(tmp_path, judgement=text))
    assert (found == []) if not says else any(says in message for message in found)


@pytest.mark.parametrize(
    ("where", "old", "new", "says"),
    [
        ("judgement", "grid: home", "grid: hom", "no grid `hom`"),
        (
            "judgement",
            "cooling: air, climate: cold",
            "cooling: ar, climate: cold",
            "no cooling `ar`",
        ),
        (
            "facts",
            "name: Air\n    source: sheet",
            "name: Air\n    source: shet",
            "no source `shet`",
        ),
        ("facts", "30 kW/rack", "30 kW", "this is power per rack"),
        ("facts", "300 gCO2e/kWh", "300 g/kWh", "this is carbon per energy"),
        ("judgement", "0.3 L/kWh", "0.3 L", "this is water per energy"),
        ("judgement", "climate: cold", "climate: arctic", "expected one of"),
        ("facts", "spare: 0", "spare: -1", "greater than or equal to 0"),
    ],
)
def test_loader_refuses(tmp_path, where, old, new, says):
    facts = COOLING.replace(old, new, 1) if where == "facts" else COOLING
    judgement = judged().replace(old, new, 1) if where == "judgement" else judged()
    with pytest.raises(InputError) as error:
        small(tmp_path, cooling=facts, judgement=judgement)
    assert any(
        says in problem.message or says in problem.help for problem in error.value.problems
    ), error.value


def test_a_catalog_without_facilities_still_loads(tmp_path):
    catalog = load_catalog(write(tmp_path))
    assert catalog.facility.cooling == {}
    assert catalog.facility.plant is None
    assert doubts(catalog) == []


def test_every_check_is_bitten():
    bitten = {says.partition(":")[0] for _, _, says in SLIPS_IN_FACTS + SLIPS_IN_JUDGEMENT if says}
    assert bitten == {check.__name__ for check in CHECKS}
