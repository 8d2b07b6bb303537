"""When what is built is paid."""

from __future__ import annotations

from planner.records import Record


class CasePayment(Record):
    """A part of a price, and how long before the day on which the thing must stand it is paid."""

    share: float = 1.0
    before_days: float = 0.0
