"""When? Dates as people write them, the horizon they cut into periods, and the hours of each period.

A date is `2024-09-02`, `2024-09`, `2024-Q3` or `2024`; the last three name a span. What a date switches on (power, supply, cooling)
counts from the
first period that begins on or after its first day; what a date demands counts from the period that contains it. Hours come from the
calendar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Any, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

Step = Literal["month", "quarter", "year"]
MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
DAYS_PER_YEAR = 365.0
"""For rates per year: 8760 h, as tariffs and cost models have it."""

_PATTERN = re.compile(r"^([0-9]{4})(?:-(?:Q([1-4])|([0-9]{2})(?:-([0-9]{2}))?))?$")
_EXAMPLES = ["2026-Q3", "2026-09", "2026-09-15", "2026"]


def add_months(day: date, months: int) -> date:
    """The first of the month, `months` later."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


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
        match = _PATTERN.fullmatch(str(text)) if isinstance(text, str | int) and not isinstance(text, bool) else None
        if match:
            year, quarter, month, day = (int(part) if part else None for part in match.groups())
            try:
                return cls._of(year or 0, quarter, month, day, str(text))
            except ValueError:
                pass
        message = f"`{str(text)[:40]}` is not a date; write `2026-Q3`, `2026-09`, `2026-09-15` or `2026`"
        raise PydanticCustomError("planner", "{message}", {"code": "D001", "message": message, "help": _date_hint(str(text))})

    @classmethod
    def _of(cls, year: int, quarter: int | None, month: int | None, day: int | None, text: str) -> Moment:
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
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.parse, serialization=core_schema.plain_serializer_function_ser_schema(str))

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": _PATTERN.pattern, "examples": _EXAMPLES, "description": "a date or a span of dates"}


def _date_hint(text: str) -> str:
    swapped = re.match(r"^Q([1-4])[- ]?(\d{4})$", text)
    if swapped:
        return f"write `{swapped[2]}-Q{swapped[1]}`"
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

        Raises ValueError when `end` lies before `start`, when `start` is not the first day of a step, or for more than 240 periods.
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

    def from_on(self, moment: Moment) -> int:
        """Index of the first period that begins on or after the first day of `moment`; `len(self)` if none does.

        For what a date switches on: half a quarter of power is not a quarter of power.
        """
        for period in self.periods:
            if period.start >= moment.first:
                return period.index
        return len(self)

    def containing(self, moment: Moment) -> int | None:
        """Index of the period in which `moment` begins, or None outside the horizon."""
        for period in self.periods:
            if period.start <= moment.first < period.end:
                return period.index
        return None

    def steps_for(self, days: float) -> int:
        """Whole periods that a delay of `days` takes, rounded up: nothing is early."""
        nominal = DAYS_PER_YEAR / 12 * MONTHS[self.step]
        return ceil(days / nominal - 1e-9)

    def years_from_start(self) -> list[float]:
        """Years from the start of the horizon to the middle of each period (for discounting flows within it)."""
        origin = self.periods[0].start
        return [((p.start - origin).days + (p.end - p.start).days / 2) / DAYS_PER_YEAR for p in self.periods]

    def years_until(self, earlier: int, later: int) -> float:
        """Years from the start of period `earlier` to the start of period `later`."""
        return (self.periods[later].start - self.periods[earlier].start).days / DAYS_PER_YEAR

    def years_between(self, earlier: int, later: int) -> float:
        """Years from the start of period `earlier` to the end of period `later`."""
        return (self.periods[later].end - self.periods[earlier].start).days / DAYS_PER_YEAR


def _label(day: date, step: Step) -> str:
    if step == "month":
        return f"{day.year}-{day.month:02d}"
    if step == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return str(day.year)
