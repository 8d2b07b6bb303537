"""What is the best plan, and how good is it proven to be? Objectives in order, each held while the
next is improved.
"""

from __future__ import annotations

import time
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from planner.arrays import Floats
from planner.assembly.model import hold
from planner.errors import OutOfTimeError, PlannerError, SolverError, UnboundedError
from planner.model.family import Model
from planner.model.frame import Frame, Objective
from planner.solver.crosscheck import FEASIBILITY, Witness, nothing, violation, witnessed
from planner.solver.diagnose import diagnose
from planner.solver.engine import Engine, Interrupted, Watcher, relative_gap
from planner.solver.messages import SolveResult
from planner.solver.options import Settings
from planner.solver.polish import EQUAL, LEAST_SECONDS, Polish, Polisher, fragments, furthest
from planner.solver.warm_start import solve_with_start

Status = Literal["optimal", "feasible", "interrupted"]
TIE_SECONDS = 2.0
"""Choosing among equal plans may take this long, or as long as finding them took."""
RESIDUE = 1e-9
"""How far from whole a whole number may be without anybody noticing."""
EXACT_SECONDS = 30.0
DIAGNOSIS_SECONDS = 2.0
"""Finding out why there is no plan may take what is left of the time limit, and this long even if
nothing is left."""
CONTRADICTION = 1e-4
"""How far, relatively, a bound may lie on the wrong side of a plan before it is taken for an error
instead of rounding."""


@dataclass(frozen=True)
class ObjectiveResult:
    """One objective: the value of the plan, the proven bound, whether the asked gap was reached,
    and what a second solver says of it.

    `bound` is None where the solve did not get that far.
    """

    name: str
    unit: str
    value: float
    bound: float | None
    proven: bool
    seconds: float
    second: Witness = "not asked"
    reached: float | None = None
    """Its value when it was solved itself, before anything after it took some of what may be given
    up; None: the same."""

    @property
    def gap(self) -> float | None:
        """Proven share by which the value could at most be better."""
        return None if self.bound is None else relative_gap(self.value, self.bound)


@dataclass(frozen=True)
class Outcome:
    """A plan as numbers: one value per column, and how good it is."""

    status: Status
    solution: Floats
    objectives: tuple[ObjectiveResult, ...]
    seconds: float
    cheapest: bool | None = None
    """Whether the cheapest was looked for among plans equal in all that was asked; None where cost
    was asked for."""
    polish: Polish = field(default_factory=Polish)


def run(model: Model, settings: Settings, engine: Engine, watch: Watcher | None = None) -> Outcome:
    """Solve the model's objectives in order.

    Raises `InfeasibleError` with the limits that conflict, `OutOfTimeError`, `UnboundedError` or
    `SolverError`. Ctrl-C returns the best plan so far. The model itself stays as it is.
    """
    frame, started = copy(model.frame), time.perf_counter()
    frame.rows = dict(frame.rows)
    results: list[ObjectiveResult] = []
    solution: Floats | None = None
    status: Status = "optimal"
    for number, objective in enumerate(model.objectives):
        left = settings.time_limit_s - (time.perf_counter() - started)
        if solution is not None and left <= 0.05:
            status = "feasible"
            break
        try:
            answer, second = _asked(frame, objective, settings, started, engine, watch)
        except Interrupted as stop:
            solution = _rescued(frame, stop, solution)
            value = objective.at(solution), stop.bound, False, stop.seconds
            results.append(ObjectiveResult(objective.name, objective.unit, *value))
            status = "interrupted"
            break
        if answer.values is None or answer.reason == "unbounded":
            if solution is None:
                left = settings.time_limit_s - (time.perf_counter() - started)
                raise _no_plan(
                    frame, settings, engine, answer, objective, max(left, DIAGNOSIS_SECONDS)
                )
            if answer.reason in ("unbounded", "infeasible_or_unbounded"):
                # the plan so far satisfies all rows, so this is no contradiction among them
                raise _unbounded(objective)
            status = "feasible"
            break
        solution = _checked(frame, answer)
        result = replace(_judged(objective, answer, solution, settings.gap), second=second)
        results.append(result)
        status = status if result.proven else "feasible"
        if number + 1 < len(model.objectives):
            hold(
                frame,
                objective,
                result.value,
                model.inputs.objectives[number].tolerance,
                number + 1,
            )
    assert solution is not None
    best = Outcome(
        status,
        solution,
        tuple(results),
        time.perf_counter() - started,
        None if model.tie_break is None else False,
    )
    if status != "interrupted":
        best = _settled(frame, model, best, settings, engine, watch)
    return replace(best, seconds=time.perf_counter() - started)


