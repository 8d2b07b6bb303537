"""Tables of sources, bills, carbon and water say what the plan says, as text and as CSV."""

from __future__ import annotations

import pytest

from planner.plan.schema import Plan
from planner.report.plan_power import power_tables
from planner.report.plan_tables import plan_rows, plan_sections
from planner.report.tables import Table
from planner.solver.engine import Engine
from tests.builders import carbon, deployment, site, solved, source, tariff, tiny, water
from tests.scenario.sample import load


def plan_tables(plan: Plan) -> list[Table]:
    """Tables of all sections."""
    return [
        part for section in plan_sections(plan) for part in section.parts if isinstance(part, Table)
    ]


@pytest.fixture(scope="module")
def plan() -> Plan:
    """3 machines of 1 MW for two years: 1 MW of the grid, 2 MW rented of which half is firm at
    first; 500 against 1000 kg/MWh."""
    case = tiny(
        periods=2,
        sites=[site(power=[2, 2], energy=1)],
        sources=[
            source(
                "rent",
                kind="rented",
                unit=2,
                most=2,
                firm=0.5,
                term=2,
                fixed=0.5,
                energy=0.25,
                carbon=500,
            ),
            source("left", kind="rented", term=3, fixed=9),
        ],
        demands=[deployment([2, 4])],
        meter={"tariffs": [tariff(0.25)], "carbon": [carbon([1000, 1000])], "water": [water(1.0)]},
    )
    with Engine() as engine:
        return solved(case, engine).plan


def test_every_table_is_there(plan: Plan) -> None:
    titles = [table.title.partition(" (")[0] for table in power_tables(plan)]
    assert titles == [
        "Power sources added",
        "Power sources that stand",
        "Energy by source, at the meter",
        "What own sources carry",
        "Billed demand",
        "Carbon, operational, location-based",
        "Water that cooling takes on site",
    ]
    assert set(titles) <= {table.title.partition(" (")[0] for table in plan_tables(plan)}


def test_energy_of_all_sources_is_what_the_site_takes(plan: Plan) -> None:
    (table,) = [table for table in power_tables(plan) if table.title.startswith("Energy by source")]
    total = sum(float(value) for row in table.rows for value in row[2:] if isinstance(value, float))
    assert total == pytest.approx(sum(row.energy_mwh for row in plan.energy) / 1e3)


def test_carbon_is_of_grid_and_sources(plan: Plan) -> None:
    by_hand = sum(
        row.energy_mwh - sum(s.energy_mwh for s in plan.sources if s.period == row.period)
        for row in plan.energy
    )
    assert sum(row.grid_t for row in plan.carbon) == pytest.approx(by_hand)
    assert sum(row.sources_t for row in plan.carbon) == pytest.approx(
        sum(s.energy_mwh for s in plan.sources) / 2
    )


def test_the_long_table_has_every_measure(plan: Plan) -> None:
    rows = list(plan_rows(plan))
    measured = {(row[0], row[4]) for row in rows[1:]}
    assert {
        ("source_starts", "units"),
        ("sources", "nameplate"),
        ("sources", "firm"),
        ("sources", "energy"),
        ("sources", "carbon"),
        ("sources", "carries"),
        ("source_covers", "carries in step 1"),
    } <= measured
    assert {
        ("meter", "energy"),
        ("meter", "highest"),
        ("meter", "billed"),
        ("carbon", "carbon"),
        ("water", "water"),
    } <= measured


def test_a_plan_without_sources_has_none_of_them() -> None:
    with Engine() as engine:
        plain = solved(tiny(sites=[site(power=2)], demands=[deployment(1)]), engine).plan
    assert list(power_tables(plain)) == []


def test_footnotes_name_only_what_was_bought(plan: Plan) -> None:
    (table,) = [table for table in power_tables(plan) if table.title == "Power sources added"]
    assert [row[2] for row in table.rows] == ["rent"]
    assert list(table.notes) == ["x:rent runs 2 periods from each start"]
    assert "x:left" not in str([table.notes for table in plan_tables(plan)])


def test_assumptions_of_what_was_not_bought_are_not_told() -> None:
    text = (
        "name: two engines\nhorizon: {from: 2026-Q1, to: 2026-Q2}\n"
        "sites:\n  - {id: s, energy_price: 50 USD/MWh, power: {2026-Q1: 1 MW}, sources: [\n"
        "      {source: gas-engine, at_most: 9 MW, lead_time: 0 days},\n"
        "      {source: gas-engine, id: dear, at_most: 9 MW, lead_time: 0 days, capex: 9000 "
        "USD/kW}]}\n"
        "systems: [{system: hgx-h100, lead_time: 0 days, fit_out: 0 days}]\n"
        "demands: [{id: d, kind: deployment, system: hgx-h100, need: {2026-Q1: 100 systems}}]\n"
    )
    with Engine() as engine:
        found = solved(load(text).case, engine).plan
    assert {row.source for row in found.source_starts} == {"gas-engine"}
    (table,) = [table for table in plan_tables(found) if "Assumptions used" in table.title]
    told = {str(row[0]).partition(" ")[0] for row in table.rows}
    assert "s:gas-engine" in told
    assert "s:dear" not in told


def test_hours_and_energy_of_each_source(plan: Plan) -> None:
    """In 2026 four machines draw 2 MW more than the connection through all of the year."""
    (table,) = [table for table in power_tables(plan) if table.title == "What own sources carry"]
    hours = {row[2]: row[3] for row in table.rows}
    assert hours["2026"] == pytest.approx(8760)
    for row in table.rows:
        energy = sum(s.energy_mwh for s in plan.sources if s.period == row[2])
        nameplate = {s.nameplate_mw for s in plan.sources if s.period == row[2]}
        assert row[6] == pytest.approx(energy / 1e3)
        assert row[5] == pytest.approx(energy / nameplate.pop())
