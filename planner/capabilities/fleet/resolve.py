"""Machines that stand already, with their age, and the ways on which machines may be moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from planner.capabilities.fleet.candidates import cannot_cool, systems_of
from planner.capabilities.fleet.case import CaseFleet, CaseMove
from planner.capabilities.fleet.schema import Fleet, FleetKeys
from planner.capabilities.halls.case import CaseHall
from planner.capabilities.halls.resolve import halls_of, something_stands
from planner.capabilities.halls.schema import HallsAtSite
from planner.core.case import CaseSystem
from planner.core.context import Resolve, ResolveContext
from planner.periods import earlier, later, years_between


def resolve_fleet(g: ResolveContext, i: int, systems: dict[str, CaseSystem]) -> CaseFleet:
    """A fleet entry with its age, what its worth is a share of, and when it must be gone."""
    entry = g.scenario.of(FleetKeys).fleet[i]
    units = systems_of(entry.units, systems.get(entry.system))
    if abs(units - round(units)) > 1e-9:
        message = f"{entry.units} of `{entry.system}` is {units:g} systems, not a whole number"
        g.problem("R001", message, ("fleet", i, "units"), f"write `{max(1, round(units))} systems`")
    born = _born(g, i, entry)
    start = g.timeline.periods[0].start
    return CaseFleet(
        site=entry.site,
        system=entry.system,
        units=round(units),
        may_retire=entry.may_retire,
        age_years=None if born is None else years_between(born, start),
        worth_usd=0.0 if born is None else _worth(g, i, entry, systems),
        leaves=_leaves(g, i, entry, born),
        path=f"fleet.{i}",
    )


def _born(g: ResolveContext, i: int, entry: Fleet) -> date | None:
    start = g.timeline.periods[0].start
    if entry.age_days is not None:
        return earlier(start, entry.age_days)
    if entry.bought is None:
        return None
    if entry.bought.first >= start:
        message = (
            f"{entry.bought} is not before the horizon, and what stands at its start was "
            "bought before"
        )
        g.problem(
            "D002", message, ("fleet", i, "bought"), "what is bought later belongs under `systems`"
        )
    return entry.bought.first


def _worth(g: ResolveContext, i: int, entry: Fleet, systems: dict[str, CaseSystem]) -> float:
    """What the resale worth of one is a share of: what was paid, and no more than a new one costs,
    which is said.
    """
    planning = g.catalog.planning_prices.get(entry.system)
    paid = g.take(
        f"fleet.{i}", "price", "USD", entry.price_usd, planning.price_usd if planning else None
    )
    if paid is None:
        g.note(
            f"fleet of {entry.system} at {entry.site}: no price is known, so it is worth nothing "
            "when it goes"
        )
        return 0.0
    system = systems.get(entry.system)
    if system is None or not system.may_buy or paid <= system.price_usd:
        return paid
    g.note(
        f"fleet of {entry.system} at {entry.site}: bought at {paid:g} USD; its resale worth is a "
        f"share of {system.price_usd:g} USD, "
        "what a new one costs, since nobody pays more for a used one"
    )
    return system.price_usd


def _leaves(g: ResolveContext, i: int, entry: Fleet, born: date | None) -> int | None:
    start, end = g.timeline.periods[0].start, g.timeline.periods[-1].end
    key = "retire_by" if entry.retire_by is not None else "lifetime"
    if entry.retire_by is not None:
        gone = entry.retire_by.first
    elif entry.lifetime_days is not None and born is not None:
        gone = later(born, entry.lifetime_days)
    else:
        return None
    if gone <= start:
        message = f"these machines must be gone by {gone}, before the horizon begins"
        g.problem("D002", message, ("fleet", i, key), "leave the entry out, or let them run longer")
        return None
    if gone >= end:
        g.note(
            f"fleet of {entry.system} at {entry.site}: it may run until {gone}, beyond the "
            f"horizon, so its `{key}` changes nothing"
        )
        return None
    return next(p.index for p in g.timeline.periods if p.start <= gone < p.end)


def resolve_moves(
    g: ResolveContext, systems: dict[str, CaseSystem], halls: list[CaseHall]
) -> list[CaseMove]:
    """Every way on which machines may be moved: where they can be, to where they can be cooled."""
    found: dict[tuple[str, str, str], CaseMove] = {}
    for i, entry in enumerate(g.scenario.of(FleetKeys).moves):
        product = systems.get(entry.system)
        if product is None:
            continue
        # what is on order is a system of its own, and moves as its product does
        movable = [
            s for s in systems.values() if s is product or (s.order and s.product == product.id)
        ]
        ways = [(s.id, *way) for s in movable for way in _ways(g, i, s, halls)]
        if ways:
            _explain_transit(g, entry.system, entry.transit_days)
            g.note(
                f"moves of {entry.system}: the network that it needs where it goes is in their "
                "cost, and none is bought for it"
            )
        else:
            g.note(
                f"moves of {entry.system}: there is no site to leave and another to go to, so "
                "they change nothing"
            )
        for key in ways:
            name, origin, destination = key
            if key in found:
                message = (
                    f"the way of {name} from {origin} to {destination} stands in "
                    f"`{found[key].path}` already"
                )
                g.problem("I002", message, ("moves", i), "keep one of them")
            found.setdefault(
                key,
                CaseMove(
                    system=name,
                    origin=origin,
                    destination=destination,
                    cost_usd=entry.cost_usd,
                    transit_days=entry.transit_days,
                    path=f"moves.{i}",
                ),
            )
    return list(found.values())


def _explain_transit(g: ResolveContext, system: str, transit_days: float) -> None:
    """How long moved machines run nowhere, where that is not a whole number of periods."""
    timeline = g.timeline
    lands = [
        (later(start, transit_days), timeline.starting(later(start, transit_days)))
        for start in timeline.starts
    ]
    late = [(day, t) for day, t in lands if t < len(timeline) and timeline.starts[t] != day]
    if late:
        g.shift(
            f"moves of {system}: what is there on {late[0][0]} runs again from "
            f"{timeline.periods[late[0][1]].label}, and so on"
        )


def _ways(
    g: ResolveContext, i: int, system: CaseSystem, halls: list[CaseHall]
) -> Iterator[tuple[str, str]]:
    entry = g.scenario.of(FleetKeys).moves[i]
    stands = {f.site for f in g.scenario.of(FleetKeys).fleet if f.system == system.id}
    candidate = next((c for c in g.scenario.systems if c.system == system.product), None)
    destinations = entry.to or (
        candidate.sites if candidate and candidate.sites else [site.id for site in g.scenario.sites]
    )
    for origin in (site.id for site in g.scenario.sites):
        if (entry.from_ is not None and origin not in entry.from_) or not (
            origin in system.sites or origin in stands
        ):
            continue
        for site in g.scenario.sites:
            if site.id == origin or site.id not in destinations:
                continue
            reason = cannot_cool(
                site, g.catalog.systems[system.product], surrounded=system.is_surrounded
            )
            # each hall has its own cooling, and what stands at the start the site's
            if site.of(HallsAtSite).halls:
                carried = any(hall.site == site.id and system.id in hall.carries for hall in halls)
                reason = (
                    ""
                    if carried
                    else reason
                    or ("" if something_stands(g, site) else "none of its halls carries it")
                )
            if reason:
                g.note(f"{system.id} cannot be moved to {site.id}: {reason}")
            else:
                yield origin, site.id


def case(g: ResolveContext) -> Mapping[str, object]:
    """Its part of the case."""
    return {
        "fleet": [
            resolve_fleet(g, i, g.system) for i in range(len(g.scenario.of(FleetKeys).fleet))
        ],
        "moves": resolve_moves(g, g.system, halls_of(g)),
    }


def named(g: ResolveContext) -> Iterator[str]:
    """Systems that stand."""
    return (entry.system for entry in g.scenario.of(FleetKeys).fleet)


FACE = Resolve(case, named=named)
