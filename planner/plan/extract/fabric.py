"""Networks out of the model, whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planner.model.build import Model
from planner.plan.derive import Decisions, Derivation
from planner.plan.derive_fabric import fabric_row, grade_of
from planner.plan.extract.dense import dense
from planner.plan.schema import FabricRow
from planner.scenario.case import Case

Floats = npt.NDArray[np.float64]


PATIENT = ("cost", "capex", "compute", "accelerators", "power", "energy")
"""Objectives to which it is the same, or worse, to buy a switch before it is needed."""


def fit_fabrics(model: Model, snapped: Floats) -> None:
    """Only the chosen number of tiers has switches, and none is bought before it is needed, in place.

    Early purchases stay where only the budget of a period, or its highest cash, can have asked for them.
    """
    fabrics, groups, above = model.inputs.fabrics, model.frame.variables.get("fabric_groups"), model.frame.variables.get("fabric_above")
    if fabrics is None or groups is None or above is None:
        return
    patient = not model.inputs.capex_by_period_musd and all(goal.what in PATIENT for goal in model.inputs.goals)
    chosen = dense(model.frame.variables["fabric_tier"].index, snapped) > 0.5
    delivered = dense(model.decisions.delivered.index, snapped)[fabrics.system, fabrics.site]
    fleet = model.inputs.fleet
    retired, moved = dense(model.decisions.retired.index, snapped), dense(model.decisions.moved.index, snapped)
    left = np.zeros_like(delivered)
    for p in np.flatnonzero(fleet.delivered >= 0):
        mine = (fabrics.system == fleet.system[p]) & (fabrics.site == fleet.origin[p])
        left[mine] += moved[p] + (retired[p] if fleet.site[p] == fleet.origin[p] else 0.0)
    nodes = np.maximum.accumulate(np.cumsum(delivered - left, axis=1), axis=1) * fabrics.nodes[:, None]
    for f, k in np.argwhere(fabrics.exists):
        if not chosen[f, k]:
            snapped[groups.index[f, k]] = snapped[above.index[f, k]] = 0.0
        elif patient:
            need = np.ceil(nodes[f] / fabrics.nodes_per_group[f, k] - 1e-9)
            snapped[groups.index[f, k]] = need
            snapped[above.index[f, k]] = np.ceil(need * fabrics.above_per_group[f, k] - 1e-9)


def with_fabrics(case: Case, model: Model, solution: Floats, decisions: Decisions) -> Decisions:
    """The decisions with their networks, which need to know what was delivered."""
    groups, above = model.frame.variables.get("fabric_groups"), model.frame.variables.get("fabric_above")
    if groups is None or above is None:
        return decisions
    d, rows = Derivation(case, decisions), list[FabricRow]()
    many, higher = np.round(dense(groups.index, solution)), np.round(dense(above.index, solution))
    for f, fabric in enumerate(case.fabrics):
        for k, name in enumerate(groups.axes[1]):
            grade = grade_of(fabric, int(name.partition("-")[0]))
            before = (0, 0)
            for t in range(len(d.labels)):
                now = int(many[f, k, t]), int(higher[f, k, t])
                if grade is not None and any(now):
                    rows.append(fabric_row(d, fabric, grade, t, now, before))
                    before = now
    return replace(decisions, fabrics=rows)
