"""Is an answer what it says? It is re-evaluated by our own arithmetic, and a second solver is asked
the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from planner.arrays import Floats
from planner.errors import SolverError
from planner.model.frame import Frame, Objective
from planner.solver.engine import Engine, relative_gap
from planner.solver.limit_parameters import LimitParameter, parameters
from planner.solver.messages import SolveResult

Witness = Literal["not asked", "agrees", "better", "silent"]
WITNESS = {"HIGHS": "GSCIP"}
"""Who is asked after whom; HiGHS after all others."""
LEAST_SECONDS = 1.0
SAME = 1e-6
"""Objective values that differ by no more than this share are equal."""
MOST_COLUMNS = 20_000
"""Larger models are beyond what the second solver can say anything about in the time it has."""


def witnessed(
    frame: Frame,
    objective: Objective,
    answer: SolveResult,
    engine: Engine,
    *,
    first: str,
    gap: float,
    seed: int,
    left_s: float,
) -> tuple[SolveResult, Witness]:
    """The better of the answer and the second solver's, and what the second solver says of the
    first one's proof.

    Takes an answer that claims a proof (of a best plan, or that there is none). Raises
    `Interrupted` on Ctrl-C.
    """
    seconds = min(left_s, max(LEAST_SECONDS, answer.seconds))
    if frame.column_count > MOST_COLUMNS or seconds <= 0:
        return answer, "silent"
    other = WITNESS.get(first, "HIGHS")
    ask = {
        "name": objective.name,
        "time_limit_s": seconds,
        "gap": gap,
        "seed": seed,
        "solver": other,
        "hint": answer.values,
    }
    try:
        second = engine.solve(frame.proto(objective), **ask, presolve=False)  # type: ignore[arg-type]
    except SolverError:  # a witness that falls over has said nothing
        return answer, "silent"
    took = answer.seconds + second.seconds
    if second.values is None:
        agreed = answer.values is None and second.reason == "infeasible"
        return replace(answer, seconds=took), "agrees" if agreed else "silent"
    if not keeps(frame, second.values):
        return replace(answer, seconds=took), "silent"
    second_value = objective.at(np.frombuffer(second.values, dtype=np.float64))
    proven = second.reason == "optimal" or (
        second.bound is not None and relative_gap(second_value, second.bound) <= gap
    )
    better = replace(second, reason="optimal" if proven else "feasible", seconds=took)
    if answer.values is None or not keeps(frame, answer.values):
        return better, "better"
    first_value = objective.at(np.frombuffer(answer.values, dtype=np.float64))
    if not _within(objective, second_value, first_value) and not _within(
        objective, second_value, answer.bound
    ):
        return better, "better"
    # a plan beyond what the second solver calls the best possible refutes the second's proof
    agreed = proven and _within(
        objective, first_value, second_value if second.bound is None else second.bound
    )
    return replace(answer, seconds=took), "agrees" if agreed else "silent"


def keeps(frame: Frame, values: bytes) -> bool:
    """Whether a plan is one: it keeps rows and bounds, and is whole where it must be."""
    return violation(frame, np.frombuffer(values, dtype=np.float64)) <= FEASIBILITY


def _within(objective: Objective, value: float, bound: float | None) -> bool:
    """Whether a value respects a bound: then a better plan does not contradict the proof, which
    asked for no more than its gap.
    """
    if bound is None:
        return False
    if nothing(objective, value, bound):
        return True
    beyond = value - bound if objective.maximize else bound - value
    return beyond <= SAME * max(1.0, abs(bound))


def one_number(
    frame: Frame, moves: Iterable[tuple[LimitParameter, float]]
) -> tuple[tuple[LimitParameter, float], ...]:
    """Moves of parameters that repeat a limit as moves of those that they repeat: the largest of
    what is asked of one number.
    """
    leaders = {
        (parameter.path, parameter.first, parameter.last, parameter.amount): parameter
        for parameter in parameters(frame)
        if parameter.also and not parameter.kind.twin
    }
    found: dict[LimitParameter, float] = {}
    for parameter, by in moves:
        leader = (
            leaders.get(
                (parameter.path, parameter.first, parameter.last, parameter.amount), parameter
            )
            if parameter.kind.twin
            else parameter
        )
        found[leader] = max(by, found.get(leader, by))
    return tuple(found.items())


def same_number(
    known: Sequence[LimitParameter],
) -> dict[LimitParameter, tuple[LimitParameter, ...]]:
    """Each parameter with all that are the same number of the scenario in other blocks of rows."""
    groups: dict[tuple[object, ...], tuple[LimitParameter, ...]] = {}
    for parameter in known:
        key = (
            parameter.name,
            parameter.path,
            parameter.first,
            parameter.last,
            parameter.ceiling,
            parameter.amount,
            parameter.unit,
        )
        groups[key] = (*groups.get(key, ()), parameter)
    return {parameter: same for same in groups.values() for parameter in same}


FEASIBILITY = 1e-5
"""Largest accepted violation of a row, relative to the size of its terms."""


def violation(frame: Frame, solution: Floats) -> float:
    """The worst violation of any row, bound or integrality, each relative to the size of its terms;
    infinite if a value is not finite.
    """
    if not np.isfinite(solution).all():
        return float("inf")
    lower, upper, integer = frame.bounds()
    low, high = frame.row_bounds()
    activity, size = activities(frame, solution)
    worst_row = np.max(np.maximum(low - activity, activity - high) / size, initial=0.0)
    worst_bound = np.max(
        np.maximum(lower - solution, solution - upper) / np.maximum(1.0, np.abs(solution)),
        initial=0.0,
    )
    fraction = np.max(np.abs(solution - np.round(solution))[integer], initial=0.0)
    return float(max(worst_row, worst_bound, fraction))


def activities(frame: Frame, solution: Floats) -> tuple[Floats, Floats]:
    """([rows] Σ coefficient · variable, [rows] Σ of their sizes and at least 1)."""
    rows, columns, values = frame.matrix()
    products = values * solution[columns]
    activity = np.bincount(rows, weights=products, minlength=frame.row_count)
    size = np.maximum(1.0, np.bincount(rows, weights=np.abs(products), minlength=frame.row_count))
    return activity.astype(np.float64), size.astype(np.float64)


def nothing(objective: Objective, *values: float) -> bool:
    """Whether values of an objective are all nothing: what `FEASIBILITY` of one of its columns may
    be worth.

    Where another objective is held at 0, a solver still finds a millionth of a machine, and a gap
    of 100 % between that and none.
    """
    residue = FEASIBILITY * float(np.max(np.abs(objective.values), initial=0.0))
    return all(abs(value) <= residue for value in values)
