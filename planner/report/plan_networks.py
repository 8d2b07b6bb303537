"""Which networks a plan runs and buys: topology, tiers, groups and what they draw, by site and product."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.schema import Plan
from planner.report.tables import Column, Table, Value, money


def network_tables(plan: Plan) -> Iterator[Table]:
    """Networks in the periods in which they change, and those that are bought by the group; nothing where all are shares."""
    if plan.networks:
        yield _running(plan)
    if plan.fabrics:
        yield _bought(plan)


def _running(plan: Plan) -> Table:
    columns = [
        Column("from"),
        Column("site"),
        Column("system"),
        Column("topology"),
        Column("tiers"),
        Column("systems"),
        Column("groups of leaves"),
        Column("IT nameplate", "MW"),
        Column("IT typical", "MW"),
    ]
    rows: list[list[Value]] = []
    seen: dict[tuple[str, str], int] = {}
    for r in plan.networks:
        if seen.get((r.site, r.system)) != r.systems:
            rows.append([r.period, r.site, r.system, r.topology, r.tiers, r.systems, r.groups, r.it_nameplate_mw, r.it_typical_mw])
        seen[r.site, r.system] = r.systems
    notes = [
        "compute, front-end and storage network of all that runs of a product at a site; typical: peak, average and idle",
        "of the smallest grade that holds what runs; groups of leaves are whole, switches above come in proportion",
    ]
    return Table("Networks", columns, rows, notes)


def _bought(plan: Plan) -> Table:
    columns = [
        Column("from"),
        Column("site"),
        Column("system"),
        Column("topology"),
        Column("tiers"),
        Column("systems"),
        Column("groups of leaves"),
        Column("switches"),
        Column("added, $"),
    ]
    rows: list[list[Value]] = []
    seen: dict[tuple[str, str], tuple[int, int]] = {}
    for r in plan.fabrics:
        key = r.site, r.system
        if seen.get(key) != (r.groups, r.systems):
            rows.append([r.period, r.site, r.system, r.topology, r.tiers, r.systems, r.groups, r.switches, money(r.added_usd)])
        seen[key] = r.groups, r.systems
    notes = [
        "whole groups of leaves, with their share of the switches above, of front-end and storage network; added: bought in the period",
        "links of each system to its leaves stand with its purchase under fabric",
    ]
    return Table("Networks bought by the group", columns, rows, notes)
