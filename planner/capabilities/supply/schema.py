"""What vendors allocate and deliver, and who must be qualified first."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from planner.core.fields import Amount, ByDate, refuse
from planner.core.scenario import Scenario, Schema
from planner.periods import Moment
from planner.records import Id, Record, Text
from planner.units import Duration, Money


class Supply(Record):
    """What a vendor allocates of one system, over all sites."""

    system: Id
    """The system that is allocated."""
    by: Annotated[dict[Moment, Amount], ByDate(least=0)] = {}
    """Cumulative deliveries possible from each date on; nothing before the first."""
    per_period: Amount | None = None
    """Deliveries possible in each period."""
    schedule: Annotated[dict[Moment, Amount], ByDate(least=0)] = {}
    """Deliveries possible in each period from each date on; nothing before the first."""
    total: Amount | None = None
    """Deliveries possible over the horizon."""
    minimum_order: Amount | None = None
    """The least that is delivered in a period, if anything is."""
    lot: Amount | None = None
    """Deliveries of a period come in multiples of this."""

    @model_validator(mode="after")
    def _says_something(self) -> Supply:
        said = (self.by, self.per_period, self.schedule, self.total, self.minimum_order, self.lot)
        if all(value is None or value == {} for value in said):
            raise refuse(
                "K003",
                "a supply entry needs `by`, `per_period`, "
                "`schedule`, `total`, `minimum_order` or `lot`",
            )
        return self


class Qualification(Record):
    """A supplier whose systems must first be qualified: tested, integrated, accepted."""

    supplier: Text
    """Who sells them, as the catalog spells it."""
    time_days: Annotated[Duration, Field(alias="time")] = 0.0
    """From its start, with a period of the horizon, to the first day of delivery."""
    cost_usd: Annotated[Money, Field(alias="cost")] = 0.0
    """Paid when it starts. Without a cost it starts with the horizon; with one the plan decides
    whether and when."""


class SupplyKeys(Scenario):
    """What vendors allocate, deliver and take as an order."""

    supply: list[Supply] = []
    """What vendors allocate, deliver and take as an order."""
    qualification: list[Qualification] = []
    """Suppliers whose machines must first be qualified."""


def by_step(scenario: Scenario) -> bool:
    """Rates, schedules and orders are of a period."""
    return any(
        entry.per_period or entry.schedule or entry.minimum_order or entry.lot
        for entry in scenario.of(SupplyKeys).supply
    )


FACE = Schema(scenario=SupplyKeys, by_step=by_step)
