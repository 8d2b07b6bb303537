"""What does a quantity in a file mean? Units are checked here, once, at the door; inside everything
is a float.

A quantity is `NUMBER UNIT` (`700 W`, `55 USD/MWh`, `10 %/year`). The grammar comes first
(`dimensions.py`); then the dimension is checked; then the value is converted to the field's
canonical unit, in which the field's name ends (`tdp_w`, `price_usd`). What to write instead of what
cannot be read is in `advice.py`.

The registry is our own (`registry.py`). A year is 365 days (8760 h), the convention of tariffs and
cost models; real periods take their hours from the calendar (`periods.py`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from planner import advice
from planner.registry import DIMENSION_NAMES, MAX_LENGTH, QUANTITY, dimension_of, factor, per_year

Basis = Literal["chip", "server", "rack", "it", "facility", "utility"]
Load = Literal["nameplate", "peak", "average", "idle"]
BASES: tuple[Basis, ...] = ("chip", "server", "rack", "it", "facility", "utility")
"""Where on the way from the chip to the utility's meter a power is meant."""
LOADS: tuple[Load, ...] = ("nameplate", "peak", "average", "idle")
"""At which load."""
NUMBER_TEXT = "^\\s*[+-]?(\\.?[0-9])"
QUANTITY_TEXT = f"{NUMBER_TEXT}.*[A-Za-z%]"
"""Of the text of a quantity what a JSON Schema can see: a number, and that a unit stands behind
it."""


