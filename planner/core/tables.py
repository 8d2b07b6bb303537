"""A table of a plan, declared once: its rows, what tells them apart, what they speak of, and how
they read in one long table.

JSON, CSV and the audit follow from the declarations by loop.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from planner.core.case import Case
from planner.records import Record

R = TypeVar("R", bound=Record)
Line = tuple[str, str, str, str, str, str]
"""(item, site, period, measure, unit, value)"""
Reading = tuple[str, str, str, Mapping[str, str]]
"""(item, site, period, measure → the field that holds it; empty for a measure that is all that is
said)"""
UNITS = {
    "usd": "USD",
    "mw": "MW",
    "mwh": "MWh",
    "t": "tCO2e",
    "m3": "m3",
    "h": "h",
    "flop_s": "FLOP/s",
    "systems": "systems",
    "accelerators": "accelerators",
    "groups": "groups",
    "switches": "switches",
    "share": "1",
    "hhi": "1",
}
"""By how the name of a field ends."""


@dataclass(frozen=True)
class Reference:
    """What a field speaks of, which must be in the plan's case."""

    field: str
    known: Callable[[Case], Collection[Any]]
    """Names; (site, name) where they are those of a site."""
    at_site: bool = False

    def missing(self, row: Record, known: Collection[Any]) -> str:
        """What a row speaks of that is not known, in words; empty where it is."""
        name = getattr(row, self.field)
        site = getattr(row, "site", "")
        if ((site, name) if self.at_site else name) in known:
            return ""
        return f"no {self.field} `{name}`" + f" at {site}" * self.at_site + " in the plan's case"


@dataclass(frozen=True)
class PlanTable(Generic[R]):
    """One table of a plan."""

    name: str
    """Its key in the plan's JSON."""
    row: type[R]
    key: tuple[str, ...]
    """Fields that tell its rows apart."""
    readings: Callable[[R], Sequence[Reading]]
    """How a row reads in one long table."""
    decided: bool = False
    """Whether it is a decision of the plan; others follow from decisions and case."""
    refers: tuple[Reference, ...] = ()
    units: tuple[tuple[str, str], ...] = ()
    """(field, unit) where the name of a field does not end in its unit; the unit `unit` is what the
    row says in its field of that name."""
    title: str = ""
    """Of its table on a terminal and in Markdown, for one that no report draws by itself."""
    always: bool = False
    """Whether every plan file has it; else one without it has no such rows."""

    def key_of(self, row: R) -> tuple[Any, ...]:
        """What tells a row from the others."""
        return tuple(getattr(row, field) for field in self.key)

    def unit_of(self, field: str) -> str | None:
        """The unit of a field; None where it has none: a name, a date, a yes or no."""
        ends = (
            UNITS[end]
            for end in sorted(UNITS, key=len, reverse=True)
            if field == end or field.endswith(f"_{end}")
        )
        return dict(self.units).get(field) or next(ends, None)

    def lines(self, row: R) -> Iterator[Line]:
        """A row as lines of one long table, numbers in full precision; none for what is None."""
        for item, site, period, measures in self.readings(row):
            for measure, field in measures.items():
                value = getattr(row, field) if field else ""
                if value is not None:
                    unit = self.unit_of(field) or ""
                    said = str(getattr(row, unit)) if unit == "unit" else unit
                    yield (
                        item,
                        site,
                        period,
                        measure,
                        said,
                        value if isinstance(value, str) else repr(value),
                    )


def _systems(case: Case) -> Collection[str]:
    return case.system.keys()


def _sites(case: Case) -> Collection[str]:
    return case.site.keys()


def _periods(case: Case) -> Collection[str]:
    return {period.label for period in case.timeline.periods}


SYSTEM = Reference("system", _systems)
SITE = Reference("site", _sites)
PERIOD = Reference("period", _periods)


def period_at(field: str) -> Reference:
    """A field that speaks of a period."""
    return Reference(field, _periods)


PLACED = (SYSTEM, SITE, PERIOD)
WHOLE = (("units", "systems"),)


@dataclass(frozen=True)
class Tables:
    """The face of a capability's module of tables."""

    tables: tuple[PlanTable[Any], ...]
