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
from planner.periods import earlier
from planner.plan.derive import Decisions, Derivation
from planner.plan.derive_networks import network_rows
from planner.plan.extract.clusters import clusters
from planner.plan.extract.covers import covers
from planner.plan.extract.dense import dense
from planner.plan.extract.fleet import moves, qualifications, retirements
from planner.plan.extract.halls import gear, halls_begun, housed
from planner.plan.extract.networks import with_fabrics
from planner.plan.extract.sources import outputs, starts
from planner.plan.extract.survival import reserves
from planner.plan.extract.tables import cash, demands, fleet, limits
from planner.plan.extract.whole import snap
from planner.plan.limits.shares import concentration_rows, share_rows
from planner.plan.limits.survival import survival_rows
from planner.plan.meter import carbon_rows, meter_rows, water_rows
from planner.plan.money import totals
from planner.plan.schema import (
    Assignment,
    Built,
    GoalRow,
    Plan,
    Purchase,
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
    decisions = _decided(case, model, solution)
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
        halls=decisions.halls,
        housed=decisions.housed,
        networks=network_rows(derived),
        gear=decisions.gear,
        clusters=decisions.clusters,
        fabrics=decisions.fabrics,
        moves=decisions.moves,
        qualifications=decisions.qualifications,
        fleet=fleet(case, model, solution),
        demands=demands(case, model, solution),
        power=derived.power(),
        energy=derived.energy(),
        cash=cash(model, solution),
        shares=share_rows(derived),
        compute=derived.compute(),
        limits=limits(model, solution),
        totals=totals(derived),
        source_starts=decisions.source_starts,
        source_outputs=decisions.source_outputs,
        source_covers=decisions.source_covers,
        sources=derived.source_rows(),
        meter=meter_rows(derived),
        carbon=carbon_rows(derived),
        water=water_rows(derived),
        case_digest=digest_of(case),
        case=case,
        concentrations=concentration_rows(derived),
        reserves=decisions.reserves,
        survival=survival_rows(derived),
    )


def _decided(case: Case, model: Model, solution: Floats) -> Decisions:
    decided = Decisions(
        purchases=_purchases(case, model, solution),
        retirements=retirements(model, solution),
        built=_built(model, solution),
        assignments=_assignments(model, solution),
        halls=halls_begun(case, model, solution),
        housed=housed(case, model, solution),
        gear=gear(model, solution),
        clusters=clusters(model, solution),
        reserves=reserves(model, solution),
        source_starts=starts(model, solution),
        source_outputs=outputs(model, solution),
        source_covers=covers(model, solution),
        moves=moves(model, solution),
        qualifications=qualifications(case, model, solution),
    )
    return with_fabrics(case, model, solution, decided)


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


def _purchases(case: Case, model: Model, solution: Floats) -> list[Purchase]:
    block = model.decisions.delivered
    labels = model.inputs.periods
    rows = []
    for s, site, t in np.argwhere(dense(block.index, solution) > 0.5):
        system, arrival = case.systems[s], case.arrivals[case.systems[s].id][t]
        assert arrival is not None  # else there is no such column
        units = round(float(solution[block.index[s, site, t]]))
        rows.append(
            Purchase(
                system=system.id,
                site=case.sites[site].id,
                ordered=labels[model.inputs.orders.ordered[s, t]],
                delivered=labels[t],
                in_service=labels[model.inputs.orders.runs[s, t]],
                ordered_on=str(earlier(arrival.day, system.lead_time_days)),
                delivered_on=str(arrival.day),
                units=units,
                accelerators=units * system.accelerators,
                price_usd=system.price_usd,
                systems_usd=units * system.price_usd,
                fabric_usd=units * case.fabric_usd(system, case.sites[site].id),
            )
        )
    return sorted(rows, key=lambda p: (labels.index(p.delivered), p.site, p.system))


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
    values = dense(block.index, solution)
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