def _asked(
    frame: Frame,
    objective: Objective,
    settings: Settings,
    started: float,
    engine: Engine,
    watch: Watcher | None,
) -> tuple[SolveResult, Witness]:
    """One objective answered, and what a second solver says of it."""
    left = max(0.05, settings.time_limit_s - (time.perf_counter() - started))
    answer = solve_with_start(
        frame,
        objective,
        engine,
        time_limit_s=left,
        gap=settings.gap,
        seed=settings.seed,
        solver=settings.solver,
        watch=watch,
    )
    return _twice(frame, objective, answer, settings, started, engine)


def _twice(
    frame: Frame,
    objective: Objective,
    answer: SolveResult,
    settings: Settings,
    started: float,
    engine: Engine,
) -> tuple[SolveResult, Witness]:
    """The answer and what a second solver says of it, where it claims a proof. Raises `Interrupted`
    with the plan that was found.
    """
    if answer.reason not in ("optimal", "infeasible", "infeasible_or_unbounded"):
        return answer, "not asked"
    left = settings.time_limit_s - (time.perf_counter() - started)
    try:
        return witnessed(
            frame,
            objective,
            answer,
            engine,
            first=settings.solver,
            gap=settings.gap,
            seed=settings.seed,
            left_s=left,
        )
    except Interrupted as stop:
        values = None if answer.values is None else np.frombuffer(answer.values, dtype=np.float64)
        raise Interrupted(values, answer.bound, answer.seconds + stop.seconds) from None


def _settled(
    frame: Frame,
    model: Model,
    best: Outcome,
    settings: Settings,
    engine: Engine,
    watch: Watcher | None,
) -> Outcome:
    """The plan once all that was asked is answered: the cheapest among equals, without fragments,
    in whole numbers that are whole.
    """
    number = len(best.objectives) - 1
    objective, value = model.objectives[number], best.objectives[number].value
    left = min(settings.time_limit_s - best.seconds, max(TIE_SECONDS, best.seconds))
    try:
        if best.status == "optimal":
            if model.tie_break is not None and left > 0.05:
                equal, limited = (
                    _held(frame, objective, value, number),
                    replace(settings, time_limit_s=left),
                )
                best = replace(
                    best,
                    solution=_cheaper(
                        equal, model.tie_break, best.solution, limited, engine, watch
                    ),
                    cheapest=True,
                )
            best = _polished(frame, model, best, settings, engine)
        equal = _held(frame, objective, best.objectives[number].value, number)
        return replace(
            best,
            solution=_exact(
                equal, model.tie_break or objective, best.solution, settings.seed, engine
            ),
        )
    except Interrupted:
        return replace(best, status="interrupted")


def _held(frame: Frame, objective: Objective, value: float, number: int) -> Frame:
    """The question with the last objective that was solved held as well; where others were to
    follow, it is.
    """
    held = copy(frame)
    held.rows = dict(frame.rows)
    if f"objective.held.{number + 1}" not in held.rows:
        hold(held, objective, value, EQUAL, number + 1)
    return held


def _polished(
    frame: Frame, model: Model, best: Outcome, settings: Settings, engine: Engine
) -> Outcome:
    """The plan without the fragments that nothing asked for, and what its last objective is
    then.
    """
    objective, result = model.objectives[-1], best.objectives[-1]
    if not settings.polish:
        many = int(fragments(model, best.solution).size)
        return replace(best, polish=Polish(many, many))
    seconds = min(settings.time_limit_s - best.seconds, max(LEAST_SECONDS, best.seconds))
    until = time.perf_counter() + seconds
    polisher = Polisher(frame, model, engine, settings.gap, settings.seed, settings.solver, until)
    solution, polish = polisher.polished(
        best.solution, furthest(objective, result.value, result.bound, settings.gap)
    )
    if polish.kept == polish.fragments:
        return replace(best, polish=polish)
    last = replace(result, value=objective.at(solution), reached=result.value)
    return replace(best, solution=solution, objectives=(*best.objectives[:-1], last), polish=polish)


def _cheaper(
    frame: Frame,
    cost: Objective,
    before: Floats,
    settings: Settings,
    engine: Engine,
    watch: Watcher | None,
) -> Floats:
    """Among plans equal in all that was asked, the cheapest that the time left finds. No bound is
    claimed for it.
    """
    answer = engine.solve(
        frame.proto(cost),
        name=cost.name,
        time_limit_s=settings.time_limit_s,
        gap=settings.gap,
        seed=settings.seed,
        solver=settings.solver,
        watch=watch,
        hint=before.tobytes(),
    )
    if answer.values is None:
        return before
    found = _checked(frame, answer)
    return found if cost.at(found) < cost.at(before) else before


