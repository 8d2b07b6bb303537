"""Which machines are switched off or moved, how old are they, and what are they worth? Part of the
second road.

A stock is a fleet entry (`fleet.0`) or the deliveries of one period (`2026-Q3`) at one site:
machines of one system and one age.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.capabilities.fleet.case import CaseMove, FleetCase
from planner.capabilities.fleet.tables import Move
from planner.core.case import Case
from planner.engineering.worth import resale_share
from planner.periods import later


@dataclass(frozen=True)
class Stock:
    """Machines of one system that came together, where they first stood."""

    system: str
    home: str
    vintage: str
    first: int
    """First period at whose start they may leave: at once what stood at the start, after a period
    of service what was bought."""
    leaves: int | None
    """First period in which they must no longer run."""
    may_retire: bool
    worth_usd: float
    """What their worth is a share of, each."""
    age_years: float
    """At the start of the horizon."""
    path: str

    @property
    def key(self) -> tuple[str, str, str]:
        """(system, home, vintage)"""
        return self.system, self.home, self.vintage


def entry_stock(case: Case, number: int) -> Stock:
    """The stock of a fleet entry."""
    entry = case.of(FleetCase).fleet[number]
    return Stock(
        system=entry.system,
        home=entry.site,
        vintage=f"fleet.{number}",
        first=0,
        leaves=entry.leaves,
        may_retire=entry.may_retire,
        worth_usd=entry.worth_usd,
        age_years=entry.age_years or 0.0,
        path=entry.path or f"fleet.{number}",
    )


def bought_stock(case: Case, system_id: str, home: str, delivered: int) -> Stock:
    """The stock of what is delivered to a site in a period."""
    system, timeline = case.system[system_id], case.timeline
    arrival = case.arrivals[system_id][delivered]
    day, runs = (
        (timeline.starts[delivered], len(timeline))
        if arrival is None
        else (arrival.day, arrival.runs)
    )
    leaves = (
        None if system.lifetime_days is None else timeline.holding(later(day, system.lifetime_days))
    )
    return Stock(
        system=system_id,
        home=home,
        vintage=timeline.periods[delivered].label,
        first=runs + 1,
        leaves=leaves if leaves is not None and leaves < len(timeline) else None,
        may_retire=system.may_retire,
        worth_usd=system.price_usd,
        age_years=-timeline.years_to(day),
        path=f"systems.{case.candidate(case.system[system_id])}",
    )


def stock_of(case: Case, system: str, home: str, vintage: str) -> Stock | None:
    """The stock that a row of a plan speaks of; None if there can be none of that name."""
    if vintage.startswith("fleet."):
        number = vintage.removeprefix("fleet.")
        if number.isdecimal() and int(number) < len(case.of(FleetCase).fleet):
            stock = entry_stock(case, int(number))
            return stock if (stock.system, stock.home) == (system, home) else None
        return None
    labels = [p.label for p in case.timeline.periods]
    if vintage not in labels or system not in case.system:
        return None
    return bought_stock(case, system, home, labels.index(vintage))


def sale_usd(case: Case, stock: Stock, t: int) -> float:
    """What one machine fetches at the start of a period."""
    if not case.keeps_worth:
        return 0.0
    return stock.worth_usd * resale_share(
        case.resale_decline_per_year,
        stock.age_years + case.timeline.years_to(case.timeline.starts[t]),
    )


def end_usd(case: Case, stock: Stock) -> float:
    """What one machine is worth at the end of the horizon."""
    if not case.keeps_worth:
        return 0.0
    at_end = stock.age_years + case.timeline.years_to(case.timeline.end)
    return stock.worth_usd * resale_share(case.resale_decline_per_year, at_end)


def way_of(case: Case, move: Move) -> CaseMove | None:
    """What the case says of a way on which machines are moved; None where it knows no such way."""
    return next(
        (
            w
            for w in case.of(FleetCase).moves
            if (w.system, w.origin, w.destination) == (move.system, move.origin, move.destination)
        ),
        None,
    )


def lands(case: Case, move: Move, t: int) -> int:
    """Period from which machines run again that leave at the start of period t; the number of
    periods if that lies beyond the horizon.
    """
    way, timeline = way_of(case, move), case.timeline
    return timeline.starting(later(timeline.starts[t], 0.0 if way is None else way.transit_days))
