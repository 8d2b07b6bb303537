"""Which units exist? One pint registry of our own, made at first use.

pint's default one reads `GB` as a plain number, `U` as an enzyme unit and `k` as Boltzmann's constant, and takes ten times as long to make.
"""

from __future__ import annotations

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
"""Base unit → the prefixes that people write before it. Any other is refused: a thousandth of a dollar or a thousand years are slips, `m`
means `metric` or `million` to many, and a slip of one letter would otherwise be a factor of a billion."""

COMMON: dict[str, dict[str, float]] = {
    "1": {"%": 0.01},
    "1/year": {"%/year": 0.01},
    "FLOP/s": {"TFLOP/s": 1e12, "PFLOP/s": 1e15, "EFLOP/s": 1e18},
    "GB": {"TB": 1e3, "GiB": 2**30 / 1e9, "MiB": 2**20 / 1e9, "B": 1e-9},
    "GB/s": {"TB/s": 1e3},
    "USD": {"kUSD": 1e3, "MUSD": 1e6, "GUSD": 1e9},
    "USD/MW": {"USD/kW": 1e3, "MUSD/MW": 1e6},
    "USD/MW/year": {"USD/kW/year": 1e3, "kUSD/MW/year": 1e3, "USD/kW/month": 12e3, "MUSD/MW/year": 1e6},
    "W": {"kW": 1e3, "MW": 1e6, "GW": 1e9},
    "W/rack": {"kW/rack": 1e3},
    "W/s": {"MW/min": 1e6 / 60},
    "accelerator": {"accelerators": 1.0},
    "day": {"h": 1 / 24, "days": 1.0, "weeks": 7.0, "months": 365 / 12, "years": 365.0},
    "s": {"min": 60.0},
    "system": {"systems": 1.0},
}
"""canonical unit → unit → factor, of what files mostly say: with these alone pint need not be loaded, which takes longer than many a
solve. A test holds each against the registry."""


@cache
def registry() -> pint.UnitRegistry[Any]:
    """The one unit registry, made at first use (12 ms; importing pint itself costs ten times that)."""
    import pint

    made: pint.UnitRegistry[Any] = pint.UnitRegistry(None, cache_folder=None, on_redefinition="raise")
    for line in _DEFINITIONS.strip().splitlines():
        made.define(line)
    return made


@cache
def readings(name: str) -> tuple[tuple[str, str], ...]:
    """Every (prefix, base unit) that a word could be, by their whole names; none for a word that is no unit."""
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
            yield head.removesuffix("-"), *(word for word in words if word.isidentifier() or word == "%")


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
        found += [short[prefix] + name for name in plain for prefix in PREFIXES.get(base, ()) if name != base or not rest]
    return tuple(dict.fromkeys(found))
