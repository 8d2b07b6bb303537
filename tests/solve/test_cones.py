"""Limits approached by cuts: what is not within them is no plan, and a plan beside one that is not has the bound of the whole question."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner.errors import SolverError
from planner.model.build import Model
from planner.model.frame import Frame
from planner.solve import cones
from planner.solve.cones import cut, within_cones
from planner.solve.engine import Engine
from planner.solve.levers import levers, widen_switches
from planner.solve.messages import Answer
from tests.tiny import deployment, model_of, rule, site, solved, system, tiny

INDEX = 0.3


def model() -> Model:
    """20 machines of four suppliers whose prices differ."""
    machines = [system(name, price=price) for name, price in zip("abcd", (1.0, 1.08, 1.25, 1.4), strict=True)]
    return model_of(
        tiny(systems=machines, sites=[site(power=30)], demands=[deployment(20)], rules=[rule("max_hhi", INDEX, metric="units")])
    )


def asked(built: Model, engine: Engine, *, relaxed: bool = False) -> cones.Ask:
    goal = built.objectives[0]
    return lambda frame, left_s: engine.solve(frame.proto(goal, relaxed=relaxed), name=goal.name, time_limit_s=left_s, gap=0.0, seed=0)


def alone(built: Model) -> np.ndarray[Any, Any]:
    """20 machines of one supplier."""
    values = np.zeros(built.frame.column_count)
    for block, unit in (("delivered", 20.0), ("in_service", 20.0), ("volume.1", 0.02)):
        values[built.frame.variables[block].index.reshape(4)[0]] = unit
    return values


def answer_of(built: Model, values: Any, bound: float) -> Answer:
    return Answer(reason="optimal", objective=None, bound=bound, values=values.tobytes(), duals=None, seconds=0.1, detail="")


def test_one_supplier_breaks_the_limit_and_the_cut_takes_it_away() -> None:
    built = model()
    values = alone(built)
    assert [cone.window for cone in cut(built.frame, values)] == ["2025"]
    block = built.frame.rows["share.hhi.1.cut1"]
    activity = float((block.values * values[block.columns]).sum())
    assert activity > 1e-3 > 0 >= block.upper[0]
    equal = alone(built)
    equal[built.frame.variables["volume.1"].index.reshape(4)] = 0.005
    assert float((block.values * equal[block.columns]).sum()) < 0
    assert cut(built.frame, equal) == []


def test_out_of_time_there_is_no_plan(engine: Engine) -> None:
    built = model()
    values = alone(built)
    answer = within_cones(
        built.frame, built.objectives[0], lambda frame, left: answer_of(built, values, 20.0), asked(built, engine, relaxed=True), 0.0, 0.0
    )
    assert (answer.values, answer.reason) == (None, "no_solution_found")


def test_a_plan_beside_one_that_breaks_it_has_the_bound_of_the_whole(engine: Engine) -> None:
    """The outer question answers beyond the limit for ever; what its boxes hold is a plan, and its gap is to the outer bound."""
    built = model()
    values, whole = alone(built), asked(built, engine)
    until = time.perf_counter() + 3

    def ask(frame: Frame, left_s: float) -> Answer:
        near = any(".beside" in name for name in frame.rows)
        return whole(frame, left_s) if near else answer_of(built, values, 20.0)

    answer = within_cones(built.frame, built.objectives[0], ask, asked(built, engine, relaxed=True), until, 0.0)
    assert answer.values is not None
    found = np.frombuffer(answer.values)
    assert all(cone.worst(found)[0] <= INDEX + 1e-6 for cone in built.frame.cones)
    assert (answer.reason, answer.bound) == ("feasible", 20.0)
    wide = within_cones(model().frame, built.objectives[0], ask, asked(built, engine, relaxed=True), until + 60, 0.5)
    assert (wide.reason, wide.bound) == ("optimal", 20.0)


def test_cutting_that_leads_nowhere_is_a_fault(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    monkeypatch.setattr(cones, "ROUNDS", 3)
    built = model()
    values = alone(built)
    nothing = replace(answer_of(built, values, 20.0), values=None)

    def ask(frame: Frame, left_s: float) -> Answer:
        return nothing if any(".beside" in name for name in frame.rows) else answer_of(built, values, 20.0)

    with pytest.raises(SolverError, match="3 cuts did not bring `the HHI of suppliers by units"):
        within_cones(built.frame, built.objectives[0], ask, lambda frame, left: nothing, math.inf, 0.0)


def test_the_relaxation_is_cut_before_whole_machines_are_looked_at(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """With it, fewer whole questions are asked than without."""
    asked_whole: list[int] = []

    def count() -> int:
        built = model()
        whole, relaxed, number = asked(built, engine), asked(built, engine, relaxed=True), [0]

        def ask(frame: Frame, left_s: float) -> Answer:
            number[0] += 1
            return whole(frame, left_s)

        assert within_cones(built.frame, built.objectives[0], ask, relaxed, time.perf_counter() + 30, 0.0).values is not None
        return number[0]

    asked_whole.append(count())
    monkeypatch.setattr(cones, "ROUGH_ROUNDS", 0)
    asked_whole.append(count())
    assert asked_whole[0] <= asked_whole[1]


def test_the_model_itself_gains_no_rows(engine: Engine) -> None:
    machines = [system(name, price=price) for name, price in zip("abcd", (1.0, 1.08, 1.25, 1.4), strict=True)]
    answer = solved(
        tiny(systems=machines, sites=[site(power=30)], demands=[deployment(20)], rules=[rule("max_hhi", INDEX, metric="units")]), engine
    )
    assert not [name for name in answer.model.frame.rows if ".cut" in name]


def test_no_number_of_a_cut_is_one_that_a_person_may_move() -> None:
    """A share can be moved by the per cent; the index stands in no row as itself, so nobody is told by how much to move it."""
    built = model()
    assert "share.hhi.1" in built.frame.rows
    assert not [lever for lever in levers(built.frame) if lever.block.startswith("share.")]
    machines = [system(name) for name in "ab"]
    rules = [rule("max_share", 0.6), rule("min_share", 0.2), rule("min_share", 0.3, only="b")]
    shares = model_of(tiny(systems=machines, sites=[site(power=9)], demands=[deployment(4)], rules=rules))
    assert {
        (lever.block, lever.amount, lever.unit, lever.ceiling) for lever in levers(shares.frame) if lever.block.startswith("share.")
    } == {
        ("share.most.1", 60.0, "%", True),
        ("share.least.2", 20.0, "%", False),
        ("share.least.3", 30.0, "%", False),
    }


def test_constants_of_switches_grow_by_a_factor_whatever_they_are() -> None:
    """U of who is used differs from row to row, and its row has 0 on the right."""
    machines = [system("a", accelerators=2), system("b")]
    built = model_of(
        tiny(systems=machines, sites=[site(power=9)], demands=[deployment(4)], rules=[rule("max_suppliers", 1, metric="units")])
    )
    before = built.frame.rows["share.used.1"]
    _, _, switch = built.frame.bounds()
    widen_switches(built.frame, 10.0)
    after = built.frame.rows["share.used.1"]
    assert after.values[switch[after.columns]] == pytest.approx(10 * before.values[switch[before.columns]])
    assert after.values[~switch[after.columns]] == pytest.approx(before.values[~switch[before.columns]])
    assert (after.upper == 0).all()
