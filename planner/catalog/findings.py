"""How is a doubt about a catalog entry said, and which figures are there to doubt?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel

from planner.catalog.load import Catalog, network_tables
from planner.catalog.reader import entry_name
from planner.errors import Problem
from planner.periods import Moment, add_months
from planner.records import Figure, sourced_fields

Check = Callable[[Catalog, date], Iterator[Problem]]
"""One thing that may be wrong with a catalog, looked at on a given day."""


@dataclass(frozen=True)
class Place:
    """An entry of the catalog (`key` and `name` as in `Catalog.marks`), or one of its figures by
    its dotted key.
    """

    key: str
    name: str
    figure: str = ""

    def __str__(self) -> str:
        if self.key == "defaults":
            return f"defaults.{self.figure}"
        if self.key == "quotes":
            return f"quotes.{self.name}"
        return f"{self.name}.{self.figure}" if self.figure else self.name


@dataclass(frozen=True)
class Desk:
    """Writes problems of one catalog under one code."""

    catalog: Catalog
    code: str
    warning: bool = False

    def says(self, place: Place, message: str, remedy: str) -> Problem:
        """Write a problem with the mark of its figure or, if that has none, of its entry."""
        mark = self.catalog.mark(place.key, place.name, place.figure)
        return Problem(self.code, message, mark, str(place), remedy, self.warning)

    def placed(self, *places: Place) -> Place:
        """The first of `places` whose figure has a mark of its own, or else the first of all."""
        return next(
            (p for p in places if (p.key, f"{p.name}/{p.figure}") in self.catalog.marks), places[0]
        )


def every_figure(catalog: Catalog) -> Iterator[tuple[Place, Figure[Any]]]:
    """Each sourced figure of the catalog with its place, hardware first, then prices, then
    defaults.
    """
    tables: tuple[tuple[str, Mapping[str, BaseModel]], ...] = (
        ("accelerators", catalog.accelerators),
        ("systems", catalog.systems),
        *network_tables(catalog),
        *catalog.facility.tables(),
        *catalog.metered.tables(),
        *catalog.generation.tables(),
        ("planning_prices", catalog.planning_prices),
    )
    for key, records in tables:
        for record in records.values():
            for figure, value in sourced_fields(record):
                yield Place(key, entry_name(record), figure), value
    yield from default_figures(catalog)


def default_figures(catalog: Catalog) -> Iterator[tuple[Place, Figure[Any]]]:
    """Each figure of the planning defaults with its place."""
    for figure, value in sourced_fields(catalog.defaults):
        yield Place("defaults", entry_name(catalog.defaults), figure), value


def as_of(catalog: Catalog, figure: Figure[Any]) -> Moment:
    """As-of date of a figure: its own or, if it gives none, that of its source."""
    return figure.date or catalog.sources[figure.source].date


def months_before(today: date, months: int) -> date:
    """Go back by calendar months, to the last day of the month where it has no such day."""
    first = add_months(today, -months)
    length = (add_months(first, 1) - first).days
    return first + timedelta(days=min(today.day, length) - 1)
