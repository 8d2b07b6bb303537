"""Scenarios without a plan: what `planner solve` says of each, word for word, and that what it says is so.

To add one, put a file into `zoo/`. Its first lines are comments: the story in a sentence, `# rows:` with the blocks of the model that are
in question, `# causes:` with limits that must be named. Then run this module with `--update-golden` and read what is said.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from planner.errors import InfeasibleError, Repair
from planner.model.build import build
from planner.model.waist import make_inputs
from planner.pipeline import read, solve
from planner.solve.engine import Engine
from tests.model.second import best
from tests.scenario.sample import catalog
from tests.solve.limits_of import repaired

HERE = Path(__file__).parent
ZOO = sorted((HERE / "zoo").glob("*.yaml"))
each = pytest.mark.parametrize("path", ZOO, ids=lambda path: path.stem)


def said(path: Path, key: str) -> list[str]:
    """The entries of a comment at the head of a file."""
    found = re.search(rf"^# {key}: (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert found, f"{path.name} has no `# {key}:`"
    return re.split(r"[,;] ", found[1])


def limit_blocks(path: Path) -> set[str]:
    """Row blocks of a scenario's model that a person could relax, without the numbers of rules."""
    frame = build(make_inputs(read(path, (), catalog()).case)).frame
    return {re.sub(r"\.\d+$", "", block.name) for block in frame.blocks() if block.limit is not None}


@each
def test_what_is_said(path, command, golden, monkeypatch):
    """Through the command line, from the folder of the file, so that places are those a person sees."""
    monkeypatch.chdir(path.parent)
    ran = command("solve", path.name, "--quiet")
    assert (ran.code, ran.out) == (3, "")
    first = ran.err.partition("\n")[0]
    assert all(cause in first for cause in said(path, "causes")), first
    assert "not verified" not in ran.err
    assert "PL-" not in ran.err
    golden(HERE / "golden" / f"{path.stem}.txt", ran.err)


@each
def test_the_rows_in_question_are_in_the_model(path):
    assert set(said(path, "rows")) <= limit_blocks(path)


def test_every_kind_of_limit_of_these_models_has_a_scenario():
    """A block that stands in one of the models is claimed by one of the files."""
    assert set().union(*map(limit_blocks, ZOO)) == {row for path in ZOO for row in said(path, "rows")}


def test_several_have_two_causes():
    assert len([path for path in ZOO if path.stem.startswith("two-")]) >= 5


def amounts(way: Repair) -> bool:
    """Whether a repair changes numbers and dates alone, which the second formulation can be told."""
    return all(change.after is not None or change.date for change in way.changes)


@each
def test_every_repair_is_one(path, engine: Engine):
    """By the second formulation, told what is printed; and of one number that is proven the least, a little less is none."""
    loaded = read(path, (), catalog())
    with pytest.raises(InfeasibleError) as caught:
        solve(loaded, engine=engine)
    error = caught.value
    assert error.repairs or error.together
    assert all(limit.mark for limit in error.conflict)
    assert best(loaded.case) is None
    for way in (*error.repairs, *error.together):
        assert all(change.mark for change in way.changes)
        if amounts(way):
            assert best(repaired(loaded.case, way)) is not None, way


@each
def test_without_the_solver_nothing_is_called_impossible_that_is_not(path):
    """What `planner check` says of a file comes from arithmetic alone; where it objects, there is no plan indeed."""
    from planner.pipeline import foresee

    loaded = read(path, (), catalog())
    try:
        foresee(loaded)
    except InfeasibleError as error:
        assert all(limit.mark for limit in error.conflict)
        assert best(loaded.case) is None
