"""Scenarios without a plan: what `planner solve` says of each, word for word, and that what it says is so.

To add one, put a file beside this one; `zoo.py` says how it begins. Then run this folder with `--update-golden` and read what is said.
"""

from __future__ import annotations

import pytest

from planner.errors import InfeasibleError, Repair
from planner.pipeline import foresee, solve
from planner.solver.engine import Engine
from tests.infeasible.zoo import ZOO, Specimen, each, frame_of, limit_blocks, third
from tests.model.second import best
from tests.model.test_golden import CASES
from tests.model.test_golden import frame_of as golden_frame
from tests.solver.limits_of import repaired


@each
def test_what_is_said(found: Specimen, command, golden, monkeypatch):
    """Through the command line, from the folder of the file, so that places are those a person sees."""
    monkeypatch.chdir(found.path.parent)
    ran = command("solve", found.path.name, "--quiet")
    assert (ran.code, ran.out) == (3, "")
    first, _, rest = ran.err.partition("\n")
    named = {cause for cause in found.causes if cause in first}
    assert named == found.causes or (named and found.twofold), first
    assert "not verified" not in ran.err
    assert "(verified" in rest
    assert "PL-" not in ran.err
    golden(found.golden("solve"), ran.err)


@each
def test_the_rows_in_question_are_in_the_model(found: Specimen):
    assert found.rows <= limit_blocks(frame_of(found))


def test_every_kind_of_limit_has_a_scenario():
    """Every row block with a limit that any family of rules can produce, by the case that shows all of its rows, is claimed by a file."""
    known = set().union(*(limit_blocks(golden_frame(name)) for name in CASES), *(limit_blocks(frame_of(found)) for found in ZOO))
    assert known == set().union(*(found.rows for found in ZOO))


def test_several_have_two_causes():
    assert len([found for found in ZOO if found.twofold]) >= 5


def amounts(way: Repair) -> bool:
    """Whether a repair changes numbers and dates alone, which the second formulation can be told."""
    return all(change.after is not None or change.date for change in way.changes)


@third
def test_every_repair_is_one(found: Specimen, engine: Engine):
    """By the second formulation, told what is printed; and of one number that is proven the least, a little less is none."""
    loaded = found.loaded()
    with pytest.raises(InfeasibleError) as caught:
        solve(loaded, engine=engine)
    error = caught.value
    assert error.repairs or error.together
    assert all(limit.mark for limit in error.conflict)
    assert best(loaded.case) is None
    for way in (*error.repairs, *error.together):
        assert all(change.mark for change in way.changes)
        if amounts(way) and not any(change.limit.startswith("one network") for change in way.changes):  # two are nowhere in a case
            assert best(repaired(loaded.case, way)) is not None, way


@each
def test_without_the_solver_nothing_is_called_impossible_that_is_not(found: Specimen):
    """What `planner check` says of a file comes from arithmetic alone; where it objects, there is no plan indeed."""
    loaded = found.loaded()
    try:
        foresee(loaded)
    except InfeasibleError as error:
        assert all(limit.mark for limit in error.conflict)
        assert best(loaded.case) is None
