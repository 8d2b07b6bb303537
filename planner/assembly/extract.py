"""From numbers back to a plan: the only way out of the model.

Whole numbers are made whole and everything that hangs on them is recomputed; what the model itself
knows (fleet, demand served, cash, limits) is read from its own rows and ledger, so that the audit
has something to disagree with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np

from planner.arrays import Floats
from planner.assembly.derived import derived as derivations
from planner.assembly.plan import Plan
from planner.assembly.solved import Extract, Solved
from planner.capabilities.budget.derive import totals
from planner.core.case import Case
from planner.core.registry import faces
from planner.model.family import Model, dense
from planner.plan import schema
from planner.plan.decided import Decisions
from planner.plan.derive import Derivation
from planner.plan.limit_row import LIMITS, LimitRow, limit_row
from planner.plan.schema import ObjectiveRow, SolveInfo, digest_of
from planner.solver.engine import relative_gap
from planner.solver.options import Settings
from planner.solver.run import ObjectiveResult, Outcome


def extract(case: Case, model: Model, outcome: Outcome, settings: Settings) -> schema.Plan:
    """The plan of an outcome, not yet audited."""
    solution = snap(model, outcome.solution)
    solved = _decided(Solved(model, solution, Decisions()))
    decisions, derived = solved.decisions, Derivation(case, solved.decisions)
    return Plan(
        name=case.name,
        solve=SolveInfo(
            status=outcome.status,
            solver=f"{settings.solver} through OR-Tools MathOpt",
            solver_version=version("ortools"),
            planner_version=version("ai-cluster-planner"),
            gap=settings.gap,
            time_limit_s=settings.time_limit_s,
            seed=settings.seed,
            seconds=outcome.seconds,
        ),
        goals=[
            _objective(g, objective.at(solution))
            for g, objective in zip(outcome.objectives, model.objectives, strict=False)
        ],
        **decisions.rows,
        **_derived(derived, solved),
        totals=totals(derived),
        case_digest=digest_of(case),
        case=case,
    )


def _derived(d: Derivation, solved: Solved) -> Mapping[str, Any]:
    """Every table that follows: those that the model knows from its rows and ledger, all others
    from the decisions.
    """
    known = {
        table.name: read for face in faces("extract", Extract) for table, read in face.known.items()
    } | {LIMITS.name: _limits}
    return {
        name: known[name](solved) if name in known else derive(d)
        for name, derive in derivations().items()
    }


def _decided(solved: Solved) -> Solved:
    """With what every capability reads of the solution, one after the other."""
    for face in faces("extract", Extract):
        own = {table.name: list(read(solved)) for table, read in face.tables.items()}
        solved = replace(solved, decisions=solved.decisions.plus(own))
    return solved


def _objective(result: ObjectiveResult, value: float) -> ObjectiveRow:
    """An objective as the plan has it in the end: later objectives may have used some of its
    tolerance.
    """
    gap = None if result.bound is None else relative_gap(value, result.bound)
    return ObjectiveRow(
        name=result.name,
        unit=result.unit,
        value=value,
        bound=result.bound,
        gap=gap,
        proven=result.proven,
        second=result.second,
        seconds=result.seconds,
    )


def snap(model: Model, solution: Floats) -> Floats:
    """Whole decisions made whole, and the variables that they determine recomputed from the model's
    own arithmetic.
    """
    frame, inputs, v = model.frame, model.inputs, model.decisions
    snapped = solution.copy()
    _, _, integer = frame.bounds()
    snapped[integer] = np.round(snapped[integer])
    runs = v.in_service.index
    delivered, gone = dense(v.delivered.index, snapped), _gone(model, snapped)
    arrived = np.zeros_like(delivered)
    for s, t in zip(*np.nonzero(inputs.orders.runs < delivered.shape[2]), strict=True):
        arrived[s, :, inputs.orders.runs[s, t]] += delivered[s, :, t]
    in_service = inputs.existing[:, :, None] + np.cumsum(arrived - gone, axis=2)
    snapped[runs[runs >= 0]] = in_service[runs >= 0]
    for face in faces("extract", Extract):
        face.fit(model, snapped, in_service)
    return snapped


def _gone(model: Model, solution: Floats) -> Floats:
    """[S, L, T] systems that leave a site at the start of a period, less those that arrive from
    another.
    """
    fleet, v = model.inputs.fleet, model.decisions
    gone = np.zeros(model.inputs.shape)
    retired, moved = dense(v.retired.index, solution), dense(v.moved.index, solution)
    for p, lands in enumerate(fleet.lands):
        gone[fleet.system[p], fleet.site[p]] += retired[p]
        gone[fleet.system[p], fleet.origin[p]] += moved[p]
        inside = lands < gone.shape[2]
        np.subtract.at(gone[fleet.system[p], fleet.site[p]], lands[inside], moved[p, inside])
    return gone


def _limits(solved: Solved) -> list[LimitRow]:
    """Every row that a person would call a limit, with what is used of it."""
    model, solution = solved.model, solved.solution
    activity = model.frame.activity(solution)
    rows = []
    for block in model.frame.blocks():
        if block.kind is None or not block.kind.headroom:
            continue
        count, aside, affine = len(block.lower), block.facts.aside, block.facts.affine
        used = activity[block.first : block.first + count]
        if aside is not None:  # a person sees what is served, not what is served or paid for
            used = used - np.where(aside >= 0, solution[aside], 0.0)
        # constants stand on the side where a person looks for them
        offset = np.zeros(count) if affine is None else affine.offset
        for i in range(count):
            at = block.at(i)
            rows.append(
                limit_row(
                    block.kind,
                    replace(at, amount=at.amount - float(offset[i])),
                    float(used[i] - offset[i]),
                )
            )
    return rows
