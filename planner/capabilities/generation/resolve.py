"""Power sources and load curves of a scenario with the catalog's figures."""

from __future__ import annotations

import math
from collections.abc import Mapping

from planner.capabilities.fleet.schema import FleetKeys
from planner.capabilities.generation.case import CaseLoadDuration, CaseSource
from planner.capabilities.generation.schema import (
    GenerationAtSite,
    GenerationKeys,
    LoadStep,
    Source,
)
from planner.catalog.generation import PowerSource
from planner.core.case import CaseSite, CaseSystem
from planner.core.context import Resolve, ResolveContext, once
from planner.engineering.plant import margin_for_firm, units_for_firm
from planner.periods import DAYS_PER_MONTH, later
from planner.records import Figure

HOURS_PER_DAY = 24.0
COUNTED = 100_000
"""Most units whose failures are counted one by one, which takes half a second."""
Path = tuple[str | int, ...]
BELONGS: dict[str, tuple[str, ...]] = {
    "firm": ("owned", "rented"),
    "reliability": ("owned", "rented"),
    "availability": ("owned", "rented", "contract"),
    "term_days": ("rented", "contract"),
    "capex_usd_per_mw": ("grid", "owned", "rented", "storage"),
    "fixed_usd_per_mw_year": ("grid", "owned", "rented", "contract", "storage"),
    "variable_usd_per_mwh": ("owned", "rented", "contract"),
    "heat_rate_mmbtu_per_mwh": ("owned", "rented"),
    "fuel_price_usd_per_mmbtu": ("owned", "rented"),
    "round_trip": ("storage",),
}
"""Fields of the scenario and the kinds that they mean something for."""


@once
def resolve_sources(g: ResolveContext) -> list[CaseSource]:
    """Every source of every site. Problems are recorded."""
    found = []
    for j, site in enumerate(g.scenario.sites):
        for i, said in enumerate(site.of(GenerationAtSite).sources):
            source = _resolve(g, site.id, said, ("sites", j, "sources", i))
            if source is not None:
                found.append(source)
    return found


def _resolve(g: ResolveContext, site: str, said: Source, path: Path) -> CaseSource | None:
    entry = g.catalog.generation.sources[said.source]
    name = said.id or said.source
    of = f"{site}:{name}"
    _misplaced(g, entry, said, path)
    unit_w = _figure(g, of, "unit", "W", said.unit_w, entry.unit_w, path)
    if unit_w is None:
        return None
    units = _units(g, of, said, unit_w, path)
    terms = _terms(g, of, entry, said, path)
    energy, carbon = _energy(g, of, entry, said, path)
    output: float | None = 0.0
    if entry.kind in BELONGS["availability"]:
        output = _figure(g, of, "availability", "1", said.availability, entry.availability, path)
    firm, spare = _firm(g, of, entry, said, units, output or 0.0, path)
    earliest, latest = _dates(g, of, entry, said, path)
    capex, fixed = _costs(g, of, entry, said, path)
    owned = entry.kind in ("owned", "storage")
    life = g.take(of, "life", "day", None, entry.life_days) if owned else None
    hours, back = _storage(g, of, entry, said)
    return CaseSource(
        site=site,
        id=name,
        source=entry.id,
        name=entry.name,
        kind=entry.kind,
        unit_w=unit_w,
        most_units=units,
        earliest=earliest,
        latest=latest,
        term_periods=terms,
        firm_w=unit_w * firm,
        output_w=unit_w * (output or 0.0),
        capex_usd=(capex or 0.0) * unit_w / 1e6,
        fixed_usd_per_year=(fixed or 0.0) * unit_w / 1e6,
        energy_usd_per_mwh=energy,
        carbon_kg_per_mwh=carbon,
        life_years=None if life is None else life / (12 * DAYS_PER_MONTH),
        storage_h=hours,
        round_trip=back,
        spare_w=unit_w * spare,
        permit_w=said.permit.power_w if said.permit else None,
        permit_periods=_permit_periods(g, said, terms, path),
        path=".".join(map(str, path)),
    )


def _costs(
    g: ResolveContext, of: str, entry: PowerSource, said: Source, path: Path
) -> tuple[float | None, float | None]:
    """Capex by MW, and fixed cost by MW and year; None where neither is known nor given."""
    capex = _figure(
        g,
        of,
        "capex",
        "USD/MW",
        said.capex_usd_per_mw,
        entry.capex_usd_per_mw,
        path,
        none=entry.kind == "contract",
    )
    fixed = _figure(
        g,
        of,
        "fixed",
        "USD/MW/year",
        said.fixed_usd_per_mw_year,
        entry.fixed_usd_per_mw_year,
        path,
        none=entry.kind in ("grid", "contract"),
    )
    return capex, fixed


