"""Which tables tell a plan, and in which order? The only place that picks columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from planner.capabilities.budget.tables import CASH
from planner.capabilities.demand.case import DemandCase
from planner.capabilities.demand.tables import CLUSTERS, COMPUTE, DEMANDS
from planner.capabilities.fleet.tables import FLEET
from planner.capabilities.generation.case import GenerationCase
from planner.capabilities.generation.tables import SOURCE_STARTS
from planner.capabilities.sites.tables import POWER
from planner.capabilities.supply.tables import PURCHASES
from planner.core.case import UsedFigure
from planner.core.tables import UNITS
from planner.plan.limit_row import LIMITS, LimitRow
from planner.plan.schema import Plan
from planner.plan.tables import TABLES
from planner.report.amounts import amount
from planner.report.document import Document
from planner.report.plan_lead import plan_lead
from planner.report.plan_places import hall_tables, leaving, network_tables, qualified
from planner.report.plan_power import power_tables
from planner.report.plan_proof import headline, objectives
from planner.report.plan_shares import share_tables
from planner.report.tables import (
    DAGGER,
    Chart,
    Column,
    Section,
    Table,
    Value,
    megawatts,
    money,
    percent,
    rate,
    show,
)

LEAST_PERIODS = 3
"""A curve of fewer periods says nothing that the tables do not."""
RESTS_ON = "What it rests on"
ACROSS = 9
"""Periods that fit on one table."""


def plan_document(plan: Plan, *, sources: bool = False, verbose: bool = False) -> Document:
    """The plan as people read it: its lead; what it rests on with every figure, if `sources` are
    asked for; proof, notes and all tables, if it is `verbose`. As data it is the same in all cases.
    """
    parts = partial(plan_sections, plan, sources=sources)
    lines = ["", headline(plan), *(f"note: {note}" for note in plan.case.notes)]
    return Document(
        plan.name,
        parts if verbose else partial(_sources, plan) if sources else tuple,
        plan.to_json,
        lines if verbose else (),
        plan_lead(plan),
        rows=partial(plan_rows, plan),
    )


def _sources(plan: Plan) -> Sequence[Section]:
    return (Section(RESTS_ON, (assumptions(plan), figures(plan))),)


def plan_sections(plan: Plan, *, sources: bool = False) -> Iterator[Section]:
    """The whole report; a section without anything to say is left out."""
    machines = (*hall_tables(plan), *network_tables(plan), *qualified(plan), *leaving(plan))
    served = (demands(plan),) if plan.of(DEMANDS) else ()
    said: dict[str, Sequence[Table | Chart]] = {
        "The plan": (objectives(plan), purchases(plan), *machines, *fleet(plan)),
        "Power": (*power_charts(plan), *power(plan), *power_tables(plan)),
        "More": tuple(others(plan)),
        "Money": (cash(plan),),
        "Suppliers": tuple(share_tables(plan)),
        "Demands and limits": (*served, compute(plan), limits(plan)),
        RESTS_ON: (assumptions(plan), figures(plan) if sources else grades(plan)),
    }
    yield from (Section(title, parts) for title, parts in said.items() if parts)


def power_charts(plan: Plan) -> Iterator[Chart]:
    """What each site draws at the utility's meter over time, beside what is energized there."""
    periods = [p.label for p in plan.case.timeline.periods]
    rows = {(r.site, r.period): r for r in plan.of(POWER) if r.basis == "utility"}
    for site in plan.case.sites:
        drawn = [rows.get((site.id, period)) for period in periods]
        if len(periods) < LEAST_PERIODS or not any(drawn):
            continue
        series: dict[str, Sequence[float | None]] = {}
        if site.power_w is not None:
            series["energized"] = [w / 1e6 for w in site.power_w]
        series["drawn, nameplate"] = [row.nameplate_mw if row else 0.0 for row in drawn]
        series["drawn, peak"] = [row.peak_mw if row else 0.0 for row in drawn]
        series["drawn, average"] = [row.average_mw if row else 0.0 for row in drawn]
        yield Chart(f"Power at {site.id} over time, basis utility", "MW", periods, series)


