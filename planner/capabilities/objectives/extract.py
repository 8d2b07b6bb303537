"""What objectives count by themselves, out of the model."""

from __future__ import annotations

import numpy as np

from planner.arrays import Floats
from planner.assembly.solved import Extract
from planner.capabilities.objectives.constraints import numbered
from planner.model.family import Model
from planner.plan.compare import REACHED


def fit(model: Model, snapped: Floats, in_service: Floats) -> None:
    """What objectives count by themselves follows from the rest: from when on a capacity is there,
    and the highest cash of a period.
    """
    frame, inputs = model.frame, model.inputs
    for label, objective in numbered(inputs):
        if objective.what == "time":
            there = (objective.weight[:, None, None] * in_service).sum(
                axis=(0, 1)
            ) >= objective.reach * (1 - REACHED)
            snapped[frame.variables[f"reached.{label}"].index] = np.logical_and.accumulate(
                there[::-1]
            )[::-1]
        elif objective.what == "peak_cash":
            spent = (*frame.spent("capex"), *frame.spent("opex"))
            cash = sum((flow.at(snapped) for flow in spent), np.zeros(len(inputs.periods)))
            snapped[frame.variables[f"peak_cash.{label}"].index] = max(0.0, float(cash.max()))


FACE = Extract(fit=fit)
