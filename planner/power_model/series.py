"""A metered series as a file has it: a time and one or more powers by row, separated by commas,
semicolons, tabs or bars. Read with every mistake at its place; nothing is guessed.

    # basis: it                                (or `planner power --metered-at it`)
    timestamp;total [kW];compute network [kW]
    2026-01-31T10:00:00Z;812.4;60.1

The head of a column states its unit (`power_kw`, `power [MW]`, `W`), and says by its name what it
is: a basis (`it_kw`), the total (`power_kw`, `total_kw`), a part of the power chain as `planner
power` calls it (`fans_w`, `compute_network_kw`), or else a device (`pdu_1_kw`). Times are ISO 8601,
all with a zone or all without, or seconds since 1970.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from planner.engineering.power import BASES, Basis
from planner.errors import InputError, Mark, Problem, SourceText
from planner.likeness import nearest

MAX_BYTES = 500_000_000
MOST_TOLD = 20
"""Mistakes of one kind that are told each; of more, their number."""
SEPARATORS = ",;\t|"
TIMES = ("timestamp", "time", "datetime", "date", "date time", "epoch", "ts", "utc")
UNITS: dict[str, float] = {"w": 1.0, "kw": 1e3, "mw": 1e6, "gw": 1e9}
WORDS = {"watt": "W", "watts": "W", "kilowatt": "kW", "kilowatts": "kW", "megawatts": "MW"}
PLAIN = frozenset(("power", "total", "draw", "load", "metered", "mean", "average", "avg"))
"""Words of a head that say no more than that it is a power."""
MISSING = frozenset(("", "-", "–", "na", "n/a", "nan", "null", "none", "missing"))
_BRACKETS = re.compile(r"^(.*?)\s*[\[(]\s*([^\])]*?)\s*[\])]$")
_SUFFIX = re.compile(r"^(?:(.*?)[\s_.-]+)?([A-Za-z]+)$")
_BASIS = re.compile(r"^#\s*(?:basis|metered[ _-]at)\s*[:=]\s*(\S+)\s*$", re.IGNORECASE)
_EPOCH = re.compile(r"^\d+(\.\d*)?$")
FIRST_MS = 1e11
"""Seconds since 1970 that lie in the year 5138, and milliseconds in 1973."""
MOST_W = 1e13

Role = Literal["total", "part", "device"]


@dataclass(frozen=True)
class Column:
    """One power of a series: what it is, where its head stands, and W by row."""

    name: str
    role: Role
    basis: Basis | None
    """Of a total whose head names it."""
    mark: Mark
    unit: str
    w: NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """A metered series: seconds since 1970 by row, in order, and its columns."""

    name: str
    time_s: NDArray[np.float64]
    zoned: bool
    """Whether the file says which zone its times are of, as seconds since 1970 do; others are taken
    as they stand."""
    columns: list[Column]
    basis: Basis | None
    """What the file says in a line `# basis: it`."""
    lines: NDArray[np.int64]
    """Line of the file of each row."""
    source: SourceText


class Found:
    """Mistakes of a file: of each kind the first ones, and how many more there are."""

    def __init__(self, source: SourceText, separator: str) -> None:
        self.source, self.separator = source, separator
        self.problems: list[Problem] = []
        self.counts = Counter[str]()
        self.last: dict[str, Mark] = {}

    def add(self, kind: str, code: str, message: str, line: int, column: int, remedy: str) -> None:
        """Record a mistake in a cell, by line and index of the cell; `kind` says what is alike."""
        self.counts[kind] += 1
        if self.counts[kind] <= MOST_TOLD:
            self.problems.append(Problem(code, message, self.mark(line, column), help=remedy))
        elif self.counts[kind] == MOST_TOLD + 1:
            self.last[kind] = self.mark(line, column)

    def mark(self, line: int, column: int) -> Mark:
        """The place of a cell; of the end of its line where it has no such cell."""
        text, start, quoted, cells = self.source.line(line), 0, False, list[tuple[int, int]]()
        for i, sign in enumerate(text):
            if sign == '"':
                quoted = not quoted
            elif sign == self.separator and not quoted:
                cells.append((start, i))
                start = i + 1
        cells.append((start, len(text)))
        first, end = cells[column] if column < len(cells) else (len(text), len(text))
        return Mark(self.source, line, first + 1, max(1, end - first))

    def close(self) -> list[Problem]:
        """All of them, with a line for those that are not told each."""
        more = [
            Problem(
                "T001",
                f"{self.counts[kind] - MOST_TOLD} more {kind}, of which this is the first",
                mark,
                help=f"{self.counts[kind]} in all",
            )
            for kind, mark in self.last.items()
        ]
        return [*self.problems, *more]


def read_series(path: Path, parts: Mapping[str, Basis]) -> Series:
    """A series from a file. `parts`: the parts of the power chain, by name, with the basis at which
    each counts.

    Raises `InputError` with every mistake: heads without a unit, times that are none or out of
    order or there twice, powers that are missing, negative or no numbers.
    """
    text = _text(path)
    source = SourceText(str(path), text)
    lines = text.splitlines()
    head, basis, problems = _head(lines, source)
    if head is None:
        raise InputError([*problems, Problem("Y004", f"{path} has no row with column heads")])
    separator = max(SEPARATORS, key=lambda s: re.sub(r"\([^)]*\)|\[[^]]*\]", "", head[1]).count(s))
    found = Found(source, separator)
    found.problems += problems
    heads = next(csv.reader([head[1]], delimiter=separator))
    time_at, columns = _columns(heads, head[0], parts, found)
    reader = csv.reader(lines[head[0] :], delimiter=separator)
    times, watts, numbers, zones = _rows(reader, head[0], heads, (time_at, columns), found)
    _ordered(times, numbers, time_at, found)
    if len(zones) > 1:
        message = f"times with a zone (first on line {zones[True]}) and without"
        found.add("zones", "D001", message, max(zones.values()), time_at, "give all of them one")
    if not found.problems and len(times) < 2:
        found.add("rows", "R001", "a series has two rows at least", head[0], 0, "")
    if found.problems:
        raise InputError(found.close())
    return Series(
        str(path),
        np.array(times),
        False not in zones,
        [
            Column(c.name, c.role, c.basis, c.mark, c.unit, np.array(w))
            for c, w in zip(columns, watts, strict=True)
        ],
        basis,
        np.array(numbers),
        source,
    )


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise InputError([Problem("Y004", f"cannot read {path}: {reason}")]) from None
    if len(raw) > MAX_BYTES:
        raise InputError([Problem("Y003", f"{path} is larger than {MAX_BYTES} bytes")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8 text (byte {error.start})"
        raise InputError([Problem("Y004", message)]) from None


def _head(
    lines: list[str], source: SourceText
) -> tuple[tuple[int, str] | None, Basis | None, list[Problem]]:
    """Number and text of the row of heads, the basis that a line before it says, and mistakes."""
    basis: Basis | None = None
    problems = []
    for number, line in enumerate(lines, 1):
        said = _BASIS.match(line)
        if said:
            basis = next((b for b in BASES if b == said[1].lower()), None)
            if basis is None:
                mark = Mark(source, number, said.start(1) + 1, len(said[1]))
                remedy = nearest(said[1], BASES) or f"one of {', '.join(BASES)}"
                problems.append(Problem("T002", f"no basis `{said[1]}`", mark, help=remedy))
        elif line.strip() and not line.startswith("#"):
            return (number, line), basis, problems
    return None, basis, problems


def _columns(
    heads: list[str], line: int, parts: Mapping[str, Basis], found: Found
) -> tuple[int, list[Column]]:
    """Index of the column of times, and the powers in the order of the others."""
    words = [_words(head) for head in heads]
    time_at = next((i for i, word in enumerate(words) if word in TIMES), 0)
    columns = list[Column]()
    for i, head in enumerate(heads):
        if i != time_at:
            columns.append(_column(head.strip(), line, i, parts, found))
            before = next((c for c in columns[:-1] if c.name == columns[-1].name), None)
            if before is not None:
                message = (
                    f"two columns are `{before.name}` (the first stands at {before.mark.column})"
                )
                found.add("heads", "I002", message, line, i, "leave one out, or name its device")
    if not columns:
        message = "one column: a series has a time and a power, separated by a comma"
        found.add("heads", "K002", message, line, 0, "such as `timestamp,power_kw`")
    return time_at, columns


def _words(text: str) -> str:
    """Lower-case words of a name, without signs."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text.lower()).split())


