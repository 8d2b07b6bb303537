"""Every worked number of `docs/conventions.md`, worked out with the product; and no line of the
page without one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import yaml

from planner.capabilities.budget.schema import Finance
from planner.core.case import Case
from planner.core.scenario import Assume
from planner.engineering.worth import discount_factor, resale_share, spread_factor
from planner.periods import Moment, Timeline, earlier, later, years_between
from planner.pipeline import solve
from planner.plan.schema import Plan
from planner.solver.engine import Engine
from tests.scenario.sample import FREE, SERVER, load

PAGE = Path(__file__).resolve().parent.parent / "docs" / "conventions.md"


@cache
def page() -> dict[str, str]:
    """What each line gives."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.read_text().splitlines()
        if line.startswith("| ")
    ]
    return {row[0]: row[3] for row in rows[1:]}


def line(start: str, end: str, step: str) -> Timeline:
    return Timeline.between(Moment.parse(start), Moment.parse(end), step)  # type: ignore[arg-type]


def question(
    span: tuple[str, str, str],
    *,
    site: dict[str, object] | None = None,
    system: dict[str, object] | None = None,
    **more: object,
) -> str:
    """100 servers of 10 kW under any power, where nothing but what is asked costs anything."""
    start, end, step = span
    place = {
        "id": "a",
        "power": {start: "20 MW"},
        "pue": {"annual": 1.0, "peak": 1.0},
        "energy_price": "0 USD/MWh",
        **(site or {}),
    }
    need = {start: "100 systems"}
    data = {
        "name": "a convention",
        "horizon": {"from": start, "to": end, "step": step},
        "finance": {"discount_rate": "0 %/year", "resale": "none"},
        "sites": [place],
        "systems": [{**SERVER, **(system or {})}],
        "demands": [{"id": "d", "kind": "deployment", "system": "hgx-h100", "need": need}],
        "assume": {**FREE},
        **more,
    }
    return yaml.safe_dump(data, sort_keys=False)


def case_of(text: str) -> Case:
    return load(text).case


@pytest.fixture(scope="module")
def plan(engine: Engine) -> Callable[[str], Plan]:
    return lambda text: solve(load(text), engine=engine)


def paid(plan: Plan, bucket: str, period: str) -> float:
    return sum(row.usd for row in plan.cash if (row.bucket, row.period) == (bucket, period))


QUARTERS = ("2027-Q1", "2027-Q4", "quarter")
CHECKED: dict[str, Callable[[Callable[[str], Plan]], str]] = {}


def convention(
    name: str,
) -> Callable[[Callable[[Callable[[str], Plan]], str]], Callable[[Callable[[str], Plan]], str]]:
    def keep(
        check: Callable[[Callable[[str], Plan]], str],
    ) -> Callable[[Callable[[str], Plan]], str]:
        CHECKED[name] = check
        return check

    return keep


def first_with(values: list[float] | None, amount: float, case: Case) -> str:
    assert values is not None
    return next(
        p.label for p, value in zip(case.timeline.periods, values, strict=True) if value == amount
    )


@convention("a rise")
def _rise(plan: Callable[[str], Plan]) -> str:
    case = case_of(question(QUARTERS, site={"power": {"2027-02-01": "20 MW"}}))
    return f"counts from {first_with(case.sites[0].power_w, 20e6, case)}"


@convention("a fall")
def _fall(plan: Callable[[str], Plan]) -> str:
    case = case_of(question(QUARTERS, site={"power": {"2027-Q1": "20 MW", "2027-05-15": "10 MW"}}))
    return f"10 MW from {first_with(case.sites[0].power_w, 10e6, case)}"


@convention("at most")
def _at_most(plan: Callable[[str], Plan]) -> str:
    demands = [
        {"id": "d", "kind": "deployment", "at_most": {"2027-02-15": "1 GW facility"}},
    ]
    case = case_of(question(QUARTERS, demands=demands))
    most = case.demands[0].at_most
    assert most is not None
    return f"from {first_with([v or 0.0 for v in most], 1000.0, case)}"


@convention("what is on order")
def _on_order(plan: Callable[[str], Plan]) -> str:
    order = {
        "system": "hgx-h100",
        "site": "a",
        "units": "100 systems",
        "delivery": "2027-02-20",
        "price": "0.2 MUSD",
        "paid": "25 %",
        "fit_out": "30 days",
    }
    found = plan(question(QUARTERS, orders=[order], demands=[]))
    (bought,) = found.purchases
    usd = paid(found, "capex.systems", "2027-Q1")
    return f"runs from {bought.in_service}, {usd / 1e6:g} MUSD in 2027-Q1"


