"""Halls that are begun, what stands in them, and what they cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from planner.capabilities.budget.case import CONSTRUCTION
from planner.capabilities.fleet.case import FleetCase
from planner.capabilities.halls.case import NUMBER, STANDING, WORDS, CaseHall, HallsCase
from planner.capabilities.halls.tables import HALLS, HOUSED, STOOD, HallBegun
from planner.capabilities.networks.tables import GEAR
from planner.capabilities.sites.case import BUILDINGS, BUILDINGS_WORTH
from planner.capabilities.sites.tables import BUILT
from planner.core.case import Case, CaseSite, CaseSystem
from planner.core.limits import At
from planner.engineering.power import heat_split_w
from planner.engineering.worth import building_share
from planner.errors import Problem
from planner.periods import earlier, later, years_between
from planner.plan.compare import ABSOLUTE, RELATIVE, fields
from planner.plan.derive import Derivation
from planner.plan.face import Derive, Ledger
from planner.plan.limit_row import LimitRow, limit_row
from planner.plan.schema import Plan

RESOURCES = ("it", "positions", "liquid", "air")


def begun_row(case: Case, hall: CaseHall, t: int, number: int) -> HallBegun:
    """What follows from so many halls of a kind begun in a period."""
    labels = [p.label for p in case.timeline.periods]
    begun = case.of(HallsCase).openings[hall.place][t]
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
    mine = [row for row in d.decisions.of(HALLS) if (row.site, row.hall) == (hall.site, hall.id)]
    opens = d.case.of(HallsCase).openings[hall.place]
    return sum(
        row.number
        for row in mine
        if (begun := opens[d.at[row.begun]]) is not None and begun.runs <= t
    )


def construction(d: Derivation, site: str) -> Iterator[tuple[CaseHall, int, float]]:
    """(hall, period in which it is begun, USD) of every hall of a site."""
    kinds = {hall.id: hall for hall in d.case.of(HallsCase).halls_at(site)}
    for row in d.decisions.of(HALLS):
        if row.site == site and row.hall in kinds:
            yield kinds[row.hall], d.at[row.begun], row.number * kinds[row.hall].cost_usd


def uses(
    d: Derivation, system: CaseSystem, site: CaseSite, hall: CaseHall | None
) -> dict[str, float]:
    """What one system takes of a place, at the site's sizing load: W, and racks."""
    chain = d.chain(system, site)
    own, it = chain.rack.at(site.sizing) or 0.0, chain.it.at(site.sizing) or 0.0
    liquid, air = heat_split_w(own, it - own, system.liquid_share)
    racks = system.racks if hall is None else hall.carries.get(system.id, system.racks)
    return {"it": it, "positions": racks, "liquid": liquid, "air": air}


def taken(d: Derivation, site: CaseSite, hall: CaseHall | None, t: int) -> dict[str, float]:
    """What the machines in a place take of it in a period: W, and racks."""
    total = dict.fromkeys(RESOURCES, 0.0)
    name = STOOD if hall is None else hall.id
    for row in d.decisions.of(HOUSED):
        if (row.site, row.hall, row.period) == (site.id, name, d.labels[t]):
            for resource, value in uses(d, d.case.system[row.system], site, hall).items():
                total[resource] += row.units * value
    for gear in d.decisions.of(GEAR):
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


def halls_room(
    d: Derivation, site: CaseSite, t: int, serving: set[str]
) -> Iterator[tuple[str, float]]:
    """(resource, W or racks) for the `serving` systems at a site in a period: what stood, and all
    halls for them that can be finished.

    Resources that some hall, or what stood, has without limit are left out.
    """
    for resource in RESOURCES:
        total = standing_amount(d, site, resource, t) if d.existing_mw(site) > 0 else 0.0
        for hall in d.case.of(HallsCase).halls_at(site.id):
            size = {
                "it": hall.it_w,
                "positions": hall.positions,
                "liquid": hall.liquid_w,
                "air": hall.air_w,
            }[resource]
            in_time = any(
                begun is not None and begun.runs <= t
                for begun in d.case.of(HallsCase).openings[hall.place]
            )
            if total is None or not in_time or hall.most == 0 or not serving & hall.carries.keys():
                continue
            total = (
                None
                if size is None or (hall.most is None and size > 0)
                else total + size * (hall.most or 0)
            )
        if total is not None:
            yield resource, total


