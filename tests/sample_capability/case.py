"""Fuel stores in plain numbers."""

from __future__ import annotations

from planner.core.case import Case
from planner.records import Record


class CaseFuelStore(Record):
    """The store of one site."""

    site: str
    most_m3: float
    m3_per_mw: float
    """Of average draw at the utility's meter."""
    cost_usd_per_m3: float
    path: str


class FuelStoresCase(Case):
    """Fuel stores."""

    fuel_stores: list[CaseFuelStore] = []

    def fuel_store_at(self, site: str) -> CaseFuelStore:
        """The store of a site. Raises StopIteration where it has none."""
        return next(store for store in self.fuel_stores if store.site == site)


FACE = FuelStoresCase
