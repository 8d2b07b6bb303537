"""What may a scenario file say?

This is the schema, the defaults, the JSON Schema and the reference at once. Every quantity carries its unit, every date is a `Moment`,
every
limit that is left out does not exist. What the scenario does not say about hardware comes from the catalog, and what neither says from
its defaults.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from planner.periods import Moment, Step
from planner.records import Record, Text
from planner.scenario.fields import OrName, refuse
from planner.scenario.json_schema import FileSchema
from planner.scenario.schema.demands import Demand
from planner.scenario.schema.fabric import Fabric
from planner.scenario.schema.fleet import Fleet, Move
from planner.scenario.schema.goals import Budget, Finance, Goal
from planner.scenario.schema.power import CarbonRules, LoadDuration
from planner.scenario.schema.rules import Rule, Survival
from planner.scenario.schema.sites import Crew, Site
from planner.scenario.schema.supply import Qualification, Supply
from planner.scenario.schema.systems import Candidate
from planner.units import (
    DeclinePerYear,
    Duration,
    Fraction,
    MoneyPerPower,
    MoneyPerPowerTime,
    RatePerYear,
    Ratio,
    Seconds,
)


class Horizon(Record):
    """The span that is planned, and its step."""

    from_: Annotated[Moment, Field(alias="from")]
    """The first day that is planned: that of a whole step."""
    to: Moment
    """The last day that is planned, in whole steps."""
    step: Step = "quarter"
    """How long one period is."""


class Assume(Record):
    """Defaults of the catalog that this scenario replaces."""

    peak_load: Fraction | None = None
    """Highest draw of a machine as a share of its nameplate, where its own is not known."""
    average_load: Fraction | None = None
    """Mean draw of a machine as a share of its nameplate, where its own is not known."""
    it_overhead: Fraction | None = None
    """Networks, storage and management as a share of the machines' nameplate, where they are not counted."""
    utility_loss: Annotated[Fraction | None, Field(le=0.5)] = None
    """Share lost in transformers and feeders between the utility's meter and the facility's."""
    fabric_cost: Ratio | None = None
    """Network, storage and installation as a share of the machines' price, where networks are not counted."""
    construction_usd_per_mw: Annotated[MoneyPerPower | None, Field(alias="construction")] = None
    """Shell, power and cooling per MW of critical IT."""
    construction_decline_per_year: Annotated[RatePerYear | None, Field(alias="construction_decline")] = None
    """Straight-line loss of a building's worth: the same share of its cost each year, so 2 %/quarter is 8 %/year."""
    operations_usd_per_mw_year: Annotated[MoneyPerPowerTime | None, Field(alias="operations")] = None
    """Staff, spares and upkeep per MW of critical IT and year; energy apart."""
    resale_decline_per_year: Annotated[DeclinePerYear | None, Field(alias="resale_decline")] = None
    """Loss of a machine's resale value: a share of what is left, so 2.5 %/month is 26.2 %/year."""
    goodput: Fraction | None = None
    """Share of the time in which a large job makes progress."""
    lead_time_days: Annotated[Duration | None, Field(alias="lead_time")] = None
    """From the order of a machine to its delivery, where no entry says more."""
    fit_out_days: Annotated[Duration | None, Field(alias="fit_out")] = None
    """From the delivery of a machine to its service, where no entry says more."""

    @model_validator(mode="after")
    def _loads_in_order(self) -> Assume:
        if self.peak_load is not None and self.average_load is not None and self.average_load > self.peak_load:
            message = f"an average load of {100 * self.average_load:g} % is above the highest of {100 * self.peak_load:g} %"
            raise refuse("S003", message, "no load exceeds the one above it; are the two exchanged?")
        return self


class SolveSettings(Record):
    """How hard to look for a better plan."""

    gap: Fraction = 1e-3
    """Stop when the plan is proven to be within this share of the best."""
    time_limit_s: Annotated[Seconds, Field(alias="time_limit", gt=0)] = 60.0
    """Longest time to look for a plan, over all objectives."""
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    """Of the solver's random numbers: the same one gives the same plan."""


class Scenario(Record):
    """A planner's question."""

    name: Text
    """What the scenario is called in reports."""
    description: Text | None = None
    """What it is about, in a sentence or a few."""
    horizon: Horizon
    """The span that is planned, and its step."""
    finance: Finance = Finance()
    """How money at different dates is compared."""
    sites: Annotated[list[Site], Field(min_length=1)]
    """Places where machines stand or may stand."""
    systems: Annotated[
        list[Annotated[Candidate, OrName]],
        Field(min_length=1, examples=["[gpu-server, gpu-rack]"]),
    ]
    """Machines that may be bought."""
    supply: list[Supply] = []
    """What vendors allocate, deliver and take as an order."""
    qualification: list[Qualification] = []
    """Suppliers whose machines must first be qualified."""
    fleet: list[Fleet] = []
    """Machines that already stand at the start."""
    moves: list[Move] = []
    """Machines that may be taken from one site to another."""
    crews: list[Crew] = []
    """Workers whom several sites share."""
    demands: list[Demand] = []
    """What must be served, by when."""
    diversification: list[Rule] = []
    """Shares and numbers of suppliers, regions and other origins."""
    survival: list[Survival] = []
    """What must still be served when suppliers or sites fail."""
    budget: Budget = Budget()
    """Ceilings on what may be spent."""
    carbon: CarbonRules = CarbonRules()
    """Ceilings on carbon over all sites, and its price."""
    objective: Annotated[list[Goal], Field(min_length=1)] = [Goal(minimize="cost")]
    """What is to be best; those further down only break the ties of those above."""
    assume: Assume = Assume()
    """Defaults of the catalog that this scenario replaces."""
    solve: SolveSettings = SolveSettings()
    """How hard to look for a better plan."""
    fabric: Fabric | None = None
    """The network at every site that says nothing else; left out: a share of each system's price."""
    load_duration: LoadDuration | None = None
    """How long sites with own generation draw how much, unless they say so themselves; left out: the catalog's."""

    @classmethod
    def model_json_schema(cls, *arguments: Any, **options: Any) -> dict[str, Any]:
        """The JSON Schema that editors complete and check scenario files with."""
        return super().model_json_schema(*arguments, **{"schema_generator": FileSchema, **options})
