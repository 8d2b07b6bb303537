"""Which demands can no plan reach, whatever it buys? Found by arithmetic, before anything is
solved.

For each hard demand d and period t, an upper bound of what can be in service:

    most(d,t)      = min( Σ_l site(d,l,t),  Σ_s max_l weight(d,s,l) · ceiling(s,t) )
    ceiling(s,t)   = existing(s) + what lead time, delivery window and allocations let arrive by t −
                   fit_out(s)
    site(d,l,t)    = least over the limits of l (power, critical IT, heat, positions) of the most
                   that fits under that limit alone, filled with the systems that give most per unit
                   of it, each up to its ceiling; machines that serve nothing here and cannot be
                   retired come off first

Each step drops limits or whole numbers, never adds any, so a demand above its bound has no plan. A
demand below it may still have none.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from planner.capabilities.demand.case import ONE_PLACE, SERVED, CaseDemand, DemandCase
from planner.capabilities.fleet.case import FleetCase
from planner.capabilities.generation.bounds import besides, power_with_sources
from planner.capabilities.generation.case import GenerationCase
from planner.capabilities.halls.case import HOUSED, WORDS, HallsCase
from planner.capabilities.halls.derive import halls_room
from planner.capabilities.sites.case import AIR, CRITICAL_IT, LIQUID, POSITIONS, POWER
from planner.capabilities.supply.case import (
    CUMULATIVE,
    PER_PERIOD,
    SCHEDULE,
    SupplyCase,
    entry_label,
)
from planner.core.case import Case, CaseSite, CaseSystem
from planner.core.limits import At, LimitKind, Words
from planner.engineering.power import heat_split_w
from planner.errors import Problem
from planner.periods import later
from planner.plan.derive import Decisions, Derivation
from planner.plan.limit_row import amount_text
from planner.plan.presolve_fill import (
    MARGIN,
    ROUNDING,
    Item,
    fill,
    most_given,
    one_group_each,
    times,
    whole,
)
from planner.refusal import Limit
from planner.scenario.steps import step_in_force
from planner.yamlfile import Located, dotted


@dataclass(frozen=True)
class Shortfall:
    """One demand at one of its dates, with the most that can be in service then and what holds it
    back.
    """

    demand: str
    period: str
    unit: str
    need: float
    most: float
    asked: Limit
    held_back_by: tuple[Limit, ...]
    remedy: str

    def problem(self) -> Problem:
        """As a mistake of the scenario file."""
        return Problem("S003", self.asked.says, self.asked.mark, self.asked.path, self.remedy)


def presolve_shortfalls(case: Case, located: Located | None = None) -> list[Shortfall]:
    """Every hard demand that is out of reach, once for each of its dates; `located` gives the
    places in the scenario file.
    """
    reach = PresolveBounds(case, located)
    found: dict[str, Shortfall] = {}
    for demand in case.of(DemandCase).demands:
        if demand.may_go_short:
            continue
        for t, need in enumerate(demand.need):
            key = reach.place(demand, t)
            if need > 0 and key not in found:
                bound = reach.bound(demand, t)
                if bound.most < need * (1 - MARGIN):
                    found[key] = reach.shortfall(demand, t, bound, key)
    return list(found.values())


def kept_away(case: Case, system: str, site: str, located: Located | None = None) -> list[Limit]:
    """Why a system cannot be bought for a site at all, whatever the limits: no way to cool it, not
    placed there, not in time.
    """
    reach = PresolveBounds(case, located)
    mine, place = case.system[system], case.site[site]
    return list(reach.kept_out(mine, place)) or list(reach.scarce(mine, len(reach.labels) - 1))


@dataclass(frozen=True)
class _Room:
    """One limit of a site in a period: how much there is, and what one system uses of it."""

    kind: LimitKind
    name: str
    what: str
    unit: str
    scale: float
    amount: float
    use: dict[str, float]
    path: str


def _unit(resource: str) -> tuple[str, float]:
    """(unit, how many of it one unit of a limit is)"""
    return ("racks", 1.0) if resource == "positions" else ("MW", 1e6)


@dataclass(frozen=True)
class _Bound:
    most: float
    because: tuple[Limit, ...]


class PresolveBounds:
    """Bounds of a case, with the places of its limits."""

    def __init__(self, case: Case, located: Located | None) -> None:
        self.case, self.located = case, located
        self.derivation = Derivation(case, Decisions())
        self.labels = self.derivation.labels
        self.index = {system.id: i for i, system in enumerate(case.systems)}

    def place(self, demand: CaseDemand, t: int) -> str:
        """Path of the date in force in a period; of the period itself where the file is not at
        hand.
        """
        path, need = self.words(SERVED, demand.id, self.labels[t]).path, demand.need
        if self.located is not None:
            return step_in_force(self.located, self.case.timeline, path, self.labels[t])
        first = next(i for i in range(t + 1) if need[i : t + 1] == [need[t]] * (t + 1 - i))
        return f"{path}.{self.labels[first]}"

    def limit(self, name: str, says: str, path: str, t: int | None = None) -> Limit:
        """A limit with its place, and that of its step in force in period t."""
        period = "" if t is None else self.labels[t]
        if self.located is None:
            return Limit(name, says, None, path, period)
        path = step_in_force(self.located, self.case.timeline, path, period)
        return Limit(name, says, self.located.value_mark(dotted(path)), path, period)

    def words(self, kind: LimitKind, *key: str) -> Words:
        """A limit in words; what it allows is not told."""
        return kind.words(At(self.case, key))

    def bound(self, demand: CaseDemand, t: int) -> _Bound:
        """The most of a demand that can be in service in a period, and why no more."""
        systems = [self.case.system[s] for s in demand.systems]
        sites = [self.case.site[name] for name in demand.sites]
        gives = {
            (s.id, w.id): most_given(self.derivation, demand, s, w) for s in systems for w in sites
        }
        if demand.coherent:
            return self.one_cluster(demand, systems, gives, t)
        by_system, by_site, because = 0.0, 0.0, list[Limit]()
        for s in systems:
            each = max((gives[s.id, w.id] for w in sites), default=0.0)
            stands = self.existing(s, None, demand.sites)
            by_system += times(each, stands + self.arrived(s, demand, t))
        for site in sites:
            most, why = self.at_site(site, systems, gives, t)
            by_site += most
            because += why
            by_system += one_group_each(self.case, demand, site)
            by_site += one_group_each(self.case, demand, site) if most else 0.0
        if by_system <= by_site:
            return _Bound(
                by_system, tuple(limit for s in systems for limit in self.late(s, demand, t))
            )
        return _Bound(by_site, tuple(because))

    def one_cluster(
        self,
        demand: CaseDemand,
        systems: list[CaseSystem],
        gives: dict[tuple[str, str], float],
        t: int,
    ) -> _Bound:
        """The same for a demand that one system at one site must serve."""
        best, because = 0.0, list[Limit]()
        for site in self.case.sites:
            for s in systems if site.id in demand.sites else ():
                most, why = self.at_site(site, [s], gives, t)
                best = max(best, most)
                because += why
        if best == 0.0:
            return _Bound(0.0, tuple(limit for s in systems for limit in self.late(s, demand, t)))
        name, path, says = self.words(ONE_PLACE, demand.id)
        return _Bound(best, (*dict.fromkeys(because), self.limit(name, says, path)))

    def at_site(
        self,
        site: CaseSite,
        systems: list[CaseSystem],
        gives: dict[tuple[str, str], float],
        t: int,
    ) -> tuple[float, list[Limit]]:
        """The most that can be in service at one site, and what holds it back there."""
        items = []
        for s in systems:
            comes = (
                self.deliverable(s, t) if site.id in s.sites or self.moved_in(s, [site.id]) else 0.0
            )
            each = gives[s.id, site.id]
            if (ceiling := self.existing(s, site.id) + comes) > 0 and each > 0:
                items.append(Item(s, each, ceiling))
        most = sum(item.gives * item.ceiling for item in items)
        because = [
            limit
            for s in systems
            for limit in (self.scarce(s, t) if site.id in s.sites else self.kept_out(s, site))
        ]
        for room in self.rooms(site, t, {s.id for s in systems}):
            free = room.amount - self.taken(site, {s.id for s in systems}, room)
            fits = fill(items, room.use, free, free * MARGIN + ROUNDING * room.scale)
            if fits < most:
                most = fits
                because = [
                    self.limit(room.name, self.says(site, room, t), room.path, t),
                    *(self.limit(*told) for told in besides(self.derivation, site, room.kind)),
                ]
        return most, because

    def says(self, site: CaseSite, room: _Room, t: int) -> str:
        """A limit of a site in words."""
        return (
            f"{site.id} has {room.amount / room.scale:.6g} {room.unit} {room.what} in "
            f"{self.labels[t]}"
        )

    def rooms(self, site: CaseSite, t: int, serving: set[str]) -> Iterator[_Room]:
        """The limits of a site in a period; of its halls, those that carry one of the `serving`
        systems.
        """
        uses = {s.id: self.uses[s.id, site.id] for s in self.case.systems}
        halls = self.case.of(HallsCase).halls_at(site.id)
        firm = any(
            source.site == site.id and source.firm_w
            for source in self.case.of(GenerationCase).sources
        )
        for kind, key, what, values in (
            (
                POWER,
                "utility",
                "energized" + " or firm from sources" * firm,
                power_with_sources(self.case, site),
            ),
            (CRITICAL_IT, "it", "of critical IT", site.critical_it_w),
            (LIQUID, "liquid", "of liquid cooling", site.liquid_w),
            (AIR, "air", "of air cooling", site.air_w),
            (POSITIONS, "positions", "of positions", site.positions),
        ):
            amount = values[t] if isinstance(values, list) else values
            # what a site with halls says of heat and positions is only for what stood
            if amount is not None and not (halls and key in ("liquid", "air", "positions")):
                words, used = (
                    self.words(kind, site.id, self.labels[t]),
                    {s: use[key] for s, use in uses.items()},
                )
                yield _Room(kind, words.name, what, *_unit(key), amount, used, words.path)
        words = self.words(HOUSED, "", site.id, self.labels[t])
        for resource, amount in halls_room(self.derivation, site, t, serving) if halls else ():
            what = f"of {WORDS[resource]}, with every hall that can be finished,"
            # others may stand in other halls
            used = {s: use[resource] if s in serving else 0.0 for s, use in uses.items()}
            yield _Room(HOUSED, words.name, what, *_unit(resource), amount, used, words.path)

    @cached_property
    def uses(self) -> dict[tuple[str, str], dict[str, float]]:
        """(system, site) → what one system takes of each limit of the site, at its sizing load, in
        W and racks.
        """
        return {
            (system.id, site.id): self._use(system, site)
            for system in self.case.systems
            for site in self.case.sites
        }

    def _use(self, system: CaseSystem, site: CaseSite) -> dict[str, float]:
        chain = self.derivation.chain(system, site)
        own, it = chain.rack.at(site.sizing) or 0.0, chain.it.at(site.sizing) or 0.0
        liquid, air = heat_split_w(own, it - own, system.liquid_share)
        return {
            "utility": chain.utility.at(site.sizing) or 0.0,
            "it": it,
            "liquid": liquid,
            "air": air,
            "positions": system.racks,
        }

    def taken(self, site: CaseSite, serving: set[str], room: _Room) -> float:
        """What machines take that stand here, serve another purpose and cannot be retired."""
        here = [
            entry
            for entry in self.case.of(FleetCase).fleet
            if entry.site == site.id and entry.system not in serving
        ]
        away = {move.system for move in self.case.of(FleetCase).moves if move.origin == site.id}
        movable = away | {
            entry.system for entry in here if entry.may_retire or entry.leaves is not None
        }
        return sum(
            entry.units * room.use[entry.system] for entry in here if entry.system not in movable
        )

    def existing(
        self, system: CaseSystem, site: str | None, sites: list[str] | None = None
    ) -> float:
        """Existing systems at a site, or at several, or that may be moved there."""
        places = {site} if site is not None else set(sites or [])
        places |= self.moved_in(system, places)
        return sum(
            entry.units
            for entry in self.case.of(FleetCase).fleet
            if entry.system == system.id and entry.site in places
        )

    def moved_in(self, system: CaseSystem, sites: Collection[str]) -> set[str]:
        """Sites that machines of a system may be moved from to one of these."""
        return {
            move.origin
            for move in self.case.of(FleetCase).moves
            if move.system == system.id and move.destination in sites
        }

    def arrived(self, system: CaseSystem, demand: CaseDemand, t: int) -> float:
        """Most systems that can have been bought for the sites of a demand."""
        return (
            self.deliverable(system, t)
            if {*demand.sites, *self.moved_in(system, demand.sites)} & set(system.sites)
            else 0.0
        )

    def deliverable(self, system: CaseSystem, t: int) -> float:
        """Most systems, over all sites, that can be delivered and fitted out by a period."""
        entries = [
            entry for entry in self.case.of(SupplyCase).supply if entry.system == system.product
        ]
        on_order = self.case.of(SupplyCase).orders
        total, may_come = 0.0, system.may_buy and bool(system.sites)
        for when, arrival in enumerate(self.case.arrivals[system.id]) if may_come else ():
            if arrival is not None and arrival.runs <= t:
                total += min(
                    (whole(c) for e in entries if (c := e.ceiling(when)) is not None),
                    default=math.inf,
                )
                total = min(
                    [
                        total,
                        *(float(o.units) for o in on_order if o.system == system.id),
                        *(whole(e.cumulative[when]) for e in entries if e.cumulative is not None),
                    ]
                )
        return total

    def late(self, system: CaseSystem, demand: CaseDemand, t: int) -> Iterator[Limit]:
        """What holds back a system over all sites of a demand."""
        sites = [self.case.site[name] for name in demand.sites]
        if any(site.id in system.sites for site in sites):
            yield from self.scarce(system, t)
        else:
            for site in sites:
                yield from self.kept_out(system, site)

    def scarce(self, system: CaseSystem, t: int) -> Iterator[Limit]:
        """Why no more of a system can have arrived."""
        orders = {order.system: order.path for order in self.case.of(SupplyCase).orders}
        path = orders.get(system.id, f"systems.{self.index[system.product]}")
        arrivals = [
            (when, arrival)
            for when, arrival in enumerate(self.case.arrivals[system.id])
            if arrival is not None
        ]
        in_time = [when for when, arrival in arrivals if arrival.runs <= t]
        if not system.may_buy:
            yield self.limit(
                f"fleet of {system.id}",
                f"{system.id} is not a candidate, only what stands of it counts",
                "systems",
            )
        elif system.first > system.last:
            yield self.limit(
                f"delivery of {system.id}",
                f"{system.id} cannot be delivered within the horizon",
                path,
            )
        elif not in_time:
            when = f"in {self.labels[arrivals[0][1].runs]}" if arrivals else "after the horizon"
            says = f"the first {system.id} can run {when}: delivery no sooner than {system.first}"
            if system.fit_out_days:
                says += f", then fit-out until {later(system.first, system.fit_out_days)}"
            if any(system.id in entry.systems for entry in self.case.of(SupplyCase).qualifications):
                says += f", and {system.supplier} must be qualified before"
            yield self.limit(f"lead time of {system.id}", says, path)
        else:
            arrival = in_time[-1]
            says = (
                f"no more than {self.deliverable(system, t):g} {system.id} can have arrived by "
                f"{self.labels[arrival]}"
            )
            for k, entry in enumerate(self.case.of(SupplyCase).supply):
                given = (
                    (CUMULATIVE, entry.cumulative),
                    (PER_PERIOD, entry.per_period),
                    (SCHEDULE, entry.schedule),
                )
                for kind in (
                    kind
                    for kind, said in given
                    if said is not None and entry.system == system.product
                ):
                    words = kind.words(
                        At(self.case, (entry_label(k, entry), self.labels[arrival]), note=system.id)
                    )
                    yield self.limit(words.name, says, words.path, arrival)

    def kept_out(self, system: CaseSystem, site: CaseSite) -> Iterator[Limit]:
        """Why a system may not stand at a site; what is on order is for its own."""
        if site.id in system.sites or system.order:
            return
        if not system.may_buy:
            yield from self.scarce(system, 0)
            return
        if (
            system.cooling != "air"
            and site.liquid_w == 0
            and not self.case.of(HallsCase).halls_at(site.id)
        ):
            says, path = (
                f"{system.id} needs liquid cooling and {site.id} has none",
                self.words(LIQUID, site.id, "").path,
            )
        elif self.case.of(HallsCase).halls_at(site.id):
            says = f"no hall of {site.id} carries {system.id}, or it may not be placed there"
            path = self.words(HOUSED, system.id, site.id, "").path
        elif system.liquid_share < 1 and site.air_w == 0:
            says = f"part of the heat of {system.id} goes to air and {site.id} has no air cooling"
            path = self.words(AIR, site.id, "").path
        else:
            says, path = (
                f"{system.id} may not be placed at {site.id}",
                f"systems.{self.index[system.product]}.sites",
            )
        yield self.limit(f"{system.id} at {site.id}", says, path)

    def shortfall(self, demand: CaseDemand, t: int, bound: _Bound, path: str) -> Shortfall:
        """The finding in words."""
        need, unit = demand.need[t], demand.measured_in
        reasons = (
            "; ".join(dict.fromkeys(limit.says for limit in bound.because))
            or "no system can serve it"
        )
        asks, can = (
            f"{demand.id} asks for {amount_text(need, unit)} in {self.labels[t]}",
            f"at most {amount_text(bound.most, unit)} can be in service",
        )
        says = f"{asks}, and {can}: {reasons}"
        in_reach = (u for u in range(t + 1, len(self.labels)) if self.bound(demand, u).most >= need)
        ways = [f"lower it to {amount_text(bound.most, unit)}"] if bound.most > 0 else []
        ways += [f"ask for it from {self.labels[u]} on" for u in in_reach][:1]
        ways += ["loosen what holds it back", "or give the demand a `shortfall` price"]
        return Shortfall(
            demand=demand.id,
            period=self.labels[t],
            unit=unit,
            need=need,
            most=bound.most,
            asked=self.limit(self.words(SERVED, demand.id, self.labels[t]).name, says, path),
            held_back_by=bound.because,
            remedy=", ".join(ways),
        )
