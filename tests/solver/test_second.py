"""A proof has two witnesses, and a wrong one is found out."""

from __future__ import annotations

import itertools
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.assembly.scenario import Case
from planner.errors import SolverError
from planner.model.frame import Frame, Objective
from planner.model.terms import Terms
from planner.solver.crosscheck import witnessed
from planner.solver.engine import Engine
from planner.solver.messages import SolveResult
from tests.builders import EXACT, compute, deployment, solved, supply, system, tiny
from tests.model.second import best

SEEN = version("ortools") == "9.15.6755"
"""Whether the solvers are those whose mistakes these are (HiGHS 1.12, SCIP 10); a newer one may
have mended them."""


def case_of(name: str) -> Case:
    return Case.model_validate_json(
        (Path(__file__).parent / "cases" / f"{name}.json").read_text(encoding="utf-8")
    )


LOST = case_of("lost_by_presolve")
"""One year, two sites, three systems: the best costs 0.40768 MUSD. The first solver's presolve
loses that."""
SMALL = tiny(systems=[system("a", pflops=2), system("b", price=3, pflops=5)], demands=[compute(7)])
"""One `a` and one `b`: 4 MUSD."""


def test_a_plan_lost_by_presolve_is_found(engine: Engine) -> None:
    """Proves: the optimum of a case that one formulation of ours lost in the first solver's
    presolve, proving 0.42065 instead."""
    answer = solved(LOST, engine)
    assert answer.outcome.objectives[0].value == pytest.approx(0.40768) == pytest.approx(best(LOST))
    assert answer.outcome.objectives[0].second in ("agrees", "better")
    assert answer.outcome.objectives[0].proven


@pytest.mark.parametrize(
    ("name", "claims", "value"),
    [("lost_today", ("optimal", 1.6), 1.5), ("refused_today", ("infeasible", None), 0.0)],
)
def test_what_presolve_loses_of_the_model_of_today(
    name: str, claims: tuple[str, float | None], value: float, engine: Engine
) -> None:
    """Proves: of a dearer plan that the first solver proves, and of a plan that it says there is
    not, the planner has the right one."""
    case = case_of(name)
    model = build(make_inputs(case))
    alone = engine.solve(
        model.frame.proto(model.objectives[0]), name="", time_limit_s=10, gap=0, seed=0
    )
    answer = solved(case, engine)
    if SEEN:
        assert (alone.reason, alone.objective) == (
            claims[0],
            claims[1] if claims[1] is None else pytest.approx(claims[1]),
        )
        assert answer.outcome.objectives[0].second == "better"
    assert answer.outcome.objectives[0].value == pytest.approx(value, abs=1e-9)
    assert best(case) == pytest.approx(value, abs=1e-9)
    assert answer.outcome.objectives[0].proven


Row = tuple[float, dict[int, float], float]
"""Lower bound, coefficients by column, upper bound."""
INF = float("inf")


def small(
    whole: list[float], more: int, rows: list[Row], costs: dict[int, float]
) -> tuple[Frame, Objective]:
    """Integer columns with these upper bounds, then continuous ones; rows; what each column
    costs."""
    frame = Frame(["2025"])
    frame.add_variables(
        "whole",
        ([f"n{i}" for i in range(len(whole))],),
        unit="",
        meaning="",
        upper=np.array(whole),
        integer=True,
    )
    if more:
        frame.add_variables("more", ([f"y{i}" for i in range(more)],), unit="", meaning="")
    terms = Terms()
    for r, (_, coefficients, _) in enumerate(rows):
        terms.add(
            np.array([r]), np.array(list(coefficients)), np.array(list(coefficients.values()))
        )
    low, high = np.array([row[0] for row in rows]), np.array([row[2] for row in rows])
    here = np.ones(len(rows), dtype=bool)
    names = ([f"r{r}" for r in range(len(rows))],)
    frame.add_rows("rows", names, terms, unit="", meaning="", present=here, lower=low, upper=high)
    columns = np.array(sorted(costs))
    return frame, Objective(
        "cost", "MUSD", False, columns, np.array([costs[c] for c in columns.tolist()])
    )


