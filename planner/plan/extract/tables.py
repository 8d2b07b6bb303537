"""The tables that the model itself knows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.arrays import MEGA, PETA, Floats
from planner.capabilities.demand.limits import SERVED
from planner.model.build import Model
from planner.plan.derive import missing
from planner.plan.extract.dense import dense
from planner.plan.limits.row import limit_row
from planner.plan.schema import (
    CashRow,
    DemandRow,
    FleetRow,
    LimitRow,
)
from planner.scenario.case import Case


def fleet(case: Case, model: Model, solution: Floats) -> list[FleetRow]:
    """Systems in service, from the model."""
    i = model.inputs
    values = dense(model.decisions.in_service.index, solution)
    rows = [
        FleetRow(
            system=i.systems[s],
            site=i.sites[j],
            period=i.periods[t],
            units=n,
            accelerators=n * case.systems[s].accelerators,
        )
        for s, j, t in np.argwhere(values > 0.5)
        if (n := round(float(values[s, j, t])))
    ]
    return sorted(rows, key=lambda r: (r.system, r.site, i.periods.index(r.period)))


def demands(case: Case, model: Model, solution: Floats) -> list[DemandRow]:
    """What each demand got, from its row."""
    block = model.frame.rows.get(SERVED.row)
    if block is None:
        return []
    activity = model.frame.activity(solution)
    rows = []
    for n, (d, t) in enumerate(block.keys):
        demand = case.demands[d]
        scale = PETA if demand.kind == "compute" else 1.0
        column = model.decisions.short.index[d, t]
        served = float(activity[block.first + n]) - (float(solution[column]) if column >= 0 else 0.0)
        short = missing(float(block.lower[n]), served)
        rows.append(
            DemandRow(
                demand=demand.id,
                period=model.inputs.periods[t],
                unit="FLOP/s" if demand.kind == "compute" else "accelerators",
                need=demand.need[t],
                served=served * scale,
                short=short * scale,
            )
        )
    return rows


def cash(model: Model, solution: Floats) -> list[CashRow]:
    """Every bucket of the ledger."""
    rows = []
    for flow in sorted(model.frame.flows.values(), key=lambda f: f.account.name):
        values, present = flow.at(solution), flow.present_at(solution)
        if flow.account.kind == "residual":
            values, present = (np.concatenate([np.zeros(len(each) - 1), [each.sum()]]) for each in (values, present))
        rows += [
            CashRow(bucket=flow.account.name, kind=flow.account.kind, period=label, usd=float(usd) * MEGA, present_usd=float(worth) * MEGA)
            for label, usd, worth in zip(model.inputs.periods, values, present, strict=True)
            if abs(usd) * MEGA > 1e-3
        ]
    return rows


def limits(model: Model, solution: Floats) -> list[LimitRow]:
    """Every row that a person would call a limit, with what is used of it."""
    activity = model.frame.activity(solution)
    rows = []
    for block in model.frame.blocks():
        if block.kind is None or not block.kind.headroom:
            continue
        count, aside, affine = len(block.lower), block.facts.aside, block.facts.affine
        used = activity[block.first : block.first + count]
        if aside is not None:  # a person sees what is served, not what is served or paid for
            used = used - np.where(aside >= 0, solution[aside], 0.0)
        offset = np.zeros(count) if affine is None else affine.offset  # constants stand on the side where a person looks for them
        for i in range(count):
            at = block.at(i)
            rows.append(limit_row(block.kind, replace(at, amount=at.amount - float(offset[i])), float(used[i] - offset[i])))
    return rows
