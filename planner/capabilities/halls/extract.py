"""Halls out of the model, whole, and the machines that stand in them."""

from __future__ import annotations

import numpy as np

from planner.arrays import Floats
from planner.assembly.solved import Extract, Solved
from planner.capabilities.halls.arrays import HallInputs
from planner.capabilities.halls.case import HallsCase
from planner.capabilities.halls.derive import begun_row
from planner.capabilities.halls.tables import HALLS, HOUSED, HallBegun, Housed
from planner.capabilities.networks.arrays import NetworkInputs
from planner.capabilities.networks.tables import GEAR, Gear
from planner.model.family import Model, dense


def fit_halls(model: Model, snapped: Floats, in_service: Floats) -> None:
    """Machines stand in whole halls, and critical IT is that of the halls, in place. Systems
    `in_service` are [S, L, T].
    """
    halls, begun, housed = (
        model.inputs.find(HallInputs),
        model.frame.variables.get("halls_begun"),
        model.frame.variables.get("housed"),
    )
    if halls is None or begun is None or housed is None:
        return
    values = np.maximum(dense(housed.index, snapped), 0.0)
    number = dense(begun.index, snapped)
    built = model.inputs.existing_it_mw[:, None] + np.zeros_like(
        number, shape=(in_service.shape[1], in_service.shape[2])
    )
    for h in range(halls.halls):
        for t in np.flatnonzero(number[h]):
            built[halls.site[h], halls.opens[h, t] :] += halls.size[h, 0] * number[h, t]
    for site in np.unique(halls.site):
        here = halls.site == site
        total = values[:, here].sum(axis=1)
        scale = np.divide(in_service[:, site], total, out=np.zeros_like(total), where=total > 1e-9)
        values[:, here] *= scale[:, None]
        snapped[model.decisions.built.index[site]] = built[site]
    snapped[housed.index[housed.index >= 0]] = values[housed.index >= 0]
    _fit_gear(model, snapped)


def _fit_gear(model: Model, snapped: Floats) -> None:
    """Networks as they are, where the solution has them, in place: what rounding took off their
    groups comes off everywhere alike.
    """
    halls, networks, gear = (
        model.inputs.find(HallInputs),
        model.inputs.find(NetworkInputs),
        model.frame.variables["gear"].index,
    )
    groups = model.frame.variables.get("network_groups")
    if halls is None or networks is None or groups is None:
        return
    drawn = (networks.takes["it"][:, :, None] * dense(groups.index, snapped)).sum(axis=1)
    values = np.maximum(dense(gear, snapped), 0.0)
    for site in np.unique(halls.site):
        here = halls.site == site
        total, need = values[here].sum(axis=0), drawn[networks.site == site].sum(axis=0)
        values[here] *= np.divide(need, total, out=np.zeros_like(total), where=total > 1e-9)
    snapped[gear[gear >= 0]] = values[gear >= 0]


def gear(solved: Solved) -> list[Gear]:
    """Where networks stand."""
    model, solution = solved.model, solved.solution
    block = model.frame.variables.get("gear")
    if block is None:
        return []
    values = dense(block.index, solution)
    rows = []
    for p, t in np.argwhere(values > 1e-9):
        site, _, hall = block.axes[0][p].partition("/")
        rows.append(Gear(site=site, hall=hall, period=block.axes[1][t], it_mw=float(values[p, t])))
    return rows


def halls_begun(solved: Solved) -> list[HallBegun]:
    """Halls by the period in which their construction begins."""
    case, model, solution = solved.model.inputs.case, solved.model, solved.solution
    block = model.frame.variables.get("halls_begun")
    if block is None:
        return []
    values = dense(block.index, solution)
    rows = [
        begun_row(case, case.of(HallsCase).halls[h], int(t), round(float(values[h, t])))
        for h, t in np.argwhere(values > 0.5)
    ]
    return sorted(rows, key=lambda row: (model.inputs.periods.index(row.begun), row.site, row.hall))


def housed(solved: Solved) -> list[Housed]:
    """Who stands where."""
    model, solution = solved.model, solved.solution
    block = model.frame.variables.get("housed")
    if block is None:
        return []
    values = dense(block.index, solution)
    rows = []
    for s, p, t in np.argwhere(values > 1e-9):
        site, _, hall = block.axes[1][p].partition("/")
        rows.append(
            Housed(
                system=block.axes[0][s],
                site=site,
                hall=hall,
                period=block.axes[2][t],
                units=round(float(values[s, p, t]), 9),
            )
        )
    return rows


FACE = Extract({HALLS: halls_begun, HOUSED: housed, GEAR: gear}, fit=fit_halls)
