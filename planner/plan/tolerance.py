"""When are two figures the same? A millionth apart, a cent of money, or a billionth of what a difference was taken from."""

from __future__ import annotations

import math
from typing import Any

from planner.core.limits import BINDS

RELATIVE = 1e-6
REACHED = 1e-6
"""Share by which a capacity may be missed and still count as reached: what the solver's own tolerance may leave."""
ABSOLUTE = 1e-6


def agree(said: object, derived: object, scale: float = 1.0) -> bool:
    """Whether two values are the same, numbers within a millionth."""
    if isinstance(said, bool) or isinstance(derived, bool) or not (isinstance(said, int | float) and isinstance(derived, int | float)):
        return said == derived
    if not (math.isfinite(said) and math.isfinite(derived)):
        return False
    return abs(said - derived) <= ABSOLUTE * scale + RELATIVE * max(abs(said), abs(derived))


def same_words(said: str, derived: str, said_row: Any, derived_row: Any) -> bool:
    """Whether two sentences of two rows are the same, where each says the figures of its own row, rounded.

    Figures that agree to the last bit but one may still be rounded to two different words, so a word is held against its row's figures.
    """
    mine, theirs = said.split(" "), derived.split(" ")
    if said == derived or len(mine) != len(theirs):
        return said == derived
    pairs = [(getattr(said_row, field), getattr(derived_row, field)) for field in type(derived_row).model_fields]
    figures = [(_rounded(a), _rounded(b)) for a, b in pairs if isinstance(a, float) and isinstance(b, float)]
    return all(a == b or any(a in ours and b in others for ours, others in figures) for a, b in zip(mine, theirs, strict=True))


def _rounded(figure: float) -> set[str]:
    """A figure in words, and a billionth to each side of it."""
    return {f"{figure * (1 + change):g}" for change in (-1e-9, 0.0, 1e-9)}


def scale_of(field: str, row: Any) -> float:
    """Millionths that do not matter: a cent of money, a billionth of what a difference was taken from."""
    if field.endswith("usd"):
        return 1e4
    if field in ("served", "short"):
        return 1.0 + 1e-3 * float(abs(row.need))
    if field in ("used", "headroom"):
        return 1.0 + 1e-3 * float(max(abs(row.used), abs(row.limit)))
    return 1.0


def on_the_edge(row: Any) -> bool:
    """Whether rounding alone may tip the verdict that a limit binds."""
    return agree(row.headroom, BINDS * abs(row.limit), 10.0)
