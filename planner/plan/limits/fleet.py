"""Machines that must stay, and machines that must go."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.fleet.limits import KEPT, LIFETIME
from planner.core.limits import At
from planner.plan.derive import Derivation
from planner.plan.limits.row import limit_row
from planner.plan.schema import LimitRow
from planner.plan.stocks import Stock, bought_stock, entry_stock


def fleet_limits(d: Derivation) -> Iterator[LimitRow]:
    """Existing machines that may not retire, and stocks with a lifetime that ends within the horizon."""
    for number, entry in enumerate(d.case.fleet):
        stock = entry_stock(d.case, number)
        if entry.units and not stock.may_retire and stock.leaves is None:
            used = sum(r.units for r in d.decisions.retirements if _of(r, stock))
            yield limit_row(KEPT, At(d.case, (",".join(stock.key),), 0.0), used)
        if entry.units and stock.leaves is not None:
            yield _lifetime(d, stock, entry.units, 0)
    for system in d.case.systems:
        if system.lifetime_days is None or not system.may_buy:
            continue
        for site in d.case.sites:
            for t in (t for t, arrival in enumerate(d.case.arrivals[system.id]) if arrival is not None):
                stock = bought_stock(d.case, system.id, site.id, t)
                if site.id in system.sites and stock.leaves is not None:
                    units = sum(
                        p.units for p in d.decisions.purchases if (p.system, p.site, p.delivered) == (system.id, site.id, d.labels[t])
                    )
                    yield _lifetime(d, stock, 0, units)


def _of(row: object, stock: Stock) -> bool:
    return (getattr(row, "system", ""), getattr(row, "home", ""), getattr(row, "vintage", "")) == stock.key


def _lifetime(d: Derivation, stock: Stock, stood: int, bought: int) -> LimitRow:
    gone = sum(r.units for r in d.decisions.retirements if _of(r, stock) and d.at[r.period] <= (stock.leaves or 0))
    at = At(d.case, (",".join(stock.key),), stood, note=d.labels[stock.leaves or 0])
    return limit_row(LIFETIME, at, gone - bought)
