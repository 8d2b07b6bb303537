"""Properties of random cases: what must hold of every one of them.

An example is a pure function of its seed: it rests on `random.Random(seed).random()` alone, which
Python promises to keep, so that a test asks the same on every machine and with every version of
every library. A test is written as

    @examples(25, slow=150)
    def test_more_power_is_never_worse(draw, engine):
        case = cases(draw)
        assume(case.sites)
        …

and looks at the first 25 of its own seeds that meet what it assumes, and at 150 others among the
slow tests. Two things are no failure of a property, but may not become the rule either: a seed that
does not meet what is assumed is passed over, and an example for which the time of a solver was not
enough has no word. `pytest … --seed 17` looks at one seed alone.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar
from zlib import crc32

import pytest

from planner.errors import OutOfTimeError

T = TypeVar("T")

BLOCK = 10
"""Examples of one test item, so that a property of many is divided among processes."""
APART = 10_000
"""From the first seed of one item to that of the next."""
TRIES = 200
"""Seeds that may be passed over for each that is looked at."""
SILENT = 0.3
"""Share of the examples of an item that may be without a word; one of them may always. It is large
because an item is of ten."""


class Passed(Exception):
    """A seed that does not meet what is assumed."""


class NoWord(Exception):
    """The time of a solver was not enough to say anything of an example."""


QUIET = (NoWord, OutOfTimeError)
"""No word: the tests' own, and the planner's."""


class Draw:
    """Choices of one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.notes: list[str] = []
        self._next = Random(seed).random

    def integer(self, low: int, high: int) -> int:
        """Any of low … high, both included."""
        return low + int(self._next() * (high - low + 1))

    def real(self, low: float, high: float) -> float:
        """Anything between."""
        return low + self._next() * (high - low)

    def chance(self, share: float = 0.5) -> bool:
        """Yes in a share of the cases."""
        return self._next() < share

    def one_of(self, choices: Sequence[T]) -> T:
        """One of several."""
        return choices[self.integer(0, len(choices) - 1)]

    def some(self, choices: Sequence[T], *, most: int | None = None) -> list[T]:
        """One or more of several, none of them twice, in any order."""
        return self.shuffled(choices)[: self.integer(1, min(len(choices), most or len(choices)))]

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        """All of them in any order."""
        rest, found = list(choices), []
        while rest:
            found.append(rest.pop(self.integer(0, len(rest) - 1)))
        return found

    def note(self, text: str) -> None:
        """What to show if the property fails."""
        self.notes.append(text)


def assume(condition: object) -> None:
    """Pass the seed over unless this holds."""
    if not condition:
        raise Passed


def proven(status: str) -> None:
    """An optimum that the solver had no time to prove is no word; called with the status of an
    outcome."""
    if status != "optimal":
        raise NoWord(status)


@dataclass
class Tally:
    """What became of the seeds of one test item."""

    wanted: int
    passed_over: int = 0
    looked_at: list[int] = field(default_factory=list)
    silent: list[int] = field(default_factory=list)

    def complaints(self) -> list[str]:
        """Why all this proves less than it seems to."""
        found = []
        if len(self.looked_at) < self.wanted:
            found.append(
                f"only {len(self.looked_at)} of {self.wanted} examples met what is assumed; "
                f"{self.passed_over} did not"
            )
        if len(self.silent) > max(1.0, SILENT * len(self.looked_at)):
            found.append(f"{self} had no word within the time of a solver: seeds {self.silent}")
        return found

    def __str__(self) -> str:
        return f"{len(self.silent)} of {len(self.looked_at)} examples"


def look_at(check: Callable[[Draw], None], seeds: Sequence[int], wanted: int) -> Tally:
    """Try a property on seeds until enough of them were looked at. A failure names its seed and
    what was noted of it."""
    tally = Tally(wanted)
    for seed in seeds:
        if len(tally.looked_at) >= wanted:
            break
        draw = Draw(seed)
        try:
            check(draw)
        except Passed:
            tally.passed_over += 1
            continue
        except QUIET:
            tally.silent.append(seed)
        except Exception as error:
            error.add_note("\n".join([f"seed {seed}; alone with `--seed {seed}`", *draw.notes]))
            raise
        tally.looked_at.append(seed)
    return tally


@dataclass(frozen=True)
class Block:
    """The seeds of one test item."""

    first: int
    wanted: int

    @property
    def seeds(self) -> range:
        """From the first to the last that may be tried."""
        return range(self.first, self.first + min(APART, TRIES * self.wanted))

    def __str__(self) -> str:
        return f"from-{self.first}"


def own_seed(name: str) -> int:
    """Where the seeds of a property begin, so that no two look at the same cases."""
    return crc32(name.encode()) % 1_000 * 1_000_000


def blocks(count: int, first: int) -> Iterator[Block]:
    """So many examples, in items of equal size."""
    items = -(-count // BLOCK)
    for i in range(items):
        yield Block(first + i * APART, count * (i + 1) // items - count * i // items)


def examples(count: int, *, slow: int = 0) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A test of the first `count` examples, and of `slow` others among the slow tests; its argument
    `draw` is the choices of an example."""

    def decorated(check: Callable[..., None]) -> Callable[..., None]:
        first = own_seed(check.__name__)
        quick = list(blocks(count, first))
        many = blocks(slow, first + len(quick) * APART)
        signature = inspect.signature(check)

        def test(block: Block, request: pytest.FixtureRequest, **fixtures: Any) -> None:
            alone = request.config.getoption("--seed")
            if alone is not None:
                look_at(lambda draw: check(draw=draw, **fixtures), [alone], 1)
                return
            tally = look_at(lambda draw: check(draw=draw, **fixtures), block.seeds, block.wanted)
            if tally.silent:
                request.node.add_report_section(
                    "call",
                    "examples",
                    f"{tally} had no word within the time of a solver: {tally.silent}",
                )
            if tally.complaints():
                pytest.fail("; ".join(tally.complaints()))

        kept = [p for name, p in signature.parameters.items() if name != "draw"]
        keyword = inspect.Parameter.KEYWORD_ONLY
        test.__signature__ = inspect.Signature(
            [  # type: ignore[attr-defined]
                *(inspect.Parameter(name, keyword) for name in ("block", "request")),
                *(p.replace(kind=keyword) for p in kept),
            ]
        )
        for name in ("__name__", "__qualname__", "__module__", "__doc__"):
            setattr(test, name, getattr(check, name))
        test.pytestmark = [*getattr(check, "pytestmark", [])]  # type: ignore[attr-defined]
        return pytest.mark.parametrize(
            "block",
            [*quick, *(pytest.param(block, marks=pytest.mark.slow) for block in many)],
            ids=str,
        )(test)

    return decorated
