"""When? Dates as people write them, the horizon they cut into periods, and the hours of each
period.

A date is `2024-09-02`, `2024-09`, `2024-Q3` or `2024`; the last three name a span. What a date
switches on (power, supply, cooling) counts from the first period that begins on or after its first
day; what a date demands counts from the period that contains it. Delays are added to dates, all of
them, and only the day on which something runs is rounded, once, to the next period. A duration of
whole months is so many months of the calendar, any other so many days. Years between two dates are
counted in months of the calendar; hours come from it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import ceil
from typing import Annotated, Any, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema

Step = Literal["month", "quarter", "year"]
MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
DAYS_PER_MONTH = 365.0 / 12
"""What a month in a file is in days, until it is added to a date."""

_PATTERN = re.compile(r"^([0-9]{4})(?:-(?:Q([1-4])|([0-9]{2})(?:-([0-9]{2}))?))?$")
_EXAMPLES = ["2026-Q3", "2026-09", "2026-09-15", "2026"]
Day = Annotated[
    date, WithJsonSchema({"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
]
"""A field that is a day, as a JSON Schema tells it without naming a format."""


def add_months(day: date, months: int) -> date:
    """The first of the month, `months` later."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def whole_months(days: float) -> int | None:
    """How many months a duration is, where it is a whole number of them (`6 months`, `1 year`, 365
    days); else None.
    """
    months = round(days / DAYS_PER_MONTH)
    return months if abs(days - months * DAYS_PER_MONTH) < 0.01 else None


def later(day: date, *delays_days: float) -> date:
    """The day after one delay after another: months of the calendar where a delay is a whole number
    of them, else days, rounded up.

    A month after 31 January is 3 March, for nothing is early.
    """
    for days in delays_days:
        months = whole_months(days)
        day = (
            day + timedelta(days=ceil(days - 1e-6))
            if months is None
            else add_months(day, months) + timedelta(days=day.day - 1)
        )
    return day


def earlier(day: date, *delays_days: float) -> date:
    """The last day from which `later`, with the same delays in the same order, comes to no later
    than `day`.
    """
    for days in reversed(delays_days):
        months = whole_months(days)
        if months is None:
            day -= timedelta(days=ceil(days - 1e-6))
        else:
            first = add_months(day, -months)
            day = first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))
    return day


def years_between(start: date, end: date) -> float:
    """Years of the calendar from one day to another: a twelfth for each month, and of a month in
    part its days over all of its days.
    """
    return (_months(end) - _months(start)) / 12


def _months(day: date) -> float:
    return day.year * 12 + day.month + (day.day - 1) / monthrange(day.year, day.month)[1]


@dataclass(frozen=True, order=True)
class Moment:
    """A date or a span of dates, as written."""

    first: date
    last: date
    text: str

    @classmethod
    def parse(cls, text: object) -> Moment:
        """Read `2026-Q3` and its peers. Raises PydanticCustomError D001."""
        if isinstance(text, Moment):
            return text
        match = (
            _PATTERN.fullmatch(str(text))
            if isinstance(text, str | int) and not isinstance(text, bool)
            else None
        )
        if match:
            year, quarter, month, day = (int(part) if part else None for part in match.groups())
            try:
                return cls._of(year or 0, quarter, month, day, str(text))
            except ValueError:
                pass
        message = (
            f"`{str(text)[:40]}` is not a date; write `2026-Q3`, `2026-09`, `2026-09-15` or `2026`"
        )
        raise PydanticCustomError(
            "planner",
            "{message}",
            {"code": "D001", "message": message, "help": _date_hint(str(text))},
        )

    @classmethod
    def _of(
        cls, year: int, quarter: int | None, month: int | None, day: int | None, text: str
    ) -> Moment:
        if day is not None and month is not None:
            start = date(year, month, day)
            return cls(start, start, text)
        if month is not None:  # `2026-00` is no month, and not the year either
            start, span = date(year, month, 1), 1
        else:
            start, span = date(year, 3 * quarter - 2 if quarter else 1, 1), 3 if quarter else 12
        return cls(start, add_months(start, span) - timedelta(days=1), text)

    def __str__(self) -> str:
        return self.text

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": _PATTERN.pattern,
            "examples": _EXAMPLES,
            "description": "a date or a span of dates",
        }


def _date_hint(text: str) -> str:
    swapped = re.match(r"^Q([1-4])[- ]?(\d{4})$", text)
    if swapped:
        return f"write `{swapped[2]}-Q{swapped[1]}`"
    if re.match(r"^\d{3}( [A-Za-z]|$)", text):  # of `{2027-Q1: 4,096 systems}`
        return (
            "if a number with a comma stands before it, write that without the comma, which "
            "ends an entry in braces"
        )
    return ""


