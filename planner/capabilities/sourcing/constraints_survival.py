"""What is left when suppliers or sites fail: rows."""

from __future__ import annotations

import itertools

import numpy as np

from planner.arrays import Bools, Floats, Ints
from planner.capabilities.demand.case import RIVALS, SERVED
from planner.capabilities.sourcing.arrays import SourcingInputs, SurvivalInputs
from planner.capabilities.sourcing.case import (
    LEFT_OF_DEMAND,
    LEFT_OF_FLEET,
    WITHOUT_OF_DEMAND,
    WITHOUT_OF_FLEET,
)
from planner.model.blocks import Facts
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.parameter import Affine, CoefficientParameter, Follower
from planner.model.terms import Terms, row_numbers


def add_survival(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Survival: what is left still serves enough, whichever few suppliers, foundries, sites or
    countries stop.

    Sets    v rule: any k(v) of a level stop, δ(v) of their machines with them · g name of the level
            · d(v) its demand, or the fleet · t period; weight(v,s,l) what one system serves;
            x[s,l,t] is in_service, or reserve where several demands of a class must survive the
            same loss; q(g) = Σ_{(s,l) that may be of g} weight · x · Q = Σ_{s,l} weight · x · need
            is φ(v) · need(d,t), or φ(v) · Q for the fleet
    Rows    survival.shared[e,c,s,l,t]  Σ_{d in class c} reserve[e,d,s,l,t] ≤
                                        in_service[s,l,t]    systems
            survival.hit[v,g,t]         δ · q(g) − most[v,t] − more[v,g,t] ≤ 0    what is served
            survival.left[v,t]          Q − k · most[v,t] − Σ_g more[v,g,t] ≥ need    what is served
            survival.without[v,K,t]     Σ_{s,l} (1 − δ · [(s,l) may be of one in K]) · weight · x ≥
                                        need    what is served
    The k largest q(g) add up to the least of k · most + Σ more under survival.hit (linear
    programming duality), so the two rows say exactly that the worst k may stop, without a row for
    each choice of k. That counts a machine twice if it may be of two names that both stop; there,
    and for more than one loss, survival.without has a row for each choice K of k names instead. All
    is continuous, with no large constant.

    When a loss comes, the demands that are to survive it share what runs in parts that were fixed
    before anybody knew who would stop (reserve), and every other demand may go without: no less is
    left if the parts are chosen afterwards.
    """
    reserves = shared(frame, decisions, inputs)
    for number, rule in enumerate(inputs.of(SourcingInputs).survival, start=1):
        columns = decisions.in_service.index
        if rule.demand is not None:
            columns = reserves.get((rule.event, rule.demand), columns)
        if rule.losses == 1 or rule.may.sum(axis=0).max(initial=0) <= 1:
            by_duality(frame, inputs, rule, number, columns)
        else:
            by_choice(frame, inputs, rule, number, columns)


def shared(frame: Frame, decisions: Decisions, inputs: Inputs) -> dict[tuple[str, int], Ints]:
    """(event, demand) → columns of its part, where several demands of a class must survive the same
    event. Adds `survival.shared`.
    """
    found: dict[tuple[str, int], Ints] = {}
    runs = decisions.in_service.index
    for position, event in enumerate(
        dict.fromkeys(rule.event for rule in inputs.of(SourcingInputs).survival), start=1
    ):
        named = sorted(
            {
                rule.demand
                for rule in inputs.of(SourcingInputs).survival
                if rule.event == event and rule.demand is not None
            }
        )
        rivals = [[d for d in named if inputs.demand_kind[d] == kind] for kind in RIVALS]
        contested = [d for group in rivals if len(group) > 1 for d in group]
        if not contested:
            continue
        eligible = inputs.demand_weight[contested] > 0
        block = frame.add_variables(
            f"reserve.{position}",
            (
                tuple(inputs.demands[d] for d in contested),
                inputs.systems,
                inputs.sites,
                inputs.periods,
            ),
            unit="systems",
            meaning=f"kept for one demand among several: {event}",
            present=eligible[:, :, :, None] & (runs >= 0)[None],
        )
        kind = np.array([RIVALS.index(inputs.demand_kind[d]) for d in contested], dtype=np.int64)
        present = np.stack([(block.index[kind == c] >= 0).any(axis=0) for c in (0, 1)])
        numbers = row_numbers(present)
        frame.add_rows(
            f"survival.shared.{position}",
            (RIVALS, inputs.systems, inputs.sites, inputs.periods),
            Terms().add(numbers[kind], block.index, 1.0).add(numbers, runs[None], -1.0),
            unit="systems",
            meaning="what is left serves one demand of a class at a time",
            present=present,
            upper=0.0,
        )
        found |= {(event, d): block.index[i] for i, d in enumerate(contested)}
    return found


def _need(inputs: Inputs, rule: SurvivalInputs) -> tuple[Floats, float]:
    """([T] what must be left, share of Q that must be left)"""
    if rule.demand is None:
        return np.zeros(len(inputs.periods)), rule.serves
    return rule.serves * inputs.demand_need[rule.demand], 0.0


def by_duality(
    frame: Frame, inputs: Inputs, rule: SurvivalInputs, number: int, columns: Ints
) -> None:
    """The worst k names may stop: rows by name and period."""
    need, of_all = _need(inputs, rule)
    periods, axes = inputs.periods, (rule.groups, inputs.periods)
    present = np.ones((len(rule.groups), len(periods)), dtype=bool)
    if rule.demand is not None:
        present &= need > 0
    when: Bools = np.asarray(present.any(axis=0), dtype=bool)
    most = frame.add_variables(
        f"most.{number}",
        (periods,),
        unit=rule.unit,
        meaning=f"at least the {rule.losses}th loss",
        present=when,
    )
    more = frame.add_variables(
        f"more.{number}",
        axes,
        unit=rule.unit,
        meaning="what a loss is beyond that",
        present=present,
    )
    numbers = row_numbers(present)
    terms = Terms().add(numbers, most.index[None], -1.0).add(numbers, more.index, -1.0)
    for g in range(len(rule.groups)):
        mine = (rule.bundle_of >= 0) & rule.may[g][rule.bundle_of]
        terms.add(numbers[g][None, None], columns, (rule.lost * rule.weight * mine)[:, :, None])
    frame.add_rows(
        f"survival.hit.{number}",
        axes,
        terms,
        unit=rule.unit,
        meaning="what stops with a name",
        present=present,
        upper=0.0,
    )
    rows = row_numbers(when)
    left = Terms().add(rows, columns, (rule.weight * (1 - of_all))[:, :, None])
    left.add(rows, most.index, -float(rule.losses)).add(rows[None], more.index, -1.0)
    frame.add_limit(
        LEFT_OF_FLEET if rule.demand is None else LEFT_OF_DEMAND,
        (periods,),
        left,
        present=when,
        bound=need,
        number=number,
        facts=_facts(
            rule, rows, columns, np.broadcast_to(need, when.shape)[when], np.flatnonzero(when)
        ),
    )


def _facts(rule: SurvivalInputs, rows: Ints, columns: Ints, need: Floats, periods: Ints) -> Facts:
    """The share that must be left, in percent, as the number that a person may move: of the fleet,
    or of what a demand needs.

    `need` [rows] is what must be left, `periods` [rows] when.
    """
    if rule.demand is None:
        lost = Terms().add(rows[..., None, None, :], columns, (rule.weight * -0.01)[:, :, None])
        return Facts(coefficient=CoefficientParameter(100 * rule.serves, *lost.triplets()))
    asked = np.stack([np.full_like(periods, rule.demand), periods], axis=1)
    leads = Follower(SERVED.row, asked, np.full(len(need), rule.serves))
    return Facts(affine=Affine(np.zeros(len(need)), need / (100 * rule.serves)), follows=leads)


def by_choice(
    frame: Frame, inputs: Inputs, rule: SurvivalInputs, number: int, columns: Ints
) -> None:
    """Each choice of k names may stop: rows by choice and period."""
    need, of_all = _need(inputs, rule)
    bundles: Ints = rule.bundle_of
    choices = list(
        itertools.combinations(range(len(rule.groups)), min(rule.losses, len(rule.groups)))
    )
    present = np.ones((len(choices), len(inputs.periods)), dtype=bool)
    if rule.demand is not None:
        present &= need > 0
    numbers, terms = row_numbers(present), Terms()
    for c, chosen in enumerate(choices):
        touched: Bools = np.asarray(rule.may[list(chosen)].any(axis=0), dtype=bool)
        stops = (bundles >= 0) & touched[bundles]
        terms.add(
            numbers[c][None, None],
            columns,
            (rule.weight * (1 - of_all - rule.lost * stops))[:, :, None],
        )
    frame.add_limit(
        WITHOUT_OF_FLEET if rule.demand is None else WITHOUT_OF_DEMAND,
        (tuple(" + ".join(rule.groups[g] for g in chosen) for chosen in choices), inputs.periods),
        terms,
        present=present,
        bound=need,
        number=number,
        facts=_facts(
            rule,
            numbers,
            columns,
            np.broadcast_to(need, present.shape)[present],
            np.argwhere(present)[:, 1],
        ),
    )


FACE = Constraints((add_survival,))
