"""Do the names and dates that halls are written with lead somewhere? Works on raw data, as `references` does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic_core import PydanticCustomError

from planner.errors import Problem
from planner.periods import Moment
from planner.yamlfile import Located, NodePath


def check_halls(located: Located) -> Iterator[Problem]:
    """Halls of the same name at a site, dates that run backwards."""
    for site, halls in _halls(located.data):
        seen: dict[str, NodePath] = {}
        for number, hall in enumerate(halls):
            path: NodePath = (*site, number)
            if not isinstance(hall, dict):
                continue
            name = hall.get("id")
            if isinstance(name, str) and name in seen:
                message, first = f"`{name}` stands twice in `halls`", located.value_mark(seen[name])
                yield Problem("I002", message, located.value_mark((*path, "id")), help=f"first at {first}")
            elif isinstance(name, str):
                seen[name] = (*path, "id")
            yield from _window(located, path, hall)


def _halls(data: Any) -> Iterator[tuple[NodePath, list[Any]]]:
    sites = data.get("sites") if isinstance(data, dict) else None
    for number, site in enumerate(sites if isinstance(sites, list) else []):
        halls = site.get("halls") if isinstance(site, dict) else None
        if isinstance(halls, list):
            yield ("sites", number, "halls"), halls


def _window(located: Located, path: NodePath, hall: dict[str, Any]) -> Iterator[Problem]:
    try:
        start, end = (Moment.parse(hall[key]) for key in ("from", "until"))
    except (KeyError, PydanticCustomError):
        return  # one of them is not there, or the schema says that it is no date
    if end.last < start.first:
        at = (*path, "until")
        message = f"construction ends ({end}) before it begins ({start})"
        yield Problem("D002", message, located.value_mark(at), ".".join(map(str, at)), "exchange `from` and `until`")
