"""Table of contents of the model: decisions, then families in order, then the objectives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.arrays import Floats, Ints
from planner.capabilities.demand.case import SERVED
from planner.capabilities.emissions.constraints import emitted
from planner.model.blocks import Facts
from planner.model.family import Decisions, Family, Model, add_decisions, all_families
from planner.model.frame import Frame, Objective
from planner.model.inputs import GoalInputs, Inputs
from planner.model.terms import Posted, Terms


def build(inputs: Inputs, families: Sequence[Family] | None = None) -> Model:
    """Build the model of `inputs`: the rows of all capabilities, or of `families`.

    Raises ValueError for an objective or a rule that nothing bounds.
    """
    frame = Frame(inputs.periods, inputs.discount, inputs.case)
    decisions = add_decisions(frame, inputs)
    for add in all_families() if families is None else families:
        add(frame, decisions, inputs)
    objectives = tuple(
        objective(frame, decisions, inputs, goal, str(n))
        for n, goal in enumerate(inputs.goals, start=1)
    )
    return Model(frame, decisions, inputs, objectives, tie_break(frame, inputs))


def tie_break(frame: Frame, inputs: Inputs) -> Objective | None:
    """What decides where the scenario does not say: without it, what an objective cannot see
    (halls, dates, prices) would be arbitrary.
    """
    if any(
        aim.what == "cost"
        for goal in inputs.goals
        for aim in (goal, *(part for _, part in goal.parts))
    ):
        return None
    nothing = np.zeros(0)
    return money_objective(
        frame,
        inputs,
        GoalInputs("minimize cost among equals", "cost", False, nothing, nothing, "MUSD", 0.0),
    )


def objective(
    frame: Frame, decisions: Decisions, inputs: Inputs, goal: GoalInputs, label: str
) -> Objective:
    """One goal as coefficients; `label` is its number, by which its own columns are named."""
    runs = decisions.in_service.index
    if goal.what == "weighted":
        parts = [
            (w, objective(frame, decisions, inputs, part, f"{label}.{n}"))
            for n, (w, part) in enumerate(goal.parts, start=1)
        ]
        constant = sum(w * part.constant for w, part in parts)
        return Objective.of(
            goal.name,
            goal.unit,
            maximize=False,
            parts=[(part.columns, w * part.values) for w, part in parts],
            constant=constant,
        )
    if goal.what == "time":
        columns = frame.variables[f"reached.{label}"].index
        total = float(goal.periods.sum())
        return Objective.of(
            goal.name, goal.unit, maximize=False, parts=[(columns, -goal.periods)], constant=total
        )
    if goal.what == "peak_cash":
        return Objective.of(
            goal.name,
            goal.unit,
            maximize=False,
            parts=[(frame.variables[f"peak_cash.{label}"].index, np.ones(1))],
        )
    if goal.what in ("compute", "accelerators"):
        weight = goal.weight[:, None, None] * goal.periods[None, None, :]
        return _over(goal, runs, np.broadcast_to(weight, runs.shape))
    if goal.what == "power":
        return _posted(goal, frame.posted("utility"), goal.periods)
    if goal.what == "carbon":
        grams = [(part.columns, part.values) for part in emitted(frame, inputs)]
        return Objective.of(goal.name, goal.unit, maximize=False, parts=grams)
    if goal.what == "energy":
        return _posted(goal, frame.posted("utility_average"), inputs.hours / 1e3)
    if goal.what == "shortfall":
        return _over(goal, decisions.short.index, goal.short)
    return money_objective(frame, inputs, goal)


def _posted(goal: GoalInputs, post: Posted, weight: Floats) -> Objective:
    return Objective.of(
        goal.name,
        goal.unit,
        maximize=goal.maximize,
        parts=[(post.columns, post.values * weight[post.periods])],
    )


def _over(goal: GoalInputs, columns: Ints, values: Floats) -> Objective:
    keep = columns >= 0
    return Objective.of(
        goal.name, goal.unit, maximize=goal.maximize, parts=[(columns[keep], values[keep])]
    )


def money_objective(frame: Frame, inputs: Inputs, goal: GoalInputs) -> Objective:
    """`cost`: present worth of all cash, less what remains at the end, plus priced shortfall.
    `capex`: undiscounted capital spending.
    """
    parts: list[tuple[Ints, Floats]] = []
    constant = 0.0
    flows = frame.spent("capex") if goal.what == "capex" else frame.flows.values()
    for flow in flows:
        _, columns, values = flow.triplets()
        parts.append((columns, values if goal.what == "capex" else values * flow.worth))
        constant += float((flow.constant if goal.what == "capex" else flow.present_constant).sum())
    return Objective.of(
        goal.name, goal.unit, maximize=goal.maximize, parts=parts, constant=constant
    )


def hold(frame: Frame, goal: Objective, best: float, tolerance: float, number: int) -> None:
    """Keep an objective that was already optimised within its tolerance while the next one is
    improved.
    """
    give = tolerance * max(abs(best), 1e-6)
    terms = Terms().add(np.zeros(1, np.int64), goal.columns, goal.values)
    frame.add_rows(
        f"goal.held.{number}",
        ((goal.name,),),
        terms,
        unit=goal.unit,
        meaning="an earlier objective is held while a later one is improved",
        present=np.ones(1, dtype=bool),
        lower=best - give - goal.constant if goal.maximize else -np.inf,
        upper=np.inf if goal.maximize else best + give - goal.constant,
        facts=Facts(held=True),
    )


def objective_in(model: Model, number: int, frame: Frame) -> Objective:
    """Objective number `number` in a moved model: what goes short is told in shares of what is
    asked for there.

    It is the model's own, the very object, where that did not move or the objective is not about
    it.
    """
    before, after, goal = (
        model.frame.rows.get(SERVED.row),
        frame.rows.get(SERVED.row),
        model.inputs.goals[number],
    )
    about = [one for one in (goal, *(part for _, part in goal.parts)) if one.short.size]
    if before is None or after is None or not about or np.array_equal(before.lower, after.lower):
        return model.objectives[number]
    need = np.zeros(model.inputs.demand_need.shape)
    need[tuple(after.keys.T)] = np.maximum(after.lower, 0.0)
    parts = tuple(
        (weight, _shares_of(part, need, model.inputs.hours)) for weight, part in goal.parts
    )
    moved = replace(_shares_of(goal, need, model.inputs.hours), parts=parts)
    return objective(model.frame, model.decisions, model.inputs, moved, str(number + 1))


def _shares_of(goal: GoalInputs, need: Floats, hours: Floats) -> GoalInputs:
    """One missing unit as a share of what is asked for, the mean over demands and time in which
    they ask; as the inputs builder has it.
    """
    asks = (goal.short > 0) & (need > 0) if goal.short.size else np.zeros((0, 0), dtype=bool)
    if not asks.any():
        return goal if not goal.short.size else replace(goal, short=np.zeros_like(goal.short))
    each = np.broadcast_to(hours, need.shape)
    return replace(
        goal, short=np.where(asks, each / np.where(asks, need, 1.0), 0.0) / float(each[asks].sum())
    )
