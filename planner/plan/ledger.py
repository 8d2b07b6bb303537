"""Where money of a plan is booked, re-derived. Part of the second road."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise

from planner.core.accounts import Account
from planner.engineering.money import discount_factor, spread_factor
from planner.periods import years_between
from planner.scenario.case import Case


class Ledger:
    """Account → USD by period, and what that is worth on the first day of the horizon, each from the day on which it is paid."""

    def __init__(self, case: Case) -> None:
        self.timeline, self.rate = case.timeline, case.discount_rate_per_year
        years = [years_between(self.timeline.start, day) for day in (*self.timeline.starts, self.timeline.end)]
        self.evenly = [spread_factor(self.rate, a, b) for a, b in pairwise(years)]
        nothing = [0.0] * len(self.timeline)
        self.usd: dict[Account, list[float]] = defaultdict(lambda: list(nothing))
        self.present_usd: dict[Account, list[float]] = defaultdict(lambda: list(nothing))

    def _add(self, account: Account, usd: float, t: int, worth: float) -> None:
        self.usd[account][t] += usd
        self.present_usd[account][t] += usd * worth

    def post(self, account: Account, usd: float, *, day: date) -> None:
        """Cash of one day; of the first or the last of the horizon for what would be due before or after it."""
        day = min(max(day, self.timeline.start), self.timeline.end)
        t = min(self.timeline.holding(day), len(self.timeline) - 1)
        self._add(account, usd, t, discount_factor(self.rate, years_between(self.timeline.start, day)))

    def spread(self, account: Account, usd: float, t: int) -> None:
        """Cash or a penalty that falls due evenly through a period."""
        self._add(account, usd, t, self.evenly[t])

    def between(self, account: Account, usd: float, start: date, end: date) -> None:
        """Cash that falls due evenly from one day to another."""
        whole = years_between(start, end)
        for period in self.timeline.periods[self.timeline.holding(start) :]:
            a, b = max(start, period.start), min(end, period.end)
            if a < b:
                ends = years_between(self.timeline.start, a), years_between(self.timeline.start, b)
                self._add(account, usd * years_between(a, b) / whole, period.index, spread_factor(self.rate, *ends))

    def remains(self, account: Account, usd: float) -> None:
        """What something is worth on the last day."""
        end = years_between(self.timeline.start, self.timeline.end)
        self._add(account, -usd, len(self.timeline) - 1, discount_factor(self.rate, end))
