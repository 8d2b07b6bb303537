"""Demands as arrays: D demands · S systems · L sites · T periods · F networks · K grades."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.arrays import MEGA, PETA, Floats
from planner.capabilities.demand.case import CaseDemand, DemandCase
from planner.capabilities.networks.arrays import NetworkInputs
from planner.capabilities.sites.arrays import chain_of
from planner.core.case import Case, CaseSite, CaseSystem
from planner.engineering.power import Chain
from planner.model.inputs import Arrays, InputsContext


@dataclass(frozen=True)
class DemandNetworks:
    """What groups of networks draw towards demands of a power; nothing where none counts them."""

    weight: Floats
    """[D, F, K] MW of one group."""


def weights_of(case: Case) -> Floats:
    """[D, S, L] what one system at a site is to a demand; 0 where it cannot serve it."""
    demands = case.of(DemandCase).demands
    weight = np.zeros((len(demands), len(case.systems), len(case.sites)))
    for i, demand in enumerate(demands):
        for j, system in enumerate(case.systems):
            for k, site in enumerate(case.sites):
                if system.id in demand.systems and site.id in demand.sites:
                    weight[i, j, k] = _serves(case, demand, system, site)
    return weight


def dated(case: Case, hours: Floats) -> tuple[Floats, Floats, Floats]:
    """([D, T] need, [D, T] at most, inf where nothing limits it, [D, T] price in MUSD of one unit
    missing through a period, inf where the demand is hard).
    """
    demands = case.of(DemandCase).demands
    need, price = np.zeros((len(demands), len(hours))), np.full((len(demands), len(hours)), np.inf)
    most = price.copy()
    for i, demand in enumerate(demands):
        need[i] = np.array(demand.need) / demand.scale
        for t, allowed in enumerate(demand.at_most or ()):
            most[i, t] = np.inf if allowed is None else allowed / demand.scale
        if demand.may_go_short:
            price[i] = 0.0
        if demand.shortfall_price is not None:
            # one PFLOP/s missing for an hour is 3.6 EFLOP
            each = 3.6 if demand.kind == "compute" else 1.0
            price[i] = demand.shortfall_price * hours * each / MEGA
    return need, most, price


def _serves(case: Case, demand: CaseDemand, system: CaseSystem, site: CaseSite) -> float:
    if demand.kind == "power":
        return _drawn(demand, chain_of(case, system, site))
    if demand.precision is None:
        return system.accelerators
    if demand.basis == "peak":
        return system.peak_flop_s.get(demand.precision, 0.0) / PETA
    return system.delivered_flop_s(demand.precision, case.goodput) / PETA


def _drawn(demand: CaseDemand, chain: Chain) -> float:
    """MW of a chain at the basis and the load of a demand."""
    draw = chain.at(demand.power_basis) if demand.power_basis else None
    return (draw.at(demand.load) or 0.0) / MEGA if draw and demand.load else 0.0


def parts(ctx: InputsContext) -> Iterator[object]:
    """What networks draw towards demands, where any asks for power."""
    networks, demands = ctx.parts.get(NetworkInputs), ctx.case.of(DemandCase).demands
    if networks is None or not any(demand.kind == "power" for demand in demands):
        return
    weight = np.zeros((len(demands), *networks.exists.shape))
    for i, demand in enumerate(demands):
        mine = [s.id in demand.systems for s in ctx.case.systems]
        for (f, k), chain in networks.chains.items():
            here = ctx.case.sites[int(networks.site[f])].id in demand.sites
            if demand.kind == "power" and here and (networks.systems[f] & mine).any():
                weight[i, f, k] = _drawn(demand, chain)
    yield DemandNetworks(weight)


def fields(ctx: InputsContext) -> Mapping[str, Any]:
    """What is asked for."""
    case, demands = ctx.case, ctx.case.of(DemandCase).demands
    need, most, price = dated(case, ctx.hours)
    return {
        "demands": tuple(d.id for d in demands),
        "demand_weight": weights_of(case),
        "demand_need": need,
        "demand_most": most,
        "demand_kind": np.array([d.kind for d in demands], dtype=np.str_),
        "demand_shortfall_musd": price,
        "demand_coherent": np.array([d.coherent for d in demands], dtype=bool),
    }


FACE = Arrays(parts, fields=fields)