def _units(g: ResolveContext, of: str, said: Source, unit_w: float, path: Path) -> int:
    """Whole units that its `at_most` holds."""
    units = math.floor(said.at_most_w / unit_w + 1e-9)
    if units < 1:
        message = (
            f"{said.at_most_w / 1e6:g} MW hold no unit of `{said.source}`, which has "
            f"{unit_w / 1e6:g} MW"
        )
        g.problem(
            "S003",
            message,
            (*path, "at_most"),
            f"write `{unit_w / 1e6:g} MW` or more, or another `unit`",
        )
    elif said.at_most_w - units * unit_w > 1e-9 * said.at_most_w:
        held = (
            f"{units} whole unit{'s' * (units != 1)} of {unit_w / 1e6:g} MW, "
            f"{units * unit_w / 1e6:g} MW together"
        )
        g.note(f"{of}: its `at_most` of {said.at_most_w / 1e6:g} MW holds {held}")
    return units


def _firm(
    g: ResolveContext,
    of: str,
    entry: PowerSource,
    said: Source,
    units: int,
    availability: float,
    path: Path,
) -> tuple[float, float]:
    """(share of each unit, units taken off once) of what may be drawn on at any moment.

    With a `reliability` that follows from how many of the units fail at once: the mean that runs,
    less a margin that is enough for any number up to all of them. So it is linear in the number
    that stands, and never too much.
    """
    if entry.kind not in BELONGS["firm"]:
        return (1.0 if entry.kind == "grid" else 0.0), 0.0
    if said.reliability is None:
        return _figure(g, of, "firm", "1", said.firm, entry.firm, path) or 0.0, 0.0
    if availability <= 0 or units > COUNTED:
        says = (
            "that never run are not firm"
            if availability <= 0
            else f"are counted up to {COUNTED}, and `at_most` holds {units}"
        )
        remedy = (
            "give an `availability`, or `firm`"
            if availability <= 0
            else "give a larger `unit`, or `firm`"
        )
        g.problem("S003", f"units of `{of}` {says}", (*path, "reliability"), remedy)
        return 0.0, 0.0
    g.given(of, "reliability", "1", said.reliability)
    margin = margin_for_firm(units, availability, said.reliability)
    if margin >= availability * units:
        least = units_for_firm(1, availability, said.reliability)
        message = (
            f"of {units} unit{'s' * (units != 1)} of `{of}` none is firm at "
            f"{100 * said.reliability:g} %"
        )
        g.problem(
            "S003",
            message,
            (*path, "reliability"),
            f"it takes {least} for one to run: raise `at_most`, or give `firm`",
        )
    g.note(
        f"{of}: of its {units} units, {availability * units - margin:.1f} are firm at "
        f"{100 * said.reliability:g} %"
    )
    return availability, margin


def _storage(g: ResolveContext, of: str, entry: PowerSource, said: Source) -> tuple[float, float]:
    """(hours at nameplate, energy that it gives over energy that it took)."""
    if entry.kind != "storage":
        return 0.0, 1.0
    hours = g.take(of, "hours", "day", None, entry.hours_days)
    return (hours or 0.0) * HOURS_PER_DAY, g.take(
        of, "round_trip", "1", said.round_trip, entry.round_trip
    ) or 1.0


def _figure(
    g: ResolveContext,
    of: str,
    key: str,
    unit: str,
    said: float | None,
    figure: Figure[float] | None,
    path: Path,
    *,
    none: bool = False,
) -> float | None:
    """A figure that must be known, unless `none` of it is meant where nobody says anything."""
    value = g.take(of, key, unit, said, figure)
    if value is None and not none:
        g.problem(
            "S002",
            f"neither catalog nor scenario says `{key}` of `{of}`",
            path,
            f"give it here: `{key}: …`",
        )
    return value


