"""Machines that run, retire and move, out of the model."""

from __future__ import annotations

import numpy as np

from planner.arrays import MEGA
from planner.assembly.solved import Extract, Solved
from planner.capabilities.fleet.tables import FLEET, MOVES, RETIREMENTS, FleetRow, Move, Retirement
from planner.model.family import dense


def retirements(solved: Solved) -> list[Retirement]:
    """What is switched off, stock by stock."""
    model, solution = solved.model, solved.solution
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


def moves(solved: Solved) -> list[Move]:
    """What is taken to another site, stock by stock."""
    model, solution = solved.model, solved.solution
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


def fleet(solved: Solved) -> list[FleetRow]:
    """Systems in service, from the model."""
    case, model, solution = solved.model.inputs.case, solved.model, solved.solution
    i = model.inputs
    values = dense(model.decisions.in_service.index, solution)
    rows = [
        FleetRow(
            system=i.systems[s],
            site=i.sites[j],
            period=i.periods[t],
            units=n,
            accelerators=n * case.systems[s].accelerators,
        )
        for s, j, t in np.argwhere(values > 0.5)
        if (n := round(float(values[s, j, t])))
    ]
    return sorted(rows, key=lambda r: (r.system, r.site, i.periods.index(r.period)))


FACE = Extract({RETIREMENTS: retirements, MOVES: moves}, known={FLEET: fleet})
