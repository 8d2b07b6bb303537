"""Rows of a plan that decide over machines that leave, and over suppliers to be qualified."""

from __future__ import annotations

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
    """Systems that leave their first site at the start of a period and run at another from `in_service` on."""

    system: str
    origin: str
    destination: str
    period: str
    vintage: str
    in_service: str
    units: int
    cost_usd: float


class Qualification(Record):
    """A supplier whose qualification starts with one period, and who delivers from another on."""

    supplier: str
    started: str
    qualified: str
    cost_usd: float
