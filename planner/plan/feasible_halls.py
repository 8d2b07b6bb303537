"""Are a plan's halls built as they can be, and does every machine stand in one that carries it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from planner.capabilities.halls.limits import WORDS
from planner.errors import Problem
from planner.periods import later
from planner.plan.compare import fields
from planner.plan.derive import Derivation
from planner.plan.derive_halls import begun_row, taken, usable
from planner.plan.schema import HallBegun, Plan
from planner.plan.tolerance import ABSOLUTE, RELATIVE
from planner.scenario.case import CaseSite
from planner.scenario.case.halls import CaseHall


def halls(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Halls are whole, allowed, finished in time, and say of themselves what follows."""
    kinds = {(hall.site, hall.id): hall for hall in plan.case.halls}
    for i, row in enumerate(plan.halls):
        hall, t = kinds[row.site, row.hall], d.at[row.begun]
        if plan.case.openings[hall.place][t] is None:
            yield Problem("A002", f"a hall {hall.place} cannot be begun in {row.begun}", path=f"halls.{i}.begun")
            continue
        yield from _in_time(plan, hall, i, row)
        yield from fields(f"halls.{i}", row, begun_row(plan.case, hall, t, row.number))
        if row.number < 1:
            yield Problem("A001", f"{row.number} halls are not built", path=f"halls.{i}.number")
    for site in plan.case.sites:
        if plan.case.halls_at(site.id):
            yield from _stands(plan, d, site)
            yield from _housed(plan, d, site)


def _in_time(plan: Plan, hall: CaseHall, i: int, row: HallBegun) -> Iterator[Problem]:
    """A hall is begun when it may be, and is done when machines run in it."""
    periods = {p.label: p for p in plan.case.timeline.periods}
    try:
        begun, opens = date.fromisoformat(row.begun_on), periods[row.usable].start
    except (ValueError, KeyError):
        yield Problem("A001", "its days are no days of the horizon", path=f"halls.{i}.begun_on")
        return
    inside = periods[row.begun].start <= begun < periods[row.begun].end
    if not inside or not hall.first <= begun <= hall.last or later(begun, hall.lead_time_days) > opens:
        yield Problem("A002", f"a hall {hall.place} begun on {begun} cannot be in use from {opens}", path=f"halls.{i}.begun_on")


def _stands(plan: Plan, d: Derivation, site: CaseSite) -> Iterator[Problem]:
    """What stands at a site is what stood and its halls."""
    place = {(row.site, row.period): i for i, row in enumerate(plan.built)}
    for t, label in enumerate(d.labels):
        follows = d.existing_mw(site) + sum(usable(d, hall, t) * hall.it_w for hall in plan.case.halls_at(site.id)) / 1e6
        if abs(d.built_mw[site.id, t] - follows) > ABSOLUTE + RELATIVE * follows:
            path = f"built.{place[site.id, label]}.it_mw" if (site.id, label) in place else "built"
            message = f"{d.built_mw[site.id, t]:.6g} MW stand at {site.id} in {label}, but what stood and its halls are {follows:.6g} MW"
            yield Problem("A001", message, path=path)


def _housed(plan: Plan, d: Derivation, site: CaseSite) -> Iterator[Problem]:
    """Every machine stands in one place, that carries it, and no place holds more than it can."""
    kinds = {hall.id: hall for hall in plan.case.halls_at(site.id)}
    count: dict[tuple[str, str], float] = defaultdict(float)
    for i, row in enumerate(plan.housed):
        if row.site != site.id:
            continue
        hall = kinds.get(row.hall)
        count[row.system, row.period] += row.units
        if row.units < 0:
            yield Problem("A001", f"{row.units:g} {row.system} cannot stand anywhere", path=f"housed.{i}.units")
        if hall is not None and row.system not in hall.carries:
            yield Problem("A002", f"hall {hall.place} does not carry {row.system}", path=f"housed.{i}.hall")
        if hall is None and d.existing_mw(site) <= 0:
            yield Problem("A002", f"nothing stands at {site.id} but its halls", path=f"housed.{i}.hall")
    yield from _everybody(plan, d, site, count)
    yield from _gear(plan, d, site)
    for hall in kinds.values():
        for t, label in enumerate(d.labels):
            yield from _full(plan, d, site, hall, t, label)


def _everybody(plan: Plan, d: Derivation, site: CaseSite, count: dict[tuple[str, str], float]) -> Iterator[Problem]:
    """As many machines stand somewhere as run."""
    for (system, where), units in d.units.items():
        for t, label in enumerate(d.labels):
            if where == site.id and abs(count[system, label] - units[t]) > 1e-5 + RELATIVE * units[t]:
                message = f"{units[t]} {system} run at {site.id} in {label}, and {count[system, label]:.6g} stand in its halls"
                first = next((i for i, r in enumerate(plan.housed) if (r.system, r.site, r.period) == (system, where, label)), None)
                yield Problem("A001", message, path="housed" if first is None else f"housed.{first}.units")


def _gear(plan: Plan, d: Derivation, site: CaseSite) -> Iterator[Problem]:
    """As much of the networks stands somewhere as draws."""
    kinds = {hall.id for hall in plan.case.halls_at(site.id)}
    first: dict[str, int] = {}
    stands: dict[str, float] = defaultdict(float)
    for i, row in enumerate(plan.gear):
        if row.site != site.id:
            continue
        first.setdefault(row.period, i)
        stands[row.period] += row.it_mw
        if row.it_mw < 0:
            yield Problem("A001", f"{row.it_mw:g} MW of networks cannot stand anywhere", path=f"gear.{i}.it_mw")
        if row.hall not in kinds and d.existing_mw(site) <= 0:
            yield Problem("A002", f"nothing stands at {site.id} but its halls", path=f"gear.{i}.hall")
    for t, label in enumerate(d.labels):
        mw = d.network_it_w(site, t) / 1e6
        if abs(stands[label] - mw) > 10 * ABSOLUTE + RELATIVE * mw:
            message = f"networks take {mw:.6g} MW of IT at {site.id} in {label}, and {stands[label]:.6g} MW of them stand in its halls"
            yield Problem("A001", message, path=f"gear.{first[label]}.it_mw" if label in first else "gear")


def _full(plan: Plan, d: Derivation, site: CaseSite, hall: CaseHall, t: int, label: str) -> Iterator[Problem]:
    used, number = taken(d, site, hall, t), usable(d, hall, t)
    sizes = {"it": hall.it_w, "positions": hall.positions, "liquid": hall.liquid_w, "air": hall.air_w}
    for resource, size in sizes.items():
        scale = 1.0 if resource == "positions" else 1e6
        if size is not None and used[resource] > number * size + scale * ABSOLUTE * 10 + 2 * RELATIVE * number * size:
            unit = "racks" if resource == "positions" else "MW"
            message = f"{used[resource] / scale:.6g} {unit} of {WORDS[resource]} are taken in the halls {hall.place} in {label}"
            first = next((i for i, r in enumerate(plan.housed) if (r.site, r.hall, r.period) == (site.id, hall.id, label)), None)
            path = "housed" if first is None else f"housed.{first}"
            yield Problem("A002", f"{message}, which have {number * size / scale:.6g}", path=path)
