"""Machines that run, retire and move."""

from __future__ import annotations

from planner.core.tables import (
    PERIOD,
    PLACED,
    SYSTEM,
    WHOLE,
    PlanTable,
    Reading,
    Reference,
    Tables,
    _sites,
)
from planner.records import Record


class Retirement(Record):
    """Systems switched off at the start of a period, and sold for what they are worth then."""

    system: str
    site: str
    period: str
    vintage: str
    """Which ones: a fleet entry of the case (`fleet.0`), or the period of their delivery."""
    home: str
    """Where they first stood; another site than `site` if they were moved."""
    units: int
    sale_usd: float


class Move(Record):
    """Systems that leave their first site at the start of a period and run at another from
    `in_service` on.
    """

    system: str
    origin: str
    destination: str
    period: str
    vintage: str
    in_service: str
    units: int
    cost_usd: float


class FleetRow(Record):
    """Systems that run through a period."""

    system: str
    site: str
    period: str
    units: int
    accelerators: int


HOME = Reference("home", _sites)


def _fleet(f: FleetRow) -> list[Reading]:
    return [(f.system, f.site, f.period, {"units": "units"})]


def _retirement(r: Retirement) -> list[Reading]:
    return [
        (
            f"{r.system} of {r.vintage}",
            r.site,
            r.period,
            {"systems": "units", "sale_usd": "sale_usd"},
        )
    ]


def _move(m: Move) -> list[Reading]:
    return [
        (
            f"{m.system} of {m.vintage}",
            f"{m.origin}>{m.destination}",
            m.period,
            {"systems": "units", "cost_usd": "cost_usd"},
        )
    ]


MOVED = (SYSTEM, Reference("origin", _sites), Reference("destination", _sites), PERIOD)
FLEET = PlanTable("fleet", FleetRow, ("system", "site", "period"), _fleet, units=WHOLE, always=True)
RETIREMENTS = PlanTable(
    "retirements",
    Retirement,
    ("system", "site", "period", "vintage", "home"),
    _retirement,
    True,
    (*PLACED, HOME),
    WHOLE,
    always=True,
)
MOVES = PlanTable(
    "moves",
    Move,
    ("system", "origin", "destination", "period", "vintage"),
    _move,
    True,
    MOVED,
    WHOLE,
)

FACE = Tables(
    (
        FLEET,
        RETIREMENTS,
        MOVES,
    )
)
