"""Limits that rows only approach (`planner/model/cone.py`): solve, add the cuts that the answer breaks, solve again.

    1. cut the linear relaxation until it breaks nothing any more, which takes little time and leaves little for whole machines to break
    2. solve; a plan within every limit is the answer. Every question so far asks for less than the whole, so its bound stays a bound
    3. cut the plan that is not, and look for one beside it: the same question with the shares held in a box around those of the plan,
       drawn in until all of the box is within the limit. What that finds is a plan; it is the answer where it is close enough to the bound
A limit counts as kept when its index is within 1e-6 of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import copy
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from planner.errors import SolverError
from planner.model.cone import WITHIN, Cone
from planner.model.frame import Frame, Objective, Terms
from planner.solve.engine import Engine, relative_gap
from planner.solve.messages import Answer

Floats = npt.NDArray[np.float64]
Ask = Callable[[Frame, float], Answer]
"""Solve a frame in so many seconds."""

ROUNDS = 1000
ROUGH = 1e-5
"""How near the relaxation comes to a limit before whole machines are looked at."""
ROUGH_ROUNDS = 100
BOX = 0.004
"""How far a share may be from that of a plan beside which another is looked for."""
SHARPNESS = 100.0
LARGEST = 1e4
"""A cut is scaled by the size of what it cuts, so that a solver's tolerance does not leave it where it was; but no more than this."""


def within_cones(frame: Frame, goal: Objective, ask: Ask, relax: Ask, until: float, gap: float) -> Answer:
    """What `ask` answers once it breaks no cone, within `gap`; `relax` answers without whole numbers.

    Without a plan, or with the best one beside those that broke a cone, if the time ends before that. The frame gains the cuts. Raises
    `SolverError` if cutting leads nowhere.
    """
    took, beside = 0.0, None
    if frame.cones:
        _sharpen(frame, relax, until)
    for _ in range(ROUNDS):
        answer = ask(frame, max(0.05, until - time.perf_counter()))
        took += answer.seconds
        broken = [] if answer.values is None else cut(frame, _numbers(answer))
        if not broken and (answer.values is not None or beside is None):
            return replace(answer, seconds=took)
        if broken and time.perf_counter() < until:
            found = ask(_beside(frame, broken, _numbers(answer)), max(0.05, until - time.perf_counter()))
            took += found.seconds
            beside = _best(frame, goal, found, beside)
        if beside is not None:
            beside = _judged(goal, beside, answer, took)
            if answer.bound is not None and relative_gap(goal.at(_numbers(beside)), answer.bound) <= gap:
                return replace(beside, reason="optimal")
        if time.perf_counter() >= until or answer.values is None:
            return beside or replace(answer, reason="no_solution_found", values=None, seconds=took)
    raise SolverError(f"{ROUNDS} cuts did not bring `{frame.cones[0].says}` about")


def settled(
    frame: Frame, goal: Objective, engine: Engine, *, name: str, time_limit_s: float, gap: float, seed: int, solver: str = "HIGHS"
) -> Answer:
    """One question answered within every cone; the frame stays as it is."""
    own = copy(frame)
    own.rows = dict(frame.rows)

    def ask(asked: Frame, left_s: float) -> Answer:
        return engine.solve(asked.proto(goal), name=name, time_limit_s=left_s, gap=gap, seed=seed, solver=solver)

    if not frame.cones:
        return ask(frame, time_limit_s)

    def relax(asked: Frame, left_s: float) -> Answer:
        return engine.solve(asked.proto(goal, relaxed=True), name=name, time_limit_s=left_s, gap=0.0, seed=seed)

    return within_cones(own, goal, ask, relax, time.perf_counter() + time_limit_s, gap)


def beyond(frame: Frame, solution: Floats) -> bool:
    """Whether a solution breaks a cone."""
    return any(cone.worst(solution)[0] > cone.most + WITHIN for cone in frame.cones)


def cut(frame: Frame, solution: Floats, tolerance: float = WITHIN / 2) -> list[Cone]:
    """Add one cut for every cone that a solution breaks, and say which these are."""
    broken = []
    for cone in frame.cones:
        index, volumes = cone.worst(solution)
        if index > cone.most + tolerance:
            broken.append(cone)
            _add(frame, cone, volumes)
    return broken


