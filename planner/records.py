"""What is a record, and what does a sourced figure carry?

Every table read from a file is a `Record`: frozen, and a key it does not know is an error. Every
figure of the catalog is a `Figure`: value, range, kind, source, date, note. `validate` turns
pydantic's complaints into `Problem`s that point into the file.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar, Union, get_args, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from planner.errors import InputError, Problem, nearest
from planner.periods import Moment
from planner.units import Unit
from planner.yamlfile import Located, NodePath

Kind = Literal[
    "datasheet", "vendor", "measured", "press", "analyst", "derived", "assumption", "scenario"
]
Via = Literal["primary", "secondary"]
Grade = Literal["A", "B", "C", "D"]


class Record(BaseModel):
    """A frozen row of data; unknown keys are errors."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True
    )


ID_PATTERN = r"^[a-z0-9][a-z0-9.-]{0,63}$"
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
"""Lower-case words joined by hyphens."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    message = f"expected `true` or `false`, found `{value}`"
    raise PydanticCustomError(
        "planner", "{message}", {"code": "T001", "message": message, "help": ""}
    )


Flag = Annotated[bool, BeforeValidator(_flag)]
"""Only `true` and `false`: YAML's `no`, `off` and `n` are words, and `NO` is a country."""

Q = TypeVar("Q")


class Figure(Record, Generic[Q]):
    """One sourced number, in the canonical unit of its field.

    `low` and `high` bound what the source, or we, would defend. The grade is computed from kind and
    via.
    """

    value: Q
    low: Q | None = None
    high: Q | None = None
    kind: Kind
    via: Via = "primary"
    source: Id
    date: Moment | None = None
    note: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Figure[Q]:
        value, low, high = self.value, self.low, self.high
        below = low is not None and _first(low) > _first(value)
        above = high is not None and _last(high) < _last(value)
        if below or above:
            message = "a range must hold its value: low ≤ value ≤ high"
            raise PydanticCustomError(
                "planner", "{message}", {"code": "R001", "message": message, "help": ""}
            )
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """By its type argument: pickle finds no class of that name in the module."""
        arguments = type(self).__pydantic_generic_metadata__["args"]
        if arguments:
            return _figure_of, (arguments, dict(self))
        return super().__reduce__()  # type: ignore[return-value]

    @property
    def grade(self) -> Grade:
        """A read directly from a datasheet or a meter · B a vendor, or those at second hand · C
        press, analyst, derived · D assumed.
        """
        return grade_of(self.kind, self.via)


def _figure_of(arguments: tuple[Any, ...], fields: Mapping[str, object]) -> Figure[Any]:
    """A figure that was pickled; what it holds was checked when it was read."""
    own: Any = Figure[arguments]  # type: ignore[valid-type]
    figure: Figure[Any] = own.model_construct(**fields)
    return figure


def grade_of(kind: Kind, via: Via) -> Grade:
    """The grade of what is known in this way."""
    if kind == "assumption":
        return "D"
    if kind in ("datasheet", "measured"):
        return "A" if via == "primary" else "B"
    if kind in ("vendor", "scenario"):
        return "B" if via == "primary" else "C"
    return "C"


def _first(value: Any) -> Any:
    return value.first if isinstance(value, Moment) else value


def _last(value: Any) -> Any:
    return value.last if isinstance(value, Moment) else value


R = TypeVar("R", bound=BaseModel)


def validate(model: type[R], located: Located, path: NodePath = ()) -> R:
    """Check the data at `path` against `model`. Raises `InputError` with every mistake, located."""
    data: Any = located.data
    for step in path:
        data = data[step]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InputError(list(problems_of(error, model, located, path))) from None


def problems_of(
    error: ValidationError, model: type[BaseModel], located: Located, path: NodePath = ()
) -> Iterator[Problem]:
    """Each of pydantic's errors as a `Problem` at its place in the file."""
    for detail in error.errors(include_url=False):
        yield _problem(detail, model, located, path)


def _problem(
    detail: ErrorDetails, model: type[BaseModel], located: Located, base: NodePath
) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    is_key = bool(detail["loc"]) and detail["loc"][-1] == "[key]"
    inner: NodePath = tuple(step for step in detail["loc"] if step != "[key]")
    full = _in_data(located.data, (*base, *inner))
    shown = ".".join(str(step) for step in full)
    if kind == "extra_forbidden":
        owner = record_at(model, inner[:-1])
        known = keys_of(owner) if owner else []
        spaced = (
            "a comma ends a value between braces: put the text in quotes"
            if " " in str(inner[-1])
            else ""
        )
        hint = (
            nearest(str(inner[-1]), known)
            or spaced
            or (f"known keys: {', '.join(known)}" if known else "")
        )
        return Problem("K001", f"unknown key `{inner[-1]}`", located.key_mark(full), shown, hint)
    if kind == "missing":
        mark = located.key_mark(full[:-1])
        return Problem(
            "K002", f"`{inner[-1]}` is required here", mark, shown, _example_of(model, inner)
        )
    mark = located.key_mark(full) if is_key else located.value_mark(full)
    if kind == "planner":
        return Problem(context["code"], context["message"], mark, shown, context["help"])
    found = _found(detail["input"])
    if kind == "literal_error":
        words = [str(word) for word in _literals(context.get("expected", ""))]
        return Problem(
            "T002",
            f"found {found}, expected one of {', '.join(words)}",
            mark,
            shown,
            nearest(str(detail["input"]), words),
        )
    if kind in ("model_type", "dict_type"):
        owner = record_at(model, inner)
        hint = f"known keys: {', '.join(keys_of(owner))}" if owner else ""
        return Problem("T001", f"found {found}, expected keys with values", mark, shown, hint)
    if kind == "too_short":
        return Problem(
            "T001",
            f"found {context['actual_length']} in this list, expected at least "
            f"{context['min_length']}",
            mark,
            shown,
        )
    if kind == "string_pattern_mismatch":
        letters = "letters" if "A-Z" in str(context.get("pattern", "")) else "lower-case letters"
        message = f"found {found}, expected an id: {letters}, digits, `.` and `-`"
        return Problem("T001", message, mark, shown)
    return Problem("T001", f"found {found}: {detail['msg'].lower()}", mark, shown)


