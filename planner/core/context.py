"""What comes up while a case is put together: figures with their provenance, notes for the reader,
and mistakes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, Protocol, TypeVar

from planner.catalog.load import Catalog
from planner.catalog.said import sorted_out
from planner.core.case import Case, CaseSite, CaseSystem, UsedFigure
from planner.core.fields import CasePayment, Payment
from planner.core.scenario import Scenario
from planner.errors import Problem
from planner.periods import Moment, Timeline
from planner.records import Figure
from planner.yamlfile import Located


class Remembers(Protocol):
    """Something that does not change, and keeps what was found out about it."""

    known: dict[Any, Any]


D = TypeVar("D", bound=Remembers)
A = TypeVar("A")


def once(question: Callable[[D], A]) -> Callable[[D], A]:
    """The same question, answered from memory the second time. Whoever asks leaves the answer as it
    is.
    """

    @wraps(question)
    def asked(d: D) -> A:
        if question not in d.known:
            d.known[question] = question(d)
        return d.known[question]  # type: ignore[no-any-return]

    return asked


class ResolveContext:
    """Figures, notes and problems that come up while a case is put together."""

    def __init__(
        self, scenario: Scenario, catalog: Catalog, located: Located, timeline: Timeline
    ) -> None:
        self.scenario, self.catalog, self.located, self.timeline = (
            scenario,
            catalog,
            located,
            timeline,
        )
        self.figures: dict[tuple[str, str], UsedFigure] = {}
        self.notes: list[str] = []
        self.shifts: list[str] = []
        self.problems: list[Problem] = []
        self.systems: list[CaseSystem] = []
        self.sites: list[CaseSite] = []
        self.known: dict[Any, Any] = {}

    @property
    def system(self) -> dict[str, CaseSystem]:
        """Systems by id."""
        return {system.id: system for system in self.systems}

    def take(
        self, of: str, key: str, unit: str, said: float | None, figure: Figure[float] | None
    ) -> float | None:
        """What the scenario said, or else the catalog's figure; recorded either way. None if there
        is neither.
        """
        if said is not None:
            return self.given(of, key, unit, said)
        if figure is None:
            return None
        source_text = self.catalog.sources[figure.source]
        self.figures[of, key] = UsedFigure(
            of=of,
            figure=key,
            value=figure.value,
            unit=unit,
            low=figure.low,
            high=figure.high,
            kind=figure.kind,
            via=figure.via,
            grade=figure.grade,
            source=source_text.title,
            url=source_text.url,
            date=str(figure.date or source_text.date),
            note=figure.note,
        )
        return figure.value

    def given(self, of: str, key: str, unit: str, said: float) -> float:
        """A figure that the scenario itself gives."""
        source = self.located.source.name
        self.figures[of, key] = UsedFigure(
            of=of,
            figure=key,
            value=said,
            unit=unit,
            kind="scenario",
            via="primary",
            grade="B",
            source=source,
        )
        return said

    def need(
        self, of: str, key: str, unit: str, said: float | None, figure: Figure[float]
    ) -> float:
        """The same where a default always exists."""
        value = self.take(of, key, unit, said, figure)
        assert value is not None
        return value

    def problem(
        self, code: str, message: str, path: tuple[str | int, ...], remedy: str = ""
    ) -> None:
        """Record a mistake at a place of the scenario."""
        self.problems.append(
            Problem(code, message, self.located.value_mark(path), ".".join(map(str, path)), remedy)
        )

    def doubts(self, found: Iterable[Problem]) -> None:
        """Take in what rules say of figures: see `sorted_out`."""
        sorted_out(found, self.problems, self.note)

    def note(self, text: str) -> None:
        """Record something that a reader of the plan must know."""
        if text not in self.notes:
            self.notes.append(text)

    def shift(self, text: str) -> None:
        """Note that something counts later than on its day, because periods are as long as they
        are.
        """
        self.note(text)
        if text not in self.shifts:
            self.shifts.append(text)

    def steps(self, steps: dict[Moment, float], what: str) -> list[float]:
        """The least that holds through each period, from dated steps; nothing before the first.

        So a rise counts from the first whole period after it, and a fall from the period in which
        it comes.
        """
        dated = sorted(steps.items(), key=lambda step: step[0].first)
        self._explain(dated, what)
        return [min(values) for values in self._seen(dated)]

    def allocated(self, steps: dict[Moment, float], days: list[date], what: str) -> list[float]:
        """What is allocated on a day of each period, from dated steps; nothing before the first."""
        dated = sorted(steps.items(), key=lambda step: step[0].first)
        periods = self.timeline.periods
        for moment, _ in dated:
            counts = next((t for t, day in enumerate(days) if day >= moment.first), len(days))
            if counts == len(days):
                self.note(
                    f"{what}: the step of {moment} lies beyond "
                    "the last delivery and changes nothing"
                )
            elif moment.first > periods[0].start and moment.first not in self.timeline.starts:
                self.shift(
                    f"{what}: the step of {moment} counts from the deliveries of "
                    f"{periods[counts].label}"
                )
        return [
            max((value for moment, value in dated if moment.first <= day), default=0.0)
            for day in days
        ]

    def needs(self, steps: dict[Moment, float]) -> list[float]:
        """The most that is asked for within each period, from dated steps; nothing before the
        first.
        """
        dated = sorted(steps.items(), key=lambda step: step[0].first)
        return [max(values) for values in self._seen(dated)]

    def ceilings(self, steps: dict[Moment, float]) -> list[float | None]:
        """The least that is allowed within each period, from dated steps; None before the first."""
        dated = sorted(steps.items(), key=lambda step: step[0].first)
        found: list[float | None] = []
        for period in self.timeline.periods:
            before = [value for moment, value in dated if moment.first <= period.start]
            within = [value for moment, value in dated if period.start < moment.first < period.end]
            found.append(min([*before[-1:], *within], default=None))
        return found

    def _seen(self, dated: list[tuple[Moment, float]]) -> Iterator[list[float]]:
        """For each period, the value on its first day and those that come within it."""
        for period in self.timeline.periods:
            before = [value for moment, value in dated if moment.first <= period.start]
            within = [value for moment, value in dated if period.start < moment.first < period.end]
            yield [before[-1] if before else 0.0, *within]

    def _explain(self, dated: list[tuple[Moment, float]], what: str) -> None:
        periods, before = self.timeline.periods, 0.0
        for moment, value in dated:
            start = self.timeline.from_on(moment)
            if moment.first >= periods[-1].end or (start == len(periods) and value >= before):
                self.note(
                    f"{what}: the step of {moment} lies beyond the horizon and changes nothing"
                )
            elif (
                value < before
                and (within := self.timeline.containing(moment)) is not None
                and periods[within].start != moment.first
            ):
                self.shift(
                    f"{what}: the fall of {moment} counts from {periods[within].label}, the "
                    "period in which it comes"
                )
            elif (
                value >= before
                and periods[start].start != moment.first
                and moment.first > periods[0].start
            ):
                self.shift(
                    f"{what}: the step of {moment} counts from {periods[start].label}, the first "
                    "whole period after it"
                )
            before = value

    def period(self, moment: Moment | None, path: tuple[str | int, ...]) -> int | None:
        """The period that holds a date; None, and a problem, if it lies outside the horizon."""
        if moment is None:
            return None
        index = self.timeline.containing(moment)
        if index is None:
            first, last = self.timeline.periods[0].label, self.timeline.periods[-1].label
            self.problem(
                "D002",
                f"{moment} lies outside the horizon",
                path,
                f"the horizon runs from {first} to {last}",
            )
        return index


def payments_of(g: ResolveContext, said: list[Payment], path: str) -> list[CasePayment]:
    """The parts, as they are; a problem if they are not all of it. Empty where the scenario says
    nothing.
    """
    total = sum(payment.share for payment in said)
    if said and abs(total - 1.0) > 1e-6:
        place = tuple(int(part) if part.isdecimal() else part for part in path.split("."))
        g.problem(
            "S003",
            f"the payments add up to {100 * total:.6g} % of the price",
            place,
            "write shares that add up to 100 %",
        )
    return [CasePayment(share=payment.share, before_days=payment.before_days) for payment in said]


def _says_nothing(g: ResolveContext) -> Mapping[str, object]:
    return {}


def _as_they_are(g: ResolveContext, systems: list[CaseSystem]) -> list[CaseSystem]:
    return systems


def _names_none(g: ResolveContext) -> Iterable[str]:
    return ()


def _nothing_to_refer(located: Located, catalog: Catalog) -> Iterable[Problem]:
    return ()


def _nothing_to_check(case: Case, located: Located) -> Iterable[Problem]:
    return ()


@dataclass(frozen=True)
class Resolve:
    """The face of a capability's module that joins what a scenario says with the catalog's
    figures.
    """

    case: Callable[[ResolveContext], Mapping[str, object]] = _says_nothing
    """Fields of its part of the case, once systems and sites are known."""
    systems: Callable[[ResolveContext, list[CaseSystem]], list[CaseSystem]] = _as_they_are
    """What it changes about systems, before sites are known."""
    named: Callable[[ResolveContext], Iterable[str]] = _names_none
    """Systems that it speaks of, which need not be candidates."""
    references: Callable[[Located, Catalog], Iterable[Problem]] = _nothing_to_refer
    """Names and dates that lead nowhere: mistakes of the file as data, before it is read as a
    scenario."""
    check: Callable[[Case, Located], Iterable[Problem]] = _nothing_to_check
    """Contradictions that show without solving anything."""
