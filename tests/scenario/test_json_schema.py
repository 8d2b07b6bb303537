"""The JSON Schema that editors use agrees with the loader: sound files pass, wrong ones do not,
defaults read as a file says them."""

from __future__ import annotations

import copy
import json
import re
import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

import jsonschema
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter

from planner.assembly.scenario import Scenario
from planner.cli.check import schema as schema_command
from planner.data import scenarios_folder
from planner.errors import InputError, Problem
from planner.plan.schema import Plan
from planner.power_model.file import ClusterFile, clusters_folder
from planner.records import keys_of, validate
from planner.scenario.load import load_scenario_text
from planner.study.explanation import Explanation
from planner.yamlfile import read_text
from tests.scenario.sample import RICH, SOUND, catalog, spoilt

SHIPPED = sorted(scenarios_folder().glob("*.yaml"))
MODELS = {"scenario": Scenario, "cluster": ClusterFile, "plan": Plan, "explanation": Explanation}


class Core(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it: dates and `no` stay text."""


Core.yaml_implicit_resolvers = {}
Core.add_implicit_resolver(
    "tag:yaml.org,2002:bool", yaml.SafeLoader.yaml_implicit_resolvers["t"][0][1], list("tf")
)
Core.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
Core.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789")
)
Core.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?$"),
    list("-+0123456789"),
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
    """What looks at a file; `jsonschema.validate` would look at the whole schema first, every
    time."""
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

    keys = set(keys_of(Scenario)).union(
        *(shape.get("properties", {}) for shape in schema["$defs"].values())
    )
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


@pytest.fixture(scope="module", params=sorted(MODELS))
def exported(request) -> tuple[str, Any]:
    """What `planner schema` prints, for each kind of file."""
    done = CliRunner().invoke(schema_command, [request.param])
    assert done.exit_code == 0, done.output
    return request.param, json.loads(done.output)


def below(shape: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every schema in a schema, with its place."""
    yield at, shape
    for key, value in shape.items():
        if key in ("properties", "$defs", "patternProperties"):
            for name, part in value.items():
                yield from below(part, f"{at}/{key}/{name}")
        elif key in ("anyOf", "oneOf", "allOf", "prefixItems"):
            for i, part in enumerate(value):
                yield from below(part, f"{at}/{key}/{i}")
        elif key in (
            "items",
            "additionalProperties",
            "propertyNames",
            "not",
            "contains",
        ) and isinstance(value, dict):
            yield from below(value, f"{at}/{key}")


TOLD = {"$schema", "$defs", "$ref", "title", "description", "default", "examples"}
FOR_TYPE = {
    "string": {"pattern", "minLength", "maxLength"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
    "integer": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
    "boolean": set(),
    "null": set(),
    "array": {"items", "prefixItems", "minItems", "maxItems"},
    "object": {
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "propertyNames",
        "minProperties",
    },
}


def offences(shape: Any) -> list[str]:
    """What a strict validator (Ajv with `strict: true`) would not compile: keywords that it does
    not know or that lack their type."""
    found = []
    for at, part in below(shape):
        kind = part.get("type")
        if isinstance(kind, list):
            found.append(f"{at}: a union of types")
            continue
        if kind is None and (loose := set(part) & set().union(*FOR_TYPE.values())):
            found.append(f"{at}: {loose} without a type")
        own = FOR_TYPE.get(kind, set()) if kind else set().union(*FOR_TYPE.values())
        if unknown := set(part) - TOLD - own - {"type", "anyOf", "oneOf", "enum", "const"}:
            found.append(f"{at}: {unknown}")
        if missing := set(part.get("required", ())) - set(part.get("properties", ())):
            found.append(f"{at}: required but no property: {missing}")
        if (places := part.get("prefixItems")) is not None and not (
            part.get("minItems") == part.get("maxItems") == len(places)
        ):
            found.append(f"{at}: a tuple of no fixed length")
        if "pattern" in part:
            re.compile(part["pattern"])
            if re.search(r"\(\?[>P#]|\\[AZ]|[*+?}]\+", part["pattern"]):
                found.append(f"{at}: a pattern that only Python knows")
    return found


def test_a_strict_validator_takes_every_schema(exported):
    assert offences(exported[1]) == []
    jsonschema.Draft202012Validator.check_schema(exported[1])
    json.dumps(exported[1], allow_nan=False)


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "string", "gt": 0},
        {"type": ["string", "number"]},
        {"properties": {"a": {"x-unit": "W"}}, "type": "object"},
        {"required": ["a"], "type": "object"},
        {"minimum": 1},
        {"anyOf": [{"type": "string", "minimum": 1}]},
        {"type": "array", "prefixItems": [{"type": "null"}]},
        {"type": "string", "pattern": "(?>a)"},
    ],
)
def test_an_offence_is_seen(shape):
    assert len(offences(shape)) == 1


def test_every_default_satisfies_its_own_schema(schema):
    """An editor that fills in `60` where `60 s` is meant would write a wrong file."""
    checked = 0
    for shape in (schema, *schema["$defs"].values()):
        for name, field in shape.get("properties", {}).items():
            if "default" in field:
                jsonschema.Draft202012Validator({**field, "$defs": schema["$defs"]}).validate(
                    field["default"]
                )
                checked += 1
                assert not isinstance(field["default"], float), name
    assert checked > 50