def _in_data(data: Any, path: NodePath) -> NodePath:
    """The path without the tags that pydantic puts in for the branch of a union."""
    result: NodePath = ()
    for i, step in enumerate(path):
        inside = (isinstance(data, dict) and step in data) or (
            isinstance(data, list) and isinstance(step, int) and step < len(data)
        )
        if inside:
            data = data[step]
        elif i < len(path) - 1 and isinstance(data, dict):
            continue
        result = (*result, step)
    return result


def _found(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"`{str(value)[:80]}`"


def _literals(expected: str) -> list[str]:
    return [
        word.strip().strip("'")
        for word in expected.replace(" or ", ", ").split(",")
        if word.strip()
    ]


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys a file may use for `model`, in order."""
    return [field.alias or name for name, field in model.model_fields.items()]


def record_at(model: type[BaseModel], path: Sequence[str | int]) -> type[BaseModel] | None:
    """The record type that stands at `path` below `model`, if it can be told."""
    here: Any = model
    for step in path:
        here = next(
            iter(_step(kind, step) for kind in _kinds(here) if _step(kind, step) is not None), None
        )
        if here is None:
            return None
    return next(
        (kind for kind in _kinds(here) if isinstance(kind, type) and issubclass(kind, BaseModel)),
        None,
    )


def _step(kind: Any, step: str | int) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if step in (name, field.alias):
                return field.annotation
        tags = [
            get_args(field.annotation)
            for field in kind.model_fields.values()
            if get_origin(field.annotation) is Literal
        ]
        return kind if any(step in tag for tag in tags) else None
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (list, tuple) and isinstance(step, int):
        return arguments[0]
    return arguments[1] if origin is dict else None


def _kinds(annotation: Any) -> list[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kinds(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [kind for argument in get_args(annotation) for kind in _kinds(argument)]
    return [annotation]


def _example_of(model: type[BaseModel], path: NodePath) -> str:
    owner = record_at(model, path[:-1])
    if owner is None:
        return ""
    for name, field in owner.model_fields.items():
        if path[-1] in (name, field.alias):
            for extra in field.metadata:
                if isinstance(extra, Unit):
                    return f"for example `{path[-1]}: {extra.example}`"
            if field.examples:
                return f"for example `{path[-1]}: {field.examples[0]}`"
    return ""


def sourced_fields(record: BaseModel, prefix: str = "") -> Iterator[tuple[str, Figure[Any]]]:
    """Every figure in a record and the records and lists below it, with its dotted key, in the
    order of the record.
    """
    for name, field in type(record).model_fields.items():
        value = getattr(record, name)
        key = prefix + (field.alias or name)
        if isinstance(value, Figure):
            yield key, value
        elif isinstance(value, BaseModel):
            yield from sourced_fields(value, key + ".")
        elif isinstance(value, list):
            for i, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from sourced_fields(item, f"{key}.{i}.")


def many(count: int, one: str) -> str:
    """`1 site`, `2 sites`."""
    return f"{count} {one}{'s' * (count != 1)}"


Rec = TypeVar("Rec", bound=Record)


@dataclass(frozen=True)
class Edit:
    """Another value of one field of a scenario or a case: `systems.2.price_usd`, `sites.0.sites`,
    `diversification`.
    """

    path: str
    value: Any
    """As the field holds it, not as a file writes it."""


def edited(record: Rec, edits: Sequence[Edit]) -> Rec:
    """The record with other values; it stays as it is. Raises `KeyError` for a path that leads to
    no field.
    """
    for edit in edits:
        record = _with(record, edit.path.split("."), edit.value, edit.path)
    return record


def _with(here: Any, parts: Sequence[str], value: Any, path: str) -> Any:
    if not parts:
        return value
    head, *rest = parts
    if isinstance(here, Record) and head in type(here).model_fields:
        return here.model_copy(update={head: _with(getattr(here, head), rest, value, path)})
    if isinstance(here, list) and head.isdecimal() and int(head) < len(here):
        return [
            _with(item, rest, value, path) if i == int(head) else item
            for i, item in enumerate(here)
        ]
    raise KeyError(f"no field `{path}`")
