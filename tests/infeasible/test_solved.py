"""Scenarios without a plan: what is told of each stands in its head, and what is told is so.

To add one, put a file beside this one; `scenarios.py` says how it begins, and the first run says
what its head lacks.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from planner.errors import InfeasibleError
from planner.pipeline import foresee, solve
from planner.refusal import Refusal
from planner.solver.engine import Engine
from tests.infeasible.scenarios import (
    GOLDEN,
    NAMED,
    SCENARIOS,
    Infeasible,
    each,
    frame_of,
    limit_blocks,
    most_of,
    third,
    way_of,
)
from tests.model.second import best
from tests.model.test_golden import CASES
from tests.model.test_golden import frame_of as golden_frame
from tests.shared import Each, Shared
from tests.solver.limits_of import repaired


@pytest.fixture(scope="module")
def refusals(engine: Engine, shared: Shared) -> Mapping[str, Refusal]:
    """Every file, solved once."""

    def refusal(name: str) -> Refusal:
        with pytest.raises(InfeasibleError) as caught:
            solve(NAMED[name].loaded(), engine=engine)
        return caught.value.refusal

    return Each(shared, "refused", list(NAMED), refusal)


@each
def test_what_is_told(found: Infeasible, refusals: Mapping[str, Refusal]):
    """The causes with their lines, every way out with its amount or date, and what can be had; all
    of it in the head of the file."""
    told = refusals[found.name]
    named = {limit.name for limit in told.conflict}
    assert found.causes <= named or (found.twofold and named & found.causes), named
    assert all(limit.mark and limit.mark.text and limit.says for limit in told.conflict)
    assert {way_of(way) for way in told.repairs} == found.ways
    assert {way_of(way) for way in told.together} == found.together
    assert tuple(most_of(told)) == found.most
    assert told.search == "all"
    assert told.cheapest is not None
    for way in (
        *told.repairs,
        told.cheapest,
        *([told.cheapest_above] if told.cheapest_above else []),
    ):
        assert way.verified, way.says
        assert all(change.place and change.line for change in way.changes)
    assert (
        told.cheapest.size
        <= min((way.size for way in told.repairs if way.of_amounts), default=9) * 1.1 + 1e-9
    )
    if found.twofold:
        combined = told.cheapest_above or told.cheapest
        assert {change.limit for change in combined.changes} == {
            cause for cause in found.causes if not cause.startswith("demand")
        }
        assert not any(way.changes[0].sense == "at most" for way in told.repairs)


@pytest.mark.parametrize("name", GOLDEN)
def test_what_is_printed(name: str, command, golden, monkeypatch):
    """Through the command line, from the folder of the file, so that places are those a person
    sees."""
    found = NAMED[name]
    monkeypatch.chdir(found.path.parent)
    ran = command("solve", found.path.name, "--quiet")
    assert (ran.code, ran.out) == (3, "")
    golden(found.path.parent / "golden" / f"{name}.solve.txt", ran.err)


@each
def test_the_rows_in_question_are_in_the_model(found: Infeasible):
    assert found.rows <= limit_blocks(frame_of(found))


def test_every_kind_of_limit_has_a_scenario():
    """Every row block with a limit that any family of rules can produce, by the case that shows all
    of its rows, is claimed by a file; what a plan decided before is in no file
    (`tests/model/test_hand_keeping.py`)."""
    known = set().union(
        *(limit_blocks(golden_frame(name)) for name in CASES),
        *(limit_blocks(frame_of(found)) for found in SCENARIOS),
    )
    assert known - {"kept.decided"} == set().union(*(found.rows for found in SCENARIOS))


def test_several_have_two_causes():
    assert len([found for found in SCENARIOS if found.twofold]) >= 5


@third
def test_every_repair_is_one(found: Infeasible, refusals: Mapping[str, Refusal]):
    """By the second formulation, told what is printed."""
    case, told = found.loaded().case, refusals[found.name]
    assert best(case) is None
    for way in (*told.repairs, *told.together):
        numbers = all(change.to is not None or change.to_period for change in way.changes)
        if numbers and not any(
            change.limit.startswith("one network") for change in way.changes
        ):  # two are nowhere in a case
            assert best(repaired(case, way)) is not None, way


@each
def test_without_the_solver_nothing_is_called_impossible_that_is_not(found: Infeasible):
    """What `planner check` says of a file comes from arithmetic alone; where it objects, there is
    no plan indeed."""
    loaded = found.loaded()
    try:
        foresee(loaded)
    except InfeasibleError as error:
        assert all(limit.mark for limit in error.refusal.conflict)
        assert best(loaded.case) is None
