"""A second way to write the same question, for another modelling library: scalar by scalar,
straight from the case, without the model.

Where the model has stocks, this has flows (deliveries, switch-offs, megawatts of halls added), so
machines in service and halls are sums and not variables; capital spending is an expression; shares
are written on deliveries; and "at least K suppliers" is tried out choice by choice instead of with
binaries and a large constant. Units: MW, MUSD, PFLOP/s.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date

from planner.capabilities.demand.case import CaseDemand
from planner.capabilities.objectives.schema import Criterion
from planner.core.case import Case, CaseSite, CaseSystem
from tests.model.program import CONSTANT, Expression, Program, Row, plus
from tests.model.second_calendar import Calendar, after
from tests.model.second_fleet import leaving
from tests.model.second_halls import Halls
from tests.model.second_meter import SecondMeter
from tests.model.second_networks import Networks
from tests.model.second_rules import makers, metric, rules_of
from tests.model.second_sources import SecondSources
from tests.model.second_supply import crews, order_of, qualifying

OR_FEWER = "or fewer"
"""Path of an order of which fewer may come: what it is without the limit that all of it does."""


def best(case: Case, *, gap: float = 0.0, time_limit_s: float = 60.0) -> float | None:
    """Value of the first objective at its optimum (within `gap`); None if there is no plan; ±inf if
    nothing bounds it.

    Rejects the example of a property where the time limit is not enough.
    """
    return Question(case, gap, time_limit_s).best()


class Question:
    """A case as a program."""

    def __init__(self, case: Case, gap: float, time_limit_s: float) -> None:
        self.case, self.p = case, Program(gap, time_limit_s)
        self.times = range(len(case.timeline))
        self.calendar = Calendar(case)
        self.hours = [24.0 * (end - start).days for start, end in self.calendar.periods]
        self.years = {"month": 1 / 12, "quarter": 1 / 4, "year": 1.0}[case.step]
        self.day = {s.id: self.calendar.runs(s.first, s.last, s.fit_out_days) for s in case.systems}
        for s in (
            s for s in case.systems if s.lifetime_days is not None
        ):  # a machine runs for a period at least
            over = {
                t: self.calendar.period(after(day, s.lifetime_days or 0.0))
                for t, (day, _) in self.day[s.id].items()
            }
            self.day[s.id] = {t: found for t, found in self.day[s.id].items() if over[t] > found[1]}
        self.pairs = [(s, w) for s in case.systems for w in case.sites]
        self.decide()
        self.networks = Networks(self)
        self.halls = Halls(self)
        self.own = SecondSources(
            case,
            self.p,
            lambda w, t: self.at_site(w, t, self.average),
            lambda w, t: self.at_site(w, t, self.utility),
        )
        self.meter = SecondMeter(self)
        self.limits()
        self.allocations()
        self.served()
        self.drawing()
        self.survive()

    def decide(self) -> None:
        """Columns, and what is in service as sums of them."""
        case, p, times = self.case, self.p, self.times
        self.comes: dict[tuple[str, str, int], Expression] = {}
        self.runs: dict[tuple[str, str, int], Expression] = {}
        for s, w in self.pairs:
            for t in times:
                if s.may_buy and w.id in s.sites and t in self.day[s.id]:
                    self.comes[s.id, w.id, t] = p.column(integer=True)
        self.leaving = leaving(case, p, self.comes, self.calendar, self.day)
        for s, w in self.pairs:
            standing = sum(f.units for f in case.fleet if (f.system, f.site) == (s.id, w.id))
            for t in times:
                arrived = [
                    (1.0, self.comes.get((s.id, w.id, u), {}))
                    for u, (_, runs) in self.day[s.id].items()
                    if runs <= t
                ]
                change = [
                    part for u in times if u <= t for part in self.leaving.change[s.id, w.id, u]
                ]
                self.runs[s.id, w.id, t] = plus(
                    (1.0, {CONSTANT: float(standing)}), *arrived, *change
                )
                if change:
                    p.at_least(self.runs[s.id, w.id, t], 0.0)
        self.added = {(w.id, t): p.column() for w in case.sites for t in times}
        self.missing = {
            (d.id, t): p.column() for d in case.demands for t in times if d.may_go_short
        }

    def it(self, s: CaseSystem, w: CaseSite) -> float:
        own = s.nameplate_w if w.sizing == "nameplate" else s.peak_w
        return (own + self.around(s, w, typical=w.sizing != "nameplate")) / 1e6

    def around(self, s: CaseSystem, w: CaseSite, *, typical: bool) -> float:
        """W of what stands beside one system at the basis IT, its groups of leaves apart."""
        return (
            s.it_overhead * s.nameplate_w
            + s.storage_w
            + s.management_w
            + self.networks.links(s, w, typical=typical)
        )

    def utility(self, s: CaseSystem, w: CaseSite) -> float:
        return (
            self.it(s, w)
            * (w.pue_peak_air if s.cooling == "air" else w.pue_peak_liquid)
            / (1 - self.case.utility_loss)
        )

    def average(self, s: CaseSystem, w: CaseSite) -> float:
        pue = w.pue_annual_air if s.cooling == "air" else w.pue_annual_liquid
        return (
            (s.average_w + self.around(s, w, typical=True))
            / 1e6
            * pue
            / (1 - self.case.utility_loss)
        )

    def liquid(self, s: CaseSystem, w: CaseSite) -> float:
        return (s.nameplate_w if w.sizing == "nameplate" else s.peak_w) / 1e6 * s.liquid_share

    def at_site(
        self, w: CaseSite, t: int, weight: Callable[[CaseSystem, CaseSite], float]
    ) -> Expression:
        machines = ((weight(s, w), self.runs[s.id, w.id, t]) for s in self.case.systems)
        return plus(*machines, *((weight(s, w), count) for s, count in self.networks.at(w, t)))

    def standing(self, w: CaseSite) -> float:
        """Halls at the start: as said, or what the existing fleet takes."""
        if w.existing_it_w is not None:
            return w.existing_it_w / 1e6
        machines = sum(
            f.units * self.it(self.case.system[f.system], w)
            for f in self.case.fleet
            if f.site == w.id
        )
        return machines + sum(count * self.it(s, w) for s, count in self.networks.standing(w))

    def limits(self) -> None:
        """Sites."""
        case, p = self.case, self.p
        for w in case.sites:
            for t in self.times:
                if w.power_w is not None:
                    p.at_most(
                        plus((1.0, self.at_site(w, t, self.utility)), (-1.0, self.own.firm(w, t))),
                        w.power_w[t] / 1e6,
                    )
                if w.critical_it_w is not None:
                    p.at_most(self.at_site(w, t, self.it), w.critical_it_w[t] / 1e6)
                if self.halls.at(w):
                    continue
                if w.positions is not None:
                    p.at_most(self.at_site(w, t, lambda s, _: s.racks), w.positions[t])
                if w.liquid_w is not None:
                    p.at_most(self.at_site(w, t, self.liquid), w.liquid_w / 1e6)
                if w.air_w is not None:
                    p.at_most(
                        self.at_site(w, t, lambda s, x: self.it(s, x) - self.liquid(s, x)),
                        w.air_w / 1e6,
                    )
                halls = plus(
                    (1.0, {CONSTANT: self.standing(w)}),
                    *((1.0, self.added[w.id, u]) for u in self.times if u <= t),
                )
                p.at_least(plus((1.0, halls), (-1.0, self.at_site(w, t, self.it))), 0.0)
            if w.construction_budget_usd is not None:
                p.at_most(self.halls.whole(w), w.construction_budget_usd / 1e6)

    def allocations(self) -> None:
        """Supply."""
        self.paid = qualifying(self.case, self.p, self.comes, self.calendar, self.day)
        crews(self.case, self.p, self.comes, self.leaving.sent, self.added)
        for placed in self.case.orders:
            coming = [count for (s, _, _), count in self.comes.items() if s == placed.system]
            if placed.path != OR_FEWER:
                self.p.at_least(plus(*((1.0, count) for count in coming)), placed.units)
            self.p.at_most(plus(*((1.0, count) for count in coming)), placed.units)
        for k in self.case.supply:
            order_of(self.case, self.p, self.comes, k)

    def drawn(self, d: CaseDemand, s: CaseSystem, w: CaseSite) -> float:
        """MW of one machine, or of one group of a network, at the basis and load of a demand."""
        assert d.power_basis is not None and d.load is not None
        mw = getattr(s, f"{d.load}_w") / 1e6
        if d.power_basis in ("server", "rack"):
            return mw
        mw += self.around(s, w, typical=d.load != "nameplate") / 1e6
        if d.power_basis == "it":
            return mw
        when = "peak" if d.load in ("nameplate", "peak") else "annual"
        mw *= getattr(w, f"pue_{when}_{'air' if s.cooling == 'air' else 'liquid'}")
        return mw if d.power_basis == "facility" else mw / (1 - self.case.utility_loss)

    def power(self, d: CaseDemand, t: int) -> Expression:
        """MW that the machines of a demand draw, with their networks, which run no empty group."""
        parts = [
            (self.drawn(d, s, w), self.runs[s.id, w.id, t])
            for s, w in self.pairs
            if s.id in d.systems and w.id in d.sites
        ]
        for f, network in enumerate(self.case.networks):
            if network.site in d.sites and set(network.systems) & set(d.systems):
                self.networks.tight(f, network, t)
                parts += [
                    (self.drawn(d, s, self.case.site[network.site]), count)
                    for s, count in self.networks.of(f, network, t)
                ]
        return plus(*parts)

    def drawing(self) -> None:
        """Demands for power, and what may be in service of any demand, whoever counts it."""
        for d in self.case.demands:
            for t in (t for t in self.times if d.kind == "power" and d.need[t] > 0):
                got = plus((1.0, self.power(d, t)), (1.0, self.missing.get((d.id, t), {})))
                self.p.at_least(got, d.need[t])
            for t, most in enumerate(d.at_most or ()):
                if most is not None:
                    runs = (
                        self.power(d, t)
                        if d.kind == "power"
                        else plus(
                            *(
                                (self.gives(d, s), self.runs[s.id, w.id, t])
                                for s, w in self.pairs
                                if s.id in d.systems and w.id in d.sites
                            )
                        )
                    )
                    self.p.at_most(runs, most / (1e15 if d.kind == "compute" else 1.0))

    def gives(self, d: CaseDemand, s: CaseSystem) -> float:
        """What one system is to a demand."""
        if d.precision is None:
            return float(s.accelerators)
        used = s.mfu.get(d.precision, 0.0) * self.case.goodput if d.basis == "delivered" else 1.0
        return s.peak_flop_s.get(d.precision, 0.0) / 1e15 * used

    def served(self) -> None:
        """Demands; two of a kind divide the machines between them."""
        case, p = self.case, self.p
        self.parts: dict[tuple[str, str, str, int], Expression] = {}
        for kind in ("deployment", "compute"):
            rivals = [d for d in case.demands if d.kind == kind]
            for t in self.times:
                shares: dict[tuple[str, str], list[Expression]] = defaultdict(list)
                for d in rivals:
                    got: list[tuple[float, Expression]] = []
                    for s, w in self.pairs:
                        if s.id not in d.systems or w.id not in d.sites:
                            continue
                        mine = self.runs[s.id, w.id, t]
                        if len(rivals) > 1:
                            mine = p.column()
                            shares[s.id, w.id].append(mine)
                        if d.coherent:
                            part = p.column()
                            p.at_most(plus((1.0, part), (-1.0, mine)), 0.0)
                            mine = self.parts[d.id, s.id, w.id, t] = part
                        got.append((self.gives(d, s), mine))
                    need = d.need[t] / (1e15 if kind == "compute" else 1.0)
                    if need > 0:
                        p.at_least(plus(*got, (1.0, self.missing.get((d.id, t), {}))), need)
                for (s_id, w_id), parts in shares.items():
                    p.at_most(
                        plus(*((1.0, part) for part in parts), (-1.0, self.runs[s_id, w_id, t])),
                        0.0,
                    )

    def survive(self) -> None:
        """Losses: a row for every choice of who stops; demands that must survive the same loss
        divide the machines between them."""
        case, p = self.case, self.p
        parts: dict[tuple[object, str, str, str, int], Expression] = {}
        for v in case.survival:
            event = v.level, v.losses, v.lost
            groups = sorted({name for s, w in self.pairs for name in makers(s, w, v.level)})
            demand = next((d for d in case.demands if d.id == v.demand), None)
            for t in self.times:
                need = (
                    0.0
                    if demand is None
                    else demand.need[t] / (1e15 if demand.kind == "compute" else 1.0) * v.serves
                )
                if demand is not None and need <= 0:
                    continue
                share = v.serves if demand is None else 0.0
                for chosen in itertools.combinations(groups, min(v.losses, len(groups))):
                    terms: list[tuple[float, Expression]] = []
                    for s, w in self.pairs:
                        if demand is not None and (
                            s.id not in demand.systems or w.id not in demand.sites
                        ):
                            continue
                        mine, each = self.runs[s.id, w.id, t], metric(case, v, s)
                        if demand is not None:
                            each = self.gives(demand, s)
                            mine = (
                                parts.setdefault((event, demand.id, s.id, w.id, t), {})
                                or p.column()
                            )
                            parts[event, demand.id, s.id, w.id, t] = mine
                        stops = v.lost if set(makers(s, w, v.level)) & set(chosen) else 0.0
                        terms.append((each * (1 - share - stops), mine))
                    p.at_least(plus(*terms), need)
        kinds = {d.id: d.kind for d in case.demands}
        together: dict[tuple[object, str, str, str, int], list[Expression]] = defaultdict(list)
        for (event, d, s_id, w_id, t), part in parts.items():
            together[event, kinds[d], s_id, w_id, t].append(part)
        for (_, _, s_id, w_id, t), found in together.items():
            p.at_most(plus(*((1.0, part) for part in found), (-1.0, self.runs[s_id, w_id, t])), 0.0)

    def invested(self) -> Iterator[tuple[int, float, float, Expression]]:
        """(period, present worth of 1 USD, MUSD, how often) of every payment for what is bought and
        built."""
        for (s_id, w_id, u), count in self.comes.items():
            s, day = self.case.system[s_id], self.day[s_id][u][0]
            order = max(self.calendar.start, self.calendar.before(day, s.lead_time_days))
            network = self.networks.each(s_id, w_id, s.price_usd / 1e6 * s.fabric_cost)
            yield (
                self.calendar.period(order),
                self.calendar.worth(order),
                s.price_usd / 1e6 * s.down_payment,
                count,
            )
            yield (
                u,
                self.calendar.worth(day),
                s.price_usd / 1e6 * (1 - s.down_payment - s.paid) + network,
                count,
            )
        for w in (w for w in self.case.sites if not self.halls.at(w)):
            for t in self.times:
                for when, share, worth in self.calendar.bill(self.stands(w, t), w.payments):
                    yield when, worth, share * w.construction_usd_per_mw / 1e6, self.added[w.id, t]
        for t in self.times:
            yield t, self.calendar.worth(self.calendar.periods[t][0]), 1.0, self.own.capex(t)
        yield from self.halls.invested()
        yield from self.networks.invested()

    def stands(self, w: CaseSite, t: int) -> date:
        """Day on which what is built for a period must stand: the longest fit-out of what may come
        there before it."""
        return max(
            self.calendar.start, self.calendar.before(self.calendar.periods[t][0], w.fit_out_days)
        )

    def capex(self, t: int) -> Expression:
        return plus(*((musd, count) for when, _, musd, count in self.invested() if when == t))

    def running(self, t: int) -> Expression:
        """What is paid through a period."""
        parts = list[tuple[float, Expression]]()

        def yearly(s: CaseSystem, w: CaseSite) -> float:
            nameplate = (s.nameplate_w + self.around(s, w, typical=False)) / 1e6
            rent = w.rent_usd_per_mw_year / 1e6 if w.leased_mw_years is None else 0.0
            return nameplate * self.case.operations_usd_per_mw_year / 1e6 + self.it(s, w) * rent

        for w in self.case.sites:
            parts.append((self.years, self.at_site(w, t, yearly)))
            parts.append((self.hours[t] * w.energy_price_usd_per_mwh / 1e6, self.own.grid[w.id, t]))
            parts.append(
                (
                    w.rent_usd_per_mw_year
                    / 1e6
                    * (w.leased_mw_years or [0.0] * len(self.times))[t],
                    {CONSTANT: 1.0},
                )
            )
        return plus((1.0, self.own.opex(t, self.hours[t])), (1.0, self.meter.opex(t)), *parts)

    def once(self, t: int) -> Expression:
        """What is paid on the first day of a period."""
        return plus(*self.leaving.moving[t], *self.paid[t])

    def opex(self, t: int) -> Expression:
        owed = [(1.0, self.own.owed())] if t == self.times[-1] else []
        return plus((1.0, self.running(t)), (1.0, self.once(t)), *owed)

    def left_over(self) -> Expression:
        """Worth at the end."""
        if not self.case.keeps_worth:
            return {}
        left = self.calendar.left
        parts: list[tuple[float, Expression]] = [
            (1.0, self.own.left_over([left(start) for start, _ in self.calendar.periods]))
        ]
        for (s_id, _, t), count in self.comes.items():
            share = (1 - self.case.resale_decline_per_year) ** left(self.day[s_id][t][0])
            parts.append((self.case.system[s_id].price_usd / 1e6 * share, count))
        parts.append((1.0, self.halls.left_over()))
        for w in (w for w in self.case.sites if not self.halls.at(w)):
            for t in self.times:
                share = max(
                    0.0, 1 - self.case.construction_decline_per_year * left(self.stands(w, t))
                )
                parts.append((w.construction_usd_per_mw / 1e6 * share, self.added[w.id, t]))
        return plus(*parts, *self.leaving.left_over)

    def penalty(self, t: int) -> Expression:
        parts = []
        for d in self.case.demands:
            if d.shortfall_price is not None:
                each = (
                    d.shortfall_price
                    * self.hours[t]
                    / 1e6
                    * (3600e15 / 1e18 if d.kind == "compute" else 1.0)
                )
                parts.append((each, self.missing[d.id, t]))
        return plus(*parts)

    def unserved(self, priority: int | None) -> Expression:
        """Missing over asked: the mean over demands and hours."""
        parts, asked = list[tuple[float, Expression]](), 0.0
        for d in self.case.demands:
            mine = d.priority == priority if priority is not None else d.may_go_short
            for t in (t for t in self.times if mine and d.need[t] > 0):
                asked += self.hours[t]
                parts.append(
                    (
                        self.hours[t] / (d.need[t] / (1e15 if d.kind == "compute" else 1.0)),
                        self.missing[d.id, t],
                    )
                )
        return plus(*((value / asked, e) for value, e in parts))

    def cost(self) -> Expression:
        parts = [(worth * musd, count) for _, worth, musd, count in self.invested()]
        for t, (start, end) in enumerate(self.calendar.periods):
            parts.append(
                (self.calendar.mean(start, end), plus((1, self.running(t)), (1, self.penalty(t))))
            )
            parts.append(
                (
                    self.calendar.worth(start),
                    plus((1, self.once(t)), (-1, plus(*self.leaving.sold_for[t]))),
                )
            )
        end = self.calendar.worth(self.calendar.end)
        return plus(*parts, (end, self.own.owed()), (-end, self.left_over()))

    def budgets(self) -> Iterator[Row]:
        b, low = self.case.budget, -math.inf
        whole = plus(*((1.0, self.capex(t)) for t in self.times))
        if b.capex_usd is not None:
            yield whole, low, b.capex_usd / 1e6
        if b.total_usd is not None:
            yield (
                plus((1.0, whole), *((1.0, self.opex(t)) for t in self.times)),
                low,
                b.total_usd / 1e6,
            )
        for t, usd in b.by_period_usd.items():
            yield self.capex(t), low, usd / 1e6
        for t, usd in b.cumulative_usd.items():
            yield plus(*((1.0, self.capex(u)) for u in range(t + 1))), low, usd / 1e6

    def choices(self) -> list[list[list[Row]]]:
        """What is tried out beside the rules: where each coherent demand is served, and how each
        network is built."""
        choices: list[list[list[Row]]] = []
        for d in (d for d in self.case.demands if d.coherent):
            places = {(s, w) for name, s, w, _ in self.parts if name == d.id}
            nothing = {
                place: [
                    (e, -math.inf, 0.0)
                    for key, e in self.parts.items()
                    if key[:3] == (d.id, *place)
                ]
                for place in places
            }
            if places:
                choices.append(
                    [
                        [row for other in places - {place} for row in nothing[other]]
                        for place in sorted(places)
                    ]
                )
        return [*choices, *self.networks.choices()]

    def objective(self) -> tuple[float, Expression]:
        """(1 to minimize or −1 to maximize, what)."""
        entry = self.case.goals[0]
        if entry.goal.weighted is None:
            return (-1.0 if entry.goal.maximize else 1.0), self.criterion(entry.goal, entry.at)
        parts = zip(entry.goal.weighted, entry.parts_at, strict=True)
        return 1.0, plus(
            *(
                (-part.weight if part.maximize else part.weight, self.criterion(part, at))
                for part, at in parts
            )
        )

    def delivers(self, s: CaseSystem, precision: str) -> float:
        rates = {str(name): rate for name, rate in s.peak_flop_s.items()}
        used = {str(name): rate for name, rate in s.mfu.items()}
        return rates.get(precision, 0.0) / 1e15 * used.get(precision, 0.0) * self.case.goodput

    def criterion(self, criterion: Criterion, at: int | None) -> Expression:
        what = criterion.maximize or criterion.minimize
        if what == "cost":
            return self.cost()
        if what == "capex":
            return plus(*((1.0, self.capex(t)) for t in self.times))
        if what == "peak_cash":
            highest = self.p.column()
            for t in self.times:
                self.p.at_least(
                    plus((1.0, highest), (-1.0, self.capex(t)), (-1.0, self.opex(t))), 0.0
                )
            return highest
        if what == "time":
            return self.days(criterion)
        if what == "shortfall":
            return self.unserved(criterion.priority)
        if what == "carbon":
            return plus(*((1.0, self.meter.all_carbon(t)) for t in self.times))
        if what == "energy":
            return plus(
                *(
                    (self.hours[t] / 1e3, self.at_site(w, t, self.average))
                    for w in self.case.sites
                    for t in self.times
                )
            )
        share = [
            self.hours[t] / sum(self.hours) if at is None else float(t == at) for t in self.times
        ]
        if what == "power":
            return plus(
                *(
                    (share[t], self.at_site(w, t, self.utility))
                    for w in self.case.sites
                    for t in self.times
                )
            )
        gives = {
            s.id: self.delivers(s, criterion.precision)
            if what == "compute"
            else float(s.accelerators)
            for s in self.case.systems
        }
        return plus(
            *(
                (gives[s.id] * share[t], self.runs[s.id, w.id, t])
                for s, w in self.pairs
                for t in self.times
            )
        )

    def days(self, criterion: Criterion) -> Expression:
        """Days before a capacity is there for good: one choice of the day from which on it is, or
        never."""
        starts = [self.p.column(1.0, integer=True) for _ in (*self.times, None)]
        once = plus(*((1.0, start) for start in starts))
        self.p.at_most(once, 1.0)
        self.p.at_least(once, 1.0)
        reach = (
            criterion.accelerators.number
            if criterion.accelerators
            else (criterion.compute_flop_s or 0.0) / 1e15
        )
        for t in self.times:
            each = [
                (
                    float(s.accelerators)
                    if criterion.accelerators
                    else self.delivers(s, criterion.precision),
                    self.runs[s.id, w.id, t],
                )
                for s, w in self.pairs
            ]
            self.p.at_least(plus(*each, *((-reach, start) for start in starts[: t + 1])), 0.0)
        waits = [sum(self.hours[:t]) / 24 for t in (*self.times, len(self.hours))]
        return plus(*((wait, start) for wait, start in zip(waits, starts, strict=True)))

    def best(self) -> float | None:
        sign, objective = self.objective()
        budgets = list(self.budgets())
        ways, cones = rules_of(self.case, self.comes, self.runs, self.choices())
        least = min(
            (self.p.least(plus((sign, objective)), [*budgets, *rows], cones) for rows in ways),
            default=math.inf,
        )
        return None if least == math.inf else sign * least
