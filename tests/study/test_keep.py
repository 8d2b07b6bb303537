"""Planning again around an earlier plan: what is kept, what comes late, and what it costs."""

from __future__ import annotations

import csv
import io

import pytest

from planner.assembly.audit import findings_of
from planner.errors import InputError, OptionError
from planner.periods import Moment
from planner.pipeline import solve
from planner.plan.schema import Plan
from planner.report.keep_tables import orders_csv
from planner.solver.engine import Engine
from planner.study.keep import keep, moved
from tests.scenario.sample import load

TEXT = """\
name: by the quarter
horizon: {from: 2026-Q1, to: 2027-Q2, step: quarter}
finance: {discount_rate: 0 %/year, resale: none}
sites:
  - id: x
    power: {2026-Q1: 9 MW}
    pue: {annual: 1.0, peak: 1.0}
    energy_price: 0 USD/MWh
    construction: {cost: 1 MUSD/MW}
systems:
  - {system: hgx-h100, price: 200 kUSD, nameplate: 10 kW, peak: 10 kW, average: 10 kW, lead_time: 120 days, fit_out: 30 days, down_payment: 20 %}
fleet: [{site: x, system: mi300x-server, units: 10 systems, may_retire: true}]
demands:
  - {id: d, kind: deployment, system: hgx-h100, need: {2026-Q3: 800 accelerators, 2026-Q4: 1600 accelerators, 2027-Q2: 2400 accelerators}, shortfall: 100 USD/accelerator/hour}
assume: {it_overhead: 0 %, utility_loss: 0 %, fabric_cost: 0 %, operations: 1 MUSD/MW/year}
solve: {gap: 0 %}
"""  # noqa: E501  (lines of a file)
"""100 servers in 2026-Q3, 100 more in 2026-Q4 and 2027-Q2, each ordered five months and delivered
one before they run."""


@pytest.fixture(scope="module")
def before(engine: Engine) -> Plan:
    return solve(load(TEXT), engine=engine)


def again(engine: Engine, before: Plan, until: str, text: str = TEXT) -> Plan:
    plan = solve(keep(load(text), before, Moment.parse(until)), engine=engine)
    assert findings_of(plan) == []
    return plan


def test_the_same_question_has_the_same_plan(engine: Engine, before: Plan) -> None:
    """Proves: whatever is kept, the optimum of the same question is the same; what was ordered is
    on order, and what was retired was."""
    for until in ("2026-Q2", "2026-Q3", "2027-Q2"):
        plan = again(engine, before, until)
        assert plan.goals[0].value == pytest.approx(before.goals[0].value)
        assert all(row.before == row.now for row in moved(before, plan))
        on_order = [p for p in plan.purchases if plan.case.system[p.system].order]
        first = str(Moment.parse(until).first)
        assert len(on_order) == sum(p.ordered_on < first for p in before.purchases)
        assert plan.retirements == before.retirements != []


def test_two_deliveries_come_late(engine: Engine, before: Plan) -> None:
    """Proves: the orders of the plan, two of them a quarter later than promised, are kept, and what
    goes short for want of them costs 100 USD for each accelerator and hour: 800 in 2026-Q3 and in
    2026-Q4, of which nothing can be made good within a quarter's notice."""
    until = "2026-Q3"
    table = list(csv.DictReader(io.StringIO(orders_csv(before, Moment.parse(until).first))))
    assert [row["id"] for row in table] == ["hgx-h100.x.2026-q2", "hgx-h100.x.2026-q3"]
    late = {"hgx-h100.x.2026-q2": "2026-08-31", "hgx-h100.x.2026-q3": "2026-12-01"}
    lines = [
        "  - {"
        + ", ".join(f"{key}: {late.get(row['id']) if key == 'delivery' else value}"
                    for key, value in row.items() if value)
        + "}"
        for row in table
    ]  # fmt: skip
    plan = again(engine, before, until, TEXT + "orders:\n" + "\n".join(lines) + "\n")
    comes = {(row.product, row.period): (row.before, row.now) for row in moved(before, plan)}
    assert comes == {
        ("hgx-h100", "2026-Q3"): (100, 0),
        ("hgx-h100", "2026-Q4"): (100, 100),
        ("hgx-h100", "2027-Q1"): (0, 100),
        ("hgx-h100", "2027-Q2"): (100, 100),
    }
    hours = 24 * 92
    assert plan.totals.penalty_usd == pytest.approx(100 * (800 * hours + 800 * hours))
    assert plan.totals.capex_usd == pytest.approx(before.totals.capex_usd)


