"""Figures far from what is usual are noted with range and source, those within it are not; and what
is said is what is taken."""

from __future__ import annotations

import pytest

from planner.catalog.load import load_catalog
from planner.errors import InputError
from planner.scenario.load import Loaded, load_scenario_text
from planner.scenario.usual import USUAL

SCENARIO = """name: Usual
horizon: {from: 2027, to: 2029, step: year}
sites:
  - id: a
    power: {2027: 100 MW}
    energy_price: ENERGY
    pue: {annual: ANNUAL, peak: PEAK}
    rent: RENT
    construction: {cost: COST}
    carbon: {intensity: {2027: CARBON}}
    water: {wue: {air: WATER, liquid: 0.2 L/kWh}}
    sources:
      - {source: gas-engine, at_most: 50 MW, unit: UNIT, lead_time: WAIT, capex: CAPEX, fixed: FIXED, variable: VARIABLE,
         heat_rate: HEAT, fuel_price: FUEL, availability: RUNS, firm: 0 %}
      - {source: battery, at_most: 50 MW, round_trip: BACK}
      - {source: mobile-turbine, at_most: 62 MW, term: TERM}
  - id: b
    power: {2027: 100 MW}
    energy_price: 60 USD/MWh
    halls:
      - {id: h, critical_it: 20 MW, cooling: air, cost_per_mw: PERMW, lead_time: BUILD}
      - {id: i, critical_it: 20 MW, cooling: air, cost: HALL}
systems: [{system: hgx-h100, price: PRICE, lead_time: LEAD, fit_out: FIT, mfu: {bf16: MFU}, sites: [a]}]
fleet: [{site: a, system: hgx-h100, units: 10 systems, age: 1 years, price: PAID}]
assume: {peak_load: PEAKLOAD, average_load: AVERAGELOAD, it_overhead: OVERHEAD, utility_loss: LOSS, fabric_cost: FABRIC,
         construction: ASSUMED, construction_decline: DECLINE, operations: OPERATIONS, resale_decline: RESALE,
         goodput: GOODPUT, lead_time: ALEAD, fit_out: AFIT}
objective: [{minimize: cost}]
"""  # noqa: E501  (lines of a file)

FIGURES: dict[str, tuple[str, str, tuple[str, ...], str]] = {
    "ENERGY": ("sites.0.energy_price", "60 USD/MWh", ("60 USD/kWh", "0.06 USD/MWh"), "USD/MWh"),
    "ANNUAL": ("sites.0.pue.annual", "1.2", ("1.019", "2.51"), "1.03 to 1.75"),
    "PEAK": ("sites.0.pue.peak", "1.3", ("2.8",), "1.06 to 1.85"),
    "RENT": (
        "sites.0.rent",
        "150 USD/kW/month",
        ("150 USD/MW/month", "1500 USD/kW/month"),
        "USD/MW/year",
    ),
    "COST": (
        "sites.0.construction.cost",
        "11.7 MUSD/MW",
        ("11.7 USD/MW", "117 MUSD/MW"),
        "8 MUSD/MW to 20 MUSD/MW",
    ),
    "CARBON": ("sites.0.carbon.intensity.2027", "300 gCO2e/kWh", ("3 kgCO2e/kWh",), "gCO2e/kWh"),
    "WATER": ("sites.0.water.wue.air", "0.3 L/kWh", ("30 L/kWh",), "L/kWh"),
    "UNIT": ("sites.0.sources.0.unit", "4.5 MW", ("4.5 kW",), "W"),
    "WAIT": ("sites.0.sources.0.lead_time", "15 months", ("1 days", "60 years"), "days"),
    "CAPEX": ("sites.0.sources.0.capex", "2000 USD/kW", ("2 USD/kW", "200 kUSD/kW"), "MUSD/MW"),
    "FIXED": ("sites.0.sources.0.fixed", "20 USD/kW/year", ("20 USD/W/year",), "USD/MW/year"),
    "VARIABLE": ("sites.0.sources.0.variable", "10 USD/MWh", ("10 USD/kWh",), "USD/MWh"),
    "HEAT": (
        "sites.0.sources.0.heat_rate",
        "8.4 MMBtu/MWh",
        ("3.5 MMBtu/MWh", "84 MMBtu/MWh"),
        "6.316 MMBtu/MWh to 14.46 MMBtu/MWh",
    ),
    "FUEL": (
        "sites.0.sources.0.fuel_price",
        "4 USD/MMBtu",
        ("0.04 USD/MMBtu", "40 USD/MMBtu"),
        "2.2 USD/MMBtu to 4.6 USD/MMBtu",
    ),
    "RUNS": ("sites.0.sources.0.availability", "90 %", ("9 %",), "%"),
    "BACK": ("sites.0.sources.1.round_trip", "85 %", ("50 %", "100 %"), "80 % to 90 %"),
    "TERM": ("sites.0.sources.2.term", "5 years", ("5 days",), "days"),
    "PERMW": ("sites.1.halls.0.cost_per_mw", "12 MUSD/MW", ("12 kUSD/MW",), "MUSD/MW"),
    "BUILD": ("sites.1.halls.0.lead_time", "12 months", ("12 hours",), "days"),
    "HALL": ("sites.1.halls.1.cost", "240 MUSD", ("240 kUSD", "24 GUSD"), "160 MUSD to 400 MUSD"),
    "PRICE": ("systems.0.price", "230 kUSD", ("27 USD", "230 MUSD"), "190 kUSD to 297 kUSD"),
    "LEAD": ("systems.0.lead_time", "26 weeks", ("26 hours", "26 years"), "56 days to 364 days"),
    "FIT": ("systems.0.fit_out", "30 days", ("1 days", "30 months"), "19 days to 60 days"),
    "MFU": ("systems.0.mfu.bf16", "40 %", ("4 %", "90 %"), "15 % to 66 %"),
    "PAID": ("fleet.0.price", "230 kUSD", ("230 USD",), "190 kUSD to 297 kUSD"),
    "PEAKLOAD": ("assume.peak_load", "80 %", ("30 %",), "76 % to 95 %"),
    "AVERAGELOAD": ("assume.average_load", "70 %", ("20 %",), "64 % to 80 %"),
    "OVERHEAD": ("assume.it_overhead", "10 %", ("80 %",), "0 % to 35 %"),
    "LOSS": ("assume.utility_loss", "1 %", ("20 %",), "0 % to 2 %"),
    "FABRIC": ("assume.fabric_cost", "30 %", ("3", "1 %"), "15 % to 40 %"),
    "ASSUMED": ("assume.construction", "12 MUSD/MW", ("12 USD/MW",), "MUSD/MW"),
    "DECLINE": (
        "assume.construction_decline",
        "7 %/year",
        ("0.1 %/year", "90 %/year"),
        "3.3 % to 10 %",
    ),
    "OPERATIONS": (
        "assume.operations",
        "0.3 MUSD/MW/year",
        ("0.3 USD/MW/year", "0.3 GUSD/MW/year"),
        "150 kUSD/MW/year to 600 kUSD/MW/year",
    ),
    "RESALE": ("assume.resale_decline", "30 %/year", ("1 %/year",), "20 % to 45 %"),
    "GOODPUT": ("assume.goodput", "92 %", ("9 %",), "85 % to 97 %"),
    "ALEAD": ("assume.lead_time", "26 weeks", ("26 hours",), "days"),
    "AFIT": ("assume.fit_out", "30 days", ("30 hours",), "days"),
}
"""Word of the scenario → path, a usual figure, figures that are far from it, and what the note says
of the range."""
FAR = [(word, far) for word, (_, _, away, _) in FIGURES.items() for far in away]


