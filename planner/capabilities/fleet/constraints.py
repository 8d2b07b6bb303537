"""Machines: rows."""

from __future__ import annotations

import numpy as np

from planner.arrays import Bools, Ints
from planner.capabilities.fleet.case import KEPT, LIFETIME
from planner.model.blocks import Facts
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import FleetInputs, Inputs
from planner.model.terms import ABSENT, Terms, row_numbers


def add_fleet(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Fleet: what runs is what ran, plus what arrived and was fitted out, less what was switched
    off or moved away.

    Sets    s system · l site · t period · p stock: machines of one system s(p) that came together
            and stand at one site l(p), either a fleet entry or the deliveries of one period, and
            the same machines again at every site q that they may be moved to; home(q) = p; u(s,t)
            period from which what is delivered in t runs, v(q,t) that from which those run again
            that leave at the start of t; existing(s,l) and units(p) at the start; e(p) first period
            in which they must be gone
    Rows    fleet.balance[s,l,t]    in_service[s,l,t] − in_service[s,l,t−1] − Σ_{τ: u(s,τ)=t}
                                    delivered[s,l,τ] + Σ_{p of s at l} retired[p,t] + Σ_{q of s from
                                    l} moved[q,t] − Σ_{q of s at l, τ: v(q,τ)=t} moved[q,τ] =
                                    start(s,l,t)    systems
                                    start(s,l,t) is existing(s,l) for the first period and 0 after
            fleet.stock[p]          Σ_t retired[p,t] + Σ_{q: home(q)=p, t} moved[q,t] − delivered(p)
                                    ≤ units(p)    systems
            fleet.arrived[q,t]      Σ_{τ≤t} retired[q,τ] − Σ_{τ: v(q,τ)≤t} moved[q,τ] ≤ 0    systems
            fleet.kept[p]           Σ_t retired[p,t] + Σ_{q: home(q)=p, t} retired[q,t] ≤ 0, for
                                    existing ones that may not retire    systems
            fleet.lifetime[p]       Σ_{t≤e(p)} retired[p,t] + Σ_{q: home(q)=p, t≤e(p)} retired[q,t]
                                    − delivered(p) ≥ units(p)    systems
    delivered(p) is delivered[s,l,t] for the deliveries of t and 0 for a fleet entry. What is bought
    leaves after one period of service at the earliest, and a machine moves once. Retirements and
    moves are whole, as machines are. Stocks exist only where machines may leave: with S systems
    that may, L sites and T periods they are S·L·T of purchases, with up to T retirements each, and
    (L−1) times as many of moved ones; an age counts in money and in lifetimes, so that nothing
    coarser than the period of delivery would be right.
    """
    balance(frame, decisions, inputs)
    stocks(frame, decisions, inputs)
    arrivals(frame, decisions, inputs)
    kept(frame, decisions, inputs)
    lifetimes(frame, decisions, inputs)


def balance(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """What runs is carried from period to period."""
    runs, fleet = decisions.in_service.index, inputs.fleet
    present = runs >= 0
    numbers = row_numbers(present)
    terms = Terms().add(numbers, runs, 1.0).add(numbers[:, :, 1:], runs[:, :, :-1], -1.0)
    terms.add(at_periods(numbers, inputs.orders.runs[:, None, :]), decisions.delivered.index, -1.0)
    terms.add(numbers[fleet.system, fleet.site], decisions.retired.index, 1.0)
    terms.add(numbers[fleet.system, fleet.origin], decisions.moved.index, 1.0)
    terms.add(
        at_periods(numbers[fleet.system, fleet.site], fleet.lands), decisions.moved.index, -1.0
    )
    start = np.zeros(inputs.shape)
    start[:, :, 0] = inputs.existing
    frame.add_rows(
        "fleet.balance",
        (inputs.systems, inputs.sites, inputs.periods),
        terms,
        unit="systems",
        meaning="what runs is what ran, plus what arrived and was fitted out, less what was "
        "switched off or moved away",
        present=present,
        lower=start,
        upper=start,
    )


def at_periods(numbers: Ints, periods: Ints) -> Ints:
    """[…, T] the numbers of rows at given periods, along the last axis; ABSENT beyond it."""
    inside = np.broadcast_to(np.minimum(periods, numbers.shape[-1] - 1), numbers.shape)
    return np.where(
        periods < numbers.shape[-1], np.take_along_axis(numbers, inside, axis=-1), ABSENT
    )


def _arrivals_of(decisions: Decisions, fleet: FleetInputs) -> Ints:
    """[P] the delivery that a stock consists of; absent for a fleet entry."""
    bought = decisions.delivered.index[fleet.system, fleet.origin, np.maximum(fleet.delivered, 0)]
    return np.where(fleet.delivered >= 0, bought, ABSENT)


def stocks(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """No more leaves a stock than came into it."""
    fleet = inputs.fleet
    own = fleet.home == np.arange(len(fleet.stocks))
    leaves = np.concatenate([decisions.retired.index, decisions.moved.index], axis=1) >= 0
    present: Bools = own & np.isin(np.arange(len(own)), fleet.home[leaves.any(axis=1)])
    numbers = row_numbers(present)
    terms = (
        Terms()
        .add(numbers[:, None], decisions.retired.index, 1.0)
        .add(numbers[fleet.home][:, None], decisions.moved.index, 1.0)
    )
    terms.add(numbers, _arrivals_of(decisions, fleet), -1.0)
    frame.add_rows(
        "fleet.stock",
        (fleet.stocks,),
        terms,
        unit="systems",
        meaning="no more is switched off or moved away than came",
        present=present,
        upper=fleet.units,
    )


def arrivals(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """What was moved is switched off where it went, and not before it is there."""
    fleet = inputs.fleet
    away = fleet.home != np.arange(len(fleet.stocks))
    present = away[:, None] & (decisions.retired.index >= 0)
    numbers = row_numbers(present)
    n_t = len(inputs.periods)
    so_far = np.tril(np.ones((n_t, n_t), dtype=bool))
    rows = np.where(so_far[None], numbers[:, :, None], ABSENT)
    terms = Terms().add(rows, decisions.retired.index[:, None, :], 1.0)
    landed = fleet.lands[:, None, :] <= np.arange(n_t)[None, :, None]
    terms.add(
        np.where(landed, numbers[:, :, None], ABSENT), decisions.moved.index[:, None, :], -1.0
    )
    frame.add_rows(
        "fleet.arrived",
        (fleet.stocks, inputs.periods),
        terms,
        unit="systems",
        meaning="what was moved is switched off after it arrived",
        present=present,
        upper=0.0,
    )


def kept(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Existing machines stay where the scenario does not let them retire."""
    fleet = inputs.fleet
    present: Bools = fleet.must_stay & (fleet.home == np.arange(len(fleet.stocks)))
    frame.add_limit(
        KEPT,
        (fleet.stocks,),
        Terms().add(row_numbers(present)[fleet.home][:, None], decisions.retired.index, 1.0),
        present=present,
        bound=0.0,
        facts=Facts(relative_to=fleet.units[present]),
    )


def lifetimes(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Machines are gone when their time is over."""
    fleet = inputs.fleet
    own = fleet.home == np.arange(len(fleet.stocks))
    present: Bools = own & (fleet.leaves >= 0)
    numbers = row_numbers(present)
    in_time = np.arange(len(inputs.periods))[None, :] <= fleet.leaves[:, None]
    terms = Terms().add(
        numbers[fleet.home][:, None], np.where(in_time, decisions.retired.index, ABSENT), 1.0
    )
    terms.add(numbers, _arrivals_of(decisions, fleet), -1.0)
    frame.add_limit(
        LIFETIME,
        (fleet.stocks,),
        terms,
        present=present,
        bound=fleet.units,
        facts=Facts(
            relative_to=np.maximum(fleet.units[present], 1.0),
            notes=tuple(inputs.periods[t] for t in fleet.leaves[present]),
        ),
    )


FACE = Constraints((add_fleet,))