@pytest.mark.parametrize("model", [Scenario, ClusterFile], ids=["scenario", "cluster"])
def test_every_key_has_a_sentence_and_an_example(model):
    shape = model.model_json_schema()
    for record in (shape, *shape["$defs"].values()):
        assert record.get("description"), record["title"]
        assert record["type"] == "object"
        assert record["additionalProperties"] is False
        for key, field in record["properties"].items():
            assert re.match(r"[A-Z0-9`].*\.$", field.get("description", ""), re.S), (
                record["title"],
                key,
            )
            assert len(field["examples"]) == 1, (record["title"], key)


def records(model: type[BaseModel]) -> set[type[BaseModel]]:
    """A model and the models of its parts."""
    found = {model}

    def look(annotation: Any) -> None:
        if get_origin(annotation) in (Annotated, Union, types.UnionType, list, dict):
            for part in get_args(annotation):
                look(part)
        elif (
            isinstance(annotation, type)
            and issubclass(annotation, BaseModel)
            and annotation not in found
        ):
            found.add(annotation)
            for field in annotation.model_fields.values():
                look(field.annotation)

    for field in model.model_fields.values():
        look(field.annotation)
    return found


@pytest.mark.parametrize("model", [Scenario, ClusterFile], ids=["scenario", "cluster"])
def test_every_example_may_stand_where_it_is_shown(model):
    """By its own schema, and by the loader with all that it says of keys that need each other."""
    shape = model.model_json_schema()
    shapes = {record["title"]: record for record in (shape, *shape["$defs"].values())}
    for record in records(model):
        for name, field in record.model_fields.items():
            if record.__name__ not in shapes:
                continue  # `Amount` stands in a file as one text
            told = shapes[record.__name__]["properties"][field.alias or name]
            (example,) = told["examples"]
            jsonschema.Draft202012Validator({**told, "$defs": shape["$defs"]}).validate(example)
            kind = (
                Annotated[(field.annotation, *field.metadata)]
                if field.metadata
                else field.annotation
            )
            TypeAdapter(kind).validate_python(_as_text(example))