def others(plan: Plan) -> Iterator[Table]:
    """Tables that are drawn as they are declared."""
    for table in TABLES:
        rows = plan.of(table) if table.title else []
        if rows:
            fields = list(table.row.model_fields)
            columns = [
                Column(_head(field, table.unit_of(field)), table.unit_of(field) or "")
                for field in fields
            ]
            yield Table(
                table.title, columns, [[getattr(row, field) for field in fields] for row in rows]
            )


def _head(field: str, unit: str | None) -> str:
    """The name of a field in words, without the unit that it ends in."""
    stem, _, end = field.rpartition("_")
    return (stem if unit is not None and stem and end in UNITS else field).replace("_", " ")


def assumed_systems(plan: Plan) -> dict[str, set[str]]:
    """System → its own figures (or its accelerator's) that are assumptions."""
    found: dict[str, set[str]] = defaultdict(set)
    for system in plan.case.systems:
        for figure in plan.case.figures:
            if figure.grade == "D" and figure.of in (system.product, system.accelerator):
                found[system.id].add(figure.figure)
    return found


def purchases(plan: Plan) -> Table:
    """What to buy, where and when."""
    assumed = assumed_systems(plan)
    columns = [
        Column("order by"),
        Column("deliver by"),
        Column("in service from"),
        Column("site"),
        Column("system"),
        Column("systems"),
        Column("accelerators"),
        Column("each"),
        Column("systems, $"),
        Column("fabric, $"),
    ]
    rows: list[list[Value]] = [
        [
            p.ordered_on,
            p.delivered_on,
            p.in_service,
            p.site,
            p.system + (DAGGER if assumed.get(p.system) else ""),
            p.units,
            p.accelerators,
            money(p.price_usd),
            money(p.systems_usd),
            money(p.fabric_usd),
        ]
        for p in plan.of(PURCHASES)
    ]
    notes = [
        f"{DAGGER} {name}: {', '.join(sorted(keys))} assumed"
        for name, keys in assumed.items()
        if any(p.system == name for p in plan.of(PURCHASES))
    ]
    if not rows:
        return Table("What to buy", columns, [], ["nothing"])
    total: list[Value] = [
        *[None] * 5,
        sum(p.units for p in plan.of(PURCHASES)),
        sum(p.accelerators for p in plan.of(PURCHASES)),
        None,
        money(sum(p.systems_usd for p in plan.of(PURCHASES))),
        money(sum(p.fabric_usd for p in plan.of(PURCHASES))),
    ]
    return Table("What to buy", columns, [*rows, ["total", *total[1:]]], notes, total=1)


def fleet(plan: Plan) -> Iterator[Table]:
    """Systems in service, in the periods in which that changes; as many tables as it takes."""
    labels = [p.label for p in plan.case.timeline.periods]
    units: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in plan.of(FLEET):
        units[row.system, row.site][row.period] = row.units
    columns_of = {
        t: tuple(counts.get(label, 0) for counts in units.values())
        for t, label in enumerate(labels)
    }
    shown = [t for t in columns_of if t == 0 or columns_of[t] != columns_of[t - 1]]
    for first in range(0, len(shown), ACROSS):
        part = shown[first : first + ACROSS]
        columns = [Column("system"), Column("site"), *(Column(f"from {labels[t]}") for t in part)]
        rows: list[list[Value]] = [
            [*key, *(counts.get(labels[t], 0) for t in part)] for key, counts in units.items()
        ]
        more = f", from {labels[part[0]]} on" if first else ""
        yield Table(f"Systems in service (columns: where it changes{more})", columns, rows)


def power(plan: Plan) -> Iterator[Table]:
    """Draw of each site by basis and load, in its last period."""
    last = plan.case.timeline.periods[-1].label
    for site in plan.case.sites:
        here = [r for r in plan.of(POWER) if r.site == site.id and r.period == last]
        if not here:
            continue
        columns = [
            Column("basis"),
            Column("nameplate", "MW"),
            Column("peak", "MW"),
            Column("average", "MW"),
            Column("idle", "MW"),
        ]
        rows: list[list[Value]] = [
            [r.basis, r.nameplate_mw, r.peak_mw, r.average_mw, r.idle_mw] for r in here
        ]
        note = (
            f"the site's limits are checked at {site.sizing}; what a chip alone takes under "
            "load does not follow from its TDP"
        )
        yield Table(f"Power at {site.id}, {last}, by basis and load", columns, rows, [note])


