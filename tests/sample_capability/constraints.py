"""Fuel stores: rows."""

from __future__ import annotations

import numpy as np

from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.terms import Terms, row_numbers
from tests.sample_capability.arrays import FuelStoreInputs
from tests.sample_capability.declared import AT_MOST, STORES


def add_fuel(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Fuel: what stands at a site lasts for so long at its average draw.

    Sets    f store at site l(f) · t period
    Decides fuel_store[f,t]   m3 that stand
    Rows    fuel.lasts[f,t]   m3_per_mw(f) · average_mw(l(f),t) − store[f,t] ≤ 0    m3
            fuel.stays[f,t]   store[f,t−1] − store[f,t] ≤ 0    m3
            fuel.at_most[f,t] store[f,t] ≤ at_most(f)    m3
    Flows   capex.fuel_stores cost(f) · (store[f,t] − store[f,t−1]) on the first day of t    MUSD
    """
    own = inputs.of(FuelStoreInputs)
    if not own.sites:
        return
    axes, everywhere = (
        (own.sites, inputs.periods),
        np.ones((len(own.sites), len(inputs.periods)), dtype=bool),
    )
    store = frame.add_variables("fuel_store", axes, unit="m3", meaning="fuel that may stand").index
    numbers = row_numbers(everywhere)
    terms, post = Terms(), frame.posted("utility_average")
    for f, site in enumerate(own.site):
        here = post.sites == site
        terms.add(
            numbers[f, post.periods[here]], post.columns[here], post.values[here] * own.m3_per_mw[f]
        )
    frame.add_rows(
        "fuel.lasts",
        axes,
        terms.add(numbers, store, -1.0),
        unit="m3",
        meaning="it lasts",
        present=everywhere,
        upper=0.0,
    )
    after = everywhere.copy()
    after[:, 0] = False
    later = row_numbers(after)
    shrinks = Terms().add(later[:, 1:], store[:, :-1], 1.0).add(later, store, -1.0)
    frame.add_rows(
        "fuel.stays", axes, shrinks, unit="m3", meaning="a store stays", present=after, upper=0.0
    )
    bound = np.broadcast_to(own.most_m3[:, None], store.shape)
    frame.add_limit(
        AT_MOST, axes, Terms().add(numbers, store, 1.0), present=everywhere, bound=bound
    )
    when, cost = np.arange(store.shape[1]), own.cost_musd[:, None]
    frame.add_flow(STORES, when, store, cost, worth=inputs.discount_start)
    frame.add_flow(STORES, when[1:], store[:, :-1], -cost, worth=inputs.discount_start[1:])


FACE = Constraints((add_fuel,))
