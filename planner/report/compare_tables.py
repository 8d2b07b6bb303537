"""How are mixes told side by side? One column a mix, differences against the first, and what each
gives up.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from planner.capabilities.demand.tables import DEMANDS
from planner.capabilities.sourcing.tables import SHARES
from planner.capabilities.supply.tables import PURCHASES
from planner.plan.limit_row import LIMITS
from planner.plan.schema import Plan
from planner.report.plan_tables import assumed_systems, assumptions
from planner.report.tables import (
    DAGGER,
    Cell,
    Column,
    Table,
    Value,
    gap_text,
    money,
    percent,
    rate,
    show,
)

if TYPE_CHECKING:  # a comparison is drawn without the solver that made it
    from planner.study.compare import Compared


def compare_tables(compared: Sequence[Compared]) -> Iterator[Table]:
    """Figures side by side, premiums, who sells, what is bought, what binds."""
    yield figures(compared)
    yield premiums(compared)
    yield bought(compared)
    yield binding(compared)
    yield assumed(compared)


def _heads(compared: Sequence[Compared]) -> list[Column]:
    return [Column(c.mix.name) for c in compared]


def figures(compared: Sequence[Compared]) -> Table:
    """The plans in a few figures each."""
    rows: list[list[Value]] = []

    def add(name: str, measure: Callable[[Plan], Value]) -> None:
        rows.append([name, *(measure(c.plan) if c.plan else "no plan" for c in compared)])

    add(
        "status",
        lambda p: {"optimal": "optimal", "feasible": "time ran out", "interrupted": "interrupted"}[
            p.solve.status
        ],
    )
    add("present cost", lambda p: money(p.totals.present_cost_usd))
    add("capex", lambda p: money(p.totals.capex_usd))
    add("opex over the horizon", lambda p: money(p.totals.opex_usd))
    add("priced shortfall", lambda p: money(p.totals.penalty_usd) if p.totals.penalty_usd else "–")
    add(
        "demand unmet, worst period",
        lambda p: percent(max((d.short / d.need for d in p.of(DEMANDS) if d.need), default=0.0), 2),
    )
    add("IT nameplate, highest [MW]", lambda p: p.totals.it_nameplate_mw)
    add("utility nameplate, highest [MW]", lambda p: p.totals.utility_nameplate_mw)
    add("utility peak, highest [MW]", lambda p: p.totals.utility_peak_mw)
    add("energy [GWh]", lambda p: p.totals.energy_mwh / 1e3)
    add("accelerators bought", lambda p: p.totals.accelerators)
    plans = [c.plan for c in compared if c.plan]
    for name in dict.fromkeys(
        name for plan in plans for name, value in plan.totals.delivered_flop_s.items() if value
    ):
        add(f"delivered {name}, last period", partial(_delivered, name))
    for name in dict.fromkeys(objective.name for plan in plans for objective in plan.goals):
        add(f"{name}: value", partial(_objective_value, name))
        add(f"{name}: gap", partial(_objective_gap, name))
    for name in sorted({r.group for plan in plans for r in plan.of(SHARES) if r.rule == 0}):
        add(f"share of spend, {name}", partial(_share, name))
    notes = [f"{c.mix.name}: {c.mix.says}" for c in compared] + [
        f"{c.mix.name}: {c.refusal}" for c in compared if c.plan is None
    ]
    return Table("Mixes side by side", [Column(""), *_heads(compared)], rows, notes)


def _delivered(precision: str, plan: Plan) -> Value:
    return rate(plan.totals.delivered_flop_s.get(precision))


def _objective_value(name: str, plan: Plan) -> Value:
    return next((f"{show(g.value)} {g.unit}" for g in plan.goals if g.name == name), None)


def _objective_gap(name: str, plan: Plan) -> Value:
    return next((gap_text(g.gap) for g in plan.goals if g.name == name), None)


def _share(group: str, plan: Plan) -> Value:
    return percent(
        next(
            (
                r.share
                for r in plan.of(SHARES)
                if r.rule == 0 and r.metric == "spend" and r.group == group
            ),
            0.0,
        )
    )


def premium(compared: Compared, first: Compared) -> tuple[float, float] | None:
    """(USD, share) by which a mix is dearer in present cost than the first; None without two
    plans.
    """
    if compared.plan is None or first.plan is None:
        return None
    mine, theirs = compared.plan.totals.present_cost_usd, first.plan.totals.present_cost_usd
    return mine - theirs, (mine - theirs) / abs(theirs) if theirs else 0.0


def proven_premium(compared: Compared, first: Compared) -> tuple[float, float] | None:
    """(least, most) USD that the true premium can be, from both plans' bounds; None unless cost was
    the first objective of both.
    """
    spans = []
    for c in (compared, first):
        objective = c.plan.goals[0] if c.plan and c.plan.goals else None
        if objective is None or objective.name != "minimize cost" or objective.bound is None:
            return None
        spans.append((objective.bound * 1e6, objective.value * 1e6))
    return spans[0][0] - spans[1][1], spans[0][1] - spans[1][0]


def premiums(compared: Sequence[Compared]) -> Table:
    """What each mix costs more, and gives, against the first."""
    first = compared[0]
    rows: list[list[Value]] = []
    for c in compared[1:]:
        more = premium(c, first)
        if c.plan is None or first.plan is None or more is None:
            rows.append([c.mix.name, "no plan", *[None] * 6])
            continue
        a, b = c.plan.totals, first.plan.totals
        proven = proven_premium(c, first)
        mw = a.utility_nameplate_mw - b.utility_nameplate_mw
        rows.append(
            [
                c.mix.name,
                _signed(money(more[0])),
                _signed(percent(more[1], 2)),
                f"{_signed(money(proven[0]))} … {_signed(money(proven[1]))}"
                if proven
                else "not proven",
                _signed(money(a.capex_usd - b.capex_usd)),
                _signed(Cell(mw, "MW", "number", 4)),
                _signed(Cell(a.accelerators - b.accelerators, "accelerators", "number", 4)),
                _compute_difference(c.plan, first.plan),
            ]
        )
    columns = [
        Column("mix"),
        Column("present cost, $"),
        Column("present cost, %"),
        Column("proven to lie in"),
        Column("capex, $"),
        Column("utility nameplate, MW"),
        Column("accelerators"),
        Column("delivered bf16"),
    ]
    notes = [
        "+ is more than the first mix",
        "the true premium of the best plans lies in the "
        "proven span; solve closer with --gap to narrow it",
    ]
    return Table(f"Against {first.mix.name}: the diversification premium", columns, rows, notes)


def _signed(difference: Cell | None) -> Cell | None:
    return None if difference is None else replace(difference, signed=True)


def _compute_difference(plan: Plan, first: Plan) -> Cell | None:
    mine, theirs = (
        plan.totals.delivered_flop_s.get("bf16", 0.0),
        first.totals.delivered_flop_s.get("bf16", 0.0),
    )
    return _signed(percent((mine - theirs) / theirs)) if theirs else None


def bought(compared: Sequence[Compared]) -> Table:
    """Systems bought, by kind."""
    counts: list[dict[str, int]] = []
    for c in compared:
        mine: dict[str, int] = {}
        for purchase in c.plan.of(PURCHASES) if c.plan else []:
            mine[purchase.system] = mine.get(purchase.system, 0) + purchase.units
        counts.append(mine)
    names = dict.fromkeys(name for mine in counts for name in mine)
    marks = {name for c in compared if c.plan for name in assumed_systems(c.plan)}
    rows: list[list[Value]] = [
        [name + (DAGGER if name in marks else ""), *(mine.get(name, 0) for mine in counts)]
        for name in names
    ]
    return Table(
        "Systems bought",
        [Column("system"), *_heads(compared)],
        rows,
        [f"{DAGGER} rests on assumptions, listed below"],
    )


def assumed(compared: Sequence[Compared]) -> Table:
    """Every assumption that any of the plans rests on."""
    rows: dict[Value, Sequence[Value]] = {}
    head: Table | None = None
    for c in compared:
        if c.plan is not None:
            head = assumptions(c.plan)
            rows |= {row[0]: row for row in head.rows}
    columns = head.columns if head else [Column("assumed")]
    return Table(f"{DAGGER} Assumptions used ({len(rows)})", columns, list(rows.values()))


def binding(compared: Sequence[Compared]) -> Table:
    """Which limits bind in which mix: what each gives up."""
    bound: list[dict[str, int]] = []
    for c in compared:
        mine: dict[str, int] = {}
        for row in c.plan.of(LIMITS) if c.plan else []:
            if row.binding:
                mine[row.name] = mine.get(row.name, 0) + 1
        for share in c.plan.of(SHARES) if c.plan else []:
            if share.cap is not None and share.share >= share.cap * 0.995:
                name = f"rule {share.rule}: {share.group} at {percent(share.cap)} of {share.metric}"
                mine[name] = mine.get(name, 0) + 1
        bound.append(mine)
    names = dict.fromkeys(name for mine in bound for name in mine)
    rows: list[list[Value]] = [
        [name, *(f"{mine[name]}×" if name in mine else "–" for mine in bound)] for name in names
    ]
    return Table("What binds (places and periods)", [Column("limit"), *_heads(compared)], rows)


def compare_json(compared: Sequence[Compared]) -> str:
    """The mixes as JSON: each with its plan, and its premium over the first."""
    body = []
    for c in compared:
        more = premium(c, compared[0])
        body.append(
            {
                "mix": c.mix.name,
                "says": c.mix.says,
                "refusal": c.refusal or None,
                "premium_usd": more[0] if more else None,
                "premium_share": more[1] if more else None,
                "plan": c.plan.model_dump(mode="json") if c.plan else None,
            }
        )
    return json.dumps(
        {"format": "ai-cluster-comparison", "format_version": 1, "mixes": body}, indent=1
    )