def asked(
    frame: Frame, goal: Objective, engine: Engine, solver: str, *, presolve: bool = True
) -> SolveResult:
    return engine.solve(
        frame.proto(goal), name="", time_limit_s=10, gap=0, seed=0, solver=solver, presolve=presolve
    )


COVER = ([5.0, 0.5, 5.0, 3.0], [1.0, 1.0, 4.5, 2.0], 2.5)
"""Costs, weights and the weight that is asked for: the second and the fourth cost 3.5. SCIP's
presolve proves the third alone, 5."""
SHORT = ([4.5, 0.5, 0.5, 3.5], [4.5, 1.0, 3.0, 3.0], 4.5)
"""The third and the fourth cost 4. SCIP's presolve proves the second and the third, 1, which weigh
4 and not 4.5."""


def cover(
    costs: list[float], weights: list[float], least: float, times: float = 1.0
) -> tuple[Frame, Objective]:
    return small(
        [1.0] * 4,
        0,
        [(times * least, {i: times * w for i, w in enumerate(weights)}, INF)],
        dict(enumerate(costs)),
    )


def cheapest(costs: list[float], weights: list[float], least: float) -> float:
    taken = [np.array(x) for x in itertools.product((0, 1), repeat=4)]
    return min(float(x @ costs) for x in taken if float(x @ weights) >= least)


@pytest.mark.parametrize(("row", "claims", "value"), [(COVER, 5.0, 3.5), (SHORT, 1.0, 4.0)])
def test_a_covering_row_that_scip_gets_wrong(
    row: Any, claims: float, value: float, engine: Engine
) -> None:
    """Proves: SCIP's proof, of a dearer plan or of one that breaks the row, is not taken; asked
    without presolve it is right."""
    frame, goal = cover(*row)
    alone = asked(frame, goal, engine, "GSCIP")
    answer, said = witnessed(frame, goal, alone, engine, first="GSCIP", gap=0, seed=0, left_s=10)
    if SEEN:
        assert (alone.reason, alone.objective, said) == ("optimal", pytest.approx(claims), "better")
    assert answer.values is not None
    assert (answer.reason, goal.at(np.frombuffer(answer.values)), cheapest(*row)) == (
        "optimal",
        pytest.approx(value),
        value,
    )
    doubled = asked(*cover(*row, 2.0), engine, "GSCIP")
    assert (doubled.reason, doubled.objective) == ("optimal", pytest.approx(value))
    witness = asked(frame, goal, engine, "GSCIP", presolve=False)
    assert (witness.reason, witness.objective) == ("optimal", pytest.approx(value))
    first = asked(frame, goal, engine, "HIGHS")
    assert (
        witnessed(frame, goal, first, engine, first="HIGHS", gap=0, seed=0, left_s=10)[1]
        == "agrees"
    )


DEARER = small(
    [INF] * 2,
    3,
    [
        (0, {0: -1, 2: 1}, 0),
        (0, {1: 1, 2: -1, 3: 1}, 0),
        (-INF, {2: 1, 3: 39}, 20),
        (-INF, {3: 6, 4: -1}, 0),
        (2, {4: 1}, INF),
    ],
    {4: 1.0},
)
"""y0 is n0 and y1 is y0 − n1, so both are whole; y0 + 39·y1 ≤ 20, 6·y1 ≤ y2, y2 ≥ 2: all else 0, y2
costs 2. HiGHS' presolve proves 3."""
REFUSED = small(
    [INF] * 2,
    5,
    [
        (0, {0: -1, 2: 1}, 0),
        (0, {1: -1, 2: -1, 3: 1}, 0),
        (0, {3: -1, 5: 1}, 0),
        (0, {4: -1, 6: 1}, 0),
        (-INF, {5: 1, 6: -1}, 0),
        (-INF, {5: -1, 6: 1}, 0),
        (-INF, {3: 34, 4: 1}, 1),
    ],
    {6: 1.0},
)
"""Nothing at all keeps every row. HiGHS' presolve says that there is no plan."""


