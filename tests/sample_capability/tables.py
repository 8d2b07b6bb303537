"""Fuel stores of a plan."""

from __future__ import annotations

from planner.core.tables import PERIOD, SITE, PlanTable, Reading, Tables
from planner.records import Record


class FuelStoreRow(Record):
    """What stands at a site in a period."""

    site: str
    period: str
    volume_m3: float


def _store(row: FuelStoreRow) -> list[Reading]:
    return [("fuel store", row.site, row.period, {"stands": "volume_m3"})]


FUEL_STORES = PlanTable(
    "fuel_stores",
    FuelStoreRow,
    ("site", "period"),
    _store,
    True,
    (SITE, PERIOD),
    title="Fuel stores",
)
FACE = Tables((FUEL_STORES,))
