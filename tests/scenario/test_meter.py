"""Tariff, carbon, water, ramp and layers of a scenario: plain numbers where it is right, its place
where it is wrong."""

from __future__ import annotations

import pytest

from tests.scenario.sample import load, problems_of

TEXT = """\
name: Meter
horizon: {from: 2026-01, to: 2026-12, step: month}
sites:
  - id: north
    power: {2026-01: 20 MW}
    energy_price: 55 USD/MWh
    sources: [{source: battery, at_most: 40 MW, lead_time: 0 days}]
    tariff: {demand_charge: 15 USD/kW/month, minimum_take: 85 %, ratchet: 60 %, ratchet_window: 3 months}
    carbon: {intensity: {2025: 400 gCO2e/kWh, 2026-07: 300 gCO2e/kWh}, total: 90 ktCO2e, by_period: {2026-02: 9 ktCO2e}}
    water: {climate: temperate, wue: {liquid: 0.2 L/kWh}, by_period: {2026-08: 9000 m3}}
    ramp: {limit: 6 MW/min, step: 50 %}
    layers: [{layer: ups, capacity: {2026-01: 24 MW}, redundancy: 4n-3}]
systems: [hgx-h100]
budget: {capex: 5 GUSD}
carbon: {price: 50 USD/tCO2e, total: 1 MtCO2e}
objective: [{minimize: carbon}]
"""  # noqa: E501  (lines of a file)


def spoilt(old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


def test_figures_of_catalog_and_scenario_meet() -> None:
    case = load(TEXT).case
    (tariff,), (carbon,), (water,), (ramp,), (layer,) = (
        case.tariffs,
        case.carbon,
        case.water,
        case.ramps,
        case.layers,
    )
    assert (tariff.usd_per_mw_year, tariff.contract_w, tariff.ratchet_periods) == (
        pytest.approx(180e3),
        None,
        3,
    )
    assert carbon.kg_per_mwh == [400.0] * 6 + [300.0] * 6
    assert (carbon.total_t, carbon.by_period_t) == (pytest.approx(90e3), {1: pytest.approx(9e3)})
    assert (case.carbon_rules.price_usd_per_t, case.carbon_rules.total_t) == (
        50.0,
        pytest.approx(1e6),
    )
    assert (water.air_l_per_kwh, water.liquid_l_per_kwh, water.by_period_m3) == (
        pytest.approx(0.3),
        0.2,
        {7: 9000.0},
    )
    assert (ramp.limit_w_per_s, ramp.most_w) == (pytest.approx(1e5), pytest.approx(10e6))
    assert (layer.capacity_w[0], layer.needed, layer.spare, layer.copies) == (24e6, 3, 1, 1)
    used = {(figure.of, figure.figure): figure.grade for figure in case.figures}
    assert used["north", "wue.air"] == "D"
    assert used["north", "wue.liquid"] == "B"


WRONG = [
    (
        "intensity: {2025: 400 gCO2e/kWh, 2026-07",
        "intensity: {2026-03: 400 gCO2e/kWh, 2026-07",
        "S002",
        "before 2026-03 is not given",
        "2026-01",
        9,
    ),
    (
        "intensity: {2025: 400 gCO2e/kWh, 2026-07: 300 gCO2e/kWh}",
        "grid: pjn",
        "I001",
        "no grid `pjn`",
        "`pjm`",
        9,
    ),
    (
        "carbon: {intensity: {2025",
        "carbon: {grid: pjm, intensity: {2025",
        "K003",
        "either a `grid`",
        "",
        9,
    ),
    (
        "by_period: {2026-02: 9 kt",
        "by_period: {2026: 9 kt",
        "D002",
        "2026 is not a month of the horizon",
        "2026-01",
        9,
    ),
    (
        "by_period: {2026-02: 9 kt",
        "by_period: {2031-02: 9 kt",
        "D002",
        "lies outside the horizon",
        "",
        9,
    ),
    ("90 ktCO2e", "90 kt", "U002", "`kt` is", "", 9),
    (
        "climate: temperate, ",
        "",
        "S002",
        "nothing says what water cooling by air takes",
        "give a `climate`",
        10,
    ),
    ("climate: temperate", "climate: polar", "T002", "polar", "", 10),
    ("limit: 6 MW/min", "limit: 6 MW", "U002", "change of power per time", "", 11),
    ("step: 50 %", "step: 0 %", "T001", "greater than 0", "", 11),
    (
        "sources: [{source: battery, at_most: 40 MW, lead_time: 0 days}]",
        "rent: 0 USD/kW/month",
        "S003",
        "no storage",
        "battery",
        11,
    ),
    ("redundancy: 4n-3", "redundancy: 4n3", "I001", "no redundancy `4n3`", "`4n-3`", 12),
    ("layer: ups", "layer: upss", "T002", "upss", "ups", 12),
    (
        "layers: [{layer",
        "layers: [{layer: ups, capacity: {2026-01: 9 MW}, redundancy: n}, {layer",
        "I002",
        "layer `ups` stands twice",
        "",
        12,
    ),
    (
        "demand_charge: 15 USD/kW/month",
        "demand_charge: 15 USD",
        "U002",
        "money per power and time",
        "",
        8,
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "code", "words", "remedy", "line"),
    WRONG,
    ids=[f"{w[3]}-{i}" for i, w in enumerate(WRONG)],
)
def test_what_is_wrong_is_said_at_its_place(
    old: str, new: str, code: str, words: str, remedy: str, line: int
) -> None:
    problems = problems_of(spoilt(old, new))
    found = [p for p in problems if p.code == code and words in p.message]
    assert found, [p.concise() for p in problems]
    assert remedy in found[0].help
    assert found[0].mark is not None
    assert found[0].mark.line == line


def test_carbon_that_matters_must_be_known() -> None:
    start = TEXT.index("    carbon: {int")
    text = TEXT[:start] + TEXT[TEXT.index("    water:") :]
    (problem,) = problems_of(text)
    assert "nothing says what the grid of `north` emits" in problem.message
    assert "grid: …" in problem.help


def test_a_minimum_take_needs_a_contract() -> None:
    (first, *_) = problems_of(spoilt("    power: {2026-01: 20 MW}\n", ""))
    assert (
        "minimum take is a share of a contract" in first.message
        or "ramp limit needs to know" in first.message
    )
