"""Survival: what insurance against a loss costs, worked out by hand, and what the plan would cost
without it."""

from __future__ import annotations

from typing import Any

import pytest

from planner.core.case import Case
from planner.errors import InfeasibleError
from planner.solver.engine import Engine
from tests.builders import (
    check_row,
    compute,
    deployment,
    site,
    solved,
    supply,
    survival,
    system,
    tiny,
)

FOUR = [system("a"), system("b", price=1.08), system("c", price=1.25), system("d", price=1.4)]
ROOM = [
    supply("a", cumulative=90),
    supply("b", cumulative=60),
    supply("c", cumulative=50),
    supply("d", cumulative=50),
]


def insured(losses: int) -> Case:
    """90 machines must be left when half the machines of so many suppliers stop."""
    return tiny(
        systems=FOUR,
        supply=ROOM,
        demands=[deployment(90)],
        survive=[survival(losses=losses, lost=0.5, of="d")],
    )


def test_half_of_any_supplier(engine: Engine) -> None:
    """Proves: 36 each of a, b, c are 108, of which 18 may stop: 36 · 3.33 = 119.88. Without either
    row: 90 a, 90."""
    for row in ("survival.hit.1", "survival.left.1"):
        answer = check_row(insured(1), engine, row, value=119.88, without=90)
    assert {name: n for (name, _), n in answer.bought().items()} == {"a": 36, "b": 36, "c": 36}


def test_half_of_any_two_suppliers(engine: Engine) -> None:
    """Proves: 30 of each are 120, of which 15 + 15 may stop: 30 · 4.73 = 141.9. Without the row:
    90."""
    check_row(insured(2), engine, "survival.hit.1", value=141.9, without=90)


def two(survive: list[dict[str, Any]], **more: Any) -> Case:
    """Four machines: a costs 1, b costs 2."""
    return tiny(
        **{"systems": [system("a"), system("b", price=2)], "demands": [deployment(4)], **more},
        survive=survive,
    )


def test_part_of_a_need(engine: Engine) -> None:
    """Proves: half of the 4 must be left without a, and without b: 2 a + 2 b = 6. Without the row:
    4."""
    check_row(two([survival(of="d", serves=0.5)]), engine, "survival.left.1", value=6, without=4)


def test_of_the_fleet_as_it_is(engine: Engine) -> None:
    """Proves: a quarter of the compute must be left; b computes as much: 3 a + 1 b = 5. Without the
    row: 4."""
    check_row(two([survival(serves=0.25)]), engine, "survival.left.1", value=5, without=4)


def test_of_the_fleet_by_another_measure(engine: Engine) -> None:
    """Proves: b draws 3 MW: of 3 a + 1 b it is half of the power, so half may stop either way: 5.
    By units, 2 a + 2 b = 6."""
    systems = [system("a"), system("b", price=2, mw=3)]
    assert solved(
        two([survival(serves=0.5, metric="power")], systems=systems), engine
    ).value == pytest.approx(5)
    assert solved(
        two([survival(serves=0.5, metric="units")], systems=systems), engine
    ).value == pytest.approx(6)


def test_any_site(engine: Engine) -> None:
    """Proves: 2 of the 4 must run when x or y stops, though y costs 1 in energy: 4 + 2 = 6. Without
    the row: all at x, 4."""
    sites = [site("x", power=9), site("y", power=9, energy=1)]
    check_row(
        two([survival("site", of="d", serves=0.5)], sites=sites),
        engine,
        "survival.left.1",
        value=6,
        without=4,
    )


def test_only_sites_of_the_demand_count(engine: Engine) -> None:
    """Proves: d asks for machines at x and y, so those at z save nothing: 2 at x and 2 at y, where
    energy costs 1: 6. At z it is free."""
    sites = [site("x", power=9), site("y", power=9, energy=1), site("z", power=9)]
    case = two(
        [survival("site", of="d", serves=0.5)], sites=sites, demands=[deployment(4, at=["x", "y"])]
    )
    assert solved(case, engine).value == pytest.approx(6)
    assert solved(
        two([survival("site", of="d", serves=0.5)], sites=sites), engine
    ).value == pytest.approx(4)


