"""Purchases and qualifications out of the model."""

from __future__ import annotations

import numpy as np

from planner.arrays import Floats
from planner.assembly.solved import Extract, Solved
from planner.capabilities.supply.case import SupplyCase
from planner.capabilities.supply.derive import purchase
from planner.capabilities.supply.tables import PURCHASES, QUALIFICATIONS, Purchase, Qualification
from planner.model.family import Model, dense
from planner.periods import later


def qualifications(solved: Solved) -> list[Qualification]:
    """Who is qualified, and from when on."""
    case, model, solution = solved.model.inputs.case, solved.model, solved.solution
    rows = []
    for q, entry in enumerate(case.of(SupplyCase).qualifications):
        begun = np.flatnonzero(solution[model.decisions.unqualified.index[q]] < 0.5)
        if len(begun):
            done = later(case.timeline.starts[begun[0]], entry.time_days)
            started = model.inputs.periods[begun[0]]
            rows.append(
                Qualification(
                    supplier=entry.supplier,
                    started=started,
                    qualified=str(done),
                    cost_usd=entry.cost_usd,
                )
            )
    return rows


def fit(model: Model, snapped: Floats, in_service: Floats) -> None:
    """What is ordered of a product is all that is delivered of it, in place."""
    ordered = model.frame.variables.get("ordered")
    if ordered is not None:
        delivered = dense(model.decisions.delivered.index, snapped)
        snapped[ordered.columns] = delivered.sum(axis=1)[ordered.index >= 0]


def purchases(solved: Solved) -> list[Purchase]:
    """What is bought, by the day of delivery."""
    case, model, solution = solved.model.inputs.case, solved.model, solved.solution
    block, labels = model.decisions.delivered, model.inputs.periods
    rows = []
    for s, site, t in np.argwhere(dense(block.index, solution) > 0.5):
        row = purchase(
            case,
            case.systems[s],
            case.sites[site].id,
            t,
            round(float(solution[block.index[s, site, t]])),
        )
        assert row is not None  # else there is no such column
        rows.append(row)
    return sorted(rows, key=lambda p: (labels.index(p.delivered), p.site, p.system))


FACE = Extract({PURCHASES: purchases, QUALIFICATIONS: qualifications}, fit=fit)
