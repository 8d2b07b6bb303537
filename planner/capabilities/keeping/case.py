"""Decisions of an earlier plan that are kept: everything before a day but orders of machines, which
are on order.
"""

from __future__ import annotations

from typing import Literal

from planner.core.case import Case
from planner.core.limits import At, LimitKind, Unit, Words, amount
from planner.core.whole import Broken
from planner.records import Record

Block = Literal["retired", "moved", "unqualified", "built", "halls_begun", "source_started"]
UNITS: dict[Block, Unit] = {
    "retired": Unit("systems", "system"),
    "moved": Unit("systems", "system"),
    "unqualified": Unit("yes or no"),
    "built": Unit("MW"),
    "halls_begun": Unit("halls", "hall"),
    "source_started": Unit("units", "unit"),
}
SAYS: dict[Block, str] = {
    "retired": "{amount} of {what} are retired",
    "moved": "{amount} of {what} are moved",
    "unqualified": "the qualification of {what} has not begun: {amount}",
    "built": "{amount} of critical IT stand at {what}",
    "halls_begun": "{amount} of {what} are begun",
    "source_started": "{amount} of {what} are started",
}


class KeptDecision(Record):
    """One decision: of what, in which period, how much."""

    block: Block
    what: str
    """Its label in the model: a stock of machines, a supplier, a site, a hall or a source."""
    period: str
    value: float


class CaseKept(Record):
    """What an earlier plan decided before a period, and the digest of its case."""

    until: int
    """First period that is decided anew."""
    plan: str
    decisions: list[KeptDecision]

    @property
    def known(self) -> dict[tuple[str, str, str], float]:
        """(block, what, period) → how much; nothing where it is not listed."""
        return {(d.block, d.what, d.period): d.value for d in self.decisions}


class KeepingCase(Case):
    """Decisions of an earlier plan."""

    kept: CaseKept | None = None
    """None: everything is decided anew."""

    def broken(self) -> Broken:
        """What cannot be of its part."""
        yield from super().broken()
        if self.kept is not None and not 0 <= self.kept.until <= len(self.timeline):
            yield f"period {self.kept.until} of {len(self.timeline)}", "kept.until"


def label_of(block: Block, what: str, period: str) -> str:
    """The label of a decision's row."""
    return f"{block},{what},{period}"


def _unit(at: At) -> Unit:
    return next(unit for block, unit in UNITS.items() if at.key[0].startswith(f"{block},"))


def _decided(at: At) -> Words:
    block, _, rest = at.key[0].partition(",")
    what, _, period = rest.rpartition(",")
    says = next(text for known, text in SAYS.items() if known == block)
    told = says.format(amount=amount(at.amount, _unit(at)), what=what)
    return Words(f"decided before: {what}", "kept", f"{told} in {period}, as was decided before")


DECIDED = LimitKind(
    "kept.decided",
    _unit,
    _decided,
    number="none",
    headroom=False,
    untold="it was decided before",
)
FACE = KeepingCase
