"""How does a scenario write what is not a plain quantity: a number of machines, a heat limit,
values by date?
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from planner.likeness import nearest, slip
from planner.periods import Moment
from planner.records import ID_PATTERN, Record, record_at
from planner.registry import MAX_LENGTH
from planner.units import BASES, LOADS, QUANTITY_TEXT, Basis, Duration, Fraction, Load, Unit

_SYSTEMS = Unit("system", "4000 systems", ge=0, le=1e9, least=1, units=("systems",))
_ACCELERATORS = Unit(
    "accelerator", "100000 accelerators", ge=0, le=1e10, least=1, units=("accelerators",)
)
_POWER = Unit(
    "W", "20 MW", ge=0, le=1e13, least=1, units=("W", "kW", "MW", "GW"), usual=(1e4, 3e10)
)


def refuse(code: str, message: str, remedy: str = "") -> PydanticCustomError:
    """An error of ours in pydantic's shape."""
    return PydanticCustomError(
        "planner", "{message}", {"code": code, "message": message, "help": remedy}
    )


@dataclass(frozen=True)
class AsText:
    """Annotation of a value that a file writes as text in a way of its own."""

    parse: Callable[[object], Any]
    """Raises `PydanticCustomError`."""
    examples: tuple[str, ...]
    description: str
    unit: str
    """Whose examples suit its key."""
    pattern: str = QUANTITY_TEXT
    show: Callable[[Any], str] = str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self.show, when_used="json" if self.show is not str else "always"
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": self.pattern,
            "maxLength": MAX_LENGTH,
            "examples": list(self.examples),
            "description": self.description,
            "x-unit": self.unit,
        }


class Amount(Record):
    """A number of machines: in whole systems or in accelerators, and the file says which."""

    number: float
    unit: Literal["systems", "accelerators"]

    @classmethod
    def parse(cls, value: object) -> Amount:
        """Read `4000 systems` or `100000 accelerators`."""
        if isinstance(value, Amount):
            return value
        if not isinstance(value, str):
            found = {dict: "a mapping", list: "a list", type(None): "nothing"}.get(
                type(value), f"`{str(value)[:80]}`"
            )
            raise refuse(
                "U004",
                f"found {found}, expected a number of machines",
                "write `4000 systems` or `100000 accelerators`",
            )
        if re.fullmatch(r"\s*[0-9.,_' ]+", value):
            digits = re.sub(r"[,_' ]", "", value)
            raise refuse(
                "U001",
                f"`{value[:80]}` has no unit",
                f"write `{digits[:80]} systems` or `{digits[:80]} accelerators`",
            )
        unit = re.search(r"[A-Za-z]+\s*$", value)
        if unit and slip(unit[0].strip().removeprefix("k"), "systems") is not None:
            return cls.model_construct(number=_SYSTEMS.parse(value), unit="systems")
        return cls.model_construct(number=_ACCELERATORS.parse(value), unit="accelerators")

    def __str__(self) -> str:
        return f"{self.number!r} {self.unit}".replace(".0 ", " ")

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return cls._text().__get_pydantic_core_schema__(source, handler)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return cls._text().__get_pydantic_json_schema__(schema, handler)

    @classmethod
    def _text(cls) -> AsText:
        examples = ("4000 systems", "100000 accelerators")
        return AsText(cls.parse, examples, "a number of systems or of accelerators", "system")


class PowerAmount(Record):
    """A power that machines draw, with the point of the chain and the load that it is meant at."""

    watts: float
    basis: Basis
    load: Load = "nameplate"

    @classmethod
    def parse(cls, value: str) -> PowerAmount:
        """Read `1 GW facility` or `950 MW it peak`; without a load it is the nameplate."""
        words = value.replace(",", " ").split()
        loads = [load for load in LOADS if words[-1:] and words[-1].lower() == load]
        words = words[: len(words) - len(loads)]
        bases = [basis for basis in BASES if words[-1:] and words[-1].lower() == basis]
        words = words[: len(words) - len(bases)]
        if not bases:
            raise _without_basis(value, " ".join(words), *loads)
        power_w = _POWER.parse(" ".join(words))
        return cls.model_construct(watts=power_w, basis=bases[0], load=[*loads, "nameplate"][0])

    def __str__(self) -> str:
        return f"{_POWER.show(self.watts)} {self.basis} {self.load}"


_LOOKS_LIKE_POWER = re.compile(
    r"\s*[+-]?[0-9][0-9_.,eE+-]*\s*[kKmMgGtT]?([wW](att|atts)?|[vV][aA])\b"
)


def _without_basis(value: str, words: str, load: str = "") -> PydanticCustomError:
    """A power that does not say where it is drawn, or in a word that is none of the six."""
    quantity = re.match(r"\s*\S+\s*[A-Za-z]+", words)
    amount = quantity[0].strip() if quantity else words
    rest = words[len(quantity[0]) :].strip() if quantity else ""
    known = nearest(rest.split()[0].lower(), [*BASES, *LOADS]) if rest else ""
    found = f"`{value[:80]}` names " + (f"no basis: `{rest[:40]}`" if rest else "no basis")
    return refuse(
        "U004",
        f"{found}; a power is drawn at {', '.join(BASES[:-1])} or {BASES[-1]}",
        known
        or f"write `{f'{amount} facility {load}'.strip()}`, or another basis; "
        f"a load behind it ({', '.join(LOADS)}) where it is not the nameplate",
    )


