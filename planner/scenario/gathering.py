"""What comes up while a case is put together: figures with their provenance, notes for the reader, and mistakes."""

from __future__ import annotations

from planner.catalog.load import Catalog
from planner.errors import Problem
from planner.periods import Moment, Timeline
from planner.records import Figure
from planner.scenario.case import UsedFigure
from planner.scenario.schema import Scenario
from planner.yamlfile import Located


class Gathering:
    """Figures, notes and problems that come up while a case is put together."""

    def __init__(self, scenario: Scenario, catalog: Catalog, located: Located, timeline: Timeline) -> None:
        self.scenario, self.catalog, self.located, self.timeline = scenario, catalog, located, timeline
        self.figures: dict[tuple[str, str], UsedFigure] = {}
        self.notes: list[str] = []
        self.problems: list[Problem] = []

    def take(self, of: str, key: str, unit: str, said: float | None, figure: Figure[float] | None) -> float | None:
        """What the scenario said, or else the catalog's figure; recorded either way. None if there is neither."""
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
            of=of, figure=key, value=said, unit=unit, kind="scenario", via="primary", grade="B", source=source
        )
        return said

    def need(self, of: str, key: str, unit: str, said: float | None, figure: Figure[float]) -> float:
        """The same where a default always exists."""
        value = self.take(of, key, unit, said, figure)
        assert value is not None
        return value

    def problem(self, code: str, message: str, path: tuple[str | int, ...], remedy: str = "") -> None:
        """Record a mistake at a place of the scenario."""
        self.problems.append(Problem(code, message, self.located.value_mark(path), ".".join(map(str, path)), remedy))

    def note(self, text: str) -> None:
        """Record something that a reader of the plan must know."""
        if text not in self.notes:
            self.notes.append(text)

    def steps(self, steps: dict[Moment, float], what: str) -> list[float]:
        """A value per period from dated steps; zero before the first, and a step counts once a whole period follows it."""
        values = [0.0] * len(self.timeline)
        for moment, value in steps.items():
            start = self.timeline.from_on(moment)
            if start == len(self.timeline):
                self.note(f"{what}: the step of {moment} lies beyond the horizon and changes nothing")
            elif self.timeline.periods[start].start != moment.first and moment.first > self.timeline.periods[0].start:
                self.note(f"{what}: the step of {moment} counts from {self.timeline.periods[start].label}, the first whole period after it")
            for t in range(start, len(values)):
                values[t] = value
        return values
