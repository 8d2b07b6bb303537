"""What a solver may say is not believed before it is checked: violated rows, wrong bounds,
unbounded objectives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from planner.assembly.audit import findings_of
from planner.assembly.extract import extract
from planner.core.case import Case
from planner.errors import SolverError, UnboundedError
from planner.model.family import Model
from planner.solver.crosscheck import FEASIBILITY, violation
from planner.solver.engine import Engine
from planner.solver.messages import SolveResult
from planner.solver.run import run
from tests.builders import (
    EXACT,
    budget,
    deployment,
    fleet,
    goal,
    model_of,
    site,
    solved,
    supply,
    system,
    tiny,
)


class Says:
    """A solver that always gives the same answer."""

    def __init__(self, answer: SolveResult) -> None:
        self.answer = answer

    def solve(self, proto: Any, **options: Any) -> SolveResult:
        return self.answer


def told(values: np.ndarray | None, *, bound: float | None = None, reason: str = "optimal") -> Any:
    packed = None if values is None else values.astype(np.float64).tobytes()
    return Says(
        SolveResult(
            reason=reason,
            objective=None,
            bound=bound,
            values=packed,
            duals=None,
            seconds=0.1,
            detail="as told",
        )
    )


def small() -> tuple[Case, Model, np.ndarray]:
    """3 machines on 3 MW, and the one plan that has them."""
    case = tiny(sites=[site(power=3)], goals=["maximize accelerators"])
    model = model_of(case)
    plan = np.zeros(model.frame.column_count)
    for name, value in (("delivered", 3), ("in_service", 3), ("built", 3), ("capex", 3)):
        plan[model.frame.variables[name].index.ravel()] = value
    assert violation(model.frame, plan) == 0
    return case, model, plan


def column(model: Model, name: str) -> int:
    return int(model.frame.variables[name].index.ravel()[0])


def test_a_true_answer_is_taken() -> None:
    _case, model, plan = small()
    outcome = run(model, EXACT, told(plan, bound=3.0))
    assert (outcome.status, outcome.objectives[0].value, outcome.objectives[0].gap) == (
        "optimal",
        3.0,
        0.0,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("in_service", 3.1),  # a row: more runs than was delivered
        ("delivered", 2.9),  # not whole
        ("built", -1.0),  # below its bound
        ("delivered", 4.0),  # above its bound
        ("capex", float("nan")),
        ("in_service", float("inf")),
    ],
)
def test_an_answer_that_breaks_the_model_is_refused(name: str, value: float) -> None:
    """Proves: rows, bounds, whole numbers and nonsense are all checked. Without the check: a plan
    that does not add up."""
    _case, model, plan = small()
    plan[column(model, name)] = value
    with pytest.raises(SolverError, match="breaks a row"):
        run(model, EXACT, told(plan, bound=4.0))


def test_rounding_is_not_a_violation() -> None:
    _case, model, plan = small()
    plan[column(model, "in_service")] += 1e-7
    assert 0 < violation(model.frame, plan) < FEASIBILITY
    assert run(model, EXACT, told(plan, bound=3.0)).status == "optimal"


def test_violation_is_relative_to_the_size_of_a_row() -> None:
    """Proves: 0.05 of 100 000 machines is rounding, 0.05 of 3 is not."""
    case = tiny(sites=[site(power=100_000)], goals=["maximize accelerators"])
    model = model_of(case)
    plan = np.zeros(model.frame.column_count)
    for name in ("delivered", "in_service", "built", "capex"):
        plan[model.frame.variables[name].index.ravel()] = 100_000
    plan[column(model, "built")] -= 0.05
    assert violation(model.frame, plan) < 1e-6
    _, model, plan = small()
    plan[column(model, "built")] -= 0.05
    assert violation(model.frame, plan) > 1e-3


def test_a_bound_that_contradicts_the_plan_is_an_error() -> None:
    """Proves: a maximum of at most 2.5 beside a plan of 3 is a fault of the solver. Without the
    check: it was called a gap of nothing."""
    _case, model, plan = small()
    with pytest.raises(
        SolverError, match=r"the solver's bound 2.5 contradicts its own plan of 3 accelerators"
    ):
        run(model, EXACT, told(plan, bound=2.5))


def test_a_bound_off_by_rounding_is_no_gap() -> None:
    _case, model, plan = small()
    (result,) = run(model, EXACT, told(plan, bound=3.0 - 1e-7)).objectives
    assert (result.bound, result.gap) == (3.0, 0.0)


def test_an_infinite_bound_is_none() -> None:
    _case, model, plan = small()
    (result,) = run(model, EXACT, told(plan, bound=float("inf"), reason="feasible")).objectives
    assert (result.bound, result.gap, result.proven) == (None, None, False)


def test_another_end_is_an_error_in_the_solvers_words() -> None:
    _case, model, _ = small()
    with pytest.raises(SolverError, match="stopped without a plan: numerical_error as told"):
        run(model, EXACT, told(None, reason="numerical_error"))


def test_unbounded_with_a_plan_in_hand_is_unbounded() -> None:
    """Proves: the first plan on the way to infinity is no answer."""
    _case, model, plan = small()
    with pytest.raises(UnboundedError):
        run(model, EXACT, told(plan, reason="unbounded"))


UNBOUNDED = {
    "nothing limits it": tiny(goals=["maximize compute"]),
    "accelerators": tiny(goals=["maximize accelerators"]),
    "one of two sites is not limited": tiny(
        sites=[site("x", power=3), site("y")], goals=["maximize compute"]
    ),
    "only another system is allocated": tiny(
        systems=[system("a"), system("b")],
        supply=[supply("b", cumulative=3)],
        goals=["maximize compute"],
    ),
    "only the first year has a budget": tiny(
        periods=2, budget=budget(by_period={0: 3}), goals=["maximize compute"]
    ),
    "power limits what draws none": tiny(
        systems=[system(mw=0)], sites=[site(power=3)], goals=["maximize compute"]
    ),
    "a budget limits what costs nothing": tiny(
        systems=[system(price=0)], budget=budget(capex=3), goals=["maximize compute"]
    ),
}


@pytest.mark.parametrize("name", UNBOUNDED)
def test_unbounded(name: str, engine: Engine) -> None:
    """Proves: the error names the objective and what to give. Without: no plan, or one that ends
    where the solver got tired."""
    with pytest.raises(
        UnboundedError,
        match=r"nothing limits `maximize \w+ \([\w ,]+\)`: give a budget, a supply, or power",
    ) as caught:
        solved(UNBOUNDED[name], engine)
    assert caught.value.exit_code == 1


BOUNDED: dict[str, tuple[Case, float]] = {
    "supply": (tiny(supply=[supply(cumulative=3)], goals=["maximize compute"]), 3),
    "budget": (tiny(budget=budget(capex=3), goals=["maximize compute"]), 3),
    "total budget through energy alone": (
        tiny(
            systems=[system(price=0)],
            sites=[site(energy=1)],
            budget=budget(total=3),
            goals=["maximize compute"],
        ),
        3,
    ),
    "no candidate may be placed": (tiny(systems=[system(sites=[])], goals=["maximize compute"]), 0),
    "judged before anything can arrive": (
        tiny(periods=2, systems=[system(lead=1)], goals=[goal("maximize compute", at=0)]),
        0,
    ),
    "a demand is no limit from above": (
        tiny(sites=[site(positions=3)], demands=[deployment(1)], goals=["maximize compute"]),
        3,
    ),
    "what stands": (
        tiny(systems=[system(sites=[])], fleet=[fleet("a", 3)], goals=["maximize compute"]),
        3,
    ),
}


@pytest.mark.parametrize("name", BOUNDED)
def test_bounded(name: str, engine: Engine) -> None:
    """Proves: each of these alone is enough to bound the answer."""
    case, value = BOUNDED[name]
    assert solved(case, engine).value == pytest.approx(value)


class Sloppy:
    """A real engine whose first answer is `values`."""

    def __init__(self, engine: Engine, values: np.ndarray) -> None:
        self.engine, self.values, self.asked = engine, values, 0

    def solve(self, proto: Any, **options: Any) -> SolveResult:
        self.asked += 1
        if self.asked > 1:
            return self.engine.solve(proto, **options)
        return SolveResult(
            "optimal", None, 3.0, self.values.astype(np.float64).tobytes(), None, 0.1, ""
        )


def test_crumbs_of_machines_are_swept_up(engine: Engine) -> None:
    """Proves: with 0.9999995 and 2.0000005 machines, and two demands that live on the residues, all
    is solved again for 1 and 2.

    Without the care: both demands share 3 machines of which a millionth does not exist, and the
    audit refuses the plan.
    """
    case = tiny(
        periods=2,
        sites=[site(power=[1, 3])],
        demands=[deployment([0, 2], name="d"), deployment([0, 1], name="e")],
    )
    model = model_of(case)
    plan = np.zeros(model.frame.column_count)
    blocks = model.frame.variables
    plan[blocks["delivered"].index.ravel()] = [0.9999995, 2.000001]
    plan[blocks["in_service"].index.ravel()] = [0.9999995, 3.0000005]
    plan[blocks["built"].index.ravel()] = [0.9999995, 3.0000005]
    plan[blocks["capex"].index.ravel()] = [0.9999995, 2.000001]
    assigned = blocks["assigned"].index
    plan[assigned[0].ravel()] = [0.0, 2.0000005]
    plan[assigned[1].ravel()] = [0.0, 1.0]
    assert 0 < violation(model.frame, plan) < FEASIBILITY
    outcome = run(model, EXACT, Sloppy(engine, plan))  # type: ignore[arg-type]
    assert outcome.solution[blocks["delivered"].index.ravel()].tolist() == [1.0, 2.0]
    assert violation(model.frame, outcome.solution) < 1e-9
    assert findings_of(extract(case, model, outcome, EXACT)) == []


def test_whole_numbers_that_are_whole_are_not_solved_again(engine: Engine) -> None:
    case = tiny(sites=[site(power=3)], demands=[deployment(3)])
    model = model_of(case)
    plan = np.zeros(model.frame.column_count)
    for name in ("delivered", "in_service", "built", "capex"):
        plan[model.frame.variables[name].index.ravel()] = 3.0
    engine_ = Sloppy(engine, plan)
    run(model, EXACT, engine_)  # type: ignore[arg-type]
    assert engine_.asked == 2  # the plan, and what a second solver says of it


def test_a_plan_that_lived_on_crumbs(engine: Engine) -> None:
    """Proves: found by chance, 3000 random cases in: HiGHS bought a millionth of a machine, and
    demands lived on it."""
    priced = deployment([1, 1, 3], name="d0", price=1.75)
    hard = deployment([0, 0, 2], name="d1")
    common = dict(software="one", supplier="p", racks=0.5, pflops=0.25, mfu=0.5)
    case = tiny(
        periods=3,
        systems=[
            system("s0", mw=0.25, price=0.25, latest=0, **common),
            system("s1", mw=1.25, price=5, fabric=0.25, accelerators=4, **common),
            system("s2", mw=0.25, price=2.75, fabric=0.25, **common),
        ],
        sites=[site(power=[0, 15, 15], pue_peak=1.5, construction=0.5)],
        supply=[supply("s0", each=1)],
        fleet=[fleet(name, 1, retire=True) for name in ("s0", "s1", "s2")],
        demands=[priced, hard],
        budget=budget(total=10, by_period={0: 10}, cumulative={0: 10}),
        goals=["minimize capex"],
    )
    answer = solved(case, engine)
    assert answer.plan.demands[-1].short == 0
    assert answer.value == pytest.approx(6.25 + 0.625, abs=1e-4)