def loaded(**said: str) -> Loaded:
    text = SCENARIO
    for word in sorted(FIGURES, key=len, reverse=True):
        text = text.replace(word, said.get(word, FIGURES[word][1]))
    return load_scenario_text(text, load_catalog(), (), "s.yaml")


def doubts(notes: list[str]) -> list[str]:
    return [note for note in notes if " is far " in note]


def test_what_is_usual_is_not_noted():
    assert doubts(loaded().case.notes) == []


@pytest.mark.parametrize(("word", "far"), FAR, ids=lambda value: str(value))
def test_what_is_far_from_usual_is_noted_once_with_range_and_source(word, far):
    path, _, _, span = FIGURES[word]
    more = (
        {"2.51": {"PEAK": "2.6"}, "30 %": {"AVERAGELOAD": "30 %"}}.get(far, {})
        if word in ("ANNUAL", "PEAKLOAD")
        else {}
    )
    found = [
        note for note in doubts(loaded(**{word: far, **more}).case.notes) if note.startswith(path)
    ]
    (note,) = found
    assert span in note
    assert "the catalog has of" in note
    assert any(source.title in note for source in load_catalog().sources.values())
    assert note.endswith("(is the unit right?)")


def test_every_figure_with_a_usual_range_is_tested():
    assert len(USUAL) == len(FIGURES) + 1  # water by liquid is of the same kind as water by air
    assert all(away for _, _, away, _ in FIGURES.values())


@pytest.mark.parametrize("rate", ["3.411 MMBtu/MWh", "1 MMBtu/MWh"])
def test_more_than_all_of_the_fuel_is_refused(rate):
    with pytest.raises(InputError) as caught:
        loaded(HEAT=rate)
    (problem,) = caught.value.problems
    assert (problem.code, problem.path) == ("R001", "sites.0.sources.0.heat_rate")
    assert "at least 3.412 MMBtu/MWh" in problem.message


def test_a_zero_is_meant():
    assert (
        doubts(
            loaded(
                ENERGY="0 USD/MWh",
                PRICE="0 USD",
                LEAD="0 days",
                COST="0 USD/MW",
                FUEL="0 USD/MMBtu",
                RESALE="0 %/year",
            ).case.notes
        )
        == []
    )


def test_what_is_doubted_is_taken_all_the_same():
    case = loaded(ENERGY="60 USD/kWh", PRICE="27 USD").case
    assert case.sites[0].energy_price_usd_per_mwh == 60_000
    assert case.systems[0].price_usd == 27


def test_what_a_fleet_cost_is_kept_and_its_worth_limited_with_a_note():
    case = loaded(PAID="270 kUSD", PRICE="230 kUSD").case
    figure = next(f for f in case.figures if (f.of, f.figure) == ("fleet.0", "price"))
    assert (figure.value, figure.kind) == (270_000, "scenario")
    assert case.fleet[0].worth_usd == 230_000
    (note,) = [note for note in case.notes if note.startswith("fleet of hgx-h100 at a")]
    assert "bought at 270000 USD" in note
    assert "a share of 230000 USD" in note
    lower = loaded(PAID="210 kUSD", PRICE="230 kUSD").case
    assert lower.fleet[0].worth_usd == 210_000
    assert not [note for note in lower.notes if note.startswith("fleet of hgx-h100 at a: bought")]
