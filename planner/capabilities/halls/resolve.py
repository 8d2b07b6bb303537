"""Halls of a scenario with the catalog's technologies and costs, and which systems may stand in
which.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from pydantic_core import PydanticCustomError

from planner.capabilities.fleet.schema import FleetKeys
from planner.capabilities.halls.case import CaseHall
from planner.capabilities.halls.schema import Hall, HallsAtSite
from planner.catalog.facility import CoolingTechnology
from planner.catalog.hardware import System
from planner.catalog.load import Catalog
from planner.core.case import CaseSystem
from planner.core.context import Resolve, ResolveContext, once, payments_of
from planner.core.site import Site
from planner.engineering.facility import carries_rack
from planner.errors import Problem
from planner.periods import Moment, later
from planner.records import Figure
from planner.yamlfile import Located, NodePath

Densities = tuple[tuple[float, float], tuple[float, float]]
"""W per rack: (usual, best published) of all heat, and of what leaves as warm air."""


def resolve_halls(g: ResolveContext, systems: list[CaseSystem]) -> list[CaseHall]:
    """Every kind of hall, with the scenario's figures or the catalog's."""
    found = []
    for i, site in enumerate(g.scenario.sites):
        for j, hall in enumerate(site.of(HallsAtSite).halls):
            found.append(_hall(g, site, hall, f"sites.{i}.halls.{j}", systems))
        _explain(g, site)
    return found


def placed(g: ResolveContext, systems: list[CaseSystem], halls: list[CaseHall]) -> list[CaseSystem]:
    """Systems without the sites where nothing stands, and no hall that could be built carries
    them.
    """
    result = []
    for system in systems:
        sites = list(system.sites)
        for site in g.scenario.sites:
            here = [hall for hall in halls if hall.site == site.id]
            if (
                here
                and site.id in sites
                and not something_stands(g, site)
                and not any(system.id in hall.carries for hall in here)
            ):
                g.note(f"{system.id} cannot stand at {site.id}: none of its halls carries it")
                sites.remove(site.id)
        result.append(
            system if sites == system.sites else system.model_copy(update={"sites": sites})
        )
    return result


def something_stands(g: ResolveContext, site: Site) -> bool:
    """Whether capacity stands at the start, in which machines may stand that no hall carries."""
    existing = site.construction.existing_w
    return (
        existing > 0
        if existing is not None
        else any(entry.site == site.id for entry in g.scenario.of(FleetKeys).fleet)
    )


def _explain(g: ResolveContext, site: Site) -> None:
    said = [
        key
        for key, value in (
            ("positions", site.positions),
            ("cooling", "cooling" in site.model_fields_set or None),
        )
        if value is not None
    ]
    if site.of(HallsAtSite).halls and said and not something_stands(g, site):
        words = " and ".join(f"`{key}`" for key in said)
        g.note(
            f"site {site.id}: {words} would limit what stands at the start, and nothing does; "
            "each hall has its own"
        )


def _hall(
    g: ResolveContext, site: Site, hall: Hall, path: str, systems: list[CaseSystem]
) -> CaseHall:
    of, technology = f"{site.id}/{hall.id}", g.catalog.facility.cooling[hall.cooling]
    densities = _densities(g, of, hall, technology)
    it_w = g.given(of, "critical_it", "W", hall.critical_it_w)
    share = (
        g.need(technology.id, "liquid_share", "1", None, technology.liquid_share)
        if technology.liquid_loop
        else 0.0
    )
    air_w = it_w if hall.positions is None else min(it_w, hall.positions * densities[1][0])
    lead_days, first, last = _dates(g, of, hall)
    return CaseHall(
        site=site.id,
        id=hall.id,
        name=hall.name or hall.id,
        cooling=technology.id,
        it_w=it_w,
        positions=hall.positions
        if hall.positions is None
        else g.given(of, "positions", "rack", hall.positions),
        liquid_w=it_w * share
        if hall.liquid_w is None
        else g.given(of, "liquid", "W", hall.liquid_w),
        air_w=air_w if hall.air_w is None else g.given(of, "air", "W", hall.air_w),
        carries=_carries(g, of, technology, densities, systems),
        cost_usd=_cost(g, of, site, hall, technology),
        lead_time_days=lead_days,
        first=first,
        last=last,
        payments=payments_of(g, hall.payments, f"{path}.payments"),
        most=hall.most,
        path=path,
    )


def _densities(g: ResolveContext, of: str, hall: Hall, technology: CoolingTechnology) -> Densities:
    """What a rack may draw: the scenario's word for all of it, else the technology's, usual and
    best published.
    """

    def ends(key: str, figure: Figure[float]) -> tuple[float, float]:
        usual = g.need(technology.id, key, "W/rack", None, figure)
        return usual, usual if figure.high is None else figure.high

    air = ends("air_density", technology.air_density_w)
    if hall.rack_density_w is None:
        return ends("rack_density", technology.rack_density_w), air
    said = g.given(of, "rack_density", "W/rack", hall.rack_density_w)
    # without a loop all heat is warm air, so that a limit on the rack is one on its air
    return (said, said), air if technology.liquid_loop else (said, said)


def _carries(
    g: ResolveContext,
    of: str,
    technology: CoolingTechnology,
    densities: Densities,
    systems: list[CaseSystem],
) -> dict[str, float]:
    """Positions of one system, for each system that may stand here; the others are noted with the
    reason.
    """
    found: dict[str, float] = {}
    for system in systems:
        catalogued = g.catalog.systems[system.product]
        each_w = system.nameplate_w / (1.0 if system.form == "server" else system.racks)
        verdict = carries_rack(
            rack_w=each_w,
            liquid_share=system.liquid_share,
            needs_liquid=system.cooling != "air",
            liquid_loop=technology.liquid_loop,
            own_equipment=technology.own_equipment,
            rack_density_w=densities[0],
            air_density_w=densities[1],
            liquid_share_most=technology.liquid_share.value,
        )
        if verdict.verdict == "no":
            g.note(f"{system.id} cannot stand in hall {of}: {verdict.reason}")
            continue
        if verdict.verdict == "at the limit":
            g.note(f"{system.id} is at the limit of what hall {of} carries: {verdict.reason}")
        found[system.id] = _positions(system, catalogued, technology, densities)
    return found


def _positions(
    system: CaseSystem, catalogued: System, technology: CoolingTechnology, densities: Densities
) -> float:
    """Positions of one system: its racks, or for a server its share of a rack that is full by
    height or by heat.
    """
    if catalogued.form != "server" or system.nameplate_w <= 0:
        return system.racks
    taken = (
        min(system.liquid_share, technology.liquid_share.value) if technology.liquid_loop else 0.0
    )
    warm_w = system.nameplate_w * (1.0 - taken)
    by_heat = min(
        densities[0][0] / system.nameplate_w, densities[1][0] / warm_w if warm_w > 0 else math.inf
    )
    return max(system.racks, 1.0 / max(1, math.floor(by_heat + 1e-9)))


def _cost(
    g: ResolveContext, of: str, site: Site, hall: Hall, technology: CoolingTechnology
) -> float:
    """USD of one hall: what the scenario says of it, of the site or of all sites, else the
    catalog's entry per MW.
    """
    if hall.cost_usd is not None:
        return g.given(of, "construction", "USD", hall.cost_usd)
    mw, said = hall.critical_it_w / 1e6, hall.cost_usd_per_mw
    if said is None and hall.build is None:
        said = site.construction.cost_usd_per_mw
        if said is None and site.rent_usd_per_mw_year:
            g.note(
                f"hall {of} is rented, so no construction is charged for it; give it a `cost` to "
                "charge both"
            )
            return 0.0
        said = g.scenario.assume.construction_usd_per_mw if said is None else said
    entry = g.catalog.facility.construction_costs.get(hall.build or technology.built_as or "")
    return mw * g.need(
        of,
        "construction",
        "USD/MW",
        said,
        entry.cost_usd_per_mw if entry else g.catalog.defaults.construction_usd_per_mw,
    )


def _dates(g: ResolveContext, of: str, hall: Hall) -> tuple[float, date, date]:
    """(days of construction, first and last day on which it can begin). A hall that would open
    after the horizon is not begun.
    """
    timeline, plant = g.timeline, g.catalog.facility.plant
    entry = g.catalog.facility.lead_times.get((plant.hall_lead if plant else None) or "")
    days = g.take(of, "lead_time", "day", hall.lead_time_days, entry.lead_days if entry else None)
    if days is None:
        g.problem(
            "K002",
            f"nobody says how long hall `{of}` takes to build",
            ("sites",),
            "give it a `lead_time`",
        )
        return 0.0, timeline.start, timeline.start
    first = max(timeline.start, hall.from_.first) if hall.from_ else timeline.start
    last = timeline.end - timedelta(days=1)
    last = min(last, hall.until.last) if hall.until else last
    opens = [a for a in timeline.arrivals(first, last, days) if a is not None]
    if not opens:
        done = later(first, days)
        g.shift(
            f"hall {of} cannot be in use within the horizon (begun on {first} it is done on "
            f"{done}, or its dates), so it is not built"
        )
    elif later(first, days) != timeline.starts[opens[0].runs]:
        label = timeline.periods[opens[0].runs].label
        g.shift(
            f"hall {of}: the first, done on {later(first, days)}, counts from {label}, the next "
            f"{timeline.step} that begins"
        )
    return days, first, last


def check_halls(located: Located) -> Iterator[Problem]:
    """Halls of the same name at a site, dates that run backwards."""
    for site, halls in _halls(located.data):
        seen: dict[str, NodePath] = {}
        for number, hall in enumerate(halls):
            path: NodePath = (*site, number)
            if not isinstance(hall, dict):
                continue
            name = hall.get("id")
            if isinstance(name, str) and name in seen:
                message, first = f"`{name}` stands twice in `halls`", located.value_mark(seen[name])
                yield Problem(
                    "I002", message, located.value_mark((*path, "id")), help=f"first at {first}"
                )
            elif isinstance(name, str):
                seen[name] = (*path, "id")
            yield from _window(located, path, hall)


def _halls(data: Any) -> Iterator[tuple[NodePath, list[Any]]]:
    sites = data.get("sites") if isinstance(data, dict) else None
    for number, site in enumerate(sites if isinstance(sites, list) else []):
        halls = site.get("halls") if isinstance(site, dict) else None
        if isinstance(halls, list):
            yield ("sites", number, "halls"), halls


def _window(located: Located, path: NodePath, hall: dict[str, Any]) -> Iterator[Problem]:
    try:
        start, end = (Moment.parse(hall[key]) for key in ("from", "until"))
    except (KeyError, PydanticCustomError):
        return  # one of them is not there, or the schema says that it is no date
    if end.last < start.first:
        at = (*path, "until")
        message = f"construction ends ({end}) before it begins ({start})"
        yield Problem(
            "D002",
            message,
            located.value_mark(at),
            ".".join(map(str, at)),
            "exchange `from` and `until`",
        )


@once
def halls_of(g: ResolveContext) -> list[CaseHall]:
    """Every kind of hall of the scenario."""
    return resolve_halls(g, g.systems)


def systems(g: ResolveContext, systems: list[CaseSystem]) -> list[CaseSystem]:
    """Systems without the sites where no hall carries them."""
    return placed(g, systems, halls_of(g))


def case(g: ResolveContext) -> Mapping[str, object]:
    """Its part of the case."""
    return {"halls": halls_of(g)}


def references(located: Located, catalog: Catalog) -> Iterator[Problem]:
    """Names and dates of halls."""
    yield from check_halls(located)


FACE = Resolve(case, systems, references=references)
