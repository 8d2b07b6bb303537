"""How sure is a figure that hangs on several uncertain ones?

Each factor is moved alone to its low and to its high; the changes are combined in quadrature, upward and downward apart. That is right
for independent
factors that act nearly linearly, and is said so wherever a band is shown; factors that fail together (one vendor, one climate) widen it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S")


@dataclass(frozen=True)
class Factor(Generic[S]):
    """One uncertain figure: its name, and the subject with it at its low and at its high."""

    name: str
    low: S
    high: S


@dataclass(frozen=True)
class Band:
    """A value with the range we would defend, and what each factor alone does to it, the largest first."""

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
