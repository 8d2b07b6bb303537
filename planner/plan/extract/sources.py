"""Power sources of a solution: made whole, and written as tables."""

from __future__ import annotations

import numpy as np

from planner.arrays import Floats
from planner.model.build import Model
from planner.plan.extract.covers import carried_mw, fit_covers, load_mw, net_mw
from planner.plan.extract.dense import dense, drawn
from planner.plan.schema.power import SourceOutput, SourceStart


def snap_sources(model: Model, snapped: Floats) -> None:
    """Units from whole starts, idle periods from units, and output that they and the site's draw allow."""
    frame, own = model.frame, model.inputs.sources
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
    """Output without the crumbs that rounding left: what it carries, and beside that no more than the site takes."""
    inputs, own, frame = model.inputs, model.inputs.sources, model.frame
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
        out[here] -= free[here] * np.divide(np.minimum(excess, room), room, out=np.zeros_like(room), where=room > 0)
    snapped[index[index >= 0]] = out[index >= 0]


def starts(model: Model, solution: Floats) -> list[SourceStart]:
    """Units that begin to run."""
    block, own = model.frame.variables.get("source_started"), model.inputs.sources
    if block is None:
        return []
    found = []
    for k, t in np.argwhere(np.where(block.index >= 0, solution[block.index], 0.0) > 0.5):
        site, _, source = own.names[k].partition(":")
        units = round(float(solution[block.index[k, t]]))
        found.append(
            SourceStart(site=site, source=source, period=model.inputs.periods[t], units=units, nameplate_mw=units * float(own.unit_mw[k]))
        )
    return found


def outputs(model: Model, solution: Floats) -> list[SourceOutput]:
    """Mean output, where there is any."""
    block, own = model.frame.variables.get("source_output"), model.inputs.sources
    if block is None:
        return []
    found = []
    for k, t in np.argwhere(np.where(block.index >= 0, solution[block.index], 0.0) > 1e-9):
        site, _, source = own.names[k].partition(":")
        found.append(SourceOutput(site=site, source=source, period=model.inputs.periods[t], mean_mw=float(solution[block.index[k, t]])))
    return found


def snap_billed(model: Model, snapped: Floats) -> None:
    """What is drawn at most and billed, exactly as the tariff has it: to a solver that money does not move, both are arbitrary."""
    frame = model.frame
    billed, highest = frame.variables.get("billed"), frame.variables.get("highest")
    if billed is None:
        return
    if highest is not None:
        left = load_mw(model, snapped, "utility_peak") - net_mw(model, snapped)
        left = np.max(left, axis=1, initial=0.0, where=(model.inputs.sources.share > 0)[:, :, None])
        snapped[highest.index[highest.index >= 0]] = left[highest.index >= 0]
    asked = billed.index >= 0
    snapped[billed.index[asked]] = 0.0
    activity = frame.activity(snapped)
    need = np.zeros(billed.index.shape)
    for name in ("tariff.billed", "tariff.ratchet", "tariff.minimum"):
        block = frame.rows.get(name)
        if block is None:
            continue
        inside = activity[block.first : block.first + len(block.lower)]
        missing = block.lower - inside if name == "tariff.minimum" else inside - block.upper
        np.maximum.at(need, (block.keys[:, 0], block.keys[:, 1]), missing)
    snapped[billed.index[asked]] = need[asked]
