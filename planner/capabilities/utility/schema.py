"""What the utility bills besides energy, and how fast the draw may change."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.core.fields import Steps
from planner.core.scenario import Schema
from planner.core.site import Site
from planner.records import Record
from planner.units import Duration, Fraction, MoneyPerPowerTime, RampRate


class Tariff(Record):
    """What a utility bills for power besides energy: the highest draw, and for what was
    contracted.
    """

    demand_charge_usd_per_mw_year: Annotated[
        MoneyPerPowerTime, Field(alias="demand_charge", gt=0, examples=["15 USD/kW/month"])
    ]
    """Per MW of billed demand, which is at least the highest draw from the grid in a period."""
    contract_w: Annotated[Steps | None, Field(alias="contract")] = None
    """Contracted power from each date on; left out: the site's `power` and every step of the
    connection that is added."""
    minimum_take: Fraction = 0.0
    """Billed demand is at least this share of the contract."""
    ratchet: Fraction = 0.0
    """Billed demand is at least this share of the highest draw in the time before."""
    ratchet_window_days: Annotated[Duration, Field(alias="ratchet_window", gt=0)] = 335.0
    """How far back the ratchet looks."""


class RampLimit(Record):
    """How fast a site's draw may change, and how much of it changes at once: storage turns the step
    into the ramp.
    """

    limit_w_per_s: Annotated[RampRate, Field(alias="limit", gt=0)]
    """Fastest change of the draw that the grid allows."""
    step: Annotated[Fraction, Field(gt=0)]
    """Share of the highest draw at the meter that a synchronous job adds or drops at once."""


class UtilityAtSite(Site):
    """What its utility bills, and how fast its draw may change."""

    tariff: Tariff | None = None
    """What the utility bills for power besides energy."""
    ramp: RampLimit | None = None
    """How fast the draw may change."""


FACE = Schema(site=UtilityAtSite)
