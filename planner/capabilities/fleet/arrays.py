"""Stocks of machines as arrays: P stocks · S systems · L sites · T periods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from planner.arrays import MEGA, Bools, Floats, Ints
from planner.capabilities.fleet.case import FleetCase
from planner.core.case import Case
from planner.engineering.worth import resale_share
from planner.model.inputs import Arrays, FleetInputs, InputsContext
from planner.periods import later


@dataclass(frozen=True)
class _Stock:
    """One stock while the arrays are put together."""

    system: int
    site: int
    origin: int
    home: int
    vintage: str
    entry: int
    delivered: int
    units: float
    first: int
    """First period at whose start they may leave."""
    leaves: int
    may_retire: bool
    must_stay: bool
    worth_usd: float
    age_years: float
    """At the start of the horizon; negative for what comes later."""
    cost_usd: float = 0.0
    transit_days: float = 0.0


def fleet_of(case: Case, deliver: Bools) -> FleetInputs:
    """Every stock that may be switched off, must be, or may be moved; `deliver` is [S, L, T],
    whether a system may arrive.
    """
    first = [*_existing(case), *_bought(case, deliver)]
    stocks = [replace(stock, home=p) for p, stock in enumerate(first)]
    stocks += list(_elsewhere(case, stocks))
    n_p, n_t = len(stocks), len(case.timeline)
    retire, move = np.zeros((n_p, n_t), dtype=bool), np.zeros((n_p, n_t), dtype=bool)
    sale, end = np.zeros((n_p, n_t)), np.zeros(n_p)
    years = [case.timeline.years_to(day) for day in (*case.timeline.starts, case.timeline.end)]
    landing = {days: _lands(case, days) for days in {k.transit_days for k in stocks}}
    for p, k in enumerate(stocks):
        lands = landing[k.transit_days]
        begin = int(lands[k.first]) if k.first < n_t else n_t
        last = k.leaves if k.leaves >= 0 else n_t - 1
        retire[p, begin : last + 1] = k.may_retire or k.must_stay
        if k.leaves >= begin:
            retire[p, k.leaves] = True
        if k.home != p:
            # who must be gone by a period has to run in one before it at the other site
            until = k.leaves if k.leaves >= 0 else n_t
            move[p, k.first :] = lands[k.first :] < until
        if case.keeps_worth:
            shares = [
                resale_share(case.resale_decline_per_year, k.age_years + since) for since in years
            ]
            sale[p] = k.worth_usd / MEGA * np.array(shares[:-1])
            end[p] = k.worth_usd / MEGA * shares[-1]
    return FleetInputs(
        stocks=tuple(_label(case, k) for k in stocks),
        vintage=tuple(k.vintage for k in stocks),
        system=np.array([k.system for k in stocks], dtype=np.int64),
        site=np.array([k.site for k in stocks], dtype=np.int64),
        origin=np.array([k.origin for k in stocks], dtype=np.int64),
        home=np.array([k.home for k in stocks], dtype=np.int64),
        entry=np.array([k.entry for k in stocks], dtype=np.int64),
        delivered=np.array([k.delivered for k in stocks], dtype=np.int64),
        units=np.array([k.units for k in stocks], dtype=np.float64),
        can_retire=retire,
        must_stay=np.array([k.must_stay for k in stocks], dtype=bool),
        can_move=move,
        lands=np.array([landing[k.transit_days] for k in stocks], dtype=np.int64).reshape(n_p, n_t),
        move_musd=np.array([k.cost_usd / MEGA for k in stocks], dtype=np.float64),
        leaves=np.array([k.leaves for k in stocks], dtype=np.int64),
        sale_musd=sale,
        end_musd=end,
    )


def _lands(case: Case, transit_days: float) -> Ints:
    """[T] period from which those run again that leave at the start of a period."""
    timeline = case.timeline
    return np.array(
        [timeline.starting(later(start, transit_days)) for start in timeline.starts], dtype=np.int64
    )


def _label(case: Case, stock: _Stock) -> str:
    site, origin = case.sites[stock.site].id, case.sites[stock.origin].id
    place = site if site == origin else f"{origin}>{site}"
    return f"{case.systems[stock.system].id},{place},{stock.vintage}"


def _existing(case: Case) -> Iterator[_Stock]:
    rows, columns = (
        {s.id: i for i, s in enumerate(case.systems)},
        {s.id: j for j, s in enumerate(case.sites)},
    )
    for i, entry in enumerate(case.of(FleetCase).fleet):
        if entry.units:
            yield _Stock(
                system=rows[entry.system],
                site=columns[entry.site],
                origin=columns[entry.site],
                home=-1,
                vintage=f"fleet.{i}",
                entry=i,
                delivered=-1,
                units=entry.units,
                first=0,
                leaves=-1 if entry.leaves is None else entry.leaves,
                may_retire=entry.may_retire,
                must_stay=not entry.may_retire and entry.leaves is None,
                worth_usd=entry.worth_usd,
                age_years=entry.age_years or 0.0,
            )


def _bought(case: Case, deliver: Bools) -> Iterator[_Stock]:
    """Deliveries by period, of systems whose machines may leave; all others need no such
    variables.
    """
    n_t = len(case.timeline)
    for s, system in enumerate(case.systems):
        moves = {move.origin for move in case.of(FleetCase).moves if move.system == system.id}
        for j, site in enumerate(case.sites):
            if not (system.may_retire or system.lifetime_days is not None or site.id in moves):
                continue
            for t in np.flatnonzero(deliver[s, j]).tolist():
                arrival = case.arrivals[system.id][t]
                assert arrival is not None
                gone = (
                    n_t
                    if system.lifetime_days is None
                    else case.timeline.holding(later(arrival.day, system.lifetime_days))
                )
                leaves, first = -1 if gone >= n_t else gone, arrival.runs + 1
                if first < n_t and (system.may_retire or leaves >= 0 or site.id in moves):
                    yield _Stock(
                        system=s,
                        site=j,
                        origin=j,
                        home=-1,
                        vintage=case.timeline.periods[t].label,
                        entry=-1,
                        delivered=t,
                        units=0.0,
                        first=first,
                        leaves=leaves,
                        may_retire=system.may_retire,
                        must_stay=False,
                        worth_usd=system.price_usd,
                        age_years=-case.timeline.years_to(arrival.day),
                    )


def _elsewhere(case: Case, stocks: list[_Stock]) -> Iterator[_Stock]:
    """The same machines where they may be moved to, if they arrive within the horizon."""
    rows, columns = (
        {s.id: i for i, s in enumerate(case.systems)},
        {s.id: j for j, s in enumerate(case.sites)},
    )
    for move in case.of(FleetCase).moves:
        lands = _lands(case, move.transit_days)
        for k in stocks:
            last = k.leaves if k.leaves >= 0 else len(case.timeline)
            if (k.system, k.site) == (rows[move.system], columns[move.origin]) and lands[
                k.first
            ] < last:
                yield replace(
                    k,
                    site=columns[move.destination],
                    units=0.0,
                    cost_usd=move.cost_usd,
                    transit_days=move.transit_days,
                )


def can_arrive(case: Case, stand: Bools, fleet: Floats) -> Bools:
    """[S, L] where a system may ever stand: bought there, there from the start, or moved there."""
    rows, columns = (
        {s.id: i for i, s in enumerate(case.systems)},
        {s.id: j for j, s in enumerate(case.sites)},
    )
    result: Bools = stand | (fleet > 0)
    for move in case.of(FleetCase).moves:
        result[rows[move.system], columns[move.destination]] = True
    return result


def fields(ctx: InputsContext) -> Mapping[str, Any]:
    """Stocks of machines that may leave."""
    return {"fleet": fleet_of(ctx.case, ctx.can_deliver)}


FACE = Arrays(fields=fields)
