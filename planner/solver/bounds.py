"""How many of a thing can there be at most, by the rows that are kept?

The bounds of machines only repeat what limits say, so they go when a limit goes. Without any bound
a question in whole numbers may have no end, so they are worked out again from the rows that are
left: each row bounds each of its columns by what the others take at least, and a column that can
only be whole is rounded down. What follows from rows takes nothing away from them.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace

import numpy as np

from planner.arrays import Bools, Floats, Ints
from planner.model.frame import Frame

ROUNDS = 8
NOTHING = 1e-9
NEARLY = 1e-6


def integral_columns(frame: Frame) -> Bools:
    """[columns] whether a column is whole in every plan: an integer, or by an equation with whole
    coefficients from whole columns.
    """
    _, _, integer = frame.bounds()
    integral: Bools = integer.copy()
    rows, columns, values = frame.matrix()
    low, high = frame.row_bounds()
    broken = ~((low == high) & (low == np.round(low)))
    np.logical_or.at(broken, rows, values != np.round(values))
    usable = ~broken[rows]
    rows, columns, values = rows[usable], columns[usable], values[usable]
    while True:
        unknown = ~integral[columns]
        open_columns = np.bincount(rows, weights=unknown, minlength=frame.row_count)
        found = columns[unknown & (open_columns[rows] == 1) & (np.abs(values) == 1.0)]
        if len(found) == 0:
            return integral
        integral[found] = True


def tightened(frame: Frame, low: Floats, high: Floats, integral: Bools) -> Floats:
    """[columns] upper bounds that follow from the rows with these bounds and from the frame's own
    columns.
    """
    least, upper, _ = frame.bounds()
    rows, columns, values = frame.matrix()
    some = values != 0.0  # terms may cancel, and nothing times no bound is no number
    rows, columns, values = rows[some], columns[some], values[some]
    for _ in range(ROUNDS):
        smallest = np.where(values > 0, values * least[columns], values * upper[columns])
        largest = np.where(values > 0, values * upper[columns], values * least[columns])
        below, above = (
            _others(smallest, rows, frame.row_count, -np.inf),
            _others(largest, rows, frame.row_count, np.inf),
        )
        with np.errstate(invalid="ignore"):
            room = np.where(values > 0, (high[rows] - below) / values, (low[rows] - above) / values)
        room = np.where(np.isfinite(room), room, np.inf)
        room += NOTHING * np.maximum(1.0, np.where(np.isfinite(room), np.abs(room), 0.0))
        tighter = upper.copy()
        np.minimum.at(tighter, columns, room)
        tighter = np.maximum(
            np.where(integral & np.isfinite(tighter), np.floor(tighter + NEARLY), tighter), least
        )
        if not (tighter < upper - NEARLY).any():
            return tighter
        upper = tighter
    return upper


def bounded(frame: Frame, integral: Bools) -> Frame:
    """The model with the upper bounds that follow from its rows. The given frame stays as it is."""
    upper, result = tightened(frame, *frame.row_bounds(), integral), copy(frame)
    result.variables = {
        name: replace(block, upper=upper[block.columns]) for name, block in frame.variables.items()
    }
    return result


def _others(terms: Floats, rows: Ints, count: int, endless: float) -> Floats:
    """The sum of the other terms of each entry's row; `endless` where one of them has no bound."""
    open_ended = ~np.isfinite(terms)
    finite = np.where(open_ended, 0.0, terms)
    total = np.bincount(rows, weights=finite, minlength=count)[rows] - finite
    others = np.bincount(rows, weights=open_ended, minlength=count)[rows] - open_ended
    return np.where(others > 0, endless, total)
