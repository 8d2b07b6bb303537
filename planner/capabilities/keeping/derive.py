"""What a plan decided, by the labels of its decisions, and whether it keeps what was decided
before.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.fleet.tables import MOVES, RETIREMENTS
from planner.capabilities.generation.tables import SOURCE_STARTS
from planner.capabilities.halls.tables import HALLS
from planner.capabilities.keeping.case import Block, KeepingCase, KeptDecision
from planner.capabilities.sites.tables import BUILT
from planner.capabilities.supply.case import SupplyCase
from planner.capabilities.supply.tables import QUALIFICATIONS
from planner.errors import Problem
from planner.plan.compare import agree
from planner.plan.decided import Decisions
from planner.plan.derive import Derivation
from planner.plan.face import Derive
from planner.plan.schema import Plan


def decisions_of(d: Derivation, until: int) -> list[KeptDecision]:
    """What was decided before a period, but for orders of machines: rows of the tables of a plan by
    the labels of the model.
    """
    found = [
        KeptDecision(block=block, what=what, period=period, value=value)
        for block, what, period, value in _rows(d)
        if d.at[period] < until
    ]
    return sorted(found, key=lambda one: (one.block, one.what, d.at[one.period]))


def _rows(d: Derivation) -> Iterator[tuple[Block, str, str, float]]:
    made: Decisions = d.decisions
    for gone in made.of(RETIREMENTS):
        place = gone.site if gone.site == gone.home else f"{gone.home}>{gone.site}"
        yield "retired", f"{gone.system},{place},{gone.vintage}", gone.period, gone.units
    for move in made.of(MOVES):
        what = f"{move.system},{move.origin}>{move.destination},{move.vintage}"
        yield "moved", what, move.period, move.units
    begun = {row.supplier: d.at[row.started] for row in made.of(QUALIFICATIONS)}
    for entry in d.case.of(SupplyCase).qualifications:
        for t in range(begun.get(entry.supplier, len(d.labels))):
            yield "unqualified", entry.supplier, d.labels[t], 1.0
    stands = {(row.site, d.at[row.period]): row.it_mw for row in made.of(BUILT)}
    for site in d.case.sites:
        for t, label in enumerate(d.labels):
            yield "built", site.id, label, stands.get((site.id, t), d.existing_mw(site))
    for hall in made.of(HALLS):
        yield "halls_begun", f"{hall.site}/{hall.hall}", hall.begun, hall.number
    for start in made.of(SOURCE_STARTS):
        yield "source_started", f"{start.site}:{start.source}", start.period, start.units


def kept(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Whether what was decided before is decided so."""
    asked = plan.case.of(KeepingCase).kept
    if asked is None:
        return
    known = asked.known
    found: dict[tuple[str, str, str], float] = {
        (one.block, one.what, one.period): one.value for one in decisions_of(d, asked.until)
    }
    for key in dict.fromkeys([*known, *found]):
        before, now = known.get(key, 0.0), found.get(key, 0.0)
        if not agree(now, before):
            block, what, period = key
            message = f"{block} of {what} in {period} is {now:g}, and {before:g} was decided before"
            yield Problem("A002", message, path="case.kept")


FACE = Derive(decided=kept)
