"""Rows of a plan that say where power comes from, what is billed for it, what it emits, and what water cooling takes."""

from __future__ import annotations

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
    """What a source carries of a site's load in one step of its load-duration curve, and what storage takes then."""

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
    """Hours of the period in which it carries a part of the site's load, so that the connection need not."""


class MeterRow(Record):
    """What a site takes from the grid, and what its tariff bills; the latter only where there is one."""

    site: str
    period: str
    energy_mwh: float
    """From the grid alone."""
    highest_mw: float | None
    """Draw at the worst moment: realised peak less what sources can be counted on for and put out."""
    billed_mw: float | None


class CarbonRow(Record):
    """Operational carbon of a site, where it is known what its grid emits."""

    site: str
    period: str
    grid_t: float
    sources_t: float


class WaterRow(Record):
    """Water that cooling takes on site, where the scenario says what it takes."""

    site: str
    period: str
    water_m3: float
