"""A good plan before the search: for large models the linear relaxation is nearly the answer,
because machines come in thousands.

    1. solve with machines in parts (yes-or-no decisions stay whole): a bound that no plan can beat,
       and where the machines go
    2. round deliveries down so far: Σ_{τ≤t} delivered is the whole part of the relaxation's, so
       that nothing ever holds more than it did
    3. keep its decisions and its choice of machines, and count them anew in whole machines: near
       its numbers and then anywhere; where networks are counted, anywhere at once, and together
       with them
It ends with the first plan close enough to the bound, and that is the answer; else the best one is
where the search starts. Small models do not pay for this.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from planner.arrays import Floats
from planner.model.blocks import Sort
from planner.model.frame import Frame, Objective
from planner.solver.engine import Engine, Interrupted, Watcher, relative_gap
from planner.solver.messages import LARGE, SolveResult

Ask = Callable[..., SolveResult]
FOLLOWS: tuple[Sort, ...] = ("groups", "grade")
"""Whole numbers that follow from the machines once those are whole."""
SHARE = 0.9
"""Most of the time left that may go into finding a start."""
RELAXATION = 0.7
"""The part of that which may go into the relaxation: its bound is the answer's."""
NEIGHBOURHOOD = 5.0
"""How far a delivery may at first differ from the relaxation's: that is quick, and mostly
enough."""
FINER, FINE = 0.05, 0.25
"""The gaps of the relaxation and of the other steps, in terms of the gap asked: what they give away
together has to stay within it."""


def solve_with_start(
    frame: Frame,
    objective: Objective,
    engine: Engine,
    *,
    time_limit_s: float,
    gap: float,
    seed: int,
    solver: str,
    watch: Watcher | None,
) -> SolveResult:
    """One objective, solved. Raises `Interrupted` with the best plan so far, and `SolverError`."""
    began = time.perf_counter()
    ask = partial(engine.solve, name=objective.name, gap=gap, seed=seed)
    _, _, integer = frame.bounds()
    if np.count_nonzero(integer) < LARGE or solver != "HIGHS":
        return ask(frame.proto(objective), time_limit_s=time_limit_s, solver=solver, watch=watch)
    until = began + SHARE * time_limit_s
    # what the relaxation finds is no plan yet, and what bounds a part of the question does not
    # bound the whole
    relaxed = ask(
        _in_parts(frame, objective),
        gap=FINER * gap,
        time_limit_s=RELAXATION * SHARE * time_limit_s,
        watch=watch and (lambda p: watch(replace(p, best=None))),
    )
    if relaxed.values is None or relaxed.bound is None:
        return ask(frame.proto(objective), time_limit_s=_left(began, time_limit_s), watch=watch)
    bound = relaxed.bound
    start: SolveResult | None = None

    def nearby(proto: Any, *, share: float = FINE, **options: Any) -> SolveResult:
        return ask(
            proto,
            gap=share * gap,
            watch=watch and (lambda p: watch(replace(p, bound=bound))),
            **options,
        )

    try:
        for plan in _rounded(frame, objective, _numbers(relaxed), nearby, until):
            start = plan if start is None else _best(objective, plan, start, bound, plan.seconds)
            if relative_gap(objective.at(_numbers(start)), bound) <= gap:
                return replace(
                    start, reason="optimal", bound=bound, seconds=time.perf_counter() - began
                )
    except Interrupted as stop:
        found = _better(objective, stop.values, None if start is None else _numbers(start))
        raise Interrupted(found, bound, time.perf_counter() - began) from None
    hint = start.values if start is not None else None
    last = partial(ask, hint=hint, near=hint is not None, watch=watch)
    try:
        answer = last(frame.proto(objective), time_limit_s=_left(began, time_limit_s))
    except Interrupted as stop:
        found = _better(objective, stop.values, _numbers(start) if start is not None else None)
        raise Interrupted(
            found, _tighter(objective, stop.bound, bound), time.perf_counter() - began
        ) from None
    return _best(objective, answer, start, bound, time.perf_counter() - began)


