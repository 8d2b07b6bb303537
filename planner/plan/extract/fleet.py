"""Machines that leave, with what the model says they fetch and cost, and suppliers that are qualified."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from planner.model.build import Model
from planner.plan.extract.dense import dense
from planner.plan.schema import Move, Qualification, Retirement

Floats = npt.NDArray[np.float64]
MEGA = 1e6


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
            in_service=i.periods[t + int(fleet.transit[p])],
            units=round(float(values[p, t])),
            cost_usd=round(float(values[p, t])) * float(fleet.move_musd[p]) * MEGA,
        )
        for p, t in np.argwhere(values > 0.5)
    ]


def qualifications(model: Model, solution: Floats) -> list[Qualification]:
    """Who is qualified, and from when on."""
    i, supply = model.inputs, model.inputs.supply
    rows = []
    for q, supplier in enumerate(supply.suppliers):
        done = np.flatnonzero(solution[model.decisions.waits.index[q]] < 0.5)
        if len(done):
            start = int(done[0]) - int(supply.time[q])
            cost_usd = float(supply.cost_musd[q]) * MEGA
            rows.append(Qualification(supplier=supplier, started=i.periods[start], qualified=i.periods[done[0]], cost_usd=cost_usd))
    return rows
