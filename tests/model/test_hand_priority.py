"""Priorities: who is served first when there is not enough, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from planner.core.case import Case
from planner.errors import InfeasibleError
from planner.solver.engine import Engine
from tests.builders import Solved, compute, deployment, goal, site, solved, system, tiny


def scarce(demands: list[dict[str, Any]], goals: list[Any], **more: Any) -> Case:
    """5 MW hold 5 machines."""
    return tiny(**{"sites": [site(power=5)], **more}, demands=demands, goals=goals)


def short(answer: Solved) -> dict[str, float]:
    """Demand → share of its need that goes unserved in the last period."""
    return {row.demand: row.short / row.need for row in answer.plan.demands}


FIRST, SECOND = (goal("minimize shortfall", priority=p, tolerance=1e-6) for p in (1, 2))


def test_the_first_priority_is_served_first(engine: Engine) -> None:
    """Proves: of 5 machines 4 serve e, one is left of the 4 for c: 0 and 0.75. Without an order,
    3/8 of both would be missing."""
    demands = [compute(4, name="c", priority=2), compute(4, name="e", priority=1)]
    answer = solved(scarce(demands, [FIRST, SECOND, "minimize cost"]), engine)
    assert [g.value for g in answer.plan.goals] == pytest.approx([0, 0.75, 5], abs=1e-5)
    assert short(answer) == pytest.approx({"c": 0.75, "e": 0}, abs=1e-4)
    both = solved(scarce(demands, [goal("minimize shortfall"), "minimize cost"]), engine)
    assert both.plan.goals[0].value == pytest.approx(3 / 8)


def test_a_priority_is_worth_any_price(engine: Engine) -> None:
    """Proves: machines cost 1000 and are bought, 2000, though cost is to be least. Were cost first:
    0."""
    systems = [system("a", price=1000)]
    served = solved(
        scarce([compute(2, priority=1)], [FIRST, "minimize cost"], systems=systems), engine
    )
    assert served.value == pytest.approx(2000)
    later = solved(
        scarce([compute(2, priority=1)], ["minimize cost", FIRST], systems=systems), engine
    )
    assert [g.value for g in later.plan.goals] == pytest.approx([0, 1], abs=1e-3)


def test_a_priority_goes_before_a_price(engine: Engine) -> None:
    """Proves: a missing machine of p costs 9, and still 4 of the 5 serve d: 3 of p's 4 are missing,
    5 + 27. By price: p first."""
    demands = [deployment(4, priority=1), deployment(4, name="p", price=9)]
    answer = solved(scarce(demands, [FIRST, "minimize cost"]), engine)
    assert answer.value == pytest.approx(5 + 27)
    assert short(answer) == pytest.approx({"d": 0, "p": 0.75}, abs=1e-4)


def test_within_a_priority_the_price_decides(engine: Engine) -> None:
    """Proves: c and e share priority 1; each missing machine is the same to it, and e's costs more:
    c goes short, 3 of 8 missing."""
    demands = [
        deployment(4, name="c", price=1, priority=1),
        deployment(4, name="e", price=2, priority=1),
    ]
    answer = solved(scarce(demands, [FIRST, "minimize cost"]), engine)
    assert answer.plan.goals[0].value == pytest.approx(3 / 8)
    assert short(answer) == pytest.approx({"c": 0.75, "e": 0}, abs=1e-2)


def test_shortfall_is_the_mean_over_time_and_demands(engine: Engine) -> None:
    """Proves: nothing can stand in 2025, half of 10 in 2026, and 2025 asks for c alone: (1 + 0.5) /
    2 of it, of e 0.5: 2 / 3 of all."""
    demands = [compute([1, 10], name="c", priority=1), deployment([0, 10], name="e", priority=2)]
    answer = solved(
        scarce(
            demands,
            [FIRST, SECOND, goal("minimize shortfall")],
            periods=2,
            sites=[site(power=[0, 5])],
        ),
        engine,
    )
    assert [g.value for g in answer.plan.goals] == pytest.approx([0.75, 0.5, 2 / 3], abs=1e-4)


def test_without_a_priority_the_demand_is_hard(engine: Engine) -> None:
    """Proves: 6 of 5 machines: with a priority one goes missing; without, power and demand
    conflict."""
    assert short(
        solved(scarce([deployment(6, priority=1)], [FIRST, "minimize cost"]), engine)
    ) == pytest.approx({"d": 1 / 6}, abs=1e-4)
    with pytest.raises(InfeasibleError) as caught:
        solved(scarce([deployment(6)], ["minimize cost"]), engine)
    assert {limit.name for limit in caught.value.refusal.conflict} == {"demand d", "power at x"}
