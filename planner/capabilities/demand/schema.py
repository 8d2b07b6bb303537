"""What must be served, by when."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from planner.catalog.hardware import Precision
from planner.core.fields import AmountOrPower, AsText, ByDate, PowerAmount, refuse
from planner.core.scenario import Scenario, Schema
from planner.core.site import Places
from planner.periods import Moment
from planner.records import Flag, Id, Record, Text
from planner.units import (
    ComputeRate,
    LinkRate,
    Memory,
    MoneyPerAcceleratorTime,
    MoneyPerEnergy,
    MoneyPerWork,
    Unit,
)


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


_PER_ACCELERATOR: Unit = get_args(MoneyPerAcceleratorTime)[1]
_PER_MWH: Unit = get_args(MoneyPerEnergy)[1]


class PriceOfMissing(Record):
    """What a missing accelerator costs an hour, or a missing MW."""

    usd: float
    per: Literal["accelerator_h", "MWh"]

    @classmethod
    def parse(cls, value: object) -> PriceOfMissing:
        """Read `3 USD/accelerator/hour` or `2000 USD/MWh`."""
        if isinstance(value, PriceOfMissing):
            return value
        if isinstance(value, str) and "Wh" in value:
            return cls.model_construct(usd=_PER_MWH.parse(value), per="MWh")
        return cls.model_construct(usd=_PER_ACCELERATOR.parse(value), per="accelerator_h")

    def __str__(self) -> str:
        return (_PER_MWH if self.per == "MWh" else _PER_ACCELERATOR).show(self.usd)


Shortfall = Annotated[
    PriceOfMissing,
    AsText(
        PriceOfMissing.parse,
        ("3 USD/accelerator/hour", "2000 USD/MWh"),
        "money for an accelerator and a time, or for a MWh",
        "USD/accelerator/h",
    ),
]


class Deployment(Record):
    """Machines in service by a date: `100000 accelerators` of a kind, or what of them draws `1 GW
    facility`, here.
    """

    id: Id
    """Name by which the rest of the file speaks of it."""
    kind: Literal["deployment"]
    """Machines are counted."""
    system: Id | None = None
    """Of this system of the catalog."""
    accelerator: Id | None = None
    """Of any system with this accelerator of the catalog. A power may leave both out, and then any
    machine counts."""
    need: Annotated[
        dict[Moment, AmountOrPower],
        ByDate(least=0, within=True),
        Field(examples=["{2024-09: 100000 accelerators}"]),
    ] = {}
    """How many must be in service from the period of each date on, or what those in service must
    draw: a power names its basis, and its load where it is not the nameplate. All machines of the
    kind that run at its places draw it, with their networks; several demands may count the same
    power."""
    at_most: Annotated[
        dict[Moment, AmountOrPower],
        ByDate(least=0),
        Field(examples=["{2024-09: 150000 accelerators}"]),
    ] = {}
    """How many of them may be in service from each date on, or what they may draw; no limit before
    the first."""
    sites: Places | None = None
    """Where they may stand; left out: anywhere."""
    shortfall: Shortfall | None = None
    """Price of each missing accelerator, or of each missing MW where a power is asked for; without
    it, and without a `priority`, the demand is hard."""
    coherent: Flag = False
    """Whether one cluster must serve it: machines of one kind at one site, the same over the whole
    horizon."""
    requires: Requires = Requires()
    """What a machine must have to count."""
    priority: Priority = None
    """Rank among demands that may go short; 1 is served first."""

    @model_validator(mode="after")
    def _one_kind(self) -> Deployment:
        amounts = [*self.need.values(), *self.at_most.values()]
        powers = [amount for amount in amounts if isinstance(amount, PowerAmount)]
        names = (self.system is not None) + (self.accelerator is not None)
        if names == 2 or (names == 0 and not powers):
            raise refuse("K003", "a deployment names either a `system` or an `accelerator`")
        if not amounts:
            raise refuse("K003", "a deployment gives `need`, `at_most` or both")
        if powers and len(powers) < len(amounts):
            raise refuse(
                "K003",
                "a deployment counts machines or their power, not both",
                "write two demands: one of each",
            )
        if len({(power.basis, power.load) for power in powers}) > 1:
            raise refuse(
                "K003",
                "a deployment means all its powers at one basis and load",
                "write a demand for each basis and load",
            )
        if powers and self.coherent:
            raise refuse(
                "K003",
                "`coherent` is for accelerators and computing",
                "name one `system` and one place under `sites` instead",
            )
        if self.shortfall is not None and (self.shortfall.per == "MWh") != bool(powers):
            raise refuse(
                "U002",
                f"`{self.shortfall}` is no price of what is asked for here",
                "write it like `2000 USD/MWh`"
                if powers
                else "write it like `3 USD/accelerator/hour`",
            )
        return self

    @property
    def power(self) -> PowerAmount | None:
        """One of its powers, whose basis and load all have; None where machines are counted."""
        for amount in (*self.need.values(), *self.at_most.values()):
            if isinstance(amount, PowerAmount):
                return amount
        return None


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
        dict[Moment, ComputeRate],
        ByDate(least=0, within=True),
        Field(examples=["{2027-Q4: 4 EFLOP/s}"]),
    ] = {}
    """Rate that must be reached from the period of each date on."""
    at_most: Annotated[
        dict[Moment, ComputeRate], ByDate(least=0), Field(examples=["{2027-Q4: 9 EFLOP/s}"])
    ] = {}
    """Rate that may be in service from each date on; no limit before the first."""
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

    @model_validator(mode="after")
    def _asks(self) -> ComputeDemand:
        if not self.need and not self.at_most:
            raise refuse("K003", "a demand gives `need`, `at_most` or both")
        return self


Demand = Annotated[Deployment | ComputeDemand, Field(discriminator="kind")]


class DemandKeys(Scenario):
    """What must be served."""

    demands: list[Demand] = []
    """What must be served, by when."""


FACE = Schema(scenario=DemandKeys)
