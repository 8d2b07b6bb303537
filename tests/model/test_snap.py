"""From a solver's numbers to a plan: rounding keeps the plan whole, and nothing that hangs on a
rounded number stays behind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.assembly.extract import snap
from planner.solver.crosscheck import FEASIBILITY, violation
from planner.solver.engine import Engine
from tests.builders import (
    EXACT,
    Solved,
    at_least,
    compute,
    deployment,
    fleet,
    goal,
    site,
    solved,
    supply,
    system,
    tiny,
)

RIVALS = tiny(
    periods=24,
    systems=[system("a", fit_out=1), system("b", pflops=2.5, price=2)],
    sites=[
        site("x", power=[float(t + 3) for t in range(24)], construction=1, energy=0.1),
        site("y", power=9),
    ],
    supply=[supply("a", each=1), supply("b", each=1)],
    fleet=[fleet("a", 2, retire=True)],
    demands=[
        compute([2.0 + t for t in range(24)], name="train", price=50),
        compute([1.0 + t / 2 for t in range(24)], name="serve", price=70),
        deployment([t / 3 for t in range(24)], name="d", price=1),
    ],
    rules=[at_least(2, meaningful=0.2, metric="power")],
    discount=0.05,
    worth=True,
)


@pytest.fixture(scope="module")
def rivals(engine: Engine) -> Solved:
    """Three demands that share two kinds of machines over 24 years."""
    return solved(RIVALS, engine, settings=replace(EXACT, gap=0.03))


def shaken(answer: Solved, size: float, seed: int) -> Solved:
    """The same answer as a solver might give it: whole numbers off by up to `size`, and what
    follows from them accordingly."""
    model, draw = answer.model, np.random.default_rng(seed)
    solution = answer.outcome.solution.copy()
    _, upper, integer = model.frame.bounds()
    off = draw.uniform(-size, size, len(solution)) * integer
    if seed in (0, 1):
        off = np.full(len(solution), -size if seed == 0 else size) * integer
    solution += off
    solution = np.clip(solution, 0.0, upper + size)
    v, inputs = model.decisions, model.inputs
    delivered = np.where(v.delivered.index >= 0, solution[v.delivered.index], 0.0)
    arrived = np.zeros_like(delivered)
    for s, t in np.argwhere(inputs.orders.runs < delivered.shape[2]):
        arrived[s, :, inputs.orders.runs[s, t]] += delivered[s, :, t]
    retired = np.zeros_like(arrived)
    for p, t in np.argwhere(v.retired.index >= 0):
        retired[inputs.fleet.system[p], inputs.fleet.site[p], t] += solution[v.retired.index[p, t]]
    standing = inputs.existing[:, :, None] + np.cumsum(arrived - retired, axis=2)
    runs = v.in_service.index
    before = np.where(runs >= 0, solution[runs], 0.0)
    solution[runs[runs >= 0]] = standing[runs >= 0]
    shared = model.frame.variables.get("assigned")
    if shared is not None:
        grown = np.divide(standing, before, out=np.ones_like(before), where=before > 0.5)
        there = shared.index >= 0
        solution[shared.index[there]] *= np.broadcast_to(grown, there.shape)[there]
    return replace(answer, outcome=replace(answer.outcome, solution=solution))


@pytest.mark.parametrize("seed", range(6))
def test_rounding_leaves_a_plan_that_the_audit_accepts(seed: int, rivals: Solved) -> None:
    """Proves: with every whole number off by as much as a solver may leave it, over 24 periods, the
    plan is whole and audited clean.

    Without the care for demands that share machines: they would share what rounding took away, and
    the audit would refuse the plan.
    """
    loose = shaken(rivals, 5e-6, seed)
    assert violation(loose.model.frame, loose.outcome.solution) < 1e-4
    plan = loose.plan
    assert plan.assignments
    assert all(isinstance(p.units, int) for p in plan.purchases)
    assert {(p.system, p.delivered): p.units for p in plan.purchases} == {
        (p.system, p.delivered): p.units for p in rivals.plan.purchases
    }


def test_snap_leaves_no_row_broken(rivals: Solved) -> None:
    """Proves: after rounding, every row of the model holds."""
    loose = shaken(rivals, 5e-6, 1)
    assert violation(loose.model.frame, snap(loose.model, loose.outcome.solution)) < FEASIBILITY


def test_snap_is_idempotent(rivals: Solved) -> None:
    once = snap(rivals.model, rivals.outcome.solution)
    assert np.array_equal(snap(rivals.model, once), once)


def test_shortfall_follows_the_rounded_fleet(engine: Engine) -> None:
    """Proves: a solver's 2.9999995 machines are 3, and the shortfall is 2 and not 2.0000005."""
    case = tiny(supply=[supply(cumulative=3)], demands=[deployment(5, price=4)])
    answer = solved(case, engine)
    loose = shaken(answer, 5e-7, 0)
    (row,) = loose.plan.demands
    assert (row.served, row.short) == (3.0, 2.0)


def test_a_goal_is_told_as_the_plan_has_it(engine: Engine) -> None:
    """Proves: values are re-computed after rounding."""
    case = tiny(sites=[site(power=3)], goals=[goal("maximize accelerators")])
    loose = shaken(solved(case, engine), 5e-7, 0)
    assert loose.plan.goals[0].value == 3.0
