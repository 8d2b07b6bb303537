"""Machines that stand at the start, and ways on which machines may be moved."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from planner.core.fields import Amount, refuse
from planner.core.scenario import Scenario, Schema
from planner.core.site import Places
from planner.periods import Moment
from planner.records import Flag, Id, Record
from planner.units import Duration, Money


class Fleet(Record):
    """Machines that already stand and run at the start of the horizon."""

    site: Id
    """Where they stand."""
    system: Id
    """Which system of the catalog they are."""
    units: Amount
    """How many stand there."""
    may_retire: Flag = False
    """Whether they may be switched off, and sold for what a machine of their age is worth."""
    bought: Moment | None = None
    """When they were bought, from its first day. Without an age they have no resale worth and no
    lifetime."""
    age_days: Annotated[Duration | None, Field(alias="age")] = None
    """Age at the start of the horizon, instead of `bought`."""
    price_usd: Annotated[Money | None, Field(alias="price")] = None
    """What one cost when it was bought; left out: the catalog's planning price, if it has one."""
    lifetime_days: Annotated[Duration | None, Field(alias="lifetime", gt=0)] = None
    """Age at which they must go."""
    retire_by: Moment | None = None
    """No longer in service from this date on."""

    @model_validator(mode="after")
    def _one_age(self) -> Fleet:
        if self.bought is not None and self.age_days is not None:
            raise refuse("K003", "a fleet entry gives either `bought` or `age`")
        if self.lifetime_days is not None and self.retire_by is not None:
            raise refuse("K003", "a fleet entry gives either `lifetime` or `retire_by`")
        aged = self.bought is not None or self.age_days is not None
        if self.lifetime_days is not None and not aged:
            raise refuse(
                "K003",
                "`lifetime` needs to know how old the machines are",
                "give `bought: 2023-Q1` or `age: 2 years`",
            )
        if self.price_usd is not None and not aged:
            raise refuse(
                "K003",
                "`price` goes with `bought` or `age`: what they cost matters only for what they "
                "are worth used",
            )
        return self


class Move(Record):
    """Machines of one system, existing or bought, that may be taken to another site, each once."""

    system: Id
    """Which system may be moved."""
    from_: Annotated[Places | None, Field(alias="from")] = None
    """Sites they may leave; left out: all."""
    to: Places | None = None
    """Sites they may go to; left out: all that can cool them."""
    cost_usd: Annotated[Money, Field(alias="cost")] = 0.0
    """Per system: taking down, freight, insurance, installing again, and the network that it needs
    there."""
    transit_days: Annotated[Duration, Field(alias="transit")] = 0.0
    """From switching off, with a period, to running again, from the next period that begins when
    this time is over."""


class FleetKeys(Scenario):
    """Machines that stand, and ways on which they may be moved."""

    fleet: list[Fleet] = []
    """Machines that already stand at the start."""
    moves: list[Move] = []
    """Machines that may be taken from one site to another."""


FACE = Schema(scenario=FleetKeys)