def _numbers(answer: Answer) -> Floats:
    return np.frombuffer(answer.values or b"", dtype=np.float64)


def _sharpen(frame: Frame, relax: Ask, until: float) -> None:
    for _ in range(ROUGH_ROUNDS):
        left = until - time.perf_counter()
        if left <= 0.05:
            return
        answer = relax(frame, left)
        if answer.values is None or not cut(frame, _numbers(answer), ROUGH):
            return


def _best(frame: Frame, goal: Objective, found: Answer, before: Answer | None) -> Answer | None:
    """The better of two plans; a found one counts only if it breaks no cone."""
    if found.values is None or beyond(frame, _numbers(found)):
        return before
    if before is None:
        return found
    mine, theirs = goal.at(_numbers(found)), goal.at(_numbers(before))
    return found if (mine > theirs) == goal.maximize else before


def _judged(goal: Objective, plan: Answer, outer: Answer, seconds: float) -> Answer:
    """A plan with the bound of the question that asks for less; its own is only that of its box."""
    bound = outer.bound if outer.bound is not None and np.isfinite(outer.bound) else None
    return replace(plan, reason="feasible", bound=bound, seconds=seconds)


def _beside(frame: Frame, broken: list[Cone], solution: Floats) -> Frame:
    """The same question with the shares near those of a solution, and within what it breaks."""
    near = copy(frame)
    near.rows = dict(frame.rows)
    for number, cone in enumerate(broken, start=1):
        volume = np.array([max(0.0, float(solution[columns].sum())) for columns in cone.columns])
        shares = _drawn_in(cone, volume / volume.sum())
        scale = min(LARGEST, SHARPNESS / float(volume.sum()))
        terms, count = Terms(), len(shares)
        for b, columns in enumerate(cone.columns):
            for row in range(count):
                terms.add(np.array([row]), columns, scale * (float(row == b) - shares[row] - BOX))
                terms.add(np.array([count + row]), columns, scale * (shares[row] - BOX - float(row == b)))
        near.add_rows(
            f"{cone.rows}.beside{number}",
            (tuple(f"{side} {b}" for side in ("above", "below") for b in range(count)), (cone.window,)),
            terms,
            unit=f"{cone.unit}, scaled",
            meaning="shares stay near those of a plan",
            says=lambda key, low, high: f"shares stay near those of a plan in {key[1]}",
            present=np.ones((2 * count, 1), dtype=bool),
            upper=0.0,
        )
    return near


def _drawn_in(cone: Cone, shares: Floats) -> Floats:
    """Shares moved towards equal ones as far as it takes for all of the box around them to be within the limit, or as far as one can."""
    equal = np.full(len(shares), 1.0 / len(shares))
    most = np.sqrt(cone.most) - len(shares) * BOX
    for step in np.linspace(0.0, 1.0, 201):
        moved = (1 - step) * shares + step * equal
        if np.sqrt(cone.index(moved)) <= most:
            return np.asarray(moved, dtype=np.float64)
    return equal


def _add(frame: Frame, cone: Cone, volumes: Floats) -> None:
    coefficients = cone.coefficients(volumes / np.linalg.norm(volumes))
    coefficients *= min(LARGEST, SHARPNESS / float(volumes.sum()))
    terms = Terms()
    for columns, value in zip(cone.columns, coefficients, strict=True):
        terms.add(np.zeros(1, dtype=np.int64), columns, value)
    number = 1 + sum(name.startswith(f"{cone.rows}.cut") for name in frame.rows)
    frame.add_rows(
        f"{cone.rows}.cut{number}",
        ((cone.window,),),
        terms,
        unit=f"{cone.unit}, scaled",
        meaning="squared shares do not add up to more than the index allows",
        says=lambda key, low, high: f"{cone.says} in {key[0]}",
        present=np.ones(1, dtype=bool),
        upper=0.0,
        limit=lambda key: cone.limit,
    )
