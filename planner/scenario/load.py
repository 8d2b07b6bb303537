"""Read a scenario file, with overrides, and check all of it: every mistake is reported at once,
with its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import PydanticCustomError

from planner.assembly.scenario import Scenario as Composed
from planner.catalog.load import Catalog
from planner.core.case import Case
from planner.core.fields import by_date
from planner.core.scenario import Scenario
from planner.errors import InputError, Mark, Problem, SourceText, nearest
from planner.periods import Moment
from planner.records import Edit, edited, keys_of, record_at, validate
from planner.scenario.references import check_references
from planner.scenario.resolve import resolve
from planner.scenario.steps import step_in_force
from planner.yamlfile import Located, NodePath, Spot, dotted, read_file, read_text


@dataclass(frozen=True, repr=False)
class Loaded:
    """A scenario as written and as it will be solved, with the places of its lines."""

    scenario: Scenario
    case: Case
    located: Located
    catalog: Catalog

    def __repr__(self) -> str:
        return f"<Loaded {self.scenario!r} of {self.located.source.name}>"

    def edited(self, edits: Sequence[Edit]) -> Loaded:
        """The same question with other values in the scenario; places stay those of the file.
        Raises `InputError`.
        """
        if not edits:
            return self
        scenario = edited(self.scenario, edits)
        case = resolve(scenario, self.catalog, self.located, self.case.scenario_digest)
        return Loaded(scenario, case, self.located, self.catalog)

    def mark(self, path: str) -> Mark | None:
        """Place of a dotted path such as `demands.0.need`."""
        return self.located.value_mark(dotted(path))

    def step(self, path: str, label: str) -> str:
        """Path of the step in force in the period `label`; see `step_in_force`."""
        return step_in_force(self.located, self.case.timeline, path, label)


def load_scenario(path: Path, catalog: Catalog, overrides: Sequence[str] = ()) -> Loaded:
    """Read, override, check and resolve a scenario file. Raises `InputError` with every mistake."""
    return _load(read_file(path), catalog, overrides)


def load_scenario_text(
    text: str, catalog: Catalog, overrides: Sequence[str] = (), name: str = "scenario"
) -> Loaded:
    """The same for a text in memory."""
    return _load(read_text(text, name), catalog, overrides)


def _load(located: Located, catalog: Catalog, overrides: Sequence[str]) -> Loaded:
    located = override(located, overrides)
    problems = list(check_references(located, catalog))
    if not isinstance(located.data, dict):
        raise InputError(problems)
    scenario: Scenario | None = None
    try:
        scenario = validate(Composed, located)
    except InputError as error:
        problems.extend(error.problems)
    if problems or scenario is None:
        raise InputError(_distinct(problems))
    digest = hashlib.sha256("\0".join([located.source.text, *overrides]).encode()).hexdigest()[:16]
    return Loaded(scenario, resolve(scenario, catalog, located, digest), located, catalog)


def _distinct(problems: list[Problem]) -> list[Problem]:
    """Each complaint once; of a wrong id or kind, not also that its text has the wrong shape."""
    better = {problem.path for problem in problems if problem.code in ("I001", "T002", "K002")}
    better |= {path.removesuffix(".kind") for path in better if path.endswith(".kind")}
    # a bare name stands where the mapping would, at another path
    ids = {str(problem.mark) for problem in problems if problem.code == "I001" and problem.mark}
    seen: dict[tuple[str, str, str, str], Problem] = {}
    for problem in problems:
        if problem.code != "T001" or not (problem.path in better or str(problem.mark) in ids):
            seen.setdefault(
                (problem.code, str(problem.mark), problem.path, problem.message), problem
            )
    return list(seen.values())


def override(located: Located, assignments: Sequence[str]) -> Located:
    """Apply `path=value` assignments; list items are named by number or by their id
    (`sites.memphis.power`).

    Raises `InputError` K001 for a path that leads nowhere.
    """
    if not assignments:
        return located
    data, spots, problems = _copy(located.data), dict(located.spots), list[Problem]()
    for i, assignment in enumerate(assignments):
        source = SourceText(f"--set {assignment}", assignment)
        name, equals, text = assignment.partition("=")
        if not equals or not name:
            problems.append(
                Problem(
                    "K001",
                    f"`{assignment}` is not `path=value`",
                    Mark(source, 1, 1, len(assignment)),
                )
            )
            continue
        try:
            value = read_text(text, f"--set #{i + 1}").data
            path = _assign(data, name.strip().split("."), value)
        except InputError as error:
            problems.extend(error.problems)
            continue
        except KeyError as error:
            problems.append(
                Problem(
                    "K001",
                    f"`{name}` leads nowhere: {error.args[0]}",
                    Mark(source, 1, 1, len(name)),
                    help=error.args[1],
                )
            )
            continue
        for old in [spot for spot in spots if spot[: len(path)] == path]:
            del spots[old]
        spots[path] = Spot(
            Mark(source, 1, 1, len(name)), Mark(source, 1, len(name) + 2, max(1, len(text)))
        )
    if problems:
        raise InputError(problems)
    return Located(located.source, data, spots)


def _copy(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _copy(value) for key, value in data.items()}
    return [_copy(item) for item in data] if isinstance(data, list) else data


def _assign(data: Any, parts: list[str], value: Any) -> NodePath:
    path: NodePath = ()
    here = data
    for i, part in enumerate(parts):
        last = i == len(parts) - 1
        step = _step(here, part, path, last)
        path = (*path, step)
        if last:
            here[step] = value
            if isinstance(here, dict) and by_date(Composed, path[:-1]) is not None:
                _sort_dates(here)
        else:
            if isinstance(here, dict) and here.get(str(step)) is None:
                here[str(step)] = {}
            if isinstance(here, list) and isinstance(here[int(step)], str):
                here[int(step)] = {"system": here[int(step)]}
            here = here[step]
    return path


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
        if part.isdecimal() and int(part[:9]) < len(here):
            return int(part)
        names = [_name_of(item) or str(i) for i, item in enumerate(here)]
        if part in names:
            return names.index(part)
        raise KeyError(f"no item `{part}`", nearest(part, names) or f"items: {', '.join(names)}")
    if not isinstance(here, dict):
        raise KeyError(f"`{'.'.join(map(str, path))}` has no parts", "")
    owner = record_at(Composed, path)
    if owner is not None and path[:1] != ("demands",) and part not in (known := keys_of(owner)):
        raise KeyError(
            f"unknown key `{part}`", nearest(part, known) or f"known keys: {', '.join(known)}"
        )
    return part
