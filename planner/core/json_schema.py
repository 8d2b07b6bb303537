"""What does the JSON Schema of a file say? What editors and validators need, in keywords of draft
2020-12 alone.

A file is read as text: `name: 2026` is a name, `seed: "7"` a number. An editor sees YAML's types
instead, so wherever the loader takes a text the schema takes what YAML makes of it. Dimensions,
names, the order of dates and keys that exclude each other stay the loader's.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from planner.core.fields import show_heat_limit
from planner.units import Unit
from planner.yamlfile import read_text

YEAR, LAST_YEAR = 1000, 9998
"""A year alone is a number to YAML, which drops leading zeros; the year after the last must be one
that the calendar has."""
_MONTH_AND_DAY = (
    "(0[13578]|1[02])(-(0[1-9]|[12][0-9]|3[01]))?"
    "|(0[469]|11)(-(0[1-9]|[12][0-9]|30))?|02(-(0[1-9]|[12][0-9]))?"
)
DATE = f"^(?!0000)[0-9]{{4}}(-(Q[1-4]|{_MONTH_AND_DAY}))?$"
BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
NOTES = ("title", "description", "default", "examples", "x-unit")
"""Keywords that tell, and do not judge."""
EXAMPLES: dict[str, object] = {
    "Assume.fabric_cost": "20 %",
    "Budget.capex": "5 GUSD",
    "ComputeDemand.id": "pretraining",
    "Cooling.air": "5 MW",
    "Cooling.liquid": "unlimited",
    "Deployment.id": "inference",
    "Objective.accelerators": "100000 accelerators",
    "Hall.id": "hall-a",
    "Horizon.from": "2026-Q1",
    "Horizon.to": "2028-Q4",
    "Part.accelerators": "100000 accelerators",
    "Permit.power": "50 MW",
    "Pue.peak": "1.25",
    "Site.id": "north",
    "Site.name": "Northern campus",
    "SitePue.peak": "1.25",
    "Source.id": "bridge",
    "Source.unit": "15 MW",
    "accelerator": "gpu-sxm",
    "air": "2 MW",
    "annual": "1.15",
    "average": "7 kW",
    "build": "us-average",
    "cooling": "direct-liquid",
    "crews": [{"sites": ["north", "south"], "rate": "40 MW/quarter"}],
    "critical_it": "10 MW",
    "demand": "pretraining",
    "demands": [
        {
            "id": "inference",
            "kind": "deployment",
            "system": "gpu-server",
            "need": {"2027-Q1": "4000 systems"},
        }
    ],
    "description": "What the first building can take",
    "diversification": [{"level": "supplier", "metric": "spend", "max_share": "60 %"}],
    "existing": "5 MW",
    "fit_out": "30 days",
    "foundry": "foundry-a",
    "from": "north",
    "gap": "0.1 %",
    "grid": "pjm",
    "it_overhead": "10 %",
    "lifetime": "5 years",
    "liquid": "8 MW",
    "load_duration": [{"share": "20 %", "load": "100 %"}, {"share": "80 %", "load": "90 %"}],
    "management": "100 kW",
    "max_hhi": "0.4",
    "meaningful": "10 %",
    "name": "First gigawatt",
    "nameplate": "10.2 kW",
    "only": "chipmaker",
    "oversubscription": "3",
    "peak": "9 kW",
    "power_oversubscription": "0.2",
    "price": "250 kUSD",
    "redundancy": "4n-3",
    "region": "east",
    "reliability": "99.9 %",
    "site": "north",
    "sites": "north",
    "software": "stack",
    "source": "gas-engine",
    "storage": "200 kW",
    "supplier": "chipmaker",
    "suppliers": "chipmaker",
    "supply": [
        {"system": "gpu-server", "by": {"2026-Q3": "400 systems", "2027-Q1": "1200 systems"}}
    ],
    "switch": "eth-64x800",
    "system": "gpu-server",
    "to": "south",
    "tolerance": "1 %",
    "utility_loss": "1 %",
    "weighted": [{"minimize": "cost", "weight": 1}, {"minimize": "carbon", "weight": 0.1}],
    "work": "training",
}
"""`Record.key`, or a key of several records, → what may stand there, where the type says too little
of it."""


VARIANT: dict[str, JsonSchemaValue] = {
    "base": {
        "type": "string",
        "description": "Another scenario file, of which this one is a variant: all of it, but for "
        "the keys that stand here.",
        "examples": ["colossus.yaml"],
    },
    "edits": {
        "type": "object",
        "description": "Single values of the base that are others here, by paths as of `--set`; a "
        "path that ends in `+` adds an item to a list, `null` takes one away.",
        "examples": [{"sites.north.power.2026-Q3": "200 MW"}],
    },
}
"""Keys of a file that is a variant of another; the loader reads both before a scenario is made."""


class StrictSchema(GenerateJsonSchema):
    """JSON Schema whose every keyword a strict validator knows, with the sentence that stands below
    each field in the code.
    """

    def generate(
        self, schema: core_schema.CoreSchema, mode: JsonSchemaMode = "validation"
    ) -> JsonSchemaValue:
        """As pydantic does, then in keywords of the draft."""
        shape = super().generate(schema, mode)
        _everywhere(shape, _known_keywords)
        _everywhere(shape, lambda part: part.pop("x-unit", None))
        return shape

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """As pydantic does, with what the code says of each field."""
        shape = super().model_schema(schema)
        said = sentences(schema["cls"])
        for key, field in shape.get("properties", {}).items():
            if key in said:
                own = field.get("description", "")
                field["description"] = (
                    f"{said[key]} {own[:1].upper()}{own[1:]}." if own else said[key]
                )
        return shape

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """As pydantic does, with numbers of a unit as text: a default is `60 s`, not 60."""
        shape = super().default_schema(schema)
        default, unit = shape.get("default"), shape.get("x-unit")
        if isinstance(default, float) and unit is not None:
            shape["default"] = (
                show_heat_limit(default)
                if "unlimited" in shape.get("examples", ())
                else Unit(unit, "").show(default)
            )
        return shape


class FileSchema(StrictSchema):
    """JSON Schema of files as editors read them: the year 2026 is a number, and every key has an
    example.
    """

    def generate(
        self, schema: core_schema.CoreSchema, mode: JsonSchemaMode = "validation"
    ) -> JsonSchemaValue:
        """As pydantic does, then as YAML reads."""
        shape = GenerateJsonSchema.generate(self, schema, mode)
        _everywhere(shape, _known_keywords)
        _everywhere(shape, _as_yaml_reads)
        examples = [
            (field, _example(field, key, record["title"], shape))
            for record in (shape, *shape.get("$defs", {}).values())
            for key, field in record.get("properties", {}).items()
        ]
        for field, example in examples:
            field["examples"] = [example]
        _everywhere(shape, lambda part: part.pop("x-unit", None))
        return shape


def sentences(record: type[BaseModel]) -> dict[str, str]:
    """What the code says below each field of a record, by the key of the file."""
    found: dict[str, str] = {}
    for owner in reversed(record.__mro__):
        if not issubclass(owner, BaseModel) or owner.__module__.startswith(
            ("pydantic.", "planner.assembly.")
        ):
            continue  # what is put together of parts has no text of its own
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
        body = tree.body if isinstance(tree, ast.ClassDef) else []
        for field, below in pairwise(body):
            if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
                continue
            if (
                isinstance(below, ast.Expr)
                and isinstance(below.value, ast.Constant)
                and isinstance(below.value.value, str)
            ):
                found[field.target.id] = " ".join(below.value.value.split())
    return {
        field.alias or name: found[name]
        for name, field in record.model_fields.items()
        if name in found
    }


def _parts(shape: JsonSchemaValue) -> Iterator[JsonSchemaValue]:
    """The schemas directly below one."""
    for key, value in shape.items():
        if key in ("properties", "$defs", "patternProperties"):
            yield from value.values()
        elif key in ("anyOf", "oneOf", "prefixItems"):
            yield from value
        elif key in ("items", "additionalProperties", "propertyNames") and isinstance(value, dict):
            yield value


def _everywhere(shape: JsonSchemaValue, change: Callable[[JsonSchemaValue], object]) -> None:
    for part in list(_parts(shape)):
        _everywhere(part, change)
    change(shape)


def _known_keywords(shape: JsonSchemaValue) -> None:
    """Bounds by the names of the draft, on the number they bound; no keyword that only others know,
    and descriptions that do not break where lines of code do.
    """
    shape.pop("discriminator", None)
    if isinstance(said := shape.get("description"), str):
        shape["description"] = re.sub(r"(?<!\n)\n(?!\n)", " ", said)
    bounds = {BOUNDS[key]: shape.pop(key) for key in BOUNDS if key in shape}
    numbers = [
        part
        for part in (shape, *shape.get("anyOf", ()))
        if part.get("type") in ("number", "integer")
    ]
    for part in numbers:
        part.update(bounds)
        if "exclusiveMinimum" in bounds and part.get("minimum", 1) <= bounds["exclusiveMinimum"]:
            del part["minimum"]
        if "exclusiveMaximum" in bounds and part.get("maximum", 0) >= bounds["exclusiveMaximum"]:
            del part["maximum"]


def _as_yaml_reads(shape: JsonSchemaValue) -> None:
    """Whatever YAML may make of the text that the loader takes."""
    if "patternProperties" in shape:
        (value,) = shape["patternProperties"].values()
        shape["patternProperties"] = {DATE: value}
    if (
        "x-unit" in shape
        or "enum" in shape
        or "const" in shape
        or shape.get("type") not in ("string", "integer", "number", "boolean")
    ):
        return
    rules = {key: shape.pop(key) for key in list(shape) if key not in NOTES}
    kind = rules["type"]
    if kind == "boolean":
        branches = [rules, {"type": "string", "enum": ["true", "false"]}]
    elif kind in ("integer", "number"):
        digits = (
            "[0-9][0-9_]*(\\.0*)?"
            if kind == "integer"
            else "([0-9][0-9_]*(\\.[0-9_]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?"
        )
        branches = [rules, {"type": "string", "pattern": f"^\\s*\\+?{digits}\\s*$"}]
    elif "2026-Q3" in shape.get("examples", ()):
        branches = [
            {"type": "string", "pattern": DATE},
            {"type": "integer", "minimum": YEAR, "maximum": LAST_YEAR},
        ]
    else:
        least = {"minimum": 0} if "pattern" in rules else {}
        branches = [
            {"pattern": "\\S", **rules} if "minLength" in rules else rules,
            {"type": "number", **least},
            {"type": "boolean"},
        ]
    shape["anyOf"] = branches


def _example(field: JsonSchemaValue, key: str, owner: str, root: JsonSchemaValue) -> Any:
    """What may stand at a key of a record: what is told of it, else the first thing of each
    kind.
    """
    if (told := _told(field, key, owner)) is not None:
        return told
    if "examples" in field:
        return _data(field["examples"][0])
    if "$ref" in field:
        record = root["$defs"][field["$ref"].rpartition("/")[2]]
        keys = record.get("required") or list(record["properties"])[:1]
        return {
            name: _example(record["properties"][name], name, record["title"], root) for name in keys
        }
    several = field.get("anyOf", ())
    if several:
        return _example(
            next(part for part in several if part.get("type") != "null"), key, owner, root
        )
    if field.get("type") == "array":
        return [_example(field["items"], key, owner, root)] * field.get("minItems", 1)
    if field.get("type") == "object":
        name = field.get("propertyNames", {}).get("enum", ["2026-Q3"])[0]
        return {name: _example(_values(field), name, owner, root)}
    plain = {"boolean": True, "integer": max(1, field.get("minimum", 1)), "number": 1}.get(
        str(field.get("type")), key
    )
    return field.get("const", next(iter(field.get("enum", ())), plain))


def _told(field: JsonSchemaValue, key: str, owner: str) -> Any:
    """What `EXAMPLES` has for a key, where it is of the field's kind."""
    told = EXAMPLES.get(f"{owner}.{key}", EXAMPLES.get(key))
    if f"{owner}.{key}" in EXAMPLES:
        fits = True
    elif "x-unit" in field:
        fits = isinstance(told, str) and _reads(told, field["x-unit"])
    else:
        fits = field.get("type") == ("array" if isinstance(told, list) else "string") and not {
            "examples",
            "enum",
            "const",
        } & set(field)
    return told if fits else None


def _reads(text: str, unit: str) -> bool:
    try:
        Unit(unit, "", bare=unit == "1").parse(text)
    except PydanticCustomError:
        return text in ("unlimited", "none")
    return True


def _values(field: JsonSchemaValue) -> JsonSchemaValue:
    """What stands at each key of a mapping."""
    return (
        next(iter(field["patternProperties"].values()))
        if "patternProperties" in field
        else field["additionalProperties"]
    )


def _data(example: Any) -> Any:
    """An example as data: `{2026-Q3: 200 MW}` stands in the code as a file would have it."""
    return (
        read_text(example, "example").data
        if isinstance(example, str) and example[:1] in "{["
        else example
    )
