"""A proof has two witnesses, and a wrong one is found out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.errors import SolverError
from planner.model.build import build
from planner.model.waist import make_inputs
from planner.scenario.case import Case
from planner.solve.engine import Engine
from planner.solve.messages import Answer
from planner.solve.second import witnessed
from tests.model.second import best
from tests.tiny import compute, deployment, solved, supply, system, tiny

LOST = Case.model_validate_json((Path(__file__).parent / "cases" / "lost_by_presolve.json").read_text(encoding="utf-8"))
"""One year, two sites, three systems: the best costs 0.40768 MUSD. The first solver's presolve loses that."""
SMALL = tiny(systems=[system("a", pflops=2), system("b", price=3, pflops=5)], demands=[compute(7)])
"""One `a` and one `b`: 4 MUSD."""


def test_a_plan_lost_by_presolve_is_found(engine: Engine) -> None:
    """Proves: the optimum of a case that one formulation of ours lost in the first solver's presolve, proving 0.42065 instead."""
    answer = solved(LOST, engine)
    assert answer.outcome.goals[0].value == pytest.approx(0.40768) == pytest.approx(best(LOST))
    assert answer.outcome.goals[0].second in ("agrees", "better")
    assert answer.outcome.goals[0].proven


def test_a_wrong_proof_is_found_out(engine: Engine) -> None:
    """Proves: of a first solver that calls two of the dear system the best, the plan is not taken, and the plan says so."""

    class Wrong(Engine):
        def solve(self, proto: Any, **options: Any) -> Answer:
            answer = super().solve(proto, **options)
            if options.get("presolve", True) and options.get("solver", "HIGHS") == "HIGHS" and answer.values is not None:
                dear = tiny(systems=[system("a", pflops=2), system("b", price=3, pflops=5)], demands=[compute(10)])
                values = np.array(_plan(engine, dear)).tobytes()
                return Answer("optimal", 6.0, 6.0, values, None, answer.seconds, "")
            return answer

    with Wrong() as wrong:
        answer = solved(SMALL, wrong)
    assert (answer.outcome.goals[0].value, answer.outcome.goals[0].second) == (pytest.approx(4), "better")


def test_a_right_proof_is_agreed_with(engine: Engine) -> None:
    answer = solved(SMALL, engine)
    assert (answer.outcome.goals[0].value, answer.outcome.goals[0].second) == (pytest.approx(4), "agrees")
    assert answer.plan is not None
    assert answer.plan.goals[0].second == "agrees"


def _first(case: Case, values: list[float] | None, reason: str = "optimal") -> tuple[Any, Any, Answer]:
    model = build(make_inputs(case))
    packed = None
    bound = None
    if values is not None:
        packed = np.array(values, dtype=np.float64).tobytes()
        bound = model.objectives[0].at(np.array(values))
    return model.frame, model.objectives[0], Answer(reason, bound, bound, packed, None, 0.01, "")


def _plan(engine: Engine, case: Case) -> list[float]:
    model = build(make_inputs(case))
    answer = engine.solve(model.frame.proto(model.objectives[0]), name="", time_limit_s=10, gap=0, seed=0)
    assert answer.values is not None
    return list(np.frombuffer(answer.values, dtype=np.float64))


def test_a_claim_that_there_is_no_plan_is_checked(engine: Engine) -> None:
    frame, objective, lie = _first(SMALL, None, "infeasible")
    answer, said = witnessed(frame, objective, lie, engine, first="HIGHS", gap=0, seed=0, left_s=10)
    assert (said, answer.reason) == ("better", "optimal")
    assert answer.bound == pytest.approx(4)
    none = tiny(systems=[system("a")], supply=[supply(cumulative=[1])], demands=[deployment(2)])
    frame, objective, truth = _first(none, None, "infeasible")
    answer, said = witnessed(frame, objective, truth, engine, first="HIGHS", gap=0, seed=0, left_s=10)
    assert (said, answer.reason, answer.values) == ("agrees", "infeasible", None)


class Dumb(Engine):
    """A second solver that falls over."""

    def solve(self, proto: Any, **options: Any) -> Answer:
        if options.get("presolve") is False:
            raise SolverError("fell over")
        return super().solve(proto, **options)


def test_a_witness_that_falls_over_has_said_nothing() -> None:
    with Dumb() as engine:
        answer = solved(SMALL, engine)
    assert (answer.outcome.goals[0].value, answer.outcome.goals[0].second) == (pytest.approx(4), "silent")


def test_no_time_no_word(engine: Engine) -> None:
    frame, objective, first = _first(SMALL, _plan(engine, SMALL))
    assert witnessed(frame, objective, first, engine, first="HIGHS", gap=0, seed=0, left_s=0)[1] == "silent"


def test_whoever_was_first_the_other_is_asked(engine: Engine) -> None:
    asked = []

    class Listening(Engine):
        def solve(self, proto: Any, **options: Any) -> Answer:
            asked.append((options.get("solver", "HIGHS"), options.get("presolve", True)))
            return super().solve(proto, **options)

    with Listening() as listening:
        solved(SMALL, listening, solver="GSCIP")
    assert asked[:2] == [("GSCIP", True), ("HIGHS", False)]


@pytest.mark.parametrize("case", [SMALL, tiny(systems=[system("a"), system("b", mw=2, price=3, pflops=4)], demands=[compute(9)])])
def test_a_better_plan_inside_the_gap_contradicts_nothing(case: Case, engine: Engine) -> None:
    """The first solver stops at a plan within the gap; that the second has the better one is no mistake of the first."""
    loose = case.model_copy(update={"gap": 0.5})
    assert solved(loose, engine).outcome.goals[0].second == "agrees"
