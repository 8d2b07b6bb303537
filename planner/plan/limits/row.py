"""A limit with its headroom."""

from __future__ import annotations

import math

from planner.core.limits import BINDS, At, LimitKind
from planner.plan.schema import LimitRow

ROUNDING = 1e-11
"""A difference that is a smaller share of the two is none: what floating-point sums leave over."""


def limit_row(kind: LimitKind, at: At, used: float) -> LimitRow:
    """A row with its headroom; `used` is in the unit of the row, as the amount of `at` is."""
    limit, words = at.amount, kind.words(at)
    headroom = used - limit if kind.least else limit - used
    if abs(headroom) <= ROUNDING * max(abs(used), abs(limit)):
        headroom = 0.0
    return LimitRow.model_construct(
        row=kind.label(at.key, at.number),
        name=words.name,
        says=words.says,
        unit=kind.unit_at(at).name,
        used=used,
        limit=limit,
        sense="at least" if kind.least else "at most",
        headroom=headroom,
        binding=limit > 0 and headroom <= BINDS * limit + 1e-9,
        path=words.path,
    )


def amount_text(value: float, unit: str) -> str:
    """A demand in words: whole accelerators, or FLOP/s with a prefix."""
    if unit == "accelerators":
        return f"{math.floor(value + 1e-6)} accelerators"
    scale, prefix = next(((s, p) for s, p in ((1e18, "E"), (1e15, "P"), (1e12, "T")) if value >= s), (1.0, ""))
    return f"{value / scale:.6g} {prefix}FLOP/s"
