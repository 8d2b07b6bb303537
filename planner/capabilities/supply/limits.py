"""Limits of deliveries. Rows are labelled by entry, `system#1`, and period.

`note` is the system that is spoken of, where it is a power-capped variant of the one that is delivered.
"""

from __future__ import annotations

from planner.core.limits import SYSTEMS, At, LimitKind, Words
from planner.scenario.case import CaseSupply


def entry_label(number: int, entry: CaseSupply) -> str:
    """The label of a supply entry, by its number from 0."""
    return f"{entry.system}#{number + 1}"


def _entry(at: At) -> CaseSupply:
    return at.case.supply[int(at.key[0].rpartition("#")[2]) - 1]


def _cumulative(at: At) -> Words:
    entry = _entry(at)
    says = f"no more than {at.amount:g} {entry.system} are allocated by {at.key[1]}"
    return Words(f"allocation of {at.note or entry.system}", f"{entry.path}.by", says)


def _rate(at: At, key: str) -> Words:
    entry = _entry(at)
    says = f"no more than {at.amount:g} {entry.system} are allocated in {at.key[1]}"
    return Words(f"delivery rate of {at.note or entry.system}", f"{entry.path}.{key}", says)


def _per_period(at: At) -> Words:
    return _rate(at, "per_period")


def _schedule(at: At) -> Words:
    return _rate(at, "schedule")


def _minimum(at: At) -> Words:
    entry = _entry(at)
    says = f"an order of {entry.system} is at least {at.amount:g} systems"
    return Words(f"minimum order of {entry.system}", f"{entry.path}.minimum_order", says)


def _lots(at: At) -> Words:
    entry = _entry(at)
    return Words(f"lots of {entry.system}", f"{entry.path}.lot", f"{entry.system} comes in lots of {entry.lot:g} systems")


CUMULATIVE = LimitKind("supply.cumulative", SYSTEMS, _cumulative, dated=True)
PER_PERIOD = LimitKind("supply.per_period", SYSTEMS, _per_period)
SCHEDULE = LimitKind("supply.schedule", SYSTEMS, _schedule, dated=True)
MINIMUM = LimitKind("supply.minimum", SYSTEMS, _minimum, least=True, headroom=False)
LOTS = LimitKind("supply.lots", SYSTEMS, _lots, number="none", headroom=False, untold="it multiplies a whole number")
