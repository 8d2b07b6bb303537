"""Carbon and water: ceilings, prices, and what the grid emits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from planner.catalog.facility import Climate
from planner.core.fields import ByDate, refuse
from planner.core.scenario import Scenario, Schema
from planner.core.site import Site
from planner.periods import Moment
from planner.records import Id, Record
from planner.units import Carbon, CarbonPerEnergy, MoneyPerCarbon, Volume, WaterPerEnergy


class SiteCarbon(Record):
    """What the grid emits for a site, and how much it may emit with its own sources. Operational,
    location-based.
    """

    grid: Id | None = None
    """A grid of the catalog."""
    intensity_g_per_kwh: Annotated[
        Annotated[dict[Moment, CarbonPerEnergy], ByDate()] | None, Field(alias="intensity")
    ] = None
    """Instead of `grid`: from each date on."""
    total_t: Annotated[Carbon | None, Field(alias="total")] = None
    """Over the horizon."""
    by_period_t: Annotated[
        dict[Moment, Carbon], ByDate(least=0, within=True), Field(alias="by_period")
    ] = {}
    """Within this period."""

    @model_validator(mode="after")
    def _one_grid(self) -> SiteCarbon:
        if (self.grid is None) == (self.intensity_g_per_kwh is None):
            raise refuse(
                "K003", "carbon names either a `grid` of the catalog or an `intensity` by date"
            )
        return self


class CarbonRules(Record):
    """Ceilings on carbon over all sites, and its price."""

    total_t: Annotated[Carbon | None, Field(alias="total")] = None
    """Over the horizon."""
    by_period_t: Annotated[
        dict[Moment, Carbon], ByDate(least=0, within=True), Field(alias="by_period")
    ] = {}
    """Within this period."""
    price_usd_per_t: Annotated[MoneyPerCarbon, Field(alias="price")] = 0.0
    """Paid per ton that is emitted."""


class WaterUse(Record):
    """Water consumed on site per kWh of IT energy, by what carries most of a machine's heat."""

    air_l_per_kwh: Annotated[WaterPerEnergy | None, Field(alias="air")] = None
    """Where air carries most of the heat."""
    liquid_l_per_kwh: Annotated[WaterPerEnergy | None, Field(alias="liquid")] = None
    """Where liquid carries most of the heat."""


class SiteWater(Record):
    """How much water cooling takes, and how much it may."""

    climate: Climate | None = None
    """Take the catalog's use of this climate for what `wue` does not say."""
    wue: WaterUse = WaterUse()
    """Water per kWh of IT energy; left out: that of the `climate`."""
    total_m3: Annotated[Volume | None, Field(alias="total")] = None
    """Over the horizon."""
    by_period_m3: Annotated[
        dict[Moment, Volume], ByDate(least=0, within=True), Field(alias="by_period")
    ] = {}
    """Within this period."""


class EmissionsKeys(Scenario):
    """Carbon over all sites."""

    carbon: CarbonRules = CarbonRules()
    """Ceilings on carbon over all sites, and its price."""


class EmissionsAtSite(Site):
    """Its carbon and water."""

    carbon: SiteCarbon | None = None
    """What the grid emits, and how much the site may."""
    water: SiteWater | None = None
    """How much water cooling takes, and how much it may."""


FACE = Schema(scenario=EmissionsKeys, site=EmissionsAtSite)
