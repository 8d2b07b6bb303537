"""Is the best plan really the best? A second solver is asked, because one solver's proof is one program's word.

The presolve of HiGHS 1.12 (and of 1.15) now and then throws the best plan away and proves a worse one optimal; so does that of SCIP 10.
Measured on thousands of small models drawn at random: each errs in about one of a thousand, SCIP without presolve in none. So that is who
is asked: the same model, the plan found as its start, the same gap. It has as long as the first solver took, and always a second.

    it finds a better plan      that one is taken, with its bound (`better`)
    it proves the plan          the proof has two witnesses (`agrees`)
    it does not get that far    the proof has one witness, and the plan says so (`silent`)

Neither is believed about a plan that breaks a row of the model: SCIP's presolve also calls such a plan optimal.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from planner.errors import SolverError
from planner.model.frame import Frame, Objective
from planner.solve.engine import Engine, relative_gap
from planner.solve.messages import Answer
from planner.solve.sound import FEASIBILITY, nothing, violation

Witness = Literal["not asked", "agrees", "better", "silent"]

WITNESS = {"HIGHS": "GSCIP"}
"""Who is asked after whom; HiGHS after all others."""
LEAST_SECONDS = 1.0
SAME = 1e-6
"""Objective values that differ by no more than this share are equal."""
MOST_COLUMNS = 20_000
"""Larger models are beyond what the second solver can say anything about in the time it has."""


def witnessed(
    frame: Frame, goal: Objective, answer: Answer, engine: Engine, *, first: str, gap: float, seed: int, left_s: float
) -> tuple[Answer, Witness]:
    """The better of the answer and the second solver's, and what the second solver says of the first one's proof.

    Takes an answer that claims a proof (of a best plan, or that there is none). Raises `Interrupted` on Ctrl-C.
    """
    seconds = min(left_s, max(LEAST_SECONDS, answer.seconds))
    if frame.column_count > MOST_COLUMNS or seconds <= 0:
        return answer, "silent"
    other = WITNESS.get(first, "HIGHS")
    ask = {"name": goal.name, "time_limit_s": seconds, "gap": gap, "seed": seed, "solver": other, "hint": answer.values}
    try:
        second = engine.solve(frame.proto(goal), **ask, presolve=False)  # type: ignore[arg-type]
    except SolverError:  # a witness that falls over has said nothing
        return answer, "silent"
    took = answer.seconds + second.seconds
    if second.values is None:
        agreed = answer.values is None and second.reason == "infeasible"
        return replace(answer, seconds=took), "agrees" if agreed else "silent"
    if not keeps(frame, second.values):
        return replace(answer, seconds=took), "silent"
    second_value = goal.at(np.frombuffer(second.values, dtype=np.float64))
    proven = second.reason == "optimal" or (second.bound is not None and relative_gap(second_value, second.bound) <= gap)
    better = replace(second, reason="optimal" if proven else "feasible", seconds=took)
    if answer.values is None or not keeps(frame, answer.values):
        return better, "better"
    first_value = goal.at(np.frombuffer(answer.values, dtype=np.float64))
    if not _within(goal, second_value, first_value) and not _within(goal, second_value, answer.bound):
        return better, "better"
    # a plan beyond what the second solver calls the best possible refutes the second's proof
    agreed = proven and _within(goal, first_value, second_value if second.bound is None else second.bound)
    return replace(answer, seconds=took), "agrees" if agreed else "silent"


def keeps(frame: Frame, values: bytes) -> bool:
    """Whether a plan is one: it keeps rows and bounds, and is whole where it must be."""
    return violation(frame, np.frombuffer(values, dtype=np.float64)) <= FEASIBILITY


def _within(goal: Objective, value: float, bound: float | None) -> bool:
    """Whether a value respects a bound: then a better plan does not contradict the proof, which asked for no more than its gap."""
    if bound is None:
        return False
    if nothing(goal, value, bound):
        return True
    beyond = value - bound if goal.maximize else bound - value
    return beyond <= SAME * max(1.0, abs(bound))