def halls(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Halls are whole, allowed, finished in time, and say of themselves what follows."""
    kinds = {(hall.site, hall.id): hall for hall in plan.case.of(HallsCase).halls}
    for i, row in enumerate(plan.of(HALLS)):
        hall, t = kinds[row.site, row.hall], d.at[row.begun]
        if plan.case.of(HallsCase).openings[hall.place][t] is None:
            yield Problem(
                "A002",
                f"a hall {hall.place} cannot be begun in {row.begun}",
                path=f"halls.{i}.begun",
            )
            continue
        yield from _in_time(plan, hall, i, row)
        yield from fields(f"halls.{i}", row, begun_row(plan.case, hall, t, row.number))
        if row.number < 1:
            yield Problem("A001", f"{row.number} halls are not built", path=f"halls.{i}.number")
    for site in plan.case.sites:
        if plan.case.of(HallsCase).halls_at(site.id):
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
    if (
        not inside
        or not hall.first <= begun <= hall.last
        or later(begun, hall.lead_time_days) > opens
    ):
        yield Problem(
            "A002",
            f"a hall {hall.place} begun on {begun} cannot be in use from {opens}",
            path=f"halls.{i}.begun_on",
        )


def _stands(plan: Plan, d: Derivation, site: CaseSite) -> Iterator[Problem]:
    """What stands at a site is what stood and its halls."""
    place = {(row.site, row.period): i for i, row in enumerate(plan.of(BUILT))}
    for t, label in enumerate(d.labels):
        follows = (
            d.existing_mw(site)
            + sum(
                usable(d, hall, t) * hall.it_w for hall in plan.case.of(HallsCase).halls_at(site.id)
            )
            / 1e6
        )
        if abs(d.built_mw[site.id, t] - follows) > ABSOLUTE + RELATIVE * follows:
            path = f"built.{place[site.id, label]}.it_mw" if (site.id, label) in place else "built"
            message = (
                f"{d.built_mw[site.id, t]:.6g} MW stand at {site.id} in {label}, but what "
                f"stood and its halls are {follows:.6g} MW"
            )
            yield Problem("A001", message, path=path)


def _housed(plan: Plan, d: Derivation, site: CaseSite) -> Iterator[Problem]:
    """Every machine stands in one place, that carries it, and no place holds more than it can."""
    kinds = {hall.id: hall for hall in plan.case.of(HallsCase).halls_at(site.id)}
    count: dict[tuple[str, str], float] = defaultdict(float)
    for i, row in enumerate(plan.of(HOUSED)):
        if row.site != site.id:
            continue
        hall = kinds.get(row.hall)
        count[row.system, row.period] += row.units
        if row.units < 0:
            yield Problem(
                "A001",
                f"{row.units:g} {row.system} cannot stand anywhere",
                path=f"housed.{i}.units",
            )
        if hall is not None and row.system not in hall.carries:
            yield Problem(
                "A002", f"hall {hall.place} does not carry {row.system}", path=f"housed.{i}.hall"
            )
        if hall is None and d.existing_mw(site) <= 0:
            yield Problem(
                "A002", f"nothing stands at {site.id} but its halls", path=f"housed.{i}.hall"
            )
    yield from _everybody(plan, d, site, count)
    yield from _gear(plan, d, site)
    for hall in kinds.values():
        for t, label in enumerate(d.labels):
            yield from _full(plan, d, site, hall, t, label)


def _everybody(
    plan: Plan, d: Derivation, site: CaseSite, count: dict[tuple[str, str], float]
) -> Iterator[Problem]:
    """As many machines stand somewhere as run."""
    for (system, where), units in d.units.items():
        for t, label in enumerate(d.labels):
            if (
                where == site.id
                and abs(count[system, label] - units[t]) > 1e-5 + RELATIVE * units[t]
            ):
                message = (
                    f"{units[t]} {system} run at {site.id} in {label}, and "
                    f"{count[system, label]:.6g} stand in its halls"
                )
                first = next(
                    (
                        i
                        for i, r in enumerate(plan.of(HOUSED))
                        if (r.system, r.site, r.period) == (system, where, label)
                    ),
                    None,
                )
                yield Problem(
                    "A001", message, path="housed" if first is None else f"housed.{first}.units"
                )


def _gear(plan: Plan, d: Derivation, site: CaseSite) -> Iterator[Problem]:
    """As much of the networks stands somewhere as draws."""
    kinds = {hall.id for hall in plan.case.of(HallsCase).halls_at(site.id)}
    first: dict[str, int] = {}
    stands: dict[str, float] = defaultdict(float)
    for i, row in enumerate(plan.of(GEAR)):
        if row.site != site.id:
            continue
        first.setdefault(row.period, i)
        stands[row.period] += row.it_mw
        if row.it_mw < 0:
            yield Problem(
                "A001",
                f"{row.it_mw:g} MW of networks cannot stand anywhere",
                path=f"gear.{i}.it_mw",
            )
        if row.hall not in kinds and d.existing_mw(site) <= 0:
            yield Problem(
                "A002", f"nothing stands at {site.id} but its halls", path=f"gear.{i}.hall"
            )
    for t, label in enumerate(d.labels):
        mw = d.beside_it_w(site, t) / 1e6
        if abs(stands[label] - mw) > 10 * ABSOLUTE + RELATIVE * mw:
            message = (
                f"networks take {mw:.6g} MW of IT at {site.id} in {label}, and "
                f"{stands[label]:.6g} MW of them stand in its halls"
            )
            yield Problem(
                "A001", message, path=f"gear.{first[label]}.it_mw" if label in first else "gear"
            )


def _full(
    plan: Plan, d: Derivation, site: CaseSite, hall: CaseHall, t: int, label: str
) -> Iterator[Problem]:
    used, number = taken(d, site, hall, t), usable(d, hall, t)
    sizes = {
        "it": hall.it_w,
        "positions": hall.positions,
        "liquid": hall.liquid_w,
        "air": hall.air_w,
    }
    for resource, size in sizes.items():
        scale = 1.0 if resource == "positions" else 1e6
        if (
            size is not None
            and used[resource]
            > number * size + scale * ABSOLUTE * 10 + 2 * RELATIVE * number * size
        ):
            unit = "racks" if resource == "positions" else "MW"
            message = (
                f"{used[resource] / scale:.6g} {unit} of {WORDS[resource]} are taken in the "
                f"halls {hall.place} in {label}"
            )
            first = next(
                (
                    i
                    for i, r in enumerate(plan.of(HOUSED))
                    if (r.site, r.hall, r.period) == (site.id, hall.id, label)
                ),
                None,
            )
            path = "housed" if first is None else f"housed.{first}"
            yield Problem("A002", f"{message}, which have {number * size / scale:.6g}", path=path)


def halls_limits(d: Derivation) -> Iterator[LimitRow]:
    """Every such limit, by its row in the model."""
    for hall in d.case.of(HallsCase).halls:
        if hall.most is not None and any(d.case.of(HallsCase).openings[hall.place]):
            count = sum(
                row.number
                for row in d.decisions.of(HALLS)
                if (row.site, row.hall) == (hall.site, hall.id)
            )
            yield limit_row(NUMBER, At(d.case, (hall.place,), hall.most), count)
    for site in d.case.sites:
        if d.case.of(HallsCase).halls_at(site.id) and d.existing_mw(site) > 0:
            yield from _standing(d, site)
    for site in d.case.sites:
        if site.construction_budget_usd is not None:
            yield limit_row(
                CONSTRUCTION,
                At(d.case, (site.id,), site.construction_budget_usd / 1e6),
                _spent(d, site) / 1e6,
            )


def _spent(d: Derivation, site: CaseSite) -> float:
    if d.case.of(HallsCase).halls_at(site.id):
        return sum(usd for _, _, usd in construction(d, site.id))
    return (
        d.built_mw[site.id, len(d.labels) - 1] - d.existing_mw(site)
    ) * site.construction_usd_per_mw


def _standing(d: Derivation, site: CaseSite) -> Iterator[LimitRow]:
    if not any(site.id in s.sites for s in d.case.systems) and not any(
        f.site == site.id and f.units for f in d.case.of(FleetCase).fleet
    ):
        return
    for t, label in enumerate(d.labels):
        used = taken(d, site, None, t)
        for resource in RESOURCES:
            amount = standing_amount(d, site, resource, t)
            if amount is not None:
                scale = 1.0 if resource == "positions" else 1e6
                yield limit_row(
                    STANDING,
                    At(d.case, (site.id, resource, label), amount / scale),
                    used[resource] / scale,
                )


def money(d: Derivation, ledger: Ledger) -> None:
    """Halls of every site that is built by the hall."""
    for site in d.case.sites:
        if d.case.of(HallsCase).halls_at(site.id):
            _paid(d, site.id, ledger)


def _paid(d: Derivation, site: str, ledger: Ledger) -> None:
    """A hall is paid by its milestones or evenly while it is built, and keeps a worth from the day
    on which it is done.
    """
    for hall, t, usd in construction(d, site):
        begun = d.case.of(HallsCase).openings[hall.place][t]
        if begun is None:
            continue  # `feasible` says so
        done = later(begun.day, hall.lead_time_days)
        for payment in hall.payments:
            ledger.post(BUILDINGS, usd * payment.share, day=earlier(done, payment.before_days))
        if not hall.payments and done > begun.day:
            ledger.between(BUILDINGS, usd, begun.day, done)
        elif not hall.payments:
            ledger.post(BUILDINGS, usd, day=begun.day)
        if d.case.keeps_worth:
            share = building_share(
                d.case.construction_decline_per_year, years_between(done, d.case.timeline.end)
            )
            ledger.remains(BUILDINGS_WORTH, usd * share)


FACE = Derive(limits=halls_limits, money=money, decided=halls)
