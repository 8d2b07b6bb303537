"""Networks in the second formulation: a group is a machine of its own that nobody ordered, one
grade a period has enough of them by a large constant, and every grade that a fabric may be bought
as is tried."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from planner.capabilities.networks.case import CaseGrade, CaseNetwork
from planner.core.case import CaseSite, CaseSystem
from tests.model.program import Expression, Row, plus

if TYPE_CHECKING:
    from tests.model.second import Question


class Networks:
    """What networks add to the program."""

    def __init__(self, q: Question) -> None:
        self.q, self.p = q, q.p
        self.groups: dict[tuple[int, int, int], Expression] = {}
        self.chosen: dict[tuple[int, int, int], Expression] = {}
        self.tightened = set[tuple[int, int]]()
        self.bought: dict[tuple[int, int, int], Expression] = {}
        for f, network in enumerate(q.case.networks):
            for t in q.times:
                if any(grade.nameplate_w for grade in network.grades):
                    self.run(f, network, t)
                if network.bought:
                    self.buy(f, network, t)

    def run(self, f: int, network: CaseNetwork, t: int) -> None:
        """One grade a period: its groups hold all that runs, and no other grade needs a group."""
        most = 2.0 * sum(s.units for s in self.q.case.fleet) + 200.0
        chosen = [self.p.column(1.0, integer=True) for _ in network.grades]
        once = plus(*((1.0, each) for each in chosen))
        self.p.at_most(once, 1.0)
        self.p.at_least(once, 1.0)
        for k, grade in enumerate(network.grades):
            self.chosen[f, k, t] = chosen[k]
            groups = self.groups[f, k, t] = self.p.column(integer=True)
            room = plus(
                (grade.systems_per_group, groups),
                (-1.0, self.running(network, t)),
                (-most, chosen[k]),
            )
            self.p.at_least(room, -most)
            if grade.most_groups is not None:
                held = grade.most_groups * grade.systems_per_group
                self.p.at_most(
                    plus((1.0, self.running(network, t)), (most, chosen[k])), held + most
                )

    def buy(self, f: int, network: CaseNetwork, t: int) -> None:
        """Groups are added to those that there are, for all that came and has not left."""
        held = []
        for k, grade in enumerate(network.grades):
            before = [(1.0, self.bought[f, k, t - 1])] if t else []
            self.bought[f, k, t] = plus(*before, (1.0, self.p.column(integer=True)))
            held.append((-grade.systems_per_group, self.bought[f, k, t]))
        self.p.at_most(plus((1.0, self.delivered(network, t)), *held), 0.0)

    def running(self, network: CaseNetwork, t: int) -> Expression:
        """Systems that run."""
        return plus(*((1.0, self.q.runs[system, network.site, t]) for system in network.systems))

    def delivered(self, network: CaseNetwork, t: int) -> Expression:
        """Systems that came and have not left."""
        came = [
            (1.0, self.q.comes.get((system, network.site, u), {}))
            for system in network.systems
            for u in self.q.times
            if u <= t
        ]
        freed = self.q.leaving.freed
        gone = [
            part
            for system in network.systems
            for u in self.q.times
            if u <= t
            for part in freed[system, network.site, u]
        ]
        return plus(*came, *((-factor, column) for factor, column in gone))

    def machine(self, network: CaseNetwork, grade: CaseGrade) -> CaseSystem:
        """A group as a machine: all air-cooled, but in a building for its product, and in no rack
        that is counted."""
        draws = {
            "nameplate_w": grade.nameplate_w,
            "peak_w": grade.typical_w,
            "average_w": grade.typical_w,
            "idle_w": grade.typical_w,
        }
        nothing = {
            "it_overhead": 0.0,
            "storage_w": 0.0,
            "management_w": 0.0,
            "liquid_share": 0.0,
            "racks": 0.0,
        }
        return self.q.case.system[network.systems[0]].model_copy(
            update={"id": "a group", **draws, **nothing}
        )

    def at(self, w: CaseSite, t: int) -> list[tuple[CaseSystem, Expression]]:
        """Groups that run at a site, as machines and how many."""
        return [
            (self.machine(network, grade), self.groups[f, k, t])
            for f, network in enumerate(self.q.case.networks)
            for k, grade in enumerate(network.grades)
            if network.site == w.id and (f, k, t) in self.groups
        ]

    def of(self, f: int, network: CaseNetwork, t: int) -> list[tuple[CaseSystem, Expression]]:
        """Groups of one network, as machines and how many."""
        return [
            (self.machine(network, grade), self.groups[f, k, t])
            for k, grade in enumerate(network.grades)
            if (f, k, t) in self.groups
        ]

    def tight(self, f: int, network: CaseNetwork, t: int) -> None:
        """No group more than whole systems need, and no grade beyond the smallest that holds
        them."""
        if (f, t) in self.tightened or (f, 0, t) not in self.groups:
            return
        self.tightened.add((f, t))
        most, fits = 2.0 * sum(s.units for s in self.q.case.fleet) + 200.0, 0
        running = self.running(network, t)
        for k, grade in enumerate(network.grades):
            groups, chosen = self.groups[f, k, t], self.chosen[f, k, t]
            per = grade.systems_per_group
            # 1/8 of a machine is less than what any number of them leaves in a group
            self.p.at_most(plus((per, groups), (-1.0, running)), per - 0.125)
            self.p.at_most(plus((per, groups), (-most, chosen)), 0.0)
            if k:
                self.p.at_least(plus((1.0, running), (-fits - 1.0, chosen)), 0.0)
            if grade.most_groups is not None:
                fits = max(fits, math.floor(grade.most_groups * per + 1e-9))

    def standing(self, w: CaseSite) -> list[tuple[CaseSystem, int]]:
        """Groups for what stands at the start, as machines and how many."""
        found = []
        for network in self.q.case.networks:
            stands = sum(
                f.units
                for f in self.q.case.fleet
                if f.site == network.site and f.system in network.systems
            )
            if network.site == w.id and stands:
                grade = next(
                    g
                    for g in network.grades
                    if g.most_groups is None or stands <= g.most_groups * g.systems_per_group
                )
                found.append(
                    (
                        self.machine(network, grade),
                        math.ceil(stands / grade.systems_per_group - 1e-9),
                    )
                )
        return found

    def links(self, s: CaseSystem, w: CaseSite, *, typical: bool) -> float:
        """W of the links of one system."""
        network = next(
            (n for n in self.q.case.networks if n.site == w.id and s.id in n.systems), None
        )
        return 0.0 if network is None else network.system_typical_w if typical else network.system_w

    def invested(self) -> Iterator[tuple[int, float, float, Expression]]:
        """(period, present worth of 1 USD, MUSD, how many) of groups that are added for what comes
        in a period."""
        for (f, k, u), so_far in self.bought.items():
            network, calendar = self.q.case.networks[f], self.q.calendar
            comes = self.q.day[network.systems[0]]
            day = comes[u][0] if u in comes else calendar.periods[u][0]
            added = plus((1.0, so_far), (-1.0, self.bought.get((f, k, u - 1), {})))
            for when, share, worth in calendar.bill(day, network.payments):
                yield when, worth, share * network.grades[k].usd / 1e6, added

    def choices(self) -> list[list[list[Row]]]:
        """For each fabric, the rows of every grade that it may be bought as: it holds so many
        groups, and the others have none."""
        found = []
        for f, network in enumerate(self.q.case.networks):
            if network.bought:
                found.append(
                    [
                        list(self.of_grade(f, k, grade.most_groups))
                        for k, grade in enumerate(network.grades)
                    ]
                )
        return found

    def of_grade(self, f: int, chosen: int, most: int | None) -> list[Row]:
        mine = [(k, e) for (g, k, _), e in self.bought.items() if g == f]
        rows: list[Row] = [(e, -math.inf, 0.0) for k, e in mine if k != chosen]
        return rows + [
            (e, -math.inf, float(most)) for k, e in mine if k == chosen and most is not None
        ]

    def each(self, system: str, site: str, otherwise: float) -> float:
        """MUSD that the network adds to one system: its links, or its share of the price."""
        return next(
            (
                n.system_usd / 1e6
                for n in self.q.case.networks
                if n.bought and n.site == site and system in n.systems
            ),
            otherwise,
        )
