"""What exactly is solved? A scenario joined with the catalog figures it uses: plain numbers, each
with its provenance.

The model reads it, the audit re-derives a plan from it, and a plan carries it, so that a plan can
be checked years later. Lists indexed by period have one entry per period of the timeline.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import ConfigDict

from planner.catalog.hardware import Precision, Sale
from planner.catalog.upstream import Upstream
from planner.core.compose import Composed
from planner.core.fields import CasePayment
from planner.core.site import Sizing
from planner.core.whole import MOST_DAYS, Broken, delay, doubled, named
from planner.periods import Arrival, Day, Moment, Step, Timeline, later
from planner.records import Grade, Kind, Record, Via, many


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
    """Every maker that may have made its accelerators, by level; only the levels that the scenario
    asks about."""
    may_retire: bool = False
    """Whether bought ones may be switched off within the horizon."""
    lifetime_days: float | None = None
    """Age from delivery at which a bought one must no longer run."""
    variant_of: str = ""
    """The system that this one is, held to `power_cap` or on `order` already; the allocations of
    both are one. Empty: a system of its own."""
    power_cap: float | None = None
    """Share of its nameplate that it is held to, in hardware."""
    order: str = ""
    """The order, placed before, by which so many of it come, on one day; empty: it may be bought in
    any number."""
    paid: float = 0.0
    """Share of its price that was paid before the horizon."""

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
        """Peak × model FLOP utilisation × goodput of one system; 0 where the format is unsupported
        or no utilisation is known.
        """
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
    """The longest of what may be delivered here: what is built must stand so long before it
    serves."""
    payments: list[CasePayment] = [CasePayment()]
    """Of what is built."""
    leased_mw_years: list[float] | None = None
    """MW of critical IT under contract times years, in each period, counted from the days of the
    contract; None: rent follows what runs."""
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


class Case(Composed):
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
    figures: list[UsedFigure]
    notes: list[str]
    shifts: list[str] = []
    """Those of the notes that say what counts later than on its day, because periods are as long as
    they are."""

    def __repr__(self) -> str:
        holds = f"{many(len(self.sites), 'site')}, {many(len(self.systems), 'system')}"
        return f"<Case `{self.name}`: {holds}, {self.first} to {self.last} by the {self.step}>"

    __str__ = __repr__

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
    def arrivals(self) -> dict[str, tuple[Arrival | None, ...]]:
        """By system, for each period: the day on which what is delivered in it comes, and the first
        period in which that runs.
        """
        known: dict[tuple[date, date, float], tuple[Arrival | None, ...]] = {}
        keys = {
            s.id: (max(s.first, *self.ready(s.id)), s.last, s.fit_out_days) for s in self.systems
        }
        for key in keys.values():
            if key not in known:
                known[key] = self.timeline.arrivals(*key)
        return {
            s.id: tuple(
                a if a is not None and self._lives(s, a) else None for a in known[keys[s.id]]
            )
            for s in self.systems
        }

    def ready(self, system: str) -> list[date]:
        """Days before which a system cannot be delivered."""
        return [self.timeline.start]

    def _lives(self, system: CaseSystem, arrival: Arrival) -> bool:
        """Whether a machine runs for a period at least before its lifetime is over."""
        return (
            system.lifetime_days is None
            or self.timeline.holding(later(arrival.day, system.lifetime_days)) > arrival.runs
        )

    def broken(self) -> Broken:
        """What contradicts its own horizon, names or physics, so that nothing can be computed from
        it; parts add what theirs does.
        """
        yield from doubled([s.id for s in self.systems], "systems")
        yield from doubled([s.id for s in self.sites], "sites")
        for i, system in enumerate(self.systems):
            yield from named(system.sites, self.site, f"systems.{i}.sites")
            yield from named(
                [system.variant_of] if system.variant_of else [],
                self.system,
                f"systems.{i}.variant_of",
            )
            yield from delay(system.lead_time_days, f"systems.{i}.lead_time_days")
            yield from delay(system.fit_out_days, f"systems.{i}.fit_out_days")
            if system.lifetime_days is not None and not 0 < system.lifetime_days <= MOST_DAYS:
                yield "a machine runs for a day at least", f"systems.{i}.lifetime_days"
        if not 0 <= self.utility_loss < 1:
            yield "a loss is a share below 1", "utility_loss"
        if not 0 <= self.discount_rate_per_year <= 10:
            yield "a discount rate lies between 0 and 10 per year", "discount_rate_per_year"

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic does, but without what was worked out from the old fields."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied

    def candidate(self, system: CaseSystem) -> int:
        """Where the scenario lists a system; of a power-capped variant, where what it is one of
        stands.
        """
        return [s.id for s in self.systems].index(system.product)
