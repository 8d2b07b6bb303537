"""How text and tables fit a page of so many columns: broken between words, never inside one."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

GAP = 3
"""Blanks between two columns of a table."""
TOGETHER = "\u00a0"
"""Stands for a blank at which no line may end; drawn as a blank."""
_AMOUNT = re.compile(r"[+−$≤≥<]*\s?[−$]?\d\S* ?\S*|[≤≥<] \S+")
"""A number with its unit, or a sign with its number."""


def wrapped(text: str, page: int, indent: str = "") -> list[str]:
    """Lines of at most `page` columns; those after the first begin with `indent`. A word that is
    longer than the page has a line of its own.
    """
    lines = textwrap.wrap(
        text,
        max(1, page),
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(TOGETHER, " ") for line in lines] or [""]


def together(text: str) -> str:
    """A text that is one number with its unit, as one word; any other as it is."""
    return text.replace(" ", TOGETHER) if _AMOUNT.fullmatch(text) else text


@dataclass(frozen=True)
class Panel:
    """Columns of a table that stand beside each other, by their number, each with its width."""

    columns: Sequence[int]
    widths: Sequence[int]


def panels(
    heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool], page: int
) -> Iterator[Panel]:
    """All columns beside each other where they fit with their words whole; otherwise as many panels
    as it takes, each led by the columns that tell the rows apart.
    """
    cells = [[head, *(row[i] for row in rows)] for i, head in enumerate(heads)]
    least = [max(map(_longest_word, column)) for column in cells]
    full = [max(map(len, column)) for column in cells]
    every = list(range(len(heads)))
    keys = [] if _wide(every, least) <= page else _keys(rows, numeric, least, page)
    shown = list(keys)
    for i in every:
        if i in keys:
            continue
        if len(shown) > len(keys) and _wide([*shown, i], least) > page:
            yield Panel(shown, _widths(shown, least, full, page))
            shown = list(keys)
        shown.append(i)
    yield Panel(shown, _widths(shown, least, full, page))


def _longest_word(text: str) -> int:
    return max(map(len, text.split(" ")))


def _wide(columns: Sequence[int], widths: Sequence[int]) -> int:
    return sum(widths[i] for i in columns) + GAP * (len(columns) - 1)


def _keys(
    rows: Sequence[Sequence[str]], numeric: Sequence[bool], least: Sequence[int], page: int
) -> list[int]:
    """The first column, and what else of words tells rows apart that are alike in those before; as
    many as leave room for the widest of the others.
    """
    keys = [0]
    for i in range(1, len(numeric)):
        rest = max((least[j] for j in range(len(numeric)) if j not in keys and j != i), default=0)
        apart = len({tuple(row[j] for j in (*keys, i)) for row in rows})
        if (
            not numeric[i]
            and apart > len({tuple(row[j] for j in keys) for row in rows})
            and _wide([*keys, i], least) + GAP + rest <= page
        ):
            keys.append(i)
    return keys


def _widths(
    shown: Sequence[int], least: Sequence[int], full: Sequence[int], page: int
) -> list[int]:
    """Widths that fill the page no further than they must: the first column whole if it can be, the
    widest of the others narrower.
    """
    room = page - GAP * (len(shown) - 1)
    floor = [least[i] for i in shown]
    floor[0] = full[shown[0]]
    if sum(floor) > room:
        floor[0] = least[shown[0]]
    widths = [max(low, full[i]) for low, i in zip(floor, shown, strict=True)]
    while sum(widths) > room:
        loose = [n for n, width in enumerate(widths) if width > floor[n]]
        if not loose:
            break
        widths[max(loose, key=lambda n: widths[n])] -= 1
    return widths
