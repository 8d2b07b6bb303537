"""The linear program at a plan: what is near it when machines come in parts and every yes-or-no decision stays."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from planner.model.build import Model, hold, objective
from planner.model.frame import Floats, Frame, Objective
from planner.model.inputs import GoalInputs
from planner.solve.run import Outcome
from planner.solve.start import ROUNDED


@dataclass(frozen=True)
class Local:
    """The linear program at the plan: machines in parts, yes-or-no decisions held."""

    value: float
    solution: Floats
    duals: Floats
    """Change of the objective per unit of a row's bound."""


def asked(model: Model, outcome: Outcome, goal: int) -> Frame:
    """The model of one objective: those before it are held as `run` held them."""
    frame = copy(model.frame)
    frame.rows = dict(frame.rows)
    for number in range(goal):
        hold(frame, model.objectives[number], outcome.goals[number].value, model.inputs.goals[number].tolerance, number + 1)
    return frame


def objective_in(model: Model, number: int, frame: Frame) -> Objective:
    """Objective number `number` in a moved model. the model's own unless what is asked for moved.

    What goes short is told as a share of that.
    """
    before, after, goal = model.frame.rows.get("demand.served"), frame.rows.get("demand.served"), model.inputs.goals[number]
    about = [one for one in (goal, *(part for _, part in goal.parts)) if one.short.size]
    if before is None or after is None or not about or np.array_equal(before.lower, after.lower):
        return model.objectives[number]
    need = np.zeros(model.inputs.demand_need.shape)
    need[tuple(after.keys.T)] = np.maximum(after.lower, 0.0)
    parts = tuple((weight, _shares_of(part, need, model.inputs.hours)) for weight, part in goal.parts)
    moved = replace(_shares_of(goal, need, model.inputs.hours), parts=parts)
    return objective(model.frame, model.decisions, model.inputs, moved, str(number + 1))


def _shares_of(goal: GoalInputs, need: Floats, hours: Floats) -> GoalInputs:
    """One missing unit as a share of what is asked for, the mean over demands and time in which they ask; as `waist` has it."""
    asks = (goal.short > 0) & (need > 0) if goal.short.size else np.zeros((0, 0), dtype=bool)
    if not asks.any():
        return goal if not goal.short.size else replace(goal, short=np.zeros_like(goal.short))
    each = np.broadcast_to(hours, need.shape)
    return replace(goal, short=np.where(asks, each / np.where(asks, need, 1.0), 0.0) / float(each[asks].sum()))


def in_parts(frame: Frame, solution: Floats) -> Frame:
    """The linear program at a plan: machines in parts, every other whole number as the plan has it."""
    result = copy(frame)
    result.variables = {}
    for name, block in frame.variables.items():
        if not block.integer:
            result.variables[name] = block
        elif name in ROUNDED:
            result.variables[name] = replace(block, integer=False)
        else:
            held = np.round(solution[block.index[block.index >= 0]])
            result.variables[name] = replace(block, integer=False, lower=held, upper=held)
    return result
