"""Fuel stores out of the model: as large as what runs needs them."""

from __future__ import annotations

import numpy as np

from planner.arrays import Floats
from planner.assembly.solved import Extract, Solved
from planner.model.family import Model, drawn
from tests.sample_capability.arrays import FuelStoreInputs
from tests.sample_capability.tables import FUEL_STORES, FuelStoreRow


def fit(model: Model, snapped: Floats, standing: Floats) -> None:
    """The smallest stores that last, in place."""
    own, block = model.inputs.of(FuelStoreInputs), model.frame.variables.get("fuel_store")
    if block is not None:
        needed = drawn(model, snapped, "utility_average")[own.site] * own.m3_per_mw[:, None]
        snapped[block.index] = np.maximum.accumulate(needed, axis=1)


def stores(solved: Solved) -> list[FuelStoreRow]:
    """What stands, where anything does."""
    block = solved.model.frame.variables.get("fuel_store")
    if block is None:
        return []
    values, (sites, periods) = solved.solution[block.index], block.axes
    return [
        FuelStoreRow(site=sites[f], period=periods[t], volume_m3=float(values[f, t]))
        for f, t in np.argwhere(values > 1e-9)
    ]


FACE = Extract({FUEL_STORES: stores}, fit=fit)
