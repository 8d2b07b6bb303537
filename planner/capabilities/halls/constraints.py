"""Halls: rows."""

from __future__ import annotations

import numpy as np

from planner.arrays import Bools, Ints
from planner.capabilities.halls.arrays import RESOURCES, HallInputs
from planner.capabilities.halls.case import HOUSED, NUMBER, STANDING, resource_unit
from planner.capabilities.sites.case import BUILDINGS, BUILDINGS_WORTH
from planner.model.blocks import Variables
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.terms import ABSENT, Terms, row_numbers

TAKEN = [RESOURCES.index("it"), RESOURCES.index("air")]
"""Resources that networks take."""


def add_halls(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Halls: built whole, usable once they are finished, and every machine stands in one or in what
    stood at the start.

    Sets    h kind of hall · p place: a kind of hall, or what stands at its site · r resource · s
            system · l site · t period; usable[h,t] = Σ_{τ: opens(h,τ) ≤ t} begun[h,τ]; part(h,n,τ)
            a payment of a hall that is begun in τ, due in period d(h,n,τ)
    Decides halls_begun[h,t]     halls whose construction begins with the period (integer: half a
                                 hall holds nothing)
            housed[s,p,t]        systems that stand in a place. Continuous: halls of a kind are one
                                 place, so at most one system per place, and per hall of it, stands
                                 on both sides of a wall, among the hundreds that a hall holds
            gear[p,t]            MW of IT of the networks' groups that stand in a place: leaves and
                                 what is above them, cooled by air
    Rows    hall.number[h]       Σ_t begun[h,t] ≤ most(h)    halls
            hall.stands[l,t]     built[l,t] − Σ_{h at l} it(h) · usable[h,t] = existing(l)    MW
            hall.housed[s,l,t]   Σ_{p at l} housed[s,p,t] − in_service[s,l,t] = 0    systems of room
            hall.networks[l,t]   Σ_{p at l} gear[p,t] − Σ_{f at l, k} it(f,k) · groups[f,k,t] =
                                 0    MW
            hall.holds[h,r,t]    Σ_s use(p,r,s) · housed[s,h,t] + gear[h,t] − size(h,r) ·
                                 usable[h,t] ≤ 0    MW, or racks
            hall.standing[l,r,t] Σ_s use(p,r,s) · housed[s,p,t] + gear[p,t] ≤ stands(l,r,t);
                                 gear takes IT and air only    MW, or racks
    Flows   capex.construction   part(h,n,τ) · cost(h) · begun[h,τ] in d(h,n,τ); evenly over the
                                 construction where nothing else is said    MUSD
            residual.construction − kept(h,t) · cost(h) · begun[h,t], at the end    MUSD
    Resources are critical IT, positions, heat to liquid and heat to air. A system that a hall's
    technology cannot carry has no housed there. At these sites nothing is built by the MW, and the
    limits of `space` and of construction by the MW have no rows.
    """
    halls = inputs.find(HallInputs)
    if halls is None:
        return
    runs = decisions.in_service.index[:, halls.site]
    begun = frame.add_variables(
        "halls_begun",
        (halls.names, inputs.periods),
        unit="halls",
        meaning="construction begins with the period",
        present=halls.can_begin,
        integer=True,
    )
    housed = frame.add_variables(
        "housed",
        (inputs.systems, halls.places, inputs.periods),
        unit="systems",
        meaning="stand in this place",
        present=(runs >= 0) & halls.can_house.T[:, :, None] & can_stand(halls, begun)[None],
    )
    gear = networks(frame, inputs, halls, begun)
    number(frame, halls, begun)
    stands(frame, decisions, inputs, halls, begun)
    everything_stands(frame, decisions, inputs, halls, housed)
    holds(frame, inputs, halls, begun, housed, gear)
    standing(frame, inputs, halls, housed, gear)
    money(frame, inputs, halls, begun)


def usable(halls: HallInputs, begun: Variables) -> Ints:
    """[H, T, T] columns begun at τ that are in use in t, absent where none is."""
    n_t = begun.index.shape[1]
    ready = halls.opens[:, None, :] <= np.arange(n_t)[None, :, None]
    return np.where(ready, begun.index[:, None, :], ABSENT)


def can_stand(halls: HallInputs, begun: Variables) -> Bools:
    """[P, T] whether a place can be in use: what stood always, a hall from the first period in
    which one can be finished.
    """
    result = np.ones((len(halls.places), begun.index.shape[1]), dtype=bool)
    result[: halls.halls] = (usable(halls, begun) >= 0).any(axis=2)
    return result


def number(frame: Frame, halls: HallInputs, begun: Variables) -> None:
    """No more halls of a kind than can be built."""
    present: Bools = np.isfinite(halls.most) & (begun.index >= 0).any(axis=1)
    frame.add_limit(
        NUMBER,
        (halls.names,),
        Terms().add(row_numbers(present)[:, None], begun.index, 1.0),
        present=present,
        bound=halls.most,
    )


def stands(
    frame: Frame, decisions: Decisions, inputs: Inputs, halls: HallInputs, begun: Variables
) -> None:
    """Critical IT that stands is what stood and the halls in use."""
    built = decisions.built.index
    present = np.zeros(built.shape, dtype=bool)
    present[np.unique(halls.site)] = True
    numbers = row_numbers(present)
    terms = Terms().add(numbers, built, 1.0)
    terms.add(
        numbers[halls.site[: halls.halls]][:, :, None],
        usable(halls, begun),
        -halls.size[:, 0][:, None, None],
    )
    existing = np.broadcast_to(inputs.existing_it_mw[:, None], built.shape)
    frame.add_rows(
        "hall.stands",
        (inputs.sites, inputs.periods),
        terms,
        unit="MW",
        meaning="critical IT that stands is what stood and the halls in use",
        present=present,
        lower=existing,
        upper=existing,
    )


def everything_stands(
    frame: Frame, decisions: Decisions, inputs: Inputs, halls: HallInputs, housed: Variables
) -> None:
    """Every machine stands in one place."""
    runs = decisions.in_service.index
    here: Bools = np.isin(np.arange(len(inputs.sites)), halls.site)
    present = here[None, :, None] & (runs >= 0)
    numbers = row_numbers(present)
    frame.add_limit(
        HOUSED,
        (inputs.systems, inputs.sites, inputs.periods),
        Terms().add(numbers[:, halls.site], housed.index, 1.0).add(numbers, runs, -1.0),
        present=present,
        bound=0.0,
        equal=True,
    )


def networks(frame: Frame, inputs: Inputs, halls: HallInputs, begun: Variables) -> Ints:
    """[P, T] columns of what of the networks stands in each place: groups stand at a site, and
    wherever there is room.
    """
    here = np.zeros(len(inputs.sites), dtype=bool)
    here[frame.posted("networks").sites] = True
    gear = frame.add_variables(
        "gear",
        (halls.places, inputs.periods),
        unit="MW",
        meaning="IT of the networks in this place",
        present=here[halls.site][:, None] & can_stand(halls, begun),
    )
    at_halls: Bools = here & np.isin(np.arange(len(here)), halls.site)
    present = np.broadcast_to(at_halls[:, None], (len(here), len(inputs.periods)))
    numbers = row_numbers(present)
    terms = (
        Terms()
        .add(numbers[halls.site], gear.index, 1.0)
        .join(frame.drawn("networks", numbers, -1.0))
    )
    frame.add_rows(
        "hall.networks",
        (inputs.sites, inputs.periods),
        terms,
        unit="MW",
        meaning="every network stands in halls or in what stood",
        present=present,
        lower=0.0,
        upper=0.0,
    )
    return gear.index


def holds(
    frame: Frame, inputs: Inputs, halls: HallInputs, begun: Variables, housed: Variables, gear: Ints
) -> None:
    """A kind of hall holds what those in use can carry."""
    columns = housed.index[:, : halls.halls]
    some: Bools = np.asarray((columns >= 0).any(axis=0) | (gear[: halls.halls] >= 0), dtype=bool)
    used: Bools = np.asarray(
        ((halls.use > 0) & halls.can_house[:, None, :]).any(axis=2), dtype=bool
    )
    used[:, TAKEN] |= np.asarray((gear >= 0).any(axis=1, keepdims=True), dtype=bool)
    present = (np.isfinite(halls.size) & used[: halls.halls])[:, :, None] & some[:, None, :]
    numbers = row_numbers(present)
    terms = Terms().add(
        numbers[None],
        columns[:, :, None, :],
        halls.use[: halls.halls].transpose(2, 0, 1)[:, :, :, None],
    )
    terms.add(numbers[:, TAKEN], gear[: halls.halls, None], 1.0)
    size = np.where(np.isfinite(halls.size), halls.size, 0.0)
    terms.add(numbers[:, :, :, None], usable(halls, begun)[:, None], -size[:, :, None, None])
    frame.add_rows(
        "hall.holds",
        (halls.names, RESOURCES, inputs.periods),
        terms,
        unit=[resource_unit(RESOURCES[r]) for r in np.nonzero(present)[1]],
        meaning="halls hold what those in use can carry",
        present=present,
        upper=0.0,
    )


def standing(
    frame: Frame, inputs: Inputs, halls: HallInputs, housed: Variables, gear: Ints
) -> None:
    """What stood at the start holds what it can carry."""
    columns = housed.index[:, halls.halls :]
    amount = halls.stands[halls.halls :]
    names = tuple(inputs.sites[j] for j in halls.site[halls.halls :])
    some: Bools = np.asarray((columns >= 0).any(axis=0) | (gear[halls.halls :] >= 0), dtype=bool)
    present = np.isfinite(amount) & some[:, None, :]
    numbers = row_numbers(present)
    terms = Terms().add(
        numbers[None],
        columns[:, :, None, :],
        halls.use[halls.halls :].transpose(2, 0, 1)[:, :, :, None],
    )
    frame.add_limit(
        STANDING,
        (names, RESOURCES, inputs.periods),
        terms.add(numbers[:, TAKEN], gear[halls.halls :, None], 1.0),
        present=present,
        bound=amount,
    )


def money(frame: Frame, inputs: Inputs, halls: HallInputs, begun: Variables) -> None:
    """Construction is paid on its dates, and keeps a worth from the day on which it is finished."""
    paid, cost = halls.payments, halls.cost_musd[:, None]
    frame.post(
        "construction",
        begun.index,
        halls.site[: halls.halls, None],
        np.arange(len(inputs.periods)),
        cost,
    )
    frame.add_flow(BUILDINGS, paid.period, begun.index, paid.share * cost, worth=paid.worth)
    last = np.full(begun.index.shape, len(inputs.periods) - 1)
    frame.add_flow(
        BUILDINGS_WORTH, last, begun.index, -halls.kept * cost, worth=inputs.discount_end
    )


FACE = Constraints((add_halls,))
