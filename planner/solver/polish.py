"""The last touch on a plan: purchases too small to mean anything go, where all that was asked stays
within what it may give up.

Within a gap of 0.1 % a solver is content with 13 systems of one product beside 2 038 of another, or
with one rack more a quarter later. A fragment is a purchase (a product, a site, a period) below a
hundredth of the accelerators that its site ever gets, and below a tenth of what a purchase there
has on average. Where there are any:

    1. as few fragments as can be: every earlier objective within its tolerance, the last one within
       the gap that was asked for and a thousandth of itself, cost (where it is no objective) within
       a thousandth; nothing is bought that the plan does not buy
    2. with what is left, the last objective as good as can be, and where cost is no objective, the
       cheapest of those
The bounds are those of the whole question and stay true; the last objective's value, and so its
gap, is that of the polished plan.
"""

from __future__ import annotations

import time
from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from planner.arrays import Floats, Ints
from planner.assembly.model import hold
from planner.errors import SolverError
from planner.model.family import Model
from planner.model.frame import Frame, Objective
from planner.model.terms import Terms
from planner.solver.crosscheck import FEASIBILITY, violation
from planner.solver.engine import Engine
from planner.solver.messages import SolveResult

FRAGMENT, OF_ONE = 0.01, 0.1
"""A fragment is below this share of the accelerators delivered to a site over the horizon, and of
those of its mean purchase."""
WORTH = 1e-3
"""Share of the last objective, and of cost, that fewer purchases may take at most."""
LEAST_SECONDS, FIRST = 3.0, 0.7
"""How long it may take: three seconds, or as long as all objectives took; and the part of that
which may go into counting fragments."""
HALF = 0.25
"""Of a purchase: a plan of so few that this share of one is all that could be missing has as few as
there can be."""
EQUAL = 1e-6
"""Values of an objective that differ by no more than this share are equal."""


def fragments(model: Model, solution: Floats) -> Ints:
    """Columns of deliveries that are fragments."""
    index = model.decisions.delivered.index
    chips = (
        np.where(index >= 0, np.round(solution[index]), 0.0)
        * model.inputs.accelerators[:, None, None]
    )
    all_of_it, many = chips.sum(axis=(0, 2)), np.maximum(1, np.count_nonzero(chips, axis=(0, 2)))
    small = (chips > 0) & (chips < (all_of_it * np.minimum(FRAGMENT, OF_ONE / many))[None, :, None])
    return np.asarray(index[small], dtype=np.int64)


@dataclass(frozen=True)
class Polish:
    """What became of the fragments of a plan."""

    fragments: int = 0
    """Purchases that were too small to mean anything."""
    kept: int = 0
    """Those of them that the plan still has."""
    fewest: bool = False
    """Whether a solver proved that no plan has fewer and is as good as was asked."""


def furthest(objective: Objective, value: float, bound: float | None, gap: float) -> float:
    """The worst value of the last objective that fewer purchases may leave it; its own where
    nothing may be given up.
    """
    if bound is None:
        return value
    sign = -1.0 if objective.maximize else 1.0
    allowed = min(sign * value + WORTH * abs(value), sign * bound + gap * abs(bound))
    return sign * max(sign * value, allowed)


