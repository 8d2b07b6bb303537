"""What a case in a plan file that somebody edited may say and cannot be: (what is wrong, where in
the case).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from planner.core.fields import CasePayment

Broken = Iterator[tuple[str, str]]
"""(what is wrong, dotted path in the case)"""
MOST_DAYS = 36_500.0


def doubled(names: Sequence[str], table: str) -> Broken:
    """Names of a table that stand twice."""
    for i, name in enumerate(names):
        if name in names[:i]:
            yield f"`{name}` stands twice", f"{table}.{i}.id"


def named(words: Iterable[str], known: Collection[str], path: str) -> Broken:
    """Names that lead nowhere."""
    for word in words:
        if word not in known:
            yield f"nothing defines `{word}`", path


def length(values: Sequence[float | None] | None, periods: int, path: str) -> Broken:
    """A list that has not one value for each period."""
    if values is not None and len(values) != periods:
        yield f"{len(values)} values for {periods} periods", path


def inside(numbers: Iterable[int], periods: int, path: str) -> Broken:
    """Keys that are no periods."""
    for t in numbers:
        if not 0 <= t < periods:
            yield f"period {t} of {periods}", f"{path}.{t}"


def within(t: int | None, periods: int, path: str) -> Broken:
    """A number that is no period."""
    if t is not None and not 0 <= t < periods:
        yield f"period {t} of {periods}", path


def delay(days: float, path: str) -> Broken:
    """A delay that is none."""
    if not 0 <= days <= MOST_DAYS:
        yield "a delay is not negative, and no longer than a century", path


def bill(payments: Sequence[CasePayment], path: str) -> Broken:
    """Milestones that are no price."""
    if payments and abs(sum(payment.share for payment in payments) - 1) > 1e-6:
        yield "payments are all of a price", path
    for n, payment in enumerate(payments):
        yield from delay(payment.before_days, f"{path}.{n}.before_days")
