"""What `planner explain` says of a scenario without a plan is what `planner solve` says, and what
each way out would be worth."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.solver.engine import Engine
from planner.solver.limit_parameters import moved
from planner.solver.relaxation import RelaxationSearch
from planner.study.explain import explain_any
from planner.study.explanation import ExplainOptions, Explanation
from tests.infeasible.scenarios import NAMED, SCENARIOS, way_of


def told(name: str, engine: Engine, *overrides: str, **options: float) -> Explanation:
    return explain_any(
        NAMED[name].loaded(overrides), engine, ExplainOptions(**{"within_s": 60, **options})
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["power", "lots", "power-late", "two-power-and-budget"])
def test_the_refusal_is_that_of_solve_with_values(name: str, engine: Engine) -> None:
    """Proves: one refusal. Ways out of either kind, the combinations, what can be had; and of each
    way that was solved for, its cost."""
    found, said = NAMED[name], told(name, engine)
    assert (said.outcome, said.status) == ("no plan", "infeasible")
    assert {way_of(way) for way in said.repairs} == found.ways
    assert {limit.limit for limit in said.conflict} & found.causes
    assert all(limit.place and limit.line for limit in said.conflict)
    assert len(said.servable) == len(found.most)
    assert said.cheapest is not None
    assert all(
        way.verified and way.value is not None
        for way in (*said.repairs, said.cheapest)
        if way.changes[0].kind
    )
    assert said.notes == []


def test_as_json(engine: Engine) -> None:
    """Proves: the keys that scripts read."""
    found = json.loads(told("only-just", engine).to_json())
    (power, _) = sorted(
        (way for way in found["repairs"]), key=lambda way: way["changes"][0]["sense"] != "at most"
    )
    assert power.keys() == {"changes", "size", "least", "verified", "value", "says"}
    (change,) = power["changes"]
    assert change.keys() >= {
        "limit",
        "when",
        "sense",
        "amount",
        "to",
        "to_period",
        "unit",
        "place",
        "says",
        "path",
        "kind",
    }
    assert (change["limit"], change["amount"], change["to"], change["unit"]) == (
        "power at x",
        4.9,
        5.0,
        "MW",
    )
    assert change["place"].endswith(
        NAMED["only-just"].loaded().mark("sites.0.power.2026-Q1").__str__().rpartition("/")[2]
    )
    assert found["servable"][0]["says"] == "only just short: 80 accelerators"
    assert {"limit", "says", "path", "place", "line"} <= found["conflict"][0].keys()


@pytest.mark.parametrize(
    ("name", "enough", "too_little", "way"),
    [
        (
            "power",
            "sites.x.power.2026-Q1=5 MW",
            "sites.x.power.2026-Q1=4.99 MW",
            "power at x in 2026-Q1..2026-Q4: 5 MW",
        ),
        (
            "only-just",
            "demands.d.need.2026-Q1=3920 accelerators",
            "demands.d.need.2026-Q1=3921 accelerators",
            "demand d in 2026-Q1..2026-Q4: 3920 accelerators",
        ),
        (
            "power-late",
            "demands.d.need={2026-Q3: 4000 accelerators}",
            "demands.d.need={2026-Q2: 801 accelerators}",
            "demand d: from 2026-Q3",
        ),
        (
            "budget-cumulative",
            "budget.cumulative.2026-Q2=100 MUSD",
            "budget.cumulative.2026-Q2=99.9 MUSD",
            "budget cumulative in 2026-Q2: 100 MUSD",
        ),
        (
            "delivery-rate",
            "supply.0.per_period=250 systems",
            "supply.0.per_period=249 systems",
            "delivery rate of hgx-h100 in 2026-Q1..2026-Q4: 250 systems",
        ),
        (
            "share-cap",
            "diversification.0.max_share=79 %",
            "diversification.0.max_share=78.85 %",
            "share of each supplier by spend: 79 %",
        ),
        (
            "whole-machines",
            "sites.x.power.2026-Q1=1.27 MW",
            "sites.x.power.2026-Q1=1.269 MW",
            "power at x in 2026-Q1..2026-Q4: 1.27 MW",
        ),
    ],
)
def test_the_amount_told_is_the_least_also_in_the_file(
    name: str, enough: str, too_little: str, way: str, engine: Engine
) -> None:
    """The amounts of the heads, written into the scenario: with them there is a plan, with a little
    less there is none."""
    assert told(name, engine, enough, most=0, within_s=5).outcome == "plan"
    assert told(name, engine, too_little, within_s=0).outcome == "no plan"
    assert way in NAMED[name].ways


def test_without_time_it_says_so(engine: Engine) -> None:
    found = told(SCENARIOS[0].name, engine, within_s=0)
    assert (found.repairs, found.cheapest) == ([], None)
    assert any("--within" in note for note in found.notes)


def test_a_repair_that_does_not_do_is_not_called_verified(engine: Engine) -> None:
    """Proves: verification looks. Half of what power needs is no way out, and is not said to be
    one."""
    model = build(make_inputs(NAMED["power"].loaded().case))
    ways = RelaxationSearch(model.frame, engine, 0, time.perf_counter() + 30, model.objectives[0])
    found = ways.alone("power at x")
    assert found is not None
    ((parameter, by),) = found.changes
    assert by == pytest.approx(2)
    half = ways.verified(
        replace(found, changes=((parameter, by / 2),), least=False, verified=False, value=None)
    )
    assert (half.verified, half.value) == (False, None)
    assert not ways._holds(moved(ways.frame, [(parameter, by - 0.01)]))
