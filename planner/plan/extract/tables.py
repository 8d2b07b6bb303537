"""The tables that the model itself knows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

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

Floats = npt.NDArray[np.float64]
PETA = 1e15
MEGA = 1e6
NO_HEADROOM = ("share.", "survival.", "supply.minimum", "supply.lots", "hall.housed", "demand.one_place")
"""Row blocks of limits that a person knows as a rule, with a choice in it: it holds or is lifted, and has no headroom."""


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
    block = model.frame.rows.get("demand.served")
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
    for flow in sorted(model.frame.flows.values(), key=lambda f: (f.name, f.kind)):
        values, present = flow.at(solution), flow.present_at(solution)
        if flow.kind == "residual":
            values, present = (np.concatenate([np.zeros(len(each) - 1), [each.sum()]]) for each in (values, present))
        rows += [
            CashRow(bucket=flow.name, kind=flow.kind, period=label, usd=float(usd) * MEGA, present_usd=float(worth) * MEGA)
            for label, usd, worth in zip(model.inputs.periods, values, present, strict=True)
            if abs(usd) * MEGA > 1e-3
        ]
    return rows


def limits(model: Model, solution: Floats) -> list[LimitRow]:
    """Every row that a person would call a limit, with what is used of it."""
    activity = model.frame.activity(solution)
    rows = []
    for block in model.frame.blocks():
        if block.limit is None or block.name.startswith(NO_HEADROOM):
            continue
        for i in range(len(block.lower)):
            labels = block.labels(i)
            name, path = block.limit(labels)
            least = bool(np.isfinite(block.lower[i]))
            limit = float(block.lower[i] if least else block.upper[i])
            used = float(activity[block.first + i])
            if block.name == "demand.served":  # a person sees what is served, not what is served or paid for
                column = model.decisions.short.index[tuple(block.keys[i])]
                used -= float(solution[column]) if column >= 0 else 0.0
            if block.name == "crew.construction" and block.keys[i][1] == 0:  # a person sees what is built, not what stands already
                stands = float(model.inputs.build.works[block.keys[i][0]] @ model.inputs.existing_it_mw)
                used, limit = used - stands, limit - stands
            if block.name == "budget.total":
                used, limit = _with_constant(model, used, limit)
            if block.name == "budget.construction":  # what stood at the start costs nothing
                at = block.keys[i][0]
                stood = float(model.inputs.construction_musd_per_mw[at] * model.inputs.existing_it_mw[at])
                used, limit = used - stood, limit - stood
            rows.append(
                limit_row(
                    block.label(i),
                    name,
                    block.sentence(i),
                    block.unit_of(i),
                    used,
                    limit,
                    least=least,
                    path=path,
                )
            )
    return rows


def _with_constant(model: Model, used: float, limit: float) -> tuple[float, float]:
    """The total budget's row has the constants of its flows on the right side; a person sees both sides with them."""
    constant = sum(float(flow.constant.sum()) for flow in model.frame.flows_of("cash", prefix="opex."))
    return used + constant, limit + constant
