"""A site with 100 MW of connection and turbines that may emit nothing: they are not firm for what
they may not burn."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.pipeline import make_plan
from planner.plan.schema import Plan

SCENARIO = """\
name: turbines that may not run
horizon: {from: 2027-Q1, to: 2027-Q4, step: quarter}
sites:
  - id: s
    power: {2027-Q1: 100 MW}
    energy_price: 50 USD/MWh
    sources: [{source: mobile-turbine, at_most: 310 MW, lead_time: 0 days}]
    carbon: {intensity: {2027-Q1: 0 gCO2e/kWh}, total: 0 tCO2e}
systems: [{system: hgx-h200, lead_time: 0 days, fit_out: 0 days}]
objective: [{maximize: accelerators}, {minimize: cost}]
"""
EXACT = "solve.gap=0.001 %"


def planned(folder: Path, text: str = SCENARIO) -> Plan:
    (folder / "s.yaml").write_text(text)
    return make_plan(str(folder / "s.yaml"), overrides=[EXACT])


def highest(plan: Plan, load: str) -> float:
    return max(getattr(row, f"{load}_mw") for row in plan.power if row.basis == "utility")


@pytest.fixture(scope="module")
def without_turbines(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    own = next(line for line in SCENARIO.splitlines(keepends=True) if "sources" in line)
    return planned(tmp_path_factory.mktemp("without"), SCENARIO.replace(own, ""))


def test_no_machine_stands_above_what_the_connection_feeds(
    tmp_path: Path, without_turbines: Plan
) -> None:
    """Exactly what fits under 100 MW of nameplate without any turbine, and none is rented."""
    plan = planned(tmp_path)
    assert plan.totals.accelerators == without_turbines.totals.accelerators
    assert 99 < highest(plan, "nameplate") <= 100
    assert plan.source_starts == []


def test_what_may_be_emitted_is_burned(tmp_path: Path, without_turbines: Plan) -> None:
    """With 10 kt more machines stand, and what they draw above the connection is generated for at
    least a tenth of the hours."""
    plan = planned(tmp_path, SCENARIO.replace("total: 0 tCO2e", "total: 10 ktCO2e"))
    assert plan.totals.accelerators > without_turbines.totals.accelerators
    hours = {period.label: period.hours for period in plan.case.timeline.periods}
    nameplate = {row.period: row.nameplate_mw for row in plan.power if row.basis == "utility"}
    above = {label: max(0.0, mw - 100.0) for label, mw in nameplate.items()}
    energy = {row.period: row.energy_mwh for row in plan.sources}
    assert min(above.values()) > 1
    for label, mw in above.items():
        assert energy[label] >= 0.1 * hours[label] * mw * (1 - 1e-6)
    burned = sum(row.carbon_t for row in plan.sources)
    assert 9_900 < burned <= 10_000 * (1 + 1e-6)
    assert burned == pytest.approx(sum(row.sources_t for row in plan.carbon))


def test_the_scenarios_own_curve_decides_how_much(tmp_path: Path) -> None:
    """Twice as long at the highest load, the same carbon carries half as much above the connection,
    to a group of leaves."""
    text = SCENARIO.replace("total: 0 tCO2e", "total: 4 ktCO2e")
    above = {}
    for share in (10, 20):
        curve = (
            f"    load_duration: [{{share: {share} %, load: 100 %}}, "
            f"{{share: {100 - share} %, load: 70 %}}]\n"
        )
        plan = planned(tmp_path, text.replace("    carbon:", curve + "    carbon:"))
        above[share] = highest(plan, "nameplate") - 100
    assert above[20] == pytest.approx(above[10] / 2, abs=0.15)
