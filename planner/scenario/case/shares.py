"""Who may, or must, have which share, what must be survived, and who makes what upstream: in plain numbers."""

from __future__ import annotations

from typing import Literal

from planner.catalog.hardware import Precision
from planner.catalog.upstream import Upstream
from planner.records import Grade, Kind, Record
from planner.scenario.schema.rules import NOUN as NOUN
from planner.scenario.schema.rules import Level, Metric


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
