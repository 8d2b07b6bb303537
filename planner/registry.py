"""Which units exist, and what their dimensions are called. One pint registry of our own, made at
first use.

pint's default one reads `GB` as a plain number, `U` as an enzyme unit and `k` as Boltzmann's
constant, and takes ten times as long to make.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pint


_DEFINITIONS = """
milli- = 1e-3 = m-
kilo- = 1e3 = k-
mega- = 1e6 = M-
giga- = 1e9 = G-
tera- = 1e12 = T-
peta- = 1e15 = P-
exa- = 1e18 = E-
zetta- = 1e21 = Z-
yotta- = 1e24 = Y-
kibi- = 1024 = Ki-
mebi- = 1048576 = Mi-
gibi- = 1073741824 = Gi-
tebi- = 1099511627776 = Ti-
pebi- = 1125899906842624 = Pi-
second = [time] = s = sec
minute = 60 * second = min
hour = 60 * minute = h = hours = hr
day = 24 * hour = d = days
week = 7 * day = weeks = wk
year = 365 * day = yr = years
month = year / 12 = months = mo
quarter = year / 4 = quarters = qtr
watt = [power] = W
watthour = watt * hour = Wh
million_btu = 0.29307107017222 * 1000000 * watthour = MMBtu = MMBTU = mmBtu = mmbtu
british_thermal_unit = million_btu / 1000000 = Btu = BTU
therm = million_btu / 10
dekatherm = million_btu = Dth
joule = watt * second = J
dollar = [money] = USD
cent = dollar / 100
floating_operation = [compute] = FLOP = FLOPs = OP
flops = floating_operation / second = FLOPS = OPS
byte = [information] = B
bit = byte / 8
token = [token] = tokens
accelerator = [accelerator] = accelerators = gpu = GPU = GPUs = chip = chips
system = [system] = systems
rack = [position] = racks
rack_unit = [rack_unit] = RU
gram = [mass] = g
gramCO2e = [carbon] = gCO2e = gCO2
metric_ton = 1000000 * gram = t = tonne
metric_tonCO2e = 1000000 * gramCO2e = tCO2e = tCO2
liter = [volume] = L = litre
cubic_meter = 1000 * liter = m3
meter = [length] = m = metre
percent = 0.01 = % = pct
"""
_DECIMAL = ("kilo", "mega", "giga", "tera", "peta", "exa", "zetta", "yotta")
_BINARY = ("kibi", "mebi", "gibi", "tebi", "pebi")
PREFIXES: dict[str, tuple[str, ...]] = {
    "second": ("milli",),
    "meter": ("milli", "kilo"),
    "watt": _DECIMAL[:5],
    "watthour": _DECIMAL[:5],
    "joule": _DECIMAL[:6],
    "dollar": _DECIMAL[:4],
    "british_thermal_unit": ("kilo",),
    "floating_operation": _DECIMAL,
    "flops": _DECIMAL,
    "byte": (*_DECIMAL, *_BINARY),
    "bit": (*_DECIMAL, *_BINARY),
    "token": _DECIMAL,
    "accelerator": ("kilo", "mega"),
    "system": ("kilo",),
    "gram": _DECIMAL[:4],
    "gramCO2e": _DECIMAL[:4],
    "metric_ton": _DECIMAL[:3],
    "metric_tonCO2e": _DECIMAL[:3],
    "liter": _DECIMAL[:3],
}
"""Base unit → the prefixes that people write before it. Any other is refused: a thousandth of a
dollar or a thousand years are slips, `m` means `metric` or `million` to many, and a slip of one
letter would otherwise be a factor of a billion."""
COMMON: dict[str, dict[str, float]] = {
    "1": {"%": 0.01},
    "1/year": {"%/year": 0.01},
    "FLOP/s": {"TFLOP/s": 1e12, "PFLOP/s": 1e15, "EFLOP/s": 1e18},
    "GB": {"TB": 1e3, "GiB": 2**30 / 1e9, "MiB": 2**20 / 1e9, "B": 1e-9},
    "GB/s": {"TB/s": 1e3},
    "USD": {"kUSD": 1e3, "MUSD": 1e6, "GUSD": 1e9},
    "USD/MW": {"USD/kW": 1e3, "MUSD/MW": 1e6},
    "USD/MW/year": {
        "USD/kW/year": 1e3,
        "kUSD/MW/year": 1e3,
        "USD/kW/month": 12e3,
        "MUSD/MW/year": 1e6,
    },
    "W": {"kW": 1e3, "MW": 1e6, "GW": 1e9},
    "W/rack": {"kW/rack": 1e3},
    "W/s": {"MW/min": 1e6 / 60},
    "accelerator": {"accelerators": 1.0},
    "day": {"h": 1 / 24, "days": 1.0, "weeks": 7.0, "months": 365 / 12, "years": 365.0},
    "s": {"min": 60.0},
    "system": {"systems": 1.0},
}
"""canonical unit → unit → factor, of what files mostly say: with these alone pint need not be
loaded, which takes longer than many a solve. A test holds each against the registry."""


@cache
def registry() -> pint.UnitRegistry[Any]:
    """The one unit registry, made at first use (12 ms; importing pint itself costs ten times
    that).
    """
    import pint

    made: pint.UnitRegistry[Any] = pint.UnitRegistry(
        None, cache_folder=None, on_redefinition="raise"
    )
    for line in _DEFINITIONS.strip().splitlines():
        made.define(line)
    return made


@cache
def readings(name: str) -> tuple[tuple[str, str], ...]:
    """Every (prefix, base unit) that a word could be, by their whole names; none for a word that is
    no unit.
    """
    try:
        found = registry().parse_unit_name("percent" if name == "%" else name)
    except Exception:  # pint raises a dozen different types for an unknown name
        return ()
    return tuple((prefix, base) for prefix, base, _ in found)


def takes(base: str, prefix: str) -> bool:
    """Whether the base unit is written with this prefix; with none each is."""
    return not prefix or prefix in PREFIXES.get(base, ())


def names_of(sign: str) -> Iterator[tuple[str, ...]]:
    """Every unit, or with `-` every prefix: its whole name, then its other spellings."""
    for line in _DEFINITIONS.strip().splitlines():
        head, *rest = [part.strip() for part in line.split("=")]
        if head.endswith("-") == (sign == "-"):
            words = (word.removesuffix("-") for word in rest)
            yield (
                head.removesuffix("-"),
                *(word for word in words if word.isidentifier() or word == "%"),
            )


def dir_units() -> list[str]:
    """Names the registry defines, without prefixes."""
    return [name for names in names_of("") for name in names]


@cache
def spellings() -> tuple[str, ...]:
    """Every way to write a unit in short, with each prefix that it takes."""
    short = {names[0]: names[-1] for names in names_of("-")}
    found: list[str] = []
    for base, *rest in names_of(""):
        plain = [name for name in (base, *rest) if "_" not in name]
        found += plain
        found += [
            short[prefix] + name
            for name in plain
            for prefix in PREFIXES.get(base, ())
            if name != base or not rest
        ]
    return tuple(dict.fromkeys(found))


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
NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
_TERM = r"(?:[A-Za-z][A-Za-z0-9]*|%)(?:\^-?[1-3])?"
_REST = rf"(?:\s?[*/·]\s?{_TERM})"
_UNIT = rf"(?:{_TERM}{_REST}*|/\s?{_TERM}{_REST}*|(?<=\s)1{_REST}+)"


# the number is an atomic group: without it `0.1/year` would be read as `0.` of `1/year`
QUANTITY = re.compile(rf"^\s*((?>{NUMBER}))(?:\s*({_UNIT}))?\s*$")
_UNIT_ONLY = re.compile(rf"^(?:1{_REST}*|/?\s?{_TERM}{_REST}*)$")
MAX_LENGTH = 80


@cache
def factor(unit: str, canonical: str) -> float:
    """How many `canonical` units one `unit` is.

    Raises ValueError: `dimension` for another one, `unit:WORD` for a word that is no unit,
    `prefix:WORD` for a prefix that its unit does not take.
    """
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


def terms(text: str) -> list[tuple[str, int]]:
    """Words of a unit with their powers: `USD/kW/month` is USD, kW to the −1 and month to the −1.
    Raises ValueError for no unit.
    """
    if not _UNIT_ONLY.match(text):
        raise ValueError(f"unit:{text}")
    found = []
    for sign, term in re.findall(r"([*/·]?)\s?((?:[A-Za-z][A-Za-z0-9]*|%|1)(?:\^-?[1-3])?)", text):
        name, _, power = term.partition("^")
        if name != "1":
            found.append((name, int(power or 1) * (-1 if sign == "/" else 1)))
    return found


@cache
def _pint_unit(text: str) -> Any:
    ureg = registry()
    result = ureg.Unit("")
    for name, power in terms(text):
        known = readings(name)
        if not known:
            raise ValueError(f"unit:{name}")
        meant = [prefix + base for prefix, base in known if takes(base, prefix)]
        if not meant:
            raise ValueError(f"prefix:{name}")
        result = result * ureg.Unit(meant[0]) ** power
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


@cache
def per_year(unit: str) -> tuple[float, float]:
    """A unit of a rate as (what one of it is each step, how many such steps a year has):
    `%/quarter` is 0.01 and 4.

    Raises ValueError as `factor` does.
    """
    if unit in COMMON["1/year"]:
        return COMMON["1/year"][unit], 1.0
    whole = factor(unit, "1/year")
    steps = [name for name, power in terms(unit) if power == -1 and _is_time(name)]
    if len(steps) != 1 or sum(_is_time(name) for name, _ in terms(unit)) != 1:
        raise ValueError("dimension")
    often = factor(f"1/{steps[0]}", "1/year")
    return whole / often, often


def _is_time(name: str) -> bool:
    try:
        return factor(name, "year") > 0
    except ValueError:
        return False
