"""From numbers back to a plan: the only way out of the model.

Whole numbers are made whole and everything that hangs on them is recomputed; what the model itself knows (fleet, demand served, cash,
limits) is
read from its own rows and ledger, so that the audit has something to disagree with.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import numpy as np

from planner.arrays import Floats
from planner.model.build import Model
from planner.plan.derive import Decisions, Derivation
from planner.plan.derived import DERIVED
from planner.plan.extract.clusters import clusters
from planner.plan.extract.covers import covers
from planner.plan.extract.dense import dense
from planner.plan.extract.fleet import moves, qualifications, retirements
from planner.plan.extract.halls import gear, halls_begun, housed
from planner.plan.extract.networks import with_fabrics
from planner.plan.extract.sources import outputs, starts
from planner.plan.extract.survival import reserves
from planner.plan.extract.tables import cash, demands, fleet, limits
from planner.plan.extract.whole import snap
from planner.plan.money import totals
from planner.plan.purchase import purchase
from planner.plan.schema import (
    Assignment,
    Built,
    GoalRow,
    Plan,
    Purchase,
    SolveInfo,
    digest_of,
)
from planner.scenario.case import Case
from planner.solve.engine import relative_gap
from planner.solve.run import GoalResult, Outcome, Settings


def extract(case: Case, model: Model, outcome: Outcome, settings: Settings) -> Plan:
    """The plan of an outcome, not yet audited."""
    solution = snap(model, outcome.solution)
    decisions = _decided(case, model, solution)
    derived = Derivation(case, decisions)
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
        goals=[_goal(g, objective.at(solution)) for g, objective in zip(outcome.goals, model.objectives, strict=False)],
        **vars(decisions),
        **_derived(derived, case, model, solution),
        totals=totals(derived),
        case_digest=digest_of(case),
        case=case,
    )


def _derived(d: Derivation, case: Case, model: Model, solution: Floats) -> Mapping[str, Any]:
    """Every table that follows: those that the model knows from its rows and ledger, all others from the decisions."""
    own = {
        "fleet": fleet(case, model, solution),
        "demands": demands(case, model, solution),
        "cash": cash(model, solution),
        "limits": limits(model, solution),
    }
    return {name: own[name] if name in own else derive(d) for name, derive in DERIVED.items()}


def _decided(case: Case, model: Model, solution: Floats) -> Decisions:
    decided = Decisions(
        purchases=_purchases(case, model, solution),
        retirements=retirements(model, solution),
        built=_built(model, solution),
        assignments=_assignments(model, solution),
        halls=halls_begun(case, model, solution),
        housed=housed(case, model, solution),
        gear=gear(model, solution),
        clusters=clusters(model, solution),
        reserves=reserves(model, solution),
        source_starts=starts(model, solution),
        source_outputs=outputs(model, solution),
        source_covers=covers(model, solution),
        moves=moves(model, solution),
        qualifications=qualifications(case, model, solution),
    )
    return with_fabrics(case, model, solution, decided)


def _goal(result: GoalResult, value: float) -> GoalRow:
    """An objective as the plan has it in the end: later objectives may have used some of its tolerance."""
    gap = None if result.bound is None else relative_gap(value, result.bound)
    return GoalRow(
        name=result.name,
        unit=result.unit,
        value=value,
        bound=result.bound,
        gap=gap,
        proven=result.proven,
        second=result.second,
        seconds=result.seconds,
    )


def _purchases(case: Case, model: Model, solution: Floats) -> list[Purchase]:
    block, labels = model.decisions.delivered, model.inputs.periods
    rows = []
    for s, site, t in np.argwhere(dense(block.index, solution) > 0.5):
        row = purchase(case, case.systems[s], case.sites[site].id, t, round(float(solution[block.index[s, site, t]])))
        assert row is not None  # else there is no such column
        rows.append(row)
    return sorted(rows, key=lambda p: (labels.index(p.delivered), p.site, p.system))


def _built(model: Model, solution: Floats) -> list[Built]:
    i = model.inputs
    values = solution[model.decisions.built.index]
    return [
        Built(site=site, period=label, it_mw=float(values[j, t]))
        for j, site in enumerate(i.sites)
        for t, label in enumerate(i.periods)
        if values[j, t] > 0
    ]


def _assignments(model: Model, solution: Floats) -> list[Assignment]:
    block = model.frame.variables.get("assigned")
    if block is None:
        return []
    values = dense(block.index, solution)
    return [
        Assignment(
            demand=block.axes[0][d],
            system=block.axes[1][s],
            site=block.axes[2][j],
            period=block.axes[3][t],
            units=float(values[d, s, j, t]),
        )
        for d, s, j, t in np.argwhere(values > 1e-9)
    ]
