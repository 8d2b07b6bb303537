"""Machines that stay, leave and are moved, and what that brings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.capabilities.fleet.case import KEPT, LIFETIME, RESALE, FleetCase
from planner.capabilities.fleet.case import MOVES as MOVES_COST
from planner.capabilities.fleet.tables import FLEET, MOVES, RETIREMENTS, Move, Retirement
from planner.capabilities.supply.case import SYSTEMS_WORTH
from planner.capabilities.supply.tables import PURCHASES
from planner.core.limits import At
from planner.errors import Problem
from planner.plan.compare import fields
from planner.plan.derive import Derivation
from planner.plan.face import Derive, Ledger
from planner.plan.limit_row import LimitRow, limit_row
from planner.plan.schema import Plan
from planner.plan.stocks import (
    Stock,
    bought_stock,
    end_usd,
    entry_stock,
    lands,
    sale_usd,
    stock_of,
    way_of,
)

Key = tuple[str, str, str]


def leaving(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Every retirement and every move is allowed, and says of itself what follows."""
    came = _came(plan)
    left: dict[Key, int] = defaultdict(int)
    for i, move in enumerate(plan.of(MOVES)):
        yield from _move(plan, d, i, move)
        left[move.system, move.origin, move.vintage] += move.units
        if (
            left[move.system, move.origin, move.vintage]
            > came[move.system, move.origin, move.vintage]
        ):
            yield Problem(
                "A002",
                f"more {move.system} leave {move.origin} than came there",
                path=f"moves.{i}.units",
            )
    for i, row in enumerate(plan.of(RETIREMENTS)):
        stock = stock_of(plan.case, row.system, row.home, row.vintage)
        if stock is None or came[stock.key] == 0:
            yield Problem(
                "A001",
                f"no {row.system} came to {row.home} with {row.vintage}",
                path=f"retirements.{i}.vintage",
            )
            continue
        yield from _retirement(plan, d, i, row, stock)
        if row.home == row.site:
            left[stock.key] += row.units
            if left[stock.key] > came[stock.key]:
                message = f"more {row.system} at {row.site} are retired than stood there"
                yield Problem("A002", message, path=f"retirements.{i}.units")
    for (system, site), counts in d.units.items():
        if min(counts) < 0:
            yield Problem(
                "A001", f"{system} at {site} would be fewer than none", path="retirements"
            )


def _came(plan: Plan) -> dict[Key, int]:
    """Machines of each stock."""
    came: dict[Key, int] = defaultdict(int)
    for number, entry in enumerate(plan.case.of(FleetCase).fleet):
        came[entry.system, entry.site, f"fleet.{number}"] += entry.units
    for purchase in plan.of(PURCHASES):
        came[purchase.system, purchase.site, purchase.delivered] += purchase.units
    return came


def _retirement(
    plan: Plan, d: Derivation, i: int, row: Retirement, stock: Stock
) -> Iterator[Problem]:
    t, path = d.at[row.period], f"retirements.{i}"
    if row.units < 1 or not (stock.may_retire or stock.leaves == t):
        yield Problem("A002", f"{row.system} at {row.site} may not be retired", path=path)
    elif t < stock.first or (stock.leaves is not None and t > stock.leaves):
        yield Problem(
            "A002",
            f"{row.system} of {row.vintage} at {row.site} cannot be retired in {row.period}",
            path=path,
        )
    if row.site != row.home:
        moved = [
            m
            for m in plan.of(MOVES)
            if (m.system, m.origin, m.vintage, m.destination) == (*stock.key, row.site)
        ]
        arrived = sum(m.units for m in moved if lands(plan.case, m, d.at[m.period]) <= t)
        mine = [
            r
            for r in plan.of(RETIREMENTS)
            if (r.system, r.home, r.vintage, r.site) == (*stock.key, row.site)
        ]
        if sum(r.units for r in mine if d.at[r.period] <= t) > arrived:
            yield Problem(
                "A002",
                f"more {row.system} of {row.vintage} are retired at {row.site} than arrived",
                path=f"{path}.units",
            )
    derived = row.model_copy(update={"sale_usd": row.units * sale_usd(plan.case, stock, t)})
    yield from fields(path, row, derived)


