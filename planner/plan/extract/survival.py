"""What is kept for whom when something stops."""

from __future__ import annotations

import numpy as np

from planner.arrays import Floats
from planner.model.build import Model
from planner.plan.extract.dense import dense
from planner.plan.schema import Reserve


def reserves(model: Model, solution: Floats) -> list[Reserve]:
    """Every part of what runs that is kept for a demand, by event."""
    rows = []
    for position, event in enumerate(dict.fromkeys(rule.event for rule in model.inputs.survival), start=1):
        block = model.frame.variables.get(f"reserve.{position}")
        if block is None:
            continue
        values = dense(block.index, solution)
        for d, s, j, t in np.argwhere(values > 1e-9):
            labels = (axis[i] for axis, i in zip(block.axes, (d, s, j, t), strict=True))
            demand, system, site, period = labels
            rows.append(Reserve(event=event, demand=demand, system=system, site=site, period=period, units=float(values[d, s, j, t])))
    return rows
