"""Carbon: operational, of the grid where it supplies and of each source for what it puts out.

Sets    k source at site l(k) · s system · l site of which it is known what its grid emits · t period
Terms   kt(l,t)                  Σ_s grid_kt(l,t) · average_mw(s,l) · in_service[s,l,t] + Σ_k over_kt(k,t) · output[k,t]
                                 + Σ_k grid_kt(l,t) · loss[k,t] of storage
                                 over_kt is what a source emits over what the grid would have emitted for the same energy
Rows    carbon.site_total[l]     Σ_t kt(l,t) ≤ limit(l)    ktCO2e
        carbon.site_period[l,t]  kt(l,t) ≤ limit(l,t)    ktCO2e
        carbon.total             Σ_{l,t} kt(l,t) ≤ limit    ktCO2e
        carbon.by_period[t]      Σ_l kt(l,t) ≤ limit(t)    ktCO2e
Flows   opex.carbon              price · kt(l,t)    MUSD
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.capabilities.emissions.accounts import CARBON
from planner.capabilities.emissions.limits import BY_PERIOD, SITE_PERIOD, SITE_TOTAL, TOTAL
from planner.model.frame import Frame, Posted, Terms, row_numbers
from planner.model.inputs import Inputs
from planner.model.variables import Decisions


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family."""
    carbon = inputs.meter.carbon
    if not carbon.known.any():
        return
    parts = emitted(frame, inputs)
    n_l, n_t = carbon.grid_kt.shape
    period = np.broadcast_to(np.arange(n_t), (n_l, n_t))
    site = np.broadcast_to(np.arange(n_l)[:, None], (n_l, n_t))
    total = np.array([carbon.total_kt])
    horizon, both = (("horizon",),), (inputs.sites, inputs.periods)
    for kind, axes, row, upper in (
        (SITE_TOTAL, (inputs.sites,), site, carbon.site_total_kt),
        (SITE_PERIOD, both, site * n_t + period, carbon.site_period_kt),
        (TOTAL, horizon, np.zeros_like(site), total),
        (BY_PERIOD, (inputs.periods,), period, carbon.period_kt),
    ):
        present = np.isfinite(upper)
        numbers, terms = row_numbers(present).ravel(), Terms()
        for part in parts:
            terms.add(numbers[row[part.sites, part.periods]], part.columns, part.values)
        frame.add_limit(kind, axes, terms, present=present, bound=upper)
    if carbon.price_musd > 0:
        for part in parts:
            frame.add_flow(CARBON, part.periods, part.columns, part.values * carbon.price_musd)


def emitted(frame: Frame, inputs: Inputs) -> list[Posted]:
    """What columns emit, ktCO2e: machines and networks as if all came from the grid, sources what they emit more or less."""
    carbon = inputs.meter.carbon
    post = frame.posted("utility_average")
    return [replace(post, values=post.values * carbon.grid_kt[post.sites, post.periods]), frame.posted("emitted")]
