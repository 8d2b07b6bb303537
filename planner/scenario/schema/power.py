"""What may a scenario say of where a site's power comes from, besides the connection that it has?"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from planner.catalog.facility import Climate, Layer
from planner.periods import Moment
from planner.records import Id, Record
from planner.scenario.fields import ByDate, Steps, refuse
from planner.units import (
    Carbon,
    CarbonPerEnergy,
    Duration,
    Fraction,
    FuelPrice,
    HeatRate,
    MoneyPerCarbon,
    MoneyPerEnergy,
    MoneyPerPower,
    MoneyPerPowerTime,
    Power,
    RampRate,
    Volume,
    WaterPerEnergy,
)


class Permit(Record):
    """What is allowed of a source without more paper: so much at once, so long at a stretch."""

    power_w: Annotated[Power | None, Field(alias="power")] = None
    """Nameplate that may stand at once."""
    lasts_days: Annotated[Duration | None, Field(alias="lasts", gt=0)] = None
    """Longest stretch in which any of it may stand; after a period without, a new one begins."""

    @model_validator(mode="after")
    def _says_something(self) -> Permit:
        if self.power_w is None and self.lasts_days is None:
            raise refuse("K003", "a permit limits `power`, or how long it `lasts`, or both")
        return self


class Source(Record):
    """A power source that may be added at a site, and what this scenario knows better than the catalog."""

    source: Id
    """An entry of the catalog's generation."""
    id: Id | None = None
    """To tell two of the same apart; left out: the source's own."""
    at_most_w: Annotated[Power, Field(alias="at_most", gt=0, examples=["150 MW"])]
    """Most nameplate that may stand at once; whole units of it are used."""
    unit_w: Annotated[Power | None, Field(alias="unit", gt=0)] = None
    """Nameplate of one unit; left out: the catalog's, as for all below."""
    from_: Annotated[Moment | None, Field(alias="from")] = None
    """No unit runs before this date. Without `lead_time` the date holds the lead time."""
    until: Moment | None = None
    """No unit begins to run after this date."""
    lead_time_days: Annotated[Duration | None, Field(alias="lead_time")] = None
    """From the order to the first unit that runs."""
    term_days: Annotated[Duration | None, Field(alias="term", gt=0)] = None
    """Shortest rental or contract."""
    firm: Fraction | None = None
    """Share of the nameplate that counts as firm."""
    reliability: Annotated[Fraction | None, Field(gt=0, lt=1)] = None
    """Instead of `firm`: so much is firm as runs with this probability, where units fail one by one with the `availability` of each."""
    availability: Fraction | None = None
    """Share of the hours in which one unit can run."""
    capex_usd_per_mw: Annotated[MoneyPerPower | None, Field(alias="capex")] = None
    """Paid once per MW of nameplate."""
    fixed_usd_per_mw_year: Annotated[MoneyPerPowerTime | None, Field(alias="fixed")] = None
    """Paid per MW of nameplate and time, whether it runs or not."""
    variable_usd_per_mwh: Annotated[MoneyPerEnergy | None, Field(alias="variable")] = None
    """Paid per MWh that it gives; fuel apart."""
    heat_rate_mmbtu_per_mwh: Annotated[HeatRate | None, Field(alias="heat_rate")] = None
    """Fuel burnt per MWh that it gives."""
    fuel_price_usd_per_mmbtu: Annotated[FuelPrice | None, Field(alias="fuel_price")] = None
    """Price of its fuel."""
    round_trip: Annotated[Fraction | None, Field(gt=0)] = None
    """Of storage: energy that it gives over energy that it took."""
    permit: Permit | None = None
    """What is allowed of it without more paper."""

    @model_validator(mode="after")
    def _one_word_on_firmness(self) -> Source:
        if self.firm is not None and self.reliability is not None:
            raise refuse("K003", "`firm` and `reliability` both say how much is firm", "leave one of them out")
        return self


class LoadStep(Record):
    """One step of a load-duration curve."""

    share: Annotated[Fraction, Field(gt=0)]
    """Of the hours."""
    load: Fraction
    """Of the highest."""


def _curve(steps: list[LoadStep]) -> list[LoadStep]:
    """Refuse a curve that does not cover the hours, does not fall, or does not begin at the highest load."""
    if abs(sum(step.share for step in steps) - 1) > 1e-9:
        total = 100 * sum(step.share for step in steps)
        raise refuse("R001", f"the shares of `load_duration` add up to {total:g} % of the hours", "they cover all hours: 100 %")
    if abs(steps[0].load - 1) > 1e-9:
        raise refuse("R001", f"`load_duration` begins at {100 * steps[0].load:g} % of the highest load", "begin with `load: 100 %`")
    if any(later.load >= step.load for step, later in pairwise(steps)):
        raise refuse("R001", "the loads of `load_duration` do not fall from step to step", "order the steps, and join those of one load")
    return steps


