"""The inputs builder: the only crossing from a case to the arrays of the model."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from planner.arrays import MEGA, Bools, Floats
from planner.capabilities.fleet.arrays import can_arrive
from planner.capabilities.fleet.case import FleetCase
from planner.capabilities.networks.arrays import group_chain, group_takes
from planner.capabilities.networks.case import NetworksCase
from planner.capabilities.sites.arrays import most_of, power_of
from planner.core.case import Case
from planner.core.registry import faces
from planner.engineering.worth import discount_factor, spread_factor
from planner.model.inputs import Arrays, Inputs, InputsContext, Room


def make_inputs(case: Case) -> Inputs:
    """The arrays of a case. Raises ValueError for a figure that is not finite where it must be."""
    timeline, own = case.timeline, faces("arrays", Arrays)
    hours, racks = (
        np.array([p.hours for p in timeline.periods]),
        np.array([s.racks for s in case.systems]),
    )
    rate, years = (
        case.discount_rate_per_year,
        [timeline.years_to(day) for day in (*timeline.starts, timeline.end)],
    )
    takes = power_of(case)
    stand, deliver = _placement(case, len(hours))
    fleet, retirable = _fleet(case)
    ctx = InputsContext(
        case,
        hours,
        takes,
        deliver,
        fleet,
        _standing_mw(case, takes["it"], fleet),
        _room(case, len(hours)),
    )
    room = ctx.room
    for face in own:
        room = face.room(ctx, room)
    ctx.most = most_of(
        takes, racks, room.available_mw, room.critical_it_mw, room.positions, room.heat_mw
    )
    for face in own:
        ctx.most = face.most(ctx, ctx.most)
    fields: Mapping[str, Any] = {}
    for face in own:
        ctx.parts |= {type(part): part for part in face.parts(ctx)}
        fields = {**fields, **face.fields(ctx)}
    return Inputs(
        case=case,
        systems=tuple(s.id for s in case.systems),
        sites=tuple(site.id for site in case.sites),
        periods=tuple(p.label for p in timeline.periods),
        hours=hours,
        discount=np.array([spread_factor(rate, a, b) for a, b in pairwise(years)]),
        discount_start=np.array([discount_factor(rate, y) for y in years[:-1]]),
        discount_end=discount_factor(rate, years[-1]),
        accelerators=np.array([float(s.accelerators) for s in case.systems]),
        can_deliver=deliver,
        can_stand=can_arrive(case, stand, fleet),
        most=ctx.most.max(axis=2),
        existing=fleet,
        retirable=retirable,
        takes=takes,
        racks=racks,
        existing_it_mw=ctx.existing_it_mw,
        parts=ctx.parts,
        **fields,
    )


def _room(case: Case, n_t: int) -> Room:
    """What the scenario says of sites."""
    return Room(
        available_mw=np.array([_inf(site.power_w, n_t, MEGA) for site in case.sites]),
        critical_it_mw=np.array([_inf(site.critical_it_w, n_t, MEGA) for site in case.sites]),
        positions=np.array([_inf(site.positions, n_t) for site in case.sites]),
        heat_mw=np.array(
            [
                [np.inf if w is None else w / MEGA for w in (site.liquid_w, site.air_w)]
                for site in case.sites
            ]
        ),
    )


def _inf(values: list[float] | None, count: int, scale: float = 1.0) -> list[float]:
    return [value / scale for value in values] if values is not None else [np.inf] * count


def _placement(case: Case, n_t: int) -> tuple[Bools, Bools]:
    stand = np.array(
        [
            [system.may_buy and site.id in system.sites for site in case.sites]
            for system in case.systems
        ],
        dtype=bool,
    )
    window = np.array(
        [[arrival is not None for arrival in case.arrivals[system.id]] for system in case.systems],
        dtype=bool,
    )
    return stand, stand[:, :, None] & window.reshape(-1, 1, n_t)


def _fleet(case: Case) -> tuple[Floats, Floats]:
    rows, columns = (
        {s.id: i for i, s in enumerate(case.systems)},
        {s.id: j for j, s in enumerate(case.sites)},
    )
    units = np.zeros((len(rows), len(columns)))
    retirable = np.zeros((len(rows), len(columns)))
    for entry in case.of(FleetCase).fleet:
        cell = rows[entry.system], columns[entry.site]
        units[cell] += entry.units
        moves = any(
            (move.system, move.origin) == (entry.system, entry.site)
            for move in case.of(FleetCase).moves
        )
        retirable[cell] += entry.units * (entry.may_retire or entry.leaves is not None or moves)
    return units, retirable


def _standing_mw(case: Case, it_mw: Floats, fleet: Floats) -> Floats:
    """[L] critical IT that stands at the start: what the scenario says, or what the existing fleet
    takes with networks of its size.
    """
    taken = (it_mw * fleet).sum(axis=0)
    rows, columns = (
        {s.id: i for i, s in enumerate(case.systems)},
        {s.id: j for j, s in enumerate(case.sites)},
    )
    for network in case.of(NetworksCase).networks:
        j = columns[network.site]
        stands = float(sum(fleet[rows[system], j] for system in network.systems))
        if stands and network.draws:
            grade = network.grade_of(stands)
            chain = group_chain(case, network, grade)
            taken[j] += grade.groups(stands) * group_takes(case, network, chain)["it"]
    return np.array(
        [
            taken[j] if site.existing_it_w is None else site.existing_it_w / MEGA
            for j, site in enumerate(case.sites)
        ]
    )