def _exact(
    frame: Frame, objective: Objective, solution: Floats, seed: int, engine: Engine
) -> Floats:
    """The same plan with whole numbers that are whole, where the solver left residues on which
    something hangs, and the rest solved again.
    """
    _, _, integer = frame.bounds()
    integral = np.round(solution[integer])
    if np.abs(solution[integer] - integral).max(initial=0.0) <= RESIDUE:
        return solution
    # what is held was met with the residues, so it may be missed by as much without them, but only
    # if it must: nothing is to be gained there
    for slack in (0.0, FEASIBILITY):
        proto = frame.proto(objective, relaxed=True)
        for column, value in zip(np.flatnonzero(integer).tolist(), integral.tolist(), strict=True):
            proto.variables.lower_bounds[column] = proto.variables.upper_bounds[column] = value
        for block in frame.blocks():
            if block.facts.held:
                for row, (low, high) in enumerate(
                    zip(block.lower.tolist(), block.upper.tolist(), strict=True), start=block.first
                ):
                    proto.linear_constraints.lower_bounds[row] = low - (
                        slack and slack * max(1.0, abs(low))
                    )
                    proto.linear_constraints.upper_bounds[row] = high + (
                        slack and slack * max(1.0, abs(high))
                    )
        answer = engine.solve(
            proto, name=objective.name, time_limit_s=EXACT_SECONDS, gap=0.0, seed=seed
        )
        if answer.values is None:
            continue
        found = np.frombuffer(answer.values, dtype=np.float64).copy()
        found[integer] = integral
        if violation(frame, found) <= FEASIBILITY:
            return found
    return solution


def _rescued(frame: Frame, stop: Interrupted, before: Floats | None) -> Floats:
    """The best plan at the moment of an interrupt: of this objective, or else of the one before."""
    if stop.values is not None and violation(frame, stop.values) <= FEASIBILITY:
        return stop.values
    if before is None:
        raise OutOfTimeError("interrupted before any plan was found", interrupted=True)
    return before


def _checked(frame: Frame, answer: SolveResult) -> Floats:
    assert answer.values is not None
    solution = np.frombuffer(answer.values, dtype=np.float64).copy()
    worst = violation(frame, solution)
    if worst > FEASIBILITY:
        raise SolverError(f"the solver's answer breaks a row by {worst:.2g} of its size")
    return solution


def _judged(
    objective: Objective, answer: SolveResult, solution: Floats, gap: float
) -> ObjectiveResult:
    value = objective.at(solution)
    bound = answer.bound if answer.bound is not None and np.isfinite(answer.bound) else None
    if bound is not None and nothing(objective, value, bound):
        value = bound = 0.0
    if bound is not None and (bound < value if objective.maximize else bound > value):
        if abs(bound - value) > CONTRADICTION * max(1.0, abs(value)):
            raise SolverError(
                f"the solver's bound {bound:.8g} contradicts its own plan of {value:.8g} "
                f"{objective.unit}"
            )
        bound = value  # on the wrong side by rounding only: there is no gap
    proven = answer.reason == "optimal" or (bound is not None and relative_gap(value, bound) <= gap)
    return ObjectiveResult(objective.name, objective.unit, value, bound, proven, answer.seconds)


def _no_plan(
    frame: Frame,
    settings: Settings,
    engine: Engine,
    answer: SolveResult,
    objective: Objective,
    within_s: float,
) -> PlannerError:
    """Why there is no plan. Raises `InfeasibleError` itself when a conflict explains it."""
    if answer.reason in ("infeasible", "infeasible_or_unbounded"):
        valued = objective if settings.valued else None
        diagnose(
            frame,
            settings.seed,
            engine,
            within_s=within_s,
            remedies_s=settings.remedies_s,
            objective=valued,
            also=settings.also,
        )
    if answer.reason in ("unbounded", "infeasible_or_unbounded"):
        return _unbounded(objective)
    if answer.reason == "no_solution_found":
        return OutOfTimeError(
            f"no plan was found within {settings.time_limit_s:g} "
            "s; raise `time_limit`, or loosen the gap"
        )
    return SolverError(
        f"the solver stopped without a plan: {answer.reason} {answer.detail}".strip()
    )


def _unbounded(objective: Objective) -> UnboundedError:
    return UnboundedError(f"nothing limits `{objective.name}`: give a budget, a supply, or power")
