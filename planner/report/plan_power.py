"""Tables of where a plan's power comes from, what is billed for it, and what it emits and takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.capabilities.emissions.tables import CARBON, WATER
from planner.capabilities.generation.case import GenerationCase
from planner.capabilities.generation.tables import SOURCE_COVERS, SOURCE_STARTS, SOURCES
from planner.capabilities.sites.tables import ENERGY
from planner.capabilities.utility.case import UtilityCase
from planner.capabilities.utility.tables import METER
from planner.plan.schema import Plan
from planner.report.tables import Column, Table, Value, money, percent

ACROSS = 9
"""Periods that fit on one table."""


def power_tables(plan: Plan) -> Iterator[Table]:
    """Sources that stand, energy by source, what is billed, carbon and water: each where the
    scenario says something of it.
    """
    if plan.case.of(GenerationCase).sources:
        yield source_starts(plan)
        yield from in_service(plan)
        yield energy_by_source(plan)
        yield from running(plan)
    if plan.case.of(UtilityCase).tariffs:
        yield meter(plan)
    if plan.of(CARBON):
        yield carbon(plan)
    if plan.of(WATER):
        yield water(plan)


def source_starts(plan: Plan) -> Table:
    """What begins to run, where and when."""
    columns = [
        Column("from"),
        Column("site"),
        Column("source"),
        Column("kind"),
        Column("units"),
        Column("nameplate", "MW"),
        Column("capex, $"),
    ]
    known = {source.key: source for source in plan.case.of(GenerationCase).sources}
    rows: list[list[Value]] = []
    for row in plan.of(SOURCE_STARTS):
        source = known[f"{row.site}:{row.source}"]
        rows.append(
            [
                row.period,
                row.site,
                row.source,
                source.kind,
                row.units,
                row.nameplate_mw,
                money(row.units * source.capex_usd),
            ]
        )
    bought = dict.fromkeys(f"{row.site}:{row.source}" for row in plan.of(SOURCE_STARTS))
    terms = {key: known[key].term_periods for key in bought}
    notes = [
        f"{key} runs {term} period{'s' * (term != 1)} from each start"
        for key, term in terms.items()
        if term is not None
    ]
    return Table("Power sources added", columns, rows, notes if rows else ["none"])


def in_service(plan: Plan) -> Iterator[Table]:
    """Nameplate and firm power of each source, in the periods in which that changes."""
    labels = [p.label for p in plan.case.timeline.periods]
    cell = {(row.site, row.source, row.period): row for row in plan.of(SOURCES)}
    keys = list(dict.fromkeys((row.site, row.source) for row in plan.of(SOURCES)))
    if not keys:
        return
    states = [
        tuple(
            cell[key].units if (key := (site, source, label)) in cell else 0
            for site, source in keys
        )
        for label in labels
    ]
    shown = [t for t in range(len(labels)) if t == 0 or states[t] != states[t - 1]]
    for first in range(0, len(shown), ACROSS):
        part = shown[first : first + ACROSS]
        columns = [
            Column("site"),
            Column("source"),
            *(Column(f"from {labels[t]}", "MW") for t in part),
        ]
        rows: list[list[Value]] = []
        for site, source in keys:
            found = [cell.get((site, source, labels[t])) for t in part]
            rows.append([site, source, *(row.nameplate_mw if row else 0.0 for row in found)])
            if any(row and row.firm_mw != row.nameplate_mw for row in found):
                rows.append(
                    [site, f"{source}, firm", *(row.firm_mw if row else 0.0 for row in found)]
                )
        more = f", from {labels[part[0]]} on" if first else ""
        note = (
            "nameplate at the meter; firm is what may be "
            "drawn on at any moment besides the connection"
        )
        yield Table(
            f"Power sources that stand (columns: where it changes{more})", columns, rows, [note]
        )


def energy_by_source(plan: Plan) -> Table:
    """Energy at the meter by source and calendar year; the grid supplies the rest."""
    year_of = {p.label: str(p.start.year) for p in plan.case.timeline.periods}
    years = list(dict.fromkeys(year_of.values()))
    gwh: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in plan.of(ENERGY):
        gwh[row.site, "grid"][year_of[row.period]] += row.energy_mwh / 1e3
    for source in plan.of(SOURCES):
        if source.energy_mwh:
            gwh[source.site, source.source][year_of[source.period]] += source.energy_mwh / 1e3
            gwh[source.site, "grid"][year_of[source.period]] -= source.energy_mwh / 1e3
    columns = [Column("site"), Column("source"), *(Column(year, "GWh") for year in years)]
    rows: list[list[Value]] = [
        [*key, *(_clean(by_year[year]) for year in years)] for key, by_year in sorted(gwh.items())
    ]
    return Table("Energy by source, at the meter", columns, rows)


def running(plan: Plan) -> Iterator[Table]:
    """How long each source that was bought carries a part of its site's load, and what it puts out,
    by calendar year.
    """
    year_of = {p.label: str(p.start.year) for p in plan.case.timeline.periods}
    kinds = {
        (source.site, source.id): source.kind for source in plan.case.of(GenerationCase).sources
    }
    highest: dict[tuple[str, str, str], float] = defaultdict(float)
    for cover in plan.of(SOURCE_COVERS):
        key = cover.site, cover.source, year_of[cover.period]
        highest[key] = max(highest[key], cover.mw)
    hours: dict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for row in plan.of(SOURCES):
        if kinds[row.site, row.source] not in ("grid", "contract"):
            found = hours[row.site, row.source, year_of[row.period]]
            found[0] += row.carries_h
            found[1] += max(0.0, row.energy_mwh) / row.nameplate_mw
            found[2] += row.energy_mwh / 1e3
    columns = [
        Column("site"),
        Column("source"),
        Column("year"),
        Column("carries", "h"),
        Column("at most", "MW"),
        Column("full load", "h"),
        Column("energy", "GWh"),
    ]
    rows: list[list[Value]] = [
        [*key, carries, highest[key], None if kinds[key[:2]] == "storage" else full, _clean(gwh)]
        for key, (carries, full, gwh) in sorted(hours.items())
        if carries or kinds[key[:2]] != "storage"
    ]
    if not rows:
        return
    notes = [
        "carries: hours in which the connection alone "
        "would not do; full load: energy over nameplate"
    ]
    if any(row[5] is None for row in rows):
        notes.append("energy of storage is what it takes and does not give back")
    yield Table("What own sources carry", columns, rows, notes)


def _clean(value: float) -> float:
    """Nothing where only rounding is left."""
    return 0.0 if abs(value) < 1e-6 else value


def meter(plan: Plan) -> Table:
    """What the tariff bills for power, by site and calendar year, and the load factor behind it."""
    hours = {p.label: p.hours for p in plan.case.timeline.periods}
    columns = [
        Column("site"),
        Column("period"),
        Column("from the grid", "GWh"),
        Column("highest draw", "MW"),
        Column("billed", "MW"),
        Column("mean / billed"),
    ]
    rows: list[list[Value]] = []
    seen: dict[str, tuple[float, float]] = {}
    for row in plan.of(METER):
        if row.billed_mw is None:
            continue
        state = (round(row.highest_mw or 0.0, 3), round(row.billed_mw, 3))
        if seen.get(row.site) != state:
            used = (
                percent(row.energy_mwh / hours[row.period] / row.billed_mw)
                if row.billed_mw > 0
                else None
            )
            rows.append(
                [row.site, row.period, row.energy_mwh / 1e3, row.highest_mw, row.billed_mw, used]
            )
        seen[row.site] = state
    note = (
        "rows where the draw or the bill changes; billed is the highest of draw, minimum take "
        "and ratchet"
    )
    return Table("Billed demand", columns, rows, [note])


def carbon(plan: Plan) -> Table:
    """Emissions by site and calendar year."""
    year_of = {p.label: str(p.start.year) for p in plan.case.timeline.periods}
    years = list(dict.fromkeys(year_of.values()))
    kt: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in plan.of(CARBON):
        kt[row.site, "grid"][year_of[row.period]] += row.grid_t / 1e3
        if row.sources_t:
            kt[row.site, "own sources"][year_of[row.period]] += row.sources_t / 1e3
    columns = [
        Column("site"),
        Column("from"),
        *(Column(year, "ktCO2e") for year in years),
        Column("total", "ktCO2e"),
    ]
    rows: list[list[Value]] = [
        [*key, *(by_year[y] for y in years), sum(by_year.values())] for key, by_year in kt.items()
    ]
    return Table("Carbon, operational, location-based", columns, rows)


def water(plan: Plan) -> Table:
    """Water by site and calendar year."""
    year_of = {p.label: str(p.start.year) for p in plan.case.timeline.periods}
    years = list(dict.fromkeys(year_of.values()))
    ml: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in plan.of(WATER):
        ml[row.site][year_of[row.period]] += row.water_m3 / 1e3
    columns = [Column("site"), *(Column(year, "ML") for year in years), Column("total", "ML")]
    rows: list[list[Value]] = [
        [site, *(by_year[y] for y in years), sum(by_year.values())] for site, by_year in ml.items()
    ]
    return Table("Water that cooling takes on site", columns, rows, ["1 ML is a thousand m³"])
