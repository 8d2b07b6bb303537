"""Objectives with columns of their own, and weighted ones, each by hand."""

from __future__ import annotations

from typing import Any

import pytest

from planner.core.case import Case
from planner.solver.engine import Engine
from tests.builders import (
    MEGA,
    compute,
    deployment,
    fleet,
    goal,
    site,
    solved,
    supply,
    system,
    time_to,
    tiny,
    weighted,
)


def value(case: Case, engine: Engine, **more: Any) -> float:
    return solved(case, engine, **more).outcome.objectives[0].value


RAMP = tiny(periods=3, sites=[site(power=[1, 2, 4])], goals=[time_to(accelerators=2)])
"""One machine fits in 2025, two in 2026: 365 days pass before two run."""


def test_days_to_a_number_of_accelerators(engine: Engine) -> None:
    assert value(RAMP, engine) == pytest.approx(365)


def test_without_the_row_that_asks_for_the_machines_nothing_would_have_to_run(
    engine: Engine,
) -> None:
    """Proves: `objective.reached` is what makes it 365 and not 0."""
    assert value(RAMP, engine, without="objective.reached.1") == pytest.approx(0)


def test_days_to_a_rate_of_computing(engine: Engine) -> None:
    """Proves: 2 PFLOP/s at half use take 4 machines of 1 PFLOP/s: 4 MW, there in 2027, after 730
    days."""
    case = tiny(
        periods=3,
        systems=[system(mfu=0.5)],
        sites=[site(power=[1, 2, 4])],
        goals=[time_to(pflops=2)],
    )
    assert value(case, engine) == pytest.approx(730)


def test_a_capacity_that_is_never_reached_takes_the_whole_horizon(engine: Engine) -> None:
    case = tiny(periods=3, sites=[site(power=[1, 2, 4])], goals=[time_to(accelerators=5)])
    assert value(case, engine) == pytest.approx(3 * 365)


SHRINKS = tiny(
    periods=2,
    systems=[system("a", may_buy=False, accelerators=2), system("b", price=5)],
    sites=[site(power=[2, 1])],
    fleet=[fleet("a", 1, retire=True)],
    supply=[supply("b", each=1)],
    demands=[deployment([0, 1], of=["b"])],
    goals=[time_to(accelerators=2)],
)
"""One `a` (2 accelerators, 1 MW) runs. In 2026 there is 1 MW, and a `b` must have it: two
accelerators run in 2025 and not after."""


def test_reached_means_reached_for_good(engine: Engine) -> None:
    """Proves: two accelerators in 2025 do not count, since there is one in 2026. Without
    `objective.stays` it would be 365 days."""
    assert value(SHRINKS, engine) == pytest.approx(730)
    assert solved(SHRINKS, engine, without="objective.stays.1").outcome.objectives[
        0
    ].value == pytest.approx(365)


def test_the_highest_cash_of_a_period(engine: Engine) -> None:
    """Proves: four machines of 3 MUSD by 2026 are best bought two a year: 6 MUSD. Nothing is
    cheaper about it: 12 either way."""
    case = tiny(
        periods=2,
        systems=[system(price=3)],
        demands=[deployment([0, 4])],
        goals=["minimize peak_cash"],
    )
    assert value(case, engine) == pytest.approx(6)
    assert value(case, engine, without="objective.peak_cash.1") == pytest.approx(0)


def test_the_highest_cash_counts_operating_cost(engine: Engine) -> None:
    """Proves: a machine of 1 MUSD with 2 MUSD of energy a year is 3 MUSD in its first year, 2 in
    the next."""
    case = tiny(
        periods=2,
        sites=[site(energy=2)],
        demands=[deployment([1, 1])],
        goals=["minimize peak_cash"],
    )
    assert value(case, engine) == pytest.approx(3)


def test_weights_decide_between_aims(engine: Engine) -> None:
    """Proves: `a` costs 1 MUSD and draws 2 MW, `b` 2 MUSD and 1 MW. At 0.5 points per MW `a` is
    best (2 points), at 2 `b` (4)."""
    systems = [system("a", mw=2), system("b", price=2)]

    def case(points_per_mw: float) -> Case:
        return tiny(
            systems=systems,
            demands=[compute(1)],
            goals=[weighted((1, "minimize cost"), (points_per_mw, "minimize power"))],
        )

    assert value(case(0.5), engine) == pytest.approx(2)
    assert value(case(2), engine) == pytest.approx(4)


def test_what_is_maximized_counts_against(engine: Engine) -> None:
    """Proves: each machine of 1 MUSD and 1 PFLOP/s scores 1 − 3 = −2 points, and three fit: −6. At
    0.5 points nothing is worth buying."""
    for points, best in ((3, -6), (0.5, 0)):
        case = tiny(
            sites=[site(power=3)],
            goals=[weighted((1, "minimize cost"), (points, "maximize compute"))],
        )
        assert value(case, engine) == pytest.approx(best)


def test_a_part_may_be_judged_at_a_date(engine: Engine) -> None:
    """Proves: compute counts in 2026 alone; one machine fits in 2025 and three in 2026: 3 × 2
    points less 3 MUSD."""
    parts = (1, "minimize cost"), (2, goal("maximize compute", at=1))
    case = tiny(periods=2, sites=[site(power=[1, 3])], goals=[weighted(*parts)])
    answer = solved(case, engine)
    assert answer.outcome.objectives[0].value == pytest.approx(3 - 6)
    assert answer.outcome.objectives[0].name == "minimize 1 · cost − 2 · compute (bf16) at 2026"


def test_a_time_among_weighted_parts(engine: Engine) -> None:
    """Proves: two machines at once cost 3 MUSD each; a year later 1 MUSD each, which saves 4 MUSD;
    365 days at 0.01 points cost 3.65."""
    systems = [system("now", price=3, latest=0), system("later", earliest=1)]

    def case(points_per_day: float) -> Case:
        parts = (1, "minimize cost"), (points_per_day, time_to(accelerators=2))
        return tiny(
            periods=2,
            systems=systems,
            demands=[deployment([0, 2], of=["now", "later"])],
            goals=[weighted(*parts)],
        )

    assert value(case(0.01), engine) == pytest.approx(2 + 3.65)
    assert value(case(0.02), engine) == pytest.approx(6)


def test_held_while_the_next_is_improved(engine: Engine) -> None:
    """Proves: two accelerators by 2026 (365 days), and then the cheaper kind of them: 2 MUSD, not
    4."""
    systems = [system("a", price=2), system("b")]
    case = tiny(
        periods=3,
        systems=systems,
        sites=[site(power=[1, 2, 4])],
        goals=[time_to(accelerators=2), "minimize cost"],
    )
    answer = solved(case, engine)
    assert [g.value for g in answer.outcome.objectives] == [
        pytest.approx(365),
        pytest.approx(2, rel=1e-3),
    ]
    assert answer.plan is not None
    assert answer.plan.totals.capex_usd == pytest.approx(2 * MEGA)


def test_halls_are_built_early_where_that_lowers_the_highest_cash(engine: Engine) -> None:
    """2 machines in 2026 for 2 MUSD, in halls for 2 MUSD: halls a year before, 2 MUSD in each year;
    the plan says so, and not 4 in 2026."""
    case = tiny(
        periods=2,
        sites=[site(construction=1, existing_it=0)],
        demands=[deployment([0, 2])],
        goals=["minimize peak_cash"],
    )
    plan = solved(case, engine).plan
    assert plan.goals[0].value == pytest.approx(2)
    assert {row.period: row.usd for row in plan.cash if row.bucket == "capex.construction"} == {
        "2025": pytest.approx(2e6)
    }
