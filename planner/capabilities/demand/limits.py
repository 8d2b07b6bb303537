"""What is asked for, and that one cluster serves what is coherent."""

from __future__ import annotations

from planner.core.limits import At, LimitKind, Unit, Words
from planner.scenario.case import CaseDemand

ACCELERATORS, COMPUTE, CLUSTERS = Unit("accelerators", "accelerator"), Unit("PFLOP/s"), Unit("clusters", "cluster")


def _demand(at: At) -> CaseDemand:
    return next(demand for demand in at.case.demands if demand.id == at.key[0])


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
    "demand.one_place", CLUSTERS, _one_place, number="choice", headroom=False, instead=_several, untold="it is asked for or not"
)
