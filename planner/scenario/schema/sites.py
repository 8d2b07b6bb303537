"""What may a scenario say of a place?"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.periods import Moment
from planner.records import Flag, Id, Record, Text
from planner.scenario.fields import ByDate, HeatLimit, Steps, refuse
from planner.scenario.schema.fabric import Fabric
from planner.scenario.schema.halls import Hall
from planner.scenario.schema.payments import Payment
from planner.scenario.schema.power import LayerCapacity, LoadDuration, RampLimit, SiteCarbon, SiteWater, Source, Tariff
from planner.units import (
    BuildRate,
    Money,
    MoneyPerEnergy,
    MoneyPerPower,
    MoneyPerPowerTime,
    Positions,
    Power,
    RackRate,
    Ratio,
)

Places = Annotated[list[Id], Field(min_length=1)]


Sizing = Literal["nameplate", "peak"]


class Cooling(Record):
    """Heat a site can carry away, at IT power, by technology."""

    liquid_w: Annotated[HeatLimit, Field(alias="liquid")] = math.inf
    """Heat carried away by liquid at the racks."""
    air_w: Annotated[HeatLimit, Field(alias="air")] = math.inf
    """Heat carried away by air."""


class SitePue(Record):
    """Facility over IT power: the year's mean pays the bill, the design day sizes the connection."""

    annual: Annotated[Ratio, Field(ge=1)]
    """Mean of the year; it pays the bill."""
    peak: Annotated[Ratio, Field(ge=1)]
    """Of the design day; it sizes the connection."""

    @model_validator(mode="after")
    def _ordered(self) -> SitePue:
        if self.peak < self.annual:
            raise refuse(
                "R001",
                f"peak PUE {self.peak:g} is below the annual mean {self.annual:g}",
                "the design day is the worst of the year",
            )
        return self


class Construction(Record):
    """Cost of building critical IT capacity at a site."""

    cost_usd_per_mw: Annotated[MoneyPerPower | None, Field(alias="cost")] = None
    """Per MW of critical IT that is built; left out: the scenario's, or the catalog's."""
    existing_w: Annotated[Power | None, Field(alias="existing")] = None
    """Critical IT capacity that already stands and costs nothing more; left out: what the existing fleet takes."""
    payments: list[Payment] = []
    """When what is built is paid, before the machines for it are delivered; left out: all of it on that day."""
    budget_usd: Annotated[Money | None, Field(alias="budget")] = None
    """Most that may be spent on construction here over the horizon."""
    rate_mw_per_year: Annotated[BuildRate | None, Field(alias="rate")] = None
    """The most critical IT that can be commissioned here, evenly over the time that is given: `40 MW/quarter`."""


class Site(Record):
    """A place with power that arrives in steps."""

    id: Id
    """Name by which the rest of the file speaks of it."""
    name: Text | None = None
    """Name in reports; left out: the id."""
    power_w: Annotated[Steps | None, Field(alias="power", examples=["{2026-Q3: 200 MW, 2027-Q1: 1 GW}"])] = None
    """Energized power at the utility's meter from each date on; nothing before the first. Left out: not limited."""
    sizing: Sizing = "nameplate"
    """Which load must fit under the power: what is provisioned, or the highest that is ever realised (needs capping or trust)."""
    critical_it_w: Annotated[Steps | None, Field(alias="critical_it")] = None
    """Built IT capacity from each date on; left out: as much as the power allows."""
    cooling: Cooling = Cooling()
    """Heat that it can carry away, by technology."""
    pue: SitePue | None = None
    """Facility over IT power; left out: what its cooling has in the catalog."""
    energy_price_usd_per_mwh: Annotated[MoneyPerEnergy, Field(alias="energy_price")]
    """Of a MWh from the grid, at the utility's meter."""
    positions: Annotated[dict[Moment, Positions], ByDate()] | None = None
    """Racks that can stand here, from each date on; left out: not limited."""
    construction: Construction = Construction()
    """Cost and pace of building critical IT here."""
    rent_usd_per_mw_year: Annotated[MoneyPerPowerTime, Field(alias="rent")] = 0.0
    """Rent per MW of critical IT, for a leased hall: of what is in use, or of what is `leased`. Unless `construction` gives a cost, none is
    charged there."""
    leased_w: Annotated[Steps | None, Field(alias="leased", examples=["{2027-Q1: 16 MW}"])] = None
    """Critical IT under contract from each date on: its rent is owed from that day whether it is used or not, and no more can run here.
    Left out: rent follows what runs."""
    install_racks_per_year: Annotated[RackRate | None, Field(alias="install_rate")] = None
    """The most racks that can be fitted out here: `60 racks/month`. They count when they arrive, delivered or moved."""
    region: Text | None = None
    """What it shares with others (a grid, a state, a country), for rules of `level: region`."""
    fabric: Fabric | None = None
    """Left out: the scenario's."""
    halls: list[Hall] = []
    """Kinds of halls that can be built here, each whole. Left out: capacity is built by the MW, when it is needed.

    With halls, `positions` and `cooling` are those of what stands already, and every machine stands there or in a hall.
    """

    island: Flag = False
    """Without any connection to a grid: all power comes from its `sources`."""
    sources: list[Source] = []
    """Power sources that may be added; which, when and how many is decided with the machines."""
    load_duration: LoadDuration | None = None
    """How long the site draws how much; left out: the scenario's, or the catalog's."""
    tariff: Tariff | None = None
    """What the utility bills for power besides energy."""
    carbon: SiteCarbon | None = None
    """What the grid emits, and how much the site may."""
    water: SiteWater | None = None
    """How much water cooling takes, and how much it may."""
    ramp: RampLimit | None = None
    """How fast the draw may change."""
    layers: list[LayerCapacity] = []
    """What is installed of the layers of the plant."""

    @model_validator(mode="after")
    def _one_capacity(self) -> Site:
        if self.halls and self.critical_it_w is not None:
            remedy = "write what stands at the start as `construction: {existing: 10 MW}`, and what comes as halls"
            raise refuse("K003", "`critical_it` and `halls` both say what is built here", remedy)
        return self

    @model_validator(mode="after")
    def _lease(self) -> Site:
        if self.leased_w is not None and not self.rent_usd_per_mw_year:
            raise refuse("K003", "`leased` needs a `rent`", "for example `rent: 100 USD/kW/month`")
        if self.leased_w is not None and (self.critical_it_w is not None or self.halls):
            other = "critical_it" if self.critical_it_w is not None else "halls"
            raise refuse("K003", f"`leased` and `{other}` both say how much critical IT there is", "make the leased part a site of its own")
        return self

    @model_validator(mode="after")
    def _island(self) -> Site:
        if self.island and self.power_w is not None:
            raise refuse("K003", "an island has no `power` at a utility's meter", "leave out `power`, or `island`")
        if self.island and not self.sources:
            raise refuse("K003", "an island needs `sources`", "for example `sources: [{source: gas-engine, at_most: 100 MW}]`")
        return self

    @model_validator(mode="after")
    def _halls_have_lead_times(self) -> Site:
        if self.halls and self.construction.rate_mw_per_year is not None:
            remedy = "each hall has its own `lead_time` and dates"
            raise refuse("K003", "a site that is built by the hall has no rate of construction by the MW", remedy)
        return self


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
            raise refuse("K003", "a crew needs a `rate`, an `install_rate` or both", "for example `rate: 40 MW/quarter`")
        return self
