"""Fleet and supply: optima worked out by hand, and what they would be without the row.

Systems cost 1 MUSD and draw 1 MW; see `tests.builders` for everything else that is round.
"""

from __future__ import annotations

import pytest

from planner.errors import InfeasibleError
from planner.solver.engine import Engine
from tests.builders import (
    at_least,
    check_row,
    deployment,
    fleet,
    goal,
    site,
    solved,
    supply,
    system,
    tiny,
)


def test_balance_what_runs_was_delivered(engine: Engine) -> None:
    """Proves: 2 accelerators in service cost 2 systems, 2 MUSD. Without the row: they would be in
    service for nothing, 0 MUSD."""
    case = tiny(periods=2, demands=[deployment([0, 2])])
    check_row(case, engine, "fleet.balance", value=2, without=0)


def test_balance_what_ran_runs_on(engine: Engine) -> None:
    """Proves: 3 stand already and run in both years, so of 5 in the second year 2 are bought.
    Without the row: nothing is bought."""
    case = tiny(periods=2, fleet=[fleet("a", 3)], demands=[deployment([3, 5])])
    check_row(case, engine, "fleet.balance", value=2, without=0)


def test_fit_out_delays_service(engine: Engine) -> None:
    """Proves: with a period of fit-out what is needed in 2026 arrives in 2025, where it is paid
    for.

    Without the fit-out: bought in 2026, which at 21 % a year is cheaper: 1 / 1.21 instead of 1
    MUSD.
    """
    late = solved(
        tiny(periods=2, systems=[system(fit_out=1)], demands=[deployment([0, 1])], discount=0.21),
        engine,
    )
    assert late.bought() == {("a", "2025"): 1}
    assert late.value == pytest.approx(1)
    assert late.plan.purchases[0].in_service == "2026"
    prompt = solved(tiny(periods=2, demands=[deployment([0, 1])], discount=0.21), engine)
    assert prompt.bought() == {("a", "2026"): 1}
    assert prompt.value == pytest.approx(1 / 1.21)


def test_fit_out_as_long_as_the_horizon_forbids_the_purchase(engine: Engine) -> None:
    """Proves: what could run only after the horizon is not bought, so the dearer system with no
    fit-out serves: 3 MUSD.

    Without: the cheap one would be counted (or a rule on shares met by machines that never run).
    """
    case = tiny(
        periods=2,
        systems=[system("a", fit_out=2), system("b", price=3)],
        demands=[deployment([0, 1])],
        discount=0.1,
    )
    assert solved(case, engine).bought() == {("b", "2026"): 1}
    paper = tiny(
        periods=2,
        discount=0.1,
        systems=[system("a", fit_out=2), system("b", price=3), system("c", price=9)],
        sites=[site(power=9)],
        demands=[deployment([0, 4], of=["b", "c"])],
        rules=[at_least(2, meaningful=0.25, metric="units")],
    )
    assert solved(paper, engine).bought() == {("b", "2026"): 3, ("c", "2026"): 1}


def test_lead_time_holds_back_the_first_delivery(engine: Engine) -> None:
    """Proves: ordered in 2025, a lead time of two periods delivers in 2027: one accelerator short
    in 2025 and 2026 at 5 MUSD a year each.

    Without the lead time: 1 MUSD for the system and nothing short.
    """
    demands = [deployment(1, price=5)]
    late = solved(tiny(periods=3, systems=[system(lead=2)], demands=demands), engine)
    assert late.value == pytest.approx(1 + 5 + 5)
    assert (late.plan.purchases[0].ordered, late.plan.purchases[0].delivered) == ("2025", "2027")
    assert solved(tiny(periods=3, demands=demands), engine).value == pytest.approx(1)


