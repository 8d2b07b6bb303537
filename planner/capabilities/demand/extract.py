"""Demands out of the model: what serves them, and what goes short."""

from __future__ import annotations

import numpy as np

from planner.arrays import Floats
from planner.assembly.solved import Extract, Solved
from planner.capabilities.demand.case import RIVALS, SERVED, DemandCase
from planner.capabilities.demand.tables import (
    ASSIGNMENTS,
    CLUSTERS,
    DEMANDS,
    Assignment,
    Cluster,
    DemandRow,
)
from planner.model.blocks import Variables
from planner.model.family import Model, dense
from planner.plan.derive import missing


def fit_clusters(model: Model, snapped: Floats) -> None:
    """A cluster counts all that stands there for its demand, in place: also what is beyond the
    need, as any other demand does.
    """
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


def clusters(solved: Solved) -> list[Cluster]:
    """The choice for each coherent demand."""
    model, solution = solved.model, solved.solution
    block = model.frame.variables.get("cluster_at")
    if block is None:
        return []
    where = np.argwhere(dense(block.index, solution) > 0.5)
    return [
        Cluster(demand=block.axes[0][d], system=block.axes[1][s], site=block.axes[2][j])
        for d, s, j in where
    ]


def fit(model: Model, snapped: Floats, in_service: Floats) -> None:
    """Demands share what stands, clusters count all of it, and what is missing goes short, in
    place.
    """
    assigned = model.frame.variables.get("assigned")
    if assigned is not None:
        fit_shared(model, assigned, snapped, in_service)
    fit_clusters(model, snapped)
    short = model.decisions.short.index
    served = model.frame.rows.get(SERVED.row)
    if served is not None and (short >= 0).any():
        activity = model.frame.activity(
            np.where(np.isin(np.arange(len(snapped)), short), 0.0, snapped)
        )
        for i, key in enumerate(served.keys):
            column = short[tuple(key)]
            if column >= 0:
                snapped[column] = missing(float(served.lower[i]), float(activity[served.first + i]))


def fit_shared(model: Model, block: Variables, snapped: Floats, in_service: Floats) -> None:
    """What demands share of what stands, and not the residue that rounding took away, in place."""
    values = np.maximum(dense(block.index, snapped), 0.0)
    kinds = np.array(
        [model.inputs.demand_kind[model.inputs.demands.index(name)] for name in block.axes[0]]
    )
    for mine in (kinds == kind for kind in RIVALS):
        total = values[mine].sum(axis=0)
        values[mine] *= np.divide(
            in_service, total, out=np.ones_like(total), where=total > in_service
        )
    snapped[block.columns] = values[block.index >= 0]


def assignments(solved: Solved) -> list[Assignment]:
    """Who serves which of several demands."""
    model, solution = solved.model, solved.solution
    block = model.frame.variables.get("assigned")
    if block is None:
        return []
    values = dense(block.index, solution)
    return [
        Assignment(
            demand=block.axes[0][d],
            system=block.axes[1][s],
            site=block.axes[2][j],
            period=block.axes[3][t],
            units=float(values[d, s, j, t]),
        )
        for d, s, j, t in np.argwhere(values > 1e-9)
    ]


def demands(solved: Solved) -> list[DemandRow]:
    """What each demand got, from its row."""
    case, model, solution = solved.model.inputs.case, solved.model, solved.solution
    block = model.frame.rows.get(SERVED.row)
    if block is None:
        return []
    activity = model.frame.activity(solution)
    rows = []
    for n, (d, t) in enumerate(block.keys):
        demand = case.of(DemandCase).demands[d]
        column = model.decisions.short.index[d, t]
        served = float(activity[block.first + n]) - (
            float(solution[column]) if column >= 0 else 0.0
        )
        short = missing(float(block.lower[n]), served)
        rows.append(
            DemandRow(
                demand=demand.id,
                period=model.inputs.periods[t],
                unit=demand.measured_in,
                need=demand.need[t],
                served=served * demand.scale,
                short=short * demand.scale,
            )
        )
    return rows


FACE = Extract({ASSIGNMENTS: assignments, CLUSTERS: clusters}, known={DEMANDS: demands}, fit=fit)
