"""The linear program at a plan: what is near it when machines come in parts and every yes-or-no decision stays."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from planner.model.build import Model, hold
from planner.model.frame import Floats, Frame
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
