"""Rates of construction and of fitting out: optima worked out by hand, and what they would be
without the row.

Systems cost 1 MUSD, draw 1 MW and take one rack.
"""

from __future__ import annotations

import pytest

from planner.errors import InfeasibleError
from planner.solver.engine import Engine
from tests.builders import (
    check_row,
    crew,
    deployment,
    fleet,
    goal,
    hall,
    move,
    site,
    solved,
    system,
    tiny,
)

LAST = [goal("maximize accelerators", at=2)]


def test_no_more_is_commissioned_than_the_rate(engine: Engine) -> None:
    """Proves: 2 MW a year make 6 MW in three years, under 10 MW of power. Without the row: 10."""
    case = tiny(periods=3, sites=[site(power=10)], crews=[crew("x", mw=2)], goals=LAST)
    check_row(case, engine, "crew.construction", value=6, without=10)


def test_what_stands_already_needs_no_crew(engine: Engine) -> None:
    """Proves: 4 MW stand at the start and 2 a year are added: 4 + 6 = 10 machines in the third
    year; the first commissions 2, not 6."""
    case = tiny(
        periods=3, sites=[site(power=20, existing_it=4)], crews=[crew("x", mw=2)], goals=LAST
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(10)
    rows = {
        row.row: (row.used, row.limit)
        for row in answer.plan.limits
        if row.name == "construction by crew 1"
    }
    assert rows["crew.construction[crew 1,2025]"][1] == pytest.approx(2)
    assert max(used for used, _ in rows.values()) <= 2 + 1e-6


def test_halls_are_built_ahead_where_construction_has_a_rate(engine: Engine) -> None:
    """Proves: for 4 MW in 2027 at 2 MW a year, 2 MW are built in 2026 before anything runs there.
    At 3 MUSD/MW and 21 % a year the cheapest is 2 MW in each of 2026 and 2027, and none in 2025,
    each paid on the first day of its year: 6/1.21 + (6 + 4)/1.4641.
    """
    case = tiny(
        periods=3,
        sites=[site(power=10, construction=3)],
        crews=[crew("x", mw=2)],
        demands=[deployment([0, 0, 4])],
        discount=0.21,
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(6 / 1.21 + 10 / 1.4641)
    assert {row.period: row.it_mw for row in answer.plan.built} == pytest.approx(
        {"2026": 2, "2027": 4}
    )


def test_sites_share_a_crew(engine: Engine) -> None:
    """Proves: 3 MW a year for both sites together make 6 in two years. Without the row: 5 at each,
    10."""
    case = tiny(
        periods=2,
        sites=[site("x", power=5), site("y", power=5)],
        crews=[crew("x", "y", mw=3)],
        goals=[goal("maximize accelerators", at=1)],
    )
    check_row(case, engine, "crew.construction", value=6, without=10)


def test_no_more_racks_arrive_than_can_be_fitted_out(engine: Engine) -> None:
    """Proves: 3 racks a year and machines of half a rack: 6 a year, 12 in two. Without the row: 20
    MW of them, 20."""
    case = tiny(
        periods=2,
        systems=[system(racks=0.5)],
        sites=[site(power=20)],
        crews=[crew("x", racks=3)],
        goals=[goal("maximize accelerators", at=1)],
    )
    check_row(case, engine, "crew.install", value=12, without=20)


def test_machines_that_are_moved_need_hands_when_they_arrive(engine: Engine) -> None:
    """Proves: of 3 machines that leave x, a crew of 2 racks a year at y takes 2 in, a period after
    they left. Without the row: 3."""
    case = tiny(
        periods=2,
        systems=[system(may_buy=False)],
        sites=[site("x", power=9), site("y", power=9)],
        fleet=[fleet("a", 3)],
        moves=[move(transit=1)],
        crews=[crew("y", racks=2)],
        demands=[deployment([0, 3], at=["y"], price=10)],
    )
    check_row(case, engine, "crew.install", value=10, without=0)


def test_a_crew_that_is_too_small_is_named(engine: Engine) -> None:
    """Proves: 5 machines in the second year at 2 MW a year and 2 racks a year: half a megawatt a
    year is missing, or a rack in one year, as racks are whole."""
    for gang, name, enough in (
        (crew("x", mw=2), "construction by crew 1", 2.5),
        (crew("x", racks=2), "fit-out by crew 1", 3),
    ):
        with pytest.raises(InfeasibleError) as caught:
            solved(
                tiny(periods=2, sites=[site(power=9)], crews=[gang], demands=[deployment([0, 5])]),
                engine,
            )
        assert {limit.name for limit in caught.value.refusal.conflict} == {name, "demand d"}
        (way,) = (way for way in caught.value.refusal.repairs if way.changes[0].limit == name)
        assert way.changes[0].to == pytest.approx(enough)
        assert way.verified


def test_racks_of_a_site_of_halls_have_a_rate_too(engine: Engine) -> None:
    """Proves: a hall of 5 MW and a crew of 2 racks a year: 4 machines in the second year, not 5."""
    case = tiny(
        periods=2,
        halls=[hall()],
        crews=[crew("x", racks=2)],
        goals=[goal("maximize accelerators", at=1)],
    )
    assert solved(case, engine).value == pytest.approx(4)
