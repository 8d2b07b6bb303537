"""Demands in plain numbers, with their limits and what going short costs."""

from __future__ import annotations

from typing import Literal

from planner.catalog.hardware import Precision
from planner.core.case import Case
from planner.core.limits import Account, At, LimitKind, Unit, Words, amount
from planner.core.whole import Broken, doubled, length, named
from planner.records import Record
from planner.units import Basis, Load

Kind = Literal["deployment", "compute", "power"]
RIVALS: tuple[Kind, ...] = ("compute", "deployment")
"""Kinds whose demands divide the machines between them; a power is drawn by all that run, whoever
else counts them."""


class CaseDemand(Record):
    """A requirement by period: accelerators in service, FLOP/s, or the power that is drawn."""

    id: str
    kind: Kind
    systems: list[str]
    sites: list[str]
    precision: Precision | None
    basis: Literal["delivered", "peak"]
    need: list[float]
    """Accelerators, FLOP/s, or MW, in each period; 0 where nothing is asked for."""
    shortfall_price: float | None
    """USD per accelerator-hour, per EFLOP, or per MWh; None: hard, unless it has a priority."""
    path: str
    coherent: bool = False
    """Whether one system at one site must serve it, the same in all periods."""
    priority: int | None = None
    """What goes short of it is made as little as can be, by objectives of their own, 1 first."""
    at_most: list[float | None] | None = None
    """Accelerators, FLOP/s, or MW that may be in service in each period; None: any."""
    power_basis: Basis | None = None
    """Where a power is drawn."""
    load: Load | None = None
    """At which load."""

    @property
    def scale(self) -> float:
        """How much of `need` one unit of its rows is: rates of computing are in PFLOP/s there."""
        return 1e15 if self.kind == "compute" else 1.0

    @property
    def measured_in(self) -> str:
        """The unit of `need`, in words."""
        return {
            "compute": "FLOP/s",
            "deployment": "accelerators",
            "power": f"MW {self.power_basis} {self.load}",
        }[self.kind]

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
            yield from length(demand.at_most, periods, f"demands.{i}.at_most")
            if demand.kind == "power" and not (demand.power_basis and demand.load):
                yield "a power has a basis and a load", f"demands.{i}.power_basis"


ACCELERATORS, COMPUTE, CLUSTERS = (
    Unit("accelerators", "accelerator"),
    Unit("PFLOP/s"),
    Unit("clusters", "cluster"),
)


def _demand(at: At) -> CaseDemand:
    return next(demand for demand in at.case.of(DemandCase).demands if demand.id == at.key[0])


def demand_unit(demand: CaseDemand) -> Unit:
    """The unit in which a demand is served."""
    if demand.kind == "power":
        return Unit(demand.measured_in)
    return COMPUTE if demand.kind == "compute" else ACCELERATORS


def _unit(at: At) -> Unit:
    return demand_unit(_demand(at))


def _served(at: At) -> Words:
    demand = _demand(at)
    says = f"{demand.id} asks for {at.told} {demand_unit(demand).name} in {at.key[1]}"
    return Words(f"demand {demand.id}", f"{demand.path}.need", says)


def _capped(at: At) -> Words:
    demand = _demand(at)
    unit = demand_unit(demand)
    says = f"no more than {amount(at.amount, unit)} of {demand.id} may be in service in {at.key[1]}"
    return Words(f"most of {demand.id}", f"{demand.path}.at_most", says)


def _one_place(at: At) -> Words:
    demand = _demand(at)
    says = f"{demand.id} must be served by one system at one site"
    return Words(f"one cluster for {demand.id}", f"{demand.path}.coherent", says)


def _several(at: At, by: float) -> str:
    return f"{at.key[0]} may be served by {1 + by:g} clusters"


SERVED = LimitKind("demand.served", _unit, _served, least=True, dated=True, asked=True)
AT_MOST = LimitKind("demand.at_most", _unit, _capped, dated=True)
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
