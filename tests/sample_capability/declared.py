"""How much fuel may stand, and what a store costs."""

from __future__ import annotations

from planner.core.limits import Account, At, LimitKind, Unit, Words
from tests.sample_capability.case import FuelStoresCase


def _at_most(at: At) -> Words:
    site, period = at.key
    path = f"{at.case.of(FuelStoresCase).fuel_store_at(site).path}.at_most"
    return Words(
        f"fuel store at {site}", path, f"{site} may store {at.amount:g} m3 of fuel in {period}"
    )


AT_MOST = LimitKind("fuel.at_most", Unit("m3"), _at_most)
STORES = Account("capex.fuel_stores", "capex")
