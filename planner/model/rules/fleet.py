"""Fleet: what runs is what ran, plus what arrived and was fitted out, less what was switched off.

Sets    s system · l site · t period; f(s) fit-out in periods; existing(s,l) at the start, retirable(s,l) of them may be switched off
Rows    fleet.balance[s,l,t]    in_service[s,l,t] − in_service[s,l,t−1] − delivered[s,l,t−f(s)] + retired[s,l,t] = start(s,l,t)    systems
                                start(s,l,t) is existing(s,l) for the first period and 0 after
        fleet.retired[s,l]      Σ_t retired[s,l,t] ≤ retirable(s,l)    systems
"""

from __future__ import annotations

import numpy as np

from planner.model.frame import ABSENT, Bools, Frame, Terms, row_numbers
from planner.model.inputs import Inputs
from planner.model.variables import Decisions


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family."""
    balance(frame, decisions, inputs)
    retirement(frame, decisions, inputs)


def balance(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """What runs is carried from period to period."""
    runs = decisions.in_service.index
    present = runs >= 0
    numbers = row_numbers(present)
    terms = Terms().add(numbers, runs, 1.0).add(numbers[:, :, 1:], runs[:, :, :-1], -1.0)
    arrived = np.full_like(runs, ABSENT)
    for s, delay in enumerate(inputs.fit_out):
        if delay < runs.shape[2]:
            arrived[s, :, delay:] = decisions.delivered.index[s, :, : runs.shape[2] - delay]
    terms.add(numbers, arrived, -1.0).add(numbers, decisions.retired.index, 1.0)
    start = np.zeros(inputs.shape)
    start[:, :, 0] = inputs.existing
    frame.add_rows(
        "fleet.balance",
        (inputs.systems, inputs.sites, inputs.periods),
        terms,
        unit="systems",
        meaning="what runs is what ran, plus what arrived and was fitted out, less what was switched off",
        says=lambda key, low, high: f"{key[0]} at {key[1]} in {key[2]} is last period's fleet plus arrivals less retirements",
        present=present,
        lower=start,
        upper=start,
    )


def retirement(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Only what stood at the start can be switched off."""
    columns = decisions.retired.index
    present: Bools = np.asarray((columns >= 0).any(axis=2), dtype=bool)
    frame.add_rows(
        "fleet.retired",
        (inputs.systems, inputs.sites),
        Terms().add(row_numbers(present)[:, :, None], columns, 1.0),
        unit="systems",
        meaning="no more is switched off than may be of what stood at the start",
        says=lambda key, low, high: f"at most {high:g} of the existing {key[0]} at {key[1]} can be switched off",
        present=present,
        upper=inputs.retirable,
    )
