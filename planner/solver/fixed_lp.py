"""The linear program at a plan: what is near it when machines and switches come in parts and every
yes-or-no decision stays.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from planner.arrays import Floats
from planner.assembly.model import hold
from planner.model.blocks import Variables
from planner.model.family import Model
from planner.model.frame import Frame
from planner.solver.run import Outcome


@dataclass(frozen=True)
class Local:
    """The linear program at the plan: machines and switches in parts, yes-or-no decisions held."""

    value: float
    solution: Floats
    duals: Floats
    """Change of the objective per unit of a row's bound."""


def asked(model: Model, outcome: Outcome, number: int) -> Frame:
    """The model of objective `number`, from 0: those before it are held as `run` held them."""
    frame = copy(model.frame)
    frame.rows = dict(frame.rows)
    for earlier in range(number):
        hold(
            frame,
            model.objectives[earlier],
            outcome.objectives[earlier].value,
            model.inputs.objectives[earlier].tolerance,
            earlier + 1,
        )
    return frame


def in_parts(frame: Frame, solution: Floats) -> Frame:
    """The linear program at a plan: machines and switches in parts, every other whole number as the
    plan has it.
    """
    result = copy(frame)
    result.variables = {}
    for name, block in frame.variables.items():
        if not block.integer:
            result.variables[name] = block
        elif block.integral.sort in ("machines", "groups"):
            result.variables[name] = replace(block, integer=False)
        else:
            held = np.round(solution[block.columns])
            if block.integral.groups:
                held = _grades(frame, block, block.integral.groups, solution)
            result.variables[name] = replace(block, integer=False, lower=held, upper=held)
    return result


def _grades(frame: Frame, block: Variables, groups: str, solution: Floats) -> Floats:
    """Grades as the plan has them; a network of which nothing runs, or was bought, begins as its
    smallest, as any would.
    """
    there = block.index >= 0
    chosen = np.where(there, np.round(solution[block.index]), 0.0)
    index = frame.variables[groups].index
    some = np.where(index >= 0, solution[index], 0.0) > 0.5
    used = (
        some.any(axis=1, keepdims=True)
        if there.ndim == some.ndim
        else some.reshape(len(some), -1).any(axis=1, keepdims=True)
    )
    smallest = there & (np.cumsum(there, axis=1) == 1)
    return np.asarray(np.where(used, chosen, smallest)[there], dtype=np.float64)
