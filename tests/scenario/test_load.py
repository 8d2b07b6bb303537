"""A scenario file becomes a case, with the place of each of its lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.assembly.scenario import Case, Scenario
from planner.data import scenarios_folder
from planner.errors import InputError
from planner.scenario.load import load_scenario, load_scenario_text
from tests.scenario.sample import RICH, SOUND, catalog, load, spoilt

SHIPPED = sorted(scenarios_folder().glob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_every_shipped_scenario_loads_and_its_case_survives_json(path: Path):
    case = load_scenario(path, catalog()).case
    assert Case.model_validate_json(case.model_dump_json()) == case
    assert case.scenario_file.endswith(path.name)


@pytest.mark.parametrize("text", [SOUND, RICH], ids=["sound", "rich"])
def test_a_case_survives_json_exactly(text):
    case = load(text).case
    again = Case.model_validate_json(case.model_dump_json())
    assert again == case
    assert again.model_dump_json() == case.model_dump_json()
    assert again.timeline == case.timeline


@pytest.mark.parametrize("text", [SOUND, RICH], ids=["sound", "rich"])
def test_a_scenario_survives_json_too(text):
    scenario = load(text).scenario
    assert Scenario.model_validate_json(scenario.model_dump_json(by_alias=True)) == scenario


def test_the_file_and_the_same_text_make_the_same_case(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(SOUND, encoding="utf-8")
    by_file = load_scenario(path, catalog()).case
    by_text = load_scenario_text(SOUND, catalog(), name=by_file.scenario_file).case
    assert by_file == by_text


def test_line_ends_quotes_and_remarks_change_nothing_but_the_digest():
    case = load(SOUND).case
    for other in (
        SOUND.replace("\n", "\r\n"),
        "# a remark\n" + SOUND,
        "\ufeff" + SOUND,
        spoilt("40 MW", '"40 MW"'),
        spoilt("40 MW", "'40MW'"),
        spoilt("40 MW", "40000 kW"),
        spoilt("40 MW", "0.04 GW"),
        spoilt("40 MW", "4e1 MW"),
    ):
        changed = load(other).case
        assert changed.scenario_digest != case.scenario_digest
        assert changed.model_copy(update={"scenario_digest": case.scenario_digest}) == case


def test_the_digest_tells_texts_and_overrides_apart():
    digests = [
        load(SOUND).case.scenario_digest,
        load(spoilt("5 GUSD", "6 GUSD")).case.scenario_digest,
        load(SOUND, ["budget.capex=6 GUSD"]).case.scenario_digest,
        load(SOUND, ["budget.capex=6 GUSD", "name=Other"]).case.scenario_digest,
    ]
    assert len(set(digests)) == 4
    assert load(SOUND).case.scenario_digest == digests[0]


def test_the_mark_of_a_path_is_its_line():
    loaded = load(SOUND)
    for path, line in (
        ("sites.0.power", 5),
        ("sites.0.power.2027-Q1", 5),
        ("supply.0", 11),
        ("demands.0.need", 13),
        ("budget.capex", 16),
        ("nowhere", 1),
    ):
        mark = loaded.mark(path)
        assert mark is not None
        assert mark.line == line, path


def test_files_that_cannot_be_read(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(InputError) as caught:
            load_scenario(path, catalog())
        assert [p.code for p in caught.value.problems] == ["Y004"]


def test_a_catalog_of_another_folder_is_what_ids_are_checked_against(tmp_path):
    """Nothing of the built-in catalog shines through."""
    small = catalog().__class__(**{**vars(catalog()), "systems": {}})
    with pytest.raises(InputError, match="no system `hgx-h100`"):
        load_scenario_text(SOUND, small)
