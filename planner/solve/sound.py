"""Is this really a plan? The solver's word is not enough: every row, bound and whole number is looked at again."""

from __future__ import annotations

import numpy as np

from planner.arrays import Floats
from planner.model.frame import Frame, Objective

FEASIBILITY = 1e-5
"""Largest accepted violation of a row, relative to the size of its terms."""


def violation(frame: Frame, solution: Floats) -> float:
    """The worst violation of any row, bound or integrality, each relative to the size of its terms; infinite if a value is not finite."""
    if not np.isfinite(solution).all():
        return float("inf")
    lower, upper, integer = frame.bounds()
    low, high = frame.row_bounds()
    activity, size = activities(frame, solution)
    worst_row = np.max(np.maximum(low - activity, activity - high) / size, initial=0.0)
    worst_bound = np.max(np.maximum(lower - solution, solution - upper) / np.maximum(1.0, np.abs(solution)), initial=0.0)
    fraction = np.max(np.abs(solution - np.round(solution))[integer], initial=0.0)
    return float(max(worst_row, worst_bound, fraction))


def activities(frame: Frame, solution: Floats) -> tuple[Floats, Floats]:
    """([rows] Σ coefficient · variable, [rows] Σ of their sizes and at least 1)."""
    rows, columns, values = frame.matrix()
    products = values * solution[columns]
    activity = np.bincount(rows, weights=products, minlength=frame.row_count)
    size = np.maximum(1.0, np.bincount(rows, weights=np.abs(products), minlength=frame.row_count))
    return activity.astype(np.float64), size.astype(np.float64)


def nothing(goal: Objective, *values: float) -> bool:
    """Whether values of an objective are all nothing: what `FEASIBILITY` of one of its columns may be worth.

    Where another objective is held at 0, a solver still finds a millionth of a machine, and a gap of 100 % between that and none.
    """
    crumb = FEASIBILITY * float(np.max(np.abs(goal.values), initial=0.0))
    return all(abs(value) <= crumb for value in values)
