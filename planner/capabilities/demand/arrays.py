"""Demands as arrays: D demands · S systems · T periods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from planner.arrays import MEGA, PETA, Floats
from planner.capabilities.demand.case import DemandCase
from planner.core.case import Case, CaseSystem
from planner.model.inputs import Arrays, InputsContext


def demands_of(case: Case, hours: Floats) -> tuple[Floats, Floats, Floats]:
    """([D, S] weight of one system, [D, T] need, [D, T] price in MUSD of one unit missing through a
    period).
    """
    n_d, n_s = len(case.of(DemandCase).demands), len(case.systems)
    weight, need = np.zeros((n_d, n_s)), np.zeros((n_d, len(hours)))
    price = np.full((n_d, len(hours)), np.inf)
    for i, demand in enumerate(case.of(DemandCase).demands):
        compute = demand.kind == "compute"
        need[i] = np.array(demand.need) / (PETA if compute else 1.0)
        for j, system in enumerate(case.systems):
            if system.id in demand.systems:
                weight[i, j] = (
                    _serves(case, system, demand.precision, demand.basis)
                    if compute
                    else system.accelerators
                )
        if demand.may_go_short:
            price[i] = 0.0
        if demand.shortfall_price is not None:
            # one PFLOP/s missing for an hour is 3.6 EFLOP
            price[i] = demand.shortfall_price * hours * (3.6 if compute else 1.0) / MEGA
    return weight, need, price


def _serves(case: Case, system: CaseSystem, precision: str | None, basis: str) -> float:
    rates = {name: rate for name, rate in system.peak_flop_s.items() if name == precision}
    if not rates:
        return 0.0
    name, peak = next(iter(rates.items()))
    return (peak if basis == "peak" else system.delivered_flop_s(name, case.goodput)) / PETA


def fields(ctx: InputsContext) -> Mapping[str, Any]:
    """What is asked for."""
    case = ctx.case
    weight, need, price = demands_of(case, ctx.hours)
    return {
        "demands": tuple(d.id for d in case.of(DemandCase).demands),
        "demand_weight": weight,
        "demand_site": np.array(
            [[site.id in d.sites for site in case.sites] for d in case.of(DemandCase).demands],
            dtype=bool,
        ).reshape(-1, len(case.sites)),
        "demand_need": need,
        "demand_is_compute": np.array(
            [d.kind == "compute" for d in case.of(DemandCase).demands], dtype=bool
        ),
        "demand_shortfall_musd": price,
        "demand_coherent": np.array([d.coherent for d in case.of(DemandCase).demands], dtype=bool),
    }


FACE = Arrays(fields=fields)
