"""A plan file loads back equal; what is no plan, or not this release's, is said in one line with
its place."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from planner.assembly.audit import audit
from planner.assembly.plan import Plan
from planner.assembly.plan_file import load_plan, load_plan_text, locate
from planner.errors import InputError, Problem
from planner.yamlfile import read_text
from tests.conftest import SHIPPED


def wrong(text: str) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        load_plan_text(text, "p.json")
    return list(caught.value.problems)


@pytest.mark.parametrize("name", [*SHIPPED, "mixed"])
def test_a_saved_plan_loads_back_equal(plans, tmp_path, name):
    path = tmp_path / "plan.json"
    path.write_text(plans[name].to_json(), encoding="utf-8")
    plan, located = load_plan(path)
    assert plan == plans[name] == Plan.model_validate_json(path.read_text(encoding="utf-8"))
    assert plan.to_json() == plans[name].to_json()
    assert located.source.name == str(path)


def test_every_value_is_found_where_the_yaml_reader_finds_it(plans):
    text = plans["mixed"].to_json()
    ours, theirs = locate(text, "p"), read_text(text, "p")
    assert ours.spots.keys() == theirs.spots.keys()
    for path, spot in ours.spots.items():
        assert (spot.value.line, spot.value.column) == (
            theirs.spots[path].value.line,
            theirs.spots[path].value.column,
        )
        if spot.key is not None:
            assert spot.key == theirs.spots[path].key


@pytest.mark.parametrize("indent", [None, 4, "\t"])
def test_another_layout_changes_nothing(plans, indent):
    plan = plans["colossus"]
    loaded, located = load_plan_text(json.dumps(json.loads(plan.to_json()), indent=indent), "p")
    assert loaded == plan
    mark = located.value_mark(("purchases", 0, "units"))
    assert mark is not None
    assert located.source.line(mark.line)[mark.column - 1 :].startswith(
        str(plan.purchases[0].units)
    )


@pytest.mark.parametrize(
    ("text", "code", "place", "words"),
    [
        ("", "Y001", "1:1", "not JSON"),
        ("name: a scenario\n", "Y001", "1:1", "not JSON"),
        ('{"format": "ai-cluster-plan",\n "x": [1, }', "Y001", "2:11", "not JSON"),
        ("[" * 100_000, "Y003", "1:1", "nested deeper"),
        ('{"format": ' + "[" * 60 + "]" * 60 + "}", "Y003", "1:52", "nested deeper than 40"),
        ("[]", "A003", "1:1", "not a plan"),
        ("{}", "A003", "1:1", "not a plan"),
        ("null", "A003", "1:1", "not a plan"),
        ('{"format": "a-cake"}', "A003", "1:12", "not a plan"),
        (
            '{"format": "ai-cluster-plan"}',
            "A003",
            "1:1",
            "no format version, and this release reads versions 2 and 3",
        ),
        (
            '{"format": "ai-cluster-plan", "format_version": 1}',
            "A003",
            "1:49",
            "format version 1, and this release reads versions 2 and 3",
        ),
        (
            '{"format": "ai-cluster-plan", "format_version": "1"}',
            "A003",
            "1:49",
            'format version "1"',
        ),
        (
            '{"format": "ai-cluster-plan", "format": "ai-cluster-plan"}',
            "Y002",
            "1:31",
            "`format` stands twice",
        ),
        (
            '{"format": "ai-cluster-plan", "format_version": 3, "x": 1e999}',
            "R001",
            "1:57",
            "not a finite number",
        ),
        (
            '{"format": "ai-cluster-plan", "format_version": 2, "x": NaN}',
            "R001",
            "1:57",
            "not a finite number",
        ),
        (
            '{"format": "ai-cluster-plan", "format_version": 2, "x": ' + "9" * 5000 + "}",
            "R001",
            "1:57",
            "not a finite number",
        ),
    ],
)
def test_what_is_not_a_plan(text, code, place, words):
    started = time.perf_counter()
    problems = wrong(text)
    assert [p.code for p in problems] == [code]
    assert f"p.json:{place}" == str(problems[0].mark)
    assert words in problems[0].message
    assert time.perf_counter() - started < 5


def test_mistakes_of_shape_have_their_lines(plans):
    text = plans["colossus"].to_json()
    data = json.loads(text)
    data["purchases"][1]["unit"] = data["purchases"][1].pop("units")
    data["totals"]["systems"] = "many"
    data["solve"]["status"] = "best"
    edited = json.dumps(data, indent=1)
    lines = edited.splitlines()
    problems = wrong(edited)
    assert {p.code for p in problems} == {"K001", "K002", "T001", "T002"}
    for problem in problems:
        assert problem.mark is not None
        shown = lines[problem.mark.line - 1]
        assert {"K001": '"unit"', "K002": "{", "T001": '"many"', "T002": '"best"'}[
            problem.code
        ] in shown


def test_thousands_of_mistakes_are_counted_not_listed(plans):
    data = json.loads(plans["mixed"].to_json())
    data["power"] = [{"wrong": 1}] * 500
    problems = wrong(json.dumps(data))
    assert len(problems) == 26
    assert any("more mistakes of this kind" in p.message for p in problems)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match=r"cannot read .*no such file"):
        load_plan(tmp_path / "none.json")
    with pytest.raises(InputError, match=r"cannot read .*is a directory"):
        load_plan(tmp_path)
    binary = tmp_path / "b.json"
    binary.write_bytes(b"\xff\xfe{")
    with pytest.raises(InputError, match="not UTF-8 text"):
        load_plan(binary)


def test_a_byte_order_mark_is_no_mistake(plans, tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(plans["colossus"].to_json(), encoding="utf-8-sig")
    assert load_plan(path)[0] == plans["colossus"]


OLD = Path(__file__).parent / "saved" / "format-2.json"
"""A plan that release 0.1 wrote, of the sample scenario."""


def as_old(old, new):
    """What this release says, without the keys that the one that saved it did not know and that say
    nothing here."""
    if isinstance(old, dict):
        assert not any(new[key] for key in new.keys() - old.keys())
        return {key: as_old(value, new[key]) for key, value in old.items()}
    if isinstance(old, list) and len(old) == len(new):
        return [as_old(*pair) for pair in zip(old, new, strict=True)]
    return new


def test_a_plan_of_format_2_is_read():
    """Proves: it passes the audit, and is written as format 3 that passes it too: the solver's
    settings are told once, in `solve`."""
    plan, located = load_plan(OLD)
    audit(plan, located)
    again, there = load_plan_text(plan.to_json())
    audit(again, there)
    assert again == plan
    old, new = json.loads(OLD.read_text(encoding="utf-8")), json.loads(plan.to_json())
    settings = {key: old["case"].pop(key) for key in ("gap", "time_limit_s", "seed")}
    assert settings == {key: new["solve"][key] for key in settings}
    new["case"] = as_old(old["case"], new["case"])
    assert {key: value for key, value in new.items() if old[key] != value}.keys() == {
        "format_version",
        "case_digest",
        "digests",
    }


@pytest.mark.parametrize("key", ["gap", "time_limit_s", "seed"])
def test_what_format_3_leaves_out_was_not_edited_either(key):
    old = json.loads(OLD.read_text(encoding="utf-8"))
    old["case"][key] += 1
    with pytest.raises(InputError) as caught:
        load_plan_text(json.dumps(old, indent=1))
    (problem,) = caught.value.problems
    assert (problem.code, problem.path) == ("A004", f"case.{key}")
    assert problem.mark is not None and f'"{key}": {old["case"][key]}' in problem.mark.text
    del old["case"][key]
    with pytest.raises(InputError, match="is no part of the plan"):
        load_plan_text(json.dumps(old))


def test_the_digest_of_the_case_of_format_2_was_not_edited():
    old = json.loads(OLD.read_text(encoding="utf-8"))
    old["case_digest"] = "0" * 16
    with pytest.raises(InputError, match="`case_digest` was edited"):
        load_plan_text(json.dumps(old))


@pytest.mark.parametrize(
    "broken", [{"case": 3}, {"digests": 3}, {"case": {}}, {"digests": {}}, {"case_digest": 4}]
)
def test_a_broken_plan_of_format_2_is_refused_with_places(broken):
    old = json.loads(OLD.read_text(encoding="utf-8")) | broken
    with pytest.raises(InputError) as caught:
        load_plan_text(json.dumps(old))
    assert all(problem.mark for problem in caught.value.problems)
