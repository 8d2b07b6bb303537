"""A mixed-integer program written one scalar at a time, and solved by another modelling library and another solver: PuLP and CBC.

CBC runs as a process of its own, so nothing of it meets OR-Tools. Its presolve is off for the reason ours is checked (decision 0009).
"""

from __future__ import annotations

import math
from collections import defaultdict

import pulp
from hypothesis import reject

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

        Cones are approached from outside: solved without, then with the tangent plane at every point that breaks one.
        Rejects the example of a property where the time limit is not enough.
        """
        tangents: list[Row] = []
        for _ in range(500):
            value, at = self._solved(goal, [*more, *tangents])
            fresh = [row for parts, factor in cones or [] if at and (row := _tangent(parts, factor, at))]
            if not fresh:
                return value
            tangents += fresh
        raise AssertionError("tangents lead nowhere")

    def _solved(self, goal: Expression, more: list[Row]) -> tuple[float, dict[int, float] | None]:
        """(least value, values of the columns)"""
        program = pulp.LpProblem("second", pulp.LpMinimize)
        columns = [
            pulp.LpVariable(f"x{i}", low, None if math.isinf(high) else high, pulp.LpInteger if whole else pulp.LpContinuous)
            for i, (low, high, whole) in enumerate(zip(self.lower, self.upper, self.integer, strict=True))
        ]

        def linear(expression: Expression) -> pulp.LpAffineExpression:
            terms = [(columns[i], value) for i, value in expression.items() if i != CONSTANT]
            return pulp.LpAffineExpression(terms, expression.get(CONSTANT, 0.0))

        program += linear(goal)
        for expression, low, high in [*self.rows, *more]:
            fixed = expression.get(CONSTANT, 0.0)
            if not any(value for i, value in expression.items() if i != CONSTANT):
                if not low - 1e-9 <= fixed <= high + 1e-9:  # the library drops rows without columns
                    return math.inf, None
                continue
            if math.isfinite(low):
                program += linear(expression) >= low
            if math.isfinite(high):
                program += linear(expression) <= high
        self._solve(program)
        if program.status == pulp.LpStatusInfeasible:
            return math.inf, None
        if program.status == pulp.LpStatusUnbounded:
            return -math.inf, None
        if program.sol_status != pulp.LpSolutionOptimal:
            reject()
        values = [round(c.varValue or 0.0) if whole else (c.varValue or 0.0) for c, whole in zip(columns, self.integer, strict=True)]
        at = {CONSTANT: 1.0, **dict(enumerate(values))}
        return at_point(goal, at), at

    def _solve(self, program: pulp.LpProblem) -> None:
        """CBC now and then falls over a small program without presolve, and then takes it with."""
        settings = {"msg": False, "gapRel": self.gap, "timeLimit": self.time_limit_s}
        try:
            program.solve(pulp.PULP_CBC_CMD(**settings, presolve=False, options=["preprocess off", "primalT 1e-9"]))
        except pulp.PulpSolverError:
            program.solve(pulp.PULP_CBC_CMD(**settings))


Cone = tuple[list[Expression], float]
"""The Euclidean length of the expressions is at most the factor times their sum."""


def at_point(expression: Expression, at: dict[int, float]) -> float:
    """Value of an expression."""
    return sum(value * at[i] for i, value in expression.items())


def _tangent(parts: list[Expression], factor: float, at: dict[int, float]) -> Row | None:
    """The plane that touches a cone where a point beyond it looks at it; None for a point within."""
    q = [max(0.0, at_point(part, at)) for part in parts]
    length, total = math.hypot(*q), sum(q)
    if total <= 1e-12 or (length / total) ** 2 <= factor**2 + 1e-7:
        return None
    return plus(*((100 / total * (x / length - factor), part) for x, part in zip(q, parts, strict=True))), -math.inf, 0.0
