"""Tables of an explanation: what binds, sensitivities, dates, what was not bought; or why there is
no plan, and the ways out.
"""

from __future__ import annotations

from collections.abc import Iterable

from planner.refusal import Repair
from planner.report.tables import Column, Table, Value, gap_text, show
from planner.study.explanation import Explanation, LimitState, NotBought, Resolved, SensitivityRow


def explain_lines(found: Explanation) -> list[str]:
    """The explanation's headline."""
    if found.objective is None:
        return [
            found.name,
            f"no plan · explained in {found.seconds:.1f} s",
            *found.findings,
            *found.notes,
        ]
    o = found.objective
    return [
        found.name,
        f"{o.name}: {show(o.value, 6)} {o.unit} · gap {gap_text(o.gap)} (asked "
        f"{found.asked_gap * 100:g} %) · {found.status}"
        f" · explained in {found.seconds:.1f} s",
        f"whole machines cost {show(abs(o.value - o.in_parts), 3)} "
        f"{o.unit} against machines in parts",
        *found.notes,
    ]


def explain_tables(found: Explanation) -> list[Table]:
    """Every table that has something to say."""
    if found.objective is None:
        tables = [conflict(found), servable(found), repairs(found), cheapest(found)]
    else:
        tables = [binding(found), tags(found), dates(found), not_bought(found), headroom(found)]
    return [table for table in tables if table.rows]


def _where(limit: str, when: str) -> str:
    return f"{limit}, {when}" if when else limit


def _amount(state: LimitState) -> list[Value]:
    return [_where(state.limit, state.when), state.sense, state.amount, state.unit, state.headroom]


LIMIT_COLUMNS = (
    Column("limit"),
    Column("is"),
    Column("amount", digits=6),
    Column("unit"),
    Column("headroom"),
)


def binding(found: Explanation) -> Table:
    """Limits with nothing left."""
    rows = [[*_amount(state), state.place] for state in found.limits if state.binding]
    return Table(
        "What binds",
        [*LIMIT_COLUMNS, Column("stands at")],
        rows,
        ["a limit binds when less than 0.5 % of it is left"],
    )


def headroom(found: Explanation) -> Table:
    """Limits with something left, the tightest first."""
    free = [state for state in found.limits if not state.binding]
    free.sort(
        key=lambda s: (
            s.headroom / s.amount if s.headroom is not None and s.amount > 0 else float("inf")
        )
    )
    return Table("Headroom of the rest", [*LIMIT_COLUMNS], [_amount(state) for state in free])


def tags(found: Explanation) -> Table:
    """What one more unit is worth."""
    assert found.objective is not None
    unit = found.objective.unit
    columns = [
        Column("limit"),
        Column(f"dual [{unit} per unit]"),
        Column("step"),
        Column(f"re-solved, looser [{unit}]"),
        Column("proven"),
        Column(f"re-solved, tighter [{unit}]"),
        Column("proven"),
        Column("agree"),
    ]
    rows = [
        [
            _where(tag.limit, tag.when),
            _dual(tag),
            tag.loosened.move,
            *_again(tag.loosened),
            *_again(tag.tightened),
            _agree(tag),
        ]
        for tag in found.tags
    ]
    notes = [
        "+ is better; dual: the linear program's slope at the plan, yes-or-no decisions held, "
        "machines in parts",
        "a/b: the slope for a little more and for a little less, where they differ (degenerate)",
        "re-solved: the integer model with the limit moved by the step; the true difference lies "
        "within `proven`",
        "agree: the linear program's difference lies there too, give or take a tenth and what "
        "whole machines cost",
    ]
    return Table("Sensitivities", columns, rows, notes)


def _dual(tag: SensitivityRow) -> str:
    if not tag.degenerate:
        return show(tag.dual)
    return f"{show(tag.more)}/{show(tag.less) if tag.less is not None else 'nothing left'}"


def _again(found: Resolved) -> list[Value]:
    if found.status == "not asked":
        return [None, None]
    if found.better is None:
        return [found.status, None]
    if found.low is None or found.high is None:
        return [_signed(found.better), "nothing"]
    if found.low == found.high == 0:
        return ["0", "0"]
    span = f"{_signed(found.low)} … {_signed(found.high)}"
    return ["within the gap" if found.within_gap else _signed(found.better), span]


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + show(float(value))


