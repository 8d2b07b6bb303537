"""From numbers back to a plan: the only way out of the model.

Whole numbers are made whole and everything that hangs on them is recomputed; what the model itself knows (fleet, demand served, cash,
limits) is
read from its own rows and ledger, so that the audit has something to disagree with.
"""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
import numpy.typing as npt

from planner.model.build import Model
from planner.plan.derive import Decisions, Derivation
from planner.plan.limits import limit_row, share_rows
from planner.plan.schema import (
    Assignment,
    Built,
    CashRow,
    DemandRow,
    FleetRow,
    GoalRow,
    LimitRow,
    Plan,
    Purchase,
    Retirement,
    SolveInfo,
    digest_of,
)
from planner.scenario.case import Case
from planner.solve.engine import relative_gap
from planner.solve.run import GoalResult, Outcome, Settings

Floats = npt.NDArray[np.float64]
PETA = 1e15
MEGA = 1e6


def extract(case: Case, model: Model, outcome: Outcome, settings: Settings) -> Plan:
    """The plan of an outcome, not yet audited."""
    solution = snap(model, outcome.solution)
    decisions = Decisions(
        purchases=_purchases(case, model, solution),
        retirements=_retirements(model, solution),
        built=_built(model, solution),
        assignments=_assignments(model, solution),
    )
    derived = Derivation(case, decisions)
    return Plan(
        name=case.name,
        solve=SolveInfo(
            status=outcome.status,
            solver=f"{settings.solver} through OR-Tools MathOpt",
            solver_version=version("ortools"),
            planner_version=version("ai-cluster-planner"),
            gap=settings.gap,
            time_limit_s=settings.time_limit_s,
            seed=settings.seed,
            seconds=outcome.seconds,
        ),
        goals=[_goal(g, objective.at(solution)) for g, objective in zip(outcome.goals, model.objectives, strict=False)],
        purchases=decisions.purchases,
        retirements=decisions.retirements,
        built=decisions.built,
        assignments=decisions.assignments,
        fleet=_fleet(case, model, solution),
        demands=_demands(case, model, solution),
        power=derived.power(),
        energy=derived.energy(),
        cash=_cash(model, solution),
        shares=share_rows(derived),
        compute=derived.compute(),
        limits=_limits(model, solution),
        totals=derived.totals(),
        case_digest=digest_of(case),
        case=case,
    )


def _goal(result: GoalResult, value: float) -> GoalRow:
    """An objective as the plan has it in the end: later objectives may have used some of its tolerance."""
    gap = None if result.bound is None else relative_gap(value, result.bound)
    return GoalRow(
        name=result.name,
        unit=result.unit,
        value=value,
        bound=result.bound,
        gap=gap,
        proven=result.proven,
        second=result.second,
        seconds=result.seconds,
    )


def snap(model: Model, solution: Floats) -> Floats:
    """Whole decisions made whole, and the variables that they determine recomputed from the model's own arithmetic."""
    frame, inputs, v = model.frame, model.inputs, model.decisions
    snapped = solution.copy()
    _, _, integer = frame.bounds()
    snapped[integer] = np.round(snapped[integer])
    runs = v.in_service.index
    delivered, retired = _dense(v.delivered.index, snapped), _dense(v.retired.index, snapped)
    arrived = np.zeros_like(delivered)
    for s, delay in enumerate(inputs.fit_out):
        if delay < delivered.shape[2]:
            arrived[s, :, delay:] = delivered[s, :, : delivered.shape[2] - delay]
    standing = inputs.existing[:, :, None] + np.cumsum(arrived - retired, axis=2)
    snapped[runs[runs >= 0]] = standing[runs >= 0]
    _fit_assigned(model, snapped, standing)
    needed = (inputs.it_mw[:, :, None] * standing).sum(axis=0)
    built = np.maximum.accumulate(np.maximum(snapped[v.built.index], needed), axis=1)
    # a hall built before it is needed is dearer or, to a solver, the same: only the budget of a period can ask for it
    least = np.maximum.accumulate(np.maximum(needed, inputs.existing_it_mw[:, None]), axis=1)
    asked = bool(inputs.capex_by_period_musd) & (np.abs(built - least) >= 1e-6) & (inputs.construction_musd_per_mw > 0)[:, None]
    snapped[v.built.index] = np.where(asked, built, least)
    short = v.short.index
    served = frame.rows.get("demand.served")
    if served is not None and (short >= 0).any():
        activity = frame.activity(np.where(np.isin(np.arange(len(snapped)), short), 0.0, snapped))
        for i, key in enumerate(served.keys):
            column = short[tuple(key)]
            if column >= 0:
                snapped[column] = max(0.0, served.lower[i] - activity[served.first + i])
    capex = frame.variables["capex"].index
    snapped[capex] = sum((flow.at(snapped) for flow in frame.flows_of("cash", prefix="capex.")), np.zeros(len(capex)))
    return snapped


