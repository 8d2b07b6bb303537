"""What must be served, by when."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.catalog.hardware import Precision
from planner.core.fields import Amount, ByDate, refuse
from planner.core.scenario import Scenario, Schema
from planner.core.site import Places
from planner.periods import Moment
from planner.records import Flag, Id, Record, Text
from planner.units import ComputeRate, LinkRate, Memory, MoneyPerAcceleratorTime, MoneyPerWork


class Requires(Record):
    """What a machine must have to serve a demand; what is left out does not matter. Figures are the
    catalog's, and `at least`.
    """

    memory_gb: Annotated[Memory | None, Field(alias="memory")] = None
    """Per accelerator: no more than it is sold with (`80 GB`), or than its hardware counts (`79
    GiB`)."""
    domain: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    """Accelerators in one scale-up domain."""
    domain_memory_gb: Annotated[Memory | None, Field(alias="domain_memory")] = None
    """Of all accelerators of one scale-up domain together, counted so too."""
    scale_out_gbit_s: Annotated[LinkRate | None, Field(alias="scale_out")] = None
    """Network out of the scale-up domain, per accelerator, one direction."""
    software: Annotated[list[Text] | None, Field(min_length=1)] = None
    """Any of these software stacks."""
    suppliers: Annotated[list[Id] | None, Field(min_length=1)] = None
    """Any of these."""


Priority = Annotated[int | None, Field(ge=1, le=99)]
"""1 is served first. What goes short of a priority is made as little as can be before the next one,
and before every objective."""


class Deployment(Record):
    """A number of machines in service by a date: `100000 accelerators` of a kind, here."""

    id: Id
    """Name by which the rest of the file speaks of it."""
    kind: Literal["deployment"]
    """Machines are counted."""
    system: Id | None = None
    """Of this system of the catalog."""
    accelerator: Id | None = None
    """Of any system with this accelerator of the catalog."""
    need: Annotated[
        dict[Moment, Amount],
        ByDate(within=True),
        Field(examples=["{2024-09: 100000 accelerators}"]),
    ]
    """How many must be in service from the period of each date on."""
    sites: Places | None = None
    """Where they may stand; left out: anywhere."""
    shortfall_usd_per_accelerator_h: Annotated[
        MoneyPerAcceleratorTime | None, Field(alias="shortfall")
    ] = None
    """Price of each missing accelerator; without it, and without a `priority`, the demand is
    hard."""
    coherent: Flag = False
    """Whether one cluster must serve it: machines of one kind at one site, the same over the whole
    horizon."""
    requires: Requires = Requires()
    """What a machine must have to count."""
    priority: Priority = None
    """Rank among demands that may go short; 1 is served first."""

    @model_validator(mode="after")
    def _one_kind(self) -> Deployment:
        if (self.system is None) == (self.accelerator is None):
            raise refuse("K003", "a deployment names either a `system` or an `accelerator`")
        return self


class ComputeDemand(Record):
    """A rate of computing by a date."""

    id: Id
    """Name by which the rest of the file speaks of it."""
    kind: Literal["compute"]
    """A rate of computing is counted."""
    precision: Precision
    """Number format of the work."""
    basis: Literal["delivered", "peak"] = "delivered"
    """Delivered: peak × model FLOP utilisation × goodput. Peak: the datasheet's dense figure."""
    need: Annotated[
        dict[Moment, ComputeRate], ByDate(within=True), Field(examples=["{2027-Q4: 4 EFLOP/s}"])
    ]
    """Rate that must be reached from the period of each date on."""
    sites: Places | None = None
    """Where it may be served; left out: anywhere."""
    shortfall_usd_per_eflop: Annotated[MoneyPerWork | None, Field(alias="shortfall")] = None
    """Price of each EFLOP not computed; without it, and without a `priority`, the demand is
    hard."""
    coherent: Flag = False
    """Whether one cluster must serve it: machines of one kind at one site, the same over the whole
    horizon."""
    requires: Requires = Requires()
    """What a machine must have to count."""
    priority: Priority = None
    """Rank among demands that may go short; 1 is served first."""


Demand = Annotated[Deployment | ComputeDemand, Field(discriminator="kind")]


class DemandKeys(Scenario):
    """What must be served."""

    demands: list[Demand] = []
    """What must be served, by when."""


FACE = Schema(scenario=DemandKeys)
