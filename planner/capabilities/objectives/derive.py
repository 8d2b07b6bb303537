"""What a plan says of its objectives, re-derived."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planner.capabilities.budget.derive import cash_rows, spent
from planner.capabilities.demand.case import DemandCase
from planner.capabilities.emissions.derive import carbon_rows
from planner.capabilities.objectives.case import ObjectivesCase
from planner.capabilities.objectives.schema import Criterion
from planner.errors import Problem
from planner.plan.compare import ABSOLUTE, REACHED, RELATIVE, agree
from planner.plan.derive import Derivation
from planner.plan.face import Derive
from planner.plan.schema import ObjectiveRow, Plan


def objective_findings(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """What does not hold of the plan's objectives, their values, bounds and gaps."""
    asked = len(plan.case.of(ObjectivesCase).goals)
    for i in range(asked, len(plan.goals)):
        yield Problem(
            "A001",
            f"the scenario has {asked} objectives, this would be number {i + 1}",
            path=f"goals.{i}",
        )
    if not plan.goals or (
        plan.solve.status == "optimal"
        and not (len(plan.goals) >= asked and all(row.proven for row in plan.goals))
    ):
        yield Problem(
            "A001",
            f"status is {plan.solve.status}, but not every objective is proven",
            path="solve.status",
        )
    for i, (row, entry) in enumerate(
        zip(plan.goals, plan.case.of(ObjectivesCase).goals, strict=False)
    ):
        value = objective_value(d, i)
        if row.name != str(entry.goal):
            yield Problem(
                "A001",
                f"objective `{row.name}` is not the scenario's `{entry.goal}`",
                path=f"goals.{i}.name",
            )
        if not agree(row.value, value):
            yield Problem(
                "A001",
                f"value is {row.value:.10g}, re-derived {value:.10g} {row.unit}",
                path=f"goals.{i}.value",
            )
        yield from _bound(f"goals.{i}", row, 1 if entry.goal.maximize else -1)
        yield from _given_up(
            f"goals.{i}", row, 1 if entry.goal.maximize else -1, may_give_up(plan, i)
        )
        given_up = entry.goal.tolerance if i + 1 < len(plan.goals) else 0.0
        if (
            row.proven
            and row.gap is not None
            and row.gap > 1.01 * plan.solve.gap + 1.01 * given_up + 10 * RELATIVE
        ):
            message = (
                f"proven, but {row.gap:.3g} from its bound, "
                f"where {plan.solve.gap:.3g} was asked for"
            )
            yield Problem("A001", message, path=f"goals.{i}.proven")


def may_give_up(plan: Plan, number: int) -> float:
    """How much of objective `number` (from 0) later ones may take, in its unit; of the last, what
    the gap allows fewer purchases.
    """
    row = plan.goals[number]
    share = (
        plan.case.of(ObjectivesCase).goals[number].goal.tolerance
        if number + 1 < len(plan.goals)
        else plan.solve.gap
    )
    return share * max(abs(row.value if row.reached is None else row.reached), 1e-6)


def given_up(plan: Plan, number: int) -> float:
    """How much of objective `number` (from 0) later ones, or fewer purchases, took, in its unit."""
    row = plan.goals[number]
    sign = 1.0 if plan.case.of(ObjectivesCase).goals[number].goal.maximize else -1.0
    return 0.0 if row.reached is None else max(0.0, sign * (row.reached - row.value))


def _given_up(path: str, row: ObjectiveRow, sign: int, allowed: float) -> Iterator[Problem]:
    """What an objective had reached is no better than its bound, and was given up no further than
    its tolerance.
    """
    if row.reached is None:
        return
    slack = 10 * RELATIVE * abs(row.reached) + ABSOLUTE
    if not math.isfinite(row.reached):
        yield Problem("A001", f"reached is {row.reached}", path=f"{path}.reached")
    elif row.bound is not None and sign * (row.reached - row.bound) > slack:
        yield Problem(
            "A001",
            f"reached {row.reached:.10g} is better than its bound {row.bound:.10g}",
            path=f"{path}.reached",
        )
    elif sign * (row.reached - row.value) > 1.01 * allowed + slack:
        message = (
            f"{row.reached:.10g} was reached and {row.value:.10g} is left; {allowed:.4g} "
            f"{row.unit} may be given up"
        )
        yield Problem("A001", message, path=f"{path}.reached")


