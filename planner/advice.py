"""What should stand in a file instead of a quantity that cannot be read?

Advice never changes the dimension or the size of what was written without saying so: where two
readings exist both are given with what each means, and a unit is only suggested for a word that is
a slip of the pen away from it and fits the field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from planner.likeness import closest, slip
from planner.registry import NUMBER, PREFIXES, QUANTITY, factor, names_of, readings, spellings

_CODES = """
AED AFN ALL ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
CAD CDF CHF CLP CNH CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW
KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN
NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RMB RON RSD RUB RWF SAR SBD SCR SDG
SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX UYU UZS
VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL EURO EUROS YEN YUAN
"""
CURRENCIES = frozenset(_CODES.split())
"""Codes of ISO 4217 (but for the dram, whose letters are a vendor), and what else people write for
what is not the US dollar."""

_CONVERT = "convert to USD, and say at which rate in a comment"
_SCALES = {"k": "k", "thousand": "k", "million": "M", "mn": "M", "mio": "M", "M": "M", "MM": "M"}
_SCALES |= {"billion": "G", "bn": "G", "B": "G", "G": "G", "trillion": "T", "T": "T"}
_WORDS: tuple[tuple[str, str, str], ...] = (
    # word, what the field's unit looks like (nothing: any), what to write
    (
        r"[kKMGT]?(?:VA|va|Va)[rR]?",
        "",
        "that is apparent power: write W at your power factor (20 MVA at 0.95 are `19 MW`)",
    ),
    (
        r"[cC][tT]|USc",
        "USD",
        "if it is a cent of the US dollar, write `cents`: 6.63 cents/kWh are `66.3 USD/MWh`",
    ),
    (
        r"[kM]?(?:[tT]ons?|MT|mt|MTCO2e?|mT)",
        "CO2e",
        "a metric ton of CO2 equivalents is `tCO2e`; a short ton is `0.907185 tCO2e`",
    ),
    (r"[tT]ons?|MT|mt|mT", "kg", "a metric ton is `t`; a short ton of 2000 lb is `0.907185 t`"),
    (r"[tT]ons?", "^W", "a ton of refrigeration is `3.51685 kW`"),
    (r"(?i)lbs?|pounds?", "CO2e", "1 lb is `0.45359237 kg`: write `kgCO2e` or `tCO2e`"),
    (r"(?i)lbs?|pounds?", "kg", "1 lb is `0.45359237 kg`"),
    (r"(?i)pounds?", "USD", _CONVERT),
    (
        r"(?i)nodes?|servers?|machines?|hosts?",
        "",
        "write `systems`, as the catalog counts them: a server, or a rack of many nodes",
    ),
    (
        r"(?i)cards?|boards?|modules?",
        "",
        "write `accelerators`, as the catalog counts them: a card may hold more than one",
    ),
    (r"(?i)gal|gallons?", "", "1 US gallon is `3.785411784 L`: write `L` or `m3`"),
    (
        r"(?i)m?mcf|ccf|scf|cf",
        "",
        "that is a volume of gas: write MMBtu, by the heating value of your gas",
    ),
    (r"(?i)ft|feet|foot", "^m$", "1 ft is `0.3048 m`"),
)


def unknown_word(word: str, unit: str, canonical: str, units: Sequence[str]) -> str:
    """What to write for a word that is no unit, in a field that is counted in `canonical` and
    mostly written in `units`.
    """
    if re.fullmatch(r"[kMGTP]?i?b(?:ps)?", word):
        return "a bit is `bit` (`Gbit`), a byte is `B` (`GB`)"
    for pattern, part, sentence in _WORDS:
        if re.search(part, canonical) and re.fullmatch(pattern, word):
            return sentence
    bare = re.sub(r"^[kKMG](?=[A-Z]{3}$)", "", word)
    if bare in CURRENCIES and "USD" in canonical:
        return _CONVERT
    if slips := _slips(word, unit, canonical):
        return slips
    if bare.upper() in CURRENCIES and "USD" in canonical:
        return _CONVERT
    if any(word == names[-1] for names in names_of("-")) and (
        whole := [other for other in units if other.startswith(word)]
    ):
        return f"did you mean {' or '.join(f'`{name}`' for name in whole)}?"
    return ""


def _slips(word: str, unit: str, canonical: str) -> str:
    """Units of the field's dimension that are a slip of the pen away."""
    near = [
        name
        for name in spellings()
        if slip(word, name) is not None and not _prefix_alone(word, name)
    ]
    near = [name for name in near if _fits(_exchanged(unit, word, name), canonical)]
    best = closest(word, near)[:3]
    if (
        len(best) == 1
        and best[0][0] == "M"
        and word[0] == "m"
        and any(prefix for prefix, _ in readings(best[0]))
    ):
        return f"`{best[0]}` is a million `{best[0][1:]}`, if that is what is meant"
    return f"did you mean {' or '.join(f'`{name}`' for name in best)}?" if best else ""


