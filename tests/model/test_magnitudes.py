"""Cases of real size in every figure: thousands of racks, a gigawatt, billions of USD. Tolerances
must not eat a plan there."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from planner.core.case import Case
from planner.errors import InfeasibleError
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
    site,
    solved,
    supply,
    system,
    tiny,
)
from tests.model.second import best
from tests.properties import Draw, examples

GAP = 1e-4


def machines(draw: Draw, name: str, supplier: str) -> dict[str, Any]:
    """A rack or a server, with figures of no round number."""
    accelerators = draw.one_of([8, 64, 72])
    each_kw = draw.real(0.7, 2.3)
    return system(
        name,
        supplier=supplier,
        accelerators=accelerators,
        mw=accelerators * each_kw / 1e3,
        peak_mw=accelerators * each_kw / 1e3 * 0.87,
        average_mw=accelerators * each_kw / 1e3 * 0.71,
        overhead=draw.one_of([0.0, 0.083, 0.14]),
        liquid=draw.one_of([0.0, 0.85, 1.0]),
        price=accelerators * draw.real(0.02, 0.06),
        fabric=draw.one_of([0.0, 0.137]),
        down=draw.one_of([0.0, 0.3]),
        lead=draw.one_of([0, 1, 2]),
        fit_out=draw.one_of([0, 1]),
        pflops=accelerators * draw.real(0.9, 5.0),
        mfu=draw.one_of([0.31, 0.4]),
        form="server" if accelerators == 8 else "rack",
    )


def campuses(draw: Draw) -> Case:
    """One or two campuses over six quarters."""
    periods = 6
    systems = [
        machines(draw, f"s{i}", supplier)
        for i, supplier in enumerate(["n", "m", "g"][: draw.integer(2, 3)])
    ]
    sites = []
    for name in ["x", "y"][: draw.integer(1, 2)]:
        last = draw.real(80, 1200)
        sites.append(
            site(
                name,
                power=[
                    last * f
                    for f in sorted(draw.one_of([0.0, 0.2, 0.55, 1.0]) for _ in range(periods))
                ],
                pue=draw.real(1.05, 1.4),
                pue_peak=1.45,
                sizing=draw.one_of(["nameplate", "peak"]),
                air=draw.one_of([None, last * 0.37]),
                energy=draw.real(0.2, 0.8),
                construction=draw.real(8, 14),
                existing_it=draw.one_of([0.0, last / 7]),
                positions=draw.one_of([None, math.floor(last * 9)]),
            )
        )
    rules = []
    if draw.chance():
        rules.append(
            cap(
                draw.one_of([0.55, 0.6, 0.731]),
                metric=draw.one_of(["spend", "power", "units", "compute"]),
            )
        )
    if draw.chance():
        windows = draw.one_of([None, [(0, 3), (1, 4), (2, 5)]])
        rules.append(
            at_least(
                2,
                meaningful=0.15,
                metric=draw.one_of(["spend", "units", "compute"]),
                windows=windows,
            )
        )
    need = draw.real(1_000, 60_000)
    demands = [
        compute(
            [need * t / periods for t in range(periods)],
            name="train",
            price=draw.one_of([0.3, 1.7]),
        ),
        compute(need / 10, name="serve", price=draw.one_of([0.9, 2.9])),
        deployment(
            [0, 0, 0, *[math.floor(need)] * 3], of=["s0", "s1"], price=draw.real(0.01, 0.05)
        ),
    ]
    case = tiny(
        systems=systems,
        sites=sites,
        supply=[supply(s["id"], each=draw.integer(50, 900)) for s in systems if draw.chance()],
        fleet=[fleet("s0", draw.integer(1, 40), retire=draw.chance())]
        if sites[0]["power_w"][0] > 20
        else [],
        demands=draw.shuffled(demands)[: draw.integer(1, 3)],
        rules=rules,
        budget=budget(
            capex=draw.one_of([None, 9_000.0]), by_period={3: 2_345.6} if draw.chance() else None
        ),
        goals=[
            draw.one_of(
                [
                    goal("minimize cost"),
                    goal("minimize cost"),
                    goal("maximize compute"),
                    goal("maximize accelerators"),
                ]
            )
        ],
        discount=0.1,
        worth=draw.chance(),
        operations=0.21,
        utility_loss=0.02,
        goodput=0.92,
        first="2026-Q1",
        last="2027-Q2",
        step="quarter",
    )
    draw.note(case.model_dump_json())
    return case


@examples(8)
def test_plans_of_real_size_are_audited_clean(draw: Draw, engine: Engine) -> None:
    case = campuses(draw)
    try:
        assert (
            solved(case, engine, settings=replace(EXACT, gap=1e-2, time_limit_s=10.0)).plan
            is not None
        )
    except InfeasibleError:
        assert case.fleet  # nothing else of these cases can be in the way: demands have a price


@examples(0, slow=150)
def test_plans_of_real_size_against_the_second_formulation(draw: Draw, engine: Engine) -> None:
    """What is proven of the value, and the optimum of the second formulation, agree within the two
    gaps."""
    case = campuses(draw)
    other = best(case, gap=GAP, time_limit_s=20)
    try:
        answer = solved(case, engine, settings=replace(EXACT, gap=GAP, time_limit_s=5.0))
    except InfeasibleError:
        assert other is None
        return
    assert answer.plan is not None
    assert other is not None
    (result,) = answer.outcome.objectives
    size = max(abs(result.value), abs(other), 1.0)
    sign = 1 if case.goals[0].goal.maximize else -1
    assert result.bound is not None
    assert sign * (other - result.bound) <= 1e-5 * size
    if result.proven:
        assert abs(other - result.value) <= 3 * GAP * size
