"""Sentences about limits, moves and objectives: one writer, so that a refusal, a repair and a sensitivity speak alike."""

from __future__ import annotations

from planner.core.limits import PERCENT, POINTS, Unit
from planner.numbers import exact, number


def amount(value: float, unit: Unit) -> str:
    """`1 system`, `20 systems`, `12.5 MW`, with nothing lost that counts."""
    return f"{exact(value)} {unit.of(value)}".rstrip()


def rounded(value: float, unit: Unit) -> str:
    """The same with four significant digits."""
    return f"{number(value)} {unit.of(value)}".rstrip()


def unit_of_move(unit: Unit) -> Unit:
    """A share moves by points."""
    return POINTS if unit == PERCENT else unit


def where(limit: str, when: str = "") -> str:
    """`power at plains in 2028-Q3..2028-Q4`, with the limit as a name."""
    return f"`{limit}`" + (f" in {when}" if when else "")


def change(limit: str, when: str, before: float, to: float, unit: Unit) -> str:
    """A number that is another."""
    move = f"{amount(abs(to - before), unit_of_move(unit))} {'more' if to > before else 'less'}"
    return f"{where(limit, when)}: {amount(to, unit)} instead of {exact(before)}, {move}"


def change_of_date(limit: str, value: float, unit: Unit, period: str, before: str) -> str:
    """A step that comes at another date."""
    return f"{where(limit)}: {amount(value, unit)} from {period} on instead of from {before} on"


def effect(objective: str, unit: str, better: float) -> str:
    """`lowers cost by 0.83 MUSD`; `objective` is its name, `minimize cost`."""
    verb, _, what = objective.partition(" ")
    lowers = (better > 0) == (verb == "minimize")
    return f"{'lowers' if lowers else 'raises'} {what} by {number(abs(better))} {unit}"
