"""Shares, concentrations, losses survived and what is kept for them."""

from __future__ import annotations

from typing import Literal

from planner.capabilities.demand.tables import DEMAND
from planner.core.tables import PLACED, WHOLE, PlanTable, Reading, Tables
from planner.records import Record


class Reserve(Record):
    """Systems kept for one demand among several that must survive the same loss."""

    event: str
    demand: str
    system: str
    site: str
    period: str
    units: float


class ShareRow(Record):
    """What one name of a level has: all that may be its own, or, where a rule asks for more, all
    that must be.
    """

    rule: int
    """Number of the diversification rule, 0 for the plan as a whole."""
    level: str
    metric: str
    window: str
    group: str
    amount: float
    unit: str
    share: float
    cap: float | None
    floor: float | None
    of: Literal["purchases", "fleet"] = "purchases"


class ConcentrationRow(Record):
    """The Herfindahl-Hirschman index of a rule in a window; where makers are not known, of the
    worst split.
    """

    rule: int
    level: str
    metric: str
    window: str
    hhi: float
    cap: float


class SurvivalRow(Record):
    """What is left when the worst of a rule's losses comes."""

    rule: int
    event: str
    subject: str
    period: str
    lost: str
    unit: str
    need: float
    before: float
    """All that runs, or all that is kept for it."""
    left: float


def _share(s: ShareRow) -> list[Reading]:
    return [(s.group, "", s.window, {f"{s.metric} share (rule {s.rule})": "share"})]


def _concentration(h: ConcentrationRow) -> list[Reading]:
    return [(h.level, "", h.window, {f"HHI by {h.metric} (rule {h.rule})": "hhi"})]


def _survival(s: SurvivalRow) -> list[Reading]:
    after = f"after the {s.event}, without {s.lost} (rule {s.rule})"
    return [
        (
            s.subject,
            "",
            s.period,
            {f"{measure} {after}": measure for measure in ("before", "left", "need")},
        )
    ]


def _reserve(r: Reserve) -> list[Reading]:
    return [(f"{r.demand}: {r.system}", r.site, r.period, {f"kept after the {r.event}": "units"})]


OF_ALL = (("amount", "unit"), ("cap", "1"), ("floor", "1"))
LEFT = (("need", "unit"), ("before", "unit"), ("left", "unit"))
SHARES = PlanTable(
    "shares", ShareRow, ("rule", "metric", "window", "group"), _share, units=OF_ALL, always=True
)
CONCENTRATIONS = PlanTable(
    "concentrations", ConcentrationRow, ("rule", "window"), _concentration, units=(("cap", "1"),)
)
SURVIVAL = PlanTable("survival", SurvivalRow, ("rule", "period"), _survival, units=LEFT)
RESERVES = PlanTable(
    "reserves",
    Reserve,
    ("event", "demand", "system", "site", "period"),
    _reserve,
    True,
    (*PLACED, DEMAND),
    WHOLE,
)

FACE = Tables(
    (
        SHARES,
        CONCENTRATIONS,
        SURVIVAL,
        RESERVES,
    )
)
