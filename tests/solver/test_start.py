"""A start for large models changes how fast a plan is found, never which answers are right."""

from __future__ import annotations

import pytest

from bench.generated import generated
from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.pipeline import build_model, read
from planner.solver import warm_start as start
from planner.solver import worker
from planner.solver.crosscheck import FEASIBILITY, violation
from planner.solver.engine import relative_gap
from planner.solver.messages import LARGE, Request
from planner.solver.options import Settings
from planner.solver.run import run


@pytest.mark.parametrize("name", ["colossus", "diversified", "openai-amd-1gw"])
def test_same_optimum_with_and_without_a_start(name, engine, monkeypatch):
    """Proves: the start's plan and bound are valid. Were the bound none, or the plan infeasible,
    values would differ."""
    model = build_model(read(name))
    settings = Settings(gap=1e-4, time_limit_s=60, seed=0)
    plain = run(model, settings, engine)
    monkeypatch.setattr(start, "LARGE", 0)
    started = run(model, settings, engine)
    assert violation(model.frame, started.solution) <= FEASIBILITY
    for one, other in zip(plain.objectives, started.objectives, strict=True):
        assert relative_gap(one.value, other.value) <= 3e-4
        assert other.gap is not None
        assert other.gap <= settings.gap


def test_a_large_model_has_a_good_plan_early(engine):
    """12 systems × 8 sites × 16 quarters: the start alone comes within 1 % of its bound."""
    model = build(make_inputs(generated(12, 8, 16)))
    outcome = run(model, Settings(gap=1e-2, time_limit_s=60, seed=0), engine)
    assert outcome.objectives[0].proven
    assert violation(model.frame, outcome.solution) <= FEASIBILITY


def test_a_search_from_a_start_does_not_look_for_one(engine, monkeypatch):
    """Proves: only the search over all of a large model that has a start is told that it begins
    near its bound, and HiGHS then leaves out what finds plans at the root."""
    asked = []
    original = engine.solve

    def solve(proto, **options):
        asked.append((options.get("near", False), options.get("hint") is not None))
        return original(proto, **options)

    monkeypatch.setattr(engine, "solve", solve)
    monkeypatch.setattr(start, "LARGE", 0)
    model = build_model(read("diversified"))
    start.solve_with_start(
        model.frame,
        model.objectives[0],
        engine,
        time_limit_s=60,
        gap=1e-4,
        seed=0,
        solver="HIGHS",
        watch=None,
    )
    assert asked[-1] == (True, True)
    assert not any(near for near, _ in asked[:-1])
    root = "mip_heuristic_run_root_reduced_cost"
    options = {
        near: worker._highs(Request(b"", "HIGHS", 1.0, 0.0, 0, near=near), LARGE).bool_options
        for near in (False, True)
    }
    assert root not in options[False]
    assert options[True][root] is False
