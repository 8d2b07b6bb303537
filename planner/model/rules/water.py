"""Water: what cooling takes of it stays within what a site may take.

Sets    s system · l site of which it is said what cooling takes · t period; ml(s,l,t) of one system: use per kWh times its mean IT energy
Rows    water.site_total[l]      Σ_{s,t} ml(s,l,t) · in_service[s,l,t] ≤ limit(l)    ML
        water.site_period[l,t]   Σ_s ml(s,l,t) · in_service[s,l,t] ≤ limit(l,t)    ML
1 ML is a thousand m³.
"""

from __future__ import annotations

import numpy as np

from planner.model.frame import Frame, row_numbers
from planner.model.inputs import Inputs
from planner.model.variables import Decisions


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family."""
    water, places = inputs.meter.water, (len(inputs.sites), len(inputs.periods))
    ml_per_m3_h = np.broadcast_to(inputs.hours / 1e3, places)
    total = np.isfinite(water.site_total_ml)
    frame.add_rows(
        "water.site_total",
        (inputs.sites,),
        frame.drawn("water", np.broadcast_to(row_numbers(total)[:, None], places), ml_per_m3_h),
        unit="ML",
        meaning="water over the horizon stays within what a site may take",
        says=lambda key, low, high: f"{key[0]} may take {high:g} ML of water over the horizon",
        present=total,
        upper=water.site_total_ml,
        limit=lambda key: (f"water at {key[0]}", f"sites.{inputs.sites.index(key[0])}.water.total"),
    )
    period = np.isfinite(water.site_period_ml)
    frame.add_rows(
        "water.site_period",
        (inputs.sites, inputs.periods),
        frame.drawn("water", row_numbers(period), ml_per_m3_h),
        unit="ML",
        meaning="water of a period stays within what a site may take",
        says=lambda key, low, high: f"{key[0]} may take {high:g} ML of water in {key[1]}",
        present=period,
        upper=water.site_period_ml,
        limit=lambda key: (f"water at {key[0]} by period", f"sites.{inputs.sites.index(key[0])}.water.by_period"),
    )
