"""What did this project choose where the record is silent or disagrees with itself?

Assumptions fill figures that nobody published. Defaults stand in for what a scenario does not say.
Both carry a range and reasoning, and every plan that uses one lists it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.catalog.hardware import Precision
from planner.periods import Moment
from planner.records import Figure, Id, Record, Text
from planner.units import (
    DeclinePerYear,
    Duration,
    Fraction,
    MoneyPerPower,
    MoneyPerPowerTime,
    RatePerYear,
    Ratio,
)


class Assumption(Record):
    """A figure that nobody published: what we take, between what and what, and why."""

    of: Id
    figure: Text
    value: Text
    low: Text
    high: Text
    date: Moment
    rests_on: list[Id] = []
    reasoning: Text


class Pue(Record):
    """Facility power over IT power, by year and on the design day."""

    annual: Figure[Ratio]
    peak: Figure[Ratio]


class PueByCooling(Record):
    """Defaults for halls that carry their heat by air or by liquid."""

    air: Pue
    liquid: Pue


class LoadFractions(Record):
    """Share of a system's nameplate that it really takes, where nobody metered the system
    itself.
    """

    peak: Figure[Fraction]
    average: Figure[Fraction]
    idle: Figure[Fraction]


class LoadDuration(Record):
    """Shares of the hours in which a site draws its highest, and in which it draws least; between
    them it draws its average.
    """

    highest: Figure[Fraction]
    lowest: Figure[Fraction]


class ByForm(Record):
    """One figure for servers, another for whole racks and pods."""

    server: Figure[Fraction]
    rack: Figure[Fraction]


class Efficiency(Record):
    """Delivered over dense peak FLOP/s in large-scale training (model FLOP utilisation), for a
    software stack or one accelerator.
    """

    software: Text | None = None
    accelerator: Id | None = None
    precision: Precision
    mfu: Figure[Fraction]


class Defaults(Record):
    """Everything a plan needs that is neither hardware nor the user's question."""

    load: LoadFractions
    load_duration: LoadDuration
    it_overhead: ByForm
    """Scale-out network, storage and management on top of the systems' own power."""
    pue: PueByCooling
    utility_loss: Figure[Fraction]
    """Main transformer and feeders between the utility's meter and the facility's, where the PUE is
    measured."""
    fabric_cost: ByForm
    """Network, storage and installation, as a share of the systems' price."""
    construction_usd_per_mw: Annotated[Figure[MoneyPerPower], Field(alias="construction")]
    """Shell, power and cooling per MW of critical IT."""
    construction_decline: Figure[RatePerYear]
    """Straight-line loss of a building's worth per year."""
    operations_usd_per_mw_year: Annotated[Figure[MoneyPerPowerTime], Field(alias="operations")]
    """Staff, spares and upkeep per MW of critical IT; energy apart."""
    resale_decline: Figure[DeclinePerYear]
    """Yearly loss of a system's resale value, compounding."""
    goodput: Figure[Fraction]
    """Share of time a large job makes progress."""
    lead_time_days: Annotated[Figure[Duration], Field(alias="lead_time")]
    """Order to delivery."""
    fit_out_days: Annotated[Figure[Duration], Field(alias="fit_out")]
    """Delivery to service."""
    efficiency: list[Efficiency]
