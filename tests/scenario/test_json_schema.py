"""The JSON Schema that editors use agrees with the loader: sound files pass, wrong ones do not, defaults read as a file says them."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml

from planner.data import scenarios_folder
from planner.records import keys_of
from planner.scenario.schema import Scenario
from tests.scenario.sample import RICH, SOUND, spoilt

SHIPPED = sorted(scenarios_folder().glob("*.yaml"))


class Core(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it: dates and `no` stay text."""


Core.yaml_implicit_resolvers = {}
Core.add_implicit_resolver("tag:yaml.org,2002:bool", yaml.SafeLoader.yaml_implicit_resolvers["t"][0][1], list("tf"))
Core.add_implicit_resolver("tag:yaml.org,2002:null", __import__("re").compile(r"^(?:~|null|)$"), ["~", "n", ""])
Core.add_implicit_resolver("tag:yaml.org,2002:int", __import__("re").compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
Core.add_implicit_resolver(
    "tag:yaml.org,2002:float", __import__("re").compile(r"^[-+]?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?$"), list("-+0123456789")
)


def read(text: str) -> Any:
    """Data as an editor sees it: keys are always text."""

    def named(value: Any) -> Any:
        if isinstance(value, dict):
            return {str(key): named(item) for key, item in value.items()}
        return [named(item) for item in value] if isinstance(value, list) else value

    return named(yaml.load(text, Core))


@pytest.fixture(scope="module")
def schema() -> Any:
    shape = Scenario.model_json_schema()
    jsonschema.Draft202012Validator.check_schema(shape)
    return shape


@pytest.fixture(scope="module")
def editor(schema: Any) -> jsonschema.Draft202012Validator:
    """What looks at a file; `jsonschema.validate` would look at the whole schema first, every time."""
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_every_shipped_scenario_is_valid(editor, path):
    editor.validate(read(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("text", [SOUND, RICH], ids=["sound", "rich"])
def test_the_samples_are_valid(editor, text):
    editor.validate(read(text))


def test_the_rich_sample_uses_every_key_there_is(schema):
    """So that the tests over it leave nothing out."""

    def used(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*(used(item) for item in value.values()))
        return set().union(*(used(item) for item in value)) if isinstance(value, list) else set()

    keys = set(keys_of(Scenario)).union(*(shape.get("properties", {}) for shape in schema["$defs"].values()))
    assert keys - used(read(RICH)) <= {"from", "to", "minimize", "maximize"}


WRONG = [
    ("fit_out", "fitout"),
    ("budget:", "bugdet:"),
    ("name: Sample\n", ""),
    ("    energy_price: 55 USD/MWh\n", ""),
    ("40 MW", "40"),
    ("55 USD/MWh", "55"),
    ("{2026-Q1: 20 MW, 2027-Q1: 40 MW}", "20 MW"),
    ("{2026-Q1: 20 MW, 2027-Q1: 40 MW}", "{}"),
    ("2026-Q1: 20 MW", "Q1-2026: 20 MW"),
    ("from: 2026-Q1", "from: Q1-2026"),
    ("deployment", "deploymant"),
    ("kind: deployment, ", ""),
    ("{minimize: cost}", "{minimize: costs}"),
    ("{minimize: cost}", "{minimize: cost, precision: bf17}"),
    ("level: supplier", "level: vendor"),
    ("[{minimize: cost}]", "[]"),
    ("{capex: 5 GUSD}", "[5 GUSD]"),
    ("to: 2027-Q4", "to: 2027-Q4, step: week"),
    ("- mi355x-server", "- {price: 3 USD}"),
    ("1000 accelerators", "1000"),
]


@pytest.mark.parametrize(("old", "new"), WRONG)
def test_what_an_editor_can_see_is_wrong(editor, old, new):
    with pytest.raises(jsonschema.ValidationError):
        editor.validate(read(spoilt(old, new)))


def test_it_is_json(schema):
    json.dumps(schema, allow_nan=False)


def test_every_default_satisfies_its_own_schema(schema):
    """An editor that fills in `60` where `60 s` is meant would write a wrong file."""
    checked = 0
    for shape in (schema, *schema["$defs"].values()):
        for name, field in shape.get("properties", {}).items():
            if "default" in field:
                jsonschema.Draft202012Validator({**field, "$defs": schema["$defs"]}).validate(field["default"])
                checked += 1
                if "x-unit" in field and field["x-unit"] != "1":
                    assert isinstance(field["default"], str), name
    assert checked > 50


def test_every_key_says_what_it_is_or_has_a_unit_or_a_type(schema):
    for shape in schema["$defs"].values():
        assert shape.get("description"), shape["title"]
        assert shape["type"] == "object"
        assert shape["additionalProperties"] is False
