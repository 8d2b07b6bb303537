"""A saved plan of which any one number, text or yes-or-no was changed is refused by `planner
check`, with the place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from planner.assembly.plan import Plan
from planner.assembly.plan_file import load_plan_text
from planner.cli.check import sound
from planner.errors import AuditError, InputError, Problem
from planner.pipeline import solve
from planner.solver.engine import Engine
from tests.plan.answers import DECIDED, EVERYTHING, at, changed, nudged, scalars
from tests.plan.answers import Path as Steps
from tests.scenario.sample import catalog, load
from tests.shared import Shared

SAMPLE, BLOCKS = 8, 12
"""Values changed by default, and tests among which all of them are divided."""


@pytest.fixture(scope="module")
def saved(engine: Engine, shared: Shared) -> Any:
    """The data of a plan with a table of nearly every kind."""
    plan = shared("everything", lambda: solve(load(EVERYTHING), engine=engine))
    empty = [name for name in Plan.model_fields if getattr(plan, name) == []]
    assert set(empty) <= {"clusters", "reserves"}
    return json.loads(plan.to_json())


def refusal(file: Path, data: Any) -> list[Problem]:
    """What `planner check` says of a plan file with this data; nothing if it is sound."""
    file.write_text(json.dumps(data, indent=1), encoding="utf-8")
    try:
        sound(str(file), (), catalog())
    except AuditError as error:
        return list(error.findings)
    except InputError as error:
        return error.problems
    return []


def other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    return f"{value}x" if isinstance(value, str) else nudged(value)


def unseen(file: Path, data: Any, paths: Sequence[Steps]) -> list[str]:
    """Values whose change is not refused, or is refused without a word of where it was made; of a
    digest, of what it is the digest."""
    found = []
    for path in paths:
        where = str(path[1]) if path[0] == "digests" else ".".join(map(str, path))
        problems = refusal(file, changed(data, path, other))
        row = ".".join(
            where.split(".")[: 1 if path[0] in DECIDED else 2]
        )  # of two decisions that disagree, either may be the wrong one
        named = [
            problem
            for problem in problems
            if f"{problem.path}.".startswith(f"{row}.")
            or f"{where}.".startswith(f"{problem.path}.")
        ]
        if not named or not all(problem.mark for problem in named):
            found.append(
                f"{where} = {at(data, path)}: "
                f"{'; '.join(problem.concise() for problem in problems[:3])}"
            )
        codes = [problem.code == "A004" for problem in problems]
        if codes != sorted(codes):
            found.append(f"{where}: that it was edited stands before what is wrong with it")
    return found


def test_no_value_of_a_saved_plan_can_be_changed(saved: Any, tmp_path: Path) -> None:
    """A fixed few of the columns, each in one of its rows, and of the facts of the solver; every
    value below."""
    columns: dict[Steps, Steps] = {}
    chance = Random(1)
    for path in sorted(scalars(saved), key=lambda _: chance.random()):
        columns.setdefault(
            path if path[0] == "solve" else tuple(step for step in path if isinstance(step, str)),
            path,
        )
    outside, inside = (
        [path for path in columns.values() if path[0] != "case"],
        [path for path in columns.values() if path[0] == "case"],
    )
    assert len(outside) > 150
    assert unseen(tmp_path / "plan.json", saved, [*outside[:SAMPLE], *inside[: SAMPLE // 4]]) == []


@pytest.mark.slow
@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_value_at_all_of_a_saved_plan_can_be_changed(
    saved: Any, tmp_path: Path, block: int
) -> None:
    paths = list(scalars(saved))
    assert len(paths) > 2500
    assert unseen(tmp_path / "plan.json", saved, paths[block::BLOCKS]) == []


def test_what_follows_from_the_decisions_is_told_where_it_stands_and_not_by_a_digest(
    saved: Any, tmp_path: Path
) -> None:
    """Proves: a figure of the cash table is found at its own line, with what it should be, and
    nothing else is said."""
    place = next(i for i, row in enumerate(saved["cash"]) if row["usd"] > 1e5)
    (problem,) = refusal(tmp_path / "plan.json", changed(saved, ("cash", place, "usd"), nudged))
    assert (problem.code, problem.path) == ("A001", f"cash.{place}.usd")
    assert "re-derived" in problem.message


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("solve", "seed"), "solve"),
        (("solve", "solver_version"), "solve"),
        (("goals", 1, "second"), "goals.1"),
        (("goals", 2, "seconds"), "goals.2"),
        (("goals", 0, "unit"), "goals.0"),
        (("case", "figures", 0, "source"), "case.figures"),
        (("case_digest",), "case_digest"),
    ],
)
def test_what_nothing_re_derives_has_a_digest(
    saved: Any, tmp_path: Path, path: Steps, place: str
) -> None:
    words = {"silent": "agrees", "agrees": "silent", "better": "agrees", "not asked": "agrees"}
    tampered = changed(
        saved,
        path,
        lambda value: words.get(value, other(value)) if isinstance(value, str) else other(value),
    )
    (problem,) = refusal(tmp_path / "plan.json", tampered)
    assert (problem.code, problem.path) == ("A004", place)
    assert problem.mark is not None
    line = problem.mark.source.line(problem.mark.line).strip()
    assert (
        line.startswith("{")
        if place.startswith("goals")
        else line.startswith(f'"{place.rpartition(".")[2]}"')
    )


def test_digests_may_not_be_left_out_or_added(saved: Any, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    (problem,) = refusal(file, {name: value for name, value in saved.items() if name != "digests"})
    assert (problem.code, problem.path) == ("A003", "digests")
    kept = {name: text for name, text in saved["digests"].items() if name != "solve"}
    assert [(p.code, p.path) for p in refusal(file, {**saved, "digests": kept})] == [
        ("A004", "solve")
    ]
    assert [
        (p.code, p.path)
        for p in refusal(file, {**saved, "digests": {**saved["digests"], "cake": "0"}})
    ] == [("A004", "cake")]


def test_another_layout_is_the_same_plan(saved: Any) -> None:
    """Proves: neither line breaks nor the order of keys are part of what a digest covers."""

    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(item) for key, item in reversed(value.items())}
        return [turned(item) for item in value] if isinstance(value, list) else value

    plan, _ = load_plan_text(json.dumps(turned(saved)), "p.json")
    assert plan.digests == saved["digests"]
    assert (
        Plan(
            **{name: getattr(plan, name) for name in Plan.model_fields if name != "digests"}
        ).digests
        == plan.digests
    )
