"""Objectives of a scenario, with their periods."""

from __future__ import annotations

from collections.abc import Mapping

from planner.capabilities.demand.schema import ComputeDemand, Demand, DemandKeys
from planner.capabilities.objectives.case import CaseObjective
from planner.capabilities.objectives.schema import Objective, ObjectivesKeys
from planner.core.context import Resolve, ResolveContext

GIVEN_UP = 1e-6
"""How much of a priority's shortfall, in shares of it, the objectives after it may add."""


def resolve_objectives(g: ResolveContext) -> list[CaseObjective]:
    """The scenario's objectives with their periods.

    Unless it says itself where shortfall comes, each priority of its demands is an objective of its
    own before them, the first priority first: a demand of priority 2 is served only with what takes
    nothing from those of priority 1, at whatever cost.
    """
    asked = [
        resolve_objective(g, i, objective)
        for i, objective in enumerate(g.scenario.of(ObjectivesKeys).objective)
    ]
    priorities = sorted(
        {
            demand.priority
            for demand in g.scenario.of(DemandKeys).demands
            if demand.priority is not None
        }
    )
    criteria = [
        (i, criterion)
        for i, entry in enumerate(asked)
        for criterion in (entry.goal, *(entry.goal.weighted or []))
    ]
    said = [(i, criterion) for i, criterion in criteria if criterion.minimize == "shortfall"]
    if not said:
        first = [
            Objective(minimize="shortfall", priority=priority, tolerance=GIVEN_UP)
            for priority in priorities
        ]
        return [*(CaseObjective(goal=objective, at=None) for objective in first), *asked]
    for i, objective in said:
        if objective.priority is not None and objective.priority not in priorities:
            remedy = (
                f"priorities of the demands: {', '.join(map(str, priorities))}"
                if priorities
                else "no demand has a `priority`"
            )
            g.problem(
                "S003",
                f"no demand has priority {objective.priority}",
                ("objective", i, "priority"),
                remedy,
            )
        if objective.priority is None and not any(
            _soft(demand) for demand in g.scenario.of(DemandKeys).demands
        ):
            g.problem(
                "S003",
                "no demand may go short",
                ("objective", i),
                "give one a `shortfall` price or a `priority`",
            )
    covered = {objective.priority for _, objective in said}
    for i, demand in enumerate(g.scenario.of(DemandKeys).demands):
        if demand.priority is not None and demand.priority not in covered and None not in covered:
            message = (
                f"demand `{demand.id}` has priority {demand.priority}, and no objective asks for it"
            )
            g.problem(
                "S003",
                message,
                ("demands", i, "priority"),
                f"add `{{minimize: shortfall, priority: {demand.priority}}}`",
            )
    return asked


def _soft(demand: Demand) -> bool:
    price = (
        demand.shortfall_usd_per_eflop if isinstance(demand, ComputeDemand) else demand.shortfall
    )
    return price is not None or demand.priority is not None


def resolve_objective(g: ResolveContext, i: int, objective: Objective) -> CaseObjective:
    """An objective with the periods that its dates fall in."""
    parts = [
        g.period(part.at, ("objective", i, "weighted", n, "at"))
        for n, part in enumerate(objective.weighted or [])
    ]
    return CaseObjective(
        goal=objective, at=g.period(objective.at, ("objective", i, "at")), parts_at=parts
    )


def case(g: ResolveContext) -> Mapping[str, object]:
    """Its part of the case."""
    return {"goals": resolve_objectives(g)}


FACE = Resolve(case)
