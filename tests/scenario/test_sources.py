"""Power sources of a scenario: what is wrong is found at its place, and what is right becomes plain
numbers."""

from __future__ import annotations

import pytest

from tests.scenario.sample import load, problems_of

TEXT = """\
name: Sources
horizon: {from: 2026-01, to: 2026-12, step: month}
sites:
  - id: north
    power: {2026-01: 20 MW}
    energy_price: 55 USD/MWh
    sources:
      - {source: mobile-turbine, at_most: 70 MW, lead_time: 2 months, term: 6 months, permit: {power: 50 MW, lasts: 7 months}}
      - {source: new-substation, from: 2026-06, at_most: 150 MW}
      - {source: battery, at_most: 10 MW}
systems: [hgx-h100]
budget: {capex: 5 GUSD}
"""  # noqa: E501  (lines of a file)


def spoilt(old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


def test_figures_of_catalog_and_scenario_meet() -> None:
    case = load(TEXT).case
    turbine, substation, battery = case.sources
    assert (turbine.unit_w, turbine.most_units, turbine.firm_w, turbine.output_w) == pytest.approx(
        (31e6, 2, 0.8 * 31e6, 0.9 * 31e6)
    )
    assert (turbine.earliest, turbine.term_periods, turbine.permit_w, turbine.permit_periods) == (
        2,
        6,
        50e6,
        7,
    )
    assert turbine.energy_usd_per_mwh == pytest.approx(10 + 10.28 * 3.5)
    assert turbine.carbon_kg_per_mwh == pytest.approx(10.28 * 53.08)
    assert turbine.fixed_usd_per_year == pytest.approx(42 * 1000 * 12 * 31)
    assert (substation.kind, substation.earliest, substation.firm_w, substation.output_w) == (
        "grid",
        5,
        150e6,
        0,
    )
    assert (battery.firm_w, battery.output_w, battery.storage_h) == pytest.approx((0, 0, 4))
    used = {(figure.of, figure.figure): figure for figure in case.figures}
    assert used["north:mobile-turbine", "fixed"].grade == "D"
    assert used["north:mobile-turbine", "term"].kind == "scenario"
    assert any(
        "holds the lead time" in note or "to hold the lead time" in note for note in case.notes
    )


def test_an_island_has_no_power_at_a_meter() -> None:
    case = load(spoilt("    power: {2026-01: 20 MW}\n", "    island: true\n")).case
    assert case.sites[0].power_w == [0.0] * 12
    (problem,) = problems_of(
        spoilt("    power: {2026-01: 20 MW}\n", "    power: {2026-01: 20 MW}\n    island: true\n")
    )
    assert "an island has no `power`" in problem.message


WRONG = [
    ("source: battery", "source: batery", "I001", "no power source `batery`", "`battery`", 10),
    (
        "source: battery",
        "source: mobile-turbine",
        "I002",
        "stands twice in `sources`",
        "give this one an `id`",
        10,
    ),
    (
        "at_most: 10 MW",
        "at_most: 0.5 MW",
        "S003",
        "hold no unit of `battery`",
        "`1 MW` or more",
        10,
    ),
    (
        "at_most: 10 MW",
        "at_most: 10 MW, firm: 50 %",
        "K003",
        "`firm` means nothing for `battery`, which is storage",
        "leave it out",
        10,
    ),
    (
        "lasts: 7 months",
        "lasts: 5 months",
        "S003",
        "a term of 6 months is longer than the permit's 5",
        "shorten",
        8,
    ),
    ("lasts: 7 months", "lasts: 2 weeks", "S003", "shorter than a month", "shorter `step`", 8),
    (
        ", permit: {power: 50 MW, lasts: 7 months}",
        ", permit: {}",
        "K003",
        "a permit limits `power`",
        "",
        8,
    ),
    (
        "from: 2026-06, at_most",
        "from: 2026-06, until: 2026-03, at_most",
        "D002",
        "starts end (2026-03) before they begin",
        "exchange",
        9,
    ),
    (
        "from: 2026-06, at_most",
        "from: 2026-06, atmost",
        "K001",
        "unknown key `atmost`",
        "at_most",
        9,
    ),
    ("term: 6 months", "term: 6 MW", "U002", "this is time", "", 8),
]


@pytest.mark.parametrize(
    ("old", "new", "code", "words", "remedy", "line"), WRONG, ids=[w[3] for w in WRONG]
)
def test_what_is_wrong_is_said_at_its_place(
    old: str, new: str, code: str, words: str, remedy: str, line: int
) -> None:
    found = [p for p in problems_of(spoilt(old, new)) if p.code == code]
    assert found, problems_of(spoilt(old, new))
    problem = found[0]
    assert words in problem.message
    assert remedy in problem.help
    assert problem.mark is not None
    assert problem.mark.line == line


def test_a_contract_costs_by_energy_alone() -> None:
    text = spoilt(
        "{source: battery, at_most: 10 MW}",
        "{source: solar-contract, at_most: 100 MW, lead_time: 0 days}",
    )
    contract = load(text).case.sources[2]
    assert (contract.capex_usd, contract.fixed_usd_per_year, contract.firm_w) == (0, 0, 0)
    assert contract.output_w == pytest.approx(50e6 * 0.244)
    assert contract.carbon_kg_per_mwh == 0


def test_power_that_is_no_whole_number_of_units_is_noted():
    """Proves: what a file gives is not cut down in silence; a whole number of units has no note."""

    def told(at_most: str) -> list[str]:
        text = spoilt(
            "{source: battery, at_most: 10 MW}",
            f"{{source: gas-engine, unit: 18 MW, at_most: {at_most}}}",
        )
        return [note for note in load(text).case.notes if "gas-engine: its `at_most`" in note]

    assert told("50 MW") == [
        "north:gas-engine: its `at_most` of 50 MW holds 2 whole units of 18 MW, 36 MW together"
    ]
    assert told("36 MW") == []
