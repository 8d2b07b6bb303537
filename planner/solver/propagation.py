"""What one more unit of a column brings along: a machine that is delivered runs, is paid for and
counts towards its vendor's share.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from planner.arrays import Bools, Floats
from planner.model.frame import Frame


class Propagation:
    """What one more of a column brings along so that all bookkeeping still adds up.

    An equality row in which exactly one continuous column has coefficient 1 defines that column: a
    machine that arrives runs from its service on, is paid for, and counts towards its vendor's
    share. Rows are followed in their order, which is that of time.
    """

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.by_column: dict[int, list[int]] = {}
        self.terms: dict[int, tuple[list[int], list[float]]] = {}
        self.defines: dict[int, int] = {}
        _, _, integer = frame.bounds()
        for block in frame.blocks():
            starts = np.searchsorted(block.rows, np.arange(len(block.lower) + 1))
            for row in np.flatnonzero(block.lower == block.upper).tolist():
                columns, values = (
                    block.columns[starts[row] : starts[row + 1]],
                    block.values[starts[row] : starts[row + 1]],
                )
                own = columns[(values == 1.0) & ~integer[columns]]
                if len(own) != 1:
                    continue
                number = block.first + row
                self.terms[number], self.defines[number] = (
                    (columns.tolist(), values.tolist()),
                    int(own[0]),
                )
                for column in columns.tolist():
                    self.by_column.setdefault(column, []).append(number)

    def decided(self, integer: Bools) -> Bools:
        """Columns that only sum up these whole numbers: units that run because of their starts."""
        result = np.zeros(self.frame.column_count, dtype=bool)
        for row, (columns, _) in self.terms.items():
            others = [c for c in columns if c != self.defines[row]]
            result[self.defines[row]] = bool(others) and bool(integer[others].all())
        return result

    def of(self, column: int) -> dict[int, float]:
        """Column → change, the column itself by 1."""
        change = {column: 1.0}
        waiting = sorted(self.by_column.get(column, ()))
        while waiting:
            row = waiting.pop(0)
            target = self.defines[row]
            columns, values = self.terms[row]
            due = -sum(
                v * change.get(c, 0.0) for c, v in zip(columns, values, strict=True) if c != target
            )
            if target == column or abs(due - change.get(target, 0.0)) < 1e-12:
                continue
            change[target] = due
            waiting = sorted({*waiting, *(r for r in self.by_column.get(target, ()) if r > row)})
        return change

    def uses(self, change: Mapping[int, float]) -> Floats:
        """Σ coefficient · change of every row."""
        vector = np.zeros(self.frame.column_count)
        for column, amount in change.items():
            vector[column] = amount
        return self.frame.activity(vector)
