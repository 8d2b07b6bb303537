"""Demand: what is asked for is in service when it is asked for, or goes short at the scenario's price.

Sets    d demand · s system · l site · t period; class(d) is compute or deployment
Rows    demand.served[d,t]            Σ_{s,l} weight(d,s) · x[s,l,t] + short[d,t] ≥ need(d,t)    accelerators or PFLOP/s
        demand.assigned[c,s,l,t]      Σ_{d in c} assigned[d,s,l,t] ≤ in_service[s,l,t]    systems
x is in_service where a demand is the only one of its class; where several of a class compete for the same machines, each counts only
those that are
assigned to it. A deployment (so many machines here) and a compute demand may rest on the same machines.
"""

from __future__ import annotations

import numpy as np

from planner.model.frame import Frame, Ints, Terms, Variables, row_numbers
from planner.model.inputs import Inputs
from planner.model.variables import Decisions


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family."""
    if not inputs.demands:
        return
    counted = assignment(frame, decisions, inputs)
    served(frame, decisions, inputs, counted)


def assignment(frame: Frame, decisions: Decisions, inputs: Inputs) -> dict[int, Ints]:
    """Which columns each demand may count: in_service, or its share of them. Adds `demand.assigned` where demands compete."""
    runs = decisions.in_service.index
    counted = {d: runs for d in range(len(inputs.demands))}
    rivals = [np.flatnonzero(inputs.demand_is_compute == kind) for kind in (True, False)]
    shared = np.concatenate([group for group in rivals if len(group) > 1] or [np.zeros(0, dtype=np.int64)])
    if len(shared) == 0:
        return counted
    names = tuple(inputs.demands[d] for d in shared)
    eligible = (inputs.demand_weight[shared][:, :, None] > 0) & inputs.demand_site[shared][:, None, :]
    block: Variables = frame.add_variables(
        "assigned",
        (names, inputs.systems, inputs.sites, inputs.periods),
        unit="systems",
        meaning="in service for one demand among several",
        present=eligible[:, :, :, None] & (runs >= 0)[None],
    )
    classes = ("compute", "deployment")
    kind = np.where(inputs.demand_is_compute[shared], 0, 1)
    present = np.stack([(block.index[kind == c] >= 0).any(axis=0) for c in (0, 1)])
    numbers = row_numbers(present)
    terms = Terms().add(numbers[kind], block.index, 1.0).add(numbers, runs[None], -1.0)
    frame.add_rows(
        "demand.assigned",
        (classes, inputs.systems, inputs.sites, inputs.periods),
        terms,
        unit="systems",
        meaning="a machine serves one demand of a class at a time",
        says=lambda key, low, high: f"{key[1]} at {key[2]} in {key[3]} serves one {key[0]} demand at a time",
        present=present,
        upper=0.0,
    )
    for position, d in enumerate(shared):
        counted[int(d)] = block.index[position]
    return counted


def served(frame: Frame, decisions: Decisions, inputs: Inputs, counted: dict[int, Ints]) -> None:
    """What counts towards a demand, plus what goes short, reaches what is asked for."""
    present = inputs.demand_need > 0
    numbers = row_numbers(present)
    terms = Terms().add(numbers, decisions.short.index, 1.0)
    for d, columns in counted.items():
        weight = np.where(inputs.demand_site[d][None, :], inputs.demand_weight[d][:, None], 0.0)
        terms.add(numbers[d][None, None, :], columns, weight[:, :, None])
    unit = {d: "PFLOP/s" if c else "accelerators" for d, c in zip(inputs.demands, inputs.demand_is_compute, strict=True)}
    paths = dict(zip(inputs.demands, inputs.demand_path, strict=True))
    frame.add_rows(
        "demand.served",
        (inputs.demands, inputs.periods),
        terms,
        unit=lambda key: unit[key[0]],
        meaning="what is asked for is in service, or goes short at a price",
        says=lambda key, low, high: f"{key[0]} asks for {low:g} {unit[key[0]]} in {key[1]}",
        present=present,
        lower=inputs.demand_need,
        limit=lambda key: (f"demand {key[0]}", paths[key[0]]),
    )