def test_retirement_frees_power(engine: Engine) -> None:
    """Proves: two old machines of 1 PFLOP/s fill the 4 MW; retired, they make room for two new ones
    of 4 PFLOP/s each: 8 PFLOP/s.

    Without the right to retire: the old ones stay, 2 PFLOP/s.
    """
    systems = [system("old", mw=2, pflops=1, may_buy=False), system("new", mw=2, pflops=4)]
    case = tiny(
        systems=systems,
        sites=[site(power=4)],
        fleet=[fleet("old", 2, retire=True)],
        goals=["maximize compute"],
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(8)
    assert [(r.system, r.period, r.units) for r in answer.plan.retirements] == [("old", "2025", 2)]
    kept = tiny(
        systems=systems, sites=[site(power=4)], fleet=[fleet("old", 2)], goals=["maximize compute"]
    )
    assert solved(kept, engine).value == pytest.approx(2)


def test_only_the_part_of_a_fleet_that_may_retire_retires(engine: Engine) -> None:
    """Proves: of three old machines, entered as one that may retire and two that must stay, one
    makes room: 2 + 4 = 6 PFLOP/s of 3 MW.

    Without the distinction: all three would go, 12 PFLOP/s, and two machines that must stay would
    be gone.
    """
    systems = [system("old", may_buy=False), system("new", pflops=4)]
    case = tiny(
        systems=systems,
        sites=[site(power=3)],
        fleet=[fleet("old", 1, retire=True), fleet("old", 2)],
        goals=["maximize compute"],
    )
    assert solved(case, engine).value == pytest.approx(6)


def test_existing_fleet_above_the_power_leaves_only_retirement(engine: Engine) -> None:
    """Proves: 5 machines stand where 3 MW remain in 2026: two are retired, and the demand of 5 is
    two short, 2 × 10 MUSD.

    Without the right to retire: no plan, and the power and the fleet that may not retire are to
    blame.
    """
    sites, demands = [site(power=[5, 3])], [deployment(5, price=10)]
    assert solved(
        tiny(periods=2, sites=sites, fleet=[fleet("a", 5, retire=True)], demands=demands), engine
    ).value == pytest.approx(20)
    with pytest.raises(InfeasibleError) as caught:
        solved(tiny(periods=2, sites=sites, fleet=[fleet("a", 5)], demands=demands), engine)
    assert {limit.name for limit in caught.value.refusal.conflict} == {
        "power at x",
        "retirement of a at x",
    }


def test_cumulative_allocation(engine: Engine) -> None:
    """Proves: 1 system may have come by 2025 and 3 by 2026, so 3 run in 2026. Without the row: as
    many as 10 MW hold."""
    case = tiny(
        periods=2,
        sites=[site(power=10)],
        supply=[supply(cumulative=[1, 3])],
        goals=[goal("maximize accelerators", at=1)],
    )
    check_row(case, engine, "supply.cumulative", value=3, without=10)


def test_cumulative_allocation_counts_all_sites_together(engine: Engine) -> None:
    """Proves: two sites share the allocation of 3. Without the row: 4 MW at each, 8 machines."""
    case = tiny(
        sites=[site("x", power=4), site("y", power=4)],
        supply=[supply(cumulative=3)],
        goals=["maximize accelerators"],
    )
    check_row(case, engine, "supply.cumulative", value=3, without=8)


def test_rate_of_delivery(engine: Engine) -> None:
    """Proves: 2 systems a period make 6 in three periods. Without the row: as many as 10 MW
    hold."""
    case = tiny(
        periods=3,
        sites=[site(power=10)],
        supply=[supply(each=2)],
        goals=[goal("maximize accelerators", at=2)],
    )
    check_row(case, engine, "supply.per_period", value=6, without=10)


def test_an_allocation_does_not_limit_what_stands(engine: Engine) -> None:
    """Proves: 4 existing machines run beside 2 allocated ones. Were the fleet counted against the
    allocation, 4 would run."""
    case = tiny(
        sites=[site(power=10)],
        fleet=[fleet("a", 4)],
        supply=[supply(cumulative=2)],
        goals=["maximize accelerators"],
    )
    assert solved(case, engine).value == pytest.approx(6)


def test_a_window_that_lies_before_the_first_possible_delivery(engine: Engine) -> None:
    """Proves: a system whose window has closed before it can arrive is not bought, and its
    allocation limits nothing: b serves at 3 MUSD.

    Without the care: the audit looked for rows of an allocation that the model rightly leaves out,
    and refused the plan.
    """
    systems = [system("a", earliest=2, latest=0), system("b", price=3)]
    case = tiny(
        periods=3,
        systems=systems,
        supply=[supply("a", cumulative=5, each=1)],
        demands=[deployment([0, 0, 1])],
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(3)
    assert [row.row for row in answer.plan.limits] == ["demand.served[d,2027]"]