def _move(plan: Plan, d: Derivation, i: int, row: Move) -> Iterator[Problem]:
    path, t = f"moves.{i}", d.at[row.period]
    way = way_of(plan.case, row)
    stock = stock_of(plan.case, row.system, row.origin, row.vintage)
    if way is None:
        yield Problem(
            "A002",
            f"{row.system} may not be moved from {row.origin} to {row.destination}",
            path=path,
        )
        return
    if stock is None:
        yield Problem(
            "A001",
            f"no {row.system} came to {row.origin} with {row.vintage}",
            path=f"{path}.vintage",
        )
        return
    arrives = lands(plan.case, row, t)
    until = len(d.labels) if stock.leaves is None else stock.leaves
    if row.units < 1 or t < stock.first or arrives >= until:
        yield Problem(
            "A002",
            f"{row.system} of {row.vintage} cannot be moved from {row.origin} in {row.period}",
            path=f"{path}.period",
        )
    runs = d.labels[arrives] if arrives < len(d.labels) else ""
    yield from fields(
        path, row, row.model_copy(update={"in_service": runs, "cost_usd": row.units * way.cost_usd})
    )


def fleet_limits(d: Derivation) -> Iterator[LimitRow]:
    """Existing machines that may not retire, and stocks with a lifetime that ends within the
    horizon.
    """
    for number, entry in enumerate(d.case.of(FleetCase).fleet):
        stock = entry_stock(d.case, number)
        if entry.units and not stock.may_retire and stock.leaves is None:
            used = sum(r.units for r in d.decisions.of(RETIREMENTS) if _of(r, stock))
            yield limit_row(KEPT, At(d.case, (",".join(stock.key),), 0.0), used)
        if entry.units and stock.leaves is not None:
            yield _lifetime(d, stock, entry.units, 0)
    for system in d.case.systems:
        if system.lifetime_days is None or not system.may_buy:
            continue
        for site in d.case.sites:
            for t in (
                t for t, arrival in enumerate(d.case.arrivals[system.id]) if arrival is not None
            ):
                stock = bought_stock(d.case, system.id, site.id, t)
                if site.id in system.sites and stock.leaves is not None:
                    units = sum(
                        p.units
                        for p in d.decisions.of(PURCHASES)
                        if (p.system, p.site, p.delivered) == (system.id, site.id, d.labels[t])
                    )
                    yield _lifetime(d, stock, 0, units)


def _of(row: object, stock: Stock) -> bool:
    return (
        getattr(row, "system", ""),
        getattr(row, "home", ""),
        getattr(row, "vintage", ""),
    ) == stock.key


def _lifetime(d: Derivation, stock: Stock, stood: int, bought: int) -> LimitRow:
    gone = sum(
        r.units
        for r in d.decisions.of(RETIREMENTS)
        if _of(r, stock) and d.at[r.period] <= (stock.leaves or 0)
    )
    at = At(d.case, (",".join(stock.key),), stood, note=d.labels[stock.leaves or 0])
    return limit_row(LIFETIME, at, gone - bought)


def money(d: Derivation, ledger: Ledger) -> None:
    """What is sold, moved, and left at the end."""
    starts = d.case.timeline.starts
    for number, entry in enumerate(d.case.of(FleetCase).fleet):
        ledger.remains(SYSTEMS_WORTH, entry.units * end_usd(d.case, entry_stock(d.case, number)))
    for row in d.decisions.of(RETIREMENTS):
        stock = stock_of(d.case, row.system, row.home, row.vintage)
        if stock is not None:
            t = d.at[row.period]
            ledger.post(RESALE, -row.units * sale_usd(d.case, stock, t), day=starts[t])
            ledger.remains(SYSTEMS_WORTH, -row.units * end_usd(d.case, stock))
    for move in d.decisions.of(MOVES):
        way = way_of(d.case, move)
        ledger.post(
            MOVES_COST, move.units * (way.cost_usd if way else 0.0), day=starts[d.at[move.period]]
        )


FACE = Derive(tables={FLEET: Derivation.fleet}, limits=fleet_limits, money=money, decided=leaving)