def _misplaced(g: ResolveContext, entry: PowerSource, said: Source, path: Path) -> None:
    """Keys that mean nothing for this kind of source."""
    for name, kinds in BELONGS.items():
        if getattr(said, name) is not None and entry.kind not in kinds:
            key = str(type(said).model_fields[name].alias or name)
            g.problem(
                "K003",
                f"`{key}` means nothing for `{entry.id}`, which is {entry.kind}",
                (*path, key),
                "leave it out",
            )
    if (
        said.fuel_price_usd_per_mmbtu is not None
        and entry.kind in BELONGS["heat_rate_mmbtu_per_mwh"]
        and entry.fuel is None
    ):
        g.problem("K003", f"`{entry.id}` burns nothing", (*path, "fuel_price"), "leave it out")


def _energy(
    g: ResolveContext, of: str, entry: PowerSource, said: Source, path: Path
) -> tuple[float, float]:
    """(USD per MWh put out, kg CO2e per MWh): upkeep or contract price, and heat rate times what
    fuel costs and releases.
    """
    if entry.kind not in BELONGS["variable_usd_per_mwh"]:
        return 0.0, 0.0
    usd = (
        _figure(
            g,
            of,
            "variable",
            "USD/MWh",
            said.variable_usd_per_mwh,
            entry.variable_usd_per_mwh,
            path,
        )
        or 0.0
    )
    if entry.fuel is None:
        return usd, 0.0
    fuel = g.catalog.generation.fuels[entry.fuel]
    rate = (
        _figure(
            g,
            of,
            "heat_rate",
            "MMBtu/MWh",
            said.heat_rate_mmbtu_per_mwh,
            entry.heat_rate_mmbtu_per_mwh,
            path,
        )
        or 0.0
    )
    price = g.need(
        of, "fuel_price", "USD/MMBtu", said.fuel_price_usd_per_mmbtu, fuel.price_usd_per_mmbtu
    )
    return usd + rate * price, rate * g.need(
        fuel.id, "carbon", "kgCO2e/MMBtu", None, fuel.carbon_kg_per_mmbtu
    )


def _terms(g: ResolveContext, of: str, entry: PowerSource, said: Source, path: Path) -> int | None:
    if entry.kind not in BELONGS["term_days"]:
        return None
    days = _figure(g, of, "term", "day", said.term_days, entry.term_days, path)
    if days is None:
        return None
    periods = max(1, g.timeline.steps_for(days))
    if g.timeline.steps_within(days) != periods:
        g.note(
            f"{of}: its term of {days:g} days is taken as {periods} {g.timeline.step}s, the "
            "fewest that hold it"
        )
    return periods


def _dates(
    g: ResolveContext, of: str, entry: PowerSource, said: Source, path: Path
) -> tuple[int, int]:
    """(first, last) period in which a unit may begin to run."""
    timeline = g.timeline
    lead = said.lead_time_days
    if lead is None and said.from_ is not None:
        g.note(f"{of}: its date is taken to hold the lead time; give `lead_time` to count both")
        lead = 0.0
    else:
        lead = _figure(g, of, "lead", "day", lead, entry.lead_days, path) or 0.0
    first = later(timeline.start, lead)
    if said.from_ is not None:
        first = max(first, said.from_.first)
    earliest = timeline.starting(first)
    if earliest >= len(timeline):
        g.note(f"{of}: no unit can run within the horizon")
    elif timeline.starts[earliest] != first:
        g.shift(
            f"{of}: what could run from {first} counts from {timeline.periods[earliest].label}, "
            f"the next {timeline.step} that begins"
        )
    latest = len(timeline) - 1
    if said.until is not None:
        if said.from_ is not None and said.until.last < said.from_.first:
            g.problem(
                "D002",
                f"starts end ({said.until}) before they begin ({said.from_})",
                (*path, "until"),
                "exchange `from` and `until`",
            )
        latest = max((p.index for p in timeline.periods if p.start <= said.until.last), default=-1)
    return earliest, latest


def _permit_periods(g: ResolveContext, said: Source, terms: int | None, path: Path) -> int | None:
    """Whole periods that fit into the permit: what is temporary does not last longer because
    periods are long.
    """
    if said.permit is None or said.permit.lasts_days is None:
        return None
    step = g.timeline.step
    periods = g.timeline.steps_within(said.permit.lasts_days)
    if periods < 1:
        message = f"a permit of {said.permit.lasts_days:g} days is shorter than a {step}"
        g.problem("S003", message, (*path, "permit", "lasts"), "take a shorter `step`")
    elif terms is not None and terms > periods:
        message = f"a term of {terms} {step}s is longer than the permit's {periods}"
        g.problem("S003", message, (*path, "permit", "lasts"), "shorten the `term`")
    return periods


