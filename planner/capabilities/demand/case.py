"""Demands in plain numbers, with their limits and what going short costs."""

from __future__ import annotations

from typing import Literal

from planner.catalog.hardware import Precision
from planner.core.case import Case
from planner.core.limits import Account, At, LimitKind, Unit, Words
from planner.core.whole import Broken, doubled, length, named
from planner.records import Record


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


class DemandCase(Case):
    """What is asked for."""

    demands: list[CaseDemand]

    def broken(self) -> Broken:
        """What cannot be of its part."""
        yield from super().broken()
        periods = len(self.timeline)
        yield from doubled([d.id for d in self.demands], "demands")
        for i, demand in enumerate(self.demands):
            yield from named(demand.systems, self.system, f"demands.{i}.systems")
            yield from named(demand.sites, self.site, f"demands.{i}.sites")
            yield from length(demand.need, periods, f"demands.{i}.need")


ACCELERATORS, COMPUTE, CLUSTERS = (
    Unit("accelerators", "accelerator"),
    Unit("PFLOP/s"),
    Unit("clusters", "cluster"),
)


def _demand(at: At) -> CaseDemand:
    return next(demand for demand in at.case.of(DemandCase).demands if demand.id == at.key[0])


def demand_unit(demand: CaseDemand) -> Unit:
    """The unit in which a demand is served."""
    return COMPUTE if demand.kind == "compute" else ACCELERATORS


def _unit(at: At) -> Unit:
    return demand_unit(_demand(at))


def _served(at: At) -> Words:
    demand = _demand(at)
    says = f"{demand.id} asks for {at.amount:g} {demand_unit(demand).name} in {at.key[1]}"
    return Words(f"demand {demand.id}", f"{demand.path}.need", says)


def _one_place(at: At) -> Words:
    demand = _demand(at)
    says = f"{demand.id} must be served by one system at one site"
    return Words(f"one cluster for {demand.id}", f"{demand.path}.coherent", says)


def _several(at: At, by: float) -> str:
    return f"{at.key[0]} may be served by {1 + by:g} clusters"


SERVED = LimitKind("demand.served", _unit, _served, least=True, dated=True, asked=True)
ONE_PLACE = LimitKind(
    "demand.one_place",
    CLUSTERS,
    _one_place,
    number="choice",
    headroom=False,
    instead=_several,
    untold="it is asked for or not",
)
SHORTFALL = Account("penalty.shortfall", "opex", kind="penalty")
FACE = DemandCase
