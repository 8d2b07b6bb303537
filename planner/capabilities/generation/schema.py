"""Power sources that may be added at sites, and how long sites draw how much."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from planner.core.fields import refuse
from planner.core.scenario import Scenario, Schema
from planner.core.site import Site
from planner.periods import Moment
from planner.records import Flag, Id, Record
from planner.units import (
    Duration,
    Fraction,
    FuelPrice,
    HeatRate,
    MoneyPerEnergy,
    MoneyPerPower,
    MoneyPerPowerTime,
    Power,
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
    """A power source that may be added at a site, and what this scenario knows better than the
    catalog.
    """

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
    """Instead of `firm`: so much is firm as runs with this probability, where units fail one by one
    with the `availability` of each."""
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
            raise refuse(
                "K003",
                "`firm` and `reliability` both say how much is firm",
                "leave one of them out",
            )
        return self


class LoadStep(Record):
    """One step of a load-duration curve."""

    share: Annotated[Fraction, Field(gt=0)]
    """Of the hours."""
    load: Fraction
    """Of the highest."""


def _curve(steps: list[LoadStep]) -> list[LoadStep]:
    """Refuse a curve that does not cover the hours, does not fall, or does not begin at the highest
    load.
    """
    if abs(sum(step.share for step in steps) - 1) > 1e-9:
        total = 100 * sum(step.share for step in steps)
        raise refuse(
            "R001",
            f"the shares of `load_duration` add up to {total:g} % of the hours",
            "they cover all hours: 100 %",
        )
    if abs(steps[0].load - 1) > 1e-9:
        raise refuse(
            "R001",
            f"`load_duration` begins at {100 * steps[0].load:g} % of the highest load",
            "begin with `load: 100 %`",
        )
    if any(later.load >= step.load for step, later in pairwise(steps)):
        raise refuse(
            "R001",
            "the loads of `load_duration` do not fall from step to step",
            "order the steps, and join those of one load",
        )
    return steps


LoadDuration = Annotated[list[LoadStep], Field(min_length=2, max_length=6), AfterValidator(_curve)]
"""From the highest load down; between the highest and the average it is stretched to those of the
machines that a plan has."""


class GenerationKeys(Scenario):
    """The load curve of sites that say nothing themselves."""

    load_duration: LoadDuration | None = None
    """How long sites with own generation draw how much, unless they say so themselves; left out:
    the catalog's."""


class GenerationAtSite(Site):
    """Its power sources, and its load."""

    island: Flag = False
    """Without any connection to a grid: all power comes from its `sources`."""
    sources: list[Source] = []
    """Power sources that may be added; which, when and how many is decided with the machines."""
    load_duration: LoadDuration | None = None
    """How long the site draws how much; left out: the scenario's, or the catalog's."""

    @model_validator(mode="after")
    def _island(self) -> Self:
        if self.island and self.power_w is not None:
            raise refuse(
                "K003",
                "an island has no `power` at a utility's meter",
                "leave out `power`, or `island`",
            )
        if self.island and not self.sources:
            raise refuse(
                "K003",
                "an island needs `sources`",
                "for example `sources: [{source: gas-engine, at_most: 100 MW}]`",
            )
        return self


FACE = Schema(scenario=GenerationKeys, site=GenerationAtSite)
