"""Objectives as arrays: S systems · T periods · D demands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from planner.arrays import PETA, Floats
from planner.capabilities.demand.case import DemandCase
from planner.capabilities.objectives.case import CaseGoal, ObjectivesCase
from planner.capabilities.objectives.schema import Aim
from planner.core.case import Case
from planner.model.inputs import Arrays, GoalInputs, InputsContext

UNITS = {
    "compute": "PFLOP/s",
    "accelerators": "accelerators",
    "power": "MW",
    "energy": "GWh",
    "carbon": "ktCO2e",
    "cost": "MUSD",
    "capex": "MUSD",
    "peak_cash": "MUSD",
    "time": "days",
    "shortfall": "of what is asked",
}


def goals_of(case: Case, n_t: int, hours: Floats) -> tuple[GoalInputs, ...]:
    """Objectives: what one system in service counts, and when."""
    return tuple(_goal(case, entry, n_t, hours) for entry in case.of(ObjectivesCase).goals)


def _goal(case: Case, entry: CaseGoal, n_t: int, hours: Floats) -> GoalInputs:
    goal = entry.goal
    if goal.weighted is None:
        return _aim(case, goal, entry.at, n_t, hours, goal.tolerance)
    parts = tuple(
        (-part.weight if part.maximize else part.weight, _aim(case, part, at, n_t, hours, 0.0))
        for part, at in zip(goal.weighted, entry.parts_at, strict=True)
    )
    nothing = np.zeros(0)
    return GoalInputs(
        str(goal), "weighted", False, nothing, nothing, "points", goal.tolerance, parts=parts
    )


def _aim(
    case: Case, aim: Aim, at: int | None, n_t: int, hours: Floats, tolerance: float
) -> GoalInputs:
    what = aim.maximize or aim.minimize or ""
    spread = hours / hours.sum()
    if at is not None:
        spread = np.zeros(n_t)
        spread[at] = 1.0
    if what == "time":
        spread = hours / 24.0
    reach = 0.0
    if aim.accelerators is not None:
        reach = aim.accelerators.number
    elif aim.compute_flop_s is not None:
        reach = aim.compute_flop_s / PETA
    computes = what == "compute" or aim.compute_flop_s is not None
    counts = what == "accelerators" or aim.accelerators is not None
    weight = [
        s.delivered_flop_s(aim.precision, case.goodput) / PETA
        if computes
        else float(s.accelerators)
        for s in case.systems
    ]
    return GoalInputs(
        name=str(aim),
        what=what,
        maximize=aim.maximize is not None,
        weight=np.array(weight if computes or counts else []),
        periods=spread,
        unit=UNITS[what],
        tolerance=tolerance,
        reach=reach,
        short=short_of(case, aim.priority, hours) if what == "shortfall" else np.zeros((0, 0)),
    )


def short_of(case: Case, priority: int | None, hours: Floats) -> Floats:
    """[D, T] share of the objective that one missing unit is: missing over asked, the mean over
    demands and time in which they ask.

    Units are those of the demand's row: PFLOP/s or accelerators.
    """
    result = np.zeros((len(case.of(DemandCase).demands), len(hours)))
    for i, demand in enumerate(case.of(DemandCase).demands):
        if demand.may_go_short and priority in (None, demand.priority):
            need = np.array(demand.need) / (PETA if demand.kind == "compute" else 1.0)
            result[i, need > 0] = hours[need > 0] / need[need > 0]
    asked = sum(
        float(hours[np.array(demand.need) > 0].sum())
        for demand in case.of(DemandCase).demands
        if demand.may_go_short and priority in (None, demand.priority)
    )
    return result / asked if asked else result


def fields(ctx: InputsContext) -> Mapping[str, Any]:
    """Objectives in order."""
    return {"goals": goals_of(ctx.case, len(ctx.hours), ctx.hours)}


FACE = Arrays(fields=fields)
