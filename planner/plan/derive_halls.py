"""What do a plan's halls hold, who stands in them, what do they cost? Part of the second road: no model, no solver."""

from __future__ import annotations

from collections.abc import Iterator

from planner.engineering.cooling import heat_split_w
from planner.plan.derive import Derivation
from planner.plan.schema import HallBegun
from planner.plan.tables import STANDING
from planner.scenario.case import Case, CaseSite, CaseSystem
from planner.scenario.case.halls import CaseHall

RESOURCES = ("it", "positions", "liquid", "air")


def begun_row(case: Case, hall: CaseHall, t: int, number: int) -> HallBegun:
    """What follows from so many halls of a kind begun in a period."""
    labels = [p.label for p in case.timeline.periods]
    begun = case.openings[hall.place][t]
    return HallBegun(
        site=hall.site,
        hall=hall.id,
        begun=labels[t],
        begun_on="" if begun is None else str(begun.day),
        usable="" if begun is None else labels[begun.runs],
        number=number,
        it_mw=number * hall.it_w / 1e6,
        cost_usd=number * hall.cost_usd,
    )


def usable(d: Derivation, hall: CaseHall, t: int) -> int:
    """Halls of a kind that are in use in a period."""
    mine = [row for row in d.decisions.halls if (row.site, row.hall) == (hall.site, hall.id)]
    opens = d.case.openings[hall.place]
    return sum(row.number for row in mine if (begun := opens[d.at[row.begun]]) is not None and begun.runs <= t)


def construction(d: Derivation, site: str) -> Iterator[tuple[CaseHall, int, float]]:
    """(hall, period in which it is begun, USD) of every hall of a site."""
    kinds = {hall.id: hall for hall in d.case.halls_at(site)}
    for row in d.decisions.halls:
        if row.site == site and row.hall in kinds:
            yield kinds[row.hall], d.at[row.begun], row.number * kinds[row.hall].cost_usd


def uses(d: Derivation, system: CaseSystem, site: CaseSite, hall: CaseHall | None) -> dict[str, float]:
    """What one system takes of a place, at the site's sizing load: W, and racks."""
    chain = d.chain(system, site)
    own, it = chain.rack.at(site.sizing) or 0.0, chain.it.at(site.sizing) or 0.0
    liquid, air = heat_split_w(own, it - own, system.liquid_share)
    racks = system.racks if hall is None else hall.carries.get(system.id, system.racks)
    return {"it": it, "positions": racks, "liquid": liquid, "air": air}


def taken(d: Derivation, site: CaseSite, hall: CaseHall | None, t: int) -> dict[str, float]:
    """What the machines in a place take of it in a period: W, and racks."""
    total = dict.fromkeys(RESOURCES, 0.0)
    name = STANDING if hall is None else hall.id
    for row in d.decisions.housed:
        if (row.site, row.hall, row.period) == (site.id, name, d.labels[t]):
            for resource, value in uses(d, d.case.system[row.system], site, hall).items():
                total[resource] += row.units * value
    for gear in d.decisions.gear:
        if (gear.site, gear.hall, gear.period) == (site.id, name, d.labels[t]):
            total["it"] += gear.it_mw * 1e6
            total["air"] += gear.it_mw * 1e6
    return total


def standing_amount(d: Derivation, site: CaseSite, resource: str, t: int) -> float | None:
    """What stood at the start of a site with halls: W, or racks; None where it is not limited."""
    if resource == "it":
        return d.existing_mw(site) * 1e6
    if resource == "positions":
        return None if site.positions is None else site.positions[t]
    return site.liquid_w if resource == "liquid" else site.air_w


def halls_room(d: Derivation, site: CaseSite, t: int, serving: set[str]) -> Iterator[tuple[str, float]]:
    """(resource, W or racks) for the `serving` systems at a site in a period: what stood, and all halls for them that can be finished.

    Resources that some hall, or what stood, has without limit are left out.
    """
    for resource in RESOURCES:
        total = standing_amount(d, site, resource, t) if d.existing_mw(site) > 0 else 0.0
        for hall in d.case.halls_at(site.id):
            size = {"it": hall.it_w, "positions": hall.positions, "liquid": hall.liquid_w, "air": hall.air_w}[resource]
            in_time = any(begun is not None and begun.runs <= t for begun in d.case.openings[hall.place])
            if total is None or not in_time or hall.most == 0 or not serving & hall.carries.keys():
                continue
            total = None if size is None or (hall.most is None and size > 0) else total + size * (hall.most or 0)
        if total is not None:
            yield resource, total
