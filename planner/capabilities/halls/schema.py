"""Halls that can be built at a site, each whole."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from planner.core.fields import Payment, refuse
from planner.core.scenario import Schema
from planner.core.site import APART, Site
from planner.periods import Moment
from planner.records import Id, Record, Text
from planner.units import Duration, Money, MoneyPerPower, Positions, Power, PowerPerRack


class Hall(Record):
    """A kind of hall that can be built at a site, whole or not at all. Two of it are two halls."""

    id: Id
    """Name by which reports speak of it."""
    name: Text | None = None
    """Name in reports; left out: the id."""
    critical_it_w: Annotated[Power, Field(alias="critical_it", gt=0)]
    """Critical IT power that one of them carries."""
    positions: Annotated[Positions | None, Field(gt=0)] = None
    """Racks that stand in one of them; left out: as many as its power feeds."""
    cooling: Id
    """Cooling technology of the catalog: it decides which racks may stand here."""
    liquid_w: Annotated[Power | None, Field(alias="liquid")] = None
    """Heat that one of them carries away by liquid; left out: all of its IT power if liquid reaches
    the racks, else nothing."""
    air_w: Annotated[Power | None, Field(alias="air")] = None
    """Heat that one of them carries away by air; left out: what the technology takes per rack at
    every position, up to its IT power."""
    rack_density_w: Annotated[PowerPerRack | None, Field(alias="rack_density", gt=0)] = None
    """Most that one rack may draw; left out: what the technology carries."""
    cost_usd: Annotated[Money | None, Field(alias="cost")] = None
    """Of one hall; left out: per MW."""
    cost_usd_per_mw: Annotated[MoneyPerPower | None, Field(alias="cost_per_mw")] = None
    """Left out: the site's `construction: {cost: …}`, else `build`, else what halls of this
    technology cost."""
    build: Id | None = None
    """Entry of the catalog's construction costs."""
    lead_time_days: Annotated[Duration | None, Field(alias="lead_time")] = None
    """From the beginning of construction to the first machine in service."""
    from_: Annotated[Moment | None, Field(alias="from")] = None
    """None is begun before this date."""
    until: Moment | None = None
    """None is begun after this date."""
    payments: list[Payment] = []
    """When a hall is paid, before it is in use; left out: evenly while it is built."""
    most: Annotated[int | None, Field(ge=0, le=10_000)] = None
    """How many can be built; left out: no limit but power and money."""

    @model_validator(mode="after")
    def _one_cost(self) -> Hall:
        said = [
            key
            for key, value in (
                ("cost", self.cost_usd),
                ("cost_per_mw", self.cost_usd_per_mw),
                ("build", self.build),
            )
            if value is not None
        ]
        if len(said) > 1:
            raise refuse(
                "K003",
                f"`{said[0]}` and `{said[1]}` both say what the hall costs",
                "keep one of them",
            )
        return self


class HallsAtSite(Site):
    """Its halls."""

    halls: list[Hall] = []
    """Kinds of halls that can be built here, each whole. Left out: capacity is built by the MW,
    when it is needed.

    With halls, `positions` and `cooling` are those of what stands already, and every machine stands
    there or in a hall.
    """

    @model_validator(mode="after")
    def _one_capacity(self) -> Self:
        if self.halls and self.critical_it_w is not None:
            remedy = (
                "write what stands at the start as `construction: {existing: 10 MW}`, and "
                "what comes as halls"
            )
            raise refuse("K003", "`critical_it` and `halls` both say what is built here", remedy)
        return self

    @model_validator(mode="after")
    def _not_leased(self) -> Self:
        if self.halls and self.leased_w is not None:
            raise refuse(
                "K003", "`leased` and `halls` both say how much critical IT there is", APART
            )
        return self

    @model_validator(mode="after")
    def _halls_have_lead_times(self) -> Self:
        if self.halls and self.construction.rate_mw_per_year is not None:
            remedy = "each hall has its own `lead_time` and dates"
            raise refuse(
                "K003",
                "a site that is built by the hall has no rate of construction by the MW",
                remedy,
            )
        return self


FACE = Schema(site=HallsAtSite)
