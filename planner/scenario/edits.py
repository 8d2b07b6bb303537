"""Values of a scenario file that another file, or an option, changes: `sites.memphis.power` and the
value that stands there instead.

The last part of a path may be `+`, which adds an item to a list; `null` takes a list's item, or a
key, away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticCustomError

from planner.assembly.scenario import Scenario
from planner.core.fields import by_date
from planner.errors import InputError, Mark, Problem, SourceText, nearest
from planner.periods import Moment
from planner.records import keys_of, record_at
from planner.yamlfile import Located, NodePath, NodeSpot, Spot, read_text

Spots = dict[NodePath, Spot | NodeSpot]


@dataclass(frozen=True)
class Change:
    """Another value at a path, with the places of both."""

    path: str
    mark: Mark
    """Of the path."""
    value: Any
    spots: Mapping[NodePath, Spot | NodeSpot]
    """Of the value and its parts, whose root is `()`."""


def override(located: Located, assignments: Sequence[str]) -> Located:
    """Apply `path=value` assignments, as the command line has them; list items are named by number
    or by their id (`sites.memphis.power`).

    Raises `InputError` K001 for a path that leads nowhere.
    """
    changes, problems = list[Change](), list[Problem]()
    for i, assignment in enumerate(assignments):
        source = SourceText(f"--set {assignment}", assignment)
        name, equals, text = assignment.partition("=")
        if not equals or not name:
            mark = Mark(source, 1, 1, len(assignment))
            problems.append(Problem("K001", f"`{assignment}` is not `path=value`", mark))
            continue
        mark = Mark(source, 1, 1, len(name))
        try:
            value = read_text(text, f"--set #{i + 1}").data
        except InputError as error:
            problems.extend(error.problems)
            continue
        here = Spot(mark, Mark(source, 1, len(name) + 2, max(1, len(text))))
        changes.append(Change(name, mark, value, {(): here}))
    return applied(located, changes, problems)


def applied(
    located: Located, changes: Sequence[Change], problems: Sequence[Problem] = ()
) -> Located:
    """The same file with other values. Raises `InputError` with `problems` and every path that
    leads nowhere.
    """
    if not changes and not problems:
        return located
    data, spots, wrong = _copy(located.data), dict(located.spots), list(problems)
    for change in changes:
        try:
            path = _assign(data, spots, change.path.strip().split("."), change.value)
        except KeyError as error:
            message = f"`{change.path}` leads nowhere: {error.args[0]}"
            wrong.append(Problem("K001", message, change.mark, help=error.args[1]))
            continue
        if change.value is not None:
            _forget(spots, path)
            spots |= {(*path, *rest): spot for rest, spot in change.spots.items()}
    if wrong:
        raise InputError(wrong)
    return Located(located.source, data, spots)


def _forget(spots: Spots, path: NodePath) -> None:
    for old in [spot for spot in spots if spot[: len(path)] == path]:
        del spots[old]


def _copy(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(item) for item in data] if isinstance(data, list) else data


def _assign(data: Any, spots: Spots, parts: list[str], value: Any) -> NodePath:
    """Put a value at its path, or take away what stands there; returns the path. Raises `KeyError`
    (what is wrong, the way out).
    """
    path: NodePath = ()
    here = data
    for i, part in enumerate(parts):
        last = i == len(parts) - 1
        step = _step(here, part, path, last)
        path = (*path, step)
        if not last:
            if isinstance(here, dict) and here.get(str(step)) is None:
                here[str(step)] = [] if parts[i + 1] == "+" else {}
            if isinstance(here, list) and isinstance(here[int(step)], str):
                here[int(step)] = {"system": here[int(step)]}
            here = here[step]
        elif isinstance(here, list):
            _put(here, spots, path, value)
        elif value is None:
            here.pop(step, None)
            _forget(spots, path)
        else:
            here[step] = value
            if by_date(Scenario, path[:-1]) is not None:
                _sort_dates(here)
    return path


def _put(items: list[Any], spots: Spots, path: NodePath, value: Any) -> None:
    """Replace, add or take away an item of a list; what stands behind one that goes moves up."""
    number = int(path[-1])
    if number == len(items):
        items.append(value)
    elif value is not None:
        items[number] = value
    else:
        del items[number]
        depth, behind = len(path), list[tuple[NodePath, Spot | NodeSpot]]()
        for old in [s for s in spots if len(s) >= depth and s[: depth - 1] == path[:-1]]:
            if int(old[depth - 1]) >= number:
                behind.append((old, spots.pop(old)))
        for old, spot in behind:
            if int(old[depth - 1]) > number:
                spots[(*old[: depth - 1], int(old[depth - 1]) - 1, *old[depth:])] = spot


def _sort_dates(steps: dict[str, Any]) -> None:
    """Put a dated step that was set where it belongs; the file's own order is checked as it
    stands.
    """
    try:
        ordered = sorted(steps.items(), key=lambda item: Moment.parse(item[0]).first)
    except PydanticCustomError:
        return  # the schema says which one is no date
    steps.clear()
    steps.update(ordered)


def _name_of(item: Any) -> str | None:
    if isinstance(item, dict):
        item = item.get("id") or item.get("system")
    return item if isinstance(item, str) else None


def _step(here: Any, part: str, path: NodePath, last: bool) -> str | int:
    if isinstance(here, list):
        if part == "+" and last:
            return len(here)
        if part.isdecimal() and int(part[:9]) < len(here):
            return int(part)
        names = [_name_of(item) or str(i) for i, item in enumerate(here)]
        if part in names:
            return names.index(part)
        raise KeyError(f"no item `{part}`", nearest(part, names) or f"items: {', '.join(names)}")
    if not isinstance(here, dict):
        raise KeyError(f"`{'.'.join(map(str, path))}` has no parts", "")
    owner = record_at(Scenario, path)
    if owner is not None and path[:1] != ("demands",) and part not in (known := keys_of(owner)):
        raise KeyError(
            f"unknown key `{part}`", nearest(part, known) or f"known keys: {', '.join(known)}"
        )
    return part
