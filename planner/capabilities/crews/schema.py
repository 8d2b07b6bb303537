"""Who builds and fits out, and how fast."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from planner.core.fields import refuse
from planner.core.scenario import Scenario, Schema
from planner.core.site import Places, Site
from planner.records import Record
from planner.units import BuildRate, RackRate


class Crew(Record):
    """Workers whom several sites share: together they commission and fit out no more than this."""

    sites: Places
    """Where they work."""
    rate_mw_per_year: Annotated[BuildRate | None, Field(alias="rate")] = None
    """Critical IT commissioned at all of them."""
    install_racks_per_year: Annotated[RackRate | None, Field(alias="install_rate")] = None
    """Racks that arrive at all of them."""

    @model_validator(mode="after")
    def _says_something(self) -> Crew:
        if self.rate_mw_per_year is None and self.install_racks_per_year is None:
            raise refuse(
                "K003",
                "a crew needs a `rate`, an `install_rate` or both",
                "for example `rate: 40 MW/quarter`",
            )
        return self


class CrewsKeys(Scenario):
    """Crews that sites share."""

    crews: list[Crew] = []
    """Workers whom several sites share."""


class CrewsAtSite(Site):
    """How fast is fitted out here."""

    install_racks_per_year: Annotated[RackRate | None, Field(alias="install_rate")] = None
    """The most racks that can be fitted out here: `60 racks/month`. They count when they arrive,
    delivered or moved."""


FACE = Schema(scenario=CrewsKeys, site=CrewsAtSite)