@convention("a need")
def _need(plan: Callable[[str], Plan]) -> str:
    demands = [
        {
            "id": "d",
            "kind": "deployment",
            "system": "hgx-h100",
            "need": {"2027-03-31": "100 systems"},
        }
    ]
    case = case_of(question(QUARTERS, demands=demands))
    return f"due in {first_with(case.demands[0].need, 800, case)}"


@convention("an allocation")
def _allocation(plan: Callable[[str], Plan]) -> str:
    supply = [{"system": "hgx-h100", "by": {"2027-05-15": "100 systems"}}]
    demands = [
        {"id": "d", "kind": "deployment", "system": "hgx-h100", "need": {"2027-Q3": "100 systems"}}
    ]
    found = plan(question(QUARTERS, system={"fit_out": "30 days"}, supply=supply, demands=demands))
    assert date.fromisoformat(found.purchases[0].delivered_on) >= date(2027, 5, 15)
    return f"runs from {found.purchases[0].in_service}"


@convention("a delay")
def _delay(plan: Callable[[str], Plan]) -> str:
    case = case_of(question(QUARTERS, system={"lead_time": "8 weeks", "fit_out": "30 days"}))
    system, arrival = case.systems[0], case.arrivals["hgx-h100"][0]
    assert arrival is not None
    return (
        f"over on {later(system.first, system.fit_out_days)}, runs from "
        f"{case.timeline.periods[arrival.runs].label}"
    )


@convention("thirty days")
def _thirty(plan: Callable[[str], Plan]) -> str:
    months = ("2027-01", "2027-12", "month")
    case = case_of(question(months, system={"lead_time": "30 days", "order_from": "2027-02-01"}))
    arrival = next(a for a in case.arrivals["hgx-h100"] if a is not None)
    return f"over on {case.systems[0].first}, runs from {case.timeline.periods[arrival.runs].label}"


@convention("a month")
def _month(plan: Callable[[str], Plan]) -> str:
    return f"over on {later(date(2027, 1, 31), 365 / 12)}"


@convention("a year")
def _year(plan: Callable[[str], Plan]) -> str:
    return f"over on {later(date(2028, 1, 1), 365)}"


@convention("the last day")
def _last_day(plan: Callable[[str], Plan]) -> str:
    demands = [
        {"id": "d", "kind": "deployment", "system": "hgx-h100", "need": {"2027-Q2": "100 systems"}}
    ]
    found = plan(question(QUARTERS, system={"fit_out": "30 days"}, demands=demands))
    return f"deliver by {found.purchases[0].delivered_on}"


@convention("a permit")
def _permit(plan: Callable[[str], Plan]) -> str:
    return f"{line('2027', '2029', 'quarter').steps_within(364)} quarters"


@convention("a term")
def _term(plan: Callable[[str], Plan]) -> str:
    return f"{line('2027', '2029', 'quarter').steps_for(182)} quarters"


@convention("an age")
def _age(plan: Callable[[str], Plan]) -> str:
    fleet = [{"site": "a", "system": "hgx-h100", "units": "1 systems", "bought": "2023-04-01"}]
    return f"{case_of(question(QUARTERS, fleet=fleet)).fleet[0].age_years:g} years"


@convention("a charge by the month")
def _by_month(plan: Callable[[str], Plan]) -> str:
    found = plan(
        question(
            ("2027-01", "2027-03", "month"), site={"tariff": {"demand_charge": "15 USD/kW/month"}}
        )
    )
    return f"{paid(found, 'opex.demand_charge', '2027-02'):,.0f} USD".replace(",", " ")


@convention("a charge by the year")
def _by_year(plan: Callable[[str], Plan]) -> str:
    found = plan(
        question(("2028", "2028", "year"), assume={**FREE, "operations": "365 USD/kW/year"})
    )
    return f"{paid(found, 'opex.operations', '2028'):,.0f} USD".replace(",", " ")


@convention("energy")
def _energy(plan: Callable[[str], Plan]) -> str:
    return f"{plan(question(('2028', '2028', 'year'))).totals.energy_mwh:,.0f} MWh".replace(
        ",", " "
    )


@convention("a lease")
def _lease(plan: Callable[[str], Plan]) -> str:
    demands = [
        {"id": "d", "kind": "deployment", "system": "hgx-h100", "need": {"2027-Q2": "100 systems"}}
    ]
    site = {"rent": "100 USD/kW/month", "leased": {"2027-02-15": "16 MW"}}
    return (
        f"{paid(plan(question(QUARTERS, site=site, demands=demands)), 'opex.rent', '2027-Q1') / 1e6:g} "  # noqa: E501
        "MUSD"
    )


@convention("a growth")
def _growth(plan: Callable[[str], Plan]) -> str:
    return (
        f"{100 * Finance.model_validate({'discount_rate': '8 %/quarter'}).discount_rate_per_year:.4g} "  # noqa: E501
        "% a year"
    )


