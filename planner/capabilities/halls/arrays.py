"""Halls as arrays: H kinds of halls · P places, those and what stood · R resources · T periods."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from planner.arrays import MEGA, Bools, Floats, Ints
from planner.capabilities.halls.case import CaseHall, HallsCase
from planner.core.case import Case, CaseSite
from planner.engineering.worth import building_share
from planner.model.inputs import Arrays, InputsContext, Payments, Room
from planner.model.payments import Part, evenly, milestones, payments_array
from planner.model.terms import Measure
from planner.periods import later

RESOURCES = ("it", "positions", "liquid", "air")
"""MW of critical IT, racks, MW of heat to liquid, MW of heat to air."""


@dataclass(frozen=True)
class HallInputs:
    """Halls and what stands beside them, at sites where capacity is built by the hall."""

    places: tuple[str, ...]
    """`site/hall` for each kind of hall, then `site/standing` where something stands."""
    halls: int
    """H: so many of the places are halls."""
    site: Ints
    """[P]"""
    size: Floats
    """[H, R] of one hall; inf where it is not limited."""
    stands: Floats
    """[P, R, T] what stands without building; 0 for halls."""
    use: Floats
    """[P, R, S] what one system takes of a place."""
    can_house: Bools
    """[P, S]"""
    can_begin: Bools
    """[H, T]"""
    opens: Ints
    """[H, T] first period of use of a hall that is begun in a period; T where that lies beyond the
    horizon."""
    most: Floats
    """[H] halls; inf where nothing limits them."""
    cost_musd: Floats
    """[H] of one hall"""
    kept: Floats
    """[H, T] share of its cost that a hall that is begun in a period keeps at the end."""
    payments: Payments
    """Axes [H, T]: of a hall that is begun in a period."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the halls alone."""
        return self.places[: self.halls]


def halls_of(case: Case, power: dict[Measure, Floats], standing_mw: Floats) -> HallInputs | None:
    """The halls of a case, and what stands at their sites; None if it has none.

    `power` is MW of one system by [S, L], `standing_mw` [L] critical IT at the start.
    """
    if not case.of(HallsCase).halls:
        return None
    n_t, halls, rows = (
        len(case.timeline),
        case.of(HallsCase).halls,
        {site.id: j for j, site in enumerate(case.sites)},
    )
    old = [
        j
        for j, site in enumerate(case.sites)
        if case.of(HallsCase).halls_at(site.id) and standing_mw[j] > 0
    ]
    place_site = np.array([*(rows[hall.site] for hall in halls), *old], dtype=np.int64)
    racks = np.array(
        [[_positions(case, p, s.id, s.racks) for s in case.systems] for p in range(len(place_site))]
    )
    by_way = [power["it"].T[place_site], power["liquid"].T[place_site], power["air"].T[place_site]]
    stands = np.zeros((len(place_site), len(RESOURCES), n_t))
    for p, j in enumerate(old, start=len(halls)):
        stands[p] = _standing(case.sites[j], standing_mw[j], n_t)
    opens, kept, parts = _construction(case)
    return HallInputs(
        places=(*(hall.place for hall in halls), *(f"{case.sites[j].id}/standing" for j in old)),
        halls=len(halls),
        site=place_site,
        size=np.array([_size(hall) for hall in halls]),
        stands=stands,
        use=np.stack([by_way[0], racks, by_way[1], by_way[2]], axis=1),
        can_house=_can_house(case, len(place_site)),
        can_begin=opens < n_t,
        opens=opens,
        most=np.array([np.inf if hall.most is None else float(hall.most) for hall in halls]),
        cost_musd=np.array([hall.cost_usd / MEGA for hall in halls]),
        kept=kept,
        payments=payments_array(parts, n_t),
    )


