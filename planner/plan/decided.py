"""What was decided, and which machines run because of it: the ground of the second road."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from planner.capabilities.fleet.case import FleetCase
from planner.capabilities.fleet.tables import MOVES, RETIREMENTS
from planner.capabilities.supply.tables import PURCHASES
from planner.core.case import Case
from planner.core.tables import PlanTable
from planner.engineering.power import Chain
from planner.plan.schema import Plan
from planner.plan.stocks import lands
from planner.plan.tables import DECIDED
from planner.records import Record

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Decisions:
    """What was decided; everything else follows."""

    rows: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """By the name of the table."""

    @classmethod
    def of_plan(cls, plan: Plan) -> Decisions:
        """The decisions of a plan."""
        return cls({table.name: list(plan.of(table)) for table in DECIDED})

    def of(self, table: PlanTable[R]) -> Sequence[R]:
        """The rows of a table; none where it has none."""
        return self.rows.get(table.name, ())

    def plus(self, rows: Mapping[str, Sequence[Any]]) -> Decisions:
        """These, and the rows of other tables."""
        return Decisions({**self.rows, **rows})


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
        for entry in self.case.of(FleetCase).fleet:
            change[entry.system, entry.site][0] += entry.units
        for purchase in self.decisions.of(PURCHASES):
            arrival = self.case.arrivals[purchase.system][self.at[purchase.delivered]]
            if arrival is not None:
                change[purchase.system, purchase.site][arrival.runs] += purchase.units
        for retirement in self.decisions.of(RETIREMENTS):
            change[retirement.system, retirement.site][self.at[retirement.period]] -= (
                retirement.units
            )
        for move in self.decisions.of(MOVES):
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


@dataclass(frozen=True)
class Beside:
    """What a capability runs at a site beside its machines, and draws there."""

    chains: Callable[[Decided, str, int], Iterable[tuple[Sequence[str], Chain]]]
    """Of a site in a period, each with the systems that it runs for."""
    at_start: Callable[[Decided, str], Iterable[Chain]]
    """Of a site whose existing fleet stands, before anything is decided."""
