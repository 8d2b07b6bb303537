"""Limits on an HHI in drawn cases: each is answered, within a millionth, and with the value that
SCIP finds with the squares themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from planner.assembly.audit import findings_of
from planner.assembly.extract import extract
from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.core.case import Case
from planner.errors import InfeasibleError
from planner.solver.engine import Engine
from planner.solver.run import run
from tests.builders import EXACT, budget, compute, deployment, rule, site, system, tiny
from tests.model.second import best
from tests.properties import Draw, assume, examples, proven

METRICS = ("units", "spend", "power", "compute")


def drawn(draw: Draw) -> Case:
    """Two to four systems of as many suppliers, whose memory is of one or two of three makers, and
    one limit on an HHI or two."""
    one_of, whole = draw.one_of, draw.integer
    count, periods = whole(2, 4), one_of((1, 1, 2))
    machines = [
        system(
            f"s{i}",
            supplier="pqrs"[i],
            accelerators=whole(1, 4),
            mw=whole(1, 8) / 4,
            price=whole(2, 24) / 4,
            pflops=whole(1, 12) / 4,
            upstream={"memory": list(one_of((("k",), ("m",), ("s",), ("k", "m"), ("m", "s"))))},
        )
        for i in range(count)
    ]
    level, metric = one_of(("supplier", "supplier", "memory")), one_of(METRICS)
    windows: dict[str, Any] = (
        {"of": "fleet", "windows": [(t, t) for t in range(periods)]} if draw.chance(0.4) else {}
    )
    least = 1 / count if level == "supplier" else 0.5
    index = round(least + (1 - least) * one_of((0.05, 0.2, 0.35, 0.5, 0.7)), 3)
    rules = [rule("max_hhi", index, metric=metric, level=level, **windows)]
    if draw.chance(0.3):
        rules.append(rule("max_hhi", round(min(1.0, 1 / count + 0.3), 3), metric=one_of(METRICS)))
    need = whole(2, 20)
    return tiny(
        systems=machines,
        periods=periods,
        sites=[site(power=whole(20, 60))],
        demands=[deployment([need] * periods) if draw.chance() else compute([need / 2] * periods)],
        rules=rules,
        goals=["minimize cost" if draw.chance(0.7) else "maximize compute"],
        budget=budget(capex=whole(40, 120)),
    )


def answered(case: Case, engine: Engine) -> float | None:
    """The optimum, its plan audited; None if there is none."""
    model, settings = build(make_inputs(case)), replace(EXACT, remedies_s=0.0)
    try:
        outcome = run(model, settings, engine)
    except InfeasibleError:
        return None
    proven(outcome.status)
    plan = extract(case, model, outcome, settings)
    assert [p.concise() for p in findings_of(plan)] == []
    assert all(row.cap is None or row.hhi <= row.cap + 1e-6 for row in plan.concentrations)
    return outcome.objectives[0].value


@examples(15, slow=60)
def test_the_answer_is_that_of_scip(draw: Draw, engine: Engine) -> None:
    """Proves: the rows of the polyhedral cone lose no plan and let none through."""
    case = drawn(draw)
    value = answered(case, engine)
    assert best(case) == (None if value is None else pytest.approx(value, rel=1e-5, abs=1e-5))


@examples(5, slow=300)
def test_every_question_ends(draw: Draw, engine: Engine) -> None:
    """Proves: with a plan that is optimal and keeps the limit, of which there are enough, or with
    limits that cannot hold together."""
    case = drawn(draw)
    assume(answered(case, engine) is not None)
