"""Waiting for the utility, or renting turbines: what the scenario of Colossus says of both."""

from __future__ import annotations

import pytest

from planner.errors import InfeasibleError
from planner.pipeline import make_plan
from planner.plan.schema import Plan

SCENARIO = "scenarios/colossus-turbines.yaml"
EXACT = "solve.gap=0.001 %"
NO_TURBINES = [
    f"sites.memphis.sources.{name}.from=2026-01" for name in ("small-turbines", "large-turbines")
]
"""No turbine runs within the horizon: the utility alone."""


def need(month: str) -> str:
    return f"demands.phase-1.need={{{month}: 100000 accelerators}}"


def cost_musd(*overrides: str) -> float:
    return make_plan(SCENARIO, overrides=[EXACT, *overrides]).goals[0].value


@pytest.fixture(scope="module")
def plan() -> Plan:
    return make_plan(SCENARIO, overrides=[EXACT])


def test_with_turbines_the_machines_run_in_time(plan: Plan) -> None:
    """50 MW of the utility and some 106 MW firm of turbines carry the 152 MW that the plan draws,
    near the 149 to 155 MW reported of 2024.

    The substation lets the turbines go.
    """
    rented = {row.period: row.firm_mw for row in plan.sources if row.source == "large-turbines"}
    small = {row.period: row.firm_mw for row in plan.sources if row.source == "small-turbines"}
    assert 100 <= rented["2024-10"] + small.get("2024-10", 0.0) <= 112
    assert all(row.need == row.served for row in plan.demands)
    last = {row.source for row in plan.sources if row.period == "2025-12"}
    assert last == {"substation", "battery"}
    assert len(rented) <= 12, "the permit is for a year"


def test_turbines_carry_every_hour_above_the_connection(plan: Plan) -> None:
    """Even the lowest step of the load lies above 50 MW: 0.88 TWh are put out, 482 kt of carbon,
    and all that is firm carries the top."""
    energy = sum(
        row.energy_mwh for row in plan.sources if row.source in ("large-turbines", "small-turbines")
    )
    assert energy == pytest.approx(0.883e6, rel=0.02)
    assert sum(row.sources_t for row in plan.carbon) == pytest.approx(482e3, rel=0.02)
    hours = {period.label: period.hours for period in plan.case.timeline.periods}
    assert {
        row.carries_h / hours[row.period] for row in plan.sources if row.source == "large-turbines"
    } == {1.0}
    assert not any(row.takes_mw for row in plan.source_covers), "batteries are kept for the ramp"


@pytest.mark.slow
def test_the_utility_alone_is_too_late_until_2025_05() -> None:
    with pytest.raises(InfeasibleError) as error:
        make_plan(SCENARIO, overrides=NO_TURBINES)
    assert {limit.name for limit in error.value.refusal.conflict} >= {
        "demand phase-1",
        "power at memphis",
    }
    with pytest.raises(InfeasibleError):
        make_plan(SCENARIO, overrides=[*NO_TURBINES, need("2025-04")])
    waited = make_plan(SCENARIO, overrides=[*NO_TURBINES, need("2025-05")])
    assert {row.source for row in waited.source_starts} == {"substation", "battery"}


def test_the_premium_of_renting(plan: Plan) -> None:
    """Over a connection of 200 MW that had been there at no cost, turbines and substation cost
    about 59 MUSD of present worth, 2 %."""
    spared = cost_musd("sites.memphis.power={2024-05: 8 MW, 2024-08: 200 MW}")
    premium = plan.goals[0].value - spared
    assert premium == pytest.approx(59.0, abs=3.0)
    assert 0.01 < premium / spared < 0.03


def test_the_value_of_a_month(plan: Plan) -> None:
    """The same demand a month later costs about 134 MUSD less of present worth: mostly a month of
    what the machines lose of their worth."""
    month = plan.goals[0].value - cost_musd(need("2024-11"))
    assert month == pytest.approx(134.0, abs=4.0)
    waited = cost_musd(need("2025-05"))
    assert (plan.goals[0].value - waited) / 7 == pytest.approx(month, rel=0.1)


def test_batteries_turn_steps_into_ramps(plan: Plan) -> None:
    """Half of 152 MW comes at once: 77 MW of batteries, whose 4 hours hold far more than the ramp
    asks for. 150 MW were built."""
    stood = {row.nameplate_mw for row in plan.sources if row.source == "battery"}
    assert stood == {77.0}
    energy = [row for row in plan.limits if row.row.startswith("ramp.energy[memphis,2025-01")]
    assert len(energy) == 8
    assert min(row.headroom for row in energy) > 200
