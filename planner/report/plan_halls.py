"""Which halls a plan builds, where and when, and what stands in them."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.schema import Plan
from planner.report.tables import Column, Table, Value, money


def hall_tables(plan: Plan) -> Iterator[Table]:
    """Halls begun, and how full each kind is at the end; nothing where no site is built by the hall."""
    if not plan.case.halls:
        return
    columns = [
        Column("begin by"),
        Column("in use from"),
        Column("site"),
        Column("hall"),
        Column("cooling"),
        Column("halls"),
        Column("critical IT", "MW"),
        Column("cost"),
    ]
    kind = {(hall.site, hall.id): hall for hall in plan.case.halls}
    rows: list[list[Value]] = [
        [r.begun_on, r.usable, r.site, r.hall, kind[r.site, r.hall].cooling, r.number, r.it_mw, money(r.cost_usd)] for r in plan.halls
    ]
    if not rows:
        yield Table("Halls to build", columns, [], ["none"])
    else:
        total: list[Value] = [
            sum(r.number for r in plan.halls),
            sum(r.it_mw for r in plan.halls),
            money(sum(r.cost_usd for r in plan.halls)),
        ]
        yield Table("Halls to build", columns, [*rows, ["total", *[None] * 4, *total]], total=1)
    yield from _standing(plan)


def _standing(plan: Plan) -> Iterator[Table]:
    last = plan.case.timeline.periods[-1].label
    rows: list[list[Value]] = []
    for row in plan.housed:
        if row.period == last:
            hall = next((h for h in plan.case.halls if (h.site, h.id) == (row.site, row.hall)), None)
            each = plan.case.system[row.system].racks if hall is None else hall.carries[row.system]
            rows.append([row.site, row.hall, row.system, row.units, row.units * each])
    if rows:
        columns = [Column("site"), Column("hall"), Column("system"), Column("systems"), Column("positions", "racks")]
        notes = ["`standing` is what stood at the start; halls of a kind are filled as one, so that a system may be split between two"]
        yield Table(f"Where machines stand, {last}", columns, rows, notes)
