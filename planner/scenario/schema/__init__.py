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
from planner.scenario.fields import FileSchema, OrName, refuse
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
    to: Moment
    step: Step = "quarter"


class Assume(Record):
    """Defaults of the catalog that this scenario replaces."""

    peak_load: Fraction | None = None
    average_load: Fraction | None = None
    it_overhead: Fraction | None = None
    utility_loss: Annotated[Fraction | None, Field(le=0.5)] = None
    fabric_cost: Ratio | None = None
    construction_usd_per_mw: Annotated[MoneyPerPower | None, Field(alias="construction")] = None
    construction_decline_per_year: Annotated[RatePerYear | None, Field(alias="construction_decline")] = None
    """Straight-line loss of a building's worth: the same share of its cost each year, so 2 %/quarter is 8 %/year."""
    operations_usd_per_mw_year: Annotated[MoneyPerPowerTime | None, Field(alias="operations")] = None
    resale_decline_per_year: Annotated[DeclinePerYear | None, Field(alias="resale_decline")] = None
    """Loss of a machine's resale value: a share of what is left, so 2.5 %/month is 26.2 %/year."""
    goodput: Fraction | None = None
    lead_time_days: Annotated[Duration | None, Field(alias="lead_time")] = None
    fit_out_days: Annotated[Duration | None, Field(alias="fit_out")] = None

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
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class Scenario(Record):
    """A planner's question."""

    name: Text
    description: Text | None = None
    horizon: Horizon
    finance: Finance = Finance()
    sites: Annotated[list[Site], Field(min_length=1)]
    systems: Annotated[
        list[Annotated[Candidate, OrName]],
        Field(min_length=1, examples=["[gpu-server, gpu-rack]"]),
    ]
    supply: list[Supply] = []
    qualification: list[Qualification] = []
    fleet: list[Fleet] = []
    moves: list[Move] = []
    crews: list[Crew] = []
    demands: list[Demand] = []
    diversification: list[Rule] = []
    survival: list[Survival] = []
    budget: Budget = Budget()
    carbon: CarbonRules = CarbonRules()
    objective: Annotated[list[Goal], Field(min_length=1)] = [Goal(minimize="cost")]
    assume: Assume = Assume()
    solve: SolveSettings = SolveSettings()
    fabric: Fabric | None = None
    """The network at every site that says nothing else; left out: a share of each system's price."""
    load_duration: LoadDuration | None = None
    """How long sites with own generation draw how much, unless they say so themselves; left out: the catalog's."""

    @classmethod
    def model_json_schema(cls, *arguments: Any, **options: Any) -> dict[str, Any]:
        """The JSON Schema that editors complete and check scenario files with."""
        return super().model_json_schema(*arguments, **{"schema_generator": FileSchema, **options})