@dataclass(frozen=True)
class Unit:
    """Pydantic annotation of a float field: texts are parsed and converted to `canonical`,
    range-checked, and dumped as text.

    `example` goes into messages and the JSON Schema. Numbers (not texts) are taken to be canonical
    already: that is how the Python API gives them, while a file can only give texts.
    """

    canonical: str
    example: str
    ge: float = -math.inf
    le: float = math.inf
    bare: bool = False
    """Whether a number without a unit is accepted (fractions and counts)."""
    units: tuple[str, ...] = ()
    """What a number without a unit may be in; that of the example if nothing is said."""
    usual: tuple[float, float] = (-math.inf, math.inf)
    """What such numbers are, in the canonical unit: the readings that help names lie within."""
    least: float = 0.0
    """The smallest number but zero that means anything; one below it is a slip, and no solver could
    tell it from zero."""
    rate: Literal["", "linear", "growth", "decline"] = ""
    """Whether a rate over another time than the canonical one is multiplied, or compounds as what
    grows or declines by it does."""

    def parse(self, value: object) -> float:
        """One value in the canonical unit. Raises PydanticCustomError with a `U…` or `R001`
        code.
        """
        if isinstance(value, bool) or value is None:
            raise _problem(
                "U004", f"expected a quantity such as `{self.example}`, found {_said(value)}"
            )
        if isinstance(value, int | float):
            value = number = _float(value)
        elif isinstance(value, str):
            number = self._parse_text(value)
        elif hasattr(value, "magnitude") and hasattr(value, "units"):
            number = self._from_pint(value)
        else:
            raise _problem(
                "U004", f"expected a quantity such as `{self.example}`, found {_said(value)}"
            )
        return self._ranged(number, value)

    def _parse_text(self, text: str) -> float:
        if len(text) > MAX_LENGTH or not (match := QUANTITY.match(text)):
            message = (
                f"`{text[:MAX_LENGTH]}` is not a quantity; write NUMBER UNIT, for example "
                f"`{self.example}`"
            )
            raise _problem("U004", message, advice.not_a_quantity(text[:MAX_LENGTH], self._accepts))
        digits, unit = match.groups()
        number = float(digits)
        if not math.isfinite(number):
            raise _problem("R001", f"`{text}` is not a finite number")
        if unit is None:
            if self.bare:
                return number
            units = self.units or (self.example.partition(" ")[2] or self.canonical,)
            help_ = advice.without_unit(digits, number, units, self.usual, self.canonical)
            raise _problem("U001", f"`{text}` has no unit", help_)
        try:
            return self._converted(number, unit)
        except PydanticCustomError:  # which is a ValueError too
            raise
        except ValueError as error:
            reason, _, word = str(error).partition(":")
        if reason == "dimension":
            want, found = DIMENSION_NAMES.get(self.canonical, self.canonical), dimension_of(unit)
            message = (
                f"`{unit}` is {found if found != want else 'another dimension'}, but this is {want}"
            )
            raise _problem("U002", message, self._other_dimension(digits, unit))
        if reason == "prefix":
            raise _problem("U003", *advice.refused_prefix(word))
        raise _problem(
            "U003",
            f"unknown unit `{word}`",
            advice.unknown_word(word, unit, self.canonical, self.units) or self._like(),
        )

    def _converted(self, number: float, unit: str) -> float:
        """In the canonical unit. Raises ValueError as `factor` does."""
        if self.rate not in ("growth", "decline"):
            return number * factor(unit, self.canonical)
        share, steps = per_year(unit)
        step = number * share
        said = f"`{number:g} {unit}`"
        if self.rate == "decline" and step >= 1:
            raise _problem(
                "R001",
                f"{said} is out of range: a decline of 100 % or more in one step leaves nothing",
                self._like(),
            )
        if steps == 1 or step < 0:
            return step * steps
        grown = steps * math.log1p(step if self.rate == "growth" else -step)
        year = math.expm1(grown) if grown < 700 else math.inf  # beyond any float
        if abs(year) > self.le:
            much = f"{100 * abs(year):.6g}" if math.isfinite(year) else "endlessly many"
            raise _problem(
                "R001",
                f"{said} compounds to {much} %/year: at most {self._shown(self.le)}",
                self._like(),
            )
        return abs(year)

    def _other_dimension(self, digits: str, unit: str) -> str:
        if self.canonical == "1/year" and dimension_of(unit) == DIMENSION_NAMES["1"]:
            return (
                f"say per what time: `{digits} {unit}/year`, `{digits} {unit}/quarter` or "
                f"`{digits} {unit}/month`"
            )
        return self._like()

    def _like(self) -> str:
        return f"write it like `{self.example}`"

    def _accepts(self, text: str) -> bool:
        if not QUANTITY.match(text):
            return False
        try:
            self.parse(text)
        except PydanticCustomError:
            return False
        return True

    def _from_pint(self, value: Any) -> float:
        if self.rate in ("growth", "decline"):
            return self._parse_text(f"{value.magnitude} {value.units:C}")
        try:
            return float(value.m_as(self.canonical))
        except Exception as error:
            raise _problem("U002", f"`{value}` cannot be read as {self.canonical}") from error

    def _ranged(self, number: float, said: object) -> float:
        if not math.isfinite(number):
            raise _problem("R001", f"{_said(said)} is not a finite number")
        if number < self.ge or number > self.le:
            low = "" if self.ge == -math.inf else f"at least {self._shown(self.ge)}"
            high = "" if self.le == math.inf else f"at most {self._shown(self.le)}"
            hint = (
                "write a share as `60 %` or `0.6`" if self.canonical == "1" and number > 1 else ""
            )
            raise _problem(
                "R001",
                f"{_said(said)} is out of range: {' and '.join(x for x in (low, high) if x)}",
                hint,
            )
        if 0 < number < self.least:
            raise _problem(
                "R001",
                f"{_said(said)} is too small to mean anything: at least "
                f"{self._shown(self.least)}, or 0",
            )
        return number

    def _shown(self, bound: float) -> str:
        """A bound in the unit that suits it."""
        if self.canonical == "1/year":
            return f"{100 * bound:g} %/year"
        found = {unit: bound / factor(unit, self.canonical) for unit in self.units}
        return next(
            (f"{number:g} {unit}" for unit, number in found.items() if 1 <= number < 1000),
            self.show(bound),
        )

    def show(self, number: float) -> str:
        """The number with its unit, as it would stand in a file; exact, so that reading it back
        gives the same float.
        """
        plain = repr(float(number))
        plain = plain.removesuffix(".0")
        return plain if self.canonical == "1" else f"{plain} {self.canonical}"

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.parse,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self.show, when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        words = DIMENSION_NAMES.get(self.canonical, self.canonical)
        text = {
            "type": "string",
            "pattern": NUMBER_TEXT if self.bare else QUANTITY_TEXT,
            "maxLength": MAX_LENGTH,
        }
        bounds = {
            word: end
            for word, end in (("minimum", self.ge), ("maximum", self.le))
            if math.isfinite(end)
        }
        number = {"type": "number", **bounds, "x-unit": self.canonical}
        shape: dict[str, Any] = (
            {"anyOf": [{**text, "x-unit": self.canonical}, number]} if self.bare else text
        )
        shape["examples"] = [self.example]
        shape["description"] = "; ".join(
            x
            for x in (f"{words}: NUMBER UNIT, converted to {self.canonical}", RATES[self.rate])
            if x
        )
        shape["x-unit"] = self.canonical
        metadata: Any = schema.get("metadata", {})
        shape.update(metadata.get("pydantic_js_updates", {}))  # bounds of the one field
        return shape


