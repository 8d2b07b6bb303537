"""Water: what cooling takes of it stays within what a site may take.

Sets    s system · l site of which it is said what cooling takes · t period; ml(s,l,t) of one system: use per kWh times its mean IT energy
Rows    water.site_total[l]      Σ_{s,t} ml(s,l,t) · in_service[s,l,t] ≤ limit(l)    ML
        water.site_period[l,t]   Σ_s ml(s,l,t) · in_service[s,l,t] ≤ limit(l,t)    ML
1 ML is a thousand m³.
"""

from __future__ import annotations

import numpy as np

from planner.capabilities.emissions.limits import WATER_PERIOD, WATER_TOTAL
from planner.model.frame import Frame, row_numbers
from planner.model.inputs import Inputs
from planner.model.variables import Decisions


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family."""
    water, places = inputs.meter.water, (len(inputs.sites), len(inputs.periods))
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