def _in_parts(frame: Frame, objective: Objective) -> Any:
    """The model with machines that may be bought in parts, and switches with them."""
    proto = frame.proto(objective)
    for block in frame.of_sort("machines", *FOLLOWS):
        for column in block.columns.tolist():
            proto.variables.integers[column] = False
    return proto


def _left(began: float, time_limit_s: float) -> float:
    return max(0.05, time_limit_s - (time.perf_counter() - began))


def _numbers(answer: SolveResult) -> Floats:
    return np.frombuffer(answer.values or b"", dtype=np.float64)


def _rounded(
    frame: Frame, objective: Objective, relaxed: Floats, ask: Ask, until: float
) -> Iterator[SolveResult]:
    """Whole plans next to the relaxation, until the time is up. Raises `Interrupted` with the plan
    that was found, if it is one.
    """

    def step(proto: Any, **options: Any) -> SolveResult | None:
        seconds = until - time.perf_counter()
        answer = ask(proto, time_limit_s=seconds, **options) if seconds > 0.1 else None
        return answer if answer is not None and answer.values is not None else None

    if (plan := step(_near(frame, objective, relaxed, _rounded_down(frame, relaxed)))) is not None:
        yield plan
    # networks are whole or they are none: what was counted without them seldom has room for a whole
    # group more
    followed = bool(frame.of_sort(*FOLLOWS))
    for spread, share in ((np.inf, FINE),) if followed else ((NEIGHBOURHOOD, 1.0), (np.inf, FINE)):
        if (
            plan := step(_near(frame, objective, relaxed, relaxed, spread), share=share)
        ) is not None:
            yield plan


def _rounded_down(frame: Frame, relaxed: Floats) -> Floats:
    """What stands, in whole machines that never hold more than the relaxation's."""
    integral = relaxed.copy()
    for block in frame.of_sort("machines"):
        index = block.index
        so_far = np.cumsum(np.where(index >= 0, relaxed[index], 0.0), axis=-1)
        steps = np.diff(np.floor(so_far + 1e-6), axis=-1, prepend=0.0)
        integral[index[index >= 0]] = steps[index >= 0]
    return integral


def _near(
    frame: Frame, objective: Objective, relaxed: Floats, middle: Floats, spread: float = 0.0
) -> Any:
    """The question with the relaxation's decisions and the machines it uses, so many as in `middle`
    give or take `spread`.
    """
    proto = frame.proto(objective)
    low, high, _ = frame.bounds()
    for block in frame.variables.values():
        columns = block.columns
        if not block.integer or block.integral.sort in FOLLOWS:
            continue
        machines = block.integral.sort == "machines"
        integral = np.round((middle if machines else relaxed)[columns])
        # what the relaxation does not use stays unused
        far = np.where(machines & (relaxed[columns] > 1e-6), spread, 0.0)
        # within its bounds if it may move, and as it is where it may not
        least = np.where(far > 0, np.maximum(low[columns], integral - far), integral)
        most = np.where(far > 0, np.minimum(high[columns], integral + far), integral)
        for column, lower, upper in zip(
            columns.tolist(), least.tolist(), most.tolist(), strict=True
        ):
            proto.variables.lower_bounds[column], proto.variables.upper_bounds[column] = (
                lower,
                upper,
            )
    return proto


def _better(objective: Objective, one: Floats | None, other: Floats | None) -> Floats | None:
    if one is None or other is None:
        return other if one is None else one
    return one if (objective.at(one) >= objective.at(other)) == objective.maximize else other


def _tighter(objective: Objective, one: float | None, other: float) -> float:
    if one is None or not np.isfinite(one):
        return other
    return min(one, other) if objective.maximize else max(one, other)


def _best(
    objective: Objective,
    answer: SolveResult,
    start: SolveResult | None,
    bound: float,
    seconds: float,
) -> SolveResult:
    """The better of search and start, with the tighter of their bounds."""
    found = _better(
        objective,
        _numbers(answer) if answer.values else None,
        _numbers(start) if start is not None and start.values else None,
    )
    if found is None:
        return answer
    reason = answer.reason if answer.values is not None else "feasible"
    return replace(
        answer,
        reason=reason,
        values=found.tobytes(),
        bound=_tighter(objective, answer.bound, bound),
        seconds=seconds,
    )