def _column(head: str, line: int, at: int, parts: Mapping[str, Basis], found: Found) -> Column:
    bracket = _BRACKETS.match(head)
    suffix = bracket or _SUFFIX.match(head)
    name, unit = ((suffix[1] or "").strip(), suffix[2]) if suffix else (head, "")
    unit = WORDS.get(unit.lower(), unit)
    mark = found.mark(line, at)
    if unit.lower() not in UNITS or unit == "mW":
        code, message, remedy = _no_unit(head, unit, bracket is not None)
        found.add("heads", code, message, line, at, remedy)
        return Column(head, "device", None, mark, "W", np.empty(0))
    role, basis, told = _role(name, parts)
    return Column(told or "total", role, basis, mark, unit, np.empty(0))


def _no_unit(head: str, unit: str, bracket: bool) -> tuple[str, str, str]:
    """Code, message and remedy for a head without a unit of power."""
    if unit == "mW":
        return "U002", f"`{head}` is in mW, a thousandth of a W", "for megawatts write MW or `_mw`"
    if unit.lower() in ("kva", "mva", "va"):
        return "U002", f"`{head}` is apparent power", "give the real power, in W, kW or MW"
    if unit.lower() in ("kwh", "mwh", "wh", "gwh"):
        return "U002", f"`{head}` is an energy", "give the power, in W, kW or MW"
    if bracket and unit:
        return "U003", f"`{head}`: `{unit}` is no unit of power", "write W, kW, MW or GW"
    remedy = f"write the unit of its numbers behind it, such as `{_words(head) or 'power'} [kW]`"
    return "U001", f"`{head}` has no unit", remedy


