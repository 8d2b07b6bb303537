"""Machines that leave, with what the model says they fetch and cost, and suppliers that are qualified."""

from __future__ import annotations

import numpy as np

from planner.arrays import MEGA, Floats
from planner.model.build import Model
from planner.periods import later
from planner.plan.extract.dense import dense
from planner.plan.schema import Move, Qualification, Retirement
from planner.scenario.case import Case


def retirements(model: Model, solution: Floats) -> list[Retirement]:
    """What is switched off, stock by stock."""
    i, fleet = model.inputs, model.inputs.fleet
    values = dense(model.decisions.retired.index, solution)
    return [
        Retirement(
            system=i.systems[fleet.system[p]],
            site=i.sites[fleet.site[p]],
            period=i.periods[t],
            vintage=fleet.vintage[p],
            home=i.sites[fleet.origin[p]],
            units=round(float(values[p, t])),
            sale_usd=round(float(values[p, t])) * float(fleet.sale_musd[p, t]) * MEGA,
        )
        for p, t in np.argwhere(values > 0.5)
    ]


def moves(model: Model, solution: Floats) -> list[Move]:
    """What is taken to another site, stock by stock."""
    i, fleet = model.inputs, model.inputs.fleet
    values = dense(model.decisions.moved.index, solution)
    return [
        Move(
            system=i.systems[fleet.system[p]],
            origin=i.sites[fleet.origin[p]],
            destination=i.sites[fleet.site[p]],
            period=i.periods[t],
            vintage=fleet.vintage[p],
            in_service=i.periods[fleet.lands[p, t]],
            units=round(float(values[p, t])),
            cost_usd=round(float(values[p, t])) * float(fleet.move_musd[p]) * MEGA,
        )
        for p, t in np.argwhere(values > 0.5)
    ]


def qualifications(case: Case, model: Model, solution: Floats) -> list[Qualification]:
    """Who is qualified, and from when on."""
    rows = []
    for q, entry in enumerate(case.qualifications):
        begun = np.flatnonzero(solution[model.decisions.waits.index[q]] < 0.5)
        if len(begun):
            done = later(case.timeline.starts[begun[0]], entry.time_days)
            started = model.inputs.periods[begun[0]]
            rows.append(Qualification(supplier=entry.supplier, started=started, qualified=str(done), cost_usd=entry.cost_usd))
    return rows
