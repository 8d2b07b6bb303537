"""Halls, networks and machines that leave, of a plan."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.fleet.tables import MOVES, RETIREMENTS
from planner.capabilities.halls.case import HallsCase
from planner.capabilities.halls.tables import HALLS, HOUSED
from planner.capabilities.networks.tables import FABRICS, NETWORKS
from planner.capabilities.supply.tables import QUALIFICATIONS
from planner.plan.schema import Plan
from planner.report.tables import Column, Table, Value, money


def hall_tables(plan: Plan) -> Iterator[Table]:
    """Halls begun, and how full each kind is at the end; nothing where no site is built by the
    hall.
    """
    if not plan.case.of(HallsCase).halls:
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
    kind = {(hall.site, hall.id): hall for hall in plan.case.of(HallsCase).halls}
    rows: list[list[Value]] = [
        [
            r.begun_on,
            r.usable,
            r.site,
            r.hall,
            kind[r.site, r.hall].cooling,
            r.number,
            r.it_mw,
            money(r.cost_usd),
        ]
        for r in plan.of(HALLS)
    ]
    if not rows:
        yield Table("Halls to build", columns, [], ["none"])
    else:
        total: list[Value] = [
            sum(r.number for r in plan.of(HALLS)),
            sum(r.it_mw for r in plan.of(HALLS)),
            money(sum(r.cost_usd for r in plan.of(HALLS))),
        ]
        yield Table("Halls to build", columns, [*rows, ["total", *[None] * 4, *total]], total=1)
    yield from _standing(plan)


def _standing(plan: Plan) -> Iterator[Table]:
    last = plan.case.timeline.periods[-1].label
    rows: list[list[Value]] = []
    for row in plan.of(HOUSED):
        if row.period == last:
            hall = next(
                (
                    h
                    for h in plan.case.of(HallsCase).halls
                    if (h.site, h.id) == (row.site, row.hall)
                ),
                None,
            )
            each = plan.case.system[row.system].racks if hall is None else hall.carries[row.system]
            rows.append([row.site, row.hall, row.system, row.units, row.units * each])
    if rows:
        columns = [
            Column("site"),
            Column("hall"),
            Column("system"),
            Column("systems"),
            Column("positions", "racks"),
        ]
        notes = [
            "`standing` is what stood at the start; halls of a kind are filled as one, so that a "
            "system may be split between two"
        ]
        yield Table(f"Where machines stand, {last}", columns, rows, notes)


def network_tables(plan: Plan) -> Iterator[Table]:
    """Networks in the periods in which they change, and those that are bought by the group; nothing
    where all are shares.
    """
    if plan.of(NETWORKS):
        yield _running(plan)
    if plan.of(FABRICS):
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
    for r in plan.of(NETWORKS):
        if seen.get((r.site, r.system)) != r.systems:
            rows.append(
                [
                    r.period,
                    r.site,
                    r.system,
                    r.topology,
                    r.tiers,
                    r.systems,
                    r.groups,
                    r.it_nameplate_mw,
                    r.it_typical_mw,
                ]
            )
        seen[r.site, r.system] = r.systems
    notes = [
        "compute, front-end and storage network of all that runs of a product at a site; typical: "
        "peak, average and idle",
        "of the smallest grade that holds what runs; groups of leaves are whole, switches above "
        "come in proportion",
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
    for r in plan.of(FABRICS):
        key = r.site, r.system
        if seen.get(key) != (r.groups, r.systems):
            rows.append(
                [
                    r.period,
                    r.site,
                    r.system,
                    r.topology,
                    r.tiers,
                    r.systems,
                    r.groups,
                    r.switches,
                    money(r.added_usd),
                ]
            )
        seen[key] = r.groups, r.systems
    notes = [
        "whole groups of leaves, with their share of the switches above, of front-end and storage "
        "network; added: bought in the period",
        "links of each system to its leaves stand with its purchase under fabric",
    ]
    return Table("Networks bought by the group", columns, rows, notes)


def leaving(plan: Plan) -> Iterator[Table]:
    """What is switched off and what is moved, if anything is."""
    if plan.of(RETIREMENTS):
        columns = [
            Column(name) for name in ("period", "site", "system", "came with", "systems", "fetches")
        ]
        rows: list[list[Value]] = [
            [r.period, r.site, r.system, came(r.vintage), r.units, money(r.sale_usd)]
            for r in plan.of(RETIREMENTS)
        ]
        note = (
            "sold at the share of its price that a machine of its age fetches; a fleet entry "
            "without an age fetches nothing"
        )
        yield Table("Switched off", columns, rows, [note])
    if plan.of(MOVES):
        columns = [
            Column(name)
            for name in (
                "period",
                "from",
                "to",
                "runs from",
                "system",
                "came with",
                "systems",
                "cost",
            )
        ]
        rows = [
            [
                m.period,
                m.origin,
                m.destination,
                m.in_service,
                m.system,
                came(m.vintage),
                m.units,
                money(m.cost_usd),
            ]
            for m in plan.of(MOVES)
        ]
        yield Table("Moved", columns, rows)


def qualified(plan: Plan) -> Iterator[Table]:
    """Whom to qualify, and when to begin."""
    if plan.of(QUALIFICATIONS):
        columns = [Column(name) for name in ("supplier", "begin in", "delivers from", "cost")]
        rows: list[list[Value]] = [
            [q.supplier, q.started, q.qualified, money(q.cost_usd)] for q in plan.of(QUALIFICATIONS)
        ]
        yield Table("Suppliers to qualify", columns, rows)


def came(vintage: str) -> str:
    """How a person calls a stock: by its delivery, or as what stood at the start."""
    return (
        f"fleet entry {int(vintage.removeprefix('fleet.')) + 1}"
        if vintage.startswith("fleet.")
        else f"delivery of {vintage}"
    )
