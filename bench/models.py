"""What is asked of the solver, as digests for each scenario file: equal digests are equal models,
to the last bit.

python -m bench.models FILE… > before.txt

The first digest is of what is sent to the solver; the last is of the same rows, columns and
objectives by their names, whatever their order.
"""

from __future__ import annotations

import hashlib
import sys

from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.errors import PlannerError
from planner.model.frame import Frame, Objective
from planner.pipeline import read


def digest(file: str) -> str:
    """Rows, columns and two digests of a file's models; the error if it has none."""
    try:
        model = build(make_inputs(read(file).case))
    except (PlannerError, ValueError) as error:
        return type(error).__name__
    sent, named = (
        hashlib.sha256(),
        hashlib.sha256(repr(by_name(model.frame, model.objectives)).encode()),
    )
    for objective in model.objectives:
        sent.update(model.frame.proto(objective).SerializeToString(deterministic=True))
    return (
        f"{model.frame.row_count} rows {model.frame.column_count} columns "
        f"{sent.hexdigest()[:16]} {named.hexdigest()[:16]}"
    )


def by_name(frame: Frame, objectives: tuple[Objective, ...]) -> list[object]:
    """Coefficients, bounds and objectives by the names of rows and columns, sorted."""
    columns = {
        int(c): block.label(int(c)) for block in frame.variables.values() for c in block.columns
    }
    rows = [block.label(i) for block in frame.blocks() for i in range(len(block.lower))]
    lower, upper, integer = frame.bounds()
    coefficients = sorted(
        (rows[r], columns[c], float(v)) for r, c, v in zip(*frame.matrix(), strict=True)
    )
    limits = sorted(zip(rows, *(side.tolist() for side in frame.row_bounds()), strict=True))
    bounds = sorted(
        (name, float(lower[c]), float(upper[c]), bool(integer[c])) for c, name in columns.items()
    )
    asked = [
        sorted((columns[int(c)], float(v)) for c, v in zip(one.columns, one.values, strict=True))
        for one in objectives
    ]
    return [coefficients, limits, bounds, asked]


if __name__ == "__main__":
    for path in sys.argv[1:]:
        print(path, digest(path))
