"""The report says of several objectives what each gave up, what became of small purchases, and
whether cost was looked at."""

from __future__ import annotations

from typing import Any

import pytest

from planner.assembly.audit import findings_of
from planner.pipeline import solve
from planner.plan.schema import Plan, Polish
from planner.report.plan_proof import objectives
from planner.report.plan_tables import plan_rows
from planner.report.tables import Table, show
from planner.solver.engine import Engine
from tests.plan.answers import sealed
from tests.scenario.sample import load

SCENARIO = """\
name: two objectives
horizon: {from: 2027-Q1, to: 2027-Q2}
sites: [{id: a, power: {2027-Q1: 5 MW}, energy_price: 60 USD/MWh}]
systems: [{system: hgx-h100, lead_time: 0 days, fit_out: 0 days}]
objective: [{maximize: compute, tolerance: 10 %}, {minimize: cost}]
"""
SMALL = "below a hundredth of the accelerators at a site"


@pytest.fixture(scope="module")
def plan(engine: Engine) -> Plan:
    return solve(load(SCENARIO), engine=engine)


def column(table: Table, head: str) -> list[Any]:
    place = [column.head for column in table.columns].index(head)
    return [row[place] for row in table.rows]


def saying(plan: Plan, **changes: Any) -> str:
    """The notes of a plan with another account of its last touch."""
    made = Polish(**{"cost": "an objective", "fragments": 0, "kept": 0, "fewest": False, **changes})
    return "\n".join(
        objectives(
            plan.model_copy(update={"solve": plan.solve.model_copy(update={"polish": made})})
        ).notes
    )


def test_each_objective_says_what_it_gave_up(plan: Plan) -> None:
    """Proves: compute may give up a tenth for cost and does, to within a machine; cost comes last,
    and gives up no more than the gap."""
    table = objectives(plan)
    compute, cost = plan.goals
    assert compute.reached is not None
    may, gave = column(table, "may give up"), column(table, "gave up")
    assert may[0] == pytest.approx(0.1 * compute.reached)
    assert gave[0] == pytest.approx(compute.reached - compute.value)
    assert 0.98 * may[0] < gave[0] <= may[0] * (1 + 1e-9)
    assert cost.reached is not None
    assert may[1] == pytest.approx(plan.solve.gap * cost.reached)
    assert gave[1] == pytest.approx(cost.value - cost.reached, abs=1e-8)
    assert gave[1] <= may[1]
    assert ("goals", compute.name, "", "", "reached", "PFLOP/s", repr(compute.reached)) in list(
        plan_rows(plan)
    )


def test_a_mean_is_called_one_and_a_period_is_named(engine: Engine, plan: Plan) -> None:
    assert column(objectives(plan), "objective") == [
        "maximize compute (bf16, mean over the horizon)",
        "minimize cost",
    ]
    later = solve(
        load(
            SCENARIO,
            [
                "objective=[{maximize: compute, at: 2027-Q2}, {minimize: power}, {maximize: "
                "accelerators}]"
            ],
        ),
        engine=engine,
    )
    assert column(objectives(later), "objective") == [
        "maximize compute (bf16) at 2027-Q2",
        "minimize power (mean over the horizon)",
        "maximize accelerators (mean over the horizon)",
    ]
    parts = load(
        SCENARIO,
        ["objective=[{weighted: [{maximize: compute, weight: 2}, {minimize: cost, weight: 1}]}]"],
    )
    assert (
        str(parts.case.goals[0].goal)
        == "minimize − 2 · compute (bf16, mean over the horizon) + 1 · cost"
    )


def test_one_objective_has_nothing_to_give_up_to(engine: Engine) -> None:
    only = solve(load(SCENARIO, ["objective=[{maximize: compute}]"]), engine=engine)
    table = objectives(only)
    assert "gave up" not in [column.head for column in table.columns]
    assert only.solve.polish is not None
    assert only.solve.polish.cost == "least among equals"
    assert "the cheapest that was found" in "\n".join(table.notes)


def test_what_is_said_of_the_last_touch(plan: Plan) -> None:
    assert "no objective asks for cost" not in saying(plan)
    assert "no time to look for a cheaper plan" in saying(plan, cost="not looked at")
    assert SMALL not in saying(plan)
    gave = column(objectives(plan), "gave up")[-1]
    assert (
        f"2 purchases {SMALL} left out, for {show(gave, 3)} MUSD of the last objective"
        in saying(plan, fragments=3, kept=1)
    )
    assert f"1 purchase {SMALL} kept: no plan within what may be given up has fewer" in saying(
        plan, fragments=3, kept=1, fewest=True
    )
    assert f"3 purchases {SMALL} kept: whether a plan as good has fewer" in saying(
        plan, fragments=3, kept=3
    )


def reached(plan: Plan, number: int, value: float) -> Plan:
    """The plan with another value that was reached."""
    rows = [
        row.model_copy(update={"reached": value}) if i == number else row
        for i, row in enumerate(plan.goals)
    ]
    return sealed(plan.model_copy(update={"goals": rows}))


def test_what_was_reached_is_audited(plan: Plan) -> None:
    """Proves: nothing better than the bound was reached, and no objective gave up more than it
    may."""
    compute, cost = plan.goals
    assert compute.reached is not None
    for number, value, words in (
        (0, compute.reached * 1.01, "is better than its bound"),
        (1, cost.value * 0.99, "is better than its bound"),
        (0, float("inf"), "reached is inf"),
    ):
        found = findings_of(reached(plan, number, value))
        assert [(problem.code, problem.path) for problem in found] == [
            ("A001", f"goals.{number}.reached")
        ]
        assert words in found[0].message
    goal = plan.case.goals[0]
    case = plan.case.model_copy(
        update={
            "goals": [
                goal.model_copy(update={"goal": goal.goal.model_copy(update={"tolerance": 0.05})}),
                plan.case.goals[1],
            ]
        }
    )
    found = findings_of(sealed(plan.model_copy(update={"case": case})))
    assert "may be given up" in next(
        problem.message for problem in found if problem.path == "goals.0.reached"
    )
