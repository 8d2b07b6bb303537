"""What was decided, and which machines run because of it: the ground of the second road."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from planner.plan.schema import (
    Assignment,
    Built,
    Cluster,
    FabricRow,
    Gear,
    HallBegun,
    Housed,
    Move,
    Plan,
    Purchase,
    Qualification,
    Reserve,
    Retirement,
)
from planner.plan.schema.power import SourceCover, SourceOutput, SourceStart
from planner.plan.stocks import lands
from planner.plan.tables import DECIDED
from planner.scenario.case import Case


@dataclass(frozen=True)
class Decisions:
    """What was decided; everything else follows."""

    purchases: list[Purchase] = field(default_factory=list)
    retirements: list[Retirement] = field(default_factory=list)
    built: list[Built] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    halls: list[HallBegun] = field(default_factory=list)
    housed: list[Housed] = field(default_factory=list)
    gear: list[Gear] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)
    fabrics: list[FabricRow] = field(default_factory=list)
    reserves: list[Reserve] = field(default_factory=list)
    source_starts: list[SourceStart] = field(default_factory=list)
    source_outputs: list[SourceOutput] = field(default_factory=list)
    source_covers: list[SourceCover] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    qualifications: list[Qualification] = field(default_factory=list)

    @classmethod
    def of(cls, plan: Plan) -> Decisions:
        """The decisions of a plan."""
        return cls(**{table.name: list(table.rows(plan)) for table in DECIDED})


class Decided:
    """Decisions under a case, by period, and the machines that run."""

    def __init__(self, case: Case, decisions: Decisions) -> None:
        self.case, self.decisions = case, decisions
        self.labels = [p.label for p in case.timeline.periods]
        self.at = {label: t for t, label in enumerate(self.labels)}
        self.hours = [p.hours for p in case.timeline.periods]
        self.known: dict[Any, Any] = {}

    @cached_property
    def units(self) -> dict[tuple[str, str], list[int]]:
        """(system, site) → systems in service by period."""
        count = len(self.labels)
        change: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * count)
        for entry in self.case.fleet:
            change[entry.system, entry.site][0] += entry.units
        for purchase in self.decisions.purchases:
            arrival = self.case.arrivals[purchase.system][self.at[purchase.delivered]]
            if arrival is not None:
                change[purchase.system, purchase.site][arrival.runs] += purchase.units
        for retirement in self.decisions.retirements:
            change[retirement.system, retirement.site][self.at[retirement.period]] -= retirement.units
        for move in self.decisions.moves:
            change[move.system, move.origin][self.at[move.period]] -= move.units
            arrives = lands(self.case, move, self.at[move.period])
            if arrives < count:
                change[move.system, move.destination][arrives] += move.units
        result = {}
        for key in sorted(change):
            running, total = [], 0
            for step in change[key]:
                total += step
                running.append(total)
            result[key] = running
        return result
