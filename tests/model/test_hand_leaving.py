"""Machines that leave: switched off and sold, taken to another site, gone when their time is over.
Optima worked out by hand.

Systems cost 1 MUSD and draw 1 MW unless said otherwise; a machine keeps half of its price each
year.
"""

from __future__ import annotations

import pytest

from planner.errors import InfeasibleError
from planner.solver.engine import Engine
from tests.builders import (
    budget,
    check_row,
    deployment,
    fleet,
    move,
    site,
    solved,
    supply,
    system,
    tiny,
)


def test_no_more_leaves_than_stood(engine: Engine) -> None:
    """Proves: only the one existing machine can be switched off, so at most one is bought for the
    two years in which 3 are wanted.

    3 MW in 2025 and 2026, 1 MW in 2027; wanted 3, 3 and 1 at 10 MUSD for each missing machine and
    year. Bought n, in service in 2027 1 + n − retired ≤ 1 with retired ≤ 1, so n = 1: one short in
    2025 and in 2026, cost 1 + 20 = 21. Without the row: two are bought and as many go before 2027,
    cost 2.
    """
    case = tiny(
        periods=3,
        sites=[site(power=[3, 3, 1])],
        fleet=[fleet("a", 1, retire=True)],
        demands=[deployment([3, 3, 1], price=10)],
    )
    check_row(case, engine, "fleet.stock", value=21, without=2)


def test_bought_machines_may_leave_again(engine: Engine) -> None:
    """Proves: with leave to retire, two are bought for 2025 and 2026 and go before 2027: cost 2,
    nothing short.

    Without it: 2 MW less in 2027 let only one be bought: 1 + one short twice, 21.
    """
    sites, demands = [site(power=[3, 3, 1])], [deployment([3, 3, 1], price=10)]
    free = tiny(
        periods=3,
        systems=[system(retire=True)],
        sites=sites,
        fleet=[fleet("a", 1)],
        demands=demands,
    )
    answer = solved(free, engine)
    assert answer.value == pytest.approx(2)
    assert [(r.system, r.period, r.vintage, r.home, r.units) for r in answer.plan.retirements] == [
        ("a", "2027", "2025", "x", 2)
    ]
    with pytest.raises(InfeasibleError):
        solved(tiny(periods=3, sites=sites, fleet=[fleet("a", 2)], demands=demands), engine)


