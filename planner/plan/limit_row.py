"""A limit with its headroom, as a plan tells it."""

from __future__ import annotations

import math
from typing import Literal

from planner.core.limits import BINDS, At, LimitKind
from planner.core.tables import PlanTable, Reading
from planner.numbers import exact
from planner.records import Record

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
    """A demand in words: whole accelerators, MW at a basis and load, or FLOP/s with a prefix."""
    if unit == "accelerators":
        return f"{math.floor(value + 1e-6)} accelerators"
    if unit.startswith("MW"):
        return f"{exact(math.floor(value * 1e3) / 1e3)} {unit}"
    scale, prefix = next(
        ((s, p) for s, p in ((1e18, "E"), (1e15, "P"), (1e12, "T")) if value >= s), (1.0, "")
    )
    return f"{value / scale:.6g} {prefix}FLOP/s"


class LimitRow(Record):
    """One limit of the scenario in one place and period. Headroom is how far it is from binding, in
    its own unit.
    """

    row: str
    """`family.row[labels]`, the name of the model's row."""
    name: str
    says: str
    unit: str
    used: float
    limit: float
    sense: Literal["at most", "at least"]
    headroom: float
    binding: bool
    path: str


def _limit(limit: LimitRow) -> list[Reading]:
    return [(limit.row, "", "", {"headroom": "headroom"})]


LIMITS = PlanTable(
    "limits",
    LimitRow,
    ("row",),
    _limit,
    units=(("used", "unit"), ("limit", "unit"), ("headroom", "unit")),
    always=True,
)
