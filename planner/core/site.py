"""What may a scenario say of a place?"""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.core.compose import Composed
from planner.core.fields import ByDate, HeatLimit, Payment, Steps, refuse
from planner.periods import Moment
from planner.records import Id, Record, Text
from planner.units import (
    BuildRate,
    Money,
    MoneyPerEnergy,
    MoneyPerPower,
    MoneyPerPowerTime,
    Positions,
    Power,
    Ratio,
)

Places = Annotated[list[Id], Field(min_length=1)]
APART = "make the leased part a site of its own"

Sizing = Literal["nameplate", "peak"]


class Cooling(Record):
    """Heat a site can carry away, at IT power, by technology."""

    liquid_w: Annotated[HeatLimit, Field(alias="liquid")] = math.inf
    """Heat carried away by liquid at the racks."""
    air_w: Annotated[HeatLimit, Field(alias="air")] = math.inf
    """Heat carried away by air."""


class SitePue(Record):
    """Facility over IT power: the year's mean pays the bill, the design day sizes the
    connection.
    """

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
    """Critical IT capacity that already stands and costs nothing more; left out: what the existing
    fleet takes."""
    payments: list[Payment] = []
    """When what is built is paid, before the machines for it are delivered; left out: all of it on
    that day."""
    budget_usd: Annotated[Money | None, Field(alias="budget")] = None
    """Most that may be spent on construction here over the horizon."""
    rate_mw_per_year: Annotated[BuildRate | None, Field(alias="rate")] = None
    """The most critical IT that can be commissioned here, evenly over the time that is given: `40
    MW/quarter`."""


class Site(Composed):
    """A place with power that arrives in steps."""

    id: Id
    """Name by which the rest of the file speaks of it."""
    name: Text | None = None
    """Name in reports; left out: the id."""
    power_w: Annotated[
        Steps | None, Field(alias="power", examples=["{2026-Q3: 200 MW, 2027-Q1: 1 GW}"])
    ] = None
    """Energized power at the utility's meter from each date on; nothing before the first. Left out:
    not limited."""
    sizing: Sizing = "nameplate"
    """Which load must fit under the power: what is provisioned, or the highest that is ever
    realised (needs capping or trust)."""
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
    """Rent per MW of critical IT, for a leased hall: of what is in use, or of what is `leased`.
    Unless `construction` gives a cost, none is charged there."""
    leased_w: Annotated[Steps | None, Field(alias="leased", examples=["{2027-Q1: 16 MW}"])] = None
    """Critical IT under contract from each date on: its rent is owed from that day whether it is
    used or not, and no more can run here. Left out: rent follows what runs."""
    region: Text | None = None
    """What it shares with others (a grid, a state, a country), for rules of `level: region`."""

    @model_validator(mode="after")
    def _lease(self) -> Self:
        if self.leased_w is not None and not self.rent_usd_per_mw_year:
            raise refuse("K003", "`leased` needs a `rent`", "for example `rent: 100 USD/kW/month`")
        if self.leased_w is not None and self.critical_it_w is not None:
            raise refuse(
                "K003", "`leased` and `critical_it` both say how much critical IT there is", APART
            )
        return self
