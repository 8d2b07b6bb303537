"""Figures that are not known for certain: what moves a draw, and the band that follows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from planner.records import Figure, Grade

Ends = Mapping[str, float]
"""Where uncertain figures stand: −1 at the low, +1 at the high; at the value if not named."""
NOMINAL: Ends = {}


def between(low: float, value: float, high: float, end: float) -> float:
    """The point that lies so far from a value towards its high, or below 0 towards its low; exact
    at −1, 0 and +1.
    """
    if end in (-1.0, 0.0, 1.0):
        return (value, high, low)[int(end)]
    return value + end * (high - value) if end > 0 else value - end * (low - value)


@dataclass(frozen=True, slots=True)
class UncertainFigure:
    """A figure with what must be known of it to trust it. `low` and `high` are its 10 % and 90 %
    points; equal where no range is known.
    """

    name: str
    unit: str
    value: float
    low: float
    high: float
    grade: Grade
    kind: str
    source: str
    """Id of a source of the catalog, or where the user gave it."""
    date: str = ""
    note: str = ""
    with_: str = ""
    """Name of what it moves with, where several figures are the low or high of one thing."""

    @property
    def key(self) -> str:
        """What `Ends` calls it."""
        return self.with_ or self.name

    def at(self, ends: Ends) -> float:
        """The figure where the uncertain figures stand so."""
        return between(self.low, self.value, self.high, ends.get(self.key, 0.0))


def uncertain(name: str, unit: str, figure: Figure[float]) -> UncertainFigure:
    """A figure of the catalog as an uncertain figure."""
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    return UncertainFigure(
        name,
        unit,
        figure.value,
        low,
        high,
        figure.grade,
        figure.kind,
        figure.source,
        str(figure.date or ""),
        figure.note,
    )


def given(name: str, unit: str, value: float, source: str) -> UncertainFigure:
    """A figure that the user gave; it has no range."""
    return UncertainFigure(name, unit, value, value, value, "B", "scenario", source)


def spread(uncertain_figures: Iterable[UncertainFigure], measure: Callable[[Ends], float]) -> Band:
    """The 80 % band of an answer. An uncertain figure that stands in the list twice is moved
    once.
    """
    movable = dict.fromkeys(k.key for k in uncertain_figures if k.low < k.high)
    return band(
        NOMINAL, [Factor[Ends](name, {name: -1.0}, {name: 1.0}) for name in movable], measure
    )


S = TypeVar("S")


@dataclass(frozen=True)
class Factor(Generic[S]):
    """One uncertain figure: its name, and the subject with it at its low and at its high."""

    name: str
    low: S
    high: S


@dataclass(frozen=True)
class Band:
    """A value with the range we would defend, and what each factor alone does to it, the largest
    first.
    """

    value: float
    low: float
    high: float
    by_factor: tuple[tuple[str, float, float], ...]
    """(name, change at its low, change at its high)"""

    def scaled(self, factor: float) -> Band:
        """The same in another unit."""
        moved = tuple((name, low * factor, high * factor) for name, low, high in self.by_factor)
        return Band(self.value * factor, self.low * factor, self.high * factor, moved)


def band(subject: S, factors: Sequence[Factor[S]], measure: Callable[[S], float]) -> Band:
    """The band of `measure(subject)`."""
    value = measure(subject)
    moves = [(f.name, measure(f.low) - value, measure(f.high) - value) for f in factors]
    down = math.sqrt(sum(min(a, b, 0.0) ** 2 for _, a, b in moves))
    up = math.sqrt(sum(max(a, b, 0.0) ** 2 for _, a, b in moves))
    ranked = sorted((m for m in moves if m[1] or m[2]), key=lambda m: -max(abs(m[1]), abs(m[2])))
    return Band(value, value - down, value + up, tuple(ranked))
