"""Power sources out of the model: whole units, what they put out and carry."""

from __future__ import annotations

import numpy as np

from planner.arrays import HOURS_PER_DAY, Floats
from planner.assembly.solved import Extract, Solved
from planner.capabilities.generation.arrays import SourceInputs
from planner.capabilities.generation.tables import (
    SOURCE_COVERS,
    SOURCE_OUTPUTS,
    SOURCE_STARTS,
    SourceCover,
    SourceOutput,
    SourceStart,
)
from planner.capabilities.utility.arrays import TariffInputs
from planner.model.family import Model, dense, drawn
from planner.model.terms import Measure

CRUMB_MW = 1e-6
"""Less is what rounding leaves over."""


def load_mw(model: Model, solution: Floats, highest: Measure) -> Floats:
    """[L, I, T] the load in each step of the curves, between the average and a measure of the
    highest.
    """
    average = drawn(model, solution, "utility_average")[:, None, :]
    above = drawn(model, solution, highest)[:, None, :] - average
    return np.asarray(
        average + model.inputs.of(SourceInputs).position[:, :, None] * above, dtype=np.float64
    )


def net_mw(model: Model, solution: Floats) -> Floats:
    """[L, I, T] by how much sources lower the load of each step."""
    own, frame = model.inputs.of(SourceInputs), model.frame
    found = np.zeros((*own.share.shape, len(model.inputs.periods)))
    for name, sign in (("cover", 1.0), ("give", 1.0), ("take", -1.0)):
        np.add.at(found, own.site, sign * dense(frame.variables[name].index, solution))
    return found


def carried_mw(model: Model, solution: Floats) -> Floats:
    """[K, T] mean of what sources carry."""
    own = model.inputs.of(SourceInputs)
    if "cover" not in model.frame.variables:
        return np.zeros((len(own.names), len(model.inputs.periods)))
    values = dense(model.frame.variables["cover"].index, solution)
    return np.asarray((_share(model) * values).sum(axis=1), dtype=np.float64)


def fit_covers(model: Model, snapped: Floats, units: Floats, firm: Floats) -> None:
    """What is needed of each source in each step and no more, within what is firm of its whole
    units.
    """
    frame, inputs, own = model.frame, model.inputs, model.inputs.of(SourceInputs)
    _fit_storage(model, snapped, units)
    index = frame.variables["cover"].index
    there = index >= 0
    values = np.where(there, np.clip(dense(index, snapped), 0.0, firm[:, None, :]), 0.0)
    connection = inputs.available_mw.copy()
    np.add.at(connection, own.site, own.connection_mw[:, None] * units)
    snapped[index[there]] = 0.0
    net = net_mw(model, snapped)
    left = load_mw(model, snapped, "utility") - net
    billed = np.maximum(left, load_mw(model, snapped, "utility_peak") - net)
    need = np.where(left - connection[:, None, :] < CRUMB_MW, 0.0, left - connection[:, None, :])
    charged = np.asarray((inputs.of(TariffInputs).charge_musd > 0).any(axis=1), dtype=bool)
    for j in range(len(inputs.sites)):
        here = own.site == j
        total = values[here].sum(axis=0)
        # where less is billed for it, more may be carried than must be
        most = np.maximum(billed[j], 0.0) if charged[j] else need[j]
        values[here] *= np.divide(most, total, out=np.ones_like(total), where=total > most)
        total = values[here].sum(axis=0)
        room = np.where(there[here], firm[here][:, None, :] - values[here], 0.0)
        lacking, free = np.maximum(need[j] - total, 0.0), room.sum(axis=0)
        values[here] += room * np.divide(
            np.minimum(lacking, free), free, out=np.zeros_like(free), where=free > 0
        )
    snapped[index[there]] = values[there]


def _fit_storage(model: Model, snapped: Floats, units: Floats) -> None:
    """What storage gives within its power, its energy and what it takes; it takes no more than that
    needs.
    """
    frame, own = model.frame, model.inputs.of(SourceInputs)
    give, take, loss = (frame.variables[name].index for name in ("give", "take", "storage_loss"))
    power, share = (own.unit_mw[:, None] * units)[:, None, :], _share(model)
    given = np.clip(dense(give, snapped), 0.0, power)
    taken = np.clip(dense(take, snapped), 0.0, power - given)
    daily, energy = HOURS_PER_DAY * (share * given).sum(axis=1), own.storage_mwh[:, None] * units
    given *= np.divide(energy, daily, out=np.ones_like(daily), where=daily > energy)[:, None, :]
    needs, has = (share * given).sum(axis=1) / own.round_trip[:, None], (share * taken).sum(axis=1)
    given *= np.divide(has, needs, out=np.ones_like(needs), where=needs > has)[:, None, :]
    taken *= np.divide(needs, has, out=np.ones_like(has), where=has > needs)[:, None, :]
    lost = (share * (taken - given)).sum(axis=1)
    for index, values in ((give, given), (take, taken), (loss, lost)):
        snapped[index[index >= 0]] = values[index >= 0]


