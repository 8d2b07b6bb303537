"""The zoo of scenarios without a plan: every file beside this one, and what its head says of it.

    # a sentence: the story, with the arithmetic that a person can do in the head
    # rows: blocks of the model that are in question, without the numbers of rules
    # causes: the limits that must be named

Of a file called `two-…` either of two causes is a conflict by itself, so that one of them is shown and no limit but a demand restores a
plan alone. Beside each file stand `golden/NAME.solve.txt`, what `planner solve` says of it word for word, and `golden/NAME.explain.txt`,
what `planner explain` found.
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
from planner.pipeline import read as read_with
from planner.scenario.load import Loaded

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Specimen:
    """One scenario without a plan."""

    path: Path
    story: str
    rows: frozenset[str]
    causes: frozenset[str]

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def twofold(self) -> bool:
        """Whether each of two causes is enough, and only one of them is shown."""
        return self.name.startswith("two-")

    def golden(self, command: str) -> Path:
        """What a command says of it."""
        return HERE / "golden" / f"{self.name}.{command}.txt"

    def loaded(self, overrides: tuple[str, ...] = ()) -> Loaded:
        return read_with(self.path, overrides, catalog())


@lru_cache
def catalog() -> Catalog:
    """Read once."""
    return load_catalog()


def specimen(path: Path) -> Specimen:
    """A file by its first three lines."""
    lines = path.read_text(encoding="utf-8").splitlines()[:3]
    head = re.fullmatch(r"# (.+)\n# rows: (.+)\n# causes: (.+)", "\n".join(lines))
    assert head, f"{path.name} must begin with its story, `# rows:` and `# causes:`"
    return Specimen(path, head[1], frozenset(head[2].split(", ")), frozenset(head[3].split("; ")))


def limit_blocks(frame: Frame) -> set[str]:
    """Row blocks of a model that a person could relax, without the numbers of rules."""
    return {re.sub(r"(\.\d+)+$", "", block.name) for block in frame.blocks() if block.kind is not None}


def frame_of(found: Specimen) -> Frame:
    """The model of a file."""
    return build(make_inputs(found.loaded().case)).frame


ZOO = [specimen(path) for path in sorted(HERE.glob("*.yaml"))]
NAMED = {found.name: found for found in ZOO}
each = pytest.mark.parametrize("found", ZOO, ids=lambda found: found.name)
third = pytest.mark.parametrize(
    "found", [pytest.param(found, marks=pytest.mark.slow) if i % 3 else found for i, found in enumerate(ZOO)], ids=lambda found: found.name
)
"""Every third file, and the others among the slow tests."""
