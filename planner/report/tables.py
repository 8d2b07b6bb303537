"""What is a table, or a chart, before anybody decides how to draw it? Values with a unit, columns
chosen once, footnotes at the bottom.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from planner.numbers import grouped, number
from planner.report.amounts import amount

Kind = Literal["money", "rate", "power", "gap", "share", "amount", "number"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A number with its unit that reads otherwise than its column: people see `$3.375 B`, and a
    spreadsheet 3375000000 and USD.
    """

    value: float
    unit: str
    kind: Kind
    digits: int
    """Significant ones; of a share, those after the point of its percentage."""
    mark: str = ""
    """Behind it: what it rests on."""
    signed: bool = False
    """Whether a plus stands before what is more than nothing: a difference."""

    def __str__(self) -> str:
        value = abs(self.value) if self.signed else self.value
        if self.kind == "amount":
            return f"{amount(value, self.unit)} {self.mark}".rstrip()
        text = READS[self.kind](value, self.digits)
        if self.signed and any(digit in "123456789" for digit in text):
            text = ("+" if self.value > 0 else "−") + text
        return f"{text} {self.mark}".rstrip()


Value = str | float | int | Cell | None

DAGGER = "†"
"""Marks what rests on an assumption; every table that shows one explains it below."""


@dataclass(frozen=True)
class Column:
    """A column: its head, the unit of its numbers (shown in the head), and how many significant
    digits they deserve.
    """

    head: str
    unit: str = ""
    digits: int = 4

    @property
    def title(self) -> str:
        """Head with unit."""
        return f"{self.head} [{self.unit}]" if self.unit else self.head


@dataclass(frozen=True)
class Table:
    """Rows of values under columns; `total` marks how many rows at the end are sums."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    notes: Sequence[str] = field(default_factory=tuple)
    total: int = 0

    def texts(self) -> list[list[str]]:
        """Every cell as text."""
        return [
            [show(value, column.digits) for value, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]


@dataclass(frozen=True)
class Chart:
    """Series of values over the periods of a horizon, all in one unit."""

    title: str
    unit: str
    periods: Sequence[str]
    series: Mapping[str, Sequence[float | None]]
    """Name → a value for each period; None where there is none."""


Words = Sequence[Value]
"""Words and values as they follow each other; a value is a cell, which reads with its unit, or a
number that is counted."""


@dataclass(frozen=True)
class Line:
    """One line of a report's lead: what it is about, what it says, and a list of which the last
    entries may be left out, and counted, where the page has no room for them.
    """

    head: str
    says: Words
    items: Sequence[Words] = ()
    between: str = ", "
    after: Words = ()
    """Behind the list."""
    least: int = 1
    """Entries that are never left out."""

    def text(self, shown: int | None = None, blank: str = " ") -> str:
        """Without its head, with the first so many entries of its list or with all; `blank` stands
        between a number and its unit.
        """

        def read(words: Words) -> str:
            return "".join(w if isinstance(w, str) else show(w).replace(" ", blank) for w in words)

        listed = self.items[:shown]
        told = [read(words) for words in listed]
        if left := len(self.items) - len(listed):
            told.append(f"and {left} more")
        return read(self.says) + self.between.join(told) + read(self.after)

    def values(self) -> Iterator[float | int | Cell]:
        """The figures that it tells, in order."""
        for words in (self.says, *self.items, self.after):
            yield from (value for value in words if isinstance(value, int | float | Cell))


@dataclass(frozen=True)
class Section:
    """A part of a report under a heading of its own."""

    title: str
    parts: Sequence[Table | Chart]


def show(value: Value, digits: int = 4) -> str:
    """A value as text: whole numbers in full with thin groups, others to so many significant
    digits; nothing as a dash.
    """
    if value is None:
        return "–"
    if isinstance(value, str | Cell):
        return str(value)
    text = str(value) if isinstance(value, int) else number(value, digits)
    return text if "e" in text else grouped(text)


def _money(usd: float, digits: int) -> str:
    sign = "−" if usd < 0 else ""
    for scale, word in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(usd) >= scale * 0.9995:
            return f"{sign}${grouped(number(abs(usd) / scale, digits))} {word}"
    return f"{sign}${number(abs(usd), digits)}"


def _rate(flop_s: float, digits: int) -> str:
    for scale, word in ((1e21, "Z"), (1e18, "E"), (1e15, "P"), (1e12, "T")):
        if flop_s >= scale:
            return f"{grouped(number(flop_s / scale, digits))} {word}FLOP/s"
    return f"{number(flop_s, digits)} FLOP/s"


def _share(share: float, places: int) -> str:
    return f"{share * 100:.{places}f} %"


READS: dict[Kind, Callable[[float, int], str]] = {
    "money": _money,
    "rate": _rate,
    "power": lambda mw, digits: f"{show(mw, digits)} MW",
    "gap": lambda gap, _: gap_text(gap),
    "share": _share,
    "number": lambda value, digits: show(value, digits),
}
"""How the number of a cell reads, by its kind."""


def money(usd: float | None, digits: int = 4) -> Cell | None:
    """Money in the unit that reads best: `$3.375 B`, `$270 k`."""
    return None if usd is None else Cell(usd, "USD", "money", digits)


def rate(flop_s: float | None, digits: int = 4) -> Cell | None:
    """A computing rate: `72.8 EFLOP/s`."""
    return None if flop_s is None else Cell(flop_s, "FLOP/s", "rate", digits)


def megawatts(mw: float, digits: int = 4) -> Cell:
    """A power in MW, `999.8 MW`; its basis and load stand beside it."""
    return Cell(mw, "MW", "power", digits)


def gap(share: float | None) -> Cell | None:
    """A proven gap, as `gap_text` writes it."""
    return None if share is None else Cell(share, "1", "gap", 2)


def percent(share: float | None, places: int = 1) -> Cell | None:
    """A share as a percentage."""
    return None if share is None else Cell(share, "1", "share", places)


def signed(share: float, places: int = 1) -> Cell:
    """A difference as a percentage, with its sign."""
    return Cell(share, "1", "share", places, signed=True)


LEAST_GAP = 1e-6
"""A gap that is smaller, and not 0, is told as smaller than this."""


def gap_text(gap: float | None) -> str:
    """A proven gap to two digits, rounded up, so that it never looks better than it is."""
    if gap is None:
        return "not proven"
    if gap <= 5e-10:
        return "0 %"
    if gap < LEAST_GAP:
        return f"below {LEAST_GAP * 100:.4f} %"
    step = 10.0 ** (math.floor(math.log10(gap * 100)) - 1)
    return f"{math.ceil(gap * 100 / step - 1e-9) * step:.2g} %"
