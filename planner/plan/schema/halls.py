"""Rows of a plan that say which halls are begun, and what stands in them."""

from __future__ import annotations

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
