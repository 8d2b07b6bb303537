"""Objectives in order, those of the demands' priorities first."""

from __future__ import annotations

from planner.scenario.case import CaseGoal
from planner.scenario.gathering import Gathering
from planner.scenario.resolve_rules import resolve_goal
from planner.scenario.schema.demands import ComputeDemand, Demand
from planner.scenario.schema.goals import Goal

GIVEN_UP = 1e-6
"""How much of a priority's shortfall, in shares of it, the objectives after it may add."""


def resolve_goals(g: Gathering) -> list[CaseGoal]:
    """The scenario's objectives with their periods.

    Unless it says itself where shortfall comes, each priority of its demands is an objective of its own before them, the first priority
    first: a demand of priority 2 is served only with what takes nothing from those of priority 1, at whatever cost.
    """
    asked = [resolve_goal(g, i, goal) for i, goal in enumerate(g.scenario.objective)]
    priorities = sorted({demand.priority for demand in g.scenario.demands if demand.priority is not None})
    aims = [(i, aim) for i, entry in enumerate(asked) for aim in (entry.goal, *(entry.goal.weighted or []))]
    said = [(i, aim) for i, aim in aims if aim.minimize == "shortfall"]
    if not said:
        return [*(CaseGoal(goal=Goal(minimize="shortfall", priority=p, tolerance=GIVEN_UP), at=None) for p in priorities), *asked]
    for i, goal in said:
        if goal.priority is not None and goal.priority not in priorities:
            remedy = f"priorities of the demands: {', '.join(map(str, priorities))}" if priorities else "no demand has a `priority`"
            g.problem("S003", f"no demand has priority {goal.priority}", ("objective", i, "priority"), remedy)
        if goal.priority is None and not any(_soft(demand) for demand in g.scenario.demands):
            g.problem("S003", "no demand may go short", ("objective", i), "give one a `shortfall` price or a `priority`")
    covered = {goal.priority for _, goal in said}
    for i, demand in enumerate(g.scenario.demands):
        if demand.priority is not None and demand.priority not in covered and None not in covered:
            message = f"demand `{demand.id}` has priority {demand.priority}, and no objective asks for it"
            g.problem("S003", message, ("demands", i, "priority"), f"add `{{minimize: shortfall, priority: {demand.priority}}}`")
    return asked


def _soft(demand: Demand) -> bool:
    price = demand.shortfall_usd_per_eflop if isinstance(demand, ComputeDemand) else demand.shortfall_usd_per_accelerator_h
    return price is not None or demand.priority is not None
