"""Halls: whole buildings that open after their construction, what fits in them, and what they cost,
worked out by hand.

Unless a test says otherwise a machine of 1 MW costs 1 MUSD, a hall takes 3 MW and costs 6 MUSD, and
nothing else costs anything.
"""

from __future__ import annotations

import pytest

from planner.errors import InfeasibleError
from planner.solver.engine import Engine
from tests.builders import check_row, deployment, fleet, hall, site, solved, system, tiny


def test_a_hall_is_built_whole(engine: Engine) -> None:
    """Proves: 4 machines need 2 halls: 4 + 12 MUSD. By the MW it would be 4 + 4 / 3 · 6 = 12;
    without the row that counts them, 4."""
    case = tiny(halls=[hall(cost=6)], demands=[deployment(4)])
    answer = check_row(case, engine, "hall.holds", value=16, without=4)
    assert [(row.number, row.it_mw, row.cost_usd) for row in answer.plan.halls] == [(2, 6.0, 12e6)]


def test_a_hall_is_usable_after_its_construction(engine: Engine) -> None:
    """Proves: a hall of one year, begun in 2025, opens in 2026, so that of 3 years 2 have 3
    machines: 2 in the mean.

    Without the row: 7 in both.
    """
    case = tiny(
        periods=3,
        systems=[system(price=0)],
        sites=[site(power=7)],
        halls=[hall(lead=1, most=1)],
        goals=["maximize accelerators"],
    )
    answer = check_row(case, engine, "hall.holds", value=2, without=14 / 3)
    assert [(row.begun, row.usable) for row in answer.plan.halls] == [("2025", "2026")]


def test_no_hall_that_would_open_too_late(engine: Engine) -> None:
    """Proves: a hall of two years, begun no sooner than 2026, opens after a horizon that ends with
    2027, so nobody can ask for 1."""
    case = tiny(periods=3, halls=[hall(lead=2, earliest=1)], demands=[deployment([0, 0, 1])])
    with pytest.raises(InfeasibleError):
        solved(case, engine)
    assert solved(
        tiny(periods=3, halls=[hall(lead=2)], demands=[deployment([0, 0, 1])]), engine
    ).value == pytest.approx(1)


def test_no_more_halls_than_can_be_built(engine: Engine) -> None:
    """Proves: 2 halls of 3 MW hold 6 of the 8 machines that the power feeds. Without the row: 8."""
    case = tiny(
        systems=[system(price=0)],
        sites=[site(power=8)],
        halls=[hall(most=2)],
        goals=["maximize accelerators"],
    )
    check_row(case, engine, "hall.number", value=6, without=8)


def test_what_stood_is_filled_first(engine: Engine) -> None:
    """Proves: 2 MW stand, so 4 machines need one hall: 4 + 6 MUSD. Without the row of what stands:
    4, and no hall."""
    case = tiny(sites=[site(existing_it=2)], halls=[hall(cost=6)], demands=[deployment(4)])
    answer = check_row(case, engine, "hall.standing", value=10, without=4)
    assert {row.hall for row in answer.plan.housed} == {"h", "standing"}
    assert sum(row.units for row in answer.plan.housed) == pytest.approx(4)


def test_every_machine_stands_somewhere(engine: Engine) -> None:
    """Proves: a hall that carries 1 MW of heat by air holds one machine, so 3 need 3 halls: 3 + 18.
    Without the row: nowhere, for 3."""
    case = tiny(halls=[hall(cost=6, air=1)], demands=[deployment(3)])
    check_row(case, engine, "hall.housed", value=21, without=3)


def test_critical_it_is_what_stood_and_the_halls(engine: Engine) -> None:
    """Proves: 5 machines need 2 halls, so 6 MW stand and not 5. The row is arithmetic: without it
    the plan costs the same."""
    answer = solved(tiny(halls=[hall(cost=6)], demands=[deployment(5)]), engine)
    assert answer.value == pytest.approx(17)
    assert [row.it_mw for row in answer.plan.built] == [6.0]
    assert solved(
        tiny(halls=[hall(cost=6)], demands=[deployment(5)]), engine, without="hall.stands"
    ).value == pytest.approx(17)


def test_positions_of_a_hall(engine: Engine) -> None:
    """Proves: a hall of 3 MW with 4 positions holds 2 machines of 2 racks, so 4 need 2 halls: 4 +
    12. One of 4 MW with 8: 4 + 6."""
    machine, asked = system(racks=2), [deployment(4)]
    assert solved(
        tiny(systems=[machine], halls=[hall(positions=4, cost=6)], demands=asked), engine
    ).value == pytest.approx(16)
    four = tiny(systems=[machine], halls=[hall(mw=4, positions=8, cost=6)], demands=asked)
    assert solved(four, engine).value == pytest.approx(10)


def test_a_thin_hall_takes_more_positions(engine: Engine) -> None:
    """Proves: what a hall's density says of positions counts: half a rack each where heat allows
    it, one rack each in a thin hall.

    2 positions then hold 4 or 2 machines; 4 machines cost 4 + 6 in one dense hall or 4 + 2 · 4 in
    two thin ones.
    """
    dense, thin = (
        hall("dense", mw=9, positions=2, carries={"a": 0.5}, cost=6),
        hall("thin", mw=9, positions=2, carries={"a": 1.0}, cost=4),
    )
    asked = [deployment(4)]
    assert solved(tiny(halls=[dense], demands=asked), engine).value == pytest.approx(10)
    assert solved(tiny(halls=[thin], demands=asked), engine).value == pytest.approx(12)


