"""Power: what runs must fit under what is energized at the meter and under what is built as critical IT.

Sets    s system · l site · t period
Rows    power.utility[l,t]        Σ_s utility_mw(s,l) · in_service[s,l,t]
                                  − Σ_{k at l} firm(k,t) ≤ energized(l,t)    MW utility
        power.critical_it[l,t]    Σ_s it_mw(s,l) · in_service[s,l,t] ≤ critical_it(l,t)    MW IT
        k power source; firm(k,t) may be drawn on at any moment: firm_mw(k) · units[k,t], or firm[k,t] where units are counted; storage
          is firm for nothing, for it may be empty
Load    nameplate or peak, as the site says; utility and facility with the design day's PUE
"""

from __future__ import annotations

import numpy as np

from planner.capabilities.sites.limits import CRITICAL_IT, POWER
from planner.model.frame import Frame, row_numbers
from planner.model.inputs import Inputs
from planner.model.variables import Decisions


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family."""
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
