"""Which networks a plan builds: tiers and switches by site and system, and when."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.schema import Plan
from planner.report.tables import Column, Table, Value, money


def fabric_tables(plan: Plan) -> Iterator[Table]:
    """Networks that are bought by the switch, in the periods in which they grow; nothing where all are a share of the price."""
    if not plan.fabrics:
        return
    topology = {(fabric.site, fabric.system): fabric.topology for fabric in plan.case.fabrics}
    columns = [
        Column("from"),
        Column("site"),
        Column("system"),
        Column("topology"),
        Column("tiers"),
        Column("leaves"),
        Column("above"),
        Column("nodes"),
        Column("IT nameplate", "MW"),
        Column("added, $"),
    ]
    rows: list[list[Value]] = []
    seen: dict[tuple[str, str], tuple[int, int]] = {}
    for r in plan.fabrics:
        key = r.site, r.system
        if seen.get(key) != (r.switches, r.nodes):
            leaves = r.switches - r.above
            watts, added = r.it_nameplate_mw, money(r.added_usd)
            rows.append([r.period, r.site, r.system, topology[key], r.tiers, leaves, r.above, r.nodes, watts, added])
        seen[key] = r.switches, r.nodes
    notes = [
        "whole switches, tiers chosen once; added: switches and the links between them",
        "links of each system, and its share of front end and storage networks, stand with its purchase under fabric",
        "the draw is in the IT overhead that every system carries already, not beside it",
    ]
    yield Table("Networks by the switch", columns, rows, notes)