def _as_text(value: Any) -> Any:
    """Data as the loader has it: every scalar a text."""
    if isinstance(value, dict):
        return {str(key): _as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return value if value is None else str(value).lower() if isinstance(value, bool) else str(value)


# --- the same verdict
# -------------------------------------------------------------------------------------------------

FILES = {path.stem: path.read_text(encoding="utf-8") for path in SHIPPED} | {
    "sound": SOUND,
    "rich": RICH,
}
CLUSTERS = {
    path.stem: path.read_text(encoding="utf-8") for path in sorted(clusters_folder().glob("*.yaml"))
}
SCALARS = [
    None,
    True,
    False,
    0,
    1,
    2,
    7,
    -1,
    55,
    101,
    2028,
    99,
    1.5,
    0.5,
    -0.5,
    1e12,
    "",
    " ",
    "x",
    "north",
    "2028",
    "2028-Q3",
    "2028-13",
]
SCALARS += [
    "2028-04-31",
    "20 MW",
    "60 %",
    "0.5",
    "1.15",
    "unlimited",
    "none",
    "true",
    "7",
    "supplier",
    "compute",
    "Q3-2028",
    "4000 systems",
]
OTHERS = [[], {}, ["north"], [1], {"a": 1}, {"2028": "20 MW"}, {"2028-Q1": 20}, [[]], [None]]


def spots(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place below the root."""
    for key, value in (
        data.items()
        if isinstance(data, dict)
        else enumerate(data)
        if isinstance(data, list)
        else ()
    ):
        yield (*path, key)
        yield from spots(value, (*path, key))


@st.composite
def changed(draw: st.DrawFn, files: dict[str, str]) -> Any:
    """A file in which one thing was removed, renamed, given another type, or a bare number out of
    bounds."""
    data = read(files[draw(st.sampled_from(sorted(files)))])
    for _ in range(draw(st.integers(1, 2))):
        places = list(spots(data))
        if not places:
            break
        *path, last = draw(st.sampled_from(places))
        here = data
        for step in path:
            here = here[step]
        what = draw(st.sampled_from(["drop", "rename", "scalar", "scalar", "other", "add", "bare"]))
        if what == "drop":
            del here[last]
        elif what == "rename" and isinstance(here, dict):
            word = draw(
                st.sampled_from(
                    ["x", "nmae", "2028", "2028-Q9", "name", "system", "id", "sites", "from"]
                )
            )
            renamed = {word if key == last else key: value for key, value in here.items()}
            here.clear()
            here.update(renamed)
        elif what == "scalar":
            here[last] = draw(st.sampled_from(SCALARS))
        elif what == "other":
            here[last] = copy.deepcopy(draw(st.sampled_from(OTHERS)))
        elif what == "add" and isinstance(here, dict):
            here[
                draw(
                    st.sampled_from(
                        ["x", "system", "priority", "region", "sites", "may_retire", "2029"]
                    )
                )
            ] = draw(st.sampled_from(SCALARS))
        elif (
            what == "bare"
            and isinstance(here[last], str)
            and (number := re.match(r"[0-9.]+", here[last]))
        ):
            here[last] = float(number[0]) if "." in number[0] else int(number[0])
    return data


def value_at(data: Any, path: str) -> Any:
    """What stands at a dotted path, or nothing."""
    for step in path.split("."):
        try:
            data = data[int(step)] if isinstance(data, list) else data[step]
        except (KeyError, IndexError, ValueError, TypeError):
            return None
    return data


def visible(problem: Problem, data: Any) -> bool:
    """Whether a mistake is one of a key, a type or the bound of a bare number, all of which a
    schema sees."""
    value = value_at(data, problem.path)
    bare = isinstance(value, int | float)
    if problem.code in ("K001", "K002"):
        return True
    if problem.code == "T002":
        return "objective" not in problem.message
    if problem.code == "T001":
        limit = re.search(r"(greater|less) than", problem.message)
        return bool(problem.path) and (bare if limit else "datetime" not in problem.message)
    if problem.code == "R001":
        return bare and bool(re.search("out of range|(greater|less) than", problem.message))
    return problem.code in ("U001", "U004") and (
        bare or isinstance(value, dict | list) or value is None
    )


def complaints(text: str, kind: str) -> list[Problem]:
    """What the loader says."""
    try:
        if kind == "scenario":
            load_scenario_text(text, catalog())
        else:
            validate(ClusterFile, read_text(text, "c.yaml"))
    except InputError as error:
        return list(error.problems)
    return []


EDITORS = {
    kind: jsonschema.Draft202012Validator(MODELS[kind].model_json_schema())
    for kind in ("scenario", "cluster")
}


def agree(data: Any, kind: str) -> None:
    text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    problems = complaints(text, kind)
    errors = [
        f"{error.json_path}: {error.message[:150]}" for error in EDITORS[kind].iter_errors(data)
    ]
    seen = [problem for problem in problems if visible(problem, data)]
    assert not errors or problems, ("the loader takes it, the schema does not", errors)
    assert not seen or errors, (
        "the loader refuses it, the schema does not",
        [problem.concise() for problem in seen],
    )


@settings(max_examples=30)
@given(data=changed(FILES))
def test_schema_and_loader_agree_on_changed_scenarios(data):
    agree(data, "scenario")


@settings(max_examples=30)
@given(data=changed(CLUSTERS))
def test_schema_and_loader_agree_on_changed_clusters(data):
    agree(data, "cluster")


@pytest.mark.slow
@settings(max_examples=1500)
@given(data=changed(FILES))
def test_schema_and_loader_agree_on_many_changed_scenarios(data):
    agree(data, "scenario")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("from: 2026-Q1", "from: 2026"),
        ("name: Sample", "name: 2026"),
        ("name: Sample", "name: true"),
        ("id: north", "id: 1"),
        ("  - mi355x-server", "  - {system: mi355x-server}"),
        ("max_share: 60 %", "max_share: 0.6"),
        ("max_share: 60 %", "max_share: 1"),
        ("{2026-Q1: 20 MW, 2027-Q1: 40 MW}", "{2026: 20 MW, 2027: 40 MW}"),
        (
            "{minimize: cost}",
            "{weighted: [{minimize: cost, weight: 1}, {minimize: carbon, weight: 2.5}]}",
        ),
        ("{capex: 5 GUSD}", "{capex: ~}"),
        ("objective: [{minimize: cost}]", 'solve: {seed: "7", gap: 0.001}'),
    ],
)
def test_both_take(old, new):
    data = read(spoilt(old, new))
    assert not list(EDITORS["scenario"].iter_errors(data))
    agree(data, "scenario")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("max_share: 60 %", "max_share: 1.5"),
        ("max_share: 60 %", "max_share: 0"),
        ("{capex: 5 GUSD}", "{capex: 5}"),
        ("energy_price: 55 USD/MWh", 'energy_price: "55"'),
        ("objective: [{minimize: cost}]", "solve: {seed: -1}"),
        ("objective: [{minimize: cost}]", "solve: {seed: 1.5}"),
        (
            "{minimize: cost}",
            "{weighted: [{minimize: cost, weight: 0}, {minimize: carbon, weight: 2.5}]}",
        ),
        ("2027-Q1: 40 MW", "2027-13: 40 MW"),
        ("2027-Q1: 40 MW", "2027-04-31: 40 MW"),
        ("from: 2026-Q1", "from: 26"),
        ("name: Sample", 'name: " "'),
        ("name: Sample", "name: ~"),
        ("id: north", "id: -1"),
        ("max_share: 60 %", "max_share: 60 %, min_suppliers: 1"),
        ("max_share: 60 %", "max_share: sixty"),
    ],
)
def test_both_refuse(old, new):
    data = read(spoilt(old, new))
    assert list(EDITORS["scenario"].iter_errors(data))
    assert complaints(yaml.safe_dump(data, sort_keys=False), "scenario")
