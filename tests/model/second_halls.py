"""Halls in the second formulation: machines are handed out to places as flows, and halls that open
are counted as sums of those begun."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from planner.capabilities.halls.case import CaseHall
from planner.core.case import CaseSite, CaseSystem
from tests.model.program import Expression, plus
from tests.model.second_calendar import after

if TYPE_CHECKING:
    from tests.model.second import Question


GEAR = (0, 3)
"""What networks take of a place: IT, and heat to air."""


class Halls:
    """Everything that a site with halls adds to the program."""

    def __init__(self, q: Question) -> None:
        self.q, self.p = q, q.p
        self.begun: dict[tuple[str, str, int], Expression] = {}
        self.days: dict[tuple[str, str], dict[int, tuple[date, int]]] = {}
        for hall in q.case.halls:
            self.days[hall.site, hall.id] = q.calendar.runs(
                hall.first, hall.last, hall.lead_time_days
            )
            for t in self.days[hall.site, hall.id]:
                self.begun[hall.site, hall.id, t] = self.p.column(integer=True)
            if hall.most is not None:
                self.p.at_most(
                    plus(
                        *(
                            (1.0, e)
                            for (site, name, _), e in self.begun.items()
                            if (site, name) == (hall.site, hall.id)
                        )
                    ),
                    hall.most,
                )
        for site in q.case.sites:
            if self.at(site):
                for t in q.times:
                    self.place(site, t)

    def at(self, site: CaseSite) -> list[CaseHall]:
        return [hall for hall in self.q.case.halls if hall.site == site.id]

    def open(self, hall: CaseHall, t: int) -> Expression:
        """Halls of a kind in use."""
        days = self.days[hall.site, hall.id]
        return plus(
            *(
                (1.0, self.begun[hall.site, hall.id, u])
                for u, (_, opens) in days.items()
                if opens <= t
            )
        )

    def place(self, site: CaseSite, t: int) -> None:
        """Hand out the machines of a site in a period."""
        q, p = self.q, self.p
        stood: dict[str, Expression] = (
            {s.id: p.column() for s in q.case.systems} if q.standing(site) > 0 else {}
        )
        places = {hall.id: {name: p.column() for name in hall.carries} for hall in self.at(site)}
        gear = {hall.id: p.column() for hall in self.at(site)}
        old = p.column() if stood else {}
        drawn = plus(*((q.it(s, site), count) for s, count in q.networks.at(site, t)))
        gap = plus((1.0, drawn), (-1.0, old), *((-1.0, each) for each in gear.values()))
        p.at_most(gap, 0.0)
        p.at_least(gap, 0.0)
        for s in q.case.systems:
            parts = [(1.0, stood[s.id])] if s.id in stood else []
            parts += [(1.0, here[s.id]) for here in places.values() if s.id in here]
            gap = plus(*parts, (-1.0, q.runs[s.id, site.id, t]))
            p.at_most(gap, 0.0)
            p.at_least(gap, 0.0)
        for hall in self.at(site):
            sizes = (hall.it_w / 1e6, hall.positions, hall.liquid_w / 1e6, hall.air_w / 1e6)
            for number, size in enumerate(sizes):
                if size is not None:
                    taken = [
                        (self.takes(q.case.system[name], site, hall)[number], e)
                        for name, e in places[hall.id].items()
                    ]
                    networks = (1.0 if number in GEAR else 0.0, gear[hall.id])
                    p.at_most(plus(*taken, networks, (-size, self.open(hall, t))), 0.0)
        limits = (
            q.standing(site),
            None if site.positions is None else site.positions[t],
            None if site.liquid_w is None else site.liquid_w / 1e6,
            None if site.air_w is None else site.air_w / 1e6,
        )
        for number, limit in enumerate(limits):
            if limit is not None and stood:
                taken = [
                    (self.takes(q.case.system[name], site, None)[number], e)
                    for name, e in stood.items()
                ]
                p.at_most(plus(*taken, (1.0 if number in GEAR else 0.0, old)), limit)

    def takes(
        self, s: CaseSystem, site: CaseSite, hall: CaseHall | None
    ) -> tuple[float, float, float, float]:
        """IT, positions, heat to liquid and to air of one system."""
        liquid, it = self.q.liquid(s, site), self.q.it(s, site)
        return it, s.racks if hall is None else hall.carries[s.id], liquid, it - liquid

    def invested(self) -> Iterator[tuple[int, float, float, Expression]]:
        """(period, present worth of 1 USD, MUSD, how many) of what is paid for halls."""
        calendar = self.q.calendar
        for (site, name, u), count in self.begun.items():
            hall, begun = self.kind(site, name), self.days[site, name][u][0]
            done = after(begun, hall.lead_time_days)
            bill = (
                calendar.bill(done, hall.payments)
                if hall.payments
                else calendar.spread(begun, done)
            )
            for when, share, worth in bill:
                yield when, worth, share * hall.cost_usd / 1e6, count

    def whole(self, site: CaseSite) -> Expression:
        """Construction of a site over the horizon."""
        parts = [
            (self.kind(where, name).cost_usd / 1e6, count)
            for (where, name, _), count in self.begun.items()
            if where == site.id
        ]
        if not self.at(site):
            parts += [
                (site.construction_usd_per_mw / 1e6, self.q.added[site.id, t]) for t in self.q.times
            ]
        return plus(*parts)

    def left_over(self) -> Expression:
        """Worth of halls at the end."""
        parts = []
        for (site, name, u), count in self.begun.items():
            hall = self.kind(site, name)
            done = after(self.days[site, name][u][0], hall.lead_time_days)
            share = max(
                0.0, 1 - self.q.case.construction_decline_per_year * self.q.calendar.left(done)
            )
            parts.append((hall.cost_usd / 1e6 * share, count))
        return plus(*parts)

    def kind(self, site: str, name: str) -> CaseHall:
        return next(hall for hall in self.q.case.halls if (hall.site, hall.id) == (site, name))
