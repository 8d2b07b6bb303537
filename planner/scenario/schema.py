"""What may a scenario file say?

This is the schema, the defaults, the JSON Schema and the reference at once. Every quantity carries its unit, every date is a `Moment`,
every
limit that is left out does not exist. What the scenario does not say about hardware comes from the catalog, and what neither says from
its defaults.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from planner.catalog.hardware import Precision
from planner.periods import Moment, Step
from planner.records import Flag, Id, Record, Text
from planner.scenario.fields import Amount, ByDate, FileSchema, HeatLimit, OrName, Steps, refuse
from planner.units import (
    ComputeRate,
    Duration,
    Fraction,
    Money,
    MoneyPerAcceleratorTime,
    MoneyPerEnergy,
    MoneyPerPower,
    MoneyPerPowerTime,
    MoneyPerWork,
    Positions,
    Power,
    RatePerYear,
    Ratio,
    Seconds,
)

Places = Annotated[list[Id], Field(min_length=1)]
Sizing = Literal["nameplate", "peak"]
Level = Literal["supplier", "software"]
Metric = Literal["spend", "power", "units", "compute"]

PRECISION: Precision = "bf16"
MEANINGFUL = 0.10


class Horizon(Record):
    """The span that is planned, and its step."""

    from_: Annotated[Moment, Field(alias="from")]
    to: Moment
    step: Step = "quarter"


class Finance(Record):
    """How money at different dates is compared."""

    discount_rate_per_year: Annotated[RatePerYear, Field(alias="discount_rate")] = 0.10
    resale: Literal["default", "none"] = "default"
    """Whether machines and buildings keep a worth at the end of the horizon (its size is an assumption, listed)."""


class Cooling(Record):
    """Heat a site can carry away, at IT power, by technology."""

    liquid_w: Annotated[HeatLimit, Field(alias="liquid")] = math.inf
    air_w: Annotated[HeatLimit, Field(alias="air")] = math.inf


class SitePue(Record):
    """Facility over IT power: the year's mean pays the bill, the design day sizes the connection."""

    annual: Annotated[Ratio, Field(ge=1)]
    peak: Annotated[Ratio, Field(ge=1)]

    @model_validator(mode="after")
    def _ordered(self) -> SitePue:
        if self.peak < self.annual:
            raise refuse(
                "R001",
                f"peak PUE {self.peak:g} is below the annual mean {self.annual:g}",
                "the design day is the worst of the year",
            )
        return self


class Construction(Record):
    """Cost of building critical IT capacity at a site."""

    cost_usd_per_mw: Annotated[MoneyPerPower | None, Field(alias="cost")] = None
    existing_w: Annotated[Power | None, Field(alias="existing")] = None
    """Critical IT capacity that already stands and costs nothing more; left out: what the existing fleet takes."""


class Site(Record):
    """A place with power that arrives in steps."""

    id: Id
    name: Text | None = None
    power_w: Annotated[Steps | None, Field(alias="power", examples=["{2026-Q3: 200 MW, 2027-Q1: 1 GW}"])] = None
    """Energized power at the utility's meter from each date on; nothing before the first. Left out: not limited."""
    sizing: Sizing = "nameplate"
    """Which load must fit under the power: what is provisioned, or the highest that is ever realised (needs capping or trust)."""
    critical_it_w: Annotated[Steps | None, Field(alias="critical_it")] = None
    """Built IT capacity from each date on; left out: as much as the power allows."""
    cooling: Cooling = Cooling()
    pue: SitePue | None = None
    energy_price_usd_per_mwh: Annotated[MoneyPerEnergy, Field(alias="energy_price")]
    positions: Annotated[dict[Moment, Positions], ByDate()] | None = None
    construction: Construction = Construction()
    rent_usd_per_mw_year: Annotated[MoneyPerPowerTime, Field(alias="rent")] = 0.0
    """Rent per MW of critical IT in use, for a leased hall; unless `construction` gives a cost, none is charged there."""


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


class Deployment(Record):
    """A number of machines in service by a date: `100000 accelerators` of a kind, here."""

    id: Id
    kind: Literal["deployment"]
    system: Id | None = None
    accelerator: Id | None = None
    need: Annotated[dict[Moment, Amount], ByDate(), Field(examples=["{2024-09: 100000 accelerators}"])]
    sites: Places | None = None
    shortfall_usd_per_accelerator_h: Annotated[MoneyPerAcceleratorTime | None, Field(alias="shortfall")] = None
    """Price of each missing accelerator; without it the demand is hard."""

    @model_validator(mode="after")
    def _one_kind(self) -> Deployment:
        if (self.system is None) == (self.accelerator is None):
            raise refuse("K003", "a deployment names either a `system` or an `accelerator`")
        return self


class ComputeDemand(Record):
    """A rate of computing by a date."""

    id: Id
    kind: Literal["compute"]
    precision: Precision
    basis: Literal["delivered", "peak"] = "delivered"
    """Delivered: peak × model FLOP utilisation × goodput. Peak: the datasheet's dense figure."""
    need: Annotated[dict[Moment, ComputeRate], ByDate(), Field(examples=["{2027-Q4: 4 EFLOP/s}"])]
    sites: Places | None = None
    shortfall_usd_per_eflop: Annotated[MoneyPerWork | None, Field(alias="shortfall")] = None
    """Price of each EFLOP not computed; without it the demand is hard."""


