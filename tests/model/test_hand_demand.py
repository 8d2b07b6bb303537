"""Demand: what it costs to meet it, worked out by hand, and what it would cost without the row."""

from __future__ import annotations

import pytest

from planner.solver.engine import Engine
from tests.builders import (
    HOURS,
    check_row,
    compute,
    deployment,
    fleet,
    site,
    solved,
    supply,
    system,
    tiny,
)


def test_served_deployment(engine: Engine) -> None:
    """Proves: 10 accelerators are 3 systems of 4. Without the row: none is bought."""
    check_row(
        tiny(systems=[system(accelerators=4)], demands=[deployment(10)]),
        engine,
        "demand.served",
        value=3,
        without=0,
    )


def test_served_compute_as_delivered(engine: Engine) -> None:
    """Proves: 10 PFLOP/s peak × 50 % utilisation × 80 % goodput is 4 PFLOP/s each, so 9 take 3.
    Without the row: none."""
    case = tiny(systems=[system(pflops=10, mfu=0.5)], demands=[compute(9)], goodput=0.8)
    check_row(case, engine, "demand.served", value=3, without=0)


def test_served_compute_at_peak(engine: Engine) -> None:
    """Proves: on the basis of the datasheet the same machine counts 10, so 9 take 1. Taken as
    delivered they would be 3."""
    case = tiny(
        systems=[system(pflops=10, mfu=0.5)], demands=[compute(9, basis="peak")], goodput=0.8
    )
    check_row(case, engine, "demand.served", value=1, without=0)


def test_served_only_by_what_counts(engine: Engine) -> None:
    """Proves: a demand for b at y is not met by cheap a, nor by b at x, where 2 stand: one b at y
    for 5 MUSD.

    Without the row: nothing is bought.
    """
    case = tiny(
        systems=[system("a"), system("b", price=5)],
        sites=[site("x"), site("y")],
        fleet=[fleet("b", 2, at="x")],
        demands=[deployment(1, of=["b"], at=["y"])],
    )
    answer = check_row(case, engine, "demand.served", value=5, without=0)
    assert [(p.system, p.site) for p in answer.plan.purchases] == [("b", "y")]


def test_served_by_what_stands(engine: Engine) -> None:
    """Proves: 3 existing of 5 wanted leave 2 to buy. Without the row: none."""
    check_row(
        tiny(fleet=[fleet("a", 3)], demands=[deployment(5)]),
        engine,
        "demand.served",
        value=2,
        without=0,
    )


def test_assigned_two_compute_demands_do_not_share_a_machine(engine: Engine) -> None:
    """Proves: 3 and 2 PFLOP/s take 5 machines. Without the row: each demand counts machines that do
    not exist, and none is bought."""
    case = tiny(demands=[compute(3, name="train"), compute(2, name="serve")])
    check_row(case, engine, "demand.assigned", value=5, without=0)


def test_assigned_a_machine_may_be_divided(engine: Engine) -> None:
    """Proves: 1.5 and 1.5 PFLOP/s take 3 machines, one of them halved. Without the row: none; if
    machines were not divided: 4."""
    case = tiny(demands=[compute(1.5, name="train"), compute(1.5, name="serve")])
    answer = check_row(case, engine, "demand.assigned", value=3, without=0)
    assert sum(row.units for row in answer.plan.assignments) == pytest.approx(3)


def test_assigned_deployments_compete_too(engine: Engine) -> None:
    """Proves: 2 at x for one and 3 anywhere for the other take 5. Without the row: none."""
    case = tiny(
        sites=[site("x"), site("y")],
        demands=[deployment(2, name="d", at=["x"]), deployment(3, name="e")],
    )
    check_row(case, engine, "demand.assigned", value=5, without=0)


def test_a_deployment_and_a_compute_demand_rest_on_the_same_machines(engine: Engine) -> None:
    """Proves: 3 machines are 3 accelerators and 3 PFLOP/s at once, 3 MUSD. Were they rivals: 6."""
    answer = solved(tiny(demands=[deployment(3), compute(3)]), engine)
    assert answer.value == pytest.approx(3)
    assert answer.plan.assignments == []


def test_shortfall_is_bought_off_where_that_is_cheaper(engine: Engine) -> None:
    """Proves: of 5 wanted 3 are to be had at 1 MUSD; the other 2 go short at 4 MUSD a year: 3 + 8.

    Were machines 5 MUSD each: all 5 go short, 20 MUSD, rather than 3 × 5 + 8 = 23.
    """
    kwargs = dict(supply=[supply(cumulative=3)], demands=[deployment(5, price=4)])
    cheap = solved(tiny(**kwargs), engine)
    assert cheap.value == pytest.approx(11)
    (row,) = cheap.plan.demands
    assert (row.need, row.served, row.short) == (5, pytest.approx(3), pytest.approx(2))
    assert solved(tiny(systems=[system(price=5)], **kwargs), engine).value == pytest.approx(20)


def test_shortfall_per_accelerator_hour(engine: Engine) -> None:
    """Proves: 2 accelerators short for a year of 8760 h at 3 USD per accelerator-hour are 52 560
    USD."""
    case = tiny(supply=[supply(cumulative=0)], demands=[deployment(2, price=3 * HOURS / 1e6)])
    answer = solved(case, engine)
    assert answer.value == pytest.approx(0.05256)
    assert answer.cash() == {("penalty.shortfall", "2025"): pytest.approx(0.05256)}


def test_shortfall_per_eflop(engine: Engine) -> None:
    """Proves: 2 PFLOP/s short for 8760 h × 3600 s are 63 072 EFLOP, at 5 USD each 315 360 USD."""
    answer = solved(tiny(supply=[supply(cumulative=0)], demands=[compute(2, price=5)]), engine)
    assert answer.value == pytest.approx(0.31536)


def test_shortfall_between_rivals_goes_to_the_cheaper(engine: Engine) -> None:
    """Proves: 3 machines for two demands of 2: the one at 1 MUSD a year goes one short, 3 + 1. The
    other way round: 3 + 9."""
    case = tiny(
        supply=[supply(cumulative=3)],
        demands=[deployment(2, name="dear", price=9), deployment(2, name="cheap", price=1.5)],
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(4.5)
    assert {row.demand: row.short for row in answer.plan.demands} == {
        "dear": pytest.approx(0),
        "cheap": pytest.approx(1),
    }


def test_demand_of_a_later_period_is_served_then(engine: Engine) -> None:
    """Proves: nothing asked in 2025 and 2 in 2026 is bought in 2026, 2 / 1.21 MUSD at 21 %. Bought
    at once it would be 2."""
    answer = solved(tiny(periods=2, demands=[deployment([0, 2])], discount=0.21), engine)
    assert answer.value == pytest.approx(2 / 1.21)
    assert answer.bought() == {("a", "2026"): 2}
