"""A question that differs from another in a few values: each difference is data, so that it can be told, compared and sent away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from planner.records import Record

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Edit:
    """Another value of one field of a scenario or a case: `systems.2.price_usd`, `sites.0.sites`, `diversification`."""

    path: str
    value: Any
    """As the field holds it, not as a file writes it."""


def edited(record: R, edits: Sequence[Edit]) -> R:
    """The record with other values; it stays as it is. Raises `KeyError` for a path that leads to no field."""
    for edit in edits:
        record = _with(record, edit.path.split("."), edit.value, edit.path)
    return record


def _with(here: Any, parts: Sequence[str], value: Any, path: str) -> Any:
    if not parts:
        return value
    head, *rest = parts
    if isinstance(here, Record) and head in type(here).model_fields:
        return here.model_copy(update={head: _with(getattr(here, head), rest, value, path)})
    if isinstance(here, list) and head.isdecimal() and int(head) < len(here):
        return [_with(item, rest, value, path) if i == int(head) else item for i, item in enumerate(here)]
    raise KeyError(f"no field `{path}`")