def cash(plan: Plan) -> Table:
    """Money by bucket and calendar year."""
    year_of = {p.label: str(p.start.year) for p in plan.case.timeline.periods}
    years = list(dict.fromkeys(year_of.values()))
    amounts: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in plan.of(CASH):
        amounts[row.kind, row.bucket][year_of[row.period]] += row.usd / 1e6
    columns = [Column("bucket"), *(Column(year, "MUSD") for year in years), Column("total", "MUSD")]
    order = {"cash": 0, "residual": 1, "penalty": 2}
    rows: list[list[Value]] = []
    for (kind, bucket), by_year in sorted(
        amounts.items(), key=lambda item: (order[item[0][0]], item[0][1])
    ):
        mark = {"cash": "", "residual": " (worth at the end)", "penalty": " (not cash)"}[kind]
        rows.append(
            [bucket + mark, *(by_year.get(year, 0.0) for year in years), sum(by_year.values())]
        )
    all_cash = [
        sum(v.get(year, 0.0) for (kind, _), v in amounts.items() if kind == "cash")
        for year in years
    ]
    rows.append(["all cash", *all_cash, sum(all_cash)])
    rate_percent = f"{plan.case.discount_rate_per_year * 100:.6g}"
    notes = [
        f"undiscounted; present cost {money(plan.totals.present_cost_usd)} at {rate_percent} % a "
        f"year, on {plan.case.timeline.start}",
        "purchases and buildings are paid on their days, what runs evenly through its periods, "
        "what is left is worth it on the last day",
    ]
    return Table("Money by bucket", columns, rows, notes, total=1)


def demands(plan: Plan) -> Table:
    """What each demand asked for and got, where that changes."""
    columns = [Column("demand"), Column("from"), Column("asked"), Column("served"), Column("short")]
    rows: list[list[Value]] = []
    seen: dict[str, tuple[float, float]] = {}
    for row in plan.of(DEMANDS):
        key = (row.need, round(row.served, 3))
        if seen.get(row.demand) == key:
            continue
        seen[row.demand] = key
        told: Callable[[float], Value] = (
            rate if row.unit == "FLOP/s" else megawatts if row.unit.startswith("MW") else round
        )
        short: Value = told(row.short) if row.short else "–"
        rows.append([row.demand, row.period, told(row.need), told(row.served), short])
    notes = [
        f"{row.demand} is served by one cluster: {row.system} at {row.site}"
        for row in plan.of(CLUSTERS)
    ]
    notes += [
        f"{demand.id} is in {demand.measured_in}, networks included where the basis has them"
        for demand in plan.case.of(DemandCase).demands
        if demand.kind == "power"
    ]
    notes += [
        f"{demand.id} has priority {demand.priority}"
        for demand in plan.case.of(DemandCase).demands
        if demand.priority is not None
    ]
    return Table("Demands", columns, rows, ["accelerators in service, or computing rate", *notes])


def compute(plan: Plan) -> Table:
    """Computing rate at the end of the horizon."""
    last = plan.case.timeline.periods[-1].label
    columns = [
        Column("format"),
        Column("dense peak"),
        Column("delivered"),
        Column("delivered / peak"),
    ]
    rows: list[list[Value]] = [
        [
            r.precision,
            rate(r.peak_flop_s),
            rate(r.delivered_flop_s),
            percent(r.delivered_flop_s / r.peak_flop_s),
        ]
        for r in plan.of(COMPUTE)
        if r.period == last and r.peak_flop_s
    ]
    return Table(
        f"Computing rate of the fleet in {last}",
        columns,
        rows,
        ["delivered = dense peak × model FLOP utilisation × goodput"],
    )