@pytest.mark.parametrize(
    ("model", "claims", "value"),
    [(DEARER, ("optimal", 3.0), 2.0), (REFUSED, ("infeasible", None), 0.0)],
)
def test_a_small_model_that_highs_gets_wrong(
    model: Any, claims: tuple[str, float | None], value: float, engine: Engine
) -> None:
    """Proves: the same on a handful of columns, where one can see with the eye what is right."""
    frame, goal = model
    alone = asked(frame, goal, engine, "HIGHS")
    answer, said = witnessed(frame, goal, alone, engine, first="HIGHS", gap=0, seed=0, left_s=10)
    if SEEN:
        assert (alone.reason, alone.objective, said) == (
            claims[0],
            claims[1] if claims[1] is None else pytest.approx(claims[1]),
            "better",
        )
    assert answer.values is not None
    assert (answer.reason, goal.at(np.frombuffer(answer.values))) == (
        "optimal",
        pytest.approx(value, abs=1e-9),
    )
    without = asked(frame, goal, engine, "HIGHS", presolve=False)
    assert (without.reason, without.objective) == ("optimal", pytest.approx(value, abs=1e-9))


def claimed(goal: Objective, values: list[float]) -> SolveResult:
    """A proof of a plan."""
    plan = np.array(values, dtype=np.float64)
    return SolveResult("optimal", goal.at(plan), goal.at(plan), plan.tobytes(), None, 0.1, "")


class Told(Engine):
    """A second solver that says what it is told."""

    def __init__(self, answer: SolveResult) -> None:
        super().__init__()
        self.answer = answer

    def solve(self, proto: Any, **options: Any) -> SolveResult:
        return self.answer


@pytest.mark.parametrize(
    ("first", "second", "said", "value"),
    [
        (
            [0, 1, 0, 1],
            [0, 0, 1, 0],
            "silent",
            3.5,
        ),  # the second's proof is refuted by the plan that the first has
        ([0, 1, 0, 1], [0, 1, 0, 0], "silent", 3.5),  # the second's plan breaks the row
        ([0, 1, 0, 0], [0, 1, 0, 1], "better", 3.5),  # the first's does
        (
            [0, 1.5, 0, 0.5],
            [0, 1, 0, 1],
            "better",
            3.5,
        ),  # the first's is not whole, and more than there is
        ([0, 1, 0, 1], [0, 1, 0, 1], "agrees", 3.5),
        ([0, 0, 1, 0], [0, 1, 0, 1], "better", 3.5),
    ],
)
def test_a_plan_that_breaks_a_row_is_believed_of_neither(
    first: list[float], second: list[float], said: str, value: float
) -> None:
    frame, goal = cover(*COVER)
    with Told(claimed(goal, second)) as engine:
        answer, word = witnessed(
            frame, goal, claimed(goal, first), engine, first="HIGHS", gap=0, seed=0, left_s=10
        )
    assert answer.values is not None
    assert (word, goal.at(np.frombuffer(answer.values))) == (said, pytest.approx(value))


def test_a_wrong_proof_is_found_out(engine: Engine) -> None:
    """Proves: of a first solver that calls two of the dear system the best, the plan is not taken,
    and the plan says so."""

    class Wrong(Engine):
        def solve(self, proto: Any, **options: Any) -> SolveResult:
            answer = super().solve(proto, **options)
            if (
                options.get("presolve", True)
                and options.get("solver", "HIGHS") == "HIGHS"
                and answer.values is not None
            ):
                dear = tiny(
                    systems=[system("a", pflops=2), system("b", price=3, pflops=5)],
                    demands=[compute(10)],
                )
                values = np.array(_plan(engine, dear)).tobytes()
                return SolveResult("optimal", 6.0, 6.0, values, None, answer.seconds, "")
            return answer

    with Wrong() as wrong:
        answer = solved(SMALL, wrong)
    assert (answer.outcome.objectives[0].value, answer.outcome.objectives[0].second) == (
        pytest.approx(4),
        "better",
    )