@dataclass(frozen=True)
class Period:
    """One step of the horizon: `start` is its first day, `end` the day after its last."""

    index: int
    label: str
    start: date
    end: date

    @property
    def hours(self) -> float:
        """Hours of the calendar in this period."""
        return (self.end - self.start).days * 24.0


@dataclass(frozen=True)
class Timeline:
    """The periods of a horizon, in order, without gaps."""

    step: Step
    periods: tuple[Period, ...]

    @classmethod
    def between(cls, start: Moment, end: Moment, step: Step) -> Timeline:
        """Cut the span from the first day of `start` to the last day of `end` into whole steps.

        Raises ValueError when `end` lies before `start`, when `start` is not the first day of a
        step, or for more than 240 periods.
        """
        if end.last < start.first:
            raise ValueError(f"the horizon ends ({end}) before it begins ({start})")
        months = MONTHS[step]
        if start.first.day != 1 or (start.first.month - 1) % months:
            raise ValueError(f"{start} is not the first day of a {step}")
        periods: list[Period] = []
        day = start.first
        while day <= end.last:
            after = add_months(day, months)
            periods.append(Period(len(periods), _label(day, step), day, after))
            day = after
            if len(periods) > 240:
                raise ValueError("more than 240 periods; take a longer step")
        return cls(step, tuple(periods))

    def __len__(self) -> int:
        return len(self.periods)

    @cached_property
    def starts(self) -> list[date]:
        """First days of the periods."""
        return [period.start for period in self.periods]

    @property
    def start(self) -> date:
        """First day of the horizon."""
        return self.periods[0].start

    @property
    def end(self) -> date:
        """The day after the last of the horizon."""
        return self.periods[-1].end

    @property
    def step_years(self) -> float:
        """Years of a period, for what is billed by the month or the year: February is a month as
        January is.
        """
        return MONTHS[self.step] / 12

    def years_to(self, day: date) -> float:
        """Years from the first day of the horizon to a day; below 0 for one before it."""
        return years_between(self.start, day)

    def starting(self, day: date) -> int:
        """Index of the first period that begins on or after a day; `len(self)` if none does."""
        return bisect_left(self.starts, day)

    def from_on(self, moment: Moment) -> int:
        """Index of the first period that begins on or after the first day of `moment`; `len(self)`
        if none does.

        For what a date switches on: half a quarter of power is not a quarter of power.
        """
        return self.starting(moment.first)

    def holding(self, day: date) -> int:
        """Index of the period that a day lies in: 0 for a day before the horizon, `len(self)` for
        one after it.
        """
        return len(self) if day >= self.end else max(0, bisect_right(self.starts, day) - 1)

    def containing(self, moment: Moment) -> int | None:
        """Index of the period in which `moment` begins, or None outside the horizon."""
        return self.holding(moment.first) if self.start <= moment.first < self.end else None

    def steps_for(self, days: float) -> int:
        """The fewest whole periods that hold a duration, whenever it begins with a period: a
        quarter holds three months, or 90 days.
        """
        return max(-(-months // MONTHS[self.step]) + rest for months, rest in self._spans(days))

    def steps_within(self, days: float) -> int:
        """The most whole periods that a duration holds, whenever it begins with a period."""
        return min(months // MONTHS[self.step] for months, _ in self._spans(days))

    def _spans(self, days: float) -> list[tuple[int, int]]:
        """(whole months, 1 where days come beside whole periods) of a duration that begins with any
        period of four years.
        """
        spans = []
        for start in (add_months(self.start, months) for months in range(0, 48, MONTHS[self.step])):
            end = later(start, days)
            months = (end.year - start.year) * 12 + end.month - start.month
            spans.append((months, int(end.day > 1 and months % MONTHS[self.step] == 0)))
        return spans

    def arrivals(self, first: date, last: date, *delays_days: float) -> tuple[Arrival | None, ...]:
        """What comes of an event in each period, between a first and a last day, that something
        runs after delays.

        It runs from the first period that begins when the delays are over, counted from the first
        day on which the event can be. The day is then the last of the period from which it still
        does: nobody pays before they must. None where the event cannot be in a period, or nothing
        runs within the horizon.
        """
        found: list[Arrival | None] = []
        for period in self.periods:
            soonest, latest = max(first, period.start), min(last, period.end - timedelta(days=1))
            runs = self.starting(later(soonest, *delays_days)) if soonest <= latest else len(self)
            if runs == len(self):
                found.append(None)
            else:
                day = min(latest, earlier(self.starts[runs], *delays_days))
                found.append(Arrival(max(soonest, day), runs))
        return tuple(found)


@dataclass(frozen=True)
class Arrival:
    """An event of a period, and what comes of it."""

    day: date
    runs: int
    """First period in which something runs because of it."""


def _label(day: date, step: Step) -> str:
    if step == "month":
        return f"{day.year}-{day.month:02d}"
    if step == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return str(day.year)