def _problem(code: str, message: str, remedy: str = "") -> PydanticCustomError:
    return PydanticCustomError(
        "planner", "{message}", {"code": code, "message": message, "help": remedy}
    )


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # an integer beyond 1e308
        return math.inf


def _said(value: object) -> str:
    return (
        "nothing"
        if value is None
        else f"`{str(value)[:MAX_LENGTH]}`"
        if not isinstance(value, dict | list)
        else f"a {type(value).__name__}"
    )


RATES = {
    "": "",
    "linear": "a rate over another time is multiplied",
    "growth": "a growth, so a rate over another time compounds: `8 %/quarter` is 36.0489 %/year",
    "decline": "a decline, so a rate over another time compounds: `2.5 %/month` is 26.2 %/year",
}
"""What becomes of a rate that the file gives over another time than its canonical unit has."""

Power = Annotated[
    float,
    Unit("W", "700 W", ge=0, le=1e13, least=1, units=("W", "kW", "MW", "GW"), usual=(100, 3e10)),
]
PartPower = Annotated[
    float, Unit("W", "16 W", ge=0, le=1e13, least=1e-3, units=("W", "kW"), usual=(0.1, 1e5))
]
"""Power of one part of a machine or a network: a cable draws a tenth of a watt."""
Energy = Annotated[
    float,
    Unit("MWh", "100 MWh", ge=0, least=1e-3, units=("kWh", "MWh", "GWh", "TWh"), usual=(1, 1e9)),
]
Money = Annotated[
    float,
    Unit(
        "USD",
        "30000 USD",
        ge=0,
        le=1e15,
        least=0.01,
        units=("USD", "kUSD", "MUSD", "GUSD"),
        usual=(100, 1e12),
    ),
]
MoneyPerEnergy = Annotated[
    float, Unit("USD/MWh", "55 USD/MWh", ge=0, le=1e5, units=("USD/kWh", "USD/MWh"), usual=(2, 900))
]
MoneyPerPower = Annotated[
    float,
    Unit(
        "USD/MW",
        "11.7 MUSD/MW",
        ge=0,
        le=1e9,
        units=("MUSD/MW", "USD/W", "USD/kW", "USD/MW"),
        usual=(5e4, 9e7),
    ),
]
MoneyPerPowerTime = Annotated[
    float,
    Unit(
        "USD/MW/year",
        "150 USD/kW/month",
        ge=0,
        le=1e9,
        rate="linear",
        units=("USD/kW/month", "USD/kW/year", "USD/MW/year", "MUSD/MW/year"),
        usual=(1e3, 1e7),
    ),
]
GB_PER_GIB = 2**30 / 1e9
"""Of memory, which is sold in GB and counted by hardware in GiB."""

