"""Money: every bucket's amount by hand, one at a time, and what halls and budgets do to a plan.

At 21 % a year half a year is worth 1.21^½ = 1.1, so the middle of the first year is at 1 / 1.1, of
the second at 1 / 1.331, and the end of the first year at 1 / 1.21.
"""

from __future__ import annotations

import math

import pytest

from planner.core.case import Case
from planner.solver.engine import Engine
from tests.builders import (
    budget,
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


def ledger(case: Case, engine: Engine) -> dict[tuple[str, str], float]:
    """(bucket, period) → MUSD of the optimum."""
    return solved(case, engine).cash()


def test_systems(engine: Engine) -> None:
    """Proves: 3 systems at 2 MUSD are 6 MUSD in the period of delivery."""
    assert ledger(tiny(systems=[system(price=2)], demands=[deployment(3)]), engine) == {
        ("capex.systems", "2025"): pytest.approx(6)
    }


def test_down_payment_at_order(engine: Engine) -> None:
    """Proves: of 10 MUSD, 40 % are paid a period ahead of delivery, 60 % at delivery.

    Needed on the first day of 2026, ordered on that of 2025; at 21 %: 4 + 6 / 1.21. All at delivery
    it would be 10 / 1.21.
    """
    case = tiny(
        periods=2,
        systems=[system(price=10, lead=1, down=0.4)],
        demands=[deployment([0, 1])],
        discount=0.21,
    )
    answer = solved(case, engine)
    assert answer.cash() == {
        ("capex.systems", "2025"): pytest.approx(4),
        ("capex.systems", "2026"): pytest.approx(6),
    }
    assert answer.value == pytest.approx(4 + 6 / 1.21)


def test_down_payment_of_an_order_before_the_horizon(engine: Engine) -> None:
    """Proves: what was ordered before the horizon, and arrives in its first period, is paid in full
    then."""
    case = tiny(systems=[system(price=10, lead=1, earliest=0, down=0.4)], demands=[deployment(1)])
    assert ledger(case, engine) == {("capex.systems", "2025"): pytest.approx(10)}


def test_fabric(engine: Engine) -> None:
    """Proves: a fabric of 25 % on 3 systems at 2 MUSD is 1.5 MUSD."""
    cash = ledger(tiny(systems=[system(price=2, fabric=0.25)], demands=[deployment(3)]), engine)
    assert cash["capex.fabric", "2025"] == pytest.approx(1.5)


def test_construction(engine: Engine) -> None:
    """Proves: 3 machines of 1 MW + 50 % need 4.5 MW of IT, 1 MW stands, so 3.5 MW are built at 2
    MUSD: 7 MUSD."""
    case = tiny(
        systems=[system(overhead=0.5)],
        sites=[site(construction=2, existing_it=1)],
        demands=[deployment(3)],
    )
    cash = ledger(case, engine)
    assert cash["capex.construction", "2025"] == pytest.approx(7)


def test_existing_machines_stand_in_halls(engine: Engine) -> None:
    """Proves: where the scenario says nothing of halls, those of 2 existing machines (1.5 MW each)
    stand: of 4 wanted, 3 MW are built.

    Said to be none, all 6 MW are built.
    """
    kwargs = dict(systems=[system(overhead=0.5)], fleet=[fleet("a", 2)], demands=[deployment(4)])
    silent = ledger(tiny(sites=[site(construction=1, existing_it=None)], **kwargs), engine)
    assert silent["capex.construction", "2025"] == pytest.approx(3)
    none = ledger(tiny(sites=[site(construction=1, existing_it=0.0)], **kwargs), engine)
    assert none["capex.construction", "2025"] == pytest.approx(6)


def test_construction_follows_the_need(engine: Engine) -> None:
    """Proves: 1 machine in 2025 and 3 in 2026 build 1 MW, then 2 MW."""
    case = tiny(
        periods=2, sites=[site(construction=1)], demands=[deployment([1, 3])], discount=0.21
    )
    cash = ledger(case, engine)
    assert (cash["capex.construction", "2025"], cash["capex.construction", "2026"]) == (
        pytest.approx(1),
        pytest.approx(2),
    )


def test_energy(engine: Engine) -> None:
    """Proves: 0.5 MW on average + 10 % of 1 MW nameplate is 0.6 MW IT, × 1.2 over the year / 0.8
    for losses is 0.9 MW at the meter.

    2 machines at 10 MUSD per MW and year: 18 MUSD. With the design day's PUE of 1.5 it would be
    22.5.
    """
    case = tiny(
        systems=[system(average_mw=0.5, overhead=0.1)],
        sites=[site(pue=1.2, pue_peak=1.5, energy=10)],
        demands=[deployment(2)],
        utility_loss=0.2,
    )
    assert ledger(case, engine)["opex.energy", "2025"] == pytest.approx(18)


def test_energy_goes_by_the_hours_of_the_calendar(engine: Engine) -> None:
    """Proves: the first quarter of 2024 has 91 days, 2184 h: 1 MW at 8760 USD per MWh · 2184 h is
    19.13184 MUSD."""
    case = tiny(
        sites=[site(energy=8760 * 8760 / 1e6)],
        demands=[deployment(1)],
        first="2024-Q1",
        last="2024-Q1",
        step="quarter",
    )
    assert ledger(case, engine)["opex.energy", "2024-Q1"] == pytest.approx(8760 * 2184 / 1e6)


def test_operations(engine: Engine) -> None:
    """Proves: upkeep is on IT nameplate whatever is drawn: 2 × 1.25 MW at 4 MUSD per MW and year
    are 10 MUSD a year."""
    case = tiny(
        periods=2,
        systems=[system(average_mw=0.1, overhead=0.25)],
        demands=[deployment(2)],
        operations=4,
    )
    cash = ledger(case, engine)
    assert (cash["opex.operations", "2025"], cash["opex.operations", "2026"]) == (
        pytest.approx(10),
        pytest.approx(10),
    )


def test_rent(engine: Engine) -> None:
    """Proves: rent is on critical IT at the load the site is sized by: 2 × (0.75 + 0.25) MW at 3
    MUSD are 6; by nameplate 7.5."""
    case = tiny(
        systems=[system(peak_mw=0.75, overhead=0.25)],
        sites=[site(sizing="peak", rent=3)],
        demands=[deployment(2)],
    )
    assert ledger(case, engine)["opex.rent", "2025"] == pytest.approx(6)


def test_residual_of_systems(engine: Engine) -> None:
    """Proves: of 16 MUSD a machine that loses half a year keeps 4 after two years and 8 after one,
    and fabric keeps nothing.

    One delivered in 2025 and one in 2026: − 4 − 8, at the end of 2026.
    """
    case = tiny(
        periods=2,
        systems=[system(price=16, fabric=0.5)],
        demands=[deployment([1, 2])],
        supply=[supply(each=1)],
        worth=True,
        discount=0,
    )
    cash = ledger(case, engine)
    assert cash["residual.systems", "2026"] == pytest.approx(-12)
    assert ("residual.systems", "2025") not in cash


def test_residual_of_construction(engine: Engine) -> None:
    """Proves: a hall that loses 25 % of its cost a year keeps half after two: 2 MW at 3 MUSD built
    in 2025, − 3 at the end of 2026.

    The 1 MW that stood before is not credited.
    """
    case = tiny(
        periods=2,
        sites=[site(construction=3, existing_it=1)],
        systems=[system(price=0)],
        demands=[deployment(3)],
        worth=True,
        discount=0.1,
    )
    cash = ledger(case, engine)
    assert cash["capex.construction", "2025"] == pytest.approx(6)
    assert cash["residual.construction", "2026"] == pytest.approx(-3)


def test_discounting(engine: Engine) -> None:
    """Proves: a machine is paid on the day on which it comes, energy evenly through the year,
    residual worth at the end of the horizon.

    1 MUSD for the machine, 11 for energy in the year at (1 - 1/1.21) / ln 1.21, less the half that
    remains at the end: 0.5 / 1.21.
    """
    case = tiny(sites=[site(energy=11)], demands=[deployment(1)], worth=True, discount=0.21)
    assert solved(case, engine).value == pytest.approx(
        1 + 11 * (1 - 1 / 1.21) / math.log(1.21) - 0.5 / 1.21
    )


def test_capex_objective_is_not_discounted_and_has_no_opex(engine: Engine) -> None:
    """Proves: 2 MUSD for the machine, 1 for its fabric, 3 for its hall: 6, with energy and discount
    left aside."""
    case = tiny(
        systems=[system(price=2, fabric=0.5)],
        sites=[site(construction=3, energy=7)],
        demands=[deployment(1)],
        goals=["minimize capex"],
        discount=0.21,
        worth=True,
    )
    assert solved(case, engine).value == pytest.approx(6)


def test_shell_needed(engine: Engine) -> None:
    """Proves: 2 machines and 2 MW of halls, 4 MUSD. Without the row: machines run in the open,
    2."""
    check_row(
        tiny(sites=[site(construction=1)], demands=[deployment(2)]),
        engine,
        "shell.needed",
        value=4,
        without=2,
    )


def test_shell_stands(engine: Engine) -> None:
    """Proves: the hall for 2 old machines at x is still there when they retire after a year: 2
    MUSD, and 2 for machines at y in 2026.

    Without the row: the hall would be sold back in 2026 to pay for the machines, 2 in all.
    """
    case = tiny(
        periods=2,
        systems=[system("a", sites=["y"]), system("old", may_buy=False)],
        sites=[site("x", construction=1), site("y")],
        fleet=[fleet("old", 2, retire=True)],
        demands=[deployment([2, 0], name="d", of=["old"]), deployment([0, 2], name="e", of=["a"])],
    )
    check_row(case, engine, "shell.stands", value=4, without=2)


def test_money_capex(engine: Engine) -> None:
    """Proves: machine, fabric and hall are 1 + 0.5 + 1 MUSD, so 10 MUSD buy 4. Without the row:
    spending is not counted, 9 MW hold 9."""
    case = tiny(
        systems=[system(fabric=0.5)],
        sites=[site(power=9, construction=1)],
        budget=budget(capex=10),
        goals=["maximize accelerators"],
    )
    check_row(case, engine, "money.capex", value=4, without=9)


def test_budget_capex(engine: Engine) -> None:
    """Proves: 3.5 MUSD buy 3. Without the row: 9 MW hold 9."""
    case = tiny(sites=[site(power=9)], budget=budget(capex=3.5), goals=["maximize accelerators"])
    check_row(case, engine, "budget.capex", value=3, without=9)


def test_budget_by_period(engine: Engine) -> None:
    """Proves: 2 MUSD in 2026 buy 2 then, though 2025 is free: 2 of them if nothing can come before.
    Without the row: 9."""
    case = tiny(
        periods=2,
        systems=[system(earliest=1)],
        sites=[site(power=9)],
        budget=budget(by_period={1: 2}),
        goals=[goal("maximize accelerators", at=1)],
    )
    check_row(case, engine, "budget.by_period", value=2, without=9)


def test_budget_by_period_is_of_that_period_alone(engine: Engine) -> None:
    """Proves: 4 MW and no budget in 2025, 9 MW and 2 MUSD in 2026: 6 in 2026. As a cumulative
    ceiling it would allow 2."""
    case = tiny(
        periods=2,
        sites=[site(power=[4, 9])],
        budget=budget(by_period={1: 2}),
        goals=[goal("maximize accelerators", at=1)],
    )
    answer = check_row(case, engine, "budget.by_period", value=6, without=9)
    assert answer.bought() == {("a", "2025"): 4, ("a", "2026"): 2}


def test_a_periods_budget_may_ask_for_a_hall_before_its_need(engine: Engine) -> None:
    """Proves: in 2026 there is money for 2 machines and no hall, so the 2 MW are built in 2025: the
    plan keeps them there.

    Built when they are needed they would break the budget.
    """
    case = tiny(
        periods=2,
        sites=[site(power=[0, 9], construction=1)],
        budget=budget(by_period={1: 2}),
        goals=[goal("maximize accelerators", at=1)],
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(2)
    assert answer.cash()["capex.construction", "2025"] == pytest.approx(2)


def test_a_down_payment_counts_in_the_budget_of_its_order(engine: Engine) -> None:
    """Proves: 3 MUSD in 2025 pay a quarter of 4 MUSD for 3 machines of 2026. Were all paid at
    delivery: 9."""
    case = tiny(
        periods=2,
        systems=[system(price=4, lead=1, down=0.25)],
        sites=[site(power=9)],
        budget=budget(by_period={0: 3}),
        goals=[goal("maximize accelerators", at=1)],
    )
    check_row(case, engine, "budget.by_period", value=3, without=9)


def test_budget_cumulative(engine: Engine) -> None:
    """Proves: 2 MUSD by 2025 and 5 by 2026 buy 5 in all. Without the row: 9."""
    case = tiny(
        periods=2,
        sites=[site(power=9)],
        budget=budget(cumulative={0: 2, 1: 5}),
        goals=[goal("maximize accelerators", at=1)],
    )
    check_row(case, engine, "budget.cumulative", value=5, without=9)


def test_budget_total(engine: Engine) -> None:
    """Proves: a machine is 1 MUSD and 0.5 a year for energy, 0.25 rent and 0.25 upkeep over two
    years: 3; 10 MUSD hold 3. Without: 9.

    Residual worth and discount play no part.
    """
    case = tiny(
        periods=2,
        sites=[site(power=9, energy=0.5, rent=0.25)],
        operations=0.25,
        budget=budget(total=10),
        goals=[goal("maximize accelerators", at=0)],
        worth=True,
        discount=0.21,
    )
    check_row(case, engine, "budget.total", value=3, without=9)


def test_budget_total_counts_what_stands(engine: Engine) -> None:
    """Proves: 2 existing machines take 2 of 10 MUSD for energy, the other 8 buy and run 4 more: 6.
    Were they free to run: 7."""
    case = tiny(
        fleet=[fleet("a", 2)],
        sites=[site(power=9, energy=1)],
        budget=budget(total=10),
        goals=["maximize accelerators"],
    )
    check_row(case, engine, "budget.total", value=6, without=9)


def test_budget_does_not_pay_for_halls_that_stand(engine: Engine) -> None:
    """Proves: with 4 MW of halls standing, 10 MUSD buy 4 machines there and 3 more with their
    halls: 7. Were they charged: 5."""
    case = tiny(
        sites=[site(power=9, construction=1, existing_it=4)],
        budget=budget(capex=10),
        goals=["maximize accelerators"],
    )
    answer = check_row(case, engine, "budget.capex", value=7, without=9)
    (row,) = [row for row in answer.plan.limits if row.row == "budget.capex[horizon]"]
    assert (row.used, row.limit) == (pytest.approx(10), 10)


def test_halls_are_built_no_earlier_than_needed(engine: Engine) -> None:
    """Proves: with no discount it is the same to a solver when the 3 MW are built; the plan builds
    them when they are needed, in 2027.

    Without the care: whenever the solver happens to.
    """
    case = tiny(
        periods=3, sites=[site(power=[1, 1, 3], construction=1)], demands=[deployment([1, 1, 3])]
    )
    cash = ledger(case, engine)
    assert {
        period: usd for (bucket, period), usd in cash.items() if bucket == "capex.construction"
    } == {
        "2025": pytest.approx(1),
        "2027": pytest.approx(2),
    }
