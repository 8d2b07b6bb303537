"""Purchases and qualifications."""

from __future__ import annotations

from collections.abc import Collection

from planner.capabilities.supply.case import SupplyCase
from planner.core.case import Case
from planner.core.tables import (
    SITE,
    SYSTEM,
    WHOLE,
    PlanTable,
    Reading,
    Reference,
    Tables,
    period_at,
)
from planner.records import Record


class Qualification(Record):
    """A supplier whose qualification starts with one period, and who delivers from another on."""

    supplier: str
    started: str
    qualified: str
    cost_usd: float


class Purchase(Record):
    """So many systems, delivered to a site in a period."""

    system: str
    site: str
    ordered: str
    """Period of the order; the first of the horizon if it lies before."""
    delivered: str
    in_service: str
    """First period of service."""
    ordered_on: str
    """Day of the order, `2027-03-02`: the last from which service begins with that period."""
    delivered_on: str
    units: int
    accelerators: int
    price_usd: float
    systems_usd: float
    fabric_usd: float


def _suppliers(case: Case) -> Collection[str]:
    return {qualification.supplier for qualification in case.of(SupplyCase).qualifications}


SUPPLIER = Reference("supplier", _suppliers)


def _purchase(p: Purchase) -> list[Reading]:
    amounts = {
        "systems": "units",
        "accelerators": "accelerators",
        "systems_usd": "systems_usd",
        "fabric_usd": "fabric_usd",
    }
    days = {"ordered_on": "ordered_on", "delivered_on": "delivered_on", "in_service": "in_service"}
    return [(p.system, p.site, p.delivered, {**amounts, **days})]


def _qualification(q: Qualification) -> list[Reading]:
    return [(q.supplier, "", q.started, {"cost_usd": "cost_usd"})]


PURCHASES = PlanTable(
    "purchases",
    Purchase,
    ("system", "site", "delivered"),
    _purchase,
    True,
    (SYSTEM, SITE, period_at("delivered")),
    WHOLE,
    always=True,
)
QUALIFICATIONS = PlanTable(
    "qualifications",
    Qualification,
    ("supplier",),
    _qualification,
    True,
    (SUPPLIER, period_at("started")),
)

FACE = Tables(
    (
        PURCHASES,
        QUALIFICATIONS,
    )
)