LoadDuration = Annotated[list[LoadStep], Field(min_length=2, max_length=6), AfterValidator(_curve)]
"""From the highest load down; between the highest and the average it is stretched to those of the machines that a plan has."""


class Tariff(Record):
    """What a utility bills for power besides energy: the highest draw, and for what was contracted."""

    demand_charge_usd_per_mw_year: Annotated[MoneyPerPowerTime, Field(alias="demand_charge", gt=0, examples=["15 USD/kW/month"])]
    """Per MW of billed demand, which is at least the highest draw from the grid in a period."""
    contract_w: Annotated[Steps | None, Field(alias="contract")] = None
    """Contracted power from each date on; left out: the site's `power` and every step of the connection that is added."""
    minimum_take: Fraction = 0.0
    """Billed demand is at least this share of the contract."""
    ratchet: Fraction = 0.0
    """Billed demand is at least this share of the highest draw in the time before."""
    ratchet_window_days: Annotated[Duration, Field(alias="ratchet_window", gt=0)] = 335.0
    """How far back the ratchet looks."""


class SiteCarbon(Record):
    """What the grid emits for a site, and how much it may emit with its own sources. Operational, location-based."""

    grid: Id | None = None
    """A grid of the catalog."""
    intensity_g_per_kwh: Annotated[Annotated[dict[Moment, CarbonPerEnergy], ByDate()] | None, Field(alias="intensity")] = None
    """Instead of `grid`: from each date on."""
    total_t: Annotated[Carbon | None, Field(alias="total")] = None
    """Over the horizon."""
    by_period_t: Annotated[dict[Moment, Carbon], ByDate(least=0, within=True), Field(alias="by_period")] = {}
    """Within this period."""

    @model_validator(mode="after")
    def _one_grid(self) -> SiteCarbon:
        if (self.grid is None) == (self.intensity_g_per_kwh is None):
            raise refuse("K003", "carbon names either a `grid` of the catalog or an `intensity` by date")
        return self


class CarbonRules(Record):
    """Ceilings on carbon over all sites, and its price."""

    total_t: Annotated[Carbon | None, Field(alias="total")] = None
    """Over the horizon."""
    by_period_t: Annotated[dict[Moment, Carbon], ByDate(least=0, within=True), Field(alias="by_period")] = {}
    """Within this period."""
    price_usd_per_t: Annotated[MoneyPerCarbon, Field(alias="price")] = 0.0
    """Paid per ton that is emitted."""


class WaterUse(Record):
    """Water consumed on site per kWh of IT energy, by what carries most of a machine's heat."""

    air_l_per_kwh: Annotated[WaterPerEnergy | None, Field(alias="air")] = None
    """Where air carries most of the heat."""
    liquid_l_per_kwh: Annotated[WaterPerEnergy | None, Field(alias="liquid")] = None
    """Where liquid carries most of the heat."""


class SiteWater(Record):
    """How much water cooling takes, and how much it may."""

    climate: Climate | None = None
    """Take the catalog's use of this climate for what `wue` does not say."""
    wue: WaterUse = WaterUse()
    """Water per kWh of IT energy; left out: that of the `climate`."""
    total_m3: Annotated[Volume | None, Field(alias="total")] = None
    """Over the horizon."""
    by_period_m3: Annotated[dict[Moment, Volume], ByDate(least=0, within=True), Field(alias="by_period")] = {}
    """Within this period."""


class RampLimit(Record):
    """How fast a site's draw may change, and how much of it changes at once: storage turns the step into the ramp."""

    limit_w_per_s: Annotated[RampRate, Field(alias="limit", gt=0)]
    """Fastest change of the draw that the grid allows."""
    step: Annotated[Fraction, Field(gt=0)]
    """Share of the highest draw at the meter that a synchronous job adds or drops at once."""


class LayerCapacity(Record):
    """What is installed of one layer of the plant; redundancy says how much of it may be used."""

    layer: Layer
    """Which layer of the plant."""
    capacity_w: Annotated[Steps, Field(alias="capacity")]
    """Installed from each date on: feed, transformer and generator at the utility's meter, UPS and cooling at IT power."""
    redundancy: Id
    """A topology of the catalog."""