def _bound(path: str, row: ObjectiveRow, sign: int) -> Iterator[Problem]:
    """A bound is on the right side of its value, and as far from it as the gap says."""
    if row.bound is None or row.gap is None:
        if row.proven or (row.bound is None) != (row.gap is None):
            yield Problem(
                "A001",
                f"bound is {row.bound}, gap is {row.gap}, proven is {row.proven}",
                path=f"{path}.bound",
            )
        return
    size = max(abs(row.value), abs(row.bound))
    if not (math.isfinite(row.bound) and math.isfinite(row.gap)):
        yield Problem("A001", f"bound is {row.bound}, gap is {row.gap}", path=f"{path}.bound")
    elif sign * (row.value - row.bound) > RELATIVE * abs(row.bound) + ABSOLUTE:
        yield Problem(
            "A001",
            f"value {row.value:.10g} is better than its bound {row.bound:.10g}",
            path=f"{path}.bound",
        )
    elif (
        size > 100 * ABSOLUTE
        and abs(abs(row.value - row.bound) / size - row.gap) > 10 * RELATIVE + ABSOLUTE / size
    ):
        message = (
            f"bound {row.bound:.10g} is {abs(row.value - row.bound) / size:.3g} of the "
            f"value away, the gap says {row.gap:.3g}"
        )
        yield Problem("A001", message, path=f"{path}.bound")


def objective_value(d: Derivation, number: int) -> float:
    """One objective of the case, from the decisions.

    PFLOP/s, accelerators, MW, GWh, ktCO2e, MUSD, days, a share of what is asked, or points of a
    weighted one.
    """
    entry = d.case.of(ObjectivesCase).goals[number]
    if entry.goal.weighted is None:
        return _criterion_value(d, entry.goal, entry.at)
    parts = zip(entry.goal.weighted, entry.parts_at, strict=True)
    return sum(
        (-part.weight if part.maximize else part.weight) * _criterion_value(d, part, at)
        for part, at in parts
    )


def _criterion_value(d: Derivation, criterion: Criterion, at: int | None) -> float:
    what = criterion.maximize or criterion.minimize
    if what in ("cost", "capex", "peak_cash"):
        return _money_value(d, what) / 1e6
    if what == "energy":
        return sum(r.energy_mwh for r in d.energy()) / 1e3
    if what == "carbon":
        return sum(row.grid_t + row.sources_t for row in carbon_rows(d)) / 1e3
    if what == "time":
        return _days_to(d, criterion)
    if what == "shortfall":
        return shortfall(d, criterion.priority)
    spread = [h / sum(d.hours) for h in d.hours]
    if at is not None:
        spread = [1.0 if t == at else 0.0 for t in range(len(d.hours))]
    if what == "power":
        return sum(
            share * d.sized_w(site, t)["utility"] / 1e6
            for site in d.case.sites
            for t, share in enumerate(spread)
            if share
        )
    return sum(
        share * rate
        for share, rate in zip(
            spread, _rates(d, criterion, computes=what == "compute"), strict=True
        )
    )


def _money_value(d: Derivation, what: str) -> float:
    if what == "cost":
        return sum(row.present_usd for row in cash_rows(d))
    if what == "capex":
        return sum(row.usd for row in spent(d, "capex"))
    by_period = dict.fromkeys(d.labels, 0.0)
    for row in (*spent(d, "capex"), *spent(d, "opex")):
        by_period[row.period] += row.usd
    return max(0.0, *by_period.values())


def _rates(d: Derivation, criterion: Criterion, *, computes: bool) -> list[float]:
    """PFLOP/s delivered, or accelerators, in service by period."""
    rates = [0.0] * len(d.labels)
    for (system_id, _), counts in d.units.items():
        system = d.case.system[system_id]
        each = (
            system.delivered_flop_s(criterion.precision, d.case.goodput) / 1e15
            if computes
            else float(system.accelerators)
        )
        for t, n in enumerate(counts):
            rates[t] += each * n
    return rates


def _days_to(d: Derivation, criterion: Criterion) -> float:
    """Days of the horizon before a capacity is there for good."""
    reach = (
        criterion.accelerators.number
        if criterion.accelerators is not None
        else (criterion.compute_flop_s or 0.0) / 1e15
    )
    rates = _rates(d, criterion, computes=criterion.accelerators is None)
    days = sum(d.hours) / 24.0
    for rate, hours in zip(reversed(rates), reversed(d.hours), strict=True):
        if rate < reach * (1 - REACHED):
            break
        days -= hours / 24.0
    return days


def shortfall(d: Derivation, priority: int | None) -> float:
    """Missing over asked: the mean over the demands of a priority (all that may go short, if None)
    and the time in which they ask.
    """
    mine = {
        demand.id
        for demand in d.case.of(DemandCase).demands
        if demand.may_go_short and priority in (None, demand.priority)
    }
    rows = [row for row in d.demands() if row.demand in mine]
    asked = sum(d.hours[d.at[row.period]] for row in rows)
    return (
        sum(d.hours[d.at[row.period]] * row.short / row.need for row in rows) / asked
        if asked
        else 0.0
    )


FACE = Derive(kept=objective_findings)