def _asked(value: object) -> Amount | PowerAmount:
    if isinstance(value, PowerAmount):
        return value
    if isinstance(value, str) and _LOOKS_LIKE_POWER.match(value):
        return PowerAmount.parse(value)
    return Amount.parse(value)


AmountOrPower = Annotated[
    Amount | PowerAmount,
    AsText(
        _asked,
        ("100000 accelerators", "4000 systems", "1 GW facility"),
        "a number of systems or of accelerators, or the power that they draw at a basis and a load",
        "system",
    ),
]
"""`100000 accelerators`, `4000 systems`, `1 GW facility` or `950 MW it peak`."""


def _heat_limit(value: object) -> float:
    if value == "unlimited":
        return math.inf
    if value == "none":
        return 0.0
    if isinstance(value, float) and math.isinf(value):
        return value
    if isinstance(value, str) and re.fullmatch(r"[a-z]+", value):
        raise refuse(
            "T002", f"found `{value}`, expected `none`, `unlimited` or a power such as `20 MW`"
        )
    return _POWER.parse(value)


def show_heat_limit(watts: float) -> str:
    """A heat limit as a file says it."""
    return "unlimited" if math.isinf(watts) else "none" if watts == 0 else _POWER.show(watts)


HeatLimit = Annotated[
    float,
    AsText(
        _heat_limit,
        ("unlimited", "none", "20 MW"),
        "heat this technology can carry away",
        "W",
        pattern=f"^(unlimited|none)$|{QUANTITY_TEXT}",
        show=show_heat_limit,
    ),
]
"""`none`, `unlimited`, or heat in W."""


@dataclass(frozen=True)
class ByDate:
    """Annotation of a mapping from dates to values: one value alone is refused with the way to
    write it.
    """

    least: int = 1
    """How many dates there must be."""
    within: bool = False
    """Whether a date counts from the period that contains it; else from the first whole period."""

    def check(self, value: object) -> object:
        """Refuse what is no mapping, and one with too few dates."""
        if isinstance(value, str):
            raise refuse(
                "T001",
                f"found `{value[:80]}`, expected values by date",
                f"write from when on: `{{2026-Q3: {value[:80]}}}`",
            )
        if isinstance(value, list):
            raise refuse(
                "T001",
                "found a list, expected values by date",
                "write `date: value` pairs, without dashes",
            )
        if isinstance(value, dict) and len(value) < self.least:
            raise refuse(
                "T001",
                "found an empty mapping, expected values by date",
                "give a date, or leave the key out",
            )
        return value

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        shape = handler(schema)
        shape["additionalProperties"] = False
        if self.least:
            shape["minProperties"] = self.least
        return shape


def by_date(model: type[BaseModel], path: Sequence[str | int]) -> ByDate | None:
    """How values by date stand at a path below a record; None where none may."""
    owner = record_at(model, path[:-1]) if path else None
    fields = owner.model_fields.items() if owner is not None else ()
    for name, field in fields:
        if path[-1] in (name, field.alias):
            return next(
                (
                    mark
                    for mark in (*field.metadata, *_marks(field.annotation))
                    if isinstance(mark, ByDate)
                ),
                None,
            )
    return None


def _marks(annotation: Any) -> Iterator[Any]:
    """What is annotated of a type and of the types that it is made of."""
    yield from getattr(annotation, "__metadata__", ())
    for part in get_args(annotation):
        yield from _marks(part)


Steps = Annotated[dict[Moment, Annotated[float, _POWER]], ByDate()]
"""Power from each date on."""


class FromCsv:
    """Annotation of a list of the whole file that may stand in CSV files: their names, alone or
    among its items.
    """

    @staticmethod
    def keys(model: type[BaseModel]) -> list[str]:
        """Keys of such lists."""
        return [
            field.alias or name
            for name, field in model.model_fields.items()
            if FromCsv in field.metadata
        ]

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return handler(source)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        name = {"type": "string", "pattern": "\\.[cC][sS][vV]$", "description": "a CSV file"}
        shape = handler(schema)
        return {"anyOf": [{**shape, "items": {"anyOf": [shape["items"], name]}}, name]}


def _or_name(value: object) -> object:
    return {"system": value} if isinstance(value, str) else value


class OrName:
    """Annotation of an entry for a system that may be written as the bare id of the system."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(_or_name, handler(source))

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "anyOf": [
                {"type": "string", "pattern": ID_PATTERN, "description": "the id of a system"},
                handler(schema),
            ]
        }


class Payment(Record):
    """A milestone: a share of the price, so long before the thing must stand."""

    share: Fraction
    """Of the price; all milestones together are 100 %."""
    before_days: Annotated[Duration, Field(alias="before")] = 0.0
    """Time from this payment to the day on which the thing must stand: `12 months`. What would be
    due before the horizon is due on its first day."""


class CasePayment(Record):
    """A part of a price, and how long before the day on which the thing must stand it is paid."""

    share: float = 1.0
    before_days: float = 0.0
