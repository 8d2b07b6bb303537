"""When what is built is paid, by hand: milestones, buildings that stand before their machines, and
what is leased."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from planner.core.case import Case
from planner.core.fields import CasePayment
from planner.solver.engine import Engine
from tests.builders import budget, deployment, grade, hall, network, site, solved, system, tiny

YEAR = 365.0
HALF = YEAR / 2


def with_payments(case: Case, table: str, payments: list[CasePayment]) -> Case:
    return case.model_copy(
        update={
            table: [
                entry.model_copy(update={"payments": payments}) for entry in getattr(case, table)
            ]
        }
    )


def bill(*parts: tuple[float, float]) -> list[CasePayment]:
    """(share, days before)."""
    return [CasePayment(share=share, before_days=days) for share, days in parts]


def test_what_is_built_is_paid_when_its_machines_come(engine: Engine) -> None:
    """Proves: for a machine of 2026 that takes half a year to fit out, the building is paid on the
    day of the delivery, in 2025: at 21 % a year 1 MUSD for the machine and 3 for its building, both
    half a year after the start, are worth 4 / 1.1."""
    case = tiny(
        periods=2,
        systems=[system(fit_out=0.5)],
        sites=[site(power=9, construction=3)],
        demands=[deployment([0, 1])],
        discount=0.21,
    )
    answer = solved(case, engine)
    assert answer.cash() == {
        ("capex.systems", "2025"): pytest.approx(1),
        ("capex.construction", "2025"): pytest.approx(3),
    }
    assert answer.plan.purchases[0].delivered_on == "2025-07-01"
    assert answer.value == pytest.approx(4 / 1.1)


def test_a_budget_of_the_year_before_holds_the_building_too(engine: Engine) -> None:
    """Proves: 4 MUSD until the end of 2025 buy one machine of 2026 with its building, and no second
    one whose building is paid later."""
    case = tiny(
        periods=2,
        systems=[system(fit_out=0.5)],
        sites=[site(power=9, construction=3)],
        budget=budget(cumulative={0: 7, 1: 100}),
        goals=["maximize accelerators"],
    )
    answer = solved(case, engine)
    assert answer.bought() == {("a", "2025"): 1}
    assert answer.cash()["capex.construction", "2025"] == pytest.approx(3)


def test_milestones_of_a_building(engine: Engine) -> None:
    """Proves: of 3 MUSD for 2027, 40 % a year before and the rest on the day: 1.2 / 1.21 + 1.8 /
    1.4641, and the machine 1 / 1.4641."""
    case = tiny(
        periods=3,
        sites=[site(power=9, construction=3)],
        demands=[deployment([0, 0, 1])],
        discount=0.21,
    )
    answer = solved(with_payments(case, "sites", bill((0.4, YEAR), (0.6, 0.0))), engine)
    cash = answer.cash()
    assert (cash["capex.construction", "2026"], cash["capex.construction", "2027"]) == (
        pytest.approx(1.2),
        pytest.approx(1.8),
    )
    assert answer.value == pytest.approx(1.2 / 1.21 + 2.8 / 1.4641)


def test_what_would_be_due_before_the_horizon_is_due_on_its_first_day(engine: Engine) -> None:
    """Proves: for 2025, all of it at once, however early its milestone."""
    case = tiny(
        periods=2,
        sites=[site(power=9, construction=3)],
        demands=[deployment([1, 1])],
        discount=0.21,
    )
    assert solved(
        with_payments(case, "sites", bill((0.4, 3 * YEAR), (0.6, 0.0))), engine
    ).value == pytest.approx(4)


def test_what_stands_is_paid_by_nobody(engine: Engine) -> None:
    """Proves: 2 of 3 MW stand, so 1 MW is built, with milestones or without."""
    case = tiny(
        periods=2,
        sites=[site(power=9, construction=3, existing_it=2)],
        demands=[deployment([0, 3])],
        systems=[system(price=0)],
    )
    for payments in (bill((1.0, 0.0)), bill((0.5, HALF), (0.5, 0.0)), bill((1.0, 5 * YEAR))):
        assert solved(with_payments(case, "sites", payments), engine).value == pytest.approx(3)


def test_a_hall_is_paid_evenly_or_by_milestones(engine: Engine) -> None:
    """Proves: 6 MUSD over two years are 3 in each; by milestones half is due a year before its use
    in 2027 and half then."""
    kwargs: dict[str, Any] = {
        "periods": 3,
        "systems": [system(price=0)],
        "demands": [deployment([0, 0, 1])],
    }
    case = tiny(halls=[hall(lead=2, cost=6)], **kwargs)
    evenly = solved(case, engine).cash()
    assert (evenly["capex.construction", "2025"], evenly["capex.construction", "2026"]) == (
        pytest.approx(3),
        pytest.approx(3),
    )
    stated = solved(with_payments(case, "halls", bill((0.5, YEAR), (0.5, 0.0))), engine).cash()
    assert (stated["capex.construction", "2026"], stated["capex.construction", "2027"]) == (
        pytest.approx(3),
        pytest.approx(3),
    )


def test_a_hall_is_begun_no_earlier_than_it_must(engine: Engine) -> None:
    """Proves: one of half a year for 2026 is begun in July 2025, with the last day from which it is
    in use then."""
    answer = solved(
        tiny(
            periods=2,
            systems=[system(price=0)],
            demands=[deployment([0, 1])],
            halls=[hall(lead=0.5, cost=6)],
            discount=0.21,
        ),
        engine,
    )
    (row,) = answer.plan.halls
    assert (row.begun, row.begun_on, row.usable) == ("2025", "2025-07-01", "2026")


def test_milestones_of_a_network(engine: Engine) -> None:
    """Proves: a group for two machines that come in 2026 costs 4 MUSD, a quarter of it half a year
    before: 1 in 2025 and 3 in 2026."""
    case = tiny(
        periods=2,
        systems=[system(price=0)],
        sites=[site(power=9)],
        networks=[network(grade(per=2.0, group=4.0))],
        demands=[deployment([0, 2])],
        discount=0.21,
    )
    cash = solved(with_payments(case, "networks", bill((0.25, HALF), (0.75, 0.0))), engine).cash()
    assert (cash["capex.fabric", "2025"], cash["capex.fabric", "2026"]) == (
        pytest.approx(1),
        pytest.approx(3),
    )


def leased(case: Case, mw_years: list[float]) -> Case:
    mw = [mw_years[0] * 1e6] * len(mw_years)
    return case.model_copy(
        update={
            "sites": [
                w.model_copy(update={"leased_mw_years": mw_years, "critical_it_w": mw})
                for w in case.sites
            ]
        }
    )


def test_what_is_leased_is_owed_and_is_all_that_runs(engine: Engine) -> None:
    """Proves: of 3 MW under contract one runs, and the rent of 3 at 2 MUSD a year is owed; a fourth
    machine has no place."""
    case = leased(tiny(sites=[site(power=9, rent=2)], demands=[deployment(1)]), [3.0])
    assert solved(case, engine).cash()["opex.rent", "2025"] == pytest.approx(6)
    more = leased(tiny(sites=[site(power=9, rent=2)], goals=["maximize accelerators"]), [3.0])
    answer = solved(more, engine)
    assert answer.bought() == {("a", "2025"): 3}
    (row,) = (row for row in answer.plan.limits if row.name == "critical IT at x")
    assert (row.path, row.binding) == ("sites.0.leased", True)


def test_without_a_lease_rent_follows_what_runs(engine: Engine) -> None:
    """Proves: 1 of 9 MW runs, and its rent is owed."""
    assert solved(tiny(sites=[site(power=9, rent=2)], demands=[deployment(1)]), engine).cash()[
        "opex.rent", "2025"
    ] == pytest.approx(2)


def test_days_of_the_answer_are_days(engine: Engine) -> None:
    """Proves: a delivery of a third of a year's lead time is ordered on the first day and comes on
    the day after so many days."""
    case = tiny(
        periods=2,
        systems=[system(lead=1 / 3, fit_out=1 / 12)],
        demands=[deployment([0, 1])],
        discount=0.1,
    )
    (row,) = solved(case, engine).plan.purchases
    assert (date.fromisoformat(row.delivered_on), date.fromisoformat(row.ordered_on)) == (
        date(2025, 12, 1),
        date(2025, 8, 1),
    )