def _prefix_alone(word: str, name: str) -> bool:
    """Whether the two differ in nothing but a prefix of one letter, which is no slip but another
    size.
    """
    for prefix, base in readings(name):
        sign = next((names[-1] for names in names_of("-") if names[0] == prefix), "")
        bare = name.removeprefix(sign)
        head = word[: len(word) - len(bare)]
        if base and word.endswith(bare) and len(head) <= 1 and head.casefold() != sign.casefold():
            return True
    return False


def _exchanged(unit: str, word: str, name: str) -> str:
    return re.sub(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", name, unit)


def _fits(unit: str, canonical: str) -> bool:
    try:
        return factor(unit, canonical) > 0
    except ValueError:
        return False


def refused_prefix(word: str) -> tuple[str, str]:
    """What is wrong with a unit whose prefix nobody writes, and what to write."""
    prefix, base = readings(word)[0]
    short = {names[0]: names[-1] for names in names_of("-")}
    long = word.startswith(prefix)
    sign = prefix if long else short[prefix]
    name = word.removeprefix(sign)
    usual = [
        f"`{name}`",
        *(f"`{other if long else short[other]}{name}`" for other in PREFIXES.get(base, ())[:3]),
    ]
    message = f"`{word}`: `{name}` takes no prefix `{sign}`"
    write = f"write {' or '.join(([', '.join(usual[:-1])] if usual[:-1] else []) + usual[-1:])}"
    if base == "british_thermal_unit":
        return (
            message,
            "`MBtu` is a thousand Btu to some and a million to others: write `kBtu` or `MMBtu`",
        )
    if prefix == "milli" and base.startswith("metric_ton"):
        return message, f"`m` is a thousandth; a metric ton is `{name}`"
    return message, f"`{sign}` is a thousandth; {write}" if prefix == "milli" else write


def without_unit(
    text: str, number: float, units: Sequence[str], usual: tuple[float, float], canonical: str
) -> str:
    """The ways to complete a number without a unit, each with what it would mean; those outside the
    field's usual range are left out.
    """
    values = {unit: number * factor(unit, canonical) for unit in units}
    likely = [unit for unit in units if usual[0] <= values[unit] <= usual[1]] or list(units)
    first = {values[unit]: unit for unit in reversed(likely)}
    meanings = [
        f"`{text} {unit}`{_also(values[unit], unit, units, canonical)}"
        for unit in likely
        if first[values[unit]] == unit
    ]
    if len(meanings) == 1:
        return f"write {meanings[0]}, if that is what is meant"
    return f"say which: {', '.join(meanings[:-1])} or {meanings[-1]}"


def _also(value: float, unit: str, units: Sequence[str], canonical: str) -> str:
    """The same amount in the unit that needs the fewest digits before and after the point."""
    shown = {other: value / factor(other, canonical) for other in units if other != unit}
    handy = [other for other, number in shown.items() if 1 <= number < 1000] or (
        [*shown] if len(units) == 2 else []
    )
    own = value / factor(unit, canonical)
    if not handy or (1 <= own < 1000 and len(units) > 2):
        return ""
    return f" (the same as `{shown[handy[-1]]:.6g} {handy[-1]}`)"


def not_a_quantity(text: str, fits: Callable[[str], bool]) -> str:
    """What to write for a text that is not NUMBER UNIT. `fits` says whether a text could stand in
    the field.
    """
    for rewritten, why in _rewritten(text.strip()):
        found = [other for other in rewritten if fits(other)]
        if found:
            return f"{why}write {' or '.join(f'`{other}`' for other in found)}"
    if re.search(r"[€£¥₩₹]", text):
        return _CONVERT
    if re.match(rf"^\s*{NUMBER}\s?[kKMGBb]\s+[A-Za-z]", text):
        return "put the prefix on the unit: `30 kUSD`, not `30k USD`"
    if "**" in text or re.search(r"\d\s*[-+*]\s*\d", text):
        return "arithmetic is not evaluated in data"
    if "," in text or re.search(r"\d[ _']\d", text):
        return "write digits without separators"
    return ""


def _rewritten(text: str) -> list[tuple[list[str], str]]:
    """Texts that may be meant, the readings of one slip together, with a remark that goes before
    them.
    """
    found: list[tuple[list[str], str]] = []
    number = re.match(r"^([+-]?[0-9][0-9.,_' ]*[0-9])(.*)$", text)
    if number and not QUANTITY.match(text) and re.search(r"[,_' ]", number[1]):
        found.append(
            (_without_separators(number[1], number[2]), "digits stand without separators: ")
        )
    if scaled := re.match(
        rf"^({NUMBER})\s*({'|'.join(sorted(_SCALES, key=len, reverse=True))})\s+([A-Za-z].*)$", text
    ):
        found.append(
            ([f"{scaled[1]} {_SCALES[scaled[2]]}{scaled[3]}"], "put the prefix on the unit: ")
        )
    if dollars := re.match(rf"^(?:US)?\$\s*({NUMBER})(.*)$|^({NUMBER})\s*(?:US)?\$(.*)$", text):
        amount, rest = (dollars[1], dollars[2]) if dollars[1] else (dollars[3], dollars[4])
        found.append(([f"{amount} USD{rest.rstrip()}"], "if US dollars are meant, "))
    if cents := re.match(rf"^({NUMBER})\s*(?:¢|US¢)(.*)$", text):
        found.append(([f"{cents[1]} cents{cents[2].rstrip()}"], "if US cents are meant, "))
    found.append(([re.sub(r"\s*\bper\b\s*", "/", text)], ""))
    found.append(([re.sub(r"\s*\b(?:p\.\s?a\.?|pa|annually|a year)\s*$", "/year", text)], ""))
    found.append(
        ([re.sub(r"(?:metric )?(?:t|tons?|tonnes?)\s+(?:of\s+)?(CO2e?)(?:q)?\b", r"t\1", text)], "")
    )
    found.append(([re.sub(r"metric tons?", word, text) for word in ("t", "tCO2e")], ""))
    return [(texts, why) for texts, why in found if text not in texts]


def _without_separators(number: str, rest: str) -> list[str]:
    """A number with separators as it may be meant: its comma may be that of thousands, or the
    decimal one.
    """
    sign = "," if "," in number else ""
    plain = re.sub(r"[,_' ]", "", number)
    groups = re.fullmatch(r"[+-]?[0-9]{1,3}(?:[,_' ][0-9]{3})+(?:\.[0-9]+)?", number)
    decimal = sign and number.count(",") == 1 and re.fullmatch(r"[+-]?[0-9.]+,[0-9]+", number)
    readings = [plain + rest] if groups else []
    if decimal and not (groups and len(number.split(",")[0]) > 3):
        readings.append(number.replace(".", "").replace(",", ".") + rest)
    return readings
