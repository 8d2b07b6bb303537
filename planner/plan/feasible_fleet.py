"""May the machines that leave do so: of this stock, at this time, to this site, and are those gone whose time is over?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.errors import Problem
from planner.plan.compare import fields
from planner.plan.derive import Derivation
from planner.plan.schema import Move, Plan, Retirement
from planner.plan.stocks import Stock, lands, sale_usd, stock_of, way_of

Key = tuple[str, str, str]


def leaving(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Every retirement and every move is allowed, and says of itself what follows."""
    came = _came(plan)
    left: dict[Key, int] = defaultdict(int)
    for i, move in enumerate(plan.moves):
        yield from _move(plan, d, i, move)
        left[move.system, move.origin, move.vintage] += move.units
        if left[move.system, move.origin, move.vintage] > came[move.system, move.origin, move.vintage]:
            yield Problem("A002", f"more {move.system} leave {move.origin} than came there", path=f"moves.{i}.units")
    for i, row in enumerate(plan.retirements):
        stock = stock_of(plan.case, row.system, row.home, row.vintage)
        if stock is None or came[stock.key] == 0:
            yield Problem("A001", f"no {row.system} came to {row.home} with {row.vintage}", path=f"retirements.{i}.vintage")
            continue
        yield from _retirement(plan, d, i, row, stock)
        if row.home == row.site:
            left[stock.key] += row.units
            if left[stock.key] > came[stock.key]:
                message = f"more {row.system} at {row.site} are retired than stood there"
                yield Problem("A002", message, path=f"retirements.{i}.units")
    for (system, site), counts in d.units.items():
        if min(counts) < 0:
            yield Problem("A001", f"{system} at {site} would be fewer than none", path="retirements")


def _came(plan: Plan) -> dict[Key, int]:
    """Machines of each stock."""
    came: dict[Key, int] = defaultdict(int)
    for number, entry in enumerate(plan.case.fleet):
        came[entry.system, entry.site, f"fleet.{number}"] += entry.units
    for purchase in plan.purchases:
        came[purchase.system, purchase.site, purchase.delivered] += purchase.units
    return came


def _retirement(plan: Plan, d: Derivation, i: int, row: Retirement, stock: Stock) -> Iterator[Problem]:
    t, path = d.at[row.period], f"retirements.{i}"
    if row.units < 1 or not (stock.may_retire or stock.leaves == t):
        yield Problem("A002", f"{row.system} at {row.site} may not be retired", path=path)
    elif t < stock.first or (stock.leaves is not None and t > stock.leaves):
        yield Problem("A002", f"{row.system} of {row.vintage} at {row.site} cannot be retired in {row.period}", path=path)
    if row.site != row.home:
        moved = [m for m in plan.moves if (m.system, m.origin, m.vintage, m.destination) == (*stock.key, row.site)]
        arrived = sum(m.units for m in moved if lands(plan.case, m, d.at[m.period]) <= t)
        mine = [r for r in plan.retirements if (r.system, r.home, r.vintage, r.site) == (*stock.key, row.site)]
        if sum(r.units for r in mine if d.at[r.period] <= t) > arrived:
            yield Problem("A002", f"more {row.system} of {row.vintage} are retired at {row.site} than arrived", path=f"{path}.units")
    derived = row.model_copy(update={"sale_usd": row.units * sale_usd(plan.case, stock, t)})
    yield from fields(path, row, derived)


def _move(plan: Plan, d: Derivation, i: int, row: Move) -> Iterator[Problem]:
    path, t = f"moves.{i}", d.at[row.period]
    way = way_of(plan.case, row)
    stock = stock_of(plan.case, row.system, row.origin, row.vintage)
    if way is None:
        yield Problem("A002", f"{row.system} may not be moved from {row.origin} to {row.destination}", path=path)
        return
    if stock is None:
        yield Problem("A001", f"no {row.system} came to {row.origin} with {row.vintage}", path=f"{path}.vintage")
        return
    arrives = lands(plan.case, row, t)
    until = len(d.labels) if stock.leaves is None else stock.leaves
    if row.units < 1 or t < stock.first or arrives >= until:
        yield Problem("A002", f"{row.system} of {row.vintage} cannot be moved from {row.origin} in {row.period}", path=f"{path}.period")
    runs = d.labels[arrives] if arrives < len(d.labels) else ""
    yield from fields(path, row, row.model_copy(update={"in_service": runs, "cost_usd": row.units * way.cost_usd}))
