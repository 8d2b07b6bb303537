"""Tables of machines that leave: switched off and sold, or moved to another site."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.schema import Plan
from planner.report.tables import Column, Table, Value, money


def leaving(plan: Plan) -> Iterator[Table]:
    """What is switched off and what is moved, if anything is."""
    if plan.retirements:
        columns = [Column(name) for name in ("period", "site", "system", "came with", "systems", "fetches")]
        rows: list[list[Value]] = [[r.period, r.site, r.system, came(r.vintage), r.units, money(r.sale_usd)] for r in plan.retirements]
        note = "sold at the share of its price that a machine of its age fetches; a fleet entry without an age fetches nothing"
        yield Table("Switched off", columns, rows, [note])
    if plan.moves:
        columns = [Column(name) for name in ("period", "from", "to", "runs from", "system", "came with", "systems", "cost")]
        rows = [
            [m.period, m.origin, m.destination, m.in_service, m.system, came(m.vintage), m.units, money(m.cost_usd)] for m in plan.moves
        ]
        yield Table("Moved", columns, rows)


def qualified(plan: Plan) -> Iterator[Table]:
    """Whom to qualify, and when to begin."""
    if plan.qualifications:
        columns = [Column(name) for name in ("supplier", "begin in", "delivers from", "cost")]
        rows: list[list[Value]] = [[q.supplier, q.started, q.qualified, money(q.cost_usd)] for q in plan.qualifications]
        yield Table("Suppliers to qualify", columns, rows)


def came(vintage: str) -> str:
    """How a person calls a stock: by its delivery, or as what stood at the start."""
    return f"fleet entry {int(vintage.removeprefix('fleet.')) + 1}" if vintage.startswith("fleet.") else f"delivery of {vintage}"
