"""A plan that is said to survive a loss survives every single one: what is left is counted again,
demand by demand, loss by loss."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from planner.capabilities.demand.case import CaseDemand
from planner.capabilities.sourcing.case import CaseSurvival
from planner.core.case import Case
from planner.errors import InfeasibleError
from planner.plan.schema import Plan
from planner.solver.engine import Engine
from tests.builders import compute, deployment, site, solved, survival, system, tiny
from tests.model.random_cases import LEVELS, cases
from tests.model.second_rules import makers
from tests.properties import Draw, assume, examples

Left = dict[tuple[str, str], float]
"""(system, site) → machines that still run."""


def gives(case: Case, demand: CaseDemand, system_id: str) -> float:
    """What one machine is to a demand, in its own unit."""
    s = case.system[system_id]
    if demand.precision is None:
        return float(s.accelerators)
    used = s.mfu.get(demand.precision, 0.0) * case.goodput if demand.basis == "delivered" else 1.0
    return s.peak_flop_s.get(demand.precision, 0.0) * used


def can_serve(case: Case, left: Left, needs: dict[str, float]) -> bool:
    """Whether the machines that are left can be divided so that each demand gets its need: a linear
    program of its own, after the loss."""
    demands = [d for d in case.demands if needs.get(d.id, 0.0) > 0]
    columns = [
        (d, key)
        for d in demands
        for key in left
        if key[0] in d.systems and key[1] in d.sites and gives(case, d, key[0]) > 0
    ]
    if any(all(d is not mine for mine, _ in columns) for d in demands):
        return False
    served = [
        [-gives(case, d, key[0]) / needs[d.id] if d is mine else 0.0 for mine, key in columns]
        for d in demands
    ]
    shared = [
        [1.0 if key == where and d.kind == kind else 0.0 for d, key in columns]
        for where in left
        for kind in ("compute", "deployment")
    ]
    room = [left[where] + 1e-6 for where in left for _ in range(2)]
    answer = linprog(
        np.zeros(len(columns)),
        A_ub=np.array([*served, *shared]),
        b_ub=[*[-1 + 1e-5] * len(demands), *room],
    )
    return bool(answer.status == 0)


def losses(case: Case, v: CaseSurvival) -> list[tuple[str, ...]]:
    """Every choice of who stops."""
    groups = sorted(
        {name for s in case.systems for w in case.sites for name in makers(s, w, v.level)}
    )
    return list(itertools.combinations(groups, min(v.losses, len(groups))))


def after(case: Case, plan: Plan, t: int, v: CaseSurvival, gone: tuple[str, ...]) -> Left:
    """What still runs in a period when these stop."""
    label = case.timeline.periods[t].label
    runs: Left = {
        (row.system, row.site): float(row.units) for row in plan.fleet if row.period == label
    }
    hit = {
        key: bool(set(makers(case.system[key[0]], case.site[key[1]], v.level)) & set(gone))
        for key in runs
    }
    return {key: n * (1 - v.lost * hit[key]) for key, n in runs.items()}


def measure(case: Case, v: CaseSurvival, system_id: str) -> float:
    """What one machine is to the fleet."""
    s = case.system[system_id]
    known = {
        "compute": s.delivered_flop_s(v.precision, case.goodput),
        "units": s.accelerators,
        "power": s.nameplate_w * (1 + s.it_overhead),
    }
    return known[v.metric]


def survives(case: Case, plan: Plan) -> None:
    """Every loss in every period, all demands that must survive it at once."""
    for v in case.survival:
        together = [
            w
            for w in case.survival
            if (w.level, w.losses, w.lost) == (v.level, v.losses, v.lost) and w.demand
        ]
        for t in range(len(case.timeline)):
            for gone in losses(case, v):
                left = after(case, plan, t, v, gone)
                if v.demand is None:
                    whole = after(case, plan, t, v, ())
                    count = [
                        sum(n * measure(case, v, key[0]) for key, n in machines.items())
                        for machines in (left, whole)
                    ]
                    assert count[0] >= v.serves * count[1] * (1 - 1e-6) - 1e-6, (v, t, gone)
                else:
                    need = {d.id: d.need[t] for d in case.demands}
                    needs: dict[str, float] = {}
                    for w in together:
                        needs[str(w.demand)] = max(
                            needs.get(str(w.demand), 0.0), w.serves * need[str(w.demand)]
                        )
                    assert can_serve(case, left, needs), (v, t, gone, left, needs)


def check(case: Case, engine: Engine) -> None:
    try:
        plan = solved(case, engine).plan
    except InfeasibleError:
        assume(False)
        return
    survives(case, plan)


@examples(3, slow=160)
def test_what_is_said_to_survive_does(draw: Draw, engine: Engine) -> None:
    case = cases(draw, priced=True)
    assume(case.survival)
    check(case, engine)


def insured(draw: Draw) -> Case:
    """Three suppliers with three makes of memory at two sites, and one to three demands that must
    survive one or two losses."""
    machines = [
        system(
            name,
            price=draw.integer(1, 4),
            pflops=draw.integer(1, 3),
            accelerators=draw.integer(1, 2),
            upstream={"memory": draw.some(["k", "m", "s"], most=2)},
        )
        for name in "abc"
    ]
    demands = [
        draw.one_of([compute, deployment])(
            draw.integer(1, 6),
            name=f"d{i}",
            of=draw.one_of([None, ["a", "b"], ["b", "c"]]),
            at=draw.one_of([None, None, ["x"]]),
        )
        for i in range(draw.integer(1, 3))
    ]
    level, number = draw.one_of(LEVELS), draw.one_of([1, 1, 2])
    lost = draw.one_of([1.0, 0.5])
    case = tiny(
        systems=machines,
        sites=[site("x", power=40, region="east"), site("y", power=40, region="west")],
        demands=demands,
        survive=[
            survival(
                level, losses=number, lost=lost, of=d["id"], serves=draw.one_of([0.25, 0.5, 1.0])
            )
            for d in demands
        ],
    )
    draw.note(case.model_dump_json())
    return case


@examples(3, slow=160)
def test_demands_that_compete_survive_together(draw: Draw, engine: Engine) -> None:
    case = insured(draw)
    check(case, engine)


def test_the_count_bites(engine: Engine) -> None:
    """A plan without insurance does not survive the count."""
    case = tiny(
        systems=[system("a"), system("b", price=2)], sites=[site(power=9)], demands=[compute(2)]
    )
    plan = solved(case, engine).plan
    with pytest.raises(AssertionError):
        survives(
            tiny(
                systems=[system("a"), system("b")],
                demands=[compute(2)],
                survive=[survival(of="c", serves=0.5)],
            ),
            plan,
        )
