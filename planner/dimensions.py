"""What does the unit of a quantity say? Its grammar, its dimension, and how many of another unit it is.

The strict grammar comes first, so that pint never sees a number (`9**9**9 W` would keep it busy for ever) and never evaluates arithmetic.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

from planner.registry import COMMON, readings, registry, takes

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

    Raises ValueError: `dimension` for another one, `unit:WORD` for a word that is no unit, `prefix:WORD` for a prefix that its unit does
    not take.
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
    """Words of a unit with their powers: `USD/kW/month` is USD, kW to the −1 and month to the −1. Raises ValueError for no unit."""
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
    """A unit of a rate as (what one of it is each step, how many such steps a year has): `%/quarter` is 0.01 and 4.

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
