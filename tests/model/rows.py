"""How does a model read, row by row? For golden tests and for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from planner.model.frame import Frame


def show_rows(frame: Frame, names: Mapping[int, str] | None = None) -> Iterator[str]:
    """Every row as text, `name: low <= 2 x[a] + … <= high`, terms in column order (golden tests,
    exports).
    """
    if names is None:
        names = {
            int(c): block.label(int(c)) for block in frame.variables.values() for c in block.columns
        }
    for block in frame.blocks():
        for i in range(len(block.lower)):
            inside = block.rows == i
            terms = " ".join(
                f"{value:+.6g} {names[int(column)]}"
                for column, value in zip(block.columns[inside], block.values[inside], strict=True)
            )
            low, high = block.lower[i], block.upper[i]
            if low == high:
                text = f"{terms} = {low:.6g}"
            else:
                text = (
                    (f"{low:.6g} <= " if np.isfinite(low) else "")
                    + terms
                    + (f" <= {high:.6g}" if np.isfinite(high) else "")
                )
            yield f"{block.label(i)}: {text} {block.unit_of(i).name}"