def _fit_assigned(model: Model, snapped: Floats, standing: Floats) -> None:
    """Demands share what stands, and not the crumbs that rounding took away."""
    block = model.frame.variables.get("assigned")
    if block is None:
        return
    values = np.maximum(_dense(block.index, snapped), 0.0)
    compute = np.array([model.inputs.demand_is_compute[model.inputs.demands.index(name)] for name in block.axes[0]])
    for mine in (compute, ~compute):
        total = values[mine].sum(axis=0)
        values[mine] *= np.divide(standing, total, out=np.ones_like(total), where=total > standing)
    snapped[block.index[block.index >= 0]] = values[block.index >= 0]


def _dense(index: npt.NDArray[np.int64], solution: Floats) -> Floats:
    return np.where(index >= 0, solution[index], 0.0)


def _purchases(case: Case, model: Model, solution: Floats) -> list[Purchase]:
    block = model.decisions.delivered
    labels = model.inputs.periods
    rows = []
    for s, site, t in np.argwhere(_dense(block.index, solution) > 0.5):
        system = case.systems[s]
        units = round(float(solution[block.index[s, site, t]]))
        start = t + system.fit_out_periods
        rows.append(
            Purchase(
                system=system.id,
                site=case.sites[site].id,
                ordered=labels[max(0, t - system.lead_time_periods)],
                delivered=labels[t],
                in_service=labels[start] if start < len(labels) else None,
                units=units,
                accelerators=units * system.accelerators,
                price_usd=system.price_usd,
                systems_usd=units * system.price_usd,
                fabric_usd=units * system.price_usd * system.fabric_cost,
            )
        )
    return sorted(rows, key=lambda p: (labels.index(p.delivered), p.site, p.system))


def _retirements(model: Model, solution: Floats) -> list[Retirement]:
    block = model.decisions.retired
    i = model.inputs
    return [
        Retirement(
            system=i.systems[s],
            site=i.sites[site],
            period=i.periods[t],
            units=round(float(solution[block.index[s, site, t]])),
        )
        for s, site, t in np.argwhere(_dense(block.index, solution) > 0.5)
    ]


def _built(model: Model, solution: Floats) -> list[Built]:
    i = model.inputs
    values = solution[model.decisions.built.index]
    return [
        Built(site=site, period=label, it_mw=float(values[j, t]))
        for j, site in enumerate(i.sites)
        for t, label in enumerate(i.periods)
        if values[j, t] > 0
    ]


def _assignments(model: Model, solution: Floats) -> list[Assignment]:
    block = model.frame.variables.get("assigned")
    if block is None:
        return []
    values = _dense(block.index, solution)
    return [
        Assignment(
            demand=block.axes[0][d],
            system=block.axes[1][s],
            site=block.axes[2][j],
            period=block.axes[3][t],
            units=float(values[d, s, j, t]),
        )
        for d, s, j, t in np.argwhere(values > 1e-9)
    ]


def _fleet(case: Case, model: Model, solution: Floats) -> list[FleetRow]:
    i = model.inputs
    values = _dense(model.decisions.in_service.index, solution)
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


def _demands(case: Case, model: Model, solution: Floats) -> list[DemandRow]:
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
        short = max(0.0, float(block.lower[n]) - served)
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


def _cash(model: Model, solution: Floats) -> list[CashRow]:
    rows = []
    for flow in sorted(model.frame.flows.values(), key=lambda f: (f.name, f.kind)):
        values = flow.at(solution)
        if flow.kind == "residual":
            values = np.concatenate([np.zeros(len(values) - 1), [values.sum()]])
        rows += [
            CashRow(bucket=flow.name, kind=flow.kind, period=label, usd=float(usd) * MEGA)
            for label, usd in zip(model.inputs.periods, values, strict=True)
            if abs(usd) * MEGA > 1e-3
        ]
    return rows


def _limits(model: Model, solution: Floats) -> list[LimitRow]:
    activity = model.frame.activity(solution)
    rows = []
    for block in model.frame.blocks():
        if block.limit is None or block.name.startswith("share."):
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
            if block.name == "budget.total":
                used, limit = _with_constant(model, used, limit)
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
