"""Sentences about a move of one number: what the linear program expects of it, and what solving
again found.
"""

from __future__ import annotations

import math

from planner.core import limits
from planner.numbers import number
from planner.pipeline import Difference, LimitParameter
from planner.study.explanation import Objective, Resolved

AGREE = 0.1
"""The linear program and the integer model agree when they differ by no more than this share,
beyond what the gaps leave open and what whole machines cost the plan against machines in parts."""


def moves(parameter: LimitParameter, by: float) -> str:
    """`1 MW more`."""
    return f"{limits.rounded(abs(by), limits.unit_of_move(parameter.unit))} {parameter.word(by)}"


def effect(objective: Objective, better: float) -> str:
    """`lowers cost by 0.83 MUSD`."""
    return limits.effect(objective.name, objective.unit, better)


def resolved(
    what: str,
    move: str,
    expected: float | None,
    found: Difference,
    objective: Objective,
    whole: float,
) -> Resolved:
    """A re-solved move in words; `what` is the subject of the sentence, `whole` what whole machines
    cost the plan.
    """
    agrees = None
    if found.low is not None and found.high is not None and expected is not None:
        slack = AGREE * abs(expected) + whole + 1e-9 * max(1.0, abs(objective.value))
        agrees = found.low - slack <= expected <= found.high + slack
    return Resolved(
        move=move,
        status=found.status,
        expected=expected,
        better=found.better,
        low=_finite(found.low),
        high=_finite(found.high),
        within_gap=found.within_gap,
        agrees=agrees,
        second=found.second,
        seconds=found.seconds,
        says=_sentence(what, found, objective),
    )


def _sentence(what: str, found: Difference, objective: Objective) -> str:
    if found.status == "no plan":
        return f"{what} leaves no plan"
    if found.better is None or found.low is None or found.high is None:
        return f"{what}: not re-solved ({found.status})"
    noun = objective.name.partition(" ")[2]
    if found.low == found.high == 0:
        return f"{what} changes {noun} by nothing"
    if _finite(found.low) is None or _finite(found.high) is None:
        return (
            f"{what} {effect(objective, found.better)} with the plan that was found, and "
            "nothing is proven of it"
        )
    span = (
        f"{number(min(abs(found.low), abs(found.high)))} to "
        f"{number(max(abs(found.low), abs(found.high)))} {objective.unit}"
    )
    if found.within_gap:
        return f"{what}: no effect on {noun} beyond the gap, which leaves {span} open"
    return f"{what} {effect(objective, found.better)} (proven: {span})"


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def unasked() -> Difference:
    """Nothing was solved."""
    return Difference("out of time", None, None, None, "not asked", 0.0)