def _share(model: Model) -> Floats:
    """[K, I, 1] of the hours at the site of each source."""
    own = model.inputs.of(SourceInputs)
    return own.share[own.site][:, :, None]


def covers(solved: Solved) -> list[SourceCover]:
    """What is carried and taken, where there is any."""
    model, solution = solved.model, solved.solution
    if "cover" not in model.frame.variables:
        return []
    own, frame = model.inputs.of(SourceInputs), model.frame
    gives = dense(frame.variables["cover"].index, solution) + dense(
        frame.variables["give"].index, solution
    )
    takes = dense(frame.variables["take"].index, solution)
    found = []
    for k, t, i in np.argwhere(np.moveaxis(np.maximum(gives, takes), 2, 1) > 1e-9):
        site, _, source = own.names[k].partition(":")
        found.append(
            SourceCover(
                site=site,
                source=source,
                period=model.inputs.periods[t],
                step=own.steps[i],
                mw=float(gives[k, i, t]),
                takes_mw=float(takes[k, i, t]),
            )
        )
    return found


def fit(model: Model, snapped: Floats, in_service: Floats) -> None:
    """Units from whole starts, idle periods from units, and output that they and the site's draw
    allow.
    """
    frame, own = model.frame, model.inputs.of(SourceInputs)
    started = frame.variables.get("source_started")
    if started is None:
        return
    begun = np.where(started.index >= 0, snapped[started.index], 0.0)
    total = np.cumsum(begun, axis=1)
    ended = np.zeros_like(total)
    for k, term in enumerate(own.term):
        if term < total.shape[1]:
            ended[k, term:] = total[k, : total.shape[1] - term]
    units = total - ended
    snapped[frame.variables["source_units"].index] = units
    idle = frame.variables.get("source_idle")
    if idle is not None:
        snapped[idle.index[idle.index >= 0]] = (units < 0.5)[idle.index >= 0]
    firm = np.maximum(own.firm_mw[:, None] * units - own.spare_mw[:, None], 0.0)
    for name, values in (("source_firm", firm), ("source_counted", firm > 0)):
        block = frame.variables.get(name)
        if block is not None:
            snapped[block.columns] = values[block.index >= 0]
    if "cover" in frame.variables:
        fit_covers(model, snapped, units, firm)
    _fit_output(model, snapped, units)


def _fit_output(model: Model, snapped: Floats, units: Floats) -> None:
    """Output without the residue of rounding: what it carries, and beside that no more than
    the site takes.
    """
    inputs, own, frame = model.inputs, model.inputs.of(SourceInputs), model.frame
    index, loss = frame.variables["source_output"].index, frame.variables["storage_loss"].index
    most = own.output_mw[:, None] * units
    out = np.clip(dense(index, snapped), 0.0, most)
    taken = drawn(model, snapped, "utility_average")
    np.add.at(taken, own.site, dense(loss, snapped))
    carried = carried_mw(model, snapped)
    out = np.maximum(out, np.minimum(carried, most))
    free = np.maximum(out - carried, 0.0)
    for j in range(len(inputs.sites)):
        here = own.site == j
        excess, room = np.maximum(out[here].sum(axis=0) - taken[j], 0.0), free[here].sum(axis=0)
        out[here] -= free[here] * np.divide(
            np.minimum(excess, room), room, out=np.zeros_like(room), where=room > 0
        )
    snapped[index[index >= 0]] = out[index >= 0]


def starts(solved: Solved) -> list[SourceStart]:
    """Units that begin to run."""
    model, solution = solved.model, solved.solution
    block, own = model.frame.variables.get("source_started"), model.inputs.of(SourceInputs)
    if block is None:
        return []
    found = []
    for k, t in np.argwhere(np.where(block.index >= 0, solution[block.index], 0.0) > 0.5):
        site, _, source = own.names[k].partition(":")
        units = round(float(solution[block.index[k, t]]))
        found.append(
            SourceStart(
                site=site,
                source=source,
                period=model.inputs.periods[t],
                units=units,
                nameplate_mw=units * float(own.unit_mw[k]),
            )
        )
    return found


def outputs(solved: Solved) -> list[SourceOutput]:
    """Mean output, where there is any."""
    model, solution = solved.model, solved.solution
    block, own = model.frame.variables.get("source_output"), model.inputs.of(SourceInputs)
    if block is None:
        return []
    found = []
    for k, t in np.argwhere(np.where(block.index >= 0, solution[block.index], 0.0) > 1e-9):
        site, _, source = own.names[k].partition(":")
        found.append(
            SourceOutput(
                site=site,
                source=source,
                period=model.inputs.periods[t],
                mean_mw=float(solution[block.index[k, t]]),
            )
        )
    return found


FACE = Extract({SOURCE_STARTS: starts, SOURCE_OUTPUTS: outputs, SOURCE_COVERS: covers}, fit=fit)