def test_nothing_is_ordered_before_the_day(engine: Engine, before: Plan) -> None:
    """Proves: a need that was not there goes short in the periods for which the orders would have
    been placed; the one after is met."""
    more = TEXT.replace("2026-Q4: 1600", "2026-Q4: 2000")
    plan = again(engine, before, "2026-Q4", more)
    short = {row.period: row.short for row in plan.demands}
    assert short == {"2026-Q3": 0, "2026-Q4": 400, "2027-Q1": 400, "2027-Q2": 0}


@pytest.mark.parametrize(
    ("text", "until", "kind", "words"),
    [
        (TEXT, "2026-08", OptionError, "write `--until 2026-Q3`"),
        (TEXT, "2031-Q1", OptionError, ""),
        (TEXT.replace("to: 2027-Q2", "to: 2027-Q4"), "2026-Q3", InputError, "the last day"),
        (TEXT.replace("step: quarter", "step: month"), "2026-Q3", InputError, "the step"),
        (
            TEXT.replace("id: x", "id: y").replace("site: x", "site: y"),
            "2026-Q3",
            InputError,
            "`x`",
        ),
    ],
)
def test_what_cannot_be_kept(before: Plan, text: str, until: str, kind: type, words: str) -> None:
    with pytest.raises(kind) as caught:
        keep(load(text), before, Moment.parse(until))
    assert words in str(caught.value)


def test_machines_that_were_moved_are_on_order_and_moved(engine: Engine) -> None:
    """Proves: bought machines that a plan took to the cheaper site are kept there."""
    text = TEXT.replace(
        "systems:\n",
        "  - {id: y, power: {2026-Q4: 9 MW}, "
        "pue: {annual: 1.0, peak: 1.0}, energy_price: 0 USD/MWh, construction: {cost: 0 USD/MW}}\n"
        "systems:\n",
    ).replace("energy_price: 0 USD/MWh\n", "energy_price: 900 USD/MWh\n", 1)
    text += "moves: [{system: hgx-h100, cost: 1 USD, transit: 1 day}]\n"
    first = solve(load(text), engine=engine)
    assert first.moves
    plan = again(engine, first, "2027-Q2", text)
    assert plan.goals[0].value == pytest.approx(first.goals[0].value)
    assert sum(row.units for row in plan.moves) == sum(row.units for row in first.moves)


def test_orders_of_the_scenario_are_told_once(engine: Engine) -> None:
    """Proves: a plan of a scenario with orders, named or not, is kept without doubling them."""
    said = "system: hgx-h100, site: x, units: 20 systems, price: 100 kUSD"
    orders = (
        f"orders: [{{{said}, delivery: 2026-06-01}}, {{id: po, {said}, delivery: 2026-09-01}}]\n"
    )
    first = solve(load(TEXT + orders), engine=engine)
    plan = again(engine, first, "2026-Q3", TEXT + orders)
    assert all(row.before == row.now for row in moved(first, plan))
    assert {o.system for o in first.case.orders} == {"hgx-h100@order-1", "hgx-h100@po"}
    assert {o.system for o in first.case.orders} < {o.system for o in plan.case.orders}


def test_what_was_retired_before_it_comes_is_refused(engine: Engine) -> None:
    """Proves: machines on order that the plan retires within the horizon, and that now come a
    quarter later, cannot be kept."""
    retire = TEXT.replace("down_payment: 20 %}", "down_payment: 20 %, may_retire: true}").replace(
        "2027-Q2: 2400", "2027-Q1: 8"
    )
    first = solve(load(retire), engine=engine)
    assert any(row.vintage == "2026-Q2" and row.period == "2027-Q1" for row in first.retirements)
    late = "{id: hgx-h100.x.2026-q2, system: hgx-h100, site: x, units: 100 systems, "
    text = retire + f"orders: [{late}delivery: 2026-08-31}}]\n"
    with pytest.raises(InputError, match="was retired in 2027-Q1 in the plan kept"):
        keep(load(text), first, Moment.parse("2027-Q2"))


def test_edits_keep_what_is_kept(before: Plan) -> None:
    """Proves: a mix, or a shorter time, asks the question with what was decided."""
    loaded = keep(load(TEXT), before, Moment.parse("2026-Q3"))
    assert loaded.edited(()).case.kept is not None
    from planner.records import Edit

    other = loaded.edited((Edit("diversification", []),))
    assert other.case.kept == loaded.case.kept and other.case.orders == loaded.case.orders