def _construction(case: Case) -> tuple[Ints, Floats, list[list[list[Part]]]]:
    """([H, T] first period of use of a hall that is begun in a period, [H, T] share of its cost at
    the end, payments).
    """
    timeline, n_t = case.timeline, len(case.timeline)
    opens, kept = (
        np.full((len(case.of(HallsCase).halls), n_t), n_t, dtype=np.int64),
        np.zeros((len(case.of(HallsCase).halls), n_t)),
    )
    parts: list[list[list[Part]]] = [[[] for _ in range(n_t)] for _ in case.of(HallsCase).halls]
    for h, hall in enumerate(case.of(HallsCase).halls):
        for t, begun in enumerate(case.of(HallsCase).openings[hall.place]):
            if begun is None:
                continue
            opens[h, t], done = begun.runs, later(begun.day, hall.lead_time_days)
            parts[h][t] = (
                milestones(case, done, hall.payments)
                if hall.payments
                else evenly(case, begun.day, done)
            )
            if case.keeps_worth:
                age = timeline.years_to(timeline.end) - timeline.years_to(done)
                kept[h, t] = building_share(case.construction_decline_per_year, age)
    return opens, kept, parts


def _size(hall: CaseHall) -> list[float]:
    return [
        hall.it_w / MEGA,
        np.inf if hall.positions is None else hall.positions,
        hall.liquid_w / MEGA,
        hall.air_w / MEGA,
    ]


def _standing(site: CaseSite, it_mw: float, n_t: int) -> Floats:
    """[R, T] what stands at the start: its IT capacity, and what the site says of positions and
    heat.
    """
    ways = [np.inf if watts is None else watts / MEGA for watts in (site.liquid_w, site.air_w)]
    positions = np.full(n_t, np.inf) if site.positions is None else np.array(site.positions)
    return np.stack([np.full(n_t, it_mw), positions, *(np.full(n_t, mw) for mw in ways)])


def _positions(case: Case, place: int, system: str, racks: float) -> float:
    """A system takes the positions that a hall's density leaves it; where it may not stand, and in
    old halls, its racks.
    """
    return (
        case.of(HallsCase).halls[place].carries.get(system, racks)
        if place < len(case.of(HallsCase).halls)
        else racks
    )


def _can_house(case: Case, places: int) -> Bools:
    return np.array(
        [
            [
                p >= len(case.of(HallsCase).halls) or s.id in case.of(HallsCase).halls[p].carries
                for s in case.systems
            ]
            for p in range(places)
        ],
        dtype=bool,
    )


def room_with_halls(
    halls: HallInputs | None, critical: Floats, positions: Floats, heat: Floats
) -> tuple[Floats, Floats, Floats]:
    """([L, T] critical IT, [L, T] positions, [L, 2] heat) that a site could ever have: at sites
    with halls, all halls and what stands.
    """
    if halls is None:
        return critical, positions, heat
    critical, positions, heat = critical.copy(), positions.copy(), heat.copy()
    built = np.where(halls.can_begin.any(axis=1), halls.most, 0.0)[:, None]
    with np.errstate(invalid="ignore"):
        most = np.concatenate(
            [
                np.where(built > 0, built * halls.size, 0.0),
                np.zeros((len(halls.site) - halls.halls, len(RESOURCES))),
            ]
        )
    most += halls.stands.max(axis=2)
    for j in np.unique(halls.site):
        it, racks, liquid, air = most[halls.site == j].sum(axis=0)
        critical[j], positions[j] = np.minimum(critical[j], it), racks
        heat[j] = liquid, air
    return critical, positions, heat


def without_halls(halls: HallInputs | None, *limits: Floats) -> list[Floats]:
    """Limits of whole sites: those of a site with halls bind where a machine stands, so that none
    is left for the site.
    """
    if halls is None:
        return list(limits)
    result = [limit.copy() for limit in limits]
    for limit in result:
        limit[np.unique(halls.site)] = np.inf
    return result


def room(ctx: InputsContext, room: Room) -> Room:
    """What all halls can hold; the rows of sites that have any are not those of the site."""
    halls = halls_of(ctx.case, ctx.takes, ctx.existing_it_mw)
    if halls is None:
        return room
    ctx.parts[HallInputs] = halls
    positions, heat_mw = without_halls(halls, ctx.room.positions, ctx.room.heat_mw)
    ctx.room = replace(ctx.room, positions=positions, heat_mw=heat_mw)
    critical, positions, heat_mw = room_with_halls(
        halls, room.critical_it_mw, room.positions, room.heat_mw
    )
    return replace(room, critical_it_mw=critical, positions=positions, heat_mw=heat_mw)


FACE = Arrays(room=room)
