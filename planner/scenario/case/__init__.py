"""What exactly is solved? A scenario joined with the catalog figures it uses: plain numbers, each with its provenance.

The model reads it, the audit re-derives a plan from it, and a plan carries it, so that a plan can be checked years later.
Lists indexed by period have one entry per period of the timeline.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal

from pydantic import ConfigDict

from planner.catalog.hardware import Precision, Sale
from planner.catalog.upstream import Upstream
from planner.periods import Arrival, Day, Moment, Step, Timeline, later
from planner.records import Grade, Kind, Record, Via
from planner.scenario.case.build import CaseCrew as CaseCrew
from planner.scenario.case.fleet import CaseFleet as CaseFleet
from planner.scenario.case.fleet import CaseMove as CaseMove
from planner.scenario.case.goals import CaseBudget as CaseBudget
from planner.scenario.case.goals import CaseGoal as CaseGoal
from planner.scenario.case.halls import CaseHall
from planner.scenario.case.networks import CaseNetwork
from planner.scenario.case.payments import CasePayment
from planner.scenario.case.power import (
    CaseCarbon,
    CaseCarbonRules,
    CaseLayer,
    CaseLoadDuration,
    CaseRamp,
    CaseSource,
    CaseTariff,
    CaseWater,
)
from planner.scenario.case.shares import CaseOrigin as CaseOrigin
from planner.scenario.case.shares import CaseRule as CaseRule
from planner.scenario.case.shares import CaseSurvival as CaseSurvival
from planner.scenario.case.supply import CaseQualification as CaseQualification
from planner.scenario.case.supply import CaseSupply as CaseSupply
from planner.scenario.schema.rules import Level
from planner.scenario.schema.sites import Sizing


class UsedFigure(Record):
    """One figure of the case with where it comes from."""

    of: str
    figure: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    kind: Kind
    via: Via
    grade: Grade
    source: str
    url: str = ""
    date: str = ""
    note: str = ""


class CaseSystem(Record):
    """A system with every number a plan needs of it, for one unit."""

    id: str
    name: str
    supplier: str
    supplier_name: str
    software: str
    accelerator: str
    form: Literal["server", "rack", "pod"]
    sale: Sale
    cooling: Literal["air", "liquid", "hybrid"]
    liquid_share: float
    accelerators: int
    racks: float
    tdp_w: float
    nameplate_w: float
    peak_w: float
    average_w: float
    idle_w: float
    it_overhead: float
    """Networks, storage and management as a share of nameplate, where they are not counted."""
    storage_w: float = 0.0
    """Beside one system at every load, basis `it`; likewise management."""
    management_w: float = 0.0
    price_usd: float
    fabric_cost: float
    down_payment: float
    lead_time_days: float
    """From order to delivery."""
    fit_out_days: float
    """From delivery to service."""
    first: Day
    """First day on which a delivery is possible; may lie beyond the horizon."""
    last: Day
    sites: list[str]
    """Where it may be placed."""
    may_buy: bool
    peak_flop_s: dict[Precision, float]
    """One system, dense."""
    mfu: dict[Precision, float]
    upstream: dict[Upstream, list[str]] = {}
    """Every maker that may have made its accelerators, by level; only the levels that the scenario asks about."""
    may_retire: bool = False
    """Whether bought ones may be switched off within the horizon."""
    lifetime_days: float | None = None
    """Age from delivery at which a bought one must no longer run."""
    variant_of: str = ""
    """The system that this one is, held to `power_cap`; the allocations and orders of both are one. Empty: a system of its own."""
    power_cap: float | None = None
    """Share of its nameplate that it is held to, in hardware."""

    @property
    def product(self) -> str:
        """What its vendor delivers."""
        return self.variant_of or self.id

    @property
    def is_surrounded(self) -> bool:
        """Whether anything that air must cool stands around it."""
        return self.it_overhead > 0 or self.storage_w + self.management_w > 0

    @property
    def basis(self) -> Literal["server", "rack"]:
        """Where on the power chain its own ratings stand."""
        return "server" if self.form == "server" else "rack"

    def delivered_flop_s(self, precision: Precision, goodput: float) -> float:
        """Peak × model FLOP utilisation × goodput of one system; 0 where the format is unsupported or no utilisation is known."""
        return self.peak_flop_s.get(precision, 0.0) * self.mfu.get(precision, 0.0) * goodput


class CaseSite(Record):
    """A site with its limits by period."""

    id: str
    name: str
    power_w: list[float] | None
    """Utility basis; None: not limited."""
    critical_it_w: list[float] | None
    positions: list[float] | None
    sizing: Sizing
    liquid_w: float | None
    """None: unlimited."""
    air_w: float | None
    pue_annual_air: float
    pue_peak_air: float
    pue_annual_liquid: float
    pue_peak_liquid: float
    energy_price_usd_per_mwh: float
    construction_usd_per_mw: float
    existing_it_w: float | None
    """Critical IT that stands at the start; None: as much as the existing fleet takes."""
    rent_usd_per_mw_year: float
    construction_budget_usd: float | None = None
    """Most that may be spent on construction over the horizon; None: no limit of its own."""
    fit_out_days: float = 0.0
    """The longest of what may be delivered here: what is built must stand so long before it serves."""
    payments: list[CasePayment] = [CasePayment()]
    """Of what is built."""
    leased_mw_years: list[float] | None = None
    """MW of critical IT under contract times years, in each period, counted from the days of the contract; None: rent follows what runs."""
    region: str = ""

    @property
    def it_key(self) -> str:
        """The scenario's key for critical IT: what is built, or what is under contract."""
        return "critical_it" if self.leased_mw_years is None else "leased"

    def pue(self, system: CaseSystem) -> tuple[float, float]:
        """(annual, peak) for a system, by the technology that carries most of its heat."""
        if system.cooling == "air":
            return self.pue_annual_air, self.pue_peak_air
        return self.pue_annual_liquid, self.pue_peak_liquid


