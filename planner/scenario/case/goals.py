"""Ceilings on money, and objectives."""

from __future__ import annotations

from planner.records import Record
from planner.scenario.schema.goals import Goal


class CaseBudget(Record):
    """Ceilings on undiscounted cash in USD; by period where the scenario set one."""

    capex_usd: float | None
    total_usd: float | None
    by_period_usd: dict[int, float]
    cumulative_usd: dict[int, float]


class CaseGoal(Record):
    """An objective with its period resolved, and those of the parts of a weighted one."""

    goal: Goal
    at: int | None
    parts_at: list[int | None] = []
