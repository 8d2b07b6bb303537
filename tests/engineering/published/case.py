"""What is a published case, when does it agree with us, and how does a page show it?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from planner.catalog.load import Catalog
from tests.scenario.sample import catalog

LARGE = 0.15
"""A deviation beyond this is no agreement: it needs an explanation, and is asserted to be as large
as the case says."""

Rests = Literal["no", "in part", "yes", "arithmetic"]
Section = Literal[
    "Metered machines",
    "Nodes, racks and switches",
    "Energy",
    "Sites",
    "Fabrics",
    "Facility",
    "Money",
    "Training",
]


@dataclass(frozen=True)
class Source:
    """Where a figure was published."""

    title: str
    publisher: str
    date: str
    url: str = ""

    def short(self) -> str:
        """Who and when, as a link."""
        who = f"{self.publisher}, {self.date}"
        return f"[{who}]({self.url})" if self.url else who


@dataclass(frozen=True)
class Case:
    """One published figure, and how it is computed from the catalog.

    `published` is a number, or a range (low, high) within which any value agrees; `None` is an open
    end. `ours` takes the catalog and answers in the same unit.
    """

    id: str
    section: Section
    what: str
    """With basis and load where it is power."""
    unit: str
    published: float | tuple[float | None, float | None]
    ours: Callable[[Catalog], float]
    source: Source
    tolerance: float = LARGE
    """Largest deviation that passes; 0 for counts."""
    off: tuple[float, float] | None = None
    """Where the deviation lies for a case that contradicts us."""
    why: str = ""
    """Why it contradicts us."""
    rests: Rests = "no"
    """Whether a figure of the catalog that the answer needs was taken from this source;
    `arithmetic` if only the source's own enter."""
    further: str = ""
    """A test that asks more of the same source."""

    @cached_property
    def value(self) -> float:
        """Our answer, from the shipped catalog."""
        return self.ours(catalog())

    @property
    def deviation(self) -> float:
        """Ours over the published value, less 1; from the nearer end of a range, 0 inside it."""
        if not isinstance(self.published, tuple):
            return self.value / self.published - 1.0
        low, high = self.published
        if low is not None and self.value < low:
            return self.value / low - 1.0
        if high is not None and self.value > high:
            return self.value / high - 1.0
        return 0.0

    def complaints(self) -> list[str]:
        """What is wrong with the case: it disagrees more than it says, or less, or does not say
        why."""
        found, off = [], self.deviation
        if self.off is None:
            if self.why:
                found.append("says why it contradicts us, and not where its deviation lies")
            if not self.tolerance <= LARGE:
                found.append(
                    f"a tolerance of {self.tolerance:.0%} is no agreement; say `off` and `why`"
                )
            if not abs(off) <= self.tolerance + 1e-12:
                found.append(
                    f"{self.value:.5g} {self.unit} is {off:+.1%} from {self.published}, more than "
                    f"{self.tolerance:.0%}"
                )
        else:
            if not self.why:
                found.append("contradicts us without an explanation")
            if min(abs(end) for end in self.off) < LARGE or self.off[0] * self.off[1] < 0:
                found.append(f"{self.off} holds deviations that agree")
            if not self.off[0] <= off <= self.off[1]:
                found.append(
                    f"{self.value:.5g} {self.unit} is {off:+.1%} from {self.published}, not "
                    f"{self.off[0]:+.0%} to {self.off[1]:+.0%}"
                )
        return found


@dataclass(frozen=True)
class Unusable:
    """A published figure that cannot be held against ours, and why."""

    what: str
    published: str
    why: str
    source: Source


def number(value: float, unit: str = "") -> str:
    """Four significant digits, thousands apart; counts whole."""
    if value == round(value) and abs(value) < 1e7:
        text = f"{round(value):,}".replace(",", " ")
    elif abs(value) >= 1000:
        text = f"{value:,.0f}".replace(",", " ")
    else:
        text = f"{value:.4g}"
    return f"{text} {unit}".rstrip()


def printed(case: Case) -> str:
    """The published value as the page has it."""
    if not isinstance(case.published, tuple):
        return number(case.published, case.unit)
    low, high = case.published
    if low is None or high is None:
        end, word = (high, "up to") if low is None else (low, "at least")
        assert end is not None
        return f"{word} {number(end, case.unit)}"
    return f"{number(low)} to {number(high, case.unit)}"


def percent(deviation: float) -> str:
    """Signed, to a tenth of a per cent; what rounds to nothing is nothing."""
    return "0" if abs(deviation) < 5e-4 else f"{100 * deviation:+.1f} %".replace("-", "−")
