"""A mixed-integer program written one scalar at a time, and solved by another modelling library and
another solver: PuLP and CBC.

CBC runs as a process of its own, so nothing of it meets OR-Tools. Its presolve is off for the
reason ours is checked (decision 0009). It takes no squares: a program that limits a sum of them
goes to SCIP, with the quadratic row itself.
"""

from __future__ import annotations

import datetime
import math
from collections import defaultdict

import pulp
from ortools.math_opt.python import mathopt

from tests.properties import NoWord

Expression = dict[int, float]
"""Column → coefficient; −1 is the constant."""

CONSTANT = -1


def plus(*parts: tuple[float, Expression]) -> Expression:
    """Σ factor · expression."""
    total: Expression = defaultdict(float)
    for factor, expression in parts:
        for column, value in expression.items():
            total[column] += factor * value
    return dict(total)


Row = tuple[Expression, float, float]
"""lower ≤ expression ≤ upper."""


class Program:
    """A mixed-integer program, one scalar at a time."""

    def __init__(self, gap: float, time_limit_s: float) -> None:
        self.gap, self.time_limit_s = gap, time_limit_s
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.integer: list[bool] = []
        self.rows: list[Row] = []

    def column(self, upper: float = math.inf, *, integer: bool = False) -> Expression:
        """A new non-negative column."""
        self.lower.append(0.0)
        self.upper.append(upper)
        self.integer.append(integer)
        return {len(self.lower) - 1: 1.0}

    def at_most(self, expression: Expression, limit: float) -> None:
        """Expression ≤ limit."""
        if math.isfinite(limit):
            self.rows.append((expression, -math.inf, limit))

    def at_least(self, expression: Expression, limit: float) -> None:
        """Expression ≥ limit."""
        self.rows.append((expression, limit, math.inf))

    def least(self, goal: Expression, more: list[Row], cones: list[Cone] | None = None) -> float:
        """The least value of `goal`; +inf if there is no solution, −inf if nothing bounds it.

        Raises `NoWord` where the time limit is not enough.
        """
        return self._least_within(goal, more, cones) if cones else self._solved(goal, more)

    def _solved(self, goal: Expression, more: list[Row]) -> float:
        """The least value by PuLP and CBC."""
        program = pulp.LpProblem("second", pulp.LpMinimize)
        columns = [
            pulp.LpVariable(
                f"x{i}",
                low,
                None if math.isinf(high) else high,
                pulp.LpInteger if whole else pulp.LpContinuous,
            )
            for i, (low, high, whole) in enumerate(
                zip(self.lower, self.upper, self.integer, strict=True)
            )
        ]

        def linear(expression: Expression) -> pulp.LpAffineExpression:
            terms = [(columns[i], value) for i, value in expression.items() if i != CONSTANT]
            return pulp.LpAffineExpression(terms, expression.get(CONSTANT, 0.0))

        program += linear(goal)
        for expression, low, high in [*self.rows, *more]:
            fixed = expression.get(CONSTANT, 0.0)
            if not any(value for i, value in expression.items() if i != CONSTANT):
                if not low - 1e-9 <= fixed <= high + 1e-9:  # the library drops rows without columns
                    return math.inf
                continue
            if math.isfinite(low):
                program += linear(expression) >= low
            if math.isfinite(high):
                program += linear(expression) <= high
        self._solve(program)
        if program.status == pulp.LpStatusInfeasible:
            return math.inf
        if program.status == pulp.LpStatusUnbounded:
            return -math.inf
        if program.sol_status != pulp.LpSolutionOptimal:
            raise NoWord("CBC")
        values = [
            round(c.varValue or 0.0) if whole else (c.varValue or 0.0)
            for c, whole in zip(columns, self.integer, strict=True)
        ]
        at = {CONSTANT: 1.0, **dict(enumerate(values))}
        return at_point(goal, at)

    def _least_within(self, goal: Expression, more: list[Row], cones: list[Cone]) -> float:
        """The least value by SCIP: Σ q² ≤ factor² · (Σ q)² in its own rows."""
        model = mathopt.Model()
        columns = [
            model.add_variable(lb=low, ub=high, is_integer=whole)
            for low, high, whole in zip(self.lower, self.upper, self.integer, strict=True)
        ]

        def linear(expression: Expression) -> mathopt.LinearExpression:
            terms = [value * columns[i] for i, value in expression.items() if i != CONSTANT]
            return mathopt.fast_sum(terms) + expression.get(CONSTANT, 0.0)

        model.minimize(linear(goal))
        for expression, low, high in [*self.rows, *more]:
            fixed = expression.get(CONSTANT, 0.0)
            model.add_linear_constraint(
                lb=low - fixed, ub=high - fixed, expr=linear(expression) - fixed
            )
        for parts, factor in cones:
            q = [model.add_variable(lb=0.0) for _ in parts]
            for one, part in zip(q, parts, strict=True):
                model.add_linear_constraint(one - SCALE * linear(part) == 0.0)
            total = model.add_variable(lb=0.0)
            model.add_linear_constraint(total - mathopt.fast_sum(q) == 0.0)
            model.add_quadratic_constraint(
                mathopt.fast_sum([one * one for one in q]) - factor**2 * total * total <= 0.0
            )
        limit = datetime.timedelta(seconds=self.time_limit_s)
        asked = mathopt.SolveParameters(
            time_limit=limit, relative_gap_tolerance=self.gap, presolve=mathopt.Emphasis.OFF
        )
        result = mathopt.solve(model, mathopt.SolverType.GSCIP, params=asked)
        if result.termination.reason == mathopt.TerminationReason.INFEASIBLE:
            return math.inf
        if result.termination.reason == mathopt.TerminationReason.UNBOUNDED:
            return -math.inf
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            raise NoWord("SCIP")
        return result.objective_value()

    def _solve(self, program: pulp.LpProblem) -> None:
        """CBC now and then falls over a small program without presolve, and then takes it with."""
        settings = {"msg": False, "gapRel": self.gap, "timeLimit": self.time_limit_s}
        try:
            program.solve(
                pulp.PULP_CBC_CMD(
                    **settings, presolve=False, options=["preprocess off", "primalT 1e-9"]
                )
            )
        except pulp.PulpSolverError:
            program.solve(pulp.PULP_CBC_CMD(**settings))


SCALE = 100.0
"""What amounts are multiplied by before they are squared, so that SCIP's tolerance of 1e-6 is small
against the squares."""
Cone = tuple[list[Expression], float]
"""The Euclidean length of the expressions is at most the factor times their sum."""


def at_point(expression: Expression, at: dict[int, float]) -> float:
    """Value of an expression."""
    return sum(value * at[i] for i, value in expression.items())