Demand = Annotated[Deployment | ComputeDemand, Field(discriminator="kind")]


class Rule(Record):
    """One diversification rule over what is bought: a cap on a share, or at least so many meaningful suppliers."""

    level: Level = "supplier"
    metric: Metric = "spend"
    precision: Precision = PRECISION
    """For the metric `compute`."""
    max_share: Annotated[Fraction | None, Field(gt=0)] = None
    only: Text | None = None
    """Cap this supplier (or software stack) alone, instead of each."""
    window_days: Annotated[Duration | None, Field(alias="window", gt=0)] = None
    """Rolling window of deliveries; left out: the whole horizon."""
    min_suppliers: Annotated[int | None, Field(ge=2, le=20)] = None
    meaningful: Annotated[Fraction, Field(gt=0)] = MEANINGFUL
    """Share from which a supplier counts."""

    @model_validator(mode="after")
    def _one_kind(self) -> Rule:
        if (self.max_share is None) == (self.min_suppliers is None):
            raise refuse("K003", "a diversification rule is either a `max_share` or a `min_suppliers`")
        if self.only is not None and self.max_share is None:
            raise refuse("K003", "`only` goes with `max_share` and changes nothing here", "leave it out")
        if self.meaningful != MEANINGFUL and self.min_suppliers is None:
            raise refuse("K003", "`meaningful` goes with `min_suppliers` and changes nothing here", "leave it out")
        if self.precision != PRECISION and self.metric != "compute":
            raise refuse("K003", f"`precision` goes with the metric `compute`, not with `{self.metric}`", "leave it out")
        if self.min_suppliers and self.min_suppliers * self.meaningful > 1:
            message = f"{self.min_suppliers} suppliers of {self.meaningful:.0%} each are more than the whole"
            raise refuse("S003", message, f"at most {1 / self.min_suppliers:.0%} each")
        return self


class Budget(Record):
    """Ceilings on cash, undiscounted. Capex is systems, fabric and construction."""

    capex_usd: Annotated[Money | None, Field(alias="capex")] = None
    total_usd: Annotated[Money | None, Field(alias="total")] = None
    """Capex and operating cost together."""
    by_period_usd: Annotated[dict[Moment, Money], ByDate(least=0), Field(alias="by_period")] = {}
    """Capex within this period."""
    cumulative_usd: Annotated[dict[Moment, Money], ByDate(least=0), Field(alias="cumulative")] = {}
    """Capex up to the end of this period."""


class Goal(Record):
    """One objective; those before it in the list are held while it is improved."""

    maximize: Literal["compute", "accelerators"] | None = None
    minimize: Literal["cost", "capex", "power", "energy"] | None = None
    precision: Precision = PRECISION
    at: Moment | None = None
    """Judge `compute`, `accelerators` or `power` in this period alone; left out: the mean over the horizon."""
    tolerance: Fraction = 1e-4
    """How much of this objective may be given up for the next."""

    @model_validator(mode="after")
    def _one_direction(self) -> Goal:
        if (self.maximize is None) == (self.minimize is None):
            raise refuse("K003", "an objective is either `maximize` or `minimize`", "for example `- {maximize: compute}`")
        if self.at and self.minimize in ("cost", "capex", "energy"):
            raise refuse("K003", f"`at` has no meaning for {self.minimize}, which is summed over the horizon")
        if self.precision != PRECISION and self.maximize != "compute":
            raise refuse("K003", f"`precision` goes with `maximize: compute`, not with {self.maximize or self.minimize}", "leave it out")
        return self

    def __str__(self) -> str:
        what = f"maximize {self.maximize}" if self.maximize else f"minimize {self.minimize}"
        what += f" ({self.precision})" if self.maximize == "compute" else ""
        return what + (f" at {self.at}" if self.at else "")


class Assume(Record):
    """Defaults of the catalog that this scenario replaces."""

    peak_load: Fraction | None = None
    average_load: Fraction | None = None
    it_overhead: Fraction | None = None
    utility_loss: Annotated[Fraction | None, Field(le=0.5)] = None
    fabric_cost: Ratio | None = None
    construction_usd_per_mw: Annotated[MoneyPerPower | None, Field(alias="construction")] = None
    construction_decline_per_year: Annotated[RatePerYear | None, Field(alias="construction_decline")] = None
    operations_usd_per_mw_year: Annotated[MoneyPerPowerTime | None, Field(alias="operations")] = None
    resale_decline_per_year: Annotated[RatePerYear | None, Field(alias="resale_decline", le=1)] = None
    goodput: Fraction | None = None
    lead_time_days: Annotated[Duration | None, Field(alias="lead_time")] = None
    fit_out_days: Annotated[Duration | None, Field(alias="fit_out")] = None


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
    fleet: list[Fleet] = []
    demands: list[Demand] = []
    diversification: list[Rule] = []
    budget: Budget = Budget()
    objective: Annotated[list[Goal], Field(min_length=1)] = [Goal(minimize="cost")]
    assume: Assume = Assume()
    solve: SolveSettings = SolveSettings()

    @classmethod
    def model_json_schema(cls, *arguments: Any, **options: Any) -> dict[str, Any]:
        """The JSON Schema that editors complete and check scenario files with."""
        return super().model_json_schema(*arguments, **{"schema_generator": FileSchema, **options})
