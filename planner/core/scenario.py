"""What may a scenario file say? The common part: the horizon, sites, systems, defaults, and how
hard to look.

This is the schema, the defaults, the JSON Schema and the reference at once. Every quantity carries
its unit, every date is a `Moment`, every limit that is left out does not exist. What the scenario
does not say about hardware comes from the catalog, and what neither says from its defaults. The
keys of a capability stand in its own `schema`; `planner.assembly.scenario` puts them together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, model_validator

from planner.catalog.hardware import Precision
from planner.catalog.upstream import Upstream
from planner.core.compose import Composed
from planner.core.fields import OrName, refuse
from planner.core.json_schema import VARIANT, FileSchema
from planner.core.site import Places, Site
from planner.periods import Moment, Step
from planner.records import Flag, Id, Record, Text, many
from planner.units import (
    DeclinePerYear,
    Duration,
    Fraction,
    Money,
    MoneyPerPower,
    MoneyPerPowerTime,
    Power,
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
    """Networks, storage and management as a share of the machines' nameplate, where they are not
    counted."""
    utility_loss: Annotated[Fraction | None, Field(le=0.5)] = None
    """Share lost in transformers and feeders between the utility's meter and the facility's."""
    fabric_cost: Ratio | None = None
    """Network, storage and installation as a share of the machines' price, where networks are not
    counted."""
    construction_usd_per_mw: Annotated[MoneyPerPower | None, Field(alias="construction")] = None
    """Shell, power and cooling per MW of critical IT."""
    construction_decline_per_year: Annotated[
        RatePerYear | None, Field(alias="construction_decline")
    ] = None
    """Straight-line loss of a building's worth: the same share of its cost each year, so 2
    %/quarter is 8 %/year."""
    operations_usd_per_mw_year: Annotated[MoneyPerPowerTime | None, Field(alias="operations")] = (
        None
    )
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
        if (
            self.peak_load is not None
            and self.average_load is not None
            and self.average_load > self.peak_load
        ):
            message = (
                f"an average load of {100 * self.average_load:g} % is above the highest of "
                f"{100 * self.peak_load:g} %"
            )
            raise refuse(
                "S003", message, "no load exceeds the one above it; are the two exchanged?"
            )
        return self


class SolveSettings(Record):
    """How hard to look for a better plan."""

    gap: Fraction = 1e-3
    """Stop when the plan is proven to be within this share of the best."""
    time_limit_s: Annotated[Seconds, Field(alias="time_limit", gt=0)] = 60.0
    """Longest time to look for a plan, over all objectives."""
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    """Of the solver's random numbers: the same one gives the same plan."""


class PowerCaps(Record):
    """Shares of its nameplate that a system may be held to, each a choice of its own; what that
    costs follows the kind of work.
    """

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
    """Whether bought ones may be switched off again within the horizon, and sold for what a machine
    of their age is worth."""
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
    """Every maker that may make its accelerators, by level, where this scenario knows better than
    the catalog."""


class Scenario(Composed):
    """A planner's question."""

    name: Text
    """What the scenario is called in reports."""
    description: Text | None = None
    """What it is about, in a sentence or a few."""
    horizon: Horizon
    """The span that is planned, and its step."""
    sites: Annotated[list[Site], Field(min_length=1)]
    """Places where machines stand or may stand."""
    systems: Annotated[
        list[Annotated[Candidate, OrName]],
        Field(min_length=1, examples=["[gpu-server, gpu-rack]"]),
    ]
    """Machines that may be bought."""
    assume: Assume = Assume()
    """Defaults of the catalog that this scenario replaces."""
    solve: SolveSettings = SolveSettings()
    """How hard to look for a better plan."""

    def __repr__(self) -> str:
        return (
            f"<Scenario `{self.name}`: {many(len(self.sites), 'site')}, "
            f"{many(len(self.systems), 'candidate')}>"
        )

    __str__ = __repr__

    @classmethod
    def model_json_schema(cls, *arguments: Any, **options: Any) -> dict[str, Any]:
        """The JSON Schema that editors complete and check scenario files with."""
        shape = super().model_json_schema(*arguments, **{"schema_generator": FileSchema, **options})
        shape["properties"] = {**VARIANT, **shape["properties"]}
        shape["anyOf"] = [
            {"type": "object", "required": keys, "properties": {key: {} for key in keys}}
            for keys in (shape.pop("required"), ["base"])
        ]
        return shape


def _of_no_step(scenario: Scenario) -> bool:
    return False


@dataclass(frozen=True)
class Schema:
    """The face of a capability's module of keys."""

    scenario: type[Scenario] | None = None
    """Keys of the whole file."""
    site: type[Site] | None = None
    """Keys of a site."""
    by_step: Callable[[Scenario], bool] = _of_no_step
    """Whether a line is about a step of the horizon as it is, so that with shorter steps it would
    be another."""
