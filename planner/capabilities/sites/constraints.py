"""Power, heat and space of sites: rows."""

from __future__ import annotations

from typing import Literal

import numpy as np

from planner.arrays import Floats
from planner.capabilities.sites.case import AIR, CRITICAL_IT, LIQUID, POSITIONS, POWER
from planner.core.limits import LimitKind
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.terms import Terms, row_numbers


def add_power(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Power: what runs must fit under what is energized at the meter and under what is built as
    critical IT.

    Sets    s system · l site · t period
    Rows    power.utility[l,t]        Σ_s utility_mw(s,l) · in_service[s,l,t]
                                      − Σ_{k at l} firm(k,t) ≤ energized(l,t)    MW utility
            power.critical_it[l,t]    Σ_s it_mw(s,l) · in_service[s,l,t] ≤ critical_it(l,t)    MW IT
            k power source; firm(k,t) may be drawn on at any moment: firm_mw(k) · units[k,t], or
            firm[k,t] where units are counted; storage is firm for nothing, for it may be empty
    Load    nameplate or peak, as the site says; utility and facility with the design day's PUE
    """
    utility(frame, decisions, inputs)
    critical_it(frame, decisions, inputs)


def utility(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Draw at the meter stays within what is energized."""
    columns = decisions.in_service.index
    present = np.isfinite(inputs.available_mw) & (columns >= 0).any(axis=0)
    numbers = row_numbers(present)
    terms = frame.drawn("utility", numbers).join(frame.drawn("firm", numbers, -1.0))
    frame.add_limit(
        POWER,
        (inputs.sites, inputs.periods),
        terms,
        present=present,
        bound=inputs.available_mw,
    )


def critical_it(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """IT power stays within the capacity that is built."""
    columns = decisions.in_service.index
    present = np.isfinite(inputs.critical_it_mw) & (columns >= 0).any(axis=0)
    frame.add_limit(
        CRITICAL_IT,
        (inputs.sites, inputs.periods),
        frame.drawn("it", row_numbers(present)),
        present=present,
        bound=inputs.critical_it_mw,
    )


Way = Literal["liquid", "air"]


def add_space(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Space and cooling: heat must leave by a way that exists, and every rack needs a position.

    Sets    s system · l site · t period
    Rows    cooling.liquid[l,t]     Σ_s liquid_mw(s,l) · in_service[s,l,t] ≤ liquid(l)    MW heat
            cooling.air[l,t]        Σ_s air_mw(s,l) · in_service[s,l,t] ≤ air(l)    MW heat
            space.positions[l,t]    Σ_s racks(s) · in_service[s,l,t] ≤ positions(l,t)    racks
    Systems that a site cannot cool at all have no variables there.
    """
    heat(frame, decisions, inputs, LIQUID, "liquid", inputs.liquid_limit_mw)
    heat(frame, decisions, inputs, AIR, "air", inputs.air_limit_mw)
    positions(frame, decisions, inputs)


def heat(
    frame: Frame, decisions: Decisions, inputs: Inputs, kind: LimitKind, way: Way, limit_mw: Floats
) -> None:
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


FACE = Constraints((add_power, add_space))
