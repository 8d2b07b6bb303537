"""Orders, allocations and qualifications: rows."""

from __future__ import annotations

import numpy as np

from planner.arrays import Bools, Floats, Ints
from planner.capabilities.supply.case import (
    CUMULATIVE,
    LOTS,
    MINIMUM,
    ON_ORDER,
    PER_PERIOD,
    SCHEDULE,
)
from planner.model.blocks import Facts, Variables
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.parameter import Follower
from planner.model.terms import ABSENT, Terms, row_numbers

IDLE_LIFTS = 10.0
"""Where a minimum order moves, an idle period is free of it up to so many times what it was."""


def add_supply(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Supply: nobody delivers more than was allocated, less than the smallest order, or before
    being qualified.

    Sets    k supply entry for product p(k) · s system, of product p(s): itself, or what it is a
            power-capped variant of · l site · t period · q supplier to be qualified; what arrives
            in a period was one order, a lead time before; lead times and windows of orders are in
            the delivery variables, which exist only where they allow a delivery
    Rows    supply.cumulative[k,t]    Σ_{s of p(k)} Σ_l Σ_{τ≤t} delivered[s,l,τ] ≤
                                      allocation(k,t)    systems
            supply.per_period[k,t]    Σ_{s of p(k)} Σ_l delivered[s,l,t] ≤ rate(k)    systems
            supply.schedule[k,t]      Σ_{s of p(k)} Σ_l delivered[s,l,t] ≤ schedule(k,t)    systems
            supply.ordered[p,t]       ordered[p,t] − Σ_{s of p} Σ_l delivered[s,l,t] = 0, where a
                                      row below needs it    systems
            supply.order[k,t]         ordered[p(k),t] + M · idle[k,t] ≤ M    systems
            supply.minimum[k,t]       ordered[p(k),t] + minimum(k) · idle[k,t] ≥
                                      minimum(k)    systems
            supply.lots[k,t]          ordered[p(k),t] − lot(k) · lots[k,t] = 0    systems
            supply.qualified[q,p,t]   ordered[p,t] + M · unqualified[q,b(q,p,t)] ≤ M, for the
                                      products of q    systems
            supply.waiting[q,t]       unqualified[q,t] − unqualified[q,t−1] ≤ 0    yes or no
            supply.on_order[s]        Σ_{l,t} delivered[s,l,t] ≥ units(s), of s that was ordered
                                      before    systems
            supply.no_more[s]         Σ_{l,t} delivered[s,l,t] ≤ units(s)    systems
    idle is yes or no, lots is whole. An order is nothing or at least its minimum, which no
    continuous variable can say; M is the most of the product that one period can bring: the least
    of rate, allocation and what all sites can hold. Lots need no M. The qualification of q begins
    with the first t with unqualified[q,t] = 0, and is paid then (`opex.qualification`); b(q,p,t) is
    the last period with which it can begin and be over on the day on which p is delivered in t.
    What is on order is a system of its own, of its product's allocations, that comes on one day: no
    minimum, lot or qualification is asked of it.
    """
    if len(inputs.supply.system):
        cumulative(frame, decisions, inputs)
        per_period(frame, decisions, inputs)
    ordered = orders(frame, decisions, inputs)
    if ordered is not None:
        minimums(frame, inputs, ordered)
        lots(frame, inputs, ordered)
        qualified(frame, decisions, inputs, ordered)
    waiting(frame, decisions, inputs)
    on_order(frame, decisions, inputs)


def on_order(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """What was ordered before comes, and no more of it."""
    units = inputs.supply.on_order
    columns = decisions.delivered.index
    present: Bools = np.asarray((units > 0) & (columns >= 0).any(axis=(1, 2)), dtype=bool)
    terms = Terms().add(row_numbers(present)[:, None, None], columns, 1.0)
    frame.add_limit(ON_ORDER, (inputs.systems,), terms.copy(), present=present, bound=units)
    frame.add_rows(
        "supply.no_more",
        (inputs.systems,),
        terms,
        unit="systems",
        meaning="no more comes by an order than was ordered",
        present=present,
        upper=units,
        facts=Facts(follows=Follower(ON_ORDER.row, np.argwhere(present), np.ones(present.sum()))),
    )


def _entries(inputs: Inputs) -> tuple[str, ...]:
    return tuple(f"{inputs.systems[s]}#{k + 1}" for k, s in enumerate(inputs.supply.system))


def _any_of(inputs: Inputs, columns: Ints) -> Bools:
    """[K, T] whether anything of an entry can arrive; `columns` are those of `deliveries`."""
    found = np.zeros(inputs.supply.cumulative.shape, dtype=bool)
    np.logical_or.at(found, inputs.supply.deliveries[0], (columns >= 0).any(axis=1))
    return found


def cumulative(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Deliveries so far stay within the allocation so far."""
    entry, system = inputs.supply.deliveries
    columns = decisions.delivered.index[system]
    some = np.cumsum(_any_of(inputs, columns), axis=1) > 0
    present = np.isfinite(inputs.supply.cumulative) & some
    numbers = row_numbers(present)
    n_t = len(inputs.periods)
    until = np.tril(np.ones((n_t, n_t), dtype=bool))  # [row period, delivery period]
    rows = np.where(until[None, :, :], numbers[entry][:, :, None], -1)
    terms = Terms()
    for site in range(len(inputs.sites)):
        terms.add(rows, columns[:, site, None, :], 1.0)
    frame.add_limit(
        CUMULATIVE,
        (_entries(inputs), inputs.periods),
        terms,
        present=present,
        bound=inputs.supply.cumulative,
    )


def per_period(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Deliveries of one period stay within the rate, and within what the schedule has for it: two
    numbers, each with its own rows.
    """
    entry, system = inputs.supply.deliveries
    columns = decisions.delivered.index[system]
    for kind, most in ((PER_PERIOD, inputs.supply.rate), (SCHEDULE, inputs.supply.schedule)):
        present = np.isfinite(most) & _any_of(inputs, columns)
        terms = Terms().add(row_numbers(present)[entry][:, None, :], columns, 1.0)
        frame.add_limit(
            kind, (_entries(inputs), inputs.periods), terms, present=present, bound=most
        )


def orders(frame: Frame, decisions: Decisions, inputs: Inputs) -> Variables | None:
    """What all sites together get of a product in a period, where its order has a shape or its
    supplier must be qualified.
    """
    supply = inputs.supply
    shaped = (supply.minimum > 0) | (supply.lot > 1)
    wanted = np.concatenate([supply.product[supply.waits_for.any(axis=0)], supply.system[shaped]])
    columns = np.where((supply.on_order > 0)[:, None, None], ABSENT, decisions.delivered.index)
    comes = np.zeros((len(inputs.systems), len(inputs.periods)), dtype=bool)
    np.logical_or.at(comes, supply.product, (columns >= 0).any(axis=1))
    present: Bools = np.isin(np.arange(len(inputs.systems)), wanted)[:, None] & comes
    if not present.any():
        return None
    ordered = frame.add_variables(
        "ordered",
        (inputs.systems, inputs.periods),
        unit="systems",
        meaning="arrive at all sites together",
        present=present,
    )
    numbers = row_numbers(present)
    frame.add_rows(
        "supply.ordered",
        (inputs.systems, inputs.periods),
        Terms()
        .add(numbers, ordered.index, 1.0)
        .add(numbers[supply.product][:, None, :], columns, -1.0),
        unit="systems",
        meaning="an order is what all sites together get",
        present=present,
        lower=0.0,
        upper=0.0,
    )
    return ordered


def _most(inputs: Inputs, needed: Bools) -> Floats:
    """[S, T] the most that one period can bring. Raises ValueError where nothing bounds it and it
    is needed.
    """
    if not np.isfinite(inputs.supply.most[needed]).all():
        raise ValueError(
            "give the sites `power`, or the systems of a "
            "minimum order or a qualification a `supply`"
        )
    return np.where(needed, inputs.supply.most, 0.0)


def minimums(frame: Frame, inputs: Inputs, ordered: Variables) -> None:
    """An order is nothing, or at least its minimum."""
    supply = inputs.supply
    columns = ordered.index[supply.system]
    present = (supply.minimum > 1)[:, None] & (columns >= 0)
    if not present.any():
        return
    axes = (_entries(inputs), inputs.periods)
    idle = frame.add_variables(
        "idle",
        axes,
        unit="yes or no",
        meaning="nothing arrives in the period",
        present=present,
        upper=1.0,
        integer=True,
    )
    needed = np.zeros(supply.most.shape, dtype=bool)
    for k, s in enumerate(supply.system):
        needed[s] |= present[k]
    # a constant of nothing could not grow when limits give way
    big = np.maximum(_most(inputs, needed), 1.0)[supply.system]
    numbers = row_numbers(present)
    frame.add_rows(
        "supply.order",
        axes,
        Terms().add(numbers, columns, 1.0).add(numbers, idle.index, big),
        unit="systems",
        meaning="nothing arrives in an idle period",
        present=present,
        upper=big,
        facts=Facts(switched=True),
    )
    least = np.broadcast_to(supply.minimum[:, None], present.shape)
    free = Terms().add(numbers, columns, 1.0).add(numbers, idle.index, IDLE_LIFTS * least)
    frame.add_limit(
        MINIMUM,
        axes,
        Terms().add(numbers, columns, 1.0).add(numbers, idle.index, least),
        present=present,
        bound=least,
        facts=Facts(lifts=idle.index[present], unlimited=free.triplets()),
    )


def lots(frame: Frame, inputs: Inputs, ordered: Variables) -> None:
    """An order is a multiple of its lot."""
    supply = inputs.supply
    columns = ordered.index[supply.system]
    present = (supply.lot > 1)[:, None] & (columns >= 0)
    if not present.any():
        return
    axes = (_entries(inputs), inputs.periods)
    number = frame.add_variables(
        "lots", axes, unit="lots", meaning="lots that arrive", present=present, integer=True
    )
    numbers = row_numbers(present)
    frame.add_limit(
        LOTS,
        axes,
        Terms().add(numbers, columns, 1.0).add(numbers, number.index, -supply.lot[:, None]),
        present=present,
        bound=0.0,
        equal=True,
    )


def qualified(frame: Frame, decisions: Decisions, inputs: Inputs, ordered: Variables) -> None:
    """Nothing arrives from who is not qualified."""
    supply, unqualified = inputs.supply, decisions.unqualified.index
    present = supply.waits_for[:, :, None] & (ordered.index >= 0)[None] & (supply.begun_by >= 0)
    big = np.maximum(
        np.broadcast_to(
            _most(inputs, np.asarray(present.any(axis=0), dtype=bool))[None], present.shape
        ),
        1.0,
    )
    numbers = row_numbers(present)
    in_time = np.take_along_axis(
        np.broadcast_to(unqualified[:, None, :], present.shape),
        np.maximum(supply.begun_by, 0),
        axis=2,
    )
    frame.add_rows(
        "supply.qualified",
        (supply.suppliers, inputs.systems, inputs.periods),
        Terms().add(numbers, ordered.index[None], 1.0).add(numbers, in_time, big),
        unit="systems",
        meaning="nothing arrives from a supplier that is not qualified",
        present=present,
        upper=big,
        facts=Facts(switched=True),
    )


def waiting(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Who is qualified stays so."""
    unqualified = decisions.unqualified.index
    later = np.ones(unqualified.shape, dtype=bool)
    later[:, 0] = False
    numbers = row_numbers(later)
    before: Ints = np.concatenate(
        [np.full((len(unqualified), 1), ABSENT, dtype=np.int64), unqualified[:, :-1]], axis=1
    )
    frame.add_rows(
        "supply.waiting",
        (inputs.supply.suppliers, inputs.periods),
        Terms().add(numbers, unqualified, 1.0).add(numbers, before, -1.0),
        unit="yes or no",
        meaning="who is qualified stays so",
        present=later,
        upper=0.0,
    )


FACE = Constraints((add_supply,))
