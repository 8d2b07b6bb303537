"""Supply: nobody delivers more than was allocated. Lead times are in the delivery variables, which exist only from the first possible
period on.

Sets    k supply entry for system s(k) · l site · t period
Rows    supply.cumulative[k,t]    Σ_l Σ_{τ≤t} delivered[s(k),l,τ] ≤ allocation(k,t)    systems
        supply.per_period[k,t]    Σ_l delivered[s(k),l,t] ≤ rate(k)    systems
"""

from __future__ import annotations

import numpy as np

from planner.model.frame import Frame, Terms, row_numbers
from planner.model.inputs import Inputs
from planner.model.variables import Decisions


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family."""
    if len(inputs.supply_system) == 0:
        return
    cumulative(frame, decisions, inputs)
    per_period(frame, decisions, inputs)


def _entries(inputs: Inputs) -> tuple[str, ...]:
    return tuple(f"{inputs.systems[s]}#{k + 1}" for k, s in enumerate(inputs.supply_system))


def cumulative(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Deliveries so far stay within the allocation so far."""
    columns = decisions.delivered.index[inputs.supply_system]
    some = np.cumsum((columns >= 0).any(axis=1), axis=1) > 0
    present = np.isfinite(inputs.supply_cumulative) & some
    numbers = row_numbers(present)
    n_t = len(inputs.periods)
    until = np.tril(np.ones((n_t, n_t), dtype=bool))  # [row period, delivery period]
    rows = np.where(until[None, :, :], numbers[:, :, None], -1)
    terms = Terms()
    for site in range(len(inputs.sites)):
        terms.add(rows, columns[:, site, None, :], 1.0)
    entries = _entries(inputs)
    paths = dict(zip(entries, inputs.supply_path, strict=True))
    frame.add_rows(
        "supply.cumulative",
        (entries, inputs.periods),
        terms,
        unit="systems",
        meaning="deliveries so far stay within the allocation so far",
        says=lambda key, low, high: f"no more than {high:g} {key[0].partition('#')[0]} are allocated by {key[1]}",
        present=present,
        upper=inputs.supply_cumulative,
        limit=lambda key: (f"allocation of {key[0].partition('#')[0]}", f"{paths[key[0]]}.by"),
    )


def per_period(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Deliveries of one period stay within the rate."""
    columns = decisions.delivered.index[inputs.supply_system]
    present = np.isfinite(inputs.supply_per_period)[:, None] & (columns >= 0).any(axis=1)
    entries = _entries(inputs)
    paths = dict(zip(entries, inputs.supply_path, strict=True))
    frame.add_rows(
        "supply.per_period",
        (entries, inputs.periods),
        Terms().add(row_numbers(present)[:, None, :], columns, 1.0),
        unit="systems",
        meaning="deliveries of one period stay within the rate",
        says=lambda key, low, high: f"no more than {high:g} {key[0].partition('#')[0]} are allocated in {key[1]}",
        present=present,
        upper=np.broadcast_to(inputs.supply_per_period[:, None], present.shape),
        limit=lambda key: (f"delivery rate of {key[0].partition('#')[0]}", f"{paths[key[0]]}.per_period"),
    )
