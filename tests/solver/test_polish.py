"""Purchases too small to mean anything go where that costs no more than what was asked allows;
bounds and limits stay true."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner.arrays import Floats
from planner.assembly.audit import findings_of
from planner.assembly.extract import extract
from planner.core.case import Case
from planner.errors import InfeasibleError
from planner.model.family import Model
from planner.solver.crosscheck import FEASIBILITY, violation
from planner.solver.engine import Engine
from planner.solver.polish import WORTH, Polish, Polisher, fragments, furthest
from planner.solver.run import Outcome, run
from tests.builders import EXACT, deployment, model_of, site, supply, system, tiny
from tests.drawn_files import drawn_file, solved
from tests.properties import Draw, assume, examples

MANY = 10_000
LOOSE = replace(EXACT, gap=1e-3)
TWINS = [system("a"), system("b")]


def bought(model: Model, solution: Floats) -> dict[str, int]:
    """Systems by product."""
    index = model.decisions.delivered.index
    counts = np.where(index >= 0, np.round(solution[index]), 0.0).sum(axis=(1, 2))
    return {
        name: int(count) for name, count in zip(model.inputs.systems, counts, strict=True) if count
    }


def with_few(model: Model, engine: Engine, few: int) -> Floats:
    """The best plan among those that buy exactly so many of the last product: what a solver may end
    with inside its gap."""
    proto = model.frame.proto(model.objectives[0])
    columns = model.decisions.delivered.index[-1]
    for column in columns[columns >= 0].tolist()[1:]:
        proto.variables.upper_bounds[column] = 0.0
    first = columns[columns >= 0].tolist()[0]
    proto.variables.lower_bounds[first] = proto.variables.upper_bounds[first] = few
    answer = engine.solve(proto, name="with few", time_limit_s=10.0, gap=0.0, seed=0)
    assert answer.values is not None
    return np.frombuffer(answer.values, dtype=np.float64).copy()


def polished(
    case: Case, engine: Engine, few: int, *, gap: float
) -> tuple[Model, Floats, Floats, Polish]:
    """Model, plan with a few of the last product, plan without fragments, and what is said of
    it."""
    model = model_of(case)
    before = with_few(model, engine, few)
    last = model.objectives[-1]
    bound = engine.solve(
        model.frame.proto(last), name="bound", time_limit_s=10.0, gap=0.0, seed=0
    ).bound
    polisher = Polisher(model.frame, model, engine, gap, 0, "HIGHS", time.perf_counter() + 20.0)
    after, said = polisher.polished(before, furthest(last, last.at(before), bound, gap))
    assert violation(model.frame, after) <= FEASIBILITY
    return model, before, after, said


def twins(**more: Any) -> Case:
    """Two products that are the same to everybody, and power for many."""
    more = {"systems": TWINS, "sites": [site(power=MANY)], "goals": ["maximize compute"], **more}
    return tiny(**more)


@pytest.mark.parametrize("few", [1, 13, 99])
def test_of_two_products_that_tie_one_is_bought(engine: Engine, few: int) -> None:
    """Proves: a few of a twin are replaced by the other at once, with nothing given up, though
    nothing may be (gap 0)."""
    model, before, after, said = polished(twins(), engine, few, gap=0.0)
    assert bought(model, before) == {"a": MANY - few, "b": few}
    assert bought(model, after) == {"a": MANY}
    assert said == Polish(fragments=1, kept=0, fewest=True)


def test_a_hundredth_is_no_fragment(engine: Engine) -> None:
    _, before, after, said = polished(twins(), engine, MANY // 100, gap=1e-3)
    assert said == Polish()
    assert (after == before).all()


def test_what_a_demand_asks_for_is_kept(engine: Engine) -> None:
    case = twins(demands=[deployment([2], of=["b"])])
    model, _, after, said = polished(case, engine, 5, gap=1e-3)
    assert bought(model, after) == {"a": MANY - 5, "b": 5} or bought(model, after) == {
        "a": MANY - 2,
        "b": 2,
    }
    assert said == Polish(fragments=1, kept=1, fewest=True)


@pytest.mark.parametrize(
    ("missing", "gap", "gone"),
    [
        (5, 1e-3, True),  # a twentieth of a per cent less, and a tenth is the gap
        (5, 1e-4, False),
        (5, 0.0, False),
        (
            50,
            1e-2,
            False,
        ),  # half a per cent is within the gap, and more than a purchase fewer is worth
    ],
)
def test_no_more_is_given_up_than_the_gap_and_a_thousandth(
    engine: Engine, missing: int, gap: float, gone: bool
) -> None:
    """Of one product 10 000 less `missing` are to be had, and the rest of the power is the
    other's."""
    case = twins(supply=[supply("a", cumulative=[MANY - missing])])
    model, before, after, said = polished(case, engine, missing, gap=gap)
    assert bought(model, before) == {"a": MANY - missing, "b": missing}
    assert said == Polish(fragments=1, kept=int(not gone), fewest=True)
    assert ("b" not in bought(model, after)) == gone
    assert model.objectives[-1].at(after) >= (1 - min(gap, WORTH)) * MANY - 1e-6


def test_fewer_purchases_may_not_cost_more(engine: Engine) -> None:
    """Proves: cost, though no objective, rises by no more than a thousandth. 13 of 10 000 at half
    the price are less, 99 are not."""
    model, before, after, said = polished(
        twins(systems=[system("a", price=100.0), system("b", price=50.0)]), engine, 13, gap=1e-3
    )
    assert (bought(model, after), said.kept) == ({"a": MANY}, 0)
    assert model.tie_break is not None
    assert (
        model.tie_break.at(before)
        < model.tie_break.at(after)
        <= (1 + WORTH) * model.tie_break.at(before)
    )
    model, before, after, said = polished(
        twins(systems=[system("a", price=100.0), system("b", price=0.0)]), engine, 99, gap=1e-3
    )
    assert said == Polish(fragments=1, kept=1, fewest=True)
    assert (after == before).all()