def test_two_suppliers_on_one_foundry_fall_together(engine: Engine) -> None:
    """Proves: a and b are made by one foundry: 2 machines must be c, at 3: 2 + 6 = 8. Of suppliers,
    2 a + 2 b would do: 6."""
    systems = [
        system("a", upstream={"foundry": ["f"]}),
        system("b", price=2, upstream={"foundry": ["f"]}),
        system("c", price=3, upstream={"foundry": ["g"]}),
    ]
    assert solved(
        two([survival("foundry", of="d", serves=0.5)], systems=systems), engine
    ).value == pytest.approx(8)
    assert solved(
        two([survival(of="d", serves=0.5)], systems=systems), engine
    ).value == pytest.approx(6)


MAKERS = [
    system("a", upstream={"memory": ["k", "m"]}),
    system("b", price=2, upstream={"memory": ["s"]}),
    system("c", price=3, upstream={"memory": ["k"]}),
]


def test_whoever_may_have_made_it(engine: Engine) -> None:
    """Proves: a stops with k and with m, so 2 must be b: 2 + 4 = 6. Without the row: 4."""
    check_row(
        two([survival("memory", of="d", serves=0.5)], systems=MAKERS),
        engine,
        "survival.left.1",
        value=6,
        without=4,
    )


def test_a_machine_stops_once(engine: Engine) -> None:
    """Proves: half of what any two makers may have made stops; 8 a lose 4, whether k and m or k and
    s stop: 8. Without the row: 4.

    Counted as k's and as m's, the 8 a would lose all, and no number of them would do.
    """
    case = two([survival("memory", losses=2, lost=0.5, of="d")], systems=MAKERS)
    check_row(case, engine, "survival.without.1", value=8, without=4)


def rivals(*named: str) -> Case:
    """Two demands for 2 PFLOP/s each."""
    return two(
        [survival(of=name) for name in named], demands=[compute(2, name="c"), compute(2, name="e")]
    )


def test_demands_that_survive_together_share_what_is_left(engine: Engine) -> None:
    """Proves: 2 + 2 must be left without a and without b: 4 a + 4 b = 12. Without the row what is
    kept need not run: 4 a, 4."""
    answer = check_row(rivals("c", "e"), engine, "survival.shared.1", value=12, without=4)
    assert {row.demand for row in answer.plan.reserves} == {"c", "e"}


def test_a_demand_that_need_not_survive_gives_way(engine: Engine) -> None:
    """Proves: only c must be left, with all that runs: 2 a + 2 b = 6. Were e's part kept for it: 2
    a + 2 b for c and 2 a for e, 8."""
    answer = solved(rivals("c"), engine)
    assert answer.value == pytest.approx(6)
    assert answer.plan.reserves == []


def test_in_every_period_with_a_need(engine: Engine) -> None:
    """Proves: nothing is asked for in 2025, when only a can come, and 2 in 2026, when one b must
    run beside each lost a: 2 a + 2 b = 6."""
    systems = [system("a"), system("b", price=2, earliest=1)]
    answer = solved(
        two([survival(of="d")], systems=systems, periods=2, demands=[deployment([0, 2])]), engine
    )
    assert answer.value == pytest.approx(6)
    assert [row.period for row in answer.plan.survival] == ["2026"]


def test_what_cannot_be_survived_is_named(engine: Engine) -> None:
    """Proves: 5 MW hold 5 machines, and 3 of each supplier would be needed; the conflict names the
    loss, the demand and the power."""
    with pytest.raises(InfeasibleError) as caught:
        solved(two([survival(of="d", serves=0.75)], sites=[site(power=5)]), engine)
    assert {limit.name for limit in caught.value.refusal.conflict} == {
        "loss of any supplier, demand d",
        "power at x",
    }
