"""What does a quantity in a file mean? Units are checked here, once, at the door; inside everything is a float.

A quantity is `NUMBER UNIT` (`700 W`, `55 USD/MWh`, `10 %/year`). The strict grammar comes first, so that pint never sees a number
(`9**9**9 W` would keep it busy for ever) and never evaluates arithmetic; then the dimension is checked; then the value is converted to
the field's canonical unit, in which the field's name ends (`tdp_w`, `price_usd`).

The registry is our own (`registry.py`). A year is 365 days (8760 h), the convention of tariffs and cost
models; real periods take their hours from the calendar (`periods.py`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from planner.errors import nearest
from planner.registry import COMMON, dir_units, registry

DIMENSION_NAMES = {
    "W": "power",
    "MWh": "energy",
    "USD": "money",
    "h": "time",
    "day": "time",
    "s": "time",
    "1/year": "a rate per year",
    "1": "a fraction",
    "FLOP/s": "computing rate",
    "FLOP": "computing work",
    "B": "information",
    "GB": "information",
    "GB/s": "bandwidth",
    "Gbit/s": "bandwidth",
    "USD/MWh": "money per energy",
    "USD/MW": "money per power",
    "USD/MW/year": "money per power and time",
    "USD/EFLOP": "money per computing work",
    "USD/accelerator/h": "money per accelerator and time",
    "accelerator": "a number of accelerators",
    "system": "a number of systems",
    "rack": "rack positions",
    "RU": "rack height",
    "kg": "mass",
    "W/rack": "power per rack",
    "L/kWh": "water per energy",
    "gCO2e/kWh": "carbon per energy",
    "USD/MMBtu": "money per energy of fuel",
    "kgCO2e/MMBtu": "carbon per energy",
    "tCO2e": "carbon",
    "USD/tCO2e": "money per carbon",
    "m3": "a volume of water",
    "MMBtu/MWh": "fuel per energy",
    "h/MW": "working hours per power",
    "W/s": "change of power per time",
    "MW/year": "power built per time",
    "rack/year": "racks per time",
    "m": "length",
}
"""Canonical units in words, for messages."""

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
_TERM = r"(?:[A-Za-z][A-Za-z0-9]*|%)(?:\^-?[1-3])?"
_REST = rf"(?:\s?[*/·]\s?{_TERM})"
_UNIT = rf"(?:{_TERM}{_REST}*|/\s?{_TERM}{_REST}*|(?<=\s)1{_REST}+)"
# the number is an atomic group: without it `0.1/year` would be read as `0.` of `1/year`
_QUANTITY = re.compile(rf"^\s*((?>{_NUMBER}))(?:\s*({_UNIT}))?\s*$")
_UNIT_ONLY = re.compile(rf"^(?:1{_REST}*|/?\s?{_TERM}{_REST}*)$")
MAX_LENGTH = 80


@cache
def known_units() -> tuple[str, ...]:
    """Unit spellings worth suggesting."""
    return tuple(
        sorted(
            {
                "MW",
                "kW",
                "GW",
                "MWh",
                "kWh",
                "GB",
                "TB",
                "GB/s",
                "TB/s",
                "MUSD",
                "GUSD",
                "kUSD",
                "TFLOP/s",
                "PFLOP/s",
                "EFLOP/s",
                *dir_units(),
            }
        )
    )


@cache
def factor(unit: str, canonical: str) -> float:
    """How many `canonical` units one `unit` is. Raises ValueError if the unit is unknown or of another dimension."""
    common = 1.0 if unit == canonical else COMMON.get(canonical, {}).get(unit)
    return registered(unit, canonical) if common is None else common


def registered(unit: str, canonical: str) -> float:
    """The same, by the registry. Raises ValueError."""
    ureg = registry()
    ratio = _pint_unit(unit) / _pint_unit(canonical)
    if not ratio.dimensionless:
        raise ValueError("dimension")
    found = float((1.0 * ratio).to(ureg.Unit("")).magnitude)
    # pint multiplies prefixes in floating point and gets 1000.0000000000001 GB for a TB
    short = float(f"{found:.12g}")
    return short if math.isclose(short, found, rel_tol=1e-15) else found


@cache
def _pint_unit(text: str) -> Any:
    ureg = registry()
    if not _UNIT_ONLY.match(text):
        raise ValueError(f"unit:{text}")
    result = ureg.Unit("")
    for sign, term in re.findall(r"([*/·]?)\s?((?:[A-Za-z][A-Za-z0-9]*|%|1)(?:\^-?[1-3])?)", text):
        name, _, power = term.partition("^")
        if name == "1":
            continue
        try:
            unit = ureg.Unit("percent" if name == "%" else name)
        except Exception as error:  # pint raises a dozen different types for an unknown name
            raise ValueError(f"unit:{name}") from error
        raised = unit ** int(power or 1)
        result = result / raised if sign == "/" else result * raised
    return result


def dimension_of(unit: str) -> str:
    """The dimension of a unit in words, as far as we have a word for it."""
    for canonical, words in DIMENSION_NAMES.items():
        try:
            factor(unit, canonical)
        except ValueError:
            continue
        return words
    return "another dimension"


@dataclass(frozen=True)
class Unit:
    """Pydantic annotation of a float field: texts are parsed and converted to `canonical`, range-checked, and dumped as text.

    `example` goes into messages and the JSON Schema. Numbers (not texts) are taken to be canonical already: that is how the Python API
    gives them, while a file can only give texts.
    """

    canonical: str
    example: str
    ge: float = -math.inf
    le: float = math.inf
    bare: bool = False
    """Whether a number without a unit is accepted (fractions and counts)."""

    def parse(self, value: object) -> float:
        """One value in the canonical unit. Raises PydanticCustomError with a `U…` or `R001` code."""
        if isinstance(value, bool) or value is None:
            raise _problem("U004", f"expected a quantity such as `{self.example}`, found {_said(value)}")
        if isinstance(value, int | float):
            value = number = _float(value)
        elif isinstance(value, str):
            number = self._parse_text(value)
        elif hasattr(value, "magnitude") and hasattr(value, "units"):
            number = self._from_pint(value)
        else:
            raise _problem("U004", f"expected a quantity such as `{self.example}`, found {_said(value)}")
        return self._ranged(number, value)

    def _parse_text(self, text: str) -> float:
        if len(text) > MAX_LENGTH or not (match := _QUANTITY.match(text)):
            raise _problem(
                "U004", f"`{text[:MAX_LENGTH]}` is not a quantity; write NUMBER UNIT, for example `{self.example}`", _grammar_hint(text)
            )
        digits, unit = match.groups()
        number = float(digits)
        if not math.isfinite(number):
            raise _problem("R001", f"`{text}` is not a finite number")
        if unit is None:
            if self.bare:
                return number
            raise _problem("U001", f"`{text}` has no unit", f"write `{text} {self._unit_word()}`, if that is what is meant")
        try:
            return number * factor(unit, self.canonical)
        except ValueError as error:
            reason = str(error)
        if reason == "dimension":
            want = DIMENSION_NAMES.get(self.canonical, self.canonical)
            raise _problem("U002", f"`{unit}` is {dimension_of(unit)}, but this is {want}", f"write it like `{self.example}`")
        wrong = reason.removeprefix("unit:")
        raise _problem("U003", f"unknown unit `{wrong}`", _unit_hint(wrong) or f"write it like `{self.example}`")

    def _from_pint(self, value: Any) -> float:
        try:
            return float(value.m_as(self.canonical))
        except Exception as error:
            raise _problem("U002", f"`{value}` cannot be read as {self.canonical}") from error

    def _ranged(self, number: float, said: object) -> float:
        if not math.isfinite(number):
            raise _problem("R001", f"{_said(said)} is not a finite number")
        if number < self.ge or number > self.le:
            low = "" if self.ge == -math.inf else f"at least {self.show(self.ge)}"
            high = "" if self.le == math.inf else f"at most {self.show(self.le)}"
            hint = "write a share as `60 %` or `0.6`" if self.canonical == "1" and number > 1 else ""
            raise _problem("R001", f"{_said(said)} is out of range: {' and '.join(x for x in (low, high) if x)}", hint)
        return number

    def _unit_word(self) -> str:
        return self.example.partition(" ")[2] or self.canonical

    def show(self, number: float) -> str:
        """The number with its unit, as it would stand in a file; exact, so that reading it back gives the same float."""
        plain = repr(float(number))
        plain = plain.removesuffix(".0")
        return plain if self.canonical == "1" else f"{plain} {self.canonical}"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse,
            serialization=core_schema.plain_serializer_function_ser_schema(self.show, when_used="json"),
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        words = DIMENSION_NAMES.get(self.canonical, self.canonical)
        shape: dict[str, Any] = {"type": ["string", "number"] if self.bare else "string", "examples": [self.example]}
        shape["description"] = f"{words}: NUMBER UNIT, converted to {self.canonical}"
        shape["x-unit"] = self.canonical
        return shape


def _problem(code: str, message: str, remedy: str = "") -> PydanticCustomError:
    return PydanticCustomError("planner", "{message}", {"code": code, "message": message, "help": remedy})


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # an integer beyond 1e308
        return math.inf


def _unit_hint(wrong: str) -> str:
    if re.fullmatch(r"[kMGTP]?i?b(?:ps)?", wrong):
        return "a bit is `bit` (`Gbit`), a byte is `B` (`GB`)"
    return nearest(wrong, known_units())


def _said(value: object) -> str:
    return (
        "nothing"
        if value is None
        else f"`{str(value)[:MAX_LENGTH]}`"
        if not isinstance(value, dict | list)
        else f"a {type(value).__name__}"
    )


def _grammar_hint(text: str) -> str:
    if re.match(rf"^\s*{_NUMBER}\s?[kKMGBb]\s+[A-Za-z]", text):
        return "put the prefix on the unit: `30 kUSD`, not `30k USD`"
    if "**" in text or re.search(r"\d\s*[-+*]\s*\d", text):
        return "arithmetic is not evaluated in data"
    if "," in text or re.search(r"\d[ _]\d", text):
        return "write digits without separators"
    return ""


Power = Annotated[float, Unit("W", "700 W", ge=0, le=1e13)]
Energy = Annotated[float, Unit("MWh", "100 MWh", ge=0)]
Money = Annotated[float, Unit("USD", "30000 USD", ge=0, le=1e15)]
MoneyPerEnergy = Annotated[float, Unit("USD/MWh", "55 USD/MWh", ge=0, le=1e5)]
MoneyPerPower = Annotated[float, Unit("USD/MW", "11.7 MUSD/MW", ge=0, le=1e9)]
MoneyPerPowerTime = Annotated[float, Unit("USD/MW/year", "150 USD/kW/month", ge=0, le=1e9)]
MoneyPerWork = Annotated[float, Unit("USD/EFLOP", "1.5 USD/EFLOP", ge=0)]
MoneyPerAcceleratorTime = Annotated[float, Unit("USD/accelerator/h", "3 USD/accelerator/hour", ge=0)]
ComputeRate = Annotated[float, Unit("FLOP/s", "989 TFLOP/s", ge=0)]
GB_PER_GIB = 2**30 / 1e9

Memory = Annotated[float, Unit("GB", "80 GB", ge=0, le=1e9)]
Bandwidth = Annotated[float, Unit("GB/s", "3.35 TB/s", ge=0, le=1e9)]
LinkRate = Annotated[float, Unit("Gbit/s", "400 Gbit/s", ge=0, le=1e9)]
Fraction = Annotated[float, Unit("1", "60 %", ge=0, le=1, bare=True)]
Ratio = Annotated[float, Unit("1", "1.15", ge=0, le=100, bare=True)]
Count = Annotated[float, Unit("1", "8", ge=0, le=1e9, bare=True)]
RatePerYear = Annotated[float, Unit("1/year", "10 %/year", ge=0, le=10)]
Duration = Annotated[float, Unit("day", "26 weeks", ge=0, le=36500)]
Seconds = Annotated[float, Unit("s", "60 s", ge=0, le=1e7)]
Positions = Annotated[float, Unit("rack", "500 racks", ge=0, le=1e7)]
RackHeight = Annotated[float, Unit("RU", "8 RU", ge=0, le=100)]
Mass = Annotated[float, Unit("kg", "130 kg", ge=0, le=1e6)]
Length = Annotated[float, Unit("m", "50 m", ge=0, le=1e6)]
PowerPerRack = Annotated[float, Unit("W/rack", "40 kW/rack", ge=0, le=1e8)]
WaterPerEnergy = Annotated[float, Unit("L/kWh", "0.3 L/kWh", ge=0, le=100)]
CarbonPerEnergy = Annotated[float, Unit("gCO2e/kWh", "320 gCO2e/kWh", ge=0, le=5000)]
FuelPrice = Annotated[float, Unit("USD/MMBtu", "4 USD/MMBtu", ge=0, le=1e4)]
HeatRate = Annotated[float, Unit("MMBtu/MWh", "9.7 MMBtu/MWh", ge=3.412, le=100)]
CarbonPerFuel = Annotated[float, Unit("kgCO2e/MMBtu", "53 kgCO2e/MMBtu", ge=0, le=1000)]
Carbon = Annotated[float, Unit("tCO2e", "100000 tCO2e", ge=0, le=1e12)]
MoneyPerCarbon = Annotated[float, Unit("USD/tCO2e", "50 USD/tCO2e", ge=0, le=1e6)]
Volume = Annotated[float, Unit("m3", "500000 m3", ge=0, le=1e12)]
HoursPerPower = Annotated[float, Unit("h/MW", "6000 h/MW", ge=0, le=1e6)]
BuildRate = Annotated[float, Unit("MW/year", "40 MW/quarter", ge=0, le=1e7)]
RackRate = Annotated[float, Unit("rack/year", "60 racks/month", ge=0, le=1e9)]
RampRate = Annotated[float, Unit("W/s", "10 MW/min", ge=0, le=1e13)]
