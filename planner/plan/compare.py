"""Whether two numbers agree, and whether a table of a plan is what follows from its decisions."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from planner.core.limits import BINDS
from planner.core.tables import PlanTable
from planner.errors import Problem
from planner.records import Record


def compare(
    table: PlanTable[Any], said: Sequence[Any], derived: Sequence[Any]
) -> Iterator[Problem]:
    """Rows that are missing, doubled, invented, or say something else."""
    place: dict[tuple[Any, ...], int] = {}
    for i, row in enumerate(said):
        if place.setdefault(table.key_of(row), i) != i:
            yield Problem(
                "A001",
                f"{_words(table.key_of(row))} stands twice in {table.name}",
                path=f"{table.name}.{i}",
            )
    known = {table.key_of(row): row for row in derived}
    for name, i in place.items():
        if name in known:
            yield from fields(f"{table.name}.{i}", said[i], known[name])
        elif not _nothing(said[i]):
            yield Problem(
                "A001",
                f"{_words(name)} does not follow from the plan's decisions",
                path=f"{table.name}.{i}",
            )
    for name, row in known.items():
        if name not in place and not _nothing(row):
            yield Problem("A001", f"{_words(name)} is missing", path=table.name)


def _words(name: tuple[Any, ...]) -> str:
    return " · ".join(str(part) for part in name)


def _nothing(row: Any) -> bool:
    """A row whose amount is nothing: cash of less than a cent."""
    return hasattr(row, "usd") and abs(row.usd) < 0.01


def fields(path: str, said: Record, derived: Record) -> Iterator[Problem]:
    """Fields of one row that say something else than what is re-derived."""
    for field in type(derived).model_fields:
        mine, theirs = getattr(said, field), getattr(derived, field)
        if mine == theirs and (
            isinstance(mine, str | int) or (isinstance(mine, float) and isfinite(mine))
        ):
            continue  # most fields, and what follows takes its time
        if isinstance(mine, dict) and isinstance(theirs, dict):
            for name in sorted({*mine, *theirs}):
                if not agree(mine.get(name), theirs.get(name)):
                    yield Problem(
                        "A001",
                        f"{field}.{name} is {mine.get(name)}, re-derived {theirs.get(name)}",
                        path=f"{path}.{field}.{name}",
                    )
        elif field == "binding":
            if mine != theirs and not on_the_edge(derived):
                yield Problem(
                    "A001",
                    f"binding is {_show(mine)}, re-derived {_show(theirs)}",
                    path=f"{path}.{field}",
                )
        elif (
            isinstance(mine, str)
            and isinstance(theirs, str)
            and same_words(mine, theirs, said, derived)
        ):
            continue
        elif not agree(mine, theirs, scale_of(field, derived)):
            yield Problem(
                "A001",
                f"{field} is {_show(mine)}, re-derived {_show(theirs)}",
                path=f"{path}.{field}",
            )


def _show(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else f"{value}"


RELATIVE = 1e-6
REACHED = 1e-6
"""Share by which a capacity may be missed and still count as reached: what the solver's own
tolerance may leave."""
ABSOLUTE = 1e-6


def agree(said: object, derived: object, scale: float = 1.0) -> bool:
    """Whether two values are the same, numbers within a millionth."""
    if (
        isinstance(said, bool)
        or isinstance(derived, bool)
        or not (isinstance(said, int | float) and isinstance(derived, int | float))
    ):
        return said == derived
    if not (math.isfinite(said) and math.isfinite(derived)):
        return False
    return abs(said - derived) <= ABSOLUTE * scale + RELATIVE * max(abs(said), abs(derived))


def same_words(said: str, derived: str, said_row: Any, derived_row: Any) -> bool:
    """Whether two sentences of two rows are the same, where each says the figures of its own row,
    rounded.

    Figures that agree to the last bit but one may still be rounded to two different words, so a
    word is held against its row's figures.
    """
    mine, theirs = said.split(" "), derived.split(" ")
    if said == derived or len(mine) != len(theirs):
        return said == derived
    pairs = [
        (getattr(said_row, field), getattr(derived_row, field))
        for field in type(derived_row).model_fields
    ]
    figures = [
        (_rounded(a), _rounded(b))
        for a, b in pairs
        if isinstance(a, float) and isinstance(b, float)
    ]
    return all(
        a == b or any(a in ours and b in others for ours, others in figures)
        for a, b in zip(mine, theirs, strict=True)
    )


def _rounded(figure: float) -> set[str]:
    """A figure in words, and a billionth to each side of it."""
    return {f"{figure * (1 + change):g}" for change in (-1e-9, 0.0, 1e-9)}


def scale_of(field: str, row: Any) -> float:
    """Millionths that do not matter: a cent of money, a billionth of what a difference was taken
    from.
    """
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
