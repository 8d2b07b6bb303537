"""What was decided before stays: rows."""

from __future__ import annotations

import numpy as np

from planner.capabilities.keeping.case import DECIDED, UNITS, KeepingCase, label_of
from planner.model.blocks import Variables
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.terms import Terms


def add_kept(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Keeping: what an earlier plan decided before a period is decided so here.

    Sets    v a decision: machines retired or moved, a qualification that has not begun, critical IT
            that stands, halls begun, sources started · t period before the first that is decided
            anew
    Rows    kept.decided[v,t]    decision[v,t] = kept(v,t)    in the unit of the decision
    What an earlier plan decided not to do is not done either. Machines that it had ordered are on
    order (`supply`), and no order comes before that period; networks follow from machines.
    """
    kept = inputs.case.of(KeepingCase).kept
    if kept is None:
        return
    said, columns, values = kept.known, dict[str, int](), list[float]()
    for block in UNITS:
        variables: Variables | None = frame.variables.get(block)
        if variables is None:
            continue
        names, periods = variables.axes
        for v, t in np.argwhere(variables.index[:, : kept.until] >= 0):
            columns[label_of(block, names[v], periods[t])] = int(variables.index[v, t])
            values.append(said.get((block, names[v], periods[t]), 0.0))
    count = len(values)
    frame.add_limit(
        DECIDED,
        (tuple(columns),),
        Terms().add(np.arange(count), np.array(list(columns.values()), dtype=np.int64), 1.0),
        present=np.ones(count, dtype=bool),
        bound=np.array(values),
        equal=True,
    )


FACE = Constraints((add_kept,))
