"""Objectives: each by hand, in order, held, and what decides where the scenario does not say."""

from __future__ import annotations

from typing import Any

import pytest

import planner.solver.run
from planner.errors import UnboundedError
from planner.solver.engine import Engine
from tests.builders import (
    EXACT,
    MEGA,
    deployment,
    fleet,
    goal,
    model_of,
    site,
    solved,
    supply,
    system,
    tiny,
)


def test_compute_is_the_mean_over_the_hours_of_the_horizon(engine: Engine) -> None:
    """Proves: nothing in the first quarter of 2025 (2160 h), 4 PFLOP/s in the second (2184 h): 4 ×
    2184 / 4344.

    The mean over periods, whatever their length, would be 2.
    """
    case = tiny(
        sites=[site(power=[0, 4])],
        goals=["maximize compute"],
        first="2025-Q1",
        last="2025-Q2",
        step="quarter",
    )
    assert solved(case, engine).value == pytest.approx(4 * 2184 / 4344)


def test_compute_at_a_date(engine: Engine) -> None:
    """Proves: judged in 2026 alone it is 4, by delivered compute: 8 peak × 50 % × … at goodput
    1."""
    case = tiny(
        periods=2,
        systems=[system(pflops=2, mfu=0.5)],
        sites=[site(power=[0, 4])],
        goals=[goal("maximize compute", at=1)],
    )
    assert solved(case, engine).value == pytest.approx(4)


def test_accelerators(engine: Engine) -> None:
    """Proves: 5 MW hold two systems of 2 MW with 3 accelerators each: 6."""
    assert (
        solved(
            tiny(
                systems=[system(mw=2, accelerators=3)],
                sites=[site(power=5)],
                goals=["maximize accelerators"],
            ),
            engine,
        ).value
        == 6
    )


def test_power(engine: Engine) -> None:
    """Proves: 4 accelerators at 1 MW or, dearer, at 0.5 MW: the least power is 2 MW × PUE 1.5 = 3
    MW in the mean."""
    systems = [system("a"), system("b", mw=0.5, price=9)]
    case = tiny(
        systems=systems, sites=[site(pue=1.5)], demands=[deployment(4)], goals=["minimize power"]
    )
    assert solved(case, engine).value == pytest.approx(3)


def test_energy(engine: Engine) -> None:
    """Proves: one machine that draws 0.5 MW on average takes 0.5 × 8760 h = 4.38 GWh a year."""
    case = tiny(
        systems=[system(average_mw=0.5)], demands=[deployment(1)], goals=["minimize energy"]
    )
    assert solved(case, engine).value == pytest.approx(4.38)


ORDERS: list[tuple[list[str], tuple[float, float]]] = [
    # as much as 4 MW hold, of the cheapest kind that computes 2 PFLOP/s per MW: 4 b at 3 MUSD
    (["maximize compute", "minimize cost"], (8.0, 12.0)),
    # the cheapest plan for the demand of one accelerator is one a; no compute beyond it is free
    (["minimize cost", "maximize compute"], (1.0, 1.0)),
]


@pytest.mark.parametrize(("order", "values"), ORDERS)
def test_objectives_count_in_their_order(
    order: list[str], values: tuple[float, float], engine: Engine
) -> None:
    """Proves: the first decides and the second only chooses among what is left. In the other order
    the plan is another."""
    systems = [system("a"), system("b", pflops=2, price=3), system("c", pflops=2, price=5)]
    answer = solved(
        tiny(systems=systems, sites=[site(power=4)], demands=[deployment(1)], goals=list(order)),
        engine,
    )
    assert [g.value for g in answer.outcome.objectives] == [
        pytest.approx(v, rel=1e-3) for v in values
    ]
    assert [g.name.split()[1] for g in answer.plan.goals] == [words.split()[1] for words in order]


HELD: list[tuple[list[Any], float, float]] = [
    # 4 machines held while cost falls: 4 MUSD. Without: buy nothing, 0
    ([goal("maximize accelerators", tolerance=0), "minimize cost"], 4.0, 0.0),
    # a quarter of 4 may be given up: 3 MUSD
    ([goal("maximize accelerators", tolerance=0.25), "minimize cost"], 3.0, 0.0),
    # a demand of 2 for 2 MUSD held: no more than 2 machines. Without: 4
    ([goal("minimize cost", tolerance=0), "maximize accelerators"], 2.0, 4.0),
    # half as much again may be spent: 3 machines
    ([goal("minimize cost", tolerance=0.5), "maximize accelerators"], 3.0, 4.0),
]


