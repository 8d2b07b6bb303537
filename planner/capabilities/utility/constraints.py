"""Ramps and demand charges: rows."""

from __future__ import annotations

import numpy as np

from planner.arrays import Bools, Ints
from planner.capabilities.generation.arrays import SourceInputs
from planner.capabilities.generation.constraints_cover import carried, load
from planner.capabilities.sites.case import POWER
from planner.capabilities.utility.arrays import RampInputs, TariffInputs
from planner.capabilities.utility.case import DEMAND_CHARGE, RAMP_ENERGY, RAMP_POWER
from planner.model.blocks import Facts
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.parameter import CoefficientParameter, Follower
from planner.model.terms import ABSENT, Terms, row_numbers


def add_ramp(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Ramps: a job that starts or stops at once must reach the grid as a ramp, and storage takes
    the difference.

    Sets    k storage at site l · s system · t period; step(l) share of the highest draw that
            changes at once; i line
    Terms   jump(l,t)            step(l) · Σ_s peak(s,l) · in_service[s,l,t]    MW
    Rows    ramp.power[l,t]      jump(l,t) − Σ_k mw(k) · units[k,t] ≤ 0    MW
            ramp.energy[l,t,i]   slope(l,i) · jump(l,t) − Σ_k mwh(k) · units[k,t] ≤ −
                                 offset(l,i)    MWh
    The energy that a step ΔP needs behind a ramp R is ΔP²/(2R). It is convex, so lines through
    points of the curve bound it from above between them: what the plan holds is enough, and at most
    one part in 256 of the largest step's energy too much.
    """
    ramp = inputs.of(RampInputs)
    if not inputs.of(SourceInputs).names or not ramp.step.any():
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
        facts=Facts(coefficient=_percentage(ramp, present, drawn(numbers))),
    )
    each = np.broadcast_to(present[:, :, None], (*present.shape, len(ramp.lines)))
    numbers = row_numbers(each)
    slope = ramp.slope_mwh_per_mw[post.sites] * jump[:, None]
    stored = frame.posted("storage_mwh")
    energy = Terms().add(numbers[post.sites, post.periods], post.columns[:, None], slope)
    frame.add_limit(
        RAMP_ENERGY,
        (inputs.sites, inputs.periods, ramp.lines),
        energy.copy().add(
            numbers[stored.sites, stored.periods], stored.columns[:, None], -stored.values[:, None]
        ),
        present=each,
        bound=-ramp.offset_mwh[:, None, :],
        facts=Facts(coefficient=_percentage(ramp, each, energy)),
    )


def _percentage(ramp: RampInputs, present: Bools, jump: Terms) -> CoefficientParameter:
    """The share of a site's draw that changes at once, in percent, as the number that a person may
    move.
    """
    step = ramp.step.reshape(-1, *(1,) * (present.ndim - 1))
    return CoefficientParameter(
        1.0, *jump.triplets(), own=100 * np.broadcast_to(step, present.shape)[present]
    )


def add_tariff(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Tariffs for large loads: power is billed as well as energy, by what was drawn, by what was
    contracted, and by what was drawn before.

    Sets    s system · l site · t period; peak(s,l) highest realised draw at the meter; u a period
            before t; i step of the load-duration curve
    Terms   top(l,t)                  Σ_s peak(s,l) · in_service[s,l,t], and highest[l,t] where a
                                      source carries a part of the load    MW
            load(l,i,t), carried(l,i,t), conn(k) and units[k,t] as in `cover`, the load with
            peak(s,l) as its highest    MW
    Rows    tariff.highest[l,i,t]     load(l,i,t) − carried(l,i,t) − highest[l,t] ≤ 0    MW
            tariff.billed[l,t]        top(l,t) − billed[l,t] ≤ 0    MW
            tariff.minimum[l,t]       billed[l,t] − take(l) · Σ_k conn(k) · units[k,t] ≥ take(l) ·
                                      contract(l,t)    MW
            tariff.ratchet[l,t,u]     ratchet(l) · top(l,u) − billed[l,t] ≤ 0    MW
    Flows   opex.demand_charge        charge(l,t) · billed[l,t]    MUSD
    The highest draw from the grid is that of the step in which most is left after what the site's
    own sources carry: what runs only at the top lowers it to the step below, and burns fuel for the
    hours of the top alone. Steps of the connection count towards the contract where the tariff
    names none of its own.
    """
    tariff = inputs.of(TariffInputs)
    charged = np.asarray((tariff.charge_musd > 0).any(axis=1), dtype=bool)
    if not charged.any():
        return
    places = (inputs.sites, inputs.periods)
    present = np.broadcast_to(charged[:, None], tariff.charge_musd.shape)
    billed = frame.add_variables(
        "billed", places, unit="MW", meaning="demand that the utility bills", present=present
    )
    highest = top(frame, inputs, present)
    numbers = row_numbers(present)
    frame.add_rows(
        "tariff.billed",
        places,
        _top(frame, highest, numbers).add(numbers, billed.index, -1.0),
        unit="MW",
        meaning="billed demand is at least the highest draw from the grid",
        present=present,
        upper=0.0,
    )
    minimum(frame, inputs, billed.index)
    ratchet(frame, inputs, billed.index, highest)
    frame.add_flow(DEMAND_CHARGE, np.arange(len(inputs.periods)), billed.index, tariff.charge_musd)


def top(frame: Frame, inputs: Inputs, charged: Bools) -> Ints:
    """[L, T] columns of the highest draw from the grid, at sites whose own sources carry a part of
    the load.
    """
    none = np.full(charged.shape, ABSENT, dtype=np.int64)
    own, helped = inputs.of(SourceInputs), np.zeros(charged.shape[0], dtype=bool)
    for i in range(len(own.steps)):
        helped[frame.posted("carried", i).sites] = True
    present = charged & helped[:, None]
    if not present.any():
        return none
    places = (inputs.sites, inputs.periods)
    block = frame.add_variables(
        "highest", places, unit="MW", meaning="highest draw from the grid", present=present
    )
    each = (own.share > 0)[:, :, None] & present[:, None, :]
    numbers = row_numbers(each)
    terms = load(frame, inputs, numbers, "utility_peak").add(
        *carried(frame, inputs, numbers).triplets()
    )
    frame.add_rows(
        "tariff.highest",
        (inputs.sites, own.steps, inputs.periods),
        terms.add(numbers, block.index[:, None, :], -1.0),
        unit="MW",
        meaning="the highest draw from the grid is what "
        "sources do not carry in any step of the load",
        present=each,
        upper=0.0,
    )
    return block.index


def _top(frame: Frame, highest: Ints, rows: Ints) -> Terms:
    """Terms of the highest draw from the grid at rows [L, T]."""
    own = highest >= 0
    return frame.drawn("utility_peak", np.where(own, ABSENT, rows)).add(rows, highest, 1.0)


def minimum(frame: Frame, inputs: Inputs, billed: Ints) -> None:
    """A share of the contract is billed whether it is drawn or not."""
    tariff = inputs.of(TariffInputs)
    present = (billed >= 0) & (tariff.minimum_take > 0)[:, None]
    numbers = row_numbers(present)
    terms = Terms().add(numbers, billed, 1.0)
    share = tariff.minimum_take * tariff.contract_grows
    terms.join(frame.drawn("connection", numbers, np.broadcast_to(-share[:, None], numbers.shape)))
    where = np.argwhere(present)
    # who names no contract contracts for the power of the site
    grows = tariff.contract_grows[where[:, 0]]
    slope = np.where(grows, tariff.minimum_take[where[:, 0]], 0.0)
    frame.add_rows(
        "tariff.minimum",
        (inputs.sites, inputs.periods),
        terms,
        unit="MW",
        meaning="a share of the contract is billed in any case",
        present=present,
        lower=tariff.minimum_take[:, None] * tariff.contract_mw,
        facts=Facts(follows=Follower(POWER.row, where, slope)),
    )


def ratchet(frame: Frame, inputs: Inputs, billed: Ints, highest: Ints) -> None:
    """A share of the highest draw before is billed for a while."""
    tariff, n_t = inputs.of(TariffInputs), len(inputs.periods)
    back = np.arange(n_t)[:, None] - np.arange(n_t)[None, :]
    looks = (back > 0)[None] & (back[None] <= tariff.ratchet_periods[:, None, None])
    present = looks & (tariff.ratchet > 0)[:, None, None] & (billed >= 0)[:, :, None]
    numbers = row_numbers(present)
    post = frame.posted("utility_peak")
    keep = highest[post.sites, post.periods] < 0
    site, period = post.sites[keep], post.periods[keep]
    values = tariff.ratchet[site, None] * post.values[keep, None]
    terms = Terms().add(numbers[site, :, period], post.columns[keep, None], values)
    terms.add(numbers, highest[:, None, :], tariff.ratchet[:, None, None]).add(
        numbers, billed[:, :, None], -1.0
    )
    frame.add_rows(
        "tariff.ratchet",
        (inputs.sites, inputs.periods, inputs.periods),
        terms,
        unit="MW",
        meaning="a share of the highest draw before is billed",
        present=present,
        upper=0.0,
    )


FACE = Constraints((add_ramp, add_tariff))
