"""What is different in a plan that keeps an earlier one until a day, and the orders of a plan as a
table that a buyer can send.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from planner.capabilities.demand.tables import DEMANDS
from planner.capabilities.keeping.case import KeepingCase
from planner.plan.schema import Plan
from planner.report.document import Document, Part
from planner.report.plan_lead import KEPT
from planner.report.tables import Column, Line, Section, Table, Value, money, percent
from planner.study.keep import moved, orders_before

LEAST_SHORT = 5e-5
"""The least change of what goes short that shows."""
HEAD = (
    "id",
    "supplier",
    "system",
    "power_cap",
    "site",
    "units",
    "placed",
    "delivery",
    "fit_out",
    "price",
    "paid",
)


def with_changes(document: Document, old: Plan, new: Plan) -> Document:
    """The report of a plan, and before it what is different from the plan that it keeps."""

    def parts() -> Iterator[Part | Section]:
        yield Section("Against the plan kept", (coming(old, new), *figures(old, new)))
        yield from document.parts()

    lead = [_line(old, new) if line.head == KEPT else line for line in document.lead]
    return replace(document, parts=parts, lead=lead)


def _line(old: Plan, new: Plan) -> Line:
    """The change in a sentence."""
    kept = new.case.of(KeepingCase).kept
    periods = new.case.timeline.periods
    until = periods[kept.until].label if kept and kept.until < len(periods) else "the end"
    more = _difference(old.totals.present_cost_usd, new.totals.present_cost_usd)
    same = sum(min(row.before, row.now) for row in moved(old, new))
    of = sum(row.before for row in moved(old, new))
    said = f"until {until}: {same} of {of} systems come as before; present cost "
    if not more:
        return Line(KEPT, (f"{said}is the same",))
    within = ", no more than the gaps leave open" if abs(more) <= _open_usd(old, new) else ""
    return Line(KEPT, (said + ("rises by " if more > 0 else "falls by "), money(abs(more)), within))


def _difference(before: float, now: float) -> float:
    """What one amount is more than another; nothing where rounding alone makes it so."""
    return now - before if abs(now - before) > 1e-9 * max(abs(now), abs(before), 1.0) else 0.0


def _open_usd(old: Plan, new: Plan) -> float:
    """USD by which both plans may miss their best, where cost is the first objective of both."""
    firsts = [plan.goals[0] for plan in (old, new) if plan.goals]
    if any(goal.name != "minimize cost" or goal.bound is None for goal in firsts):
        return 0.0
    return sum(1e6 * abs(goal.value - (goal.bound or 0.0)) for goal in firsts)


def coming(old: Plan, new: Plan) -> Table:
    """What comes into service, by product, site and period: before, and now."""
    rows: list[list[Value]] = [
        [row.period, row.site, row.product, row.before, row.now, row.now - row.before or "–"]
        for row in moved(old, new)
    ]
    columns = [
        Column("in service from"),
        Column("site"),
        Column("system"),
        Column("before [systems]"),
        Column("now [systems]"),
        Column("difference [systems]"),
    ]
    return Table("What comes into service", columns, rows)


def figures(old: Plan, new: Plan) -> Iterator[Table]:
    """The plans in a few figures each, and what goes short by period where that is different."""
    rows: list[list[Value]] = []
    for name, before, now in (
        ("present cost", old.totals.present_cost_usd, new.totals.present_cost_usd),
        ("capex", old.totals.capex_usd, new.totals.capex_usd),
        ("opex over the horizon", old.totals.opex_usd, new.totals.opex_usd),
        ("priced shortfall", old.totals.penalty_usd, new.totals.penalty_usd),
    ):
        more = money(_difference(before, now))
        change = None if more is None else replace(more, signed=True)
        rows.append([name, money(before), money(now), change])
    columns = [Column("figure"), Column("before"), Column("now"), Column("difference")]
    notes = ["over the whole horizon, with what was decided and paid before"]
    yield Table("What it costs", columns, rows, notes)
    short = {
        plan_number: {(d.demand, d.period): d for d in plan.of(DEMANDS)}
        for plan_number, plan in enumerate((old, new))
    }
    missing: list[list[Value]] = []
    for key, now_row in short[1].items():
        was = short[0].get(key)
        before_share = was.short / was.need if was is not None else None
        share = now_row.short / now_row.need
        if before_share is None or abs(share - before_share) >= LEAST_SHORT:
            missing.append([*key, percent(before_share, 2), percent(share, 2)])
    if missing:
        heads = [Column("demand"), Column("period"), Column("short before"), Column("short now")]
        yield Table("What goes short of what is asked", heads, missing)


def orders_csv(plan: Plan, day: date) -> str:
    """The orders that a plan places before a day, as a scenario reads them: change a day of
    delivery where a vendor promises another, and give the file under `orders`.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    for order in orders_before(plan, day):
        cells = {
            "id": order.id,
            "supplier": order.supplier,
            "system": order.system,
            "power_cap": f"{100 * order.power_cap:g} %" if order.power_cap else "",
            "site": order.site,
            "units": str(order.units),
            "placed": str(order.placed),
            "delivery": str(order.delivery),
            "fit_out": f"{order.fit_out_days:.10g} days",
            "price": f"{order.price_usd:.10g} USD",
            "paid": f"{100 * order.paid:.10g} %",
        }
        writer.writerow([cells[key] for key in HEAD])
    return out.getvalue()
