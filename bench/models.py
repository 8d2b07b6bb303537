"""What is asked of the solver, as a digest for each scenario file: equal digests are equal models, to the last bit.

python -m bench.models FILE… > before.txt
"""

from __future__ import annotations

import hashlib
import sys

from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.errors import PlannerError
from planner.pipeline import read


def digest(file: str) -> str:
    """Rows, columns and a digest of every objective's model of a file; the error if it has none."""
    try:
        model = build(make_inputs(read(file).case))
    except (PlannerError, ValueError) as error:
        return type(error).__name__
    found = hashlib.sha256()
    for objective in model.objectives:
        found.update(model.frame.proto(objective).SerializeToString(deterministic=True))
    return f"{model.frame.row_count} rows {model.frame.column_count} columns {found.hexdigest()[:16]}"


if __name__ == "__main__":
    for path in sys.argv[1:]:
        print(path, digest(path))
