"""How money is compared over time, and ceilings on it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.core.fields import ByDate
from planner.core.scenario import Scenario, Schema
from planner.periods import Moment
from planner.records import Record
from planner.units import GrowthPerYear, Money


class Finance(Record):
    """How money at different dates is compared."""

    discount_rate_per_year: Annotated[GrowthPerYear, Field(alias="discount_rate")] = 0.10
    """What money is worth less for each year that it comes later; it compounds, so 2 %/quarter is
    8.24 %/year."""
    resale: Literal["default", "none"] = "default"
    """Whether machines and buildings keep a worth at the end of the horizon (its size is an
    assumption, listed)."""


class Budget(Record):
    """Ceilings on cash, undiscounted. Capex is systems, fabric, construction and power sources."""

    capex_usd: Annotated[Money | None, Field(alias="capex")] = None
    """Capex over the horizon."""
    total_usd: Annotated[Money | None, Field(alias="total")] = None
    """Capex and operating cost together."""
    by_period_usd: Annotated[
        dict[Moment, Money], ByDate(least=0, within=True), Field(alias="by_period")
    ] = {}
    """Capex within this period."""
    cumulative_usd: Annotated[
        dict[Moment, Money], ByDate(least=0, within=True), Field(alias="cumulative")
    ] = {}
    """Capex up to the end of this period."""


class BudgetKeys(Scenario):
    """How money is compared, and ceilings on it."""

    finance: Finance = Finance()
    """How money at different dates is compared."""
    budget: Budget = Budget()
    """Ceilings on what may be spent."""


FACE = Schema(scenario=BudgetKeys)