class CaseDemand(Record):
    """A requirement by period: accelerators in service, or FLOP/s."""

    id: str
    kind: Literal["deployment", "compute"]
    systems: list[str]
    sites: list[str]
    precision: Precision | None
    basis: Literal["delivered", "peak"]
    need: list[float]
    """Accelerators, or FLOP/s, in each period."""
    shortfall_price: float | None
    """USD per accelerator-hour, or per EFLOP; None: hard, unless it has a priority."""
    path: str
    coherent: bool = False
    """Whether one system at one site must serve it, the same in all periods."""
    priority: int | None = None
    """What goes short of it is made as little as can be, by objectives of their own, 1 first."""

    @property
    def may_go_short(self) -> bool:
        """Whether a plan may serve less than is asked for."""
        return self.shortfall_price is not None or self.priority is not None


class Case(Record):
    """The whole question in plain numbers."""

    model_config = ConfigDict(ignored_types=(cached_property,))

    name: str
    scenario_file: str
    scenario_digest: str
    catalog_version: str
    catalog_digest: str
    first: Moment
    last: Moment
    step: Step
    discount_rate_per_year: float
    keeps_worth: bool
    """Whether machines and buildings are credited with what they are worth at the end."""
    utility_loss: float
    goodput: float
    operations_usd_per_mw_year: float
    construction_decline_per_year: float
    resale_decline_per_year: float
    systems: list[CaseSystem]
    sites: list[CaseSite]
    supply: list[CaseSupply]
    fleet: list[CaseFleet]
    demands: list[CaseDemand]
    rules: list[CaseRule]
    budget: CaseBudget
    goals: list[CaseGoal]
    gap: float
    time_limit_s: float
    seed: int
    figures: list[UsedFigure]
    notes: list[str]
    shifts: list[str] = []
    """Those of the notes that say what counts later than on its day, because periods are as long as they are."""
    halls: list[CaseHall] = []
    """Where a site has any, capacity there is built by the hall, and only by the hall."""
    networks: list[CaseNetwork] = []
    """Networks that are counted; of others draw and cost are shares of the systems' nameplate and price."""
    survival: list[CaseSurvival] = []
    origins: list[CaseOrigin] = []
    sources: list[CaseSource] = []
    """Power sources that may be added at sites."""
    load_durations: list[CaseLoadDuration] = []
    """Of sites with own generation; elsewhere a plan knows the average and the load that sites are sized by."""
    tariffs: list[CaseTariff] = []
    carbon: list[CaseCarbon] = []
    carbon_rules: CaseCarbonRules = CaseCarbonRules()
    water: list[CaseWater] = []
    ramps: list[CaseRamp] = []
    layers: list[CaseLayer] = []
    moves: list[CaseMove] = []
    qualifications: list[CaseQualification] = []
    crews: list[CaseCrew] = []

    @cached_property
    def timeline(self) -> Timeline:
        """Periods of the horizon."""
        return Timeline.between(self.first, self.last, self.step)

    @cached_property
    def system(self) -> dict[str, CaseSystem]:
        """Systems by id."""
        return {s.id: s for s in self.systems}

    @cached_property
    def site(self) -> dict[str, CaseSite]:
        """Sites by id."""
        return {s.id: s for s in self.sites}

    @cached_property
    def network(self) -> dict[tuple[str, str], CaseNetwork]:
        """(system, site) → the networks that it is in; nothing where they are not counted."""
        return {(system, network.site): network for network in self.networks for system in network.systems}

    @cached_property
    def arrivals(self) -> dict[str, tuple[Arrival | None, ...]]:
        """By system, for each period: the day on which what is delivered in it comes, and the first period in which that runs."""
        known: dict[tuple[date, date, float], tuple[Arrival | None, ...]] = {}
        keys = {s.id: (max(s.first, *self._qualified(s.id)), s.last, s.fit_out_days) for s in self.systems}
        for key in keys.values():
            if key not in known:
                known[key] = self.timeline.arrivals(*key)
        return {s.id: tuple(a if a is not None and self._lives(s, a) else None for a in known[keys[s.id]]) for s in self.systems}

    def _lives(self, system: CaseSystem, arrival: Arrival) -> bool:
        """Whether a machine runs for a period at least before its lifetime is over."""
        return system.lifetime_days is None or self.timeline.holding(later(arrival.day, system.lifetime_days)) > arrival.runs

    def _qualified(self, system: str) -> list[date]:
        """The first day of the horizon, and those from which qualifications can be over that a system waits for."""
        start = self.timeline.start
        return [start, *(later(start, q.time_days) for q in self.qualifications if system in q.systems)]

    @cached_property
    def openings(self) -> dict[str, tuple[Arrival | None, ...]]:
        """By `site/hall`, for each period: the day on which halls that are begun in it are begun, and the first period of their use."""
        return {hall.place: self.timeline.arrivals(hall.first, hall.last, hall.lead_time_days) for hall in self.halls}

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Case:
        """As pydantic does, but without what was worked out from the old fields."""
        copied = super().model_copy(update=update, deep=deep)
        for name in ("timeline", "system", "site", "network", "arrivals", "openings"):
            copied.__dict__.pop(name, None)
        return copied

    def candidate(self, system: CaseSystem) -> int:
        """Where the scenario lists a system; of a power-capped variant, where what it is one of stands."""
        return [s.id for s in self.systems].index(system.product)

    def load_steps(self, site: str) -> list[tuple[float, float]]:
        """(share of the hours, position between average and sizing load) of a site's load; the average where nothing is said."""
        return next((curve.steps for curve in self.load_durations if curve.site == site), [(1.0, 0.0)])

    def halls_at(self, site: str) -> list[CaseHall]:
        """Kinds of halls that can be built at a site."""
        return [hall for hall in self.halls if hall.site == site]

    def fabric_usd(self, system: CaseSystem, site: str) -> float:
        """What the network adds to the cost of one system at its delivery; groups of leaves that are bought come beside it."""
        network = self.network.get((system.id, site))
        return network.system_usd if network is not None and network.bought else system.price_usd * system.fabric_cost

    def makers(self, system: CaseSystem, site: str, level: Level) -> tuple[str, ...]:
        """Whom a system at a site counts towards: one name, or every maker that may have made it."""
        if level == "supplier":
            return (system.supplier,)
        if level == "software":
            return (system.software,)
        if level == "site":
            return (site,)
        if level == "region":
            return (self.site[site].region,)
        return tuple(sorted(system.upstream.get(level, [])))

    def counted(self, rule: CaseRule) -> list[CaseSystem]:
        """Systems that a rule counts: of purchases, what can be bought; of the fleet, all."""
        return [s for s in self.systems if s.may_buy or rule.of == "fleet"]

    def groups(self, level: Level, systems: list[CaseSystem]) -> list[str]:
        """Everybody of a level that these systems may count towards."""
        return sorted({name for s in systems for site in self.sites for name in self.makers(s, site.id, level)})
