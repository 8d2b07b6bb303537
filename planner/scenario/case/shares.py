"""Who may, or must, have which share, what must be survived, and who makes what upstream: in plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from planner.catalog.hardware import Precision
from planner.catalog.upstream import Upstream
from planner.records import Grade, Kind, Record
from planner.scenario.schema.rules import NOUN as NOUN
from planner.scenario.schema.rules import Level, Metric

MOST_SPLITS = 24
"""Most ways to divide machines among their possible makers that a limit on an HHI reads: each takes rows of its own. Four makers in any
order have 24."""

Bundles = Sequence[tuple[str, ...]]
"""What has the same possible makers, each by their names."""
Split = frozenset[frozenset[tuple[str, ...]]]
"""Bundles that are one maker's, maker by maker."""


def splits(bundles: Bundles, most: int = MOST_SPLITS) -> list[Split] | None:
    """The ways to divide bundles among their possible makers of which one has the largest HHI, whatever they hold; None above `most`.

    Whoever has more gains from having all that may be theirs, so the worst case is an order of the makers: the first has every bundle that
    may be theirs, the next every one that is left. Ways that only divide another one further are left out: they are never worse.
    """
    found: set[Split] = set()
    seen: set[Split] = set()

    def divide(left: frozenset[tuple[str, ...]], taken: Split) -> bool:
        if taken in seen:
            return True
        seen.add(taken)
        if not left:
            found.add(taken)
            return len(found) <= 20 * most
        mine = {name: frozenset(bundle for bundle in left if name in bundle) for bundle in left for name in bundle}
        largest = {own for own in mine.values() if not any(own < other for other in mine.values())}
        if all(len(bundle) == 1 for bundle in left):  # nothing is left to choose
            return divide(frozenset(), taken | frozenset(mine.values()))
        return all(divide(left - own, taken | {own}) for own in sorted(largest, key=sorted))

    if not divide(frozenset(bundles), frozenset()):
        return None
    kept = [one for one in found if not any(one != other and _divides(one, other) for other in found)]
    return sorted(kept, key=lambda one: sorted(map(sorted, one))) if len(kept) <= most else None


def _divides(finer: Split, coarser: Split) -> bool:
    """Whether each part of one way lies within a part of the other."""
    return all(any(part <= other for other in coarser) for part in finer)


class CaseRule(Record):
    """A diversification rule with its windows as (first, last) periods."""

    level: Level
    metric: Metric
    precision: Precision
    max_share: float | None
    only: str | None
    min_suppliers: int | None
    meaningful: float
    windows: list[tuple[int, int]]
    path: str
    of: Literal["purchases", "fleet"] = "purchases"
    min_share: float | None = None
    max_suppliers: int | None = None
    max_hhi: float | None = None


class CaseSurvival(Record):
    """What must still be served, in each period, when the worst `losses` of a level stop."""

    level: Level
    losses: int
    lost: float
    demand: str | None
    """None: the fleet."""
    metric: Metric
    """For the fleet."""
    precision: Precision
    serves: float
    path: str


class CaseOrigin(Record):
    """Who may have made an accelerator, at one level, and how that is known."""

    accelerator: str
    level: Upstream
    any_of: list[str]
    kind: Kind
    grade: Grade
    source: str
    url: str = ""
    date: str = ""
    note: str = ""
