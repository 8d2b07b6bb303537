"""Objectives as arrays: S systems · T periods · D demands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from planner.arrays import PETA, Floats
from planner.capabilities.demand.case import DemandCase
from planner.capabilities.objectives.case import CaseObjective, ObjectivesCase
from planner.capabilities.objectives.schema import Criterion
from planner.core.case import Case
from planner.model.inputs import Arrays, InputsContext, ObjectiveInputs

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


def objectives_of(case: Case, n_t: int, hours: Floats) -> tuple[ObjectiveInputs, ...]:
    """Objectives: what one system in service counts, and when."""
    return tuple(_objective(case, entry, n_t, hours) for entry in case.of(ObjectivesCase).goals)


def _objective(case: Case, entry: CaseObjective, n_t: int, hours: Floats) -> ObjectiveInputs:
    objective = entry.goal
    if objective.weighted is None:
        return _criterion(case, objective, entry.at, n_t, hours, objective.tolerance)
    parts = tuple(
        (
            -part.weight if part.maximize else part.weight,
            _criterion(case, part, at, n_t, hours, 0.0),
        )
        for part, at in zip(objective.weighted, entry.parts_at, strict=True)
    )
    nothing = np.zeros(0)
    return ObjectiveInputs(
        str(objective),
        "weighted",
        False,
        nothing,
        nothing,
        "points",
        objective.tolerance,
        parts=parts,
    )


def _criterion(
    case: Case, criterion: Criterion, at: int | None, n_t: int, hours: Floats, tolerance: float
) -> ObjectiveInputs:
    what = criterion.maximize or criterion.minimize or ""
    spread = hours / hours.sum()
    if at is not None:
        spread = np.zeros(n_t)
        spread[at] = 1.0
    if what == "time":
        spread = hours / 24.0
    reach = 0.0
    if criterion.accelerators is not None:
        reach = criterion.accelerators.number
    elif criterion.compute_flop_s is not None:
        reach = criterion.compute_flop_s / PETA
    computes = what == "compute" or criterion.compute_flop_s is not None
    counts = what == "accelerators" or criterion.accelerators is not None
    weight = [
        s.delivered_flop_s(criterion.precision, case.goodput) / PETA
        if computes
        else float(s.accelerators)
        for s in case.systems
    ]
    return ObjectiveInputs(
        name=str(criterion),
        what=what,
        maximize=criterion.maximize is not None,
        weight=np.array(weight if computes or counts else []),
        periods=spread,
        unit=UNITS[what],
        tolerance=tolerance,
        reach=reach,
        short=short_of(case, criterion.priority, hours)
        if what == "shortfall"
        else np.zeros((0, 0)),
    )


def short_of(case: Case, priority: int | None, hours: Floats) -> Floats:
    """[D, T] share of the objective that one missing unit is: missing over asked, the mean over
    demands and time in which they ask.

    Units are those of the demand's row: PFLOP/s, accelerators, or MW.
    """
    result = np.zeros((len(case.of(DemandCase).demands), len(hours)))
    for i, demand in enumerate(case.of(DemandCase).demands):
        if demand.may_go_short and priority in (None, demand.priority):
            need = np.array(demand.need) / demand.scale
            result[i, need > 0] = hours[need > 0] / need[need > 0]
    asked = sum(
        float(hours[np.array(demand.need) > 0].sum())
        for demand in case.of(DemandCase).demands
        if demand.may_go_short and priority in (None, demand.priority)
    )
    return result / asked if asked else result


def fields(ctx: InputsContext) -> Mapping[str, Any]:
    """Objectives in order."""
    return {"objectives": objectives_of(ctx.case, len(ctx.hours), ctx.hours)}


FACE = Arrays(fields=fields)
