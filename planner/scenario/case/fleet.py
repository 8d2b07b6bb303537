"""Machines that stand at the start, and the ways on which machines may be moved."""

from __future__ import annotations

from planner.records import Record


class CaseFleet(Record):
    """Machines that already stand."""

    site: str
    system: str
    units: int
    may_retire: bool
    age_years: float | None = None
    """At the start of the horizon; None: not told, and then they are worth nothing when they go."""
    worth_usd: float = 0.0
    """What their worth is a share of, each: what was paid, but no more than what a new one costs."""
    leaves: int | None = None
    """First period in which they must no longer run; None: they may stay to the end."""
    path: str = ""


class CaseMove(Record):
    """One way on which machines of a system may be taken, each machine once."""

    system: str
    origin: str
    destination: str
    cost_usd: float
    """Per system."""
    transit_days: float
    """From switching off to running again."""
    path: str
