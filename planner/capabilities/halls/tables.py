"""Halls that are begun, and who stands in them."""

from __future__ import annotations

from collections.abc import Collection

from planner.capabilities.halls.case import HallsCase
from planner.core.case import Case
from planner.core.tables import (
    PLACED,
    SITE,
    WHOLE,
    PlanTable,
    Reading,
    Reference,
    Tables,
    period_at,
)
from planner.records import Record


class HallBegun(Record):
    """So many halls of a kind, begun in a period."""

    site: str
    hall: str
    begun: str
    begun_on: str
    """Day on which construction begins: the last from which they are usable with that period."""
    usable: str
    """First period in which machines can run in them."""
    number: int
    it_mw: float
    """Critical IT of them together."""
    cost_usd: float
    """Of them together."""


class Housed(Record):
    """Systems that stand in halls of a kind, or (`standing`) in what stood at the start."""

    system: str
    site: str
    hall: str
    period: str
    units: float


STOOD = "standing"
"""Name of what stood at the start of a site, among its halls."""


def _halls(case: Case) -> Collection[tuple[str, str]]:
    return {(hall.site, hall.id) for hall in case.of(HallsCase).halls}


def _places(case: Case) -> Collection[tuple[str, str]]:
    return {(hall.site, name) for hall in case.of(HallsCase).halls for name in (hall.id, STOOD)}


HALL = Reference("hall", _halls, at_site=True)
PLACE = Reference("hall", _places, at_site=True)


def _hall(h: HallBegun) -> list[Reading]:
    return [
        (
            h.hall,
            h.site,
            h.begun,
            {"halls": "number", "critical IT": "it_mw", "cost": "cost_usd", "begun_on": "begun_on"},
        )
    ]


def _housed(s: Housed) -> list[Reading]:
    return [(f"{s.system} in {s.hall}", s.site, s.period, {"units": "units"})]


HALLS = PlanTable(
    "halls",
    HallBegun,
    ("site", "hall", "begun"),
    _hall,
    True,
    (HALL, SITE, period_at("begun")),
    (("number", "halls"),),
)
HOUSED = PlanTable(
    "housed", Housed, ("system", "site", "hall", "period"), _housed, True, (PLACE, *PLACED), WHOLE
)

FACE = Tables(
    (
        HALLS,
        HOUSED,
    )
)