def resolve_load_durations(
    g: ResolveContext, sites: list[CaseSite], systems: list[CaseSystem], sources: list[CaseSource]
) -> list[CaseLoadDuration]:
    """Curves of the sites where a source may carry a part of the load. Problems are recorded."""
    found, used, everywhere = [], False, g.scenario.of(GenerationKeys).load_duration
    for j, (said, site) in enumerate(zip(g.scenario.sites, sites, strict=True)):
        curve = said.of(GenerationAtSite).load_duration
        if not any(source.covers for source in sources if source.site == site.id):
            if curve is not None:
                g.note(
                    f"site {site.id}: its `load_duration` changes nothing, for no source of its "
                    "own can carry a part of its load"
                )
            continue
        depth, system = _depth(site, [s for s in systems if _stands(g, s, site.id)])
        if curve is not None:
            found.append(_own(g, site.id, curve, ("sites", j, "load_duration"), depth, system))
        elif everywhere is not None:
            used = True
            found.append(_own(g, site.id, everywhere, ("load_duration",), depth, system))
        else:
            found.append(_usual(g, site.id, depth, system))
    if everywhere is not None and not used:
        g.note(
            "`load_duration` changes nothing: every site with own generation has its own, or "
            "there is none"
        )
    return found


def _stands(g: ResolveContext, system: CaseSystem, site: str) -> bool:
    """Whether a system may be bought for a site, stands there, or may be moved there."""
    stands = any((f.system, f.site) == (system.id, site) for f in g.scenario.of(FleetKeys).fleet)
    return (
        site in system.sites
        or stands
        or any(
            m.system == system.id and (not m.to or site in m.to)
            for m in g.scenario.of(FleetKeys).moves
        )
    )


def _depth(site: CaseSite, systems: list[CaseSystem]) -> tuple[float, str]:
    """How far below its average, over how far its sizing load is above it, a machine can draw
    without being more than idle; and which.
    """
    depths = [(float("inf"), "")]
    for system in systems:
        annual, peak = site.pue(system)
        sizing = system.nameplate_w if site.sizing == "nameplate" else system.peak_w
        above = sizing * peak - system.average_w * annual
        if above > 0:
            depths.append(((system.average_w - system.idle_w) * annual / above, system.id))
    return min(depths)


def _own(
    g: ResolveContext, site: str, steps: list[LoadStep], path: Path, depth: float, system: str
) -> CaseLoadDuration:
    """A curve of the scenario, between highest and mean as 1 and 0."""
    mean = sum(step.share * step.load for step in steps)
    positions = [(step.load - mean) / (1 - mean) for step in steps]
    for i, step in enumerate(steps, start=1):
        g.given(site, f"load_duration.{i}.share", "1", step.share)
        g.given(site, f"load_duration.{i}.load", "1", step.load)
    if -positions[-1] > depth * (1 + 1e-9):
        message = (
            "at the lowest step of `load_duration`, stretched to its highest and average "
            f"load, `{system}` would draw less than idle"
        )
        g.problem(
            "S003",
            message,
            path,
            f"raise the lowest `load`, or make the curve's mean of {100 * mean:.3g} % higher",
        )
    return CaseLoadDuration(site=site, shares=[step.share for step in steps], positions=positions)


def _usual(g: ResolveContext, site: str, depth: float, system: str) -> CaseLoadDuration:
    """The catalog's: highest, average, and below it as far as the mean needs; no deeper than a
    machine can fall.
    """
    figures = g.catalog.defaults.load_duration
    high = g.need("defaults", "load_duration.highest", "1", None, figures.highest)
    low = g.need("defaults", "load_duration.lowest", "1", None, figures.lowest)
    least = high / (1 - high)  # all other hours at one load
    fall = max(min(high / low, depth), least)
    if fall < high / low:
        g.note(
            f"site {site}: its lowest load is held at what `{system}` draws idle, and lasts "
            "longer than in the catalog's curve"
        )
    low = high / fall
    middle = 1 - high - low
    if middle < 1e-9:
        return CaseLoadDuration(site=site, shares=[high, 1 - high], positions=[1.0, -least])
    return CaseLoadDuration(site=site, shares=[high, middle, low], positions=[1.0, 0.0, -fall])


def case(g: ResolveContext) -> Mapping[str, object]:
    """Its part of the case."""
    return {
        "sources": resolve_sources(g),
        "load_durations": resolve_load_durations(g, g.sites, g.systems, resolve_sources(g)),
    }


FACE = Resolve(case)
