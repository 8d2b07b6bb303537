"""What does a plan say? Versioned JSON that loads back equal and renders years later with no solver and no catalog at hand.

The decisions are `purchases`, `retirements`, `moves`, `qualifications`, `built`, `assignments`, `halls`, `housed`, `gear`, `clusters`,
`fabrics`, `reserves`, `source_starts`, `source_outputs` and `source_covers`; every other table follows from them and the case, which the
audit checks.
Figures are in the unit that their name ends in, money in undiscounted USD unless the name says present worth.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import Field

from planner.core.accounts import FlowKind
from planner.engineering.power import Basis
from planner.plan.digests import digests_of
from planner.plan.rows import Move as Move
from planner.plan.rows import Qualification as Qualification
from planner.plan.rows import Retirement as Retirement
from planner.plan.schema.halls import HallBegun as HallBegun
from planner.plan.schema.halls import Housed as Housed
from planner.plan.schema.networks import FabricRow as FabricRow
from planner.plan.schema.networks import Gear as Gear
from planner.plan.schema.networks import NetworkRow as NetworkRow
from planner.plan.schema.power import CarbonRow, MeterRow, SourceCover, SourceOutput, SourceRow, SourceStart, WaterRow
from planner.plan.schema.proof import GoalRow as GoalRow
from planner.plan.schema.proof import Polish as Polish
from planner.plan.schema.proof import SolveInfo as SolveInfo
from planner.records import Record
from planner.scenario.case import Case


class Purchase(Record):
    """So many systems, delivered to a site in a period."""

    system: str
    site: str
    ordered: str
    """Period of the order; the first of the horizon if it lies before."""
    delivered: str
    in_service: str
    """First period of service."""
    ordered_on: str
    """Day of the order, `2027-03-02`: the last from which service begins with that period."""
    delivered_on: str
    units: int
    accelerators: int
    price_usd: float
    systems_usd: float
    fabric_usd: float


class Built(Record):
    """Critical IT capacity that stands at a site."""

    site: str
    period: str
    it_mw: float


class Assignment(Record):
    """Systems that serve one demand among several of its class."""

    demand: str
    system: str
    site: str
    period: str
    units: float


class Reserve(Record):
    """Systems kept for one demand among several that must survive the same loss."""

    event: str
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


class FleetRow(Record):
    """Systems that run through a period."""

    system: str
    site: str
    period: str
    units: int
    accelerators: int


class DemandRow(Record):
    """What a demand asked for and got, in accelerators or FLOP/s."""

    demand: str
    period: str
    unit: Literal["accelerators", "FLOP/s"]
    need: float
    served: float
    short: float


class PowerRow(Record):
    """Draw of a site's fleet at one basis, by load; None where a load cannot be told at that basis."""

    site: str
    period: str
    basis: Basis
    nameplate_mw: float
    peak_mw: float | None
    average_mw: float | None
    idle_mw: float | None


class EnergyRow(Record):
    """Energy that a site takes, at the utility's meter: from the grid and from its own sources together."""

    site: str
    period: str
    energy_mwh: float


class CashRow(Record):
    """One money bucket in one period. Residual worth stands in the last period and is negative; penalties are not cash."""

    bucket: str
    kind: FlowKind
    period: str
    usd: float
    present_usd: float
    """Present worth, from the days on which it is paid."""


class ShareRow(Record):
    """What one name of a level has: all that may be its own, or, where a rule asks for more, all that must be."""

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
    """The Herfindahl-Hirschman index of a rule in a window; where makers are not known, of the worst split."""

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


class ComputeRow(Record):
    """Computing rate of the fleet in service."""

    precision: str
    period: str
    peak_flop_s: float
    delivered_flop_s: float


class LimitRow(Record):
    """One limit of the scenario in one place and period. Headroom is how far it is from binding, in its own unit."""

    row: str
    """`family.row[labels]`, the name of the model's row."""
    name: str
    says: str
    unit: str
    used: float
    limit: float
    sense: Literal["at most", "at least"]
    headroom: float
    binding: bool
    path: str


class Totals(Record):
    """The plan in a few figures."""

    systems: int
    accelerators: int
    """Bought."""
    capex_usd: float
    opex_usd: float
    resale_usd: float = 0.0
    """What was sold within the horizon fetched; negative, as residual worth is."""
    residual_usd: float
    penalty_usd: float
    present_cost_usd: float
    """Present worth of cash, less present residual worth, plus priced shortfall."""
    energy_mwh: float
    it_nameplate_mw: float
    """Highest over the periods, all sites together; likewise below."""
    it_peak_mw: float
    facility_peak_mw: float
    utility_peak_mw: float
    utility_nameplate_mw: float
    utility_average_mw: float
    capex_usd_per_it_mw: float | None
    """Capex over the IT nameplate of what was bought."""
    capex_usd_per_utility_mw: float | None
    """Capex over the utility nameplate of what was bought."""
    delivered_flop_s: dict[str, float]
    """Of the fleet in the last period, by precision."""


def digest_of(case: Case) -> str:
    """SHA-256 of a case as it stands in a plan file, shortened."""
    return hashlib.sha256(case.model_dump_json().encode()).hexdigest()[:16]


class Plan(Record):
    """A plan and the whole question that it answers."""

    format: Literal["ai-cluster-plan"] = "ai-cluster-plan"
    format_version: Literal[2] = 2
    name: str
    solve: SolveInfo
    goals: list[GoalRow]
    purchases: list[Purchase]
    retirements: list[Retirement]
    built: list[Built]
    assignments: list[Assignment]
    moves: list[Move] = []
    qualifications: list[Qualification] = []
    fleet: list[FleetRow]
    demands: list[DemandRow]
    power: list[PowerRow]
    energy: list[EnergyRow]
    cash: list[CashRow]
    shares: list[ShareRow]
    compute: list[ComputeRow]
    limits: list[LimitRow]
    totals: Totals
    source_starts: list[SourceStart] = []
    source_outputs: list[SourceOutput] = []
    source_covers: list[SourceCover] = []
    sources: list[SourceRow] = []
    meter: list[MeterRow] = []
    carbon: list[CarbonRow] = []
    water: list[WaterRow] = []
    case_digest: str
    """Of the case below: a plan whose question was edited is no longer the answer to it."""
    case: Case
    halls: list[HallBegun] = []
    housed: list[Housed] = []
    clusters: list[Cluster] = []
    networks: list[NetworkRow] = []
    fabrics: list[FabricRow] = []
    gear: list[Gear] = []
    concentrations: list[ConcentrationRow] = []
    reserves: list[Reserve] = []
    survival: list[SurvivalRow] = []
    digests: dict[str, str] = Field(default_factory=digests_of)
    """Of each part above, as the plan was made: what nothing re-derives may not be edited either."""

    def may_give_up(self, number: int) -> float:
        """How much of objective `number` (from 0) later ones may take, in its unit; of the last, what the gap allows fewer purchases."""
        row = self.goals[number]
        share = self.case.goals[number].goal.tolerance if number + 1 < len(self.goals) else self.solve.gap
        return share * max(abs(row.value if row.reached is None else row.reached), 1e-6)

    def given_up(self, number: int) -> float:
        """How much of objective `number` (from 0) later ones, or fewer purchases, took, in its unit."""
        row = self.goals[number]
        sign = 1.0 if self.case.goals[number].goal.maximize else -1.0
        return 0.0 if row.reached is None else max(0.0, sign * (row.reached - row.value))

    def to_json(self) -> str:
        """The plan file."""
        return self.model_dump_json(indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """A plan file read back. Raises pydantic's ValidationError."""
        return cls.model_validate_json(text)