@pytest.mark.parametrize(("goals", "value", "without"), HELD)
def test_held(
    goals: list[Any], value: float, without: float, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves: objective.held keeps the first objective within its tolerance, from below where it is
    maximized and from above where minimized.

    Without the row: the second objective has the plan to itself.
    """
    demands = [deployment(2)] if str(goals[0].goal) == "minimize cost" else []
    case = tiny(sites=[site(power=4)], demands=demands, goals=goals)
    assert solved(case, engine).value == pytest.approx(value)
    monkeypatch.setattr(planner.solver.run, "hold", lambda *_: None)
    assert solved(case, engine).value == pytest.approx(without)


def test_held_with_a_constant(engine: Engine) -> None:
    """Proves: the 3 MW of halls that stand (worth 30 MUSD in the objective's constant) do not shift
    what is held: cost 1, then 2 machines.

    With the constant on the wrong side 30 MUSD more, or nothing at all, could be spent.
    """
    case = tiny(
        sites=[site(power=9, construction=10, existing_it=3)],
        demands=[deployment(1)],
        goals=[goal("minimize cost", tolerance=1.0), "maximize accelerators"],
    )
    answer = solved(case, engine)
    assert [g.value for g in answer.outcome.objectives] == [pytest.approx(1), pytest.approx(2)]


def test_three_objectives(engine: Engine) -> None:
    """Proves: most accelerators (4 of either kind), then least power (all of the 0.5 MW kind), then
    cost (4 × 3)."""
    systems = [system("a"), system("b", mw=0.5, price=3)]
    case = tiny(
        systems=systems,
        supply=[supply("a", cumulative=4), supply("b", cumulative=4)],
        sites=[site(positions=4)],
        goals=["maximize accelerators", "minimize power", "minimize cost"],
    )
    assert [g.value for g in solved(case, engine).outcome.objectives] == [
        pytest.approx(4, rel=1e-3),
        pytest.approx(2, rel=1e-3),
        pytest.approx(12, rel=1e-3),
    ]


def test_the_gap_in_the_plan_is_that_of_the_plan(engine: Engine) -> None:
    """Proves: where the second objective gives up a quarter of the first, the plan says 3 of at
    most 4: a gap of 25 %, not of 0."""
    case = tiny(
        sites=[site(power=4)],
        goals=[goal("maximize accelerators", tolerance=0.25), "minimize cost"],
    )
    first = solved(case, engine).plan.goals[0]
    assert (first.value, first.bound, first.gap) == (
        pytest.approx(3),
        pytest.approx(4),
        pytest.approx(0.25),
    )


def test_cost_decides_where_the_objectives_do_not(engine: Engine) -> None:
    """Proves: two kinds of equal power at 1 and 9 MUSD: the least power is bought for 2 MUSD, not
    for 18, and no more than needed.

    Without the tie-break: whatever the solver happens to find.
    """
    case = tiny(
        systems=[system("dear", price=9), system("cheap")],
        sites=[site(power=9, construction=2)],
        demands=[deployment([0, 2])],
        periods=2,
        goals=[goal("minimize power", at=1)],
    )
    answer = solved(case, engine)
    assert answer.plan.totals.capex_usd / MEGA == pytest.approx(2 + 4)
    assert [g.name for g in answer.plan.goals] == ["minimize power at 2026"]
    assert answer.outcome.status == "optimal"


def test_cost_does_not_decide_against_an_objective(engine: Engine) -> None:
    """Proves: with compute alone asked for, all 100 000 machines are bought; the tie-break gives
    none of them back to save money."""
    case = tiny(
        systems=[system(mw=0.01)], sites=[site(power=1000)], goals=["maximize accelerators"]
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(100_000)
    assert answer.plan.totals.accelerators == 100_000


def test_no_tie_break_where_cost_is_an_objective() -> None:
    """Proves: the question is not asked twice."""
    assert model_of(tiny(goals=["maximize compute", "minimize cost"])).tie_break is None
    assert model_of(tiny(goals=["minimize capex"])).tie_break is not None


def test_a_second_objective_without_bound_is_an_error(engine: Engine) -> None:
    """Proves: no power in 2025 is fine, but nothing limits 2026. Without the check: a plan of
    nothing, called feasible."""
    case = tiny(periods=2, goals=[goal("minimize power", at=0), "maximize compute"])
    with pytest.raises(UnboundedError, match="nothing limits `maximize compute"):
        solved(case, engine)


def test_a_model_can_be_solved_twice(engine: Engine) -> None:
    """Proves: holding objectives leaves the model as it was."""
    case = tiny(
        sites=[site(power=4)], fleet=[fleet("a", 1)], goals=["maximize compute", "minimize cost"]
    )
    model = model_of(case)
    rows = list(model.frame.rows)
    first = planner.solver.run.run(model, EXACT, engine)
    second = planner.solver.run.run(model, EXACT, engine)
    assert [g.value for g in first.objectives] == [g.value for g in second.objectives]
    assert list(model.frame.rows) == rows
