"""What vendors deliver, and who must be qualified first."""

from __future__ import annotations

from planner.records import Record


class CaseSupply(Record):
    """Ceilings and shapes of the deliveries of one system over all sites, in systems."""

    system: str
    cumulative: list[float] | None
    per_period: float | None
    path: str
    schedule: list[float] | None = None
    """Ceiling of each period."""
    minimum_order: int = 0
    """The least of a period in which anything is delivered."""
    lot: int = 1
    """Deliveries of a period are a multiple of it."""

    def ceiling(self, t: int) -> float | None:
        """The most of one period; None: not limited by the period alone."""
        each = [value for value in (self.per_period, self.schedule[t] if self.schedule is not None else None) if value is not None]
        return min(each) if each else None


class CaseQualification(Record):
    """A supplier that the plan must qualify, at a cost, before it delivers."""

    supplier: str
    systems: list[str]
    time_days: float
    """From the beginning of the qualification to the first delivery."""
    cost_usd: float
    path: str
