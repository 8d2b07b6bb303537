"""Scenarios without a plan: every file beside this one, and what its head says of it.

    # a sentence: the story, with the arithmetic that a person can do in the head
    # rows: blocks of the model that are in question, without the numbers of rules
    # causes: the limits that must be named
    # way: a change that alone makes a plan possible, or several with ` + ` between them; a line for
    each way # together: the cheapest combination, where it is worth telling # most: what can be had
    of the demand, in the first period of each of its numbers

Of a file called `two-…` either of two causes is a conflict by itself, so that one of them is shown
and no limit but a demand restores a plan alone. What `planner solve` prints of ten of them stands
in `golden/NAME.solve.txt`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.catalog.load import Catalog, load_catalog
from planner.model.frame import Frame
from planner.numbers import exact, number
from planner.pipeline import read as read_with
from planner.refusal import Change, Refusal, Repair
from planner.scenario.load import Loaded

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Infeasible:
    """One scenario without a plan."""

    path: Path
    story: str
    rows: frozenset[str]
    causes: frozenset[str]
    ways: frozenset[str]
    together: frozenset[str]
    most: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def twofold(self) -> bool:
        """Whether each of two causes is enough, and only one of them is shown."""
        return self.name.startswith("two-")

    def loaded(self, overrides: tuple[str, ...] = ()) -> Loaded:
        return read_with(self.path, overrides, catalog())


@lru_cache
def catalog() -> Catalog:
    """Read once."""
    return load_catalog()


def infeasible(path: Path) -> Infeasible:
    """A file by its head."""
    story, *head = [
        line.removeprefix("# ")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("# ")
    ]
    told: dict[str, list[str]] = {}
    for line in head:
        key, _, text = line.partition(": ")
        told.setdefault(key, []).append(text)
    assert told.keys() <= {"rows", "causes", "way", "together", "most"}, path.name
    (rows,), (causes,), most = told["rows"], told["causes"], told.get("most", [])
    ways, together = frozenset(told.get("way", [])), frozenset(told.get("together", []))
    return Infeasible(
        path,
        story,
        frozenset(rows.split(", ")),
        frozenset(causes.split("; ")),
        ways,
        together,
        tuple(most),
    )


def way_of(repair: Repair) -> str:
    """A way out as a head says it."""
    return " + ".join(_change(change) for change in repair.changes)


def _change(change: Change) -> str:
    when = f" in {change.when}" if change.when else ""
    if change.to_period:
        return f"{change.limit}: from {change.to_period}"
    return (
        change.says
        if change.to is None
        else f"{change.limit}{when}: {exact(change.to)} {change.unit}".rstrip()
    )


def most_of(refusal: Refusal) -> list[str]:
    """What can be had, as heads say it."""
    first = {(one.demand, one.need): one for one in reversed(refusal.servable)}
    return [
        f"{one.demand} in {one.period}: {number(one.most)} of {exact(one.need)} {one.unit}"
        for one in reversed(first.values())
    ]


def limit_blocks(frame: Frame) -> set[str]:
    """Row blocks of a model that a person could relax, without the numbers of rules."""
    return {
        re.sub(r"(\.\d+)+$", "", block.name) for block in frame.blocks() if block.kind is not None
    }


def frame_of(found: Infeasible) -> Frame:
    """The model of a file."""
    return build(make_inputs(found.loaded().case)).frame


SCENARIOS = [infeasible(path) for path in sorted(HERE.glob("*.yaml"))]
GOLDEN = (
    "fleet-in-the-way",
    "late-and-uncooled",
    "lots",
    "only-just",
    "power-in-steps",
    "power-late",
    "rivals",
    "share-cap",
    "suppliers",
    "two-power-and-budget",
)
"""Scenarios of which every line that is printed is kept."""
NAMED = {found.name: found for found in SCENARIOS}
each = pytest.mark.parametrize("found", SCENARIOS, ids=lambda found: found.name)
third = pytest.mark.parametrize(
    "found",
    [
        pytest.param(found, marks=pytest.mark.slow) if i % 3 else found
        for i, found in enumerate(SCENARIOS)
    ],
    ids=lambda found: found.name,
)
"""Every third file, and the others among the slow tests."""
