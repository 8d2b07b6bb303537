"""The model against a second formulation, a second solver, and every plan there is."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from planner.assembly.derived import limit_rows
from planner.capabilities.objectives.derive import objective_value
from planner.capabilities.sites.tables import Built
from planner.capabilities.sourcing.derive import share_rows
from planner.capabilities.supply.tables import Purchase
from planner.core.case import Case
from planner.errors import InfeasibleError
from planner.plan.derive import Decisions, Derivation
from planner.solver.engine import Engine
from tests.builders import (
    EXACT,
    at_least,
    budget,
    cap,
    compute,
    deployment,
    fleet,
    goal,
    grade,
    network,
    power,
    site,
    solved,
    supply,
    system,
    tiny,
)
from tests.model.random_cases import cases
from tests.model.random_generation import generation_cases
from tests.model.second import best
from tests.properties import Draw, examples, proven


def answer_of(case: Case, engine: Engine, solver: str = "HIGHS") -> float | None:
    """Optimal value of the first objective; None if there is no plan."""
    try:
        answer = solved(case, engine, settings=replace(EXACT, solver=solver))
    except InfeasibleError as error:
        assert error.refusal.conflict, error.refusal.findings
        return None
    proven(answer.outcome.status)
    assert answer.plan is not None
    return answer.outcome.objectives[0].value


def close(value: float | None) -> object:
    return value if value is None else pytest.approx(value, rel=1e-5, abs=1e-5)


def against_second(case: Case, engine: Engine) -> None:
    assert answer_of(case, engine) == close(best(case))


def against_scip(case: Case, engine: Engine) -> None:
    assert answer_of(case, engine, "GSCIP") == close(answer_of(case, engine))


@examples(21, slow=300)
def test_second_formulation(draw: Draw, engine: Engine) -> None:
    case = cases(draw, orders=True)
    against_second(case, engine)


@examples(21, slow=300)
def test_second_formulation_of_generation(draw: Draw, engine: Engine) -> None:
    """Sites that draw more than their connection, whose load stands in steps."""
    against_second(generation_cases(draw), engine)


def tiny_powers(draw: Draw) -> Case:
    """Two machines at one or two sites, one of them in a network, that must draw something and may
    draw no more than something else; no amount is met by a hair."""
    places = ["x", "y"][: draw.integer(1, 2)]
    need = draw.integer(1, 5) + 0.37
    basis, load = draw.one_of(
        [("it", "nameplate"), ("it", "peak"), ("facility", "nameplate"), ("utility", "average")]
    )
    return tiny(
        systems=[
            system("a", mw=1.0, peak_mw=0.75, average_mw=0.5, price=draw.integer(2, 9) / 4),
            system("b", mw=0.5, price=draw.integer(2, 9) / 4, sites=[places[-1]]),
        ],
        sites=[
            site(place, pue=draw.one_of([1.0, 1.25]), pue_peak=1.5, energy=draw.integer(0, 2) / 4)
            for place in places
        ],
        networks=[
            network(
                grade(1, most=2, per=2, mw=0.25, typical_mw=0.125),
                grade(2, per=draw.one_of([1.5, 2.0]), mw=draw.one_of([0.5, 1.0]), typical_mw=0.5),
            )
        ],
        demands=[
            power(
                need,
                basis,
                load,
                of=draw.one_of([None, ["a"]]),
                at=draw.one_of([None, ["x"]]),
                most=draw.one_of([None, need + draw.integer(0, 8) / 4]),
            ),
            *([deployment(draw.integer(1, 2))] if draw.chance(0.3) else []),
        ],
        supply=[supply("a", cumulative=7), supply("b", cumulative=7)],
        utility_loss=draw.one_of([0.0, 0.2]),
    )


@examples(10, slow=50)
def test_every_plan_that_draws_enough(draw: Draw, engine: Engine) -> None:
    """The best of all plans, with up to 7 of each machine, is the model's, and so is that there is
    none."""
    case = tiny_powers(draw)
    assert answer_of(case, engine) == close(every_plan(case, 7))


@examples(10, slow=100)
def test_second_formulation_of_power(draw: Draw, engine: Engine) -> None:
    against_second(tiny_powers(draw), engine)


@examples(11, slow=150)
def test_second_solver(draw: Draw, engine: Engine) -> None:
    case = cases(draw, orders=True)
    against_scip(case, engine)


TWO = [system("a", pflops=2), system("b", mw=0.75, price=2, accelerators=2)]
ENUMERABLE = {
    "demand": tiny(systems=TWO, demands=[deployment(5, of=["b"]), compute(5)]),
    "rivals at a price": tiny(
        systems=[system("a")],
        periods=2,
        sites=[site(power=3)],
        demands=[deployment([2, 3], name="d", price=1.5)],
        discount=0.1,
    ),
    "power in steps": tiny(
        systems=TWO, periods=2, sites=[site(power=[1, 3])], goals=["maximize compute"]
    ),
    "budget and residual": tiny(
        systems=TWO,
        sites=[site(energy=1, construction=1)],
        budget=budget(total=9.5),
        demands=[deployment(3)],
        worth=True,
        discount=0.1,
    ),
    "share": tiny(systems=TWO, sites=[site(power=4)], rules=[cap(0.6)], goals=["maximize compute"]),
    "suppliers": tiny(
        systems=TWO,
        sites=[site(power=4)],
        rules=[at_least(2, meaningful=0.4)],
        goals=["maximize compute"],
    ),
    "supply and sites": tiny(
        systems=[system("a")],
        sites=[site("x", power=2, energy=2), site("y", positions=1)],
        supply=[supply(cumulative=3)],
        demands=[compute(3)],
    ),
    "fleet and fit-out": tiny(
        systems=[system("a", fit_out=1)],
        periods=3,
        sites=[site(power=[2, 3, 4])],
        fleet=[fleet("a", 1)],
        demands=[deployment([1, 3, 4], price=1)],
    ),
    "judged at a date": tiny(
        systems=TWO,
        periods=2,
        sites=[site(power=[1, 3])],
        goals=[goal("maximize accelerators", at=0)],
    ),
}


def every_plan(case: Case, most: int) -> float | None:
    """The best of all plans with up to `most` of each delivery, found by trying each on the second
    road; None if none holds."""
    labels = [p.label for p in case.timeline.periods]
    slots = [
        (s, where, t)
        for s in case.systems
        for where in s.sites
        for t in range(len(labels))
        if case.arrivals[s.id][t] is not None
    ]
    found: list[float] = []
    for counts in itertools.product(range(most + 1), repeat=len(slots)):
        purchases = [
            Purchase.model_construct(system=s.id, site=where, delivered=labels[t], units=n)
            for (s, where, t), n in zip(slots, counts, strict=True)
            if n
        ]
        derived = Derivation(case, Decisions({"purchases": purchases}))
        built = []
        for place in case.sites:
            stands = derived.existing_mw(place)
            for t, label in enumerate(labels):
                stands = max(stands, derived.sized_w(place, t)["it"] / 1e6)
                built.append(Built(site=place.id, period=label, it_mw=stands))
        derived = Derivation(case, Decisions({"purchases": purchases, "built": built}))
        if all(row.headroom >= -1e-9 for row in limit_rows(derived)) and shares_hold(derived):
            found.append(objective_value(derived, 0))
    if not found:
        return None
    return max(found) if case.goals[0].goal.maximize else min(found)


def shares_hold(derived: Derivation) -> bool:
    rows = share_rows(derived)
    for number, rule in enumerate(derived.case.rules, start=1):
        for window in {row.window for row in rows if row.rule == number}:
            mine = [row for row in rows if row.rule == number and row.window == window]
            if any(row.cap is not None and row.share > row.cap + 1e-9 for row in mine):
                return False
            enough = sum(row.share >= rule.meaningful - 1e-9 for row in mine) >= (
                rule.min_suppliers or 0
            )
            if any(row.amount for row in mine) and not enough:
                return False
    return True


@pytest.mark.parametrize("name", ENUMERABLE)
def test_every_plan_there_is(name: str, engine: Engine) -> None:
    """No limit, share or dollar of the enumeration comes from the model, and the best of all plans
    is the model's."""
    case = ENUMERABLE[name]
    value = every_plan(case, 5)
    assert value is not None
    assert answer_of(case, engine) == close(value)
