"""What may a scenario say of where purchases come from?"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.catalog.hardware import Precision
from planner.records import Record, Text
from planner.scenario.fields import refuse
from planner.units import (
    Duration,
    Fraction,
)

Level = Literal["supplier", "software"]


Metric = Literal["spend", "power", "units", "compute"]


PRECISION: Precision = "bf16"


MEANINGFUL = 0.10


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