def _role(name: str, parts: Mapping[str, Basis]) -> tuple[Role, Basis | None, str]:
    """What a column is by its name, and how it is called."""
    words = [word for word in _words(name).split() if word not in PLAIN]
    text = " ".join(words)
    if not words:
        return "total", None, ""
    for basis in get_args(Basis):
        if text == basis:
            return "total", basis, basis
    whole = _words(name)
    known = {_words(part): part for part in parts}
    near = [known[p] for p in known if p in (whole, text)] or [
        known[p] for p in known if p.startswith(f"{text} ") or p.endswith(f" {text}")
    ]
    return ("part", None, near[0]) if len(near) == 1 else ("device", None, name)


def _rows(
    reader: Iterator[list[str]],
    head: int,
    heads: list[str],
    at: tuple[int, list[Column]],
    found: Found,
) -> tuple[list[float], list[list[float]], list[int], dict[bool, int]]:
    """Times, W by column, lines, and the first line with a zone and without."""
    time_at, columns = at
    places = [i for i in range(len(heads)) if i != time_at]
    scales = [UNITS.get(column.unit.lower(), 1.0) for column in columns]
    times, numbers, zones = list[float](), list[int](), dict[bool, int]()
    watts: list[list[float]] = [[] for _ in columns]
    triples = list(zip(places, scales, watts, strict=True))
    line_of = reader
    for row in reader:
        line = head + line_of.line_num  # type: ignore[attr-defined]
        if not row or (len(row) == 1 and not row[0].strip()) or row[0].startswith("#"):
            continue
        if len(row) != len(heads):
            message = f"{len(row)} cells, and {len(heads)} columns have heads"
            found.add("rows of another length", "T001", message, line, len(heads), "")
            continue
        time, zone = _time(row[time_at].strip())
        if zone is not None:
            zones.setdefault(zone, line)
        elif time != time:
            found.add("times", "D001", *_no_time(row[time_at].strip(), line, time_at))
        times.append(time)
        numbers.append(line)
        for place, scale, into in triples:
            cell = row[place]
            try:
                value = float(cell)
            except ValueError:
                value = _decimal_comma(cell, found.separator)
            if not 0.0 <= value * scale <= MOST_W:
                told = _no_power(cell.strip(), value, heads[place])
                found.add(told[0], told[1], told[2], line, place, told[3])
            into.append(value * scale)
    return times, watts, numbers, zones


def _decimal_comma(cell: str, separator: str) -> float:
    """A number with a decimal comma, where commas separate no cells; NaN for anything else."""
    if separator != "," and re.fullmatch(r"\s*-?\d+,\d+\s*", cell):
        return float(cell.replace(",", "."))
    return float("nan")


def _time(cell: str) -> tuple[float, bool | None]:
    """Seconds since 1970, and whether a zone is said; None where there is no zone to say, and NaN
    for what is no time.
    """
    if _EPOCH.match(cell):
        seconds = float(cell)
        return (seconds, None) if seconds < FIRST_MS and len(cell) > 8 else (float("nan"), None)
    try:
        moment = datetime.fromisoformat(cell.replace("/", "-") if cell[4:5] == "/" else cell)
        zone = moment.tzinfo is not None
        return (moment if zone else moment.replace(tzinfo=UTC)).timestamp(), zone
    except (ValueError, OverflowError):
        return float("nan"), None


def _no_time(cell: str, line: int, at: int) -> tuple[str, int, int, str]:
    remedy = "write ISO 8601, such as `2026-01-31T10:00:00Z`, or seconds since 1970"
    if _EPOCH.match(cell) and float(cell) >= FIRST_MS:
        remedy = "these are milliseconds or less: give seconds since 1970"
    return (f"`{cell}` is no time" if cell else "a time is missing", line, at, remedy)


def _no_power(cell: str, value: float, head: str) -> tuple[str, str, str, str]:
    """Kind, code, message and remedy of a cell that is no power."""
    if cell.lower() in MISSING:
        return "missing powers", "K002", f"`{head}` has no value here", "give it, or drop the row"
    if value < 0:
        remedy = "a draw is positive; drop the row if the meter failed, or turn the sign"
        return "negative powers", "R001", f"`{cell}` is negative", remedy
    if value > 0:
        return "powers out of range", "R001", f"`{cell}` is out of range: at most 10 TW", ""
    remedy = "write digits with a decimal point; the unit stands in the head"
    return "powers that are no numbers", "U004", f"`{cell}` is not a number", remedy


def _ordered(times: list[float], lines: list[int], at: int, found: Found) -> None:
    """Times that stand twice, or before the one above."""
    before = float("nan")
    for time, line in zip(times, lines, strict=True):
        if time == before:
            remedy = "keep one; a clock without a zone repeats an hour in autumn: write UTC"
            found.add("times that stand twice", "I002", "this time stands twice", line, at, remedy)
        elif time < before:
            remedy = "sort the rows by time"
            message = "this time is before that of the row above"
            found.add("times out of order", "D002", message, line, at, remedy)
        before = time if time == time else before
