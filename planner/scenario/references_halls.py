"""Do the names and dates that halls and networks are written with lead somewhere? Works on raw data, as `references` does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic_core import PydanticCustomError

from planner.catalog.load import Catalog
from planner.errors import Problem, nearest
from planner.periods import Moment
from planner.yamlfile import Located, NodePath


def check_halls(located: Located, catalog: Catalog) -> Iterator[Problem]:
    """Halls of the same name at a site, unknown technologies and construction costs, dates that run backwards."""
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
            yield from _refer(located, path, hall, "cooling", catalog.facility.cooling, "cooling technology")
            yield from _refer(located, path, hall, "build", catalog.facility.construction_costs, "construction cost")
            yield from _window(located, path, hall)


def check_fabrics(located: Located, catalog: Catalog) -> Iterator[Problem]:
    """Unknown switches."""
    data = located.data
    sites = data.get("sites") if isinstance(data, dict) else None
    places: list[tuple[NodePath, Any]] = [(("sites", i), site) for i, site in enumerate(sites if isinstance(sites, list) else [])]
    packet = [name for name, switch in catalog.switches.items() if switch.port_speed_gbit_s is not None]
    for path, owner in [((), data), *places]:
        fabric = owner.get("fabric") if isinstance(owner, dict) else None
        if isinstance(fabric, dict):
            yield from _refer(located, (*path, "fabric"), fabric, "switch", packet, "packet switch")


def _halls(data: Any) -> Iterator[tuple[NodePath, list[Any]]]:
    sites = data.get("sites") if isinstance(data, dict) else None
    for number, site in enumerate(sites if isinstance(sites, list) else []):
        halls = site.get("halls") if isinstance(site, dict) else None
        if isinstance(halls, list):
            yield ("sites", number, "halls"), halls


def _refer(located: Located, path: NodePath, entry: dict[str, Any], key: str, known: Iterable[str], what: str) -> Iterator[Problem]:
    name, names = entry.get(key), list(known)
    if isinstance(name, str) and name not in names:
        at = (*path, key)
        remedy = nearest(name, names) or f"known: {', '.join(sorted(names)[:12])}"
        yield Problem("I001", f"no {what} `{name}`", located.value_mark(at), ".".join(map(str, at)), remedy)


def _window(located: Located, path: NodePath, hall: dict[str, Any]) -> Iterator[Problem]:
    try:
        start, end = (Moment.parse(hall[key]) for key in ("from", "until"))
    except (KeyError, PydanticCustomError):
        return  # one of them is not there, or the schema says that it is no date
    if end.last < start.first:
        at = (*path, "until")
        message = f"construction ends ({end}) before it begins ({start})"
        yield Problem("D002", message, located.value_mark(at), ".".join(map(str, at)), "exchange `from` and `until`")