def _agree(tag: SensitivityRow) -> str:
    said = [side.agrees for side in (tag.loosened, tag.tightened) if side.agrees is not None]
    return "–" if not said else "yes" if all(said) else "no"


def dates(found: Explanation) -> Table:
    """What a period sooner or later is worth."""
    assert found.objective is not None
    unit = found.objective.unit
    columns = [
        Column("step"),
        Column("unit"),
        Column("begins"),
        Column("instead"),
        Column(f"linear program [{unit}]"),
        Column(f"re-solved [{unit}]"),
        Column("proven"),
    ]
    rows: list[list[Value]] = [
        [
            f"{tag.limit}: {show(tag.amount, 6)}",
            tag.unit,
            tag.begins,
            tag.moved_to,
            tag.expected,
            *_again(tag.resolved),
        ]
        for tag in found.dates
    ]
    return Table("One period sooner or later", columns, rows, ["+ is better"])


def not_bought(found: Explanation) -> Table:
    """Candidates that the plan does without."""
    columns = [
        Column("system"),
        Column("site"),
        Column("price, MUSD"),
        Column("would pay at"),
        Column("re-solved: pays at"),
        Column("re-solved: not at"),
        Column("reason"),
    ]
    return Table("Not bought", columns, [_absent(row) for row in found.not_bought])


def _absent(row: NotBought) -> list[Value]:
    prices: Iterable[Value] = (
        None if usd is None else usd / 1e6
        for usd in (row.price_usd, row.entry_price_usd, row.pays_at_usd, row.not_at_usd)
    )
    return [row.system, row.site, *prices, row.says]


def conflict(found: Explanation) -> Table:
    """The limits that cannot hold together."""
    rows: list[list[Value]] = [
        [limit.limit, limit.says, limit.place, limit.line] for limit in found.conflict
    ]
    columns = [Column("limit"), Column("reason"), Column("stands at"), Column("line")]
    return Table("These limits cannot hold together", columns, rows, _minimal(found))


def _minimal(found: Explanation) -> list[str]:
    """What may be said of the set."""
    return [] if found.findings else ["without any one of them the others of the set can hold"]


def servable(found: Explanation) -> Table:
    """How near a demand is to what can be had."""
    rows: list[list[Value]] = [
        [
            row.demand,
            row.period,
            row.need,
            row.most if row.most is not None else "not found in time",
            row.unit,
            row.says,
        ]
        for row in found.servable
    ]
    columns = [
        Column("demand"),
        Column("period"),
        Column("asks for", digits=6),
        Column("at most", digits=6),
        Column("unit"),
        Column("reason"),
    ]
    return Table(
        "The most that can be had",
        columns,
        rows,
        ["every period by itself, with all other limits as they are"],
    )


REPAIR_COLUMNS = (
    Column("way"),
    Column("change"),
    Column("relative", "%", 3),
    Column("verified"),
    Column("stands at"),
)


def repairs(found: Explanation) -> Table:
    """Single changes that leave a plan."""
    rows = [
        row
        for number, repair in enumerate(found.repairs, start=1)
        for row in _repair(str(number), repair)
    ]
    notes = [
        "each way alone, all other limits as they are; of a date, relative is the time moved as a "
        "share of the horizon",
        "verified: solved again with exactly these changes, and the plan keeps every row",
    ]
    return Table("Any one of these would do", REPAIR_COLUMNS, rows, notes)


def cheapest(found: Explanation) -> Table:
    """The cheapest combinations."""
    rows = [
        row
        for way, repair in (("of all", found.cheapest), ("no demand less", found.cheapest_above))
        if repair
        for row in _repair(way, repair)
    ]
    notes = [
        "cheapest: the smallest sum of relative changes, each as a share of its number",
        "a change is left out where the others can do without it for a tenth more",
    ]
    return Table("The cheapest way out", REPAIR_COLUMNS, rows, notes)


def _repair(way: str, repair: Repair) -> list[list[Value]]:
    rows: list[list[Value]] = []
    for change in repair.changes:
        head: list[Value] = [
            way,
            change.says,
            repair.size * 100,
            "yes" if repair.verified else "no",
        ]
        rows.append([*(head if not rows else ["", change.says, "", ""]), change.place])
    return rows
