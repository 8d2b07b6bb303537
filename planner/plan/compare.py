"""Does what a plan says agree with what is re-derived, row by row and field by field?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from planner.core.tables import PlanTable
from planner.errors import Problem
from planner.plan.tolerance import agree, on_the_edge, same_words, scale_of
from planner.records import Record


def compare(table: PlanTable[Any], said: Sequence[Any], derived: Sequence[Any]) -> Iterator[Problem]:
    """Rows that are missing, doubled, invented, or say something else."""
    place: dict[tuple[Any, ...], int] = {}
    for i, row in enumerate(said):
        if place.setdefault(table.key_of(row), i) != i:
            yield Problem("A001", f"{_words(table.key_of(row))} stands twice in {table.name}", path=f"{table.name}.{i}")
    known = {table.key_of(row): row for row in derived}
    for name, i in place.items():
        if name in known:
            yield from fields(f"{table.name}.{i}", said[i], known[name])
        elif not _nothing(said[i]):
            yield Problem("A001", f"{_words(name)} does not follow from the plan's decisions", path=f"{table.name}.{i}")
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
        if mine == theirs and (isinstance(mine, str | int) or (isinstance(mine, float) and isfinite(mine))):
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
                yield Problem("A001", f"binding is {_show(mine)}, re-derived {_show(theirs)}", path=f"{path}.{field}")
        elif isinstance(mine, str) and isinstance(theirs, str) and same_words(mine, theirs, said, derived):
            continue
        elif not agree(mine, theirs, scale_of(field, derived)):
            yield Problem("A001", f"{field} is {_show(mine)}, re-derived {_show(theirs)}", path=f"{path}.{field}")


def _show(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else f"{value}"