def test_a_machine_is_sold_at_its_age(engine: Engine) -> None:
    """Proves: bought in 2025 for 8, needed until 2026, energy 1 a year; sold at the start of 2027
    at two years for 8/4 = 2: cost 8 + 2 − 2.

    Were it kept, it would be worth 8/8 = 1 at the end, and would have drawn energy for a year more:
    8 + 3 − 1 = 10.
    """
    case = tiny(
        periods=3,
        systems=[system(price=8, retire=True)],
        sites=[site(energy=1)],
        demands=[deployment([1, 1, 0])],
        worth=True,
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(8)
    assert answer.cash()["resale.systems", "2027"] == pytest.approx(-2)
    assert ("residual.systems", "2027") not in answer.cash()
    assert answer.plan.retirements[0].sale_usd == pytest.approx(2e6)
    assert answer.plan.totals.resale_usd == pytest.approx(-2e6)
    kept = tiny(
        periods=3,
        systems=[system(price=8)],
        sites=[site(energy=1)],
        demands=[deployment([1, 1, 0])],
        worth=True,
    )
    assert solved(kept, engine).value == pytest.approx(10)


def test_what_is_sold_is_the_machine_that_was_bought(engine: Engine) -> None:
    """Proves: of one bought in 2025 and one in 2026 for 8 each, the older must be sold where only
    it was delivered long enough ago.

    2 wanted in 2026, 1 in 2027. Sold at the start of 2027: the one of 2025 fetches 2, that of 2026
    fetches 4, so the younger goes and the older stays, worth 1 at the end: 16 − 4 − 1 = 11. Sold
    the other way round: 16 − 2 − 2 = 12, the same machines at other ages.
    """
    case = tiny(
        periods=3,
        systems=[system(price=8, retire=True)],
        sites=[site(power=[1, 2, 1])],
        demands=[deployment([1, 2, 1])],
        worth=True,
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(11)
    assert [r.vintage for r in answer.plan.retirements] == ["2026"]


def test_an_existing_machine_of_an_age_is_sold_or_keeps_its_worth(engine: Engine) -> None:
    """Proves: a machine of 8 MUSD, one year old, draws energy of 3 a year and serves nothing: sold
    at once it fetches 4, cost −4.

    A fleet entry without an age fetches nothing, but saves its energy: cost 0. One that must stay
    costs 3 and is worth 2 at the end: 1.
    """
    aged = tiny(
        fleet=[fleet("a", 1, retire=True, age=1, worth=8)], sites=[site(energy=3)], worth=True
    )
    answer = solved(aged, engine)
    assert answer.value == pytest.approx(-4)
    assert answer.cash() == {("resale.systems", "2025"): pytest.approx(-4)}
    ageless = tiny(fleet=[fleet("a", 1, retire=True)], sites=[site(energy=3)], worth=True)
    assert solved(ageless, engine).value == pytest.approx(0)
    stays = tiny(fleet=[fleet("a", 1, age=1, worth=8)], sites=[site(energy=3)], worth=True)
    assert solved(stays, engine).value == pytest.approx(3 - 2)


def test_resale_loosens_no_budget(engine: Engine) -> None:
    """Proves: 8 MUSD of proceeds do not pay for a second purchase under a total budget of 8: one
    machine of 8, not two.

    Were they counted, the old machine sold for 8 would buy one more.
    """
    case = tiny(
        systems=[system("old", may_buy=False), system("new", price=8)],
        fleet=[fleet("old", 1, retire=True, age=0, worth=8)],
        sites=[site(power=9)],
        budget=budget(total=8),
        goals=["maximize compute", "minimize cost"],
        demands=[],
        worth=True,
    )
    assert solved(case, engine).bought() == {("new", "2025"): 1}


def test_buying_to_sell_gains_nothing(engine: Engine) -> None:
    """Proves: even where machines lose nothing with age, none is bought to be sold: cost 0, nothing
    bought."""
    case = tiny(
        periods=4,
        systems=[system(price=5, retire=True)],
        sites=[site(power=9)],
        worth=True,
        resale_decline=0.0,
        discount=0.1,
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(0)
    assert answer.bought() == {}


def test_existing_machines_that_must_stay(engine: Engine) -> None:
    """Proves: two old machines of 1 PFLOP/s that may not retire fill the 2 MW: 2 PFLOP/s. Without
    the row: new ones in their place, 8."""
    systems = [system("old", may_buy=False), system("new", pflops=4)]
    case = tiny(
        systems=systems, sites=[site(power=2)], fleet=[fleet("old", 2)], goals=["maximize compute"]
    )
    check_row(case, engine, "fleet.kept", value=2, without=8)


def test_a_fleet_too_big_for_its_site_is_named(engine: Engine) -> None:
    """Proves: 5 machines that may not retire on 3 MW: power and the fleet contradict each other,
    and either can give way by two."""
    with pytest.raises(InfeasibleError) as caught:
        solved(tiny(sites=[site(power=3)], fleet=[fleet("a", 5)]), engine)
    assert {(limit.name, limit.path) for limit in caught.value.refusal.conflict} == {
        ("power at x", "sites.0.power"),
        ("retirement of a at x", "fleet.0.may_retire"),
    }
    ways = {
        way.changes[0].limit: way.changes[0].to
        for way in caught.value.refusal.repairs
        if way.verified
    }
    assert ways == {"power at x": pytest.approx(5), "retirement of a at x": pytest.approx(2)}


def test_a_lifetime_ends(engine: Engine) -> None:
    """Proves: a machine that lives two years serves 2025 and 2026; 2027 needs a second one: cost 2.
    Without the row: one, cost 1."""
    case = tiny(periods=3, systems=[system(lifetime=2)], demands=[deployment([1, 1, 1])])
    answer = check_row(case, engine, "fleet.lifetime", value=2, without=1)
    assert [(r.period, r.vintage) for r in answer.plan.retirements] == [("2027", "2025")]


def test_a_lifetime_counts_from_delivery(engine: Engine) -> None:
    """Proves: with a year of fit-out, two years of life are one of service: 2026 and 2027 need a
    machine each, cost 2."""
    case = tiny(periods=3, systems=[system(lifetime=2, fit_out=1)], demands=[deployment([0, 1, 1])])
    assert solved(case, engine).value == pytest.approx(2)


def test_an_existing_machine_goes_by_its_date(engine: Engine) -> None:
    """Proves: a machine that must be gone by 2026 is replaced for 2026: cost 1. Without the row: it
    stays, cost 0."""
    case = tiny(periods=2, fleet=[fleet("a", 1, leaves=1)], demands=[deployment([1, 1])])
    check_row(case, engine, "fleet.lifetime", value=1, without=0)


def test_a_lifetime_that_conflicts_is_named(engine: Engine) -> None:
    """Proves: one machine that must be gone by 2026 and none to be had: demand, allocation and
    lifetime contradict each other."""
    case = tiny(
        periods=2,
        fleet=[fleet("a", 1, leaves=1)],
        supply=[supply(cumulative=0)],
        demands=[deployment([1, 1])],
    )
    with pytest.raises(InfeasibleError) as caught:
        solved(case, engine)
    assert {limit.name for limit in caught.value.refusal.conflict} == {
        "demand d",
        "allocation of a",
        "lifetime of a at x",
    }


TWO = [site("x", power=3), site("y", power=3)]


def test_moving_frees_a_site(engine: Engine) -> None:
    """Proves: 3 old machines go to y for 0.5 MUSD each, and 3 new ones of 4 PFLOP/s take their 3 MW
    at x: 15 PFLOP/s, moves cost 1.5.

    New ones cannot stand at y. Without the way: 3 PFLOP/s.
    """
    systems = [system("old", may_buy=False), system("new", pflops=4, sites=["x"])]
    case = tiny(
        systems=systems,
        sites=TWO,
        fleet=[fleet("old", 3)],
        moves=[move("old", cost=0.5)],
        goals=["maximize compute"],
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(15)
    assert [
        (m.origin, m.destination, m.period, m.in_service, m.units) for m in answer.plan.moves
    ] == [("x", "y", "2025", "2025", 3)]
    assert answer.cash()["opex.moves", "2025"] == pytest.approx(1.5)
    assert {(f.system, f.site): f.units for f in answer.plan.fleet} == {
        ("old", "y"): 3,
        ("new", "x"): 3,
    }
    stay = tiny(systems=systems, sites=TWO, fleet=[fleet("old", 3)], goals=["maximize compute"])
    assert solved(stay, engine).value == pytest.approx(3)


def test_nothing_runs_on_its_way(engine: Engine) -> None:
    """Proves: wanted at x in 2025 and at y in 2027; leaving x for 2026 it arrives a year later:
    cost 0.25. Wanted at y in 2026: buy, 1."""
    for wanted, cost in (([0, 0, 1], 0.25), ([0, 1, 1], 1.0)):
        case = tiny(
            periods=3,
            sites=TWO,
            fleet=[fleet("a", 1)],
            moves=[move(cost=0.25, transit=1)],
            demands=[
                deployment([1, 0, 0], name="here", at=["x"]),
                deployment(wanted, name="there", at=["y"]),
            ],
        )
        assert solved(case, engine).value == pytest.approx(cost), wanted


def test_moves_conserve_machines(engine: Engine) -> None:
    """Proves: in every period what runs at both sites is what stood, less what is on its way; a
    machine moves once."""
    case = tiny(
        periods=4,
        sites=TWO,
        fleet=[fleet("a", 2)],
        moves=[move(transit=1), move("a", "y", "x")],
        demands=[deployment([0, 0, 2, 2], at=["y"], price=10)],
        supply=[supply(cumulative=0)],
    )
    answer = solved(case, engine)
    moved = {
        label: sum(m.units for m in answer.plan.moves if m.period == label)
        for label in ("2025", "2026", "2027", "2028")
    }
    for label, gone in moved.items():
        assert sum(f.units for f in answer.plan.fleet if f.period == label) == 2 - gone
    assert sum(moved.values()) == 2
    assert answer.value == pytest.approx(0)


def test_a_moved_machine_is_sold_where_it_went(engine: Engine) -> None:
    """Proves: sold only after it arrived. One machine of 8, new at the start: it serves at y in
    2026 and is sold for 2027 at 8/4 = 2.

    Without the row: one that never moved could be `sold` at y at once for 8, beside serving.
    """
    case = tiny(
        periods=3,
        sites=TWO,
        fleet=[fleet("a", 1, retire=True, age=0, worth=8)],
        moves=[move(transit=1)],
        demands=[deployment([0, 1, 0], at=["y"], price=100)],
        supply=[supply(cumulative=0)],
        worth=True,
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(-2)
    assert [(r.site, r.home, r.period) for r in answer.plan.retirements] == [("y", "x", "2027")]


def test_no_sale_before_arrival(engine: Engine) -> None:
    """Proves: the machine of x is sold at once for 8, and nothing else can be; that of y may not
    retire: −8.

    Without the row: the machine of y is sold for 2026 in the name of one that never came from x,
    for 8/2 = 4 less the 2 that it would have been worth at the end: −10.
    """
    case = tiny(
        periods=2,
        sites=TWO,
        systems=[system(may_buy=False)],
        fleet=[fleet("a", 1, retire=True, age=0, worth=8), fleet("a", 1, at="y")],
        moves=[move(transit=1)],
        worth=True,
    )
    check_row(case, engine, "fleet.arrived", value=-8, without=-10)
