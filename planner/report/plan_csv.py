"""A plan as one long table: table, item, site, period, measure, unit, value."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.schema import Plan
from planner.plan.tables import TABLES

HEAD = ("table", "item", "site", "period", "measure", "unit", "value")


def plan_rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    """Head and rows; numbers in full precision."""
    yield HEAD
    yield "solve", "status", "", "", plan.solve.status, "", ""
    for g in plan.goals:
        said = (("value", g.unit, g.value), ("reached", g.unit, g.reached), ("bound", g.unit, g.bound), ("gap", "1", g.gap))
        for measure, unit, amount in said:
            yield "goals", g.name, "", "", measure, unit, "" if amount is None else repr(amount)
    for table in TABLES:
        for row in plan.of(table):
            yield from ((table.name, *line) for line in table.lines(row))
    for f in plan.case.figures:
        yield "figures", f.of, "", f.date, f"{f.figure} (grade {f.grade}, {f.kind})", f.unit, repr(f.value)