@dataclass(frozen=True)
class Polisher:
    """What it takes to ask for a plan of fewer purchases. `frame` holds the objectives before the
    last.
    """

    frame: Frame
    model: Model
    engine: Engine
    gap: float
    seed: int
    solver: str
    until: float
    """When to stop, by `time.perf_counter`."""

    def polished(self, solution: Floats, limit: float) -> tuple[Floats, Polish]:
        """The plan with fewer purchases, or the same; `limit` is the worst value that the last
        objective may get.

        Raises `Interrupted`.
        """
        small = fragments(self.model, solution)
        many = int(small.size)
        if not many or self.until - time.perf_counter() < 0.1:
            return solution, Polish(many, many)
        frame, kept = self._counted(solution, small, limit)
        count = Objective.of(
            "fewest purchases",
            "purchases",
            maximize=False,
            parts=[(kept, np.ones(many))],
            constant=1.0,
        )
        answer = self._ask(
            frame, count, np.concatenate([solution, np.ones(many)]), HALF / (1 + many), FIRST
        )
        found, fewest = self._plan(frame, answer), answer.reason == "optimal"
        if found is None or np.round(found[kept]).sum() >= many:
            return solution, Polish(many, many, fewest)
        found = self._good(frame, np.round(found[kept]), found)[: self.frame.column_count]
        return found, Polish(many, int(np.count_nonzero(np.round(found[small]))), fewest)

    def _counted(self, solution: Floats, small: Ints, limit: float) -> tuple[Frame, Ints]:
        """The question in which fragments are counted, and the columns that say whether each is
        kept.
        """
        frame, last = _copied(self.frame), len(self.model.objectives)
        hold(frame, self.model.objectives[-1], limit, EQUAL, last)
        if self.model.tie_break is not None:
            hold(frame, self.model.tie_break, self.model.tie_break.at(solution), WORTH, last + 1)
        block = frame.variables[self.model.decisions.delivered.name]
        columns = block.columns
        count = np.round(solution[columns])
        most = np.where(np.isin(columns, small), count, np.where(count > 0, block.upper, 0.0))
        frame.variables[block.name] = replace(block, upper=most)
        names = tuple(block.label(int(column)) for column in small)
        kept = frame.add_variables(
            "kept",
            (names,),
            unit="yes or no",
            meaning="a fragment is bought",
            upper=1.0,
            integer=True,
        ).index
        numbers = np.arange(small.size)
        frame.add_rows(
            "kept.bought",
            (names,),
            Terms().add(numbers, small, 1.0).add(numbers, kept, -np.round(solution[small])),
            unit="systems",
            meaning="a fragment that is not kept is not bought",
            present=np.ones(small.size, dtype=bool),
            upper=0.0,
        )
        return frame, kept

    def _good(self, frame: Frame, kept: Floats, found: Floats) -> Floats:
        """With the fragments that are kept: the last objective as good as can be, and then the
        cheapest of those.
        """
        left, objective, cost = _copied(frame), self.model.objectives[-1], self.model.tie_break
        left.variables["kept"] = replace(frame.variables["kept"], lower=kept, upper=kept)
        found = self._better(left, objective, found)
        if cost is not None:
            hold(left, objective, objective.at(found), EQUAL, len(self.model.objectives) + 2)
            found = self._better(left, cost, found)
        return found

    def _better(self, frame: Frame, objective: Objective, before: Floats) -> Floats:
        """The best plan of an objective that the time allows, from a plan that is one."""
        found = self._plan(frame, self._ask(frame, objective, before, self.gap, 1.0))
        return (
            before
            if found is None or (objective.at(found) < objective.at(before)) == objective.maximize
            else found
        )

    def _ask(
        self, frame: Frame, objective: Objective, hint: Floats, gap: float, share: float
    ) -> SolveResult:
        try:
            return self.engine.solve(
                frame.proto(objective),
                name=objective.name,
                time_limit_s=max(0.05, share * (self.until - time.perf_counter())),
                gap=gap,
                seed=self.seed,
                solver=self.solver,
                hint=hint.tobytes(),
            )
        # the plan stands without a polish, and a solver that fails here says nothing against it
        except SolverError:
            return SolveResult(
                "no_solution_found", None, None, None, None, 0.0, "the solver failed"
            )

    def _plan(self, frame: Frame, answer: SolveResult) -> Floats | None:
        """The answer's plan, if it is one."""
        if answer.values is None:
            return None
        found = np.frombuffer(answer.values, dtype=np.float64).copy()
        return found if violation(frame, found) <= FEASIBILITY else None


def _copied(frame: Frame) -> Frame:
    """A frame to which rows and columns can be added."""
    result = copy(frame)
    result.variables, result.rows = dict(frame.variables), dict(frame.rows)
    return result