@convention("a decline")
def _decline(plan: Callable[[str], Plan]) -> str:
    found = Assume.model_validate({"resale_decline": "2.5 %/month"}).resale_decline_per_year
    return f"{100 * (found or 0):.3g} % a year"


@convention("a straight line")
def _straight(plan: Callable[[str], Plan]) -> str:
    found = Assume.model_validate(
        {"construction_decline": "0.5 %/month"}
    ).construction_decline_per_year
    return f"{100 * (found or 0):g} % a year"


@convention("paid on a day")
def _on_a_day(plan: Callable[[str], Plan]) -> str:
    return f"{discount_factor(0.1, years_between(date(2027, 1, 1), date(2028, 1, 1))):.4f} MUSD"


@convention("paid evenly")
def _evenly(plan: Callable[[str], Plan]) -> str:
    return f"{spread_factor(0.1, 0.0, 1.0):.4f} MUSD"


@convention("worth left")
def _left(plan: Callable[[str], Plan]) -> str:
    return f"{resale_share(0.3, 2.0):g} MUSD"


@convention("a building")
def _building(plan: Callable[[str], Plan]) -> str:
    """On the day of the delivery, by its present worth at 10 %."""
    demands = [
        {"id": "d", "kind": "deployment", "system": "hgx-h100", "need": {"2027-Q2": "100 systems"}}
    ]
    text = question(
        QUARTERS,
        site={"construction": {"cost": "10 MUSD/MW"}},
        system={"fit_out": "30 days"},
        demands=demands,
        finance={"discount_rate": "10 %/year", "resale": "none"},
    )
    (row,) = (row for row in plan(text).cash if row.bucket == "capex.construction")
    assert row.period == "2027-Q1"
    day = next(
        d
        for d in (date(2027, 3, n) for n in range(1, 32))
        if row.present_usd / row.usd == pytest.approx(1.1 ** -years_to(d), rel=1e-9)
    )
    return f"paid on {day}"


def years_to(day: date) -> float:
    return years_between(date(2027, 1, 1), day)


@convention("a milestone")
def _milestone(plan: Callable[[str], Plan]) -> str:
    site = {
        "construction": {
            "cost": "10 MUSD/MW",
            "payments": [{"share": "40 %", "before": "6 months"}, {"share": "60 %"}],
        }
    }
    demands = [
        {"id": "d", "kind": "deployment", "system": "hgx-h100", "need": {"2028": "100 systems"}}
    ]
    money = {"discount_rate": "10 %/year", "resale": "none"}
    found = plan(
        question(("2027-01", "2028-12", "month"), site=site, demands=demands, finance=money)
    )
    assert {
        row.period: row.usd for row in found.cash if row.bucket == "capex.construction"
    } == pytest.approx({"2027-07": 4e6, "2028-01": 6e6})
    return f"paid on {earlier(date(2028, 1, 1), 182.5)}"


@convention("a hall")
def _hall(plan: Callable[[str], Plan]) -> str:
    hall = {
        "id": "h",
        "critical_it": "2 MW",
        "cooling": "air",
        "cost": "300 MUSD",
        "lead_time": "9 months",
        "until": "2027-Q1",
    }
    demands = [
        {"id": "d", "kind": "deployment", "system": "hgx-h100", "need": {"2027-Q4": "100 systems"}}
    ]
    found = plan(question(QUARTERS, site={"halls": [hall]}, demands=demands))
    return f"{paid(found, 'capex.construction', '2027-Q1') / 1e6:g} MUSD in 2027-Q1"


@convention("a price")
def _price(plan: Callable[[str], Plan]) -> str:
    return f"{plan(question(QUARTERS)).totals.capex_usd / 1e6:g} MUSD"


@convention("memory")
def _memory(plan: Callable[[str], Plan]) -> str:
    demand = {
        "id": "d",
        "kind": "compute",
        "precision": "bf16",
        "need": {"2027-Q1": "0.1 EFLOP/s"},
        "requires": {"memory": "76 GiB"},
    }
    return (
        "met"
        if case_of(question(QUARTERS, demands=[demand])).demands[0].systems == ["hgx-h100"]
        else "not met"
    )


def test_the_page_and_the_tests_have_the_same_lines():
    assert list(page()) == list(CHECKED)


@pytest.mark.parametrize("name", CHECKED)
def test_the_worked_number(name: str, plan: Callable[[str], Plan]):
    assert CHECKED[name](plan) == page()[name]


def test_every_day_of_the_page_is_a_day():
    """Proves: no date of the page is misspelt."""
    for text in re.findall(r"\d{4}-\d{2}-\d{2}", PAGE.read_text()):
        assert str(date.fromisoformat(text)) == text
