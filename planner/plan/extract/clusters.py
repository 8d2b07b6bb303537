"""The cluster that serves each coherent demand, out of the model."""

from __future__ import annotations

import numpy as np

from planner.arrays import Floats
from planner.model.build import Model
from planner.plan.extract.dense import dense
from planner.plan.schema import Cluster


def fit_clusters(model: Model, snapped: Floats) -> None:
    """A cluster counts all that stands there for its demand, in place: also what is beyond the need, as any other demand does."""
    chosen, block = model.frame.variables.get("cluster_at"), model.frame.variables.get("cluster")
    if chosen is None or block is None:
        return
    assigned = model.frame.variables.get("assigned")
    for i, name in enumerate(chosen.axes[0]):
        runs = model.decisions.in_service.index
        if assigned is not None and name in assigned.axes[0]:
            runs = assigned.index[list(assigned.axes[0]).index(name)]
        there = dense(runs, snapped) * dense(chosen.index[i], snapped)[:, :, None]
        index = block.index[i]
        snapped[index[index >= 0]] = there[index >= 0]


def clusters(model: Model, solution: Floats) -> list[Cluster]:
    """The choice for each coherent demand."""
    block = model.frame.variables.get("cluster_at")
    if block is None:
        return []
    where = np.argwhere(dense(block.index, solution) > 0.5)
    return [Cluster(demand=block.axes[0][d], system=block.axes[1][s], site=block.axes[2][j]) for d, s, j in where]
