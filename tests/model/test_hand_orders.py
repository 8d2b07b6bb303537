"""Orders and qualifications: optima worked out by hand, and what they would be without the row.
Systems cost 1 MUSD and draw 1 MW."""

from __future__ import annotations

import pytest

from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.errors import InfeasibleError
from planner.solver.engine import Engine
from tests.builders import (
    budget,
    check_row,
    deployment,
    goal,
    qualify,
    site,
    solved,
    supply,
    system,
    tiny,
)


def test_a_schedule_limits_each_period(engine: Engine) -> None:
    """Proves: 1, 3 and 2 systems may come in the three years: 6 run in the last. Without the row:
    as many as 10 MW hold."""
    case = tiny(
        periods=3,
        sites=[site(power=10)],
        supply=[supply(schedule=[1, 3, 2])],
        goals=[goal("maximize accelerators", at=2)],
    )
    answer = check_row(case, engine, "supply.schedule", value=6, without=10)
    assert answer.bought() == {("a", "2025"): 1, ("a", "2026"): 3, ("a", "2027"): 2}


def test_the_tighter_of_rate_and_schedule_counts(engine: Engine) -> None:
    """Proves: a schedule of 1 and 9 under a rate of 2 a year brings 3."""
    case = tiny(
        periods=2,
        sites=[site(power=10)],
        supply=[supply(each=2, schedule=[1, 9])],
        goals=[goal("maximize accelerators", at=1)],
    )
    assert solved(case, engine).value == pytest.approx(3)


def test_an_order_has_a_least_size(engine: Engine) -> None:
    """Proves: for 2 machines at least 5 are ordered: 5 MUSD. Without the row: 2."""
    case = tiny(sites=[site(power=10)], supply=[supply(minimum=5)], demands=[deployment(2)])
    check_row(case, engine, "supply.minimum", value=5, without=2)


def test_nothing_arrives_where_nothing_is_ordered(engine: Engine) -> None:
    """Proves: `idle` is not a way around the minimum. Without the row a period could be called idle
    and still bring 2 machines for 2."""
    case = tiny(sites=[site(power=10)], supply=[supply(minimum=5)], demands=[deployment(2)])
    check_row(case, engine, "supply.order", value=5, without=2)


def test_an_order_is_that_of_all_sites(engine: Engine) -> None:
    """Proves: 3 at one site and 2 at the other are one order of 5: 5 MUSD, where two orders would
    be 10.

    For 2 alone, 5 are bought all the same. Without the row that adds the sites up, an order is
    nobody's deliveries: 2.
    """
    sites = [site("x", power=3), site("y", power=5)]
    case = tiny(
        sites=sites,
        supply=[supply(minimum=5)],
        demands=[deployment(3, name="d", at=["x"]), deployment(2, name="e", at=["y"])],
    )
    assert solved(case, engine).value == pytest.approx(5)
    alone = tiny(sites=sites, supply=[supply(minimum=5)], demands=[deployment(2, at=["y"])])
    check_row(alone, engine, "supply.ordered", value=5, without=2)


def test_two_orders_or_one(engine: Engine) -> None:
    """Proves: 2 wanted in 2025 and 4 in 2026. Orders of at least 3: 3 + 3 would be 6, so 4 at once,
    4 MUSD. Of at least 2: 2 + 2 later, which at 21 % a year is worth 2 + 2/1.21."""
    wanted = dict(periods=2, sites=[site(power=10)], demands=[deployment([2, 4])], discount=0.21)
    assert solved(tiny(supply=[supply(minimum=3)], **wanted), engine).value == pytest.approx(4)  # type: ignore[arg-type]
    assert solved(tiny(supply=[supply(minimum=2)], **wanted), engine).value == pytest.approx(
        2 + 2 / 1.21
    )  # type: ignore[arg-type]


def test_a_minimum_that_no_rate_allows_stops_the_system(engine: Engine) -> None:
    """Proves: at most 4 a year and at least 5 an order is nothing at all: the dearer b serves, 3
    MUSD. Without: a for 1."""
    case = tiny(
        systems=[system("a"), system("b", price=3)],
        supply=[supply(each=4, minimum=5)],
        demands=[deployment(1)],
    )
    check_row(case, engine, "supply.minimum", value=3, without=1)


def test_lots(engine: Engine) -> None:
    """Proves: for 5 machines in lots of 4, two lots, 8 MUSD. Without the row: 5. No limit of the
    site is needed."""
    case = tiny(supply=[supply(lot=4)], demands=[deployment(5)])
    check_row(case, engine, "supply.lots", value=8, without=5)


