"""Objectives as arrays."""

from __future__ import annotations

import numpy as np

from planner.model.inputs import Floats, GoalInputs
from planner.scenario.case import Case

MEGA = 1e6
PETA = 1e15


def goals_of(case: Case, n_t: int, hours: Floats) -> tuple[GoalInputs, ...]:
    """Objectives: what one system in service counts, and when."""
    goals = []
    for entry in case.goals:
        goal = entry.goal
        what = goal.maximize or goal.minimize or ""
        spread = hours / hours.sum()
        if entry.at is not None:
            spread = np.zeros(n_t)
            spread[entry.at] = 1.0
        weights: dict[str, list[float]] = {
            "compute": [s.delivered_flop_s(goal.precision, case.goodput) / PETA for s in case.systems],
            "accelerators": [float(s.accelerators) for s in case.systems],
        }
        units = {
            "compute": "PFLOP/s",
            "accelerators": "accelerators",
            "power": "MW",
            "energy": "GWh",
            "cost": "MUSD",
            "capex": "MUSD",
        }
        goals.append(
            GoalInputs(
                name=str(goal),
                what=what,
                maximize=goal.maximize is not None,
                weight=np.array(weights.get(what, [])),
                periods=spread,
                unit=units[what],
                tolerance=goal.tolerance,
            )
        )
    return tuple(goals)
