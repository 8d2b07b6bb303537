"""What may be asked for?"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.catalog.hardware import Precision
from planner.periods import Moment
from planner.records import Flag, Id, Record
from planner.scenario.fields import Amount, ByDate, refuse
from planner.scenario.schema.sites import Places
from planner.units import (
    ComputeRate,
    MoneyPerAcceleratorTime,
    MoneyPerWork,
)


class Deployment(Record):
    """A number of machines in service by a date: `100000 accelerators` of a kind, here."""

    id: Id
    kind: Literal["deployment"]
    system: Id | None = None
    accelerator: Id | None = None
    need: Annotated[dict[Moment, Amount], ByDate(), Field(examples=["{2024-09: 100000 accelerators}"])]
    sites: Places | None = None
    shortfall_usd_per_accelerator_h: Annotated[MoneyPerAcceleratorTime | None, Field(alias="shortfall")] = None
    """Price of each missing accelerator; without it the demand is hard."""
    coherent: Flag = False
    """Whether one cluster must serve it: machines of one kind at one site, the same over the whole horizon."""

    @model_validator(mode="after")
    def _one_kind(self) -> Deployment:
        if (self.system is None) == (self.accelerator is None):
            raise refuse("K003", "a deployment names either a `system` or an `accelerator`")
        return self


class ComputeDemand(Record):
    """A rate of computing by a date."""

    id: Id
    kind: Literal["compute"]
    precision: Precision
    basis: Literal["delivered", "peak"] = "delivered"
    """Delivered: peak × model FLOP utilisation × goodput. Peak: the datasheet's dense figure."""
    need: Annotated[dict[Moment, ComputeRate], ByDate(), Field(examples=["{2027-Q4: 4 EFLOP/s}"])]
    sites: Places | None = None
    shortfall_usd_per_eflop: Annotated[MoneyPerWork | None, Field(alias="shortfall")] = None
    """Price of each EFLOP not computed; without it the demand is hard."""
    coherent: Flag = False
    """Whether one cluster must serve it: machines of one kind at one site, the same over the whole horizon."""


Demand = Annotated[Deployment | ComputeDemand, Field(discriminator="kind")]
