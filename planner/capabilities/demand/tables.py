"""Demands and who serves them."""

from __future__ import annotations

from collections.abc import Collection

from planner.capabilities.demand.case import DemandCase
from planner.core.case import Case
from planner.core.tables import PLACED, SITE, SYSTEM, WHOLE, PlanTable, Reading, Reference, Tables
from planner.records import Record


class Assignment(Record):
    """Systems that serve one demand among several of its class."""

    demand: str
    system: str
    site: str
    period: str
    units: float


class Cluster(Record):
    """The one system at one site that serves a coherent demand."""

    demand: str
    system: str
    site: str


class DemandRow(Record):
    """What a demand asked for and got, in accelerators, FLOP/s, or MW at a basis and load."""

    demand: str
    period: str
    unit: str
    need: float
    served: float
    short: float


class ComputeRow(Record):
    """Computing rate of the fleet in service."""

    precision: str
    period: str
    peak_flop_s: float
    delivered_flop_s: float


def _demands(case: Case) -> Collection[str]:
    return {demand.id for demand in case.of(DemandCase).demands}


DEMAND = Reference("demand", _demands)


def _cluster(c: Cluster) -> list[Reading]:
    return [(c.demand, c.site, "", {c.system: ""})]


def _demand(d: DemandRow) -> list[Reading]:
    return [(d.demand, "", d.period, {"need": "need", "served": "served", "short": "short"})]


def _assignment(a: Assignment) -> list[Reading]:
    return [(f"{a.demand}: {a.system}", a.site, a.period, {"serves it": "units"})]


def _compute(r: ComputeRow) -> list[Reading]:
    return [(r.precision, "", r.period, {"delivered": "delivered_flop_s", "peak": "peak_flop_s"})]


CLUSTERS = PlanTable(
    "clusters", Cluster, ("demand", "system", "site"), _cluster, True, (SYSTEM, SITE, DEMAND)
)
DEMANDS = PlanTable(
    "demands",
    DemandRow,
    ("demand", "period"),
    _demand,
    units=(("need", "unit"), ("served", "unit"), ("short", "unit")),
    always=True,
)
ASSIGNMENTS = PlanTable(
    "assignments",
    Assignment,
    ("demand", "system", "site", "period"),
    _assignment,
    True,
    (*PLACED, DEMAND),
    WHOLE,
    always=True,
)
COMPUTE = PlanTable("compute", ComputeRow, ("precision", "period"), _compute, always=True)

FACE = Tables(
    (
        CLUSTERS,
        DEMANDS,
        ASSIGNMENTS,
        COMPUTE,
    )
)
