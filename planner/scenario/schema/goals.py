"""What may a scenario say of money and of what is to be best?"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.catalog.hardware import Precision
from planner.periods import Moment
from planner.records import Record
from planner.scenario.fields import ByDate, refuse
from planner.scenario.schema.rules import PRECISION
from planner.units import (
    Fraction,
    Money,
    RatePerYear,
)


class Finance(Record):
    """How money at different dates is compared."""

    discount_rate_per_year: Annotated[RatePerYear, Field(alias="discount_rate")] = 0.10
    resale: Literal["default", "none"] = "default"
    """Whether machines and buildings keep a worth at the end of the horizon (its size is an assumption, listed)."""


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
