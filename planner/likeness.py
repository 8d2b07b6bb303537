"""Which known word is meant by one that is not known? Only a slip of the pen or the same product
is; nothing far off is offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST_NAMED = 4


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean …?` for the closest known words, or an empty text where none is close."""
    close = [f"`{other}`" for other in closest(word, known)[:MOST_NAMED]]
    return (
        f"did you mean {' or '.join([', '.join(close[:-1])] * (len(close) > 1) + close[-1:])}?"
        if close
        else ""
    )


def closest(word: str, known: Iterable[str]) -> list[str]:
    """The known words that may be meant: those a slip of the pen away, else those that name the
    same product; none that is far off.

    A product is told by the part of its name that has letters and digits, its chip: a word that has
    it right is closer than one that has only its vendor or its form.
    """
    words = list(known)
    same = [other for other in words if other.casefold() == word.casefold()] or [
        other for other in words if _bare(other) == _bare(word)
    ]
    if same:
        return same
    shared = {other: len(_products(word) & _products(other)) for other in words}
    most = max(shared.values(), default=0)
    pool = [other for other in words if shared[other] == most]
    slips = {other: length for other in pool if (length := slip(word, other)) is not None}
    if slips:
        return [other for other in pool if slips.get(other) == min(slips.values())]
    if not most:
        pool = [other for other in words if _parts(word) <= _parts(other)]
    return sorted(pool, key=lambda other: _distance(word, other))


def slip(word: str, other: str) -> int | None:
    """How many letters were dropped, doubled, exchanged or mistaken between two words; None if too
    many for a slip.

    One for each four letters; words of two letters that differ in one have each a meaning of its
    own.
    """
    if word.casefold() == other.casefold():
        return 0
    shorter, longer = sorted((len(word), len(other)))
    if longer - shorter > max(1, longer // 4) or shorter < 2:
        return None
    length = _distance(word.casefold(), other.casefold())
    mistaken = longer == shorter and sorted(word.casefold()) != sorted(other.casefold())
    return None if length > max(1, longer // 4) or (longer <= 2 and mistaken) else length


def _distance(word: str, other: str) -> int:
    """Letters to drop, add, change or exchange with their neighbour."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(word):
        row = [i + 1]
        for j, wanted in enumerate(other):
            best = min(last[j] + (letter != wanted), last[j + 1] + 1, row[j] + 1)
            if i and j and letter == other[j - 1] and word[i - 1] == wanted:
                best = min(best, before[j - 1] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def _bare(word: str) -> str:
    return re.sub(r"[-_. ]", "", word.casefold())


def _products(word: str) -> set[str]:
    """Parts of a name with letters and digits."""
    return {part for part in _parts(word) if re.search(r"[a-z]", part) and re.search(r"\d", part)}


def _parts(word: str) -> set[str]:
    return set(re.split(r"[-_. ]", word.casefold()))
