"""What is kept for whom when something stops, out of the model."""

from __future__ import annotations

import numpy as np

from planner.arrays import Floats
from planner.assembly.solved import Extract, Solved
from planner.capabilities.demand.extract import fit_shared
from planner.capabilities.sourcing.arrays import SourcingInputs
from planner.capabilities.sourcing.tables import RESERVES, Reserve
from planner.model.family import Model, dense


def reserves(solved: Solved) -> list[Reserve]:
    """Every part of what runs that is kept for a demand, by event."""
    model, solution = solved.model, solved.solution
    rows = []
    for position, event in enumerate(
        dict.fromkeys(rule.event for rule in model.inputs.of(SourcingInputs).survival), start=1
    ):
        block = model.frame.variables.get(f"reserve.{position}")
        if block is None:
            continue
        values = dense(block.index, solution)
        for d, s, j, t in np.argwhere(values > 1e-9):
            labels = (axis[i] for axis, i in zip(block.axes, (d, s, j, t), strict=True))
            demand, system, site, period = labels
            rows.append(
                Reserve(
                    event=event,
                    demand=demand,
                    system=system,
                    site=site,
                    period=period,
                    units=float(values[d, s, j, t]),
                )
            )
    return rows


def fit(model: Model, snapped: Floats, in_service: Floats) -> None:
    """What is kept for demands that must survive the same loss is shared as what runs is, in
    place.
    """
    for name, block in model.frame.variables.items():
        if name.startswith("reserve."):
            fit_shared(model, block, snapped, in_service)


FACE = Extract({RESERVES: reserves}, fit=fit)
