"""Every table of a plan that follows from its decisions, and every limit, capability by capability.
Part of the second road.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from planner.core.context import once
from planner.core.registry import faces
from planner.errors import Problem
from planner.plan.compare import ABSOLUTE
from planner.plan.derive import Derivation
from planner.plan.face import Derive
from planner.plan.limit_row import LIMITS, LimitRow


@once
def limit_rows(d: Derivation) -> list[LimitRow]:
    """Every limit of the case but the shares, which have a table of their own."""
    return [row for face in faces("derive", Derive) for row in face.limits(d)]


@cache
def derived() -> Mapping[str, Callable[[Derivation], Sequence[Any]]]:
    """What derives a table, by its name; every table that is no decision has one."""
    own = {
        table.name: derive
        for face in faces("derive", Derive)
        for table, derive in face.tables.items()
    }
    return {**own, LIMITS.name: limit_rows}


def limits(d: Derivation) -> Iterator[Problem]:
    """Every limit is kept, but for those that may be broken at a price."""
    priced = {name for face in faces("derive", Derive) for name in face.may_break(d)}
    for row in limit_rows(d):
        if row.name not in priced and row.headroom < -(ABSOLUTE + 2e-6 * abs(row.limit)):
            yield Problem(
                "A002",
                f"{row.says}, the plan has {row.used:.8g} {row.unit}",
                path=row.path and f"case.{row.path}",
            )
