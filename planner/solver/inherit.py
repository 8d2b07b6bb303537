"""The plan of one question as the plan of another that only restricts it.

A question with more rules can do nothing that the one with fewer cannot: its bound holds for both,
and where its plan keeps the rules that were added, it is the answer to both. The plan is carried
over as whole numbers, by the names of their columns; what else it has is solved again with these.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from planner.arrays import Floats
from planner.model.blocks import Labels, Variables
from planner.model.family import Model, dense
from planner.model.frame import Objective
from planner.solver.crosscheck import FEASIBILITY, violation
from planner.solver.engine import Engine, relative_gap
from planner.solver.options import Settings
from planner.solver.run import ObjectiveResult, Outcome

SECONDS = 30.0
"""Longest time for what follows from whole numbers."""
ROUNDING = 1e-8
"""A value that is nearer to its bound, relatively, is at it."""


@dataclass(frozen=True)
class Known:
    """A plan and its proof. It can be pickled."""

    counts: Mapping[str, tuple[tuple[Labels, ...], Floats]]
    """Block → its axes, and its whole numbers along them."""
    outcome: Outcome

    @property
    def proof(self) -> ObjectiveResult | None:
        """Value and bound of its only objective; None without a proof, or of several."""
        results = self.outcome.objectives
        if self.outcome.status != "optimal" or len(results) != 1 or results[0].bound is None:
            return None
        return results[0]


def known_of(model: Model, outcome: Outcome) -> Known:
    """What an answer says of questions that restrict its own."""
    counts = {
        block.name: (block.axes, np.round(dense(block.index, outcome.solution)))
        for block in model.frame.variables.values()
        if block.integer
    }
    return Known(counts, outcome)


def inherited(model: Model, known: Known, settings: Settings, engine: Engine) -> Outcome | None:
    """The known plan as the answer to a model of which the known one leaves rules out; None where
    it is none: it breaks a rule, or is not proven to be within the gap. Raises `Interrupted`.
    """
    proof = known.proof
    if proof is None or len(model.objectives) != 1 or model.objectives[0].name != proof.name:
        return None
    objective, began = model.objectives[0], time.perf_counter()
    proto = _fixed(model, known, model.tie_break or objective)
    if proto is None:
        return None
    answer = engine.solve(
        proto, name=objective.name, time_limit_s=SECONDS, gap=settings.gap, seed=settings.seed
    )
    if answer.values is None:
        return None
    solution = np.frombuffer(answer.values, dtype=np.float64).copy()
    value, bound = objective.at(solution), proof.bound
    if bound is None or violation(model.frame, solution) > FEASIBILITY:
        return None
    if relative_gap(value, bound) <= ROUNDING:
        bound = value
    beyond = value > bound if objective.maximize else value < bound
    if beyond or relative_gap(value, bound) > settings.gap:
        return None  # better than what was proven: then it is no restriction of the known one
    seconds = time.perf_counter() - began
    result = replace(proof, value=value, bound=bound, proven=True, seconds=seconds, reached=None)
    return replace(known.outcome, solution=solution, objectives=(result,), seconds=seconds)


def _fixed(model: Model, known: Known, objective: Objective) -> Any:
    """The question with the known whole numbers; None where they do not fit."""
    frame = model.frame
    proto = frame.proto(objective)
    low, high, _ = frame.bounds()
    for name, (axes, counts) in known.counts.items():
        block = frame.variables.get(name)
        carried = None if block is None else _carried(block, axes, counts)
        if block is None or carried is None or carried.sum() != counts.sum():
            if counts.any():  # the plan has something that there is no column for
                return None
            continue
        columns = block.columns
        if (carried < low[columns]).any() or (carried > high[columns]).any():
            return None
        for column, count in zip(columns.tolist(), carried.tolist(), strict=True):
            proto.variables.lower_bounds[column] = proto.variables.upper_bounds[column] = count
    return proto


def _carried(block: Variables, axes: tuple[Labels, ...], counts: Floats) -> Floats | None:
    """Whole numbers by the columns of a block, found by their labels, 0 where there was none; None
    where the labels are of other kinds.
    """
    if len(axes) != len(block.axes):
        return None
    places = [
        np.array([old.index(label) if label in old else -1 for label in new], dtype=np.int64)
        for old, new in zip(axes, block.axes, strict=True)
    ]
    grid = np.ix_(*places)
    there = np.ones(block.index.shape, dtype=bool)
    for place in grid:
        there = there & (place >= 0)
    values: Floats = np.where(there, counts[grid], 0.0) if counts.size else np.zeros(there.shape)
    return values[block.index >= 0]