def test_heat_does_not_go_from_hall_to_hall(engine: Engine) -> None:
    """Proves: machines with 80 % of their heat in liquid stand in the wet hall alone, although the
    dry one has power and air to spare.

    The site's sums (6 MW, 3 MW liquid, 4 MW air) would hold 3.75 of them; the wet hall's 3 MW hold
    3.
    """
    case = tiny(
        systems=[system(liquid=0.8, price=0)],
        halls=[hall("wet", liquid=3, air=1, most=1), hall("dry", liquid=0, air=3, most=1)],
        goals=["maximize accelerators"],
    )
    assert solved(case, engine).value == pytest.approx(3)


def test_a_system_stands_only_in_a_hall_that_carries_it(engine: Engine) -> None:
    """Proves: the dense machine needs the dear hall: 1 + 9 MUSD. Where the cheap one carries it
    too: 1 + 2."""
    cheap, dear = hall("cheap", carries={}, cost=2), hall("dear", cost=9)
    answer = solved(tiny(halls=[cheap, dear], demands=[deployment(1)]), engine)
    assert answer.value == pytest.approx(10)
    assert [row.hall for row in answer.plan.housed] == ["dear"]
    assert solved(
        tiny(halls=[hall("cheap", cost=2), dear], demands=[deployment(1)]), engine
    ).value == pytest.approx(3)


def test_limits_of_what_stood_do_not_bind_the_halls(engine: Engine) -> None:
    """Proves: 2 MW stand with 1 MW of air and 1 position, so 1 machine, and a hall holds 3 more:
    the site's figures are not the hall's."""
    old = site(existing_it=2, air=1, positions=1)
    case = tiny(
        systems=[system(price=0)],
        sites=[old],
        halls=[hall(most=1)],
        goals=["maximize accelerators"],
    )
    assert solved(case, engine).value == pytest.approx(4)


def test_construction_is_paid_while_it_lasts(engine: Engine) -> None:
    """Proves: 6 MUSD over two years are 3 in 2025 and 3 in 2026, for a hall that opens in 2027;
    worth a year's decline less at the end.

    6 + 1 machine; residual 6 · 0.75 and 1 · 0.5: 7 − 5 = 2.
    """
    case = tiny(
        periods=3, halls=[hall(lead=2, cost=6)], demands=[deployment([0, 0, 1])], worth=True
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(2)
    cash = answer.cash()
    assert [cash.get(("capex.construction", year), 0.0) for year in ("2025", "2026", "2027")] == [
        3.0,
        3.0,
        0.0,
    ]
    assert cash["residual.construction", "2027"] == pytest.approx(-4.5)


def test_the_cheaper_mix_of_halls(engine: Engine) -> None:
    """Proves: 7 MW from halls of 5 MW at 8 and of 2 MW at 4 MUSD: one of each, 12, not two large or
    four small (16). With 7 machines 19."""
    case = tiny(
        halls=[hall("large", mw=5, cost=8), hall("small", mw=2, cost=4)], demands=[deployment(7)]
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(19)
    assert {row.hall: row.number for row in answer.plan.halls} == {"large": 1, "small": 1}


def test_construction_budget_of_a_site_with_halls(engine: Engine) -> None:
    """Proves: 13 MUSD at x pay 2 halls of 6, so 6 machines. Without the row: the power's 8."""
    case = tiny(
        systems=[system(price=0)],
        sites=[site(power=8, construction_budget=13)],
        halls=[hall(cost=6)],
        goals=["maximize accelerators"],
    )
    check_row(case, engine, "budget.construction", value=6, without=8)


def test_construction_budget_of_a_site_built_by_the_megawatt(engine: Engine) -> None:
    """Proves: 2 MW stand and 7 MUSD at 2 MUSD/MW pay 3.5 MW more, so 5 machines of 1 MW. Without
    the row: the power's 8."""
    place = site(power=8, existing_it=2, construction=2, construction_budget=7)
    case = tiny(systems=[system(price=0)], sites=[place], goals=["maximize accelerators"])
    answer = check_row(case, engine, "budget.construction", value=5, without=8)
    (row,) = [row for row in answer.plan.limits if row.row.startswith("budget.construction")]
    assert (row.used, row.limit) == (pytest.approx(6.0), 7.0)


def test_sites_with_and_without_halls(engine: Engine) -> None:
    """Proves: at y a MW costs 3, at x a hall of 3 MW costs 6. 4 machines: one hall at x and 1 MW at
    y, 4 + 6 + 3 = 13."""
    case = tiny(
        sites=[site("x"), site("y", construction=3)],
        halls=[hall(cost=6, most=1)],
        demands=[deployment(4)],
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(13)


def test_the_existing_fleet_stands_in_what_stood(engine: Engine) -> None:
    """Proves: 2 machines run at the start in halls that they fill; a third needs a hall: 1 + 6."""
    case = tiny(
        sites=[site(existing_it=None)],
        fleet=[fleet(units=2)],
        halls=[hall(cost=6)],
        demands=[deployment(3)],
    )
    assert solved(case, engine).value == pytest.approx(7)
