"""Ceilings on money by period."""

from __future__ import annotations

from collections.abc import Mapping

from planner.capabilities.budget.case import CaseBudget
from planner.capabilities.budget.schema import BudgetKeys
from planner.core.context import Resolve, ResolveContext
from planner.periods import Moment


def resolve_budget(g: ResolveContext) -> CaseBudget:
    """Ceilings on cash, by period where the scenario gives dates."""
    budget = g.scenario.of(BudgetKeys).budget

    def aligned(values: dict[Moment, float], key: str) -> dict[int, float]:
        result: dict[int, float] = {}
        for moment, value in values.items():
            index = g.period(moment, ("budget", key, str(moment)))
            if index is None:
                continue
            period = g.timeline.periods[index]
            if moment.first != period.start or (period.end - moment.last).days != 1:
                inside = [p for p in g.timeline.periods if p.start <= moment.last]
                label = inside[-1].label if key == "cumulative" else period.label
                remedy = f"write `{label}`" + (
                    f" for a ceiling up to the end of {moment}"
                    if key == "cumulative"
                    else ", or take another `step`"
                )
                g.problem(
                    "D002",
                    f"{moment} is not a {g.timeline.step} of the horizon",
                    ("budget", key, str(moment)),
                    remedy,
                )
            result[index] = value
        return result

    return CaseBudget(
        capex_usd=budget.capex_usd,
        total_usd=budget.total_usd,
        by_period_usd=aligned(budget.by_period_usd, "by_period"),
        cumulative_usd=aligned(budget.cumulative_usd, "cumulative"),
    )


def case(g: ResolveContext) -> Mapping[str, object]:
    """Its part of the case."""
    return {
        "budget": resolve_budget(g),
        "discount_rate_per_year": g.scenario.of(BudgetKeys).finance.discount_rate_per_year,
        "keeps_worth": g.scenario.of(BudgetKeys).finance.resale == "default",
    }


FACE = Resolve(case)
