"""Can what a file says of a catalog system be? Its figures stand in for the catalog's, and the
rules of lint are asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from planner.catalog.findings import Check
from planner.catalog.hardware import PowerRatings, System
from planner.catalog.lint_hardware import air_can_carry, loads_in_order, nameplate_feeds_chips
from planner.catalog.load import Catalog
from planner.catalog.reader import OWN_JUDGEMENT
from planner.errors import Problem
from planner.records import Figure
from planner.yamlfile import Located, NodePath

RULES: tuple[Check, ...] = (nameplate_feeds_chips, loads_in_order, air_can_carry)
"""The rules of lint that a power rating can break. No rule of them asks for the day."""


def rating_problems(
    catalog: Catalog, system: System, draws_w: Mapping[str, float], located: Located, path: NodePath
) -> list[Problem]:
    """What lint says of `system` if it draws `draws_w`, W by load (`nameplate`, `peak`, `average`,
    `idle`).

    Each finding points at the figure that the entry at `path` of the file gives, or at the entry.
    What is merely odd is a warning.
    """
    figures = {
        f"{load}_w": Figure[float](value=w, kind="scenario", source=OWN_JUDGEMENT)
        for load, w in draws_w.items()
    }
    entry = system.model_copy(update={"power": PowerRatings().model_copy(update=figures)})
    places = {"": located.value_mark(path)}
    places |= {
        f"/power.{load}": located.value_mark((*path, load))
        for load in draws_w
        if (*path, load) in located.spots
    }
    marks = {("systems", system.id + key): mark for key, mark in places.items() if mark is not None}
    as_said = replace(catalog, systems={system.id: entry}, marks=marks)
    return [
        _in_file(problem, located, path) for rule in RULES for problem in rule(as_said, date.max)
    ]


def _in_file(problem: Problem, located: Located, path: NodePath) -> Problem:
    """The same problem under the path that its figure has in the file."""
    load = problem.path.rpartition(".")[2]
    here = (*path, load) if (*path, load) in located.spots else path
    return replace(problem, path=".".join(map(str, here)))


def sorted_out(
    found: Iterable[Problem], mistakes: list[Problem], note: Callable[[str], None]
) -> None:
    """What cannot be goes to the mistakes; what is merely odd is noted with its path."""
    for problem in found:
        if problem.warning:
            note(f"{problem.path}: {problem.message} ({problem.help})")
        else:
            mistakes.append(problem)
