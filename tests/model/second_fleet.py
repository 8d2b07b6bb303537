"""Machines that leave, for the second formulation: for each lot of machines that came together, who
is sold where and when.

Written lot by lot and site by site from the formulation page: a lot is at home until it is sold
there or sent away, and what was sent away can only be sold where it went.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from planner.core.case import Case
from tests.model.program import CONSTANT, Expression, Program, plus
from tests.model.second_calendar import Calendar, after

Slot = tuple[str, str, int]
"""(system, site, period)"""
Days = dict[str, dict[int, tuple[date, int]]]
"""System → period → day of delivery, and the period from which that runs."""


@dataclass
class Lot:
    """Machines of one system that came together."""

    system: str
    home: str
    count: Expression
    born_years: float
    """Years before the horizon begins; negative if after."""
    paid: float
    """MUSD each."""
    earliest: int
    may_go: bool
    over: int | None
    """Period from which it may not run."""


@dataclass
class Leaving:
    """What leaves each site, and what that does to money."""

    change: dict[Slot, list[tuple[float, Expression]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    sold_for: dict[int, list[tuple[float, Expression]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    moving: dict[int, list[tuple[float, Expression]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    sent: dict[Slot, list[tuple[float, Expression]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Machines that arrive from another site."""
    freed: dict[Slot, list[tuple[float, Expression]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """Bought machines that leave the site that they were bought for."""
    left_over: list[tuple[float, Expression]] = field(default_factory=list)
    """Worth at the end that differs from that of all purchases: existing machines, less all that
    was sold."""


def lots_of(case: Case, comes: dict[Slot, Expression], calendar: Calendar, day: Days) -> list[Lot]:
    """Every lot."""
    lots = [
        Lot(
            f.system,
            f.site,
            {CONSTANT: float(f.units)},
            f.age_years or 0.0,
            f.worth_usd / 1e6,
            0,
            f.may_retire,
            f.leaves,
        )
        for f in case.fleet
    ]
    for (name, home, t), count in comes.items():
        s = case.system[name]
        came, runs = day[name][t]
        gone = None if s.lifetime_days is None else calendar.period(after(came, s.lifetime_days))
        over = None if gone is None or gone >= len(calendar.periods) else gone
        lots.append(
            Lot(
                name,
                home,
                count,
                -calendar.years(came),
                s.price_usd / 1e6,
                runs + 1,
                s.may_retire,
                over,
            )
        )
    return lots


def leaving(  # noqa: C901 — one pass over the lots, as on paper
    case: Case, p: Program, comes: dict[Slot, Expression], calendar: Calendar, day: Days
) -> Leaving:
    """Columns and rows of everything that leaves."""
    starts, periods = (
        [calendar.years(start) for start, _ in calendar.periods],
        len(calendar.periods),
    )
    end = calendar.clock[-1]
    result = Leaving()

    def worth(lot: Lot, years: float) -> float:
        return (
            lot.paid * (1 - case.resale_decline_per_year) ** (lot.born_years + years)
            if case.keeps_worth
            else 0.0
        )

    def sell(lot: Lot, place: str, begin: int) -> dict[int, Expression]:
        until = periods - 1 if lot.over is None else lot.over
        sold = {
            t: p.column(integer=True)
            for t in range(begin, until + 1)
            if lot.may_go or t == lot.over
        }
        for t, column in sold.items():
            result.change[lot.system, place, t].append((-1.0, column))
            result.sold_for[t].append((worth(lot, starts[t]), column))
            result.left_over.append((-worth(lot, end), column))
        return sold

    for lot in lots_of(case, comes, calendar, day):
        if lot.earliest >= periods:
            continue
        if CONSTANT in lot.count:
            result.left_over.append((worth(lot, end), lot.count))
        at_home = sell(lot, lot.home, lot.earliest)
        bought = CONSTANT not in lot.count
        for t, column in at_home.items():
            result.freed[lot.system, lot.home, t] += [(1.0, column)] * bought
        out = [(1.0, column) for column in at_home.values()]
        gone = list(out)
        for way in case.moves:
            if (way.system, way.origin) != (lot.system, lot.home):
                continue
            until = periods if lot.over is None else lot.over
            there = {
                t: calendar.first_from(after(calendar.periods[t][0], way.transit_days))
                for t in range(lot.earliest, periods)
            }
            sent = {t: p.column(integer=True) for t in there if there[t] < until}
            if not sent:
                continue
            for t, column in sent.items():
                result.change[lot.system, lot.home, t].append((-1.0, column))
                result.change[lot.system, way.destination, there[t]].append((1.0, column))
                result.sent[lot.system, way.destination, there[t]].append((1.0, column))
                result.moving[t].append((way.cost_usd / 1e6, column))
                out.append((1.0, column))
                result.freed[lot.system, lot.home, t] += [(1.0, column)] * bought
            away = sell(lot, way.destination, there[lot.earliest])
            gone += [(1.0, column) for column in away.values()]
            for t in away:
                arrived = [(-1.0, column) for u, column in sent.items() if there[u] <= t]
                p.at_most(
                    plus(*((1.0, column) for u, column in away.items() if u <= t), *arrived), 0.0
                )
        if out:
            p.at_most(plus(*out, (-1.0, lot.count)), 0.0)
        if lot.over is not None:
            p.at_least(plus(*gone, (-1.0, lot.count)), 0.0)
    return result
