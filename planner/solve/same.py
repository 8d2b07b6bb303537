"""Which numbers of rows are one number of the scenario?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.model.frame import Frame
from planner.solve.levers import Lever, levers


def one_number(frame: Frame, moves: Iterable[tuple[Lever, float]]) -> tuple[tuple[Lever, float], ...]:
    """Moves of levers that repeat a limit as moves of those that they repeat: the largest of what is asked of one number."""
    leaders = {(lever.path, lever.first, lever.last, lever.amount): lever for lever in levers(frame) if lever.also and not lever.kind.twin}
    found: dict[Lever, float] = {}
    for lever, by in moves:
        leader = leaders.get((lever.path, lever.first, lever.last, lever.amount), lever) if lever.kind.twin else lever
        found[leader] = max(by, found.get(leader, by))
    return tuple(found.items())


def same_number(known: Sequence[Lever]) -> dict[Lever, tuple[Lever, ...]]:
    """Each lever with all that are the same number of the scenario in other blocks of rows."""
    groups: dict[tuple[object, ...], tuple[Lever, ...]] = {}
    for lever in known:
        key = (lever.name, lever.path, lever.first, lever.last, lever.ceiling, lever.amount, lever.unit)
        groups[key] = (*groups.get(key, ()), lever)
    return {lever: same for same in groups.values() for lever in same}
