"""What vendors allocate and deliver, and who must be qualified first."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from planner.core.fields import Amount, ByDate, FromCsv, refuse
from planner.core.scenario import Scenario, Schema
from planner.periods import Moment
from planner.records import Id, Record, Text
from planner.units import Duration, Fraction, Money


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


OrderId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""As buyers number them: `PO-17`, `4500012345`."""


class Order(Record):
    """Machines that are on order already: so many come on a day, whatever the plan decides."""

    id: OrderId | None = None
    """Name of the order; left out: its number in the list."""
    system: Id
    """What was ordered: a system of the catalog, a candidate or not."""
    site: Id
    """Where they are delivered."""
    units: Amount
    """How many were ordered."""
    delivery: Moment
    """Day of delivery; of a month, a quarter or a year the last."""
    price_usd: Annotated[Money | None, Field(alias="price")] = None
    """Of one, as agreed; left out: what the scenario or the catalog says."""
    paid: Fraction = 0.0
    """Share of the price that is paid when it is ordered; the rest is due on delivery."""
    placed: Moment | None = None
    """When it was ordered; left out: before the horizon, so that what is paid is spent already."""
    fit_out_days: Annotated[Duration | None, Field(alias="fit_out")] = None
    """From delivery to service; left out: what the scenario or the catalog says."""
    power_cap: Annotated[Fraction | None, Field(gt=0, lt=1)] = None
    """Share of its nameplate that each is held to, one of those that the candidate offers."""
    supplier: Id | None = None
    """Who sells them, for whoever reads the list; it must be the catalog's."""


class SupplyKeys(Scenario):
    """What vendors allocate, deliver and take as an order."""

    supply: list[Supply] = []
    """What vendors allocate, deliver and take as an order."""
    qualification: list[Qualification] = []
    """Suppliers whose machines must first be qualified."""
    orders: Annotated[list[Order], FromCsv] = []
    """What is on order already, with days, prices and what is paid: a list, or the name of a CSV
    file with these keys as its columns, or names of several such files in the list. What is on
    order counts in allocations and shares, and in no minimum order."""


def by_step(scenario: Scenario) -> bool:
    """Rates, schedules and orders are of a period."""
    return any(
        entry.per_period or entry.schedule or entry.minimum_order or entry.lot
        for entry in scenario.of(SupplyKeys).supply
    )


FACE = Schema(scenario=SupplyKeys, by_step=by_step)
