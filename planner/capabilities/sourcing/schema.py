"""Shares and numbers of suppliers and other origins, and what must survive."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.catalog.hardware import Precision
from planner.catalog.upstream import Upstream
from planner.core.fields import refuse
from planner.core.scenario import Scenario, Schema
from planner.records import Flag, Id, Record, Text
from planner.units import Duration, Fraction

Level = Literal["supplier", "software", Upstream, "site", "region"]
"""Whom to count by: who is paid, what is programmed for, who makes it upstream, where it stands."""
NOUN: dict[Level, tuple[str, str]] = {
    "supplier": ("supplier", "suppliers"),
    "software": ("software stack", "software stacks"),
    "foundry": ("foundry", "foundries"),
    "packaging": ("packaging line", "packaging lines"),
    "memory": ("memory maker", "memory makers"),
    "country": ("country of manufacture", "countries of manufacture"),
    "site": ("site", "sites"),
    "region": ("region", "regions"),
}
"""One and several of a level."""
Metric = Literal["spend", "power", "units", "compute"]
PRECISION: Precision = "bf16"
MEANINGFUL = 0.10
KINDS = ("max_share", "min_share", "min_suppliers", "max_suppliers", "max_hhi")
"""What a rule may ask for; each rule asks for one thing."""


class Rule(Record):
    """One diversification rule over what is bought, or over what is in service."""

    level: Level = "supplier"
    """Whom to count by."""
    metric: Metric = "spend"
    """What shares are of."""
    precision: Precision = PRECISION
    """For the metric `compute`."""
    of: Literal["purchases", "fleet"] = "purchases"
    """Purchases: what is delivered in a window. Fleet: what is in service, in every period."""
    max_share: Annotated[Fraction | None, Field(gt=0)] = None
    """Of each, at most."""
    min_share: Annotated[Fraction | None, Field(gt=0)] = None
    """Of the one that `only` names; without it, of every one that is used at all."""
    only: Text | None = None
    """The share of this one alone, instead of each."""
    window_days: Annotated[Duration | None, Field(alias="window", gt=0)] = None
    """Rolling window of deliveries; left out: the whole horizon."""
    cumulative: Flag = False
    """All deliveries so far, at the end of every period, instead of a window."""
    min_suppliers: Annotated[int | None, Field(ge=2, le=20)] = None
    """How many must have a meaningful share."""
    meaningful: Annotated[Fraction, Field(gt=0)] = MEANINGFUL
    """Share from which a supplier counts."""
    max_suppliers: Annotated[int | None, Field(ge=1, le=20)] = None
    """How many may be used at all."""
    max_hhi: Annotated[Fraction | None, Field(gt=0)] = None
    """Herfindahl-Hirschman index, the sum of squared shares: 1 is one supplier, 0.25 four equal
    ones."""

    @model_validator(mode="after")
    def _one_kind(self) -> Rule:
        if sum(getattr(self, kind) is not None for kind in KINDS) != 1:
            raise refuse(
                "K003",
                "a diversification rule asks for one of "
                f"{', '.join(f'`{kind}`' for kind in KINDS)}",
            )
        if self.only is not None and self.max_share is None and self.min_share is None:
            raise refuse(
                "K003",
                "`only` goes with `max_share` or `min_share` and changes nothing here",
                "leave it out",
            )
        if self.meaningful != MEANINGFUL and self.min_suppliers is None:
            raise refuse(
                "K003",
                "`meaningful` goes with `min_suppliers` and changes nothing here",
                "leave it out",
            )
        if self.precision != PRECISION and self.metric != "compute":
            raise refuse(
                "K003",
                f"`precision` goes with the metric `compute`, not with `{self.metric}`",
                "leave it out",
            )
        if self.min_suppliers and self.min_suppliers * self.meaningful > 1:
            message = (
                f"{self.min_suppliers} suppliers of {self.meaningful:.0%} each are more "
                "than the whole"
            )
            raise refuse("S003", message, f"at most {1 / self.min_suppliers:.0%} each")
        return self

    @model_validator(mode="after")
    def _one_span(self) -> Rule:
        if self.cumulative and self.window_days is not None:
            raise refuse(
                "K003", "a rule has either a `window` or is `cumulative`", "leave one of them out"
            )
        if self.of == "fleet" and (self.cumulative or self.window_days is not None):
            key = "cumulative" if self.cumulative else "window"
            raise refuse(
                "K003",
                f"`{key}` is of deliveries; a rule `of: fleet` holds in every period",
                "leave it out",
            )
        return self


class Survival(Record):
    """What must still be served when the worst so many of a level fail, in every period."""

    level: Level = "supplier"
    """What fails: everything of one supplier, site or other origin."""
    losses: Annotated[int, Field(ge=1, le=5)] = 1
    """How many fail at once, whichever they are."""
    lost: Annotated[Fraction, Field(gt=0)] = 1.0
    """Share of their machines that stops."""
    demand: Id | None = None
    """Whose need counts; left out: the fleet as it is."""
    metric: Literal["compute", "units", "power"] | None = None
    """For the fleet: what is compared before and after. A demand has a measure of its own."""
    precision: Precision = PRECISION
    """Number format in which `compute` is counted."""
    serves: Annotated[Fraction, Field(gt=0)]
    """Share of the demand's need, or of the fleet, that is left."""

    @model_validator(mode="after")
    def _one_subject(self) -> Survival:
        if self.demand is not None and self.metric is not None:
            raise refuse(
                "K003",
                "`metric` goes with the fleet; a demand is measured as it asks",
                "leave one of them out",
            )
        if self.precision != PRECISION and (
            self.demand is not None or self.metric not in (None, "compute")
        ):
            raise refuse(
                "K003", "`precision` goes with the metric `compute` of the fleet", "leave it out"
            )
        return self


class SourcingKeys(Scenario):
    """Rules of shares, and losses to survive."""

    diversification: list[Rule] = []
    """Shares and numbers of suppliers, regions and other origins."""
    survival: list[Survival] = []
    """What must still be served when suppliers or sites fail."""


FACE = Schema(scenario=SourcingKeys)
