"""Power sources: what is started, put out and carried, and what follows."""

from __future__ import annotations

from collections.abc import Collection

from planner.capabilities.generation.case import GenerationCase
from planner.core.case import Case
from planner.core.tables import PERIOD, PlanTable, Reading, Reference, Tables
from planner.records import Record


class SourceStart(Record):
    """Units of a power source that begin to run at a site."""

    site: str
    source: str
    period: str
    units: int
    nameplate_mw: float


class SourceOutput(Record):
    """What a power source puts out, as its mean over a period."""

    site: str
    source: str
    period: str
    mean_mw: float


class SourceCover(Record):
    """What a source carries of a site's load in one step of its load-duration curve, and what
    storage takes then.
    """

    site: str
    source: str
    period: str
    step: str
    """`step 1` is the highest load."""
    mw: float
    takes_mw: float = 0.0


class SourceRow(Record):
    """What stands of a power source in a period, and what it gives. Carbon is operational."""

    site: str
    source: str
    period: str
    units: int
    nameplate_mw: float
    firm_mw: float
    """May be drawn on at any moment besides the connection that the site has."""
    energy_mwh: float
    """Of storage, below 0: what it takes and does not give back."""
    carbon_t: float
    carries_h: float = 0.0
    """Hours of the period in which it carries a part of the site's load, so that the connection
    need not."""


def _sources(case: Case) -> Collection[tuple[str, str]]:
    return {(source.site, source.id) for source in case.of(GenerationCase).sources}


SOURCE = Reference("source", _sources, at_site=True)


def _start(s: SourceStart) -> list[Reading]:
    return [(s.source, s.site, s.period, {"units": "units"})]


def _output(o: SourceOutput) -> list[Reading]:
    return [(o.source, o.site, o.period, {"mean": "mean_mw"})]


def _source(r: SourceRow) -> list[Reading]:
    stands = {"nameplate": "nameplate_mw", "firm": "firm_mw"}
    return [
        (
            r.source,
            r.site,
            r.period,
            {**stands, "energy": "energy_mwh", "carbon": "carbon_t", "carries": "carries_h"},
        )
    ]


def _cover(c: SourceCover) -> list[Reading]:
    return [
        (
            c.source,
            c.site,
            c.period,
            {f"carries in {c.step}": "mw", f"takes in {c.step}": "takes_mw"},
        )
    ]


SOURCED = (SOURCE, PERIOD)
SOURCE_STARTS = PlanTable(
    "source_starts",
    SourceStart,
    ("site", "source", "period"),
    _start,
    True,
    SOURCED,
    (("units", "units"),),
)
SOURCE_OUTPUTS = PlanTable(
    "source_outputs", SourceOutput, ("site", "source", "period"), _output, True, SOURCED
)
SOURCES = PlanTable(
    "sources", SourceRow, ("site", "source", "period"), _source, units=(("units", "units"),)
)
SOURCE_COVERS = PlanTable(
    "source_covers", SourceCover, ("site", "source", "period", "step"), _cover, True, SOURCED
)

FACE = Tables(
    (
        SOURCE_STARTS,
        SOURCE_OUTPUTS,
        SOURCES,
        SOURCE_COVERS,
    )
)
