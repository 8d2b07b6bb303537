"""Payments of a price on known days, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from planner.core.case import Case
from planner.core.fields import CasePayment
from planner.engineering.worth import discount_factor, spread_factor
from planner.model.inputs import Payments
from planner.periods import earlier

Part = tuple[int, float, float]
"""(period, share of the price, present worth of 1 USD)"""


def worth_on(case: Case, day: date) -> float:
    """Present worth of 1 USD paid on a day, or on the first day of the horizon if that is later."""
    return discount_factor(case.discount_rate_per_year, max(0.0, case.timeline.years_to(day)))


def milestones(case: Case, day: date, payments: Sequence[CasePayment]) -> list[Part]:
    """Payments of what must stand on a day: each so long before it, and none before the horizon."""
    dates = [max(case.timeline.start, earlier(day, payment.before_days)) for payment in payments]
    return [
        (case.timeline.holding(when), p.share, worth_on(case, when))
        for when, p in zip(dates, payments, strict=True)
    ]


def evenly(case: Case, start: date, end: date) -> list[Part]:
    """Payments of what is paid evenly from one day to another; all of it on the first, if they are
    the same.
    """
    timeline, rate = case.timeline, case.discount_rate_per_year
    if end <= start:
        return [(timeline.holding(start), 1.0, worth_on(case, start))]
    total, parts = timeline.years_to(end) - timeline.years_to(start), list[Part]()
    for period in timeline.periods[timeline.holding(start) :]:
        a, b = timeline.years_to(max(start, period.start)), timeline.years_to(min(end, period.end))
        if a < b:
            parts.append((period.index, (b - a) / total, spread_factor(rate, a, b)))
    return parts


def payments_array(parts: Sequence[Sequence[Sequence[Part]]], n_t: int) -> Payments:
    """From lists of payments by thing and period."""
    n_x, most = len(parts), max((len(each) for thing in parts for each in thing), default=0)
    period = np.zeros((most, n_x, n_t), dtype=np.int64)
    share, worth = np.zeros(period.shape), np.zeros(period.shape)
    for x, thing in enumerate(parts):
        for t, each in enumerate(thing):
            for n, (when, of, value) in enumerate(each):
                period[n, x, t], share[n, x, t], worth[n, x, t] = when, of, value
    return Payments(period, share, worth)
