"""Ramps: a job that starts or stops at once must reach the grid as a ramp, and storage takes the difference.

Sets    k storage at site l · s system · t period; step(l) share of the highest draw that changes at once; i line
Terms   jump(l,t)            step(l) · Σ_s peak(s,l) · in_service[s,l,t]    MW
Rows    ramp.power[l,t]      jump(l,t) − Σ_k mw(k) · units[k,t] ≤ 0    MW
        ramp.energy[l,t,i]   slope(l,i) · jump(l,t) − Σ_k mwh(k) · units[k,t] ≤ − offset(l,i)    MWh
The energy that a step ΔP needs behind a ramp R is ΔP²/(2R). It is convex, so lines through points of the curve bound it from above
between them: what the plan holds is enough, and at most one part in 256 of the largest step's energy too much.
"""

from __future__ import annotations

import numpy as np

from planner.arrays import Bools, Ints
from planner.capabilities.utility.limits import RAMP_ENERGY, RAMP_POWER
from planner.model.frame import Facts, Frame, Terms, row_numbers
from planner.model.inputs import Inputs
from planner.model.inputs_meter import RampInputs
from planner.model.parameter import Parameter
from planner.model.variables import Decisions


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family."""
    ramp = inputs.meter.ramp
    if not inputs.sources.names or not ramp.step.any():
        return
    runs = decisions.in_service.index
    present = np.broadcast_to((ramp.step > 0)[:, None], runs.shape[1:])
    post = frame.posted("utility_peak")
    jump = ramp.step[post.sites] * post.values
    numbers = row_numbers(present)

    def drawn(rows: Ints) -> Terms:
        return Terms().add(rows[post.sites, post.periods], post.columns, jump)

    frame.add_limit(
        RAMP_POWER,
        (inputs.sites, inputs.periods),
        drawn(numbers).join(frame.drawn("storage_mw", numbers, -1.0)),
        present=present,
        bound=0.0,
        facts=Facts(parameter=_percentage(ramp, present, drawn(numbers))),
    )
    each = np.broadcast_to(present[:, :, None], (*present.shape, len(ramp.lines)))
    numbers = row_numbers(each)
    slope = ramp.slope_mwh_per_mw[post.sites] * jump[:, None]
    stored = frame.posted("storage_mwh")
    energy = Terms().add(numbers[post.sites, post.periods], post.columns[:, None], slope)
    frame.add_limit(
        RAMP_ENERGY,
        (inputs.sites, inputs.periods, ramp.lines),
        energy.copy().add(numbers[stored.sites, stored.periods], stored.columns[:, None], -stored.values[:, None]),
        present=each,
        bound=-ramp.offset_mwh[:, None, :],
        facts=Facts(parameter=_percentage(ramp, each, energy)),
    )


def _percentage(ramp: RampInputs, present: Bools, jump: Terms) -> Parameter:
    """The share of a site's draw that changes at once, in percent, as the number that a person may move."""
    step = ramp.step.reshape(-1, *(1,) * (present.ndim - 1))
    return Parameter(1.0, *jump.triplets(), own=100 * np.broadcast_to(step, present.shape)[present])
