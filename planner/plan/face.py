"""What a capability derives from a plan's decisions, and the ledger that it posts to: the second
road.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from planner.core.case import Case
from planner.core.limits import Account
from planner.core.tables import PlanTable
from planner.engineering.worth import discount_factor, spread_factor
from planner.errors import Problem
from planner.periods import years_between
from planner.plan.derive import Derivation
from planner.plan.limit_row import LimitRow
from planner.plan.schema import Plan

Tables = Mapping[PlanTable[Any], Callable[[Derivation], Sequence[Any]]]


def _nothing(d: Derivation) -> Iterable[LimitRow]:
    return ()


def _holds(plan: Plan, d: Derivation) -> Iterable[Problem]:
    return ()


def _none_breaks(d: Derivation) -> Collection[str]:
    return ()


def _costs_nothing(d: Derivation, ledger: Ledger) -> None:
    pass


class Ledger:
    """Account → USD by period, and what that is worth on the first day of the horizon, each from
    the day on which it is paid.
    """

    def __init__(self, case: Case) -> None:
        self.timeline, self.rate = case.timeline, case.discount_rate_per_year
        years = [
            years_between(self.timeline.start, day)
            for day in (*self.timeline.starts, self.timeline.end)
        ]
        self.evenly = [spread_factor(self.rate, a, b) for a, b in pairwise(years)]
        nothing = [0.0] * len(self.timeline)
        self.usd: dict[Account, list[float]] = defaultdict(lambda: list(nothing))
        self.present_usd: dict[Account, list[float]] = defaultdict(lambda: list(nothing))

    def _add(self, account: Account, usd: float, t: int, worth: float) -> None:
        self.usd[account][t] += usd
        self.present_usd[account][t] += usd * worth

    def post(self, account: Account, usd: float, *, day: date) -> None:
        """Cash of one day; of the first or the last of the horizon for what would be due before or
        after it.
        """
        day = min(max(day, self.timeline.start), self.timeline.end)
        t = min(self.timeline.holding(day), len(self.timeline) - 1)
        self._add(
            account, usd, t, discount_factor(self.rate, years_between(self.timeline.start, day))
        )

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
                self._add(
                    account,
                    usd * years_between(a, b) / whole,
                    period.index,
                    spread_factor(self.rate, *ends),
                )

    def remains(self, account: Account, usd: float) -> None:
        """What something is worth on the last day."""
        end = years_between(self.timeline.start, self.timeline.end)
        self._add(account, -usd, len(self.timeline) - 1, discount_factor(self.rate, end))


@dataclass(frozen=True)
class Derive:
    """The face of a capability's module of derivations."""

    tables: Tables = field(default_factory=dict)
    """Its tables that follow from decisions and case."""
    limits: Callable[[Derivation], Iterable[LimitRow]] = _nothing
    """Every limit of its own, with what is used of it."""
    may_break: Callable[[Derivation], Collection[str]] = _none_breaks
    """Names of its limits that a plan may break, at a price."""
    money: Callable[[Derivation, Ledger], None] = _costs_nothing
    """Posts what it costs and earns."""
    decided: Callable[[Plan, Derivation], Iterable[Problem]] = _holds
    """Decisions that cannot be, and rows that contradict themselves."""
    kept: Callable[[Plan, Derivation], Iterable[Problem]] = _holds
    """Rules that the whole plan breaks, where no limit says so."""
