"""Space and cooling: heat must leave by a way that exists, and every rack needs a position.

Sets    s system · l site · t period
Rows    cooling.liquid[l,t]     Σ_s liquid_mw(s,l) · in_service[s,l,t] ≤ liquid(l)    MW heat
        cooling.air[l,t]        Σ_s air_mw(s,l) · in_service[s,l,t] ≤ air(l)    MW heat
        space.positions[l,t]    Σ_s racks(s) · in_service[s,l,t] ≤ positions(l,t)    racks
Systems that a site cannot cool at all have no variables there.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from planner.arrays import Floats
from planner.capabilities.sites.limits import AIR, LIQUID, POSITIONS
from planner.core.limits import LimitKind
from planner.model.frame import Frame, Terms, row_numbers
from planner.model.inputs import Inputs
from planner.model.variables import Decisions

Way = Literal["liquid", "air"]


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family."""
    heat(frame, decisions, inputs, LIQUID, "liquid", inputs.liquid_limit_mw)
    heat(frame, decisions, inputs, AIR, "air", inputs.air_limit_mw)
    positions(frame, decisions, inputs)


def heat(frame: Frame, decisions: Decisions, inputs: Inputs, kind: LimitKind, way: Way, limit_mw: Floats) -> None:
    """Heat that leaves by one technology stays within what it can carry."""
    columns = decisions.in_service.index
    present = np.isfinite(limit_mw)[:, None] & (columns >= 0).any(axis=0)
    frame.add_limit(
        kind,
        (inputs.sites, inputs.periods),
        frame.drawn(way, row_numbers(present)),
        present=present,
        bound=np.broadcast_to(limit_mw[:, None], present.shape),
    )


def positions(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Every rack stands somewhere."""
    columns = decisions.in_service.index
    present = np.isfinite(inputs.positions) & (columns >= 0).any(axis=0)
    frame.add_limit(
        POSITIONS,
        (inputs.sites, inputs.periods),
        Terms().add(row_numbers(present)[None], columns, inputs.racks[:, None, None]),
        present=present,
        bound=inputs.positions,
    )
