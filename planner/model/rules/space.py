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

from planner.model.frame import Floats, Frame, Terms, row_numbers
from planner.model.inputs import Inputs
from planner.model.variables import Decisions

Way = Literal["liquid", "air"]


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family."""
    heat(frame, decisions, inputs, "liquid", inputs.liquid_limit_mw)
    heat(frame, decisions, inputs, "air", inputs.air_limit_mw)
    positions(frame, decisions, inputs)


def heat(frame: Frame, decisions: Decisions, inputs: Inputs, way: Way, limit_mw: Floats) -> None:
    """Heat that leaves by one technology stays within what it can carry."""
    columns = decisions.in_service.index
    present = np.isfinite(limit_mw)[:, None] & (columns >= 0).any(axis=0)
    frame.add_rows(
        f"cooling.{way}",
        (inputs.sites, inputs.periods),
        frame.drawn(way, row_numbers(present)),
        unit="MW heat",
        meaning=f"heat to {way} stays within what it can carry",
        says=lambda key, low, high: f"{way} cooling at {key[0]} carries {high:g} MW",
        present=present,
        upper=np.broadcast_to(limit_mw[:, None], present.shape),
        limit=lambda key: (f"{way} cooling at {key[0]}", f"sites.{inputs.sites.index(key[0])}.cooling.{way}"),
    )


def positions(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Every rack stands somewhere."""
    columns = decisions.in_service.index
    present = np.isfinite(inputs.positions) & (columns >= 0).any(axis=0)
    frame.add_rows(
        "space.positions",
        (inputs.sites, inputs.periods),
        Terms().add(row_numbers(present)[None], columns, inputs.racks[:, None, None]),
        unit="racks",
        meaning="every rack has a position",
        says=lambda key, low, high: f"{key[0]} has {high:g} rack positions in {key[1]}",
        present=present,
        upper=inputs.positions,
        limit=lambda key: (f"positions at {key[0]}", f"sites.{inputs.sites.index(key[0])}.positions"),
    )
