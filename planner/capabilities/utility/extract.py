"""What is billed, out of the model."""

from __future__ import annotations

import numpy as np

from planner.arrays import Floats
from planner.assembly.solved import Extract
from planner.capabilities.generation.arrays import SourceInputs
from planner.capabilities.generation.extract import load_mw, net_mw
from planner.model.family import Model


def fit(model: Model, snapped: Floats, in_service: Floats) -> None:
    """What is drawn at most and billed, exactly as the tariff has it: to a solver that money does
    not move, both are arbitrary.
    """
    frame = model.frame
    billed, highest = frame.variables.get("billed"), frame.variables.get("highest")
    if billed is None:
        return
    if highest is not None:
        left = load_mw(model, snapped, "utility_peak") - net_mw(model, snapped)
        left = np.max(
            left, axis=1, initial=0.0, where=(model.inputs.of(SourceInputs).share > 0)[:, :, None]
        )
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


FACE = Extract(fit=fit)
