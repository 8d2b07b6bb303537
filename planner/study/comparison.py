"""A comparison as data: what became of each column, what it delivers, and by how much it can differ
from the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planner.capabilities.budget.tables import CASH
from planner.capabilities.demand.case import DemandCase
from planner.capabilities.demand.tables import COMPUTE
from planner.capabilities.objectives.case import ObjectivesCase
from planner.capabilities.sourcing.schema import PRECISION
from planner.catalog.hardware import Precision
from planner.core.case import Case
from planner.plan.schema import Plan

At = Literal["compute", "power", "money"]
"""What is the same in every column: what is delivered, what is drawn, what is spent."""
State = Literal["plan", "no plan", "not solved"]
"""A plan, perhaps not proven the best; it is proven that there is none; or neither is known."""
HOURS_PER_YEAR = 8760.0
PETA = 1e15
ROUNDING = 1e-6
"""Outputs that differ by no more than this share are equal, however small the gaps."""


@dataclass(frozen=True)
class Compared:
    """What became of one column."""

    name: str
    says: str
    state: State
    plan: Plan | None = None
    refusal: str = ""
    """Why there is no plan, or none was found; empty with one."""
    code: int = 0
    """Exit code of what kept it from being solved; 0 where it was."""


@dataclass(frozen=True)
class Span:
    """A difference between the best plans of two columns: it lies between `least` and `most`."""

    least: float
    most: float
    least_share: float | None
    """Of the value of the first column; None where that is nothing."""
    most_share: float | None


@dataclass(frozen=True)
class Comparison:
    """Columns side by side; the first is the reference."""

    title: str
    columns: tuple[Compared, ...]
    at: At | None = None
    precision: Precision = PRECISION
    """Number format in which what is delivered is counted."""

    @property
    def reference(self) -> Compared:
        """What the others are held against."""
        return self.columns[0]

    @property
    def code(self) -> int:
        """Exit code: 0 where every column has an answer and one of them is a plan, 3 where it is
        proven of all that there is none, else that of what kept a column from being solved.
        """
        codes = [c.code for c in self.columns if c.code]
        if codes:
            return 1 if 1 in codes else codes[0]
        return 0 if any(c.plan for c in self.columns) else 3

    def premium(self, number: int) -> Span | str:
        """By how much column `number` differs from the first: USD of present cost, or, at equal
        power or money, PFLOP/s (mean over the horizon); or why that cannot be said.

        The true difference between the best plans lies within the span, by the proven bounds of
        both.
        """
        plan, first = self.columns[number].plan, self.reference.plan
        if plan is None or first is None:
            return self.columns[number].state if first else "no reference"
        if self.at is None and not equal_output(plan, first, self.precision):
            return "other output"
        mine, theirs = _values(plan, self.at), _values(first, self.at)
        if mine is None or theirs is None:
            return "not proven"
        least, most = mine[0] - theirs[1], mine[1] - theirs[0]
        shares = (
            (mine[0] / theirs[1] - 1, mine[1] / theirs[0] - 1)
            if min(mine[0], theirs[0]) > 0
            else None
        )
        return Span(least, most, *(shares or (None, None)))


def _values(plan: Plan, at: At | None) -> tuple[float, float] | None:
    """(least, most) that the best value of the first objective can be: USD, or PFLOP/s at equal
    power or money; None where it is another objective, or nothing is proven of it.
    """
    objective = plan.goals[0] if plan.goals else None
    if objective is None or objective.bound is None:
        return None
    goal = plan.case.of(ObjectivesCase).goals[0].goal
    if at in ("power", "money"):
        return (objective.value, objective.bound) if goal.maximize == "compute" else None
    if goal.minimize != "cost" or goal.weighted is not None:
        return None
    return objective.bound * 1e6, objective.value * 1e6


def delivered_pflop_s(plan: Plan, precision: str) -> dict[str, float]:
    """Delivered PFLOP/s of the fleet by period, at a precision."""
    return {
        row.period: row.delivered_flop_s / PETA
        for row in plan.of(COMPUTE)
        if row.precision == precision
    }


def output_pflop_s_years(plan: Plan, precision: str) -> float:
    """What is delivered over the horizon: Σ PFLOP/s · hours / 8760, not discounted."""
    hours = {period.label: period.hours for period in plan.case.timeline.periods}
    rates = delivered_pflop_s(plan, precision)
    return sum(rate * hours[period] for period, rate in rates.items()) / HOURS_PER_YEAR


def equal_output(plan: Plan, other: Plan, precision: str) -> bool:
    """Whether two plans deliver the same in every period, as far as their gaps can tell, over the
    same horizon.
    """
    if [p.label for p in plan.case.timeline.periods] != [
        p.label for p in other.case.timeline.periods
    ]:
        return False
    slack = ROUNDING + sum(max((g.gap or 0.0 for g in p.goals), default=0.0) for p in (plan, other))
    mine, theirs = delivered_pflop_s(plan, precision), delivered_pflop_s(other, precision)
    return (
        any(theirs.values())
        and all(
            abs(mine.get(t, 0.0) - theirs.get(t, 0.0)) <= slack * max(mine.get(t, 0.0), theirs[t])
            for t in theirs
        )
        and set(mine) <= set(theirs)
    )


def bare_cost_usd(plan: Plan) -> float:
    """Present cost without priced shortfall: what is delivered does not pay for what is not."""
    priced = sum(row.present_usd for row in plan.of(CASH) if row.kind == "penalty")
    return plan.totals.present_cost_usd - priced


def precision_of(case: Case) -> Precision:
    """The number format of the first compute demand, or else of the first objective that has one,
    or else bf16.
    """
    for demand in case.of(DemandCase).demands:
        if demand.precision is not None:
            return demand.precision
    for entry in case.of(ObjectivesCase).goals:
        if entry.goal.maximize == "compute":
            return entry.goal.precision
    return PRECISION
