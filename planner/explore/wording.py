"""How are moves and differences said in one sentence?"""

from __future__ import annotations

import math

from planner.core.limits import PERCENT, POINTS, Unit
from planner.explore.explanation import Objective, Resolved
from planner.pipeline import Difference, Lever

AGREE = 0.1
"""The linear program and the integer model agree when they differ by no more than this share, beyond what the gaps leave open and what
whole machines cost the plan against machines in parts."""


def number(value: float, digits: int = 4) -> str:
    """Four significant digits, whole numbers in full."""
    if value == round(value) and abs(value) < 1e15:
        return f"{value:.0f}"
    text = f"{value:.{digits}g}"
    return f"{float(text):.0f}" if "e+" in text and abs(value) < 1e15 else text


def amount(value: float, unit: Unit, digits: int = 4) -> str:
    """`1 MW`, `1 system`, `20 systems`."""
    return f"{number(value, digits)} {unit.of(value)}".rstrip()


def unit_of(lever: Lever) -> Unit:
    """The unit of a move: a share moves by points."""
    return POINTS if lever.unit == PERCENT else lever.unit


def moves(lever: Lever, by: float) -> str:
    """`1 MW more`."""
    return f"{amount(abs(by), unit_of(lever))} {lever.word(by)}"


def place(lever: Lever) -> str:
    """`power at plains in 2028-Q3..2028-Q4`."""
    return f"`{lever.name}`" + (f" in {lever.when}" if lever.when else "")


def effect(objective: Objective, better: float) -> str:
    """`lowers cost by 0.83 MUSD`."""
    verb, _, what = objective.name.partition(" ")
    lowers = (better > 0) == (verb == "minimize")
    return f"{'lowers' if lowers else 'raises'} {what} by {number(abs(better))} {objective.unit}"


def resolved(what: str, move: str, expected: float | None, found: Difference, objective: Objective, whole: float) -> Resolved:
    """A re-solved move in words; `what` is the subject of the sentence, `whole` what whole machines cost the plan."""
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
        return f"{what} {effect(objective, found.better)} with the plan that was found, and nothing is proven of it"
    span = f"{number(min(abs(found.low), abs(found.high)))} to {number(max(abs(found.low), abs(found.high)))} {objective.unit}"
    if found.within_gap:
        return f"{what}: no effect on {noun} beyond the gap, which leaves {span} open"
    return f"{what} {effect(objective, found.better)} (proven: {span})"


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def unasked() -> Difference:
    """Nothing was solved."""
    return Difference("out of time", None, None, None, "not asked", 0.0)
