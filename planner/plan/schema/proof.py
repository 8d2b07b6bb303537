"""How was a plan found, and how good is it proven to be?"""

from __future__ import annotations

from typing import Literal

from planner.records import Record


class Polish(Record):
    """What was done to the plan once its last objective was solved."""

    cost: Literal["an objective", "least among equals", "not looked at"]
    """Whether cost was asked for; if not, whether the cheapest was looked for of plans as good in all that was asked."""
    fragments: int
    """Purchases below a hundredth of the accelerators that their site ever gets, and below a tenth of its mean purchase."""
    kept: int
    """Those of them that the plan still has."""
    fewest: bool
    """Whether it is proven that no plan has fewer and is within what each objective may give up."""


class SolveInfo(Record):
    """How the plan was found."""

    status: Literal["optimal", "feasible", "interrupted"]
    """Optimal: every objective proven within the asked gap. Feasible: stopped by the time limit. Interrupted: by the user."""
    solver: str
    solver_version: str
    planner_version: str
    gap: float
    time_limit_s: float
    seed: int
    seconds: float
    polish: Polish | None = None


class GoalRow(Record):
    """One objective of the plan. `bound` is what no plan can beat; None where it was not computed.

    `reached` is the value when it was solved itself, before later ones, or fewer purchases, took of it what may be given up.

    `second` is what a second solver said of the proof: it agrees, found the better plan shown here, or did not get so far in time.
    """

    name: str
    unit: str
    value: float
    bound: float | None
    gap: float | None
    proven: bool
    second: Literal["not asked", "agrees", "better", "silent"] = "not asked"
    seconds: float
    reached: float | None = None
