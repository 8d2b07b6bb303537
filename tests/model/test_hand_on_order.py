"""Machines on order, worked out by hand: a machine takes 1 MW and costs 1 MUSD."""

from __future__ import annotations

import pytest

from planner.assembly.audit import findings_of
from planner.errors import InfeasibleError
from planner.solver.engine import Engine
from tests.builders import (
    at_least,
    budget,
    cap,
    check_row,
    deployment,
    goal,
    on_order,
    site,
    solved,
    supply,
    system,
    tiny,
)
from tests.plan.answers import rebuilt


def test_what_is_on_order_comes_and_is_paid(engine: Engine) -> None:
    """Proves: 3 at 2 MUSD come though nobody asks for them; a quarter was paid before, so 4.5 are
    due. Without the row: nothing comes."""
    case = tiny(systems=[system(), on_order(system(), 3, price=2, paid=0.25)])
    answer = check_row(case, engine, "supply.on_order", value=4.5, without=0)
    (bought,) = answer.plan.purchases
    assert (bought.system, bought.units, bought.systems_usd) == ("a@po", 3, 6e6)


def test_no_more_comes_by_an_order(engine: Engine) -> None:
    """Proves: 5 machines are the 2 on order at 0.5 and 3 more at 1 MUSD. Without the row all 5 come
    at the price of the order."""
    case = tiny(systems=[system(), on_order(system(), 2, price=0.5)], demands=[deployment(5)])
    answer = check_row(case, engine, "supply.no_more", value=4, without=2.5)
    assert {p.system: p.units for p in answer.plan.purchases} == {"a": 3, "a@po": 2}


def test_an_order_comes_on_its_day(engine: Engine) -> None:
    """Proves: 2 machines wanted in each of three years are bought, for what is on order for the
    third is too late for the first; in the third it stands beside them."""
    case = tiny(
        periods=3,
        systems=[system(), on_order(system(), 2, when=2)],
        demands=[deployment([2, 2, 2])],
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(2 + 2)
    assert answer.plan is not None
    assert {(f.system, f.period): f.units for f in answer.plan.fleet} == {
        ("a", "2025"): 2, ("a", "2026"): 2, ("a", "2027"): 2, ("a@po", "2027"): 2,
    }  # fmt: skip


def test_a_down_payment_within_the_horizon_is_paid_on_its_day(engine: Engine) -> None:
    """Proves: of 4 MUSD for the second year half is paid a year before: 2 in each year."""
    case = tiny(
        periods=2, systems=[system(), on_order(system(), 2, when=1, price=2, down=0.5, lead=1)]
    )
    answer = solved(case, engine)
    assert answer.plan is not None
    paid = {c.period: c.usd for c in answer.plan.cash if c.bucket == "capex.systems"}
    assert paid == {"2025": pytest.approx(2e6), "2026": pytest.approx(2e6)}


def test_an_order_is_of_its_products_allocation(engine: Engine) -> None:
    """Proves: of 4 allocated 3 are on order, so that one more can be bought; no lot and no minimum
    is asked of the order, only of what is bought."""
    most = dict(goals=[goal("maximize accelerators")], sites=[site(power=9)])
    machines = [system(), on_order(system(), 3)]
    assert solved(
        tiny(systems=machines, supply=[supply(cumulative=4)], **most), engine
    ).value == pytest.approx(4)
    assert solved(
        tiny(systems=machines, supply=[supply(cumulative=6, lot=2)], **most), engine
    ).value == pytest.approx(5)
    assert solved(
        tiny(systems=machines, supply=[supply(cumulative=6, minimum=3)], **most), engine
    ).value == pytest.approx(6)


def test_an_order_counts_in_shares(engine: Engine) -> None:
    """Proves: 3 of a on order at 1 MUSD and no supplier above half of the spend take 3 of b."""
    case = tiny(
        systems=[system(), on_order(system(), 3), system("b", price=1.5)],
        rules=[cap(0.5), at_least(2)],
        demands=[deployment(4)],
        sites=[site(power=9)],
    )
    answer = solved(case, engine)
    assert answer.plan is not None
    assert {p.system: p.units for p in answer.plan.purchases} == {"a@po": 3, "b": 2}


def test_an_order_that_the_budget_cannot_pay_has_no_plan(engine: Engine) -> None:
    """Proves: 3 MUSD are due and 2 may be spent: the order is named, and that 2 of it would do."""
    case = tiny(systems=[system(), on_order(system(), 3)], budget=budget(capex=2))
    with pytest.raises(InfeasibleError) as caught:
        solved(case, engine)
    assert {limit.name for limit in caught.value.refusal.conflict} == {"order po", "budget capex"}


def test_the_audit_counts_what_comes_by_an_order(engine: Engine) -> None:
    """Proves: a plan in which 3 come by an order of 2, or 1, is not sound."""
    case = tiny(systems=[system(), on_order(system(), 2)])
    plan = solved(case, engine).plan
    assert plan is not None and not findings_of(plan)
    for units in (1, 3):
        (bought,) = plan.purchases
        other = bought.model_copy(update={"units": units, "accelerators": units})
        said = {problem.code for problem in findings_of(rebuilt(plan, purchases=[other]))}
        assert "A002" in said, units


def test_what_was_paid_before_is_of_no_budget(engine: Engine) -> None:
    """Proves: of 4 on order at 1 MUSD nine tenths were paid, so 1 MUSD pays the rest of them and 2
    machines of b at 0.3. All spend is 4.6, more than a budget of 1 buys at full prices."""
    case = tiny(
        systems=[system(), on_order(system(), 4, paid=0.9), system("b", price=0.3)],
        rules=[at_least(2, meaningful=0.1)],
        demands=[deployment(6)],
        budget=budget(capex=1),
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(0.4 + 0.6)
    assert answer.plan is not None and not findings_of(answer.plan)
