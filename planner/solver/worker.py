"""The child process that holds the solver: `python -m planner.solver.worker`.

HiGHS swallows Ctrl-C and hears no interrupter, fixes its thread count once per process, and a bad
model may take the process with it. So it lives in a process of its own that can be killed at any
moment; what it found so far survives in a file of improving solutions, and its log tells the bound.

In comes ("solve", Request); out go ("log", lines), ("done", SolveResult) or ("failed", text).
"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Any

from planner.solver.messages import LARGE, Request, SolveResult, receive, send


def solve(request: Request, log: Any) -> SolveResult:
    """Solve one request with MathOpt. Raises RuntimeError with the solver's own words."""
    import datetime

    import numpy as np
    from ortools.math_opt import model_pb2
    from ortools.math_opt.python import mathopt

    proto = model_pb2.ModelProto()
    proto.ParseFromString(request.model)
    model = mathopt.Model.from_model_proto(proto)
    parameters = mathopt.SolveParameters(
        time_limit=datetime.timedelta(seconds=max(0.01, request.time_limit_s)),
        relative_gap_tolerance=request.gap if any(proto.variables.integers) else None,
        absolute_gap_tolerance=0.0 if any(proto.variables.integers) else None,
        random_seed=request.seed,
        presolve=None if request.presolve else mathopt.Emphasis.OFF,
        highs=_highs(request, sum(proto.variables.integers)) if request.solver == "HIGHS" else None,
    )
    started = time.perf_counter()
    try:
        result = _attempt(model, request, parameters, log)
    except RuntimeError as error:
        # HiGHS 1.12 now and then presolves a small infeasible model to nothing, sees its mistake,
        # and gives up with this error
        if request.solver != "HIGHS" or "kError" not in str(error):
            raise
        parameters.presolve = mathopt.Emphasis.OFF
        result = _attempt(model, request, parameters, log)
    seconds = time.perf_counter() - started
    termination = result.termination
    values = duals = None
    primal = result.solutions[0].primal_solution if result.solutions else None
    if primal is not None and primal.feasibility_status is mathopt.SolutionStatus.FEASIBLE:
        found = np.zeros(len(proto.variables.ids))
        for variable, value in primal.variable_values.items():
            found[variable.id] = value
        values = found.tobytes()
    if result.solutions and result.solutions[0].dual_solution is not None:
        prices = np.zeros(len(proto.linear_constraints.ids))
        for row, price in result.solutions[0].dual_solution.dual_values.items():
            prices[row.id] = price
        duals = prices.tobytes()
    bounds = termination.objective_bounds
    return SolveResult(
        reason=termination.reason.name.lower(),
        objective=bounds.primal_bound if values is not None else None,
        bound=bounds.dual_bound,
        values=values,
        duals=duals,
        seconds=seconds,
        detail=termination.detail,
    )


def _highs(request: Request, integral: int) -> Any:
    """Options of HiGHS for a model of so many whole numbers."""
    from ortools.math_opt.solvers import highs_pb2

    options = highs_pb2.HighsOptionsProto()
    options.int_options["threads"] = 1
    options.double_options["mip_min_logging_interval"] = 0.5
    if integral < LARGE or request.near:
        # at the root HiGHS 1.12 spends more on this search, and on collecting cuts, than all of the
        # rest takes
        options.bool_options["mip_heuristic_run_root_reduced_cost"] = False
        options.int_options["mip_pool_soft_limit"] = 100
    if request.incumbents:
        options.bool_options["mip_improving_solution_save"] = True
        options.string_options["mip_improving_solution_file"] = request.incumbents
    return options


def _attempt(model: Any, request: Request, parameters: Any, log: Any) -> Any:
    """MathOpt's result. Raises RuntimeError with the solver's own words."""
    import numpy as np
    from ortools.math_opt.python import mathopt

    hints = mathopt.ModelSolveParameters()
    if request.hint is not None:
        values = np.frombuffer(request.hint, dtype=np.float64)
        hints.solution_hints.append(
            mathopt.SolutionHint(
                variable_values={v: float(values[v.id]) for v in model.variables()}
            )
        )
    solver = mathopt.SolverType[request.solver]
    try:
        return mathopt.solve(
            model,
            solver,
            params=parameters,
            model_params=hints,
            msg_cb=lambda lines: log(list(lines)),
        )
    except AttributeError as error:
        # this release cannot translate a bad status and raises AttributeError; the solver's words
        # are in its context
        raise RuntimeError(str(error.__context__ or error)) from None


def leave_with_parent(parent: int, every_s: float = 0.5) -> None:
    """End this process soon after its parent is gone, even in the middle of a solve (which holds no
    interpreter lock).
    """
    while os.getppid() == parent:
        time.sleep(every_s)
    os._exit(1)


def main() -> None:
    """Serve requests until the pipe closes."""
    threading.Thread(target=leave_with_parent, args=(os.getppid(),), daemon=True).start()
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a solver that prints must not break the protocol
    from ortools.math_opt.python import mathopt  # noqa: F401  (loaded while the parent still reads its files)

    while (message := receive(sys.stdin.buffer)) is not None:
        try:
            answer = solve(message[1], lambda lines: send(replies, ("log", lines)))
            send(replies, ("done", answer))
        except Exception as error:  # the parent decides what to do with it
            send(replies, ("failed", f"{type(error).__name__}: {error}"))


if __name__ == "__main__":
    main()
