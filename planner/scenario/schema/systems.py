"""What may a scenario say of machines: which may be bought, what is allocated, what stands already?"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from planner.catalog.hardware import Precision
from planner.catalog.upstream import Upstream
from planner.periods import Moment
from planner.records import Flag, Id, Record
from planner.scenario.fields import Amount, ByDate, refuse
from planner.scenario.schema.sites import Places
from planner.units import (
    Duration,
    Fraction,
    Money,
    Power,
)


class Candidate(Record):
    """A system that may be bought, and what this scenario knows better than the catalog."""

    system: Id
    price_usd: Annotated[Money | None, Field(alias="price")] = None
    down_payment: Fraction = 0.0
    """Share of the price that is paid at order; the rest at delivery."""
    lead_time_days: Annotated[Duration | None, Field(alias="lead_time")] = None
    fit_out_days: Annotated[Duration | None, Field(alias="fit_out")] = None
    from_: Annotated[Moment | None, Field(alias="from")] = None
    """No delivery before this date."""
    until: Moment | None = None
    """No delivery after this date."""
    sites: Places | None = None
    nameplate_w: Annotated[Power | None, Field(alias="nameplate", gt=0)] = None
    peak_w: Annotated[Power | None, Field(alias="peak")] = None
    average_w: Annotated[Power | None, Field(alias="average")] = None
    mfu: dict[Precision, Fraction] = {}
    upstream: dict[Upstream, Annotated[list[Id], Field(min_length=1)]] = {}
    """Every maker that may make its accelerators, by level, where this scenario knows better than the catalog."""


class Supply(Record):
    """What a vendor allocates of one system, over all sites."""

    system: Id
    by: Annotated[dict[Moment, Amount], ByDate(least=0)] = {}
    """Cumulative deliveries possible from each date on; nothing before the first."""
    per_period: Amount | None = None
    total: Amount | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Supply:
        if not self.by and self.per_period is None and self.total is None:
            raise refuse("K003", "a supply entry needs `by`, `per_period` or `total`")
        return self


class Fleet(Record):
    """Machines that already stand and run at the start of the horizon."""

    site: Id
    system: Id
    units: Amount
    may_retire: Flag = False
