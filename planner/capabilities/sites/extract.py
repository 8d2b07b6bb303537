"""Critical IT that is built, out of the model."""

from __future__ import annotations

import numpy as np

from planner.arrays import Bools, Floats
from planner.assembly.solved import Extract, Solved
from planner.capabilities.crews.arrays import BuildInputs
from planner.capabilities.objectives.constraints import numbered
from planner.capabilities.sites.tables import BUILT, Built
from planner.model.family import Model, drawn


def fit(model: Model, snapped: Floats, in_service: Floats) -> None:
    """What is built is what runs, unless the money of a period or the rate of construction asks for
    more before, in place.
    """
    inputs, built_index = model.inputs, model.decisions.built.index
    needed = drawn(model, snapped, "it")
    built = np.maximum.accumulate(np.maximum(snapped[built_index], needed), axis=1)
    # a hall built before it is needed is dearer or, to a solver, the same: only what counts the
    # money of a period can ask for it
    by_period = bool(inputs.capex_by_period_musd) or any(
        spec.what == "peak_cash" for _, spec in numbered(inputs)
    )
    least = np.maximum.accumulate(np.maximum(needed, inputs.existing_it_mw[:, None]), axis=1)
    asked = (
        by_period & (np.abs(built - least) >= 1e-6) & (inputs.construction_musd_per_mw > 0)[:, None]
    )
    asked |= _in_a_hurry(model)[:, None]
    snapped[built_index] = np.where(asked, built, least)


def _in_a_hurry(model: Model) -> Bools:
    """[L] sites whose construction has a rate: what is needed at once must be begun before."""
    crews = model.inputs.of(BuildInputs)
    return np.asarray((crews.works & np.isfinite(crews.it_mw)[:, None]).any(axis=0), dtype=bool)


def built(solved: Solved) -> list[Built]:
    """Critical IT that stands, where any does."""
    model, solution = solved.model, solved.solution
    i = model.inputs
    values = solution[model.decisions.built.index]
    return [
        Built(site=site, period=label, it_mw=float(values[j, t]))
        for j, site in enumerate(i.sites)
        for t, label in enumerate(i.periods)
        if values[j, t] > 0
    ]


FACE = Extract({BUILT: built}, fit=fit)