def test_a_qualification_costs_and_takes_time(engine: Engine) -> None:
    """Proves: a at 1 MUSD needs a year and 3 MUSD of qualification, b costs 10. One wanted in 2025
    and three in 2026: b for the first (10), a for the others, qualified from 2025 on: 3 + 2 = 15.
    Without the row a still cannot come before it can be qualified, but nobody pays for it: 10 + 2.
    """
    case = tiny(
        periods=2,
        systems=[system("a"), system("b", price=10)],
        sites=[site(power=9)],
        demands=[deployment([1, 3])],
        qualifications=[qualify("a", ["a"], time=1, cost=3)],
    )
    answer = check_row(case, engine, "supply.qualified", value=15, without=12)
    assert [
        (q.supplier, q.started, q.qualified, q.cost_usd) for q in answer.plan.qualifications
    ] == [("a", "2025", "2026-01-01", 3e6)]
    assert answer.cash()["opex.qualification", "2025"] == pytest.approx(3)


def test_a_qualification_that_does_not_pay_is_left(engine: Engine) -> None:
    """Proves: to save 9 MUSD on one machine a qualification of 10 is not begun: 10. At 8 it is: 1 +
    8."""
    for cost, value in ((10, 10), (8, 9)):
        case = tiny(
            systems=[system("a"), system("b", price=10)],
            sites=[site(power=9)],
            demands=[deployment(1)],
            qualifications=[qualify("a", ["a"], cost=cost)],
        )
        answer = solved(case, engine)
        assert answer.value == pytest.approx(value)
        assert len(answer.plan.qualifications) == (cost == 8)


def test_a_qualification_is_for_all_systems_of_a_supplier_and_paid_once(engine: Engine) -> None:
    """Proves: two systems of one supplier, each for its own demand, pay 3 MUSD together: 3 + 1 + 1.
    Begun as late as possible: at 21 % a year, for machines of 2026 after a year's work, everything
    but the machines falls on the first day of 2025: 3 + 2/1.21."""
    case = tiny(
        periods=2,
        systems=[system("a", supplier="p"), system("b", supplier="p")],
        sites=[site(power=9)],
        demands=[deployment([0, 1], name="d", of=["a"]), deployment([0, 1], name="e", of=["b"])],
        qualifications=[qualify("p", ["a", "b"], time=1, cost=3)],
        discount=0.21,
    )
    assert solved(case, engine).value == pytest.approx(3 + 2 / 1.21)


def test_who_is_qualified_stays_so(engine: Engine) -> None:
    """Proves: machines of 2025 and 2027 need one qualification, 3 + 2. Without the row it could
    lapse, and end as it began, for nothing."""
    case = tiny(
        periods=3,
        systems=[system(retire=True, lifetime=1)],
        sites=[site(power=9)],
        demands=[deployment([1, 0, 0])],
        qualifications=[qualify("a", ["a"], cost=3)],
    )
    check_row(case, engine, "supply.waiting", value=4, without=1)


def test_a_total_budget_pays_for_qualifications(engine: Engine) -> None:
    """Proves: 4 MUSD in all buy one machine after 3 of qualification, not four."""
    case = tiny(
        sites=[site(power=9)],
        budget=budget(total=4),
        goals=["maximize compute"],
        qualifications=[qualify("a", ["a"], cost=3)],
    )
    assert solved(case, engine).value == pytest.approx(1)


def test_a_minimum_without_any_other_limit_is_an_error_that_says_what_is_missing() -> None:
    case = tiny(supply=[supply(minimum=5)], demands=[deployment(2)])
    with pytest.raises(ValueError, match="give the sites `power`"):
        build(make_inputs(case))


@pytest.mark.parametrize(
    ("shape", "limit", "enough"),
    [
        (
            {"minimum": 5},
            "minimum order of a",
            {"minimum order of a": 3, "power at x": 5, "demand d": 0},
        ),
        ({"lot": 4}, "lots of a", {"power at x": 4, "demand d": 0}),
    ],
    ids=["minimum order", "lots"],
)
def test_an_order_that_does_not_fit_is_named(shape, limit, enough, engine: Engine) -> None:
    """Proves: 3 machines on 3 MW, to be ordered by five or by four: the shape of the order is to
    blame, with power and demand.

    A smaller minimum would do, as would power for a whole order, or no demand.
    """
    case = tiny(sites=[site(power=3)], supply=[supply(**shape)], demands=[deployment(3)])
    with pytest.raises(InfeasibleError) as caught:
        solved(case, engine)
    assert {x.name for x in caught.value.refusal.conflict} == {limit, "power at x", "demand d"}
    ways = {
        way.changes[0].limit: way.changes[0].to
        for way in caught.value.refusal.repairs
        if way.verified
    }
    assert ways == enough