def limits(plan: Plan) -> Table:
    """Every limit where it is tightest."""
    tightest: dict[str, LimitRow] = {}
    periods: dict[str, int] = defaultdict(int)
    for row in plan.of(LIMITS):
        periods[row.name] += row.binding
        known = tightest.get(row.name)
        if known is None or (row.limit > 0, -_slack(row)) > (known.limit > 0, -_slack(known)):
            tightest[row.name] = row
    columns = [
        Column("limit"),
        Column("tightest where"),
        Column("used"),
        Column("limit"),
        Column("unit"),
        Column("headroom"),
        Column("binds"),
    ]
    rows: list[list[Value]] = [
        [
            r.name,
            r.row.partition("[")[2].rstrip("]"),
            r.used,
            f"{'≥' if r.sense == 'at least' else '≤'} {show(r.limit, 6)}",
            r.unit,
            r.headroom,
            _binds(periods[r.name]),
        ]
        for r in sorted(tightest.values(), key=_slack)
    ]
    return Table(
        "Limits and headroom",
        columns,
        rows,
        ["a limit binds when less than 0.5 % of it is left; the column counts places and periods"],
    )


def _slack(row: LimitRow) -> float:
    return row.headroom / max(abs(row.limit), 1e-9)


def _binds(count: int) -> str:
    return f"{count}×" if count else "no"


def assumptions(plan: Plan) -> Table:
    """Every assumption the plan rests on, with its range and reason; those of power sources that
    were not bought are left out.
    """
    rows: list[list[Value]] = []
    unused = {source.key for source in plan.case.of(GenerationCase).sources} - {
        f"{row.site}:{row.source}" for row in plan.of(SOURCE_STARTS)
    }
    for f in plan.case.figures:
        if f.grade == "D" and f.of not in unused:
            rows.append([f"{f.of} · {f.figure}", figure_amount(f), range_of(f), f.note or f.source])
    columns = [Column("assumed"), Column("value"), Column("range"), Column("reason")]
    return Table(f"{DAGGER} Assumptions used ({len(rows)})", columns, rows)


def range_of(figure: UsedFigure) -> str:
    """The range of a figure in engineering units."""
    if figure.low is None or figure.high is None:
        return "–"
    unit = "" if figure.unit == "1" else figure.unit
    return f"{amount(figure.low, unit)} … {amount(figure.high, unit)}"


def figure_amount(figure: UsedFigure) -> str:
    """A figure in engineering units."""
    return amount(figure.value, "" if figure.unit == "1" else figure.unit)


def grades(plan: Plan) -> Table:
    """How many figures of each grade the plan uses."""
    meaning = {
        "A": "datasheet or meter, read directly",
        "B": "vendor, or datasheet and meter at second hand; the scenario itself",
        "C": "press, analyst, or arithmetic on them",
        "D": "assumption",
    }
    counts = {grade: sum(f.grade == grade for f in plan.case.figures) for grade in meaning}
    rows: list[list[Value]] = [[grade, counts[grade], meaning[grade]] for grade in meaning]
    case = plan.case
    files = (
        f"catalog {case.catalog_version} ({case.catalog_digest}), scenario "
        f"{case.scenario_file} ({case.scenario_digest})"
    )
    note = f"{files}; `--sources` lists every figure"
    return Table(
        "Figures used, by grade",
        [Column("grade"), Column("figures"), Column("meaning")],
        rows,
        [note],
    )


def figures(plan: Plan) -> Table:
    """Every figure with its source."""
    columns = [
        Column("figure"),
        Column("value"),
        Column("range"),
        Column("grade"),
        Column("kind"),
        Column("date"),
        Column("source"),
    ]
    rows: list[list[Value]] = [
        [f"{f.of} · {f.figure}", figure_amount(f), range_of(f), f.grade, f.kind, f.date, f.source]
        for f in plan.case.figures
    ]
    return Table("Every figure used", columns, rows)


HEAD = ("table", "item", "site", "period", "measure", "unit", "value")


def plan_rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    """Head and rows; numbers in full precision."""
    yield HEAD
    yield "solve", "status", "", "", plan.solve.status, "", ""
    for g in plan.goals:
        said = (
            ("value", g.unit, g.value),
            ("reached", g.unit, g.reached),
            ("bound", g.unit, g.bound),
            ("gap", "1", g.gap),
        )
        for measure, unit, number in said:
            yield "goals", g.name, "", "", measure, unit, "" if number is None else repr(number)
    for table in TABLES:
        for row in plan.of(table):
            yield from ((table.name, *line) for line in table.lines(row))
    for f in plan.case.figures:
        yield (
            "figures",
            f.of,
            "",
            f.date,
            f"{f.figure} (grade {f.grade}, {f.kind})",
            f.unit,
            repr(f.value),
        )
