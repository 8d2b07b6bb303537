"""Dates and their worth for the second formulation: day by day, without the arithmetic of the
product.

A year is twelve months of the calendar, and a day the part of its month that it is. What runs
because of something is found by trying every day on which that could be.
"""

from __future__ import annotations

import calendar
from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta

from planner.core.case import Case
from planner.core.fields import CasePayment

ONE = timedelta(days=1)
Part = tuple[int, float, float]
"""(period, share, present worth of 1 USD)"""


def after(day: date, days: float) -> date:
    """So many months of the calendar, or days, later; a month after the 31st of January is the 3rd
    of March."""
    months = days * 12 / 365
    if abs(months - round(months)) < 1e-4:
        year, month = day.year, day.month
        for _ in range(round(months)):
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return date(year, month, 1) + (day.day - 1) * ONE
    whole = int(days)
    return day + (whole + (days - whole > 1e-6)) * ONE


class Calendar:
    """The days of a case's horizon."""

    def __init__(self, case: Case) -> None:
        self.rate = case.discount_rate_per_year
        self.periods = [(p.start, p.end) for p in case.timeline.periods]
        self.start, self.end = self.periods[0][0], self.periods[-1][1]
        self.days: list[date] = []
        self.clock = [0.0]
        day = self.start
        while day < self.end:
            self.days.append(day)
            self.clock.append(self.clock[-1] + 1 / calendar.monthrange(day.year, day.month)[1] / 12)
            day += ONE

    def years(self, day: date) -> float:
        """From the first day of the horizon, or of its end."""
        return self.clock[bisect_left(self.days, day)]

    def left(self, day: date) -> float:
        """Years to the end."""
        return self.clock[-1] - self.years(day)

    def worth(self, day: date) -> float:
        """Of 1 USD on a day, or on the first day of the horizon."""
        return float((1 + self.rate) ** -self.years(max(day, self.start)))

    def mean(self, start: date, end: date) -> float:
        """Of 1 USD spread over days."""
        a, b = bisect_left(self.days, start), bisect_left(self.days, end)
        steps = [(self.clock[i], self.clock[i + 1]) for i in range(a, b)]
        return float(
            sum((y - x) * (1 + self.rate) ** (-(x + y) / 2) for x, y in steps)
            / sum(y - x for x, y in steps)
        )

    def period(self, day: date) -> int:
        """That holds a day, of the horizon or before."""
        return next((t for t, (_, end) in enumerate(self.periods) if day < end), len(self.periods))

    def first_from(self, day: date) -> int:
        """Period that begins on a day or after it."""
        return next(
            (t for t, (start, _) in enumerate(self.periods) if start >= day), len(self.periods)
        )

    def runs(self, first: date, last: date, delay_days: float) -> dict[int, tuple[date, int]]:
        """By period: the last day of it from which what comes then runs as soon as from any, and
        the period in which it does."""
        found = {}
        for t, (start, end) in enumerate(self.periods):
            days = [d for d in self.days if start <= d < end and first <= d <= last]
            when = {d: self.first_from(after(d, delay_days)) for d in days}
            soonest = min(when.values(), default=len(self.periods))
            if soonest < len(self.periods):
                found[t] = (max(d for d, u in when.items() if u == soonest), soonest)
        return found

    def before(self, day: date, days: float) -> date:
        """The last day from which a delay is over by `day`."""
        candidate = day
        while after(candidate, days) > day:
            candidate -= ONE
        return candidate

    def bill(self, day: date, payments: Sequence[CasePayment]) -> list[Part]:
        """Milestones before a day."""
        days = [max(self.start, self.before(day, payment.before_days)) for payment in payments]
        return [
            (self.period(d), payment.share, self.worth(d))
            for d, payment in zip(days, payments, strict=True)
        ]

    def spread(self, start: date, end: date) -> list[Part]:
        """Evenly from one day to another."""
        if start >= end:
            return [(self.period(start), 1.0, self.worth(start))]
        whole = self.years(end) - self.years(start)
        pieces = [(t, max(a, start), min(b, end)) for t, (a, b) in enumerate(self.periods)]
        return [
            (t, (self.years(b) - self.years(a)) / whole, self.mean(a, b))
            for t, a, b in pieces
            if a < b
        ]
