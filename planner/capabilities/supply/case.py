"""Allocations, orders and qualifications in plain numbers, with their limits and accounts."""

from __future__ import annotations

from datetime import date

from planner.core.case import Case
from planner.core.limits import SYSTEMS, Account, At, LimitKind, Unit, Words, amount
from planner.core.whole import Broken, delay, length, named
from planner.periods import later
from planner.records import Record


class CaseSupply(Record):
    """Ceilings and shapes of the deliveries of one system over all sites, in systems."""

    system: str
    cumulative: list[float] | None
    per_period: float | None
    path: str
    schedule: list[float] | None = None
    """Ceiling of each period."""
    minimum_order: int = 0
    """The least of a period in which anything is delivered."""
    lot: int = 1
    """Deliveries of a period are a multiple of it."""

    def ceiling(self, t: int) -> float | None:
        """The most of one period; None: not limited by the period alone."""
        each = [
            value
            for value in (self.per_period, self.schedule[t] if self.schedule is not None else None)
            if value is not None
        ]
        return min(each) if each else None


class CaseQualification(Record):
    """A supplier that the plan must qualify, at a cost, before it delivers."""

    supplier: str
    systems: list[str]
    time_days: float
    """From the beginning of the qualification to the first delivery."""
    cost_usd: float
    path: str


class CaseOrder(Record):
    """So many machines that are on order for a site, and come on their day."""

    system: str
    """The system that stands for the order: its price, day, and what was paid."""
    site: str
    units: int
    path: str


class SupplyCase(Case):
    """What vendors deliver, and who must be qualified first."""

    supply: list[CaseSupply]
    qualifications: list[CaseQualification] = []
    orders: list[CaseOrder] = []
    """Placed before; nothing else comes of their systems."""

    def ready(self, system: str) -> list[date]:
        """Days before which a system cannot be delivered: those from which qualifications can be
        over that it waits for, too.
        """
        start = self.timeline.start
        return [
            *super().ready(system),
            *(later(start, q.time_days) for q in self.qualifications if system in q.systems),
        ]

    def broken(self) -> Broken:
        """What cannot be of its part."""
        yield from super().broken()
        periods = len(self.timeline)
        for i, entry in enumerate(self.supply):
            yield from named([entry.system], self.system, f"supply.{i}.system")
            yield from length(entry.cumulative, periods, f"supply.{i}.cumulative")
            yield from length(entry.schedule, periods, f"supply.{i}.schedule")
            if entry.lot < 1:
                yield "a lot is one machine at least", f"supply.{i}.lot"
        for i, order in enumerate(self.orders):
            yield from named([order.system], self.system, f"orders.{i}.system")
            yield from named([order.site], self.site, f"orders.{i}.site")
            if order.units < 1:
                yield "an order is of one machine at least", f"orders.{i}.units"
            if order.system in self.system and not self.system[order.system].order:
                yield "what is on order is a system of its own", f"orders.{i}.system"
            elif order.system in self.system and not any(self.arrivals[order.system]):
                yield "what is on order runs within the horizon", f"orders.{i}.system"
        for i, qualification in enumerate(self.qualifications):
            yield from named(qualification.systems, self.system, f"qualifications.{i}.systems")
            yield from delay(qualification.time_days, f"qualifications.{i}.time_days")


def entry_label(number: int, entry: CaseSupply) -> str:
    """The label of a supply entry, by its number from 0."""
    return f"{entry.system}#{number + 1}"


def _entry(at: At) -> CaseSupply:
    return at.case.of(SupplyCase).supply[int(at.key[0].rpartition("#")[2]) - 1]


def _cumulative(at: At) -> Words:
    entry = _entry(at)
    says = f"no more than {at.told} {entry.system} are allocated by {at.key[1]}"
    return Words(f"allocation of {at.note or entry.system}", f"{entry.path}.by", says)


def _rate(at: At, key: str) -> Words:
    entry = _entry(at)
    says = f"no more than {at.told} {entry.system} are allocated in {at.key[1]}"
    return Words(f"delivery rate of {at.note or entry.system}", f"{entry.path}.{key}", says)


def _per_period(at: At) -> Words:
    return _rate(at, "per_period")


def _schedule(at: At) -> Words:
    return _rate(at, "schedule")


def _minimum(at: At) -> Words:
    entry = _entry(at)
    says = f"an order of {entry.system} is at least {at.told} systems"
    return Words(f"minimum order of {entry.system}", f"{entry.path}.minimum_order", says)


def _lots(at: At) -> Words:
    entry = _entry(at)
    return Words(
        f"lots of {entry.system}",
        f"{entry.path}.lot",
        f"{entry.system} comes in lots of {entry.lot:g} systems",
    )


def _on_order(at: At) -> Words:
    order = next(one for one in at.case.of(SupplyCase).orders if one.system == at.key[0])
    system = at.case.system[order.system]
    what = amount(at.amount, Unit(system.product, system.product))
    says = f"{what} are on order for {order.site}, delivered on {system.first}"
    return Words(f"order {system.order}", f"{order.path}.units", says)


ON_ORDER = LimitKind("supply.on_order", SYSTEMS, _on_order, least=True)
CUMULATIVE = LimitKind("supply.cumulative", SYSTEMS, _cumulative, dated=True)
PER_PERIOD = LimitKind("supply.per_period", SYSTEMS, _per_period)
SCHEDULE = LimitKind("supply.schedule", SYSTEMS, _schedule, dated=True)
MINIMUM = LimitKind("supply.minimum", SYSTEMS, _minimum, least=True, headroom=False)
LOTS = LimitKind(
    "supply.lots",
    SYSTEMS,
    _lots,
    number="none",
    headroom=False,
    untold="it multiplies a whole number",
)
SYSTEMS_CAPEX = Account("capex.systems", "capex")
QUALIFICATION = Account("opex.qualification", "opex")
SYSTEMS_WORTH = Account("residual.systems", "income", kind="residual")
FACE = SupplyCase
