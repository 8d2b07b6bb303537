"""A limit with its headroom."""

from __future__ import annotations

from planner.plan.schema import LimitRow

BINDS = 0.005
"""A limit binds when less than this share of it is left. What is not there yet (no power before its date) is not counted as binding."""


def limit_row(row: str, name: str, says: str, unit: str, used: float, limit: float, *, least: bool = False, path: str = "") -> LimitRow:
    """A row with its headroom; `least` for limits from below."""
    headroom = used - limit if least else limit - used
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
