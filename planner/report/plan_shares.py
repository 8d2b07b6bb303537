"""Who sells, makes and houses a plan's machines, and how close each rule on that comes to its
limit?
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.sourcing.case import CaseRule, SourcingCase
from planner.capabilities.sourcing.schema import NOUN
from planner.capabilities.sourcing.tables import CONCENTRATIONS, SHARES, SURVIVAL, ShareRow
from planner.capabilities.supply.tables import PURCHASES
from planner.plan.schema import Plan
from planner.report.tables import DAGGER, Column, Table, Value, percent, rate


def share_tables(plan: Plan) -> Iterator[Table]:
    """Shares of what is bought, then each rule, then who makes what upstream."""
    if plan.of(PURCHASES):
        yield shares(plan)
    yield from rule_shares(plan)
    if plan.of(SURVIVAL):
        yield survival(plan)
    if plan.case.of(SourcingCase).origins:
        yield origins(plan)


def shares(plan: Plan) -> Table:
    """Shares of what is bought, by supplier."""
    rows_of = [r for r in plan.of(SHARES) if r.rule == 0 and r.amount > 0]
    metrics = list(dict.fromkeys((r.metric, r.unit) for r in rows_of))
    cell: dict[tuple[str, str], ShareRow] = {(r.group, r.metric): r for r in rows_of}
    columns = [Column("supplier")]
    for metric, unit in metrics:
        columns += [Column(metric, unit), Column(f"share of {metric}")]
    rows: list[list[Value]] = []
    for group in dict.fromkeys(r.group for r in rows_of):
        row: list[Value] = [group]
        for metric, _ in metrics:
            entry = cell.get((group, metric))
            row += [entry.amount, percent(entry.share)] if entry else [None, None]
        rows.append(row)
    return Table("Who sells it (over the horizon)", columns, rows)


def asks(rule: CaseRule) -> str:
    """What a rule asks for, in a few words."""
    several = NOUN[rule.level][1]
    if rule.max_share is not None:
        return f"at most {percent(rule.max_share)}" + (f" of {rule.only}" if rule.only else "")
    if rule.min_share is not None:
        return f"at least {percent(rule.min_share)}" + (
            f" of {rule.only}" if rule.only else ", or nothing"
        )
    if rule.max_suppliers is not None:
        return f"at most {rule.max_suppliers} {several}"
    if rule.max_hhi is not None:
        return f"HHI at most {rule.max_hhi:.4g}"
    return f"at least {rule.min_suppliers} of {percent(rule.meaningful)} each"


def rule_shares(plan: Plan) -> Iterator[Table]:
    """For each diversification rule, the window in which each group comes closest to its limit."""
    for number, rule in enumerate(plan.case.of(SourcingCase).rules, start=1):
        mine = [r for r in plan.of(SHARES) if r.rule == number]
        groups = dict.fromkeys(r.group for r in mine)
        pick = min if rule.min_share is not None else max
        tightest = [
            pick((r for r in mine if r.group == group), key=lambda r: r.share) for group in groups
        ]
        columns = [
            Column(NOUN[rule.level][0]),
            Column("lowest share" if rule.min_share is not None else "highest share"),
            Column("allowed" if rule.min_share is None else "asked"),
            Column("in window"),
            Column("amount", tightest[0].unit),
        ]
        rows: list[list[Value]] = [
            [
                r.group,
                percent(r.share, 2),
                percent(r.cap if rule.min_share is None else r.floor, 2),
                r.window,
                r.amount,
            ]
            for r in tightest
        ]
        notes = [
            f"HHI {row.hhi:.4f} in {row.window}, at most {row.cap:.4g}"
            for row in sorted(
                (r for r in plan.of(CONCENTRATIONS) if r.rule == number), key=lambda r: -r.hhi
            )[:1]
        ]
        where = "of the fleet, " if rule.of == "fleet" else ""
        yield Table(
            f"Rule {number}: {asks(rule)}, {where}{rule.metric} by {NOUN[rule.level][0]}",
            columns,
            rows,
            notes,
        )


def survival(plan: Plan) -> Table:
    """For every loss to survive, the period in which least more than enough is left."""
    columns = [
        Column("rule"),
        Column("after the"),
        Column("of"),
        Column("tightest in"),
        Column("worst loss"),
        Column("before"),
        Column("left"),
        Column("asked"),
        Column("unit"),
    ]
    rows: list[list[Value]] = []
    for number in dict.fromkeys(row.rule for row in plan.of(SURVIVAL)):
        mine = [row for row in plan.of(SURVIVAL) if row.rule == number]
        row = min(mine, key=lambda r: (r.left - r.need) / max(r.need, 1e-9))
        amounts: list[Value] = [
            rate(n) if row.unit == "FLOP/s" else n for n in (row.before, row.left, row.need)
        ]
        unit = "" if row.unit == "FLOP/s" else row.unit
        rows.append(
            [number, row.event, row.subject, row.period, row.lost or "nobody", *amounts, unit]
        )
    note = (
        "demands that are to survive the same loss share what is left, in parts fixed before "
        "it; every other demand may go without"
    )
    return Table("What is left after a loss", columns, rows, [note])


def origins(plan: Plan) -> Table:
    """Who may have made each accelerator, at the levels that rules count by."""
    columns = [
        Column("accelerator"),
        Column("level"),
        Column("any of"),
        Column("grade"),
        Column("source"),
    ]
    rows: list[list[Value]] = [
        [
            row.accelerator,
            NOUN[row.level][0],
            ", ".join(row.any_of) + (DAGGER if row.grade == "D" else ""),
            row.grade,
            row.source,
        ]
        for row in plan.case.of(SourcingCase).origins
    ]
    notes = [
        f"{DAGGER} {row.accelerator}, {row.level}: {row.note}"
        for row in plan.case.of(SourcingCase).origins
        if row.grade == "D"
    ]
    several = (
        "one that several may have made counts in full towards each where a share is "
        "limited, and towards none where one is asked for"
    )
    return Table("Who makes it", columns, rows, [several, *notes])
