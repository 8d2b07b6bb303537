"""What may a scenario say of the machines that may be bought?"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.catalog.hardware import Precision
from planner.catalog.upstream import Upstream
from planner.periods import Moment
from planner.records import Flag, Id, Record
from planner.scenario.schema.sites import Places
from planner.units import (
    Duration,
    Fraction,
    Money,
    Power,
)


class PowerCaps(Record):
    """Shares of its nameplate that a system may be held to, each a choice of its own; what that costs follows the kind of work."""

    at: Annotated[list[Annotated[Fraction, Field(gt=0, lt=1)]], Field(min_length=1)]
    """Shares of the nameplate, each below the whole."""
    work: Id = "training"
    """An entry of the catalog's `power_caps`."""


class Candidate(Record):
    """A system that may be bought, and what this scenario knows better than the catalog."""

    system: Id
    """A system of the catalog."""
    price_usd: Annotated[Money | None, Field(alias="price")] = None
    """Of one; left out: the catalog's."""
    down_payment: Fraction = 0.0
    """Share of the price that is paid at order; the rest at delivery."""
    lead_time_days: Annotated[Duration | None, Field(alias="lead_time")] = None
    """From order to delivery; left out: the catalog's."""
    fit_out_days: Annotated[Duration | None, Field(alias="fit_out")] = None
    """From delivery to service; left out: the catalog's."""
    from_: Annotated[Moment | None, Field(alias="from")] = None
    """No delivery before this date."""
    until: Moment | None = None
    """No delivery after this date."""
    order_from: Moment | None = None
    """No order before this date; what is ordered arrives a lead time later."""
    order_until: Moment | None = None
    """No order after this date: the end of sale."""
    sites: Places | None = None
    """Where it may stand; left out: wherever it can be cooled."""
    may_retire: Flag = False
    """Whether bought ones may be switched off again within the horizon, and sold for what a machine of their age is worth."""
    lifetime_days: Annotated[Duration | None, Field(alias="lifetime", gt=0)] = None
    """Age from delivery at which a bought one must go."""
    nameplate_w: Annotated[Power | None, Field(alias="nameplate", gt=0)] = None
    """The most that one is rated to draw; left out: the catalog's."""
    peak_w: Annotated[Power | None, Field(alias="peak")] = None
    """The most that one draws at work; left out: the catalog's."""
    average_w: Annotated[Power | None, Field(alias="average")] = None
    """What one draws in the mean; left out: the catalog's."""
    power_caps: PowerCaps | None = None
    """Oversubscription: more machines on the same megawatts, each of them slower."""
    mfu: dict[Precision, Fraction] = {}
    """Model FLOP utilisation by number format; left out: the catalog's."""
    upstream: dict[Upstream, Annotated[list[Id], Field(min_length=1)]] = {}
    """Every maker that may make its accelerators, by level, where this scenario knows better than the catalog."""
