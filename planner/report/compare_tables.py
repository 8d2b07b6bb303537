"""How is a comparison told? One column for each mix, scenario or plan, differences against the
first with what is proven of them, and what each gives up.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

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
from planner.study.comparison import (
    PETA,
    Compared,
    Comparison,
    Span,
    bare_cost_usd,
    output_pflop_s_years,
)

FORMAT_VERSION = 2
DIGITS = 4
"""Significant digits of the ends of a premium."""
COST = (
    "present cost: present worth of all cash, less what is worth something at the end, plus priced "
    "shortfall; capex and opex are undiscounted"
)
STATUS = {"optimal": "optimal", "feasible": "time ran out", "interrupted": "interrupted"}
EQUAL = {
    "compute": "every column serves in each period what the reference plan does; cost is least",
    "power": "no column draws more at a site in any period than the reference plan does (basis "
    "utility, nameplate unless the site is sized by peak); compute is most",
    "money": "no column spends more cash (capex and opex, undiscounted) than the reference plan; "
    "compute is most",
}
CELLS = {"other output": None, "no reference": None}
"""What stands for a premium that there is none of; of others, their reason."""
NO_PREMIUM = {
    "other output": "–: it does not deliver what the first does, so the difference in cost is no "
    "premium; `--at compute` makes mixes of one scenario equal",
    "not proven": "not proven: cost is not the first objective of both, or a bound is missing",
    "no reference": "–: the first has no plan",
}


def compare_lines(found: Comparison) -> list[str]:
    """What is compared, in a few sentences."""
    lines = [
        f"{len(found.columns)} side by side; the first, {found.reference.name}, is the reference"
    ]
    if found.at is not None:
        lines.append(f"at equal {found.at}: {EQUAL[found.at]}")
    return lines


def compare_tables(found: Comparison) -> Iterator[Table]:
    """Figures side by side, cost by output, premiums, what is bought, what is given up, and what
    all of it rests on.
    """
    yield figures(found)
    if not any(c.plan for c in found.columns):
        return
    yield costs(found)
    if len(found.columns) > 1:
        yield premiums(found)
    yield bought(found)
    if len(found.columns) > 1:
        yield given_up(found)
    yield assumed(found)


class _Rows:
    """Rows of a table with a column for each mix: one measure each."""

    def __init__(self, found: Comparison) -> None:
        self.found, self.rows = found, list[list[Value]]()

    def add(self, name: str, measure: Callable[[Plan], Value]) -> None:
        """A row; a column without a plan says so."""
        cells = [measure(c.plan) if c.plan else c.state for c in self.found.columns]
        self.rows.append([name, *cells])

    def table(self, title: str, notes: list[str]) -> Table:
        """The table of all rows."""
        columns = [Column(""), *(Column(c.name) for c in self.found.columns)]
        return Table(title, columns, self.rows, notes)


def figures(found: Comparison) -> Table:
    """The plans in a few figures each."""
    plans = [c.plan for c in found.columns if c.plan]
    rows = _Rows(found)
    rows.add("status", lambda p: STATUS[p.solve.status])
    if plans:
        _measures(rows, plans)
    notes = [f"{c.name}: {c.says}" for c in found.columns]
    notes += [f"{c.name}: {c.state}: {c.refusal}" for c in found.columns if c.plan is None]
    if plans:
        notes.append(COST)
    return rows.table("Side by side", notes)


def _measures(rows: _Rows, plans: Sequence[Plan]) -> None:
    """What is measured of each plan."""
    found, precision = rows.found, rows.found.precision
    for name in dict.fromkeys(goal.name for plan in plans for goal in plan.goals):
        rows.add(f"gap of: {name}", partial(_gap, name))
    rows.add("present cost [USD]", lambda p: money(p.totals.present_cost_usd))
    rows.add("capex [USD]", lambda p: money(p.totals.capex_usd))
    rows.add("opex over the horizon [USD]", lambda p: money(p.totals.opex_usd))
    if any(plan.totals.penalty_usd for plan in plans):
        rows.add("priced shortfall [USD]", lambda p: money(p.totals.penalty_usd))
    if found.at != "compute" and any(plan.of(DEMANDS) for plan in plans):
        rows.add("demand unmet, worst period [%]", _unmet)
    rows.add(
        f"delivered {precision}, last period",
        lambda p: rate(p.totals.delivered_flop_s.get(precision)),
    )
    rows.add(f"delivered {precision} [PFLOP/s·years]", lambda p: output_pflop_s_years(p, precision))
    rows.add("IT nameplate, highest [MW]", lambda p: _number(p.totals.it_nameplate_mw, "MW"))
    rows.add(
        "utility nameplate, highest [MW]", lambda p: _number(p.totals.utility_nameplate_mw, "MW")
    )
    rows.add("utility peak, highest [MW]", lambda p: _number(p.totals.utility_peak_mw, "MW"))
    rows.add("energy at the meter [GWh]", lambda p: _number(p.totals.energy_mwh / 1e3, "GWh"))
    rows.add("accelerators bought", lambda p: p.totals.accelerators)
    for name in sorted({r.group for plan in plans for r in plan.of(SHARES) if r.rule == 0}):
        rows.add(f"share of spend, {name} [%]", partial(_share, name))
    rows.add("assumptions it rests on", lambda p: len(assumptions(p).rows))
    rows.add(f"spend on systems marked {DAGGER} [%]", _on_assumptions)


def _gap(name: str, plan: Plan) -> Value:
    return next((gap_text(goal.gap) for goal in plan.goals if goal.name == name), None)


def _unmet(plan: Plan) -> Value:
    return percent(max((d.short / d.need for d in plan.of(DEMANDS) if d.need), default=0.0), 2)


def _share(group: str, plan: Plan) -> Value:
    of_all = [r for r in plan.of(SHARES) if r.rule == 0 and r.metric == "spend"]
    return percent(next((r.share for r in of_all if r.group == group), 0.0))


def _on_assumptions(plan: Plan) -> Value:
    """Share of what is spent on systems that have figures of their own which nobody published."""
    marked, spent = assumed_systems(plan), plan.of(PURCHASES)
    total = sum(p.systems_usd for p in spent)
    return percent(sum(p.systems_usd for p in spent if p.system in marked) / total if total else 0)


def costs(found: Comparison) -> Table:
    """What each costs by the unit of what it delivers, and of what it draws."""
    rows, precision = _Rows(found), found.precision
    rows.add("present cost without shortfall [USD]", lambda p: money(bare_cost_usd(p)))
    rows.add("by PFLOP/s·year delivered [USD]", lambda p: money(_by_output(p, precision)))
    rows.add("by MW of utility nameplate [USD/MW]", lambda p: money(_by_mw(p)))
    notes = [
        f"PFLOP/s·years: delivered {precision} (peak × utilisation × goodput) of the fleet in "
        "service, summed over the horizon, not discounted",
        "MW: the highest of all periods, all sites together",
    ]
    return rows.table("Cost of what is delivered", notes)


def _by_output(plan: Plan, precision: str) -> float | None:
    output = output_pflop_s_years(plan, precision)
    return bare_cost_usd(plan) / output if output else None


def _by_mw(plan: Plan) -> float | None:
    drawn = plan.totals.utility_nameplate_mw
    return bare_cost_usd(plan) / drawn if drawn else None


def premiums(found: Comparison) -> Table:
    """By how much each differs from the first, as far as it is proven; and what it gives less."""
    more, first = found.at in ("power", "money"), found.reference
    others = [(i, c) for i, c in enumerate(found.columns) if i]
    spans = [found.premium(i) for i, _ in others]
    what, unit = ("mean compute", "PFLOP/s") if more else ("present cost", "USD")
    ends: list[tuple[str, Callable[[Span], Value]]] = [
        (f"{what}, least [{unit}]", lambda s: _amount(s.least, more, up=False)),
        (f"{what}, most [{unit}]", lambda s: _amount(s.most, more, up=True)),
        (f"{what}, least [%]", lambda s: _in_percent(s.least_share, up=False)),
        (f"{what}, most [%]", lambda s: _in_percent(s.most_share, up=True)),
    ]
    rows: list[list[Value]] = [
        [name, *(end(s) if isinstance(s, Span) else CELLS.get(s, s) for s in spans)]
        for name, end in ends
    ]
    rows.append(["delivered [%]", *(_less_output(c, first, found.precision) for _, c in others)])
    rows.append(["utility nameplate, highest [MW]", *(_less_power(c, first) for _, c in others)])
    notes = [
        f"+ is more than {first.name}; the difference between the best plans lies between least "
        "and most, by the proven bounds of both",
        *(
            NO_PREMIUM[s]
            for s in dict.fromkeys(s for s in spans if isinstance(s, str))
            if s in NO_PREMIUM
        ),
    ]
    title = f"Against {first.name}: {'compute gained or lost' if more else 'the premium'}"
    columns = [Column(""), *(Column(c.name) for _, c in others)]
    return Table(title, columns, rows, notes)


def _amount(value: float, more: bool, *, up: bool) -> Value:
    size = 10.0 ** (math.floor(math.log10(abs(value))) + 1 - DIGITS) if value else 1.0
    end = _outward(value, size, up=up)
    return _signed(_number(end, "PFLOP/s") if more else money(end, DIGITS))


def _in_percent(share: float | None, *, up: bool) -> Value:
    return None if share is None else _signed(percent(_outward(share, 1e-4, up=up), 2))


def _outward(value: float, step: float, *, up: bool) -> float:
    """An end of an interval to whole steps, never inside it: it holds what is proven."""
    steps = value / step
    return (math.ceil(steps - 1e-6) if up else math.floor(steps + 1e-6)) * step


def _less_output(c: Compared, first: Compared, precision: str) -> Value:
    if c.plan is None or first.plan is None:
        return None
    mine, theirs = (output_pflop_s_years(p, precision) for p in (c.plan, first.plan))
    return _signed(percent(mine / theirs - 1, 2)) if theirs else None


def _less_power(c: Compared, first: Compared) -> Value:
    if c.plan is None or first.plan is None:
        return None
    mine, theirs = (p.totals.utility_nameplate_mw for p in (c.plan, first.plan))
    return _signed(_number(mine - theirs, "MW"))


def _number(value: float, unit: str) -> Cell:
    return Cell(value, unit, "number", DIGITS)


def _signed(difference: Cell | None) -> Cell | None:
    return None if difference is None else replace(difference, signed=True)


def bought(found: Comparison) -> Table:
    """Systems bought, by kind."""
    plans = [c.plan for c in found.columns if c.plan]
    marks = {name for plan in plans for name in assumed_systems(plan)}
    rows = _Rows(found)
    for name in dict.fromkeys(p.system for plan in plans for p in plan.of(PURCHASES)):
        mark = DAGGER if name in marks else ""
        rows.add(name + mark, partial(_units, name))
    return rows.table("Systems bought", [f"{DAGGER} has figures of its own that are assumptions"])


def _units(name: str, plan: Plan) -> Value:
    return sum(p.units for p in plan.of(PURCHASES) if p.system == name)


def _bound(plan: Plan) -> dict[str, int]:
    """Limits that bind, each with the number of its places and periods."""
    found: dict[str, int] = {}
    for row in plan.of(LIMITS):
        if row.binding:
            found[row.name] = found.get(row.name, 0) + 1
    for share in plan.of(SHARES):
        if share.cap is not None and share.share >= share.cap * 0.995:
            name = f"rule {share.rule}: {share.group} at {percent(share.cap)} of {share.metric}"
            found[name] = found.get(name, 0) + 1
    return found


def given_up(found: Comparison) -> Table:
    """Limits that bind in a column and not in the first: what holds it back more."""
    rows, first = _Rows(found), found.reference.plan
    own = _bound(first) if first else {}
    counts = {id(c.plan): _bound(c.plan) for c in found.columns if c.plan}
    for name in dict.fromkeys(name for mine in counts.values() for name in mine):
        if name not in own:
            rows.add(name, lambda p, name=name: _times(counts[id(p)].get(name, 0)))  # type: ignore[misc]
    notes = [f"× so many places and periods; what binds in {found.reference.name} too is left out"]
    if not rows.rows:
        notes = [f"no limit binds that does not bind in {found.reference.name} too"]
    return rows.table(f"Limits that bind and do not in {found.reference.name}", notes)


def _times(count: int) -> Value:
    return f"{show(count)}×" if count else None


def assumed(found: Comparison) -> Table:
    """Every assumption that any of the plans rests on, without its reason."""
    rows: dict[Value, list[Value]] = {}
    for c in found.columns:
        for row in assumptions(c.plan).rows if c.plan else ():
            rows.setdefault(row[0], list(row[:3]))
    columns = [Column("assumed"), Column("value"), Column("range")]
    notes = ["why: `planner solve`, or `planner show` of a saved plan"]
    return Table(f"{DAGGER} Assumptions used ({len(rows)})", columns, list(rows.values()), notes)


def compare_json(found: Comparison) -> str:
    """The comparison as JSON: each column with its plan, its costs by output, and its premium over
    the first as an interval.
    """
    body = []
    for number, c in enumerate(found.columns):
        premium = found.premium(number) if number else "reference"
        plan, span = c.plan, premium if isinstance(premium, Span) else None
        output = output_pflop_s_years(plan, found.precision) if plan else None
        body.append(
            {
                "name": c.name,
                "says": c.says,
                "state": c.state,
                "refusal": c.refusal or None,
                "delivered_pflop_s_years": output,
                "present_usd_per_pflop_s_year": _by_output(plan, found.precision) if plan else None,
                "present_usd_per_utility_mw": _by_mw(plan) if plan else None,
                "premium": _span(found, span) if span else None,
                "no_premium": premium if isinstance(premium, str) else None,
                "plan": plan.model_dump(mode="json") if plan else None,
            }
        )
    head = {"format": "ai-cluster-comparison", "format_version": FORMAT_VERSION}
    asked = {"title": found.title, "at": found.at, "precision": found.precision}
    return json.dumps({**head, **asked, "columns": body}, indent=1)


def _span(found: Comparison, span: Span) -> dict[str, float | None]:
    """A premium with its unit in the names: USD, or FLOP/s at equal power or money."""
    more = found.at in ("power", "money")
    unit, scale = ("flop_s", PETA) if more else ("usd", 1.0)
    return {
        f"least_{unit}": span.least * scale,
        f"most_{unit}": span.most * scale,
        "least_share": span.least_share,
        "most_share": span.most_share,
    }
