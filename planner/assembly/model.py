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
from planner.model.inputs import Inputs, ObjectiveInputs
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
        objective(frame, decisions, inputs, spec, str(n))
        for n, spec in enumerate(inputs.objectives, start=1)
    )
    return Model(frame, decisions, inputs, objectives, tie_break(frame, inputs))


def tie_break(frame: Frame, inputs: Inputs) -> Objective | None:
    """What decides where the scenario does not say: without it, what an objective cannot see
    (halls, dates, prices) would be arbitrary.
    """
    if any(
        criterion.what == "cost"
        for spec in inputs.objectives
        for criterion in (spec, *(part for _, part in spec.parts))
    ):
        return None
    nothing = np.zeros(0)
    return money_objective(
        frame,
        inputs,
        ObjectiveInputs("minimize cost among equals", "cost", False, nothing, nothing, "MUSD", 0.0),
    )


def objective(
    frame: Frame, decisions: Decisions, inputs: Inputs, spec: ObjectiveInputs, label: str
) -> Objective:
    """One objective as coefficients; `label` is its number, by which its own columns are named."""
    runs = decisions.in_service.index
    if spec.what == "weighted":
        parts = [
            (w, objective(frame, decisions, inputs, part, f"{label}.{n}"))
            for n, (w, part) in enumerate(spec.parts, start=1)
        ]
        constant = sum(w * part.constant for w, part in parts)
        return Objective.of(
            spec.name,
            spec.unit,
            maximize=False,
            parts=[(part.columns, w * part.values) for w, part in parts],
            constant=constant,
        )
    if spec.what == "time":
        columns = frame.variables[f"reached.{label}"].index
        total = float(spec.periods.sum())
        return Objective.of(
            spec.name, spec.unit, maximize=False, parts=[(columns, -spec.periods)], constant=total
        )
    if spec.what == "peak_cash":
        return Objective.of(
            spec.name,
            spec.unit,
            maximize=False,
            parts=[(frame.variables[f"peak_cash.{label}"].index, np.ones(1))],
        )
    if spec.what in ("compute", "accelerators"):
        weight = spec.weight[:, None, None] * spec.periods[None, None, :]
        return _over(spec, runs, np.broadcast_to(weight, runs.shape))
    if spec.what == "power":
        return _posted(spec, frame.posted("utility"), spec.periods)
    if spec.what == "carbon":
        grams = [(part.columns, part.values) for part in emitted(frame, inputs)]
        return Objective.of(spec.name, spec.unit, maximize=False, parts=grams)
    if spec.what == "energy":
        return _posted(spec, frame.posted("utility_average"), inputs.hours / 1e3)
    if spec.what == "shortfall":
        return _over(spec, decisions.short.index, spec.short)
    return money_objective(frame, inputs, spec)


def _posted(spec: ObjectiveInputs, post: Posted, weight: Floats) -> Objective:
    return Objective.of(
        spec.name,
        spec.unit,
        maximize=spec.maximize,
        parts=[(post.columns, post.values * weight[post.periods])],
    )


def _over(spec: ObjectiveInputs, columns: Ints, values: Floats) -> Objective:
    keep = columns >= 0
    return Objective.of(
        spec.name, spec.unit, maximize=spec.maximize, parts=[(columns[keep], values[keep])]
    )


def money_objective(frame: Frame, inputs: Inputs, spec: ObjectiveInputs) -> Objective:
    """`cost`: present worth of all cash, less what remains at the end, plus priced shortfall.
    `capex`: undiscounted capital spending.
    """
    parts: list[tuple[Ints, Floats]] = []
    constant = 0.0
    flows = frame.spent("capex") if spec.what == "capex" else frame.flows.values()
    for flow in flows:
        _, columns, values = flow.triplets()
        parts.append((columns, values if spec.what == "capex" else values * flow.worth))
        constant += float((flow.constant if spec.what == "capex" else flow.present_constant).sum())
    return Objective.of(
        spec.name, spec.unit, maximize=spec.maximize, parts=parts, constant=constant
    )


def hold(frame: Frame, objective: Objective, best: float, tolerance: float, number: int) -> None:
    """Keep an objective that was already optimised within its tolerance while the next one is
    improved.
    """
    give = tolerance * max(abs(best), 1e-6)
    terms = Terms().add(np.zeros(1, np.int64), objective.columns, objective.values)
    frame.add_rows(
        f"objective.held.{number}",
        ((objective.name,),),
        terms,
        unit=objective.unit,
        meaning="an earlier objective is held while a later one is improved",
        present=np.ones(1, dtype=bool),
        lower=best - give - objective.constant if objective.maximize else -np.inf,
        upper=np.inf if objective.maximize else best + give - objective.constant,
        facts=Facts(held=True),
    )


def objective_in(model: Model, number: int, frame: Frame) -> Objective:
    """Objective number `number` in a moved model: what goes short is told in shares of what is
    asked for there.

    It is the model's own, the very object, where that did not move or the objective is not about
    it.
    """
    before, after, spec = (
        model.frame.rows.get(SERVED.row),
        frame.rows.get(SERVED.row),
        model.inputs.objectives[number],
    )
    about = [one for one in (spec, *(part for _, part in spec.parts)) if one.short.size]
    if before is None or after is None or not about or np.array_equal(before.lower, after.lower):
        return model.objectives[number]
    need = np.zeros(model.inputs.demand_need.shape)
    need[tuple(after.keys.T)] = np.maximum(after.lower, 0.0)
    parts = tuple(
        (weight, _shares_of(part, need, model.inputs.hours)) for weight, part in spec.parts
    )
    moved = replace(_shares_of(spec, need, model.inputs.hours), parts=parts)
    return objective(model.frame, model.decisions, model.inputs, moved, str(number + 1))


def _shares_of(spec: ObjectiveInputs, need: Floats, hours: Floats) -> ObjectiveInputs:
    """One missing unit as a share of what is asked for, the mean over demands and time in which
    they ask; as the inputs builder has it.
    """
    asks = (spec.short > 0) & (need > 0) if spec.short.size else np.zeros((0, 0), dtype=bool)
    if not asks.any():
        return spec if not spec.short.size else replace(spec, short=np.zeros_like(spec.short))
    each = np.broadcast_to(hours, need.shape)
    return replace(
        spec, short=np.where(asks, each / np.where(asks, need, 1.0), 0.0) / float(each[asks].sum())
    )
