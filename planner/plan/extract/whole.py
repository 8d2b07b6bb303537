"""Whole decisions made whole, and what hangs on them recomputed."""

from __future__ import annotations

import numpy as np

from planner.arrays import Bools, Floats
from planner.capabilities.demand.limits import SERVED
from planner.model.build import Model
from planner.model.frame import Variables
from planner.model.rules.goals import numbered
from planner.plan.derive import missing
from planner.plan.extract.clusters import fit_clusters
from planner.plan.extract.dense import dense, drawn
from planner.plan.extract.halls import fit_halls
from planner.plan.extract.networks import fit_networks
from planner.plan.extract.sources import snap_billed, snap_sources
from planner.plan.tolerance import REACHED


def snap(model: Model, solution: Floats) -> Floats:
    """Whole decisions made whole, and the variables that they determine recomputed from the model's own arithmetic."""
    frame, inputs, v = model.frame, model.inputs, model.decisions
    snapped = solution.copy()
    _, _, integer = frame.bounds()
    snapped[integer] = np.round(snapped[integer])
    runs = v.in_service.index
    delivered, gone = dense(v.delivered.index, snapped), _gone(model, snapped)
    arrived = np.zeros_like(delivered)
    for s, t in zip(*np.nonzero(inputs.orders.runs < delivered.shape[2]), strict=True):
        arrived[s, :, inputs.orders.runs[s, t]] += delivered[s, :, t]
    standing = inputs.existing[:, :, None] + np.cumsum(arrived - gone, axis=2)
    snapped[runs[runs >= 0]] = standing[runs >= 0]
    ordered = frame.variables.get("ordered")
    if ordered is not None:
        snapped[ordered.columns] = delivered.sum(axis=1)[ordered.index >= 0]
    _fit_assigned(model, snapped, standing)
    fit_networks(model, snapped, standing)
    snap_sources(model, snapped)
    snap_billed(model, snapped)
    needed = drawn(model, snapped, "it")
    built = np.maximum.accumulate(np.maximum(snapped[v.built.index], needed), axis=1)
    # a hall built before it is needed is dearer or, to a solver, the same: only what counts the money of a period can ask for it
    by_period = bool(inputs.capex_by_period_musd) or any(goal.what == "peak_cash" for _, goal in numbered(inputs))
    least = np.maximum.accumulate(np.maximum(needed, inputs.existing_it_mw[:, None]), axis=1)
    asked = by_period & (np.abs(built - least) >= 1e-6) & (inputs.construction_musd_per_mw > 0)[:, None]
    asked |= _in_a_hurry(model)[:, None]
    snapped[v.built.index] = np.where(asked, built, least)
    fit_halls(model, snapped, standing)
    fit_clusters(model, snapped)
    short = v.short.index
    served = frame.rows.get(SERVED.row)
    if served is not None and (short >= 0).any():
        activity = frame.activity(np.where(np.isin(np.arange(len(snapped)), short), 0.0, snapped))
        for i, key in enumerate(served.keys):
            column = short[tuple(key)]
            if column >= 0:
                snapped[column] = missing(float(served.lower[i]), float(activity[served.first + i]))
    capex = frame.variables["capex"].index
    snapped[capex] = sum((flow.at(snapped) for flow in frame.spent("capex")), np.zeros(len(capex)))
    _judge(model, snapped, standing)
    return snapped


def _judge(model: Model, snapped: Floats, standing: Floats) -> None:
    """What objectives count by themselves follows from the rest: from when on a capacity is there, and the highest cash of a period."""
    frame, inputs = model.frame, model.inputs
    for label, goal in numbered(inputs):
        if goal.what == "time":
            there = (goal.weight[:, None, None] * standing).sum(axis=(0, 1)) >= goal.reach * (1 - REACHED)
            snapped[frame.variables[f"reached.{label}"].index] = np.logical_and.accumulate(there[::-1])[::-1]
        elif goal.what == "peak_cash":
            spent = (*frame.spent("capex"), *frame.spent("opex"))
            cash = sum((flow.at(snapped) for flow in spent), np.zeros(len(inputs.periods)))
            snapped[frame.variables[f"peak_cash.{label}"].index] = max(0.0, float(cash.max()))


def _in_a_hurry(model: Model) -> Bools:
    """[L] sites whose construction has a rate: what is needed at once must be begun before."""
    crews = model.inputs.build
    return np.asarray((crews.works & np.isfinite(crews.it_mw)[:, None]).any(axis=0), dtype=bool)


def _gone(model: Model, solution: Floats) -> Floats:
    """[S, L, T] systems that leave a site at the start of a period, less those that arrive from another."""
    fleet, v = model.inputs.fleet, model.decisions
    gone = np.zeros(model.inputs.shape)
    retired, moved = dense(v.retired.index, solution), dense(v.moved.index, solution)
    for p, lands in enumerate(fleet.lands):
        gone[fleet.system[p], fleet.site[p]] += retired[p]
        gone[fleet.system[p], fleet.origin[p]] += moved[p]
        inside = lands < gone.shape[2]
        np.subtract.at(gone[fleet.system[p], fleet.site[p]], lands[inside], moved[p, inside])
    return gone


def _fit_assigned(model: Model, snapped: Floats, standing: Floats) -> None:
    """Demands share what stands, and not the crumbs that rounding took away."""
    for name, block in model.frame.variables.items():
        if name == "assigned" or name.startswith("reserve."):
            _fit(model, block, snapped, standing)


def _fit(model: Model, block: Variables, snapped: Floats, standing: Floats) -> None:
    values = np.maximum(dense(block.index, snapped), 0.0)
    compute = np.array([model.inputs.demand_is_compute[model.inputs.demands.index(name)] for name in block.axes[0]])
    for mine in (compute, ~compute):
        total = values[mine].sum(axis=0)
        values[mine] *= np.divide(standing, total, out=np.ones_like(total), where=total > standing)
    snapped[block.columns] = values[block.index >= 0]
