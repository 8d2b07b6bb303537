"""Every list of objectives that the schema allows ends in an audited plan, or in a refusal that
says why."""

from __future__ import annotations

import pytest

from planner.errors import InfeasibleError, UnboundedError
from planner.pipeline import Options, answer
from planner.solver.engine import Engine
from tests.drawn_files import read
from tests.drawn_objectives import drawn_objectives
from tests.properties import Draw, assume, examples
from tests.scenario.sample import load

PEAK_CASH = """\
name: peak cash
horizon: {from: 2027-Q1, to: 2027-Q2, step: quarter}
sites: [{id: a, power: {2027-Q1: 60 MW}, energy_price: 48 USD/MWh}]
systems: [{system: hgx-h200, lead_time: 0 days, fit_out: 0 days}]
demands: [{id: n, kind: deployment, system: hgx-h200, need: {2027-Q2: 80 accelerators}}]
objective: [{minimize: peak_cash}]
"""

NOTHING_LEFT = """\
name: accelerators under no power
horizon: {from: 2027-Q1, to: 2027-Q3, step: quarter}
sites: [{id: a, power: {2027-Q1: 1 MW}, energy_price: 60 USD/MWh}]
systems: [{system: hgx-h100, lead_time: 0 days, fit_out: 0 days}, {system: mi355x-server, lead_time: 0 days, fit_out: 0 days}]
objective: [{minimize: AIM, tolerance: 0.5 %}, {maximize: accelerators, at: 2027-Q2}, {minimize: energy}]
solve: {gap: 1 %}
"""  # noqa: E501  (lines of a file)


@examples(5, slow=300)
def test_objectives_end_in_a_plan_or_a_refusal(draw: Draw, engine: Engine) -> None:
    """An audit error, a solver that contradicts itself or a traceback fails; where a file is
    refused, another is drawn instead."""
    loaded = read(drawn_objectives(draw))
    try:
        plan = answer(loaded, engine, Options(remedies_s=0.0)).plan
    except (InfeasibleError, UnboundedError) as refusal:
        assert str(refusal)
        plan = None
    assume(plan is not None)
    assert plan is not None
    asked = [str(entry.goal) for entry in loaded.case.goals]
    assert [row.name for row in plan.goals] == asked[: len(plan.goals)]
    assert plan.solve.status != "optimal" or len(plan.goals) == len(asked)


def test_halls_built_early_for_the_highest_cash_stay_early(engine: Engine) -> None:
    """Proves: 5.5 MUSD are spent evenly over two quarters, and construction begins in the first,
    before what it is for is delivered."""
    plan = answer(load(PEAK_CASH), engine).plan
    spent = {
        label: sum(row.usd for row in plan.cash if row.kind == "cash" and row.period == label) / 1e6
        for label in ("2027-Q1", "2027-Q2")
    }
    assert spent["2027-Q1"] == pytest.approx(spent["2027-Q2"], rel=2e-3)
    assert plan.goals[0].value == pytest.approx(max(spent.values()))
    runs = {row.period: row.nameplate_mw for row in plan.power if row.basis == "it"}
    built = {row.period: row.it_mw for row in plan.built}
    assert built["2027-Q1"] > 1.5 * runs["2027-Q1"]
    assert built["2027-Q2"] == pytest.approx(runs["2027-Q2"])


@pytest.mark.parametrize("criterion", ["power", "carbon", "capex", "peak_cash"])
def test_a_crumb_of_a_machine_is_no_machine(engine: Engine, criterion: str) -> None:
    """Proves: where an objective is held at 0, what a solver's tolerance leaves of the next one is
    nothing, and no gap of 100 %."""
    text = NOTHING_LEFT.replace("AIM", criterion).replace(
        "60 USD/MWh}]", "60 USD/MWh, carbon: {grid: pjm}}]"
    )
    plan = answer(load(text), engine).plan
    assert plan.solve.status == "optimal"
    assert [(row.value, row.gap) for row in plan.goals] == [(0.0, 0.0)] * 3
