"""Halls that can be built, in plain numbers."""

from __future__ import annotations

from planner.periods import Day
from planner.records import Record
from planner.scenario.case.payments import CasePayment


class CaseHall(Record):
    """One kind of hall at a site; each of it carries so much."""

    site: str
    id: str
    name: str
    cooling: str
    """Cooling technology of the catalog."""
    it_w: float
    """Critical IT, at the load by which the site is sized."""
    positions: float | None
    """Racks; None: not limited."""
    liquid_w: float
    air_w: float
    carries: dict[str, float]
    """System that may stand here → rack positions that one of it takes; others may not."""
    cost_usd: float
    """Of one hall."""
    lead_time_days: float
    """From the beginning of construction to the first machine in service."""
    first: Day
    """First day on which one can be begun; may lie beyond the horizon."""
    last: Day
    payments: list[CasePayment] = []
    """Before it is in use; none: evenly while it is built."""
    most: int | None
    path: str

    @property
    def place(self) -> str:
        """Its name in rows and tables: `site/hall`."""
        return f"{self.site}/{self.id}"
