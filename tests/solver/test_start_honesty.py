"""What may be claimed while a start is looked for: a relaxation is no plan, a bound of a part of
the question is none of the whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner.errors import OutOfTimeError
from planner.solver import warm_start as start
from planner.solver.engine import Engine, Interrupted, Progress
from planner.solver.messages import SolveResult
from planner.solver.run import run
from tests.builders import EXACT, model_of, site, system, tiny

CASE = tiny(
    systems=[system("big", mw=2, accelerators=3), system("small")],
    sites=[site(power=3.5)],
    goals=["maximize accelerators"],
)
"""A big machine and a small one at most, 4 accelerators; 4.5 if they came in parts."""


class Steps:
    """A real engine that runs `before` ahead of its solve number `at`, and tells every watcher of 2
    accelerators with a bound of 2.5."""

    def __init__(self, engine: Engine, at: int, error: BaseException | None = None) -> None:
        self.engine, self.at, self.error, self.count = engine, at, error, 0

    def solve(self, proto: Any, **options: Any) -> SolveResult:
        self.count += 1
        watch = options.pop("watch", None)
        if watch is not None:
            watch(Progress(options["name"], 2.0, 2.5, float(self.count)))
        if self.count == self.at and self.error is not None:
            raise self.error
        return self.engine.solve(proto, **options)


def small_machines(count: float) -> np.ndarray:
    """The plan that has so many of the small ones."""
    model = model_of(CASE)
    plan = np.zeros(model.frame.column_count)
    for name in ("delivered", "in_service"):
        plan[model.frame.variables[name].index[1]] = count
    for name in ("built", "capex"):
        plan[model.frame.variables[name].index.ravel()] = count
    return plan


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "LARGE", 0)


def test_ctrl_c_next_to_the_relaxation_claims_the_bound_of_the_whole(engine: Engine) -> None:
    """Proves: interrupted in the restricted search, whose own bound is 2.5, the plan of 2 is told
    with the relaxation's bound of 4.5.

    Without the care: a plan of 2 that nothing better than 2.5 exists beside, when 4 is the optimum.
    """
    steps = Steps(engine, at=2, error=Interrupted(small_machines(2), 2.5, 1.0))
    outcome = run(model_of(CASE), EXACT, steps)  # type: ignore[arg-type]
    assert outcome.status == "interrupted"
    (result,) = outcome.objectives
    assert (result.value, result.bound) == (pytest.approx(2), pytest.approx(4.5))


def test_ctrl_c_in_the_relaxation_has_no_plan_in_parts(engine: Engine) -> None:
    """Proves: a solution with half a machine is not given out as a plan."""
    steps = Steps(engine, at=1, error=Interrupted(small_machines(2.5), 4.5, 1.0))
    with pytest.raises(OutOfTimeError, match="interrupted before any plan was found"):
        run(model_of(CASE), EXACT, steps)  # type: ignore[arg-type]


def test_ctrl_c_in_the_search_keeps_the_start(engine: Engine) -> None:
    """Proves: the start's plan of 4 survives, with the tighter of the two bounds."""
    steps = Steps(engine, at=5, error=Interrupted(small_machines(1), 4.2, 1.0))
    outcome = run(model_of(CASE), EXACT, steps)  # type: ignore[arg-type]
    (result,) = outcome.objectives
    assert (outcome.status, result.value, result.bound) == (
        "interrupted",
        pytest.approx(4),
        pytest.approx(4.2),
    )


def test_progress_is_of_the_whole_question(engine: Engine) -> None:
    """Proves: the relaxation shows no plan, and the restricted search no bound but the
    relaxation's."""
    seen: list[Progress] = []
    run(model_of(CASE), EXACT, Steps(engine, at=0), watch=seen.append)  # type: ignore[arg-type]
    assert [(p.best, p.bound) for p in seen if p.objective.startswith("maximize accelerators")] == [
        (None, 2.5),
        *[(2.0, pytest.approx(4.5))] * 3,
        (2.0, 2.5),
    ]
