"""A good plan before the search: for large models the linear relaxation is nearly the answer, because machines come in thousands.

    1. solve with machines in parts (yes-or-no decisions stay whole): a bound that no plan can beat, and where the machines go
    2. round deliveries down so far: Σ_{τ≤t} delivered is the whole part of the relaxation's, so that nothing ever holds more than it did
    3. keep those and solve for the rest; if some limit needs the lost fractions, search only the whole numbers next to the relaxation
The plan goes to the solver as a start, and is the answer where it is close enough to the bound. Small models do not pay for this.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.model.frame import Frame, Objective
from planner.solve.engine import Engine, Interrupted, Watcher, relative_gap
from planner.solve.messages import Answer

Floats = npt.NDArray[np.float64]

LARGE = 800
"""Whole-number columns from which a model gets a start."""

ROUNDED = ("delivered", "retired", "moved")
"""Blocks that are rounded; other whole numbers are yes-or-no decisions, few, and left to the solver."""

FOLLOWING = ("fabric_groups", "fabric_above")
"""Blocks that come in parts too, and follow from the machines once those are whole: switches, of which there are nearly as many."""

NEIGHBOURHOOD = 5.0
"""How far a delivery may differ from the rounded relaxation when rounding down alone breaks a limit, as tight shares do."""

SHARE = 0.6
"""Most of the time left that may go into finding a start."""


def solve_with_start(
    frame: Frame, goal: Objective, engine: Engine, *, time_limit_s: float, gap: float, seed: int, solver: str, watch: Watcher | None
) -> Answer:
    """One objective, solved. Raises `Interrupted` with the best plan so far, and `SolverError`."""
    began = time.perf_counter()
    ask = partial(engine.solve, name=goal.name, gap=gap, seed=seed)
    _, _, integer = frame.bounds()
    if np.count_nonzero(integer) < LARGE or solver != "HIGHS":
        return ask(frame.proto(goal), time_limit_s=time_limit_s, solver=solver, watch=watch)
    # what the relaxation finds is no plan yet, and what bounds a part of the question does not bound the whole
    relaxed = ask(_in_parts(frame, goal), time_limit_s=SHARE / 2 * time_limit_s, watch=watch and (lambda p: watch(replace(p, best=None))))
    if relaxed.values is None or relaxed.bound is None:
        return ask(frame.proto(goal), time_limit_s=_left(began, time_limit_s), watch=watch)
    bound = relaxed.bound
    nearby = partial(ask, watch=watch and (lambda p: watch(replace(p, bound=bound))))
    try:
        start = _rounded(frame, goal, _numbers(relaxed), nearby, began + SHARE * time_limit_s)
    except Interrupted as stop:
        raise Interrupted(stop.values, bound, time.perf_counter() - began) from None
    if start is not None and start.values is not None and relative_gap(goal.at(_numbers(start)), bound) <= gap:
        return replace(start, reason="optimal", bound=bound, seconds=time.perf_counter() - began)
    hint = start.values if start is not None else None
    try:
        answer = ask(frame.proto(goal), time_limit_s=_left(began, time_limit_s), hint=hint, watch=watch)
    except Interrupted as stop:
        found = _better(goal, stop.values, _numbers(start) if start is not None else None)
        raise Interrupted(found, _tighter(goal, stop.bound, bound), time.perf_counter() - began) from None
    return _best(goal, answer, start, bound, time.perf_counter() - began)


def _in_parts(frame: Frame, goal: Objective) -> Any:
    """The model with machines that may be bought in parts."""
    proto = frame.proto(goal)
    for name in (*ROUNDED, *(name for name in FOLLOWING if name in frame.variables)):
        index = frame.variables[name].index
        for column in index[index >= 0].tolist():
            proto.variables.integers[column] = False
    return proto


def _left(began: float, time_limit_s: float) -> float:
    return max(0.05, time_limit_s - (time.perf_counter() - began))


def _numbers(answer: Answer) -> Floats:
    return np.frombuffer(answer.values or b"", dtype=np.float64)


def _rounded(frame: Frame, goal: Objective, relaxed: Floats, ask: Callable[..., Answer], until: float) -> Answer | None:
    """A whole plan next to the relaxation, or None if none was found in time."""
    whole = relaxed.copy()
    for name in ROUNDED:
        index = frame.variables[name].index
        so_far = np.cumsum(np.where(index >= 0, relaxed[index], 0.0), axis=-1)
        steps = np.diff(np.floor(so_far + 1e-6), axis=-1, prepend=0.0)
        whole[index[index >= 0]] = steps[index >= 0]
    for spread in (0.0, NEIGHBOURHOOD):
        seconds = until - time.perf_counter()
        if seconds <= 0.1:
            return None
        proto = frame.proto(goal)
        for block in frame.variables.values():
            if block.integer and block.name not in (*ROUNDED, *FOLLOWING):
                for column in block.index[block.index >= 0].tolist():
                    proto.variables.lower_bounds[column] = proto.variables.upper_bounds[column] = round(float(relaxed[column]))
        for name in ROUNDED:
            index = frame.variables[name].index
            columns = index[index >= 0]
            near = np.where(relaxed[columns] > 1e-6, spread, 0.0)  # what the relaxation does not use stays unused
            low, high, _ = (bounds[columns] for bounds in frame.bounds())
            for column, least, most in zip(
                columns.tolist(), np.maximum(low, whole[columns] - near), np.minimum(high, whole[columns] + near), strict=True
            ):
                proto.variables.lower_bounds[column] = least
                proto.variables.upper_bounds[column] = most
        answer = ask(proto, time_limit_s=seconds)
        if answer.values is not None:
            return answer
    return None


def _better(goal: Objective, one: Floats | None, other: Floats | None) -> Floats | None:
    if one is None or other is None:
        return other if one is None else one
    return one if (goal.at(one) >= goal.at(other)) == goal.maximize else other


def _tighter(goal: Objective, one: float | None, other: float) -> float:
    if one is None or not np.isfinite(one):
        return other
    return min(one, other) if goal.maximize else max(one, other)


def _best(goal: Objective, answer: Answer, start: Answer | None, bound: float, seconds: float) -> Answer:
    """The better of search and start, with the tighter of their bounds."""
    found = _better(goal, _numbers(answer) if answer.values else None, _numbers(start) if start is not None and start.values else None)
    if found is None:
        return answer
    reason = answer.reason if answer.values is not None else "feasible"
    return replace(answer, reason=reason, values=found.tobytes(), bound=_tighter(goal, answer.bound, bound), seconds=seconds)