def test_an_earlier_objective_is_held(engine: Engine) -> None:
    """Proves: rows that hold what was asked before stand in the question about purchases. The few
    draw half."""
    frugal = [system("a", mw=1.0), system("b", mw=0.5)]
    case = tiny(
        systems=frugal,
        sites=[site(power=MANY + 1)],
        demands=[deployment([MANY], of=["a", "b"])],
        goals=["minimize cost"],
    )
    model, _, after, said = polished(case, engine, 50, gap=1e-3)
    assert (bought(model, after), said.kept) == ({"a": MANY}, 0)
    held = tiny(
        systems=frugal,
        sites=[site(power=MANY - 10)],
        demands=[deployment([MANY], of=["a", "b"])],
        goals=["minimize cost"],
    )
    model, _, after, said = polished(held, engine, 50, gap=1e-3)
    assert (said.kept, said.fewest) == (1, True)


@pytest.mark.parametrize(
    ("maximize", "value", "bound", "gap", "limit"),
    [
        (True, 1000.0, 1000.0, 1e-3, 999.0),
        (True, 1000.0, 1000.0, 1e-4, 999.9),
        (True, 1000.0, 1000.5, 1e-3, 999.4995),
        (True, 1000.0, 1000.0, 0.1, 999.0),
        (True, 1000.0, 1200.0, 1e-3, 1000.0),
        (True, 1000.0, None, 1e-3, 1000.0),
        (False, 1000.0, 1000.0, 1e-3, 1001.0),
        (False, 1000.0, 999.0, 1e-2, 1001.0),
        (False, -1000.0, -1000.0, 1e-3, -999.0),
        (False, 0.0, 0.0, 1e-3, 0.0),
    ],
)
def test_how_far_the_last_objective_may_go(
    maximize: bool, value: float, bound: float | None, gap: float, limit: float
) -> None:
    last = model_of(twins(goals=["maximize compute" if maximize else "minimize cost"])).objectives[
        -1
    ]
    assert furthest(last, value, bound, gap) == pytest.approx(limit)


def test_the_plan_says_the_value_of_the_polished_plan_and_keeps_the_bound(engine: Engine) -> None:
    """Proves: after `run` the last objective is that of the plan that is shown, with its gap, and
    what it had reached is told."""
    case = twins(supply=[supply("a", cumulative=[MANY - 5])])
    model = model_of(case)
    found = run_on(model, case, engine, few=5)
    last = found.objectives[-1]
    assert (last.value, last.reached, last.bound) == (
        pytest.approx(MANY - 5),
        pytest.approx(MANY),
        pytest.approx(MANY),
    )
    assert found.polish == Polish(fragments=1, kept=0, fewest=True)
    assert (found.status, found.cheapest) == ("optimal", True)
    assert last.gap == pytest.approx(5 / MANY)
    plan = extract(case, model, found, LOOSE)
    assert findings_of(plan) == []
    assert [(row.system, row.units) for row in plan.purchases] == [("a", MANY - 5)]


def run_on(model: Model, case: Case, engine: Engine, few: int) -> Outcome:
    """The outcome of a solver that answers the first question with a few of the last product, and
    others as it does."""

    class First:
        """An engine whose first answer is that plan, with the bound that it had."""

        def __init__(self) -> None:
            self.asked = 0

        def solve(self, proto: Any, **options: Any) -> Any:
            self.asked += 1
            answer = engine.solve(proto, **options)
            return (
                replace(answer, values=with_few(model, engine, few).tobytes())
                if self.asked == 1
                else answer
            )

    return run(model, LOOSE, First())  # type: ignore[arg-type]


@examples(3, slow=60)
def test_drawn_plans_keep_what_was_asked(draw: Draw, engine: Engine) -> None:
    """Proves, on products of the catalog under limits of every kind: a plan has no more fragments
    than it says, and is as good as asked."""
    file = drawn_file(draw)
    assume(len(file["systems"]) > 1)
    if draw.chance():
        file["objective"] = [
            {**file["objective"][0], "tolerance": "1 %"},
            {"minimize": draw.one_of(["power", "capex", "energy"])},
        ]
    draw.note(str(file))
    try:
        found = solved(file, engine)
    except InfeasibleError:
        assume(False)
        raise
    outcome, settings = found.outcome, found.settings
    assert fragments(found.model, outcome.solution).size <= max(
        outcome.polish.kept, outcome.polish.fragments
    )
    assert all(row.gap is not None and row.gap <= settings.gap + 1e-6 for row in outcome.objectives)
    for row, one, said in zip(
        outcome.objectives[:-1], found.model.objectives, found.model.inputs.objectives, strict=False
    ):
        worse = (row.value - one.at(outcome.solution)) * (1 if one.maximize else -1)
        assert worse <= said.tolerance * abs(row.value) + 1e-5 * max(1.0, abs(row.value))


def test_nothing_is_left_out_where_that_is_not_asked_for(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves: without a polish no fragment is looked for, and each is told as kept."""

    def called(*_: object) -> None:
        raise AssertionError("polished")

    monkeypatch.setattr(Polisher, "polished", called)
    model = model_of(tiny(systems=TWINS, demands=[deployment(40)]))
    with pytest.raises(AssertionError, match="polished"):
        run(model, EXACT, engine)
    found = run(model, replace(EXACT, polish=False), engine)
    many = int(fragments(model, found.solution).size)
    assert found.polish == Polish(many, many, fewest=False)