def test_a_right_proof_is_agreed_with(engine: Engine) -> None:
    answer = solved(SMALL, engine)
    assert (answer.outcome.objectives[0].value, answer.outcome.objectives[0].second) == (
        pytest.approx(4),
        "agrees",
    )
    assert answer.plan is not None
    assert answer.plan.goals[0].second == "agrees"


def _first(
    case: Case, values: list[float] | None, reason: str = "optimal"
) -> tuple[Any, Any, SolveResult]:
    model = build(make_inputs(case))
    packed = None
    bound = None
    if values is not None:
        packed = np.array(values, dtype=np.float64).tobytes()
        bound = model.objectives[0].at(np.array(values))
    return (
        model.frame,
        model.objectives[0],
        SolveResult(reason, bound, bound, packed, None, 0.01, ""),
    )


def _plan(engine: Engine, case: Case) -> list[float]:
    model = build(make_inputs(case))
    answer = engine.solve(
        model.frame.proto(model.objectives[0]), name="", time_limit_s=10, gap=0, seed=0
    )
    assert answer.values is not None
    return list(np.frombuffer(answer.values, dtype=np.float64))


def test_a_claim_that_there_is_no_plan_is_checked(engine: Engine) -> None:
    frame, objective, lie = _first(SMALL, None, "infeasible")
    answer, said = witnessed(frame, objective, lie, engine, first="HIGHS", gap=0, seed=0, left_s=10)
    assert (said, answer.reason) == ("better", "optimal")
    assert answer.bound == pytest.approx(4)
    none = tiny(systems=[system("a")], supply=[supply(cumulative=[1])], demands=[deployment(2)])
    frame, objective, truth = _first(none, None, "infeasible")
    answer, said = witnessed(
        frame, objective, truth, engine, first="HIGHS", gap=0, seed=0, left_s=10
    )
    assert (said, answer.reason, answer.values) == ("agrees", "infeasible", None)


class Dumb(Engine):
    """A second solver that falls over."""

    def solve(self, proto: Any, **options: Any) -> SolveResult:
        if options.get("presolve") is False:
            raise SolverError("fell over")
        return super().solve(proto, **options)


def test_a_witness_that_falls_over_has_said_nothing() -> None:
    with Dumb() as engine:
        answer = solved(SMALL, engine)
    assert (answer.outcome.objectives[0].value, answer.outcome.objectives[0].second) == (
        pytest.approx(4),
        "silent",
    )


def test_no_time_no_word(engine: Engine) -> None:
    frame, objective, first = _first(SMALL, _plan(engine, SMALL))
    assert (
        witnessed(frame, objective, first, engine, first="HIGHS", gap=0, seed=0, left_s=0)[1]
        == "silent"
    )


def test_whoever_was_first_the_other_is_asked(engine: Engine) -> None:
    asked = []

    class Listening(Engine):
        def solve(self, proto: Any, **options: Any) -> SolveResult:
            asked.append((options.get("solver", "HIGHS"), options.get("presolve", True)))
            return super().solve(proto, **options)

    with Listening() as listening:
        solved(SMALL, listening, settings=replace(EXACT, solver="GSCIP"))
    assert asked[:2] == [("GSCIP", True), ("HIGHS", False)]


@pytest.mark.parametrize(
    "case",
    [
        SMALL,
        tiny(systems=[system("a"), system("b", mw=2, price=3, pflops=4)], demands=[compute(9)]),
    ],
)
def test_a_better_plan_inside_the_gap_contradicts_nothing(case: Case, engine: Engine) -> None:
    """The first solver stops at a plan within the gap; that the second has the better one is no
    mistake of the first."""
    assert (
        solved(case, engine, settings=replace(EXACT, gap=0.5)).outcome.objectives[0].second
        == "agrees"
    )
