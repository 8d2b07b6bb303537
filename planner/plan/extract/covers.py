"""What a solution's sources carry of the load in each step: fitted to whole units, and written as a table."""

from __future__ import annotations

import numpy as np

from planner.arrays import HOURS_PER_DAY, Floats
from planner.model.build import Model
from planner.model.frame import Measure
from planner.plan.extract.dense import dense, drawn
from planner.plan.schema.power import SourceCover

CRUMB_MW = 1e-6
"""Less is what rounding leaves over."""


def load_mw(model: Model, solution: Floats, highest: Measure) -> Floats:
    """[L, I, T] the load in each step of the curves, between the average and a measure of the highest."""
    average = drawn(model, solution, "utility_average")[:, None, :]
    above = drawn(model, solution, highest)[:, None, :] - average
    return np.asarray(average + model.inputs.sources.position[:, :, None] * above, dtype=np.float64)


def net_mw(model: Model, solution: Floats) -> Floats:
    """[L, I, T] by how much sources lower the load of each step."""
    own, frame = model.inputs.sources, model.frame
    found = np.zeros((*own.share.shape, len(model.inputs.periods)))
    for name, sign in (("cover", 1.0), ("give", 1.0), ("take", -1.0)):
        np.add.at(found, own.site, sign * dense(frame.variables[name].index, solution))
    return found


def carried_mw(model: Model, solution: Floats) -> Floats:
    """[K, T] mean of what sources carry."""
    own = model.inputs.sources
    if "cover" not in model.frame.variables:
        return np.zeros((len(own.names), len(model.inputs.periods)))
    values = dense(model.frame.variables["cover"].index, solution)
    return np.asarray((_share(model) * values).sum(axis=1), dtype=np.float64)


def fit_covers(model: Model, snapped: Floats, units: Floats, firm: Floats) -> None:
    """What is needed of each source in each step and no more, within what is firm of its whole units."""
    frame, inputs, own = model.frame, model.inputs, model.inputs.sources
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
    charged = np.asarray((inputs.meter.tariff.charge_musd > 0).any(axis=1), dtype=bool)
    for j in range(len(inputs.sites)):
        here = own.site == j
        total = values[here].sum(axis=0)
        most = np.maximum(billed[j], 0.0) if charged[j] else need[j]  # where less is billed for it, more may be carried than must be
        values[here] *= np.divide(most, total, out=np.ones_like(total), where=total > most)
        total = values[here].sum(axis=0)
        room = np.where(there[here], firm[here][:, None, :] - values[here], 0.0)
        lacking, free = np.maximum(need[j] - total, 0.0), room.sum(axis=0)
        values[here] += room * np.divide(np.minimum(lacking, free), free, out=np.zeros_like(free), where=free > 0)
    snapped[index[there]] = values[there]


def _fit_storage(model: Model, snapped: Floats, units: Floats) -> None:
    """What storage gives within its power, its energy and what it takes; it takes no more than that needs."""
    frame, own = model.frame, model.inputs.sources
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
    own = model.inputs.sources
    return own.share[own.site][:, :, None]


def covers(model: Model, solution: Floats) -> list[SourceCover]:
    """What is carried and taken, where there is any."""
    if "cover" not in model.frame.variables:
        return []
    own, frame = model.inputs.sources, model.frame
    gives = dense(frame.variables["cover"].index, solution) + dense(frame.variables["give"].index, solution)
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
