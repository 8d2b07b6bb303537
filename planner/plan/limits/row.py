"""A limit with its headroom."""

from __future__ import annotations

import math

from planner.plan.schema import LimitRow

BINDS = 0.005
"""A limit binds when less than this share of it is left. What is not there yet (no power before its date) is not counted as binding."""
ROUNDING = 1e-11
"""A difference that is a smaller share of the two is none: what floating-point sums leave over."""


def limit_row(row: str, name: str, says: str, unit: str, used: float, limit: float, *, least: bool = False, path: str = "") -> LimitRow:
    """A row with its headroom; `least` for limits from below."""
    headroom = used - limit if least else limit - used
    if abs(headroom) <= ROUNDING * max(abs(used), abs(limit)):
        headroom = 0.0
    return LimitRow.model_construct(
        row=row,
        name=name,
        says=says,
        unit=unit,
        used=used,
        limit=limit,
        sense="at least" if least else "at most",
        headroom=headroom,
        binding=limit > 0 and headroom <= BINDS * limit + 1e-9,
        path=path,
    )


def amount_text(value: float, unit: str) -> str:
    """A demand in words: whole accelerators, or FLOP/s with a prefix."""
    if unit == "accelerators":
        return f"{math.floor(value + 1e-6)} accelerators"
    scale, prefix = next(((s, p) for s, p in ((1e18, "E"), (1e15, "P"), (1e12, "T")) if value >= s), (1.0, ""))
    return f"{value / scale:.6g} {prefix}FLOP/s"
