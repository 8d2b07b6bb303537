"""Carbon and water: rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.capabilities.emissions.arrays import CarbonInputs, WaterInputs
from planner.capabilities.emissions.case import (
    BY_PERIOD,
    CARBON_OPEX,
    SITE_PERIOD,
    SITE_TOTAL,
    TOTAL,
    WATER_PERIOD,
    WATER_TOTAL,
)
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.terms import Posted, Terms, row_numbers


def add_carbon(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Carbon: operational, of the grid where it supplies and of each source for what it puts out.

    Sets    k source at site l(k) · s system · l site of which it is known what its grid emits · t
            period
    Terms   kt(l,t)                  Σ_s grid_kt(l,t) · average_mw(s,l) · in_service[s,l,t] + Σ_k
                                     over_kt(k,t) · output[k,t] + Σ_k grid_kt(l,t) · loss[k,t] of
                                     storage; over_kt is what a source emits over what the grid
                                     would have emitted for the same energy
    Rows    carbon.site_total[l]     Σ_t kt(l,t) ≤ limit(l)    ktCO2e
            carbon.site_period[l,t]  kt(l,t) ≤ limit(l,t)    ktCO2e
            carbon.total             Σ_{l,t} kt(l,t) ≤ limit    ktCO2e
            carbon.by_period[t]      Σ_l kt(l,t) ≤ limit(t)    ktCO2e
    Flows   opex.carbon              price · kt(l,t)    MUSD
    """
    carbon = inputs.of(CarbonInputs)
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
            frame.add_flow(CARBON_OPEX, part.periods, part.columns, part.values * carbon.price_musd)


def emitted(frame: Frame, inputs: Inputs) -> list[Posted]:
    """What columns emit, ktCO2e: machines and networks as if all came from the grid, sources what
    they emit more or less.
    """
    carbon = inputs.of(CarbonInputs)
    post = frame.posted("utility_average")
    return [
        replace(post, values=post.values * carbon.grid_kt[post.sites, post.periods]),
        frame.posted("emitted"),
    ]


def add_water(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Water: what cooling takes of it stays within what a site may take.

    Sets    s system · l site of which it is said what cooling takes · t period; ml(s,l,t) of one
            system: use per kWh times its mean IT energy
    Rows    water.site_total[l]      Σ_{s,t} ml(s,l,t) · in_service[s,l,t] ≤ limit(l)    ML
            water.site_period[l,t]   Σ_s ml(s,l,t) · in_service[s,l,t] ≤ limit(l,t)    ML
    1 ML is a thousand m³.
    """
    water, places = inputs.of(WaterInputs), (len(inputs.sites), len(inputs.periods))
    ml_per_m3_h = np.broadcast_to(inputs.hours / 1e3, places)
    total = np.isfinite(water.site_total_ml)
    frame.add_limit(
        WATER_TOTAL,
        (inputs.sites,),
        frame.drawn("water", np.broadcast_to(row_numbers(total)[:, None], places), ml_per_m3_h),
        present=total,
        bound=water.site_total_ml,
    )
    period = np.isfinite(water.site_period_ml)
    frame.add_limit(
        WATER_PERIOD,
        (inputs.sites, inputs.periods),
        frame.drawn("water", row_numbers(period), ml_per_m3_h),
        present=period,
        bound=water.site_period_ml,
    )


FACE = Constraints((add_carbon, add_water))