MoneyPerWork = Annotated[float, Unit("USD/EFLOP", "1.5 USD/EFLOP", ge=0)]
MoneyPerAcceleratorTime = Annotated[
    float,
    Unit(
        "USD/accelerator/h",
        "3 USD/accelerator/hour",
        ge=0,
        rate="linear",
        units=("USD/accelerator/h", "USD/accelerator/month", "USD/accelerator/year"),
        usual=(0.1, 100),
    ),
]
ComputeRate = Annotated[
    float,
    Unit(
        "FLOP/s",
        "989 TFLOP/s",
        ge=0,
        least=1e12,
        units=("TFLOP/s", "PFLOP/s", "EFLOP/s", "ZFLOP/s"),
        usual=(1e12, 1e23),
    ),
]
Memory = Annotated[
    float, Unit("GB", "80 GB", ge=0, le=1e9, least=1e-6, units=("GB", "TB"), usual=(0.1, 1e6))
]
Bandwidth = Annotated[
    float,
    Unit(
        "GB/s",
        "3.35 TB/s",
        ge=0,
        le=1e9,
        least=1e-6,
        units=("Gbit/s", "GB/s", "TB/s"),
        usual=(1, 1e5),
    ),
]
LinkRate = Annotated[
    float,
    Unit(
        "Gbit/s",
        "400 Gbit/s",
        ge=0,
        le=1e9,
        least=1e-6,
        units=("Gbit/s", "GB/s", "Tbit/s"),
        usual=(1, 1e5),
    ),
]
Fraction = Annotated[float, Unit("1", "60 %", ge=0, le=1, bare=True)]
Ratio = Annotated[float, Unit("1", "1.15", ge=0, le=100, bare=True)]
Count = Annotated[float, Unit("1", "8", ge=0, le=1e9, bare=True)]
RatePerYear = Annotated[
    float,
    Unit(
        "1/year",
        "10 %/year",
        ge=0,
        le=10,
        rate="linear",
        units=("%/year", "1/year"),
        usual=(0.005, 2),
    ),
]
"""A share of the first value each year, so a straight line."""
GrowthPerYear = Annotated[
    float,
    Unit(
        "1/year",
        "10 %/year",
        ge=0,
        le=10,
        rate="growth",
        units=("%/year", "1/year"),
        usual=(0.005, 2),
    ),
]
DeclinePerYear = Annotated[
    float,
    Unit(
        "1/year",
        "30 %/year",
        ge=0,
        le=0.9999,
        rate="decline",
        units=("%/year", "1/year"),
        usual=(0.005, 0.9999),
    ),
]
Duration = Annotated[
    float,
    Unit(
        "day",
        "26 weeks",
        ge=0,
        le=36500,
        least=1 / 1440,
        units=("min", "days", "weeks", "months", "years"),
        usual=(1, 4000),
    ),
]
Seconds = Annotated[
    float,
    Unit("s", "60 s", ge=0, le=1e7, least=1e-3, units=("ms", "s", "min", "h"), usual=(1, 1e6)),
]
Positions = Annotated[float, Unit("rack", "500 racks", ge=0, le=1e7, least=1e-3)]
RackHeight = Annotated[float, Unit("RU", "8 RU", ge=0, le=100)]
Mass = Annotated[
    float, Unit("kg", "130 kg", ge=0, le=1e6, least=1e-3, units=("kg", "t"), usual=(1, 1e4))
]
Length = Annotated[float, Unit("m", "50 m", ge=0, le=1e6, least=1e-3)]
PowerPerRack = Annotated[
    float,
    Unit(
        "W/rack", "40 kW/rack", ge=0, le=1e8, least=1, units=("W/rack", "kW/rack"), usual=(1e3, 2e6)
    ),
]
WaterPerEnergy = Annotated[float, Unit("L/kWh", "0.3 L/kWh", ge=0, le=100)]
CarbonPerEnergy = Annotated[
    float,
    Unit(
        "gCO2e/kWh",
        "320 gCO2e/kWh",
        ge=0,
        le=5000,
        units=("gCO2e/kWh", "kgCO2e/kWh"),
        usual=(2, 1500),
    ),
]
FuelPrice = Annotated[
    float,
    Unit("USD/MMBtu", "4 USD/MMBtu", ge=0, le=1e4, units=("USD/MMBtu", "USD/therm"), usual=(1, 90)),
]
HeatRate = Annotated[
    float,
    Unit(
        "MMBtu/MWh",
        "9.7 MMBtu/MWh",
        ge=3.412,
        le=100,
        units=("MMBtu/MWh", "Btu/kWh"),
        usual=(3.412, 100),
    ),
]
CarbonPerFuel = Annotated[float, Unit("kgCO2e/MMBtu", "53 kgCO2e/MMBtu", ge=0, le=1000)]
Carbon = Annotated[
    float,
    Unit(
        "tCO2e",
        "100000 tCO2e",
        ge=0,
        le=1e12,
        least=1e-3,
        units=("tCO2e", "ktCO2e", "MtCO2e"),
        usual=(1, 1e9),
    ),
]
MoneyPerCarbon = Annotated[
    float,
    Unit(
        "USD/tCO2e",
        "50 USD/tCO2e",
        ge=0,
        le=1e6,
        units=("USD/tCO2e", "USD/kgCO2e"),
        usual=(0.1, 2000),
    ),
]
Volume = Annotated[
    float, Unit("m3", "500000 m3", ge=0, le=1e12, least=1e-3, units=("m3", "ML"), usual=(1, 1e9))
]
HoursPerPower = Annotated[float, Unit("h/MW", "6000 h/MW", ge=0, le=1e6)]
BuildRate = Annotated[
    float,
    Unit(
        "MW/year",
        "40 MW/quarter",
        ge=0,
        le=1e7,
        least=1e-6,
        rate="linear",
        units=("MW/month", "MW/quarter", "MW/year"),
        usual=(0.1, 1e5),
    ),
]
RackRate = Annotated[
    float,
    Unit(
        "rack/year",
        "60 racks/month",
        ge=0,
        le=1e9,
        least=1e-3,
        rate="linear",
        units=("racks/month", "racks/quarter", "racks/year"),
        usual=(1, 1e6),
    ),
]
RampRate = Annotated[
    float,
    Unit(
        "W/s",
        "10 MW/min",
        ge=0,
        le=1e13,
        least=1e-2,
        rate="linear",
        units=("kW/s", "MW/min", "MW/s"),
        usual=(10, 1e12),
    ),
]
