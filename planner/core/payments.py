"""What may a scenario say of the dates on which a thing is paid?"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.records import Record
from planner.units import Duration, Fraction


class Payment(Record):
    """A milestone: a share of the price, so long before the thing must stand."""

    share: Fraction
    """Of the price; all milestones together are 100 %."""
    before_days: Annotated[Duration, Field(alias="before")] = 0.0
    """Time from this payment to the day on which the thing must stand: `12 months`. What would be due before the horizon is due on its
    first day."""


class CasePayment(Record):
    """A part of a price, and how long before the day on which the thing must stand it is paid."""

    share: float = 1.0
    before_days: float = 0.0
