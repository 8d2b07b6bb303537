"""What is asked for: rows."""

from __future__ import annotations

import numpy as np

from planner.arrays import Bools, Ints
from planner.capabilities.demand.arrays import DemandNetworks
from planner.capabilities.demand.case import AT_MOST, ONE_PLACE, RIVALS, SERVED
from planner.model.blocks import Facts, Variables
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.terms import Terms, row_numbers


def add_demand(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Demand: what is asked for is in service when it is asked for, or goes short at the scenario's
    price.

    Sets    d demand · s system · l site · t period · f,k network and grade; class(d) is compute or
            deployment
    Rows    demand.served[d,t]            Σ_{s,l} weight(d,s,l) · x[s,l,t] + Σ_{f,k} draws(d,f,k) ·
                                          network_groups[f,k,t] + short[d,t] ≥ need(d,t)
                                          accelerators, PFLOP/s or MW
            demand.at_most[d,t]           Σ_{s,l} weight(d,s,l) · in_service[s,l,t] + Σ_{f,k}
                                          draws(d,f,k) · network_groups[f,k,t] ≤ at_most(d,t)
            demand.assigned[c,s,l,t]      Σ_{d in c} assigned[d,s,l,t] ≤
                                          in_service[s,l,t]    systems
            demand.runs[d,s,l,t]          cluster[d,s,l,t] − x[s,l,t] ≤ 0, for a coherent
                                          demand    systems
            demand.there[d,s,l,t]         cluster[d,s,l,t] − need(d,t) / weight(d,s,l) ·
                                          cluster_at[d,s,l] ≤ 0    systems
            demand.one_place[d]           Σ_{s,l} cluster_at[d,s,l] ≤ 1    clusters
    x is in_service where a demand is the only one of its class; where several of a class compete
    for the same machines, each counts only those that are assigned to it. A deployment (so many
    machines here) and a compute demand may rest on the same machines. A demand for power has no
    class: it counts in_service, for every machine draws whoever else counts it, and what the groups
    of their networks draw at its basis and load (draws, 0 for all others). A coherent demand counts
    cluster[d,s,l,t] for x: machines of one system at one site, chosen once by the binary
    cluster_at[d,s,l]. What it counts beyond its need is of no use to it, so that the need itself is
    the constant of the switch: tight, and true whatever limits hold.
    """
    if not inputs.demands:
        return
    counted = assignment(frame, decisions, inputs)
    if inputs.demand_coherent.any():
        counted |= clusters(frame, inputs, counted)
    served(frame, decisions, inputs, counted)
    capped(frame, decisions, inputs)


def assignment(frame: Frame, decisions: Decisions, inputs: Inputs) -> dict[int, Ints]:
    """Which columns each demand may count: in_service, or its share of them. Adds `demand.assigned`
    where demands compete.
    """
    runs = decisions.in_service.index
    counted = {d: runs for d in range(len(inputs.demands))}
    rivals = [np.flatnonzero(inputs.demand_kind == kind) for kind in RIVALS]
    shared = np.concatenate(
        [group for group in rivals if len(group) > 1] or [np.zeros(0, dtype=np.int64)]
    )
    if len(shared) == 0:
        return counted
    names = tuple(inputs.demands[d] for d in shared)
    eligible = inputs.demand_weight[shared] > 0
    block: Variables = frame.add_variables(
        "assigned",
        (names, inputs.systems, inputs.sites, inputs.periods),
        unit="systems",
        meaning="in service for one demand among several",
        present=eligible[:, :, :, None] & (runs >= 0)[None],
    )
    kind = np.array([RIVALS.index(name) for name in inputs.demand_kind[shared]], dtype=np.int64)
    present = np.stack([(block.index[kind == c] >= 0).any(axis=0) for c in (0, 1)])
    numbers = row_numbers(present)
    terms = Terms().add(numbers[kind], block.index, 1.0).add(numbers, runs[None], -1.0)
    frame.add_rows(
        "demand.assigned",
        (RIVALS, inputs.systems, inputs.sites, inputs.periods),
        terms,
        unit="systems",
        meaning="a machine serves one demand of a class at a time",
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
        terms.add(numbers[d][None, None, :], columns, inputs.demand_weight[d][:, :, None])
    groups(frame, inputs, numbers, terms)
    frame.add_limit(
        SERVED,
        (inputs.demands, inputs.periods),
        terms,
        present=present,
        bound=inputs.demand_need,
        facts=Facts(aside=decisions.short.index[present]),
    )


def capped(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """What is in service of a demand stays within what it allows."""
    present = np.isfinite(inputs.demand_most)
    if not present.any():
        return
    numbers, runs = row_numbers(present), decisions.in_service.index
    terms = Terms().add(numbers[:, None, None, :], runs[None], inputs.demand_weight[:, :, :, None])
    groups(frame, inputs, numbers, terms)
    frame.add_limit(
        AT_MOST,
        (inputs.demands, inputs.periods),
        terms,
        present=present,
        bound=inputs.demand_most,
    )


def groups(frame: Frame, inputs: Inputs, numbers: Ints, terms: Terms) -> None:
    """Add to rows of demands, numbered [D, T], what groups of networks draw towards them."""
    draws, block = inputs.find(DemandNetworks), frame.variables.get("network_groups")
    if draws is not None and block is not None:
        terms.add(numbers[:, None, None, :], block.index[None], draws.weight[:, :, :, None])


def clusters(frame: Frame, inputs: Inputs, counted: dict[int, Ints]) -> dict[int, Ints]:
    """Which columns a coherent demand may count: those of the one system and site that is chosen
    for it.
    """
    which = np.flatnonzero(inputs.demand_coherent)
    names, weight, need = (
        tuple(inputs.demands[d] for d in which),
        inputs.demand_weight[which],
        inputs.demand_need[which],
    )
    runs = np.stack([counted[int(d)] for d in which])
    present: Bools = (weight > 0)[:, :, :, None] & (runs >= 0) & (need > 0)[:, None, None, :]
    somewhere: Bools = np.asarray(present.any(axis=3), dtype=bool)
    axes = (names, inputs.systems, inputs.sites)
    chosen = frame.add_variables(
        "cluster_at",
        axes,
        unit="yes or no",
        meaning="serves the demand",
        present=somewhere,
        upper=1.0,
        integer=True,
    )
    block = frame.add_variables(
        "cluster",
        (*axes, inputs.periods),
        unit="systems",
        meaning="in service in the one cluster for a demand",
        present=present,
    )
    numbers = row_numbers(present)
    frame.add_rows(
        "demand.runs",
        (*axes, inputs.periods),
        Terms().add(numbers, block.index, 1.0).add(numbers, runs, -1.0),
        unit="systems",
        meaning="what a cluster counts runs there",
        present=present,
        upper=0.0,
    )
    most = need[:, None, None, :] / np.where(weight > 0, weight, 1.0)[..., None]
    frame.add_rows(
        "demand.there",
        (*axes, inputs.periods),
        Terms().add(numbers, block.index, 1.0).add(numbers, chosen.index[:, :, :, None], -most),
        unit="systems",
        meaning="only the chosen cluster counts",
        present=present,
        upper=0.0,
        facts=Facts(switched=True),
    )
    one = chosen.index.reshape(len(which), -1)
    some: Bools = np.asarray((one >= 0).any(axis=1), dtype=bool)
    frame.add_limit(
        ONE_PLACE,
        (names,),
        Terms().add(row_numbers(some)[:, None], one, 1.0),
        present=some,
        bound=1.0,
        facts=Facts(relative_to=np.ones(len(which))),
    )
    return {int(d): block.index[i] for i, d in enumerate(which)}


FACE = Constraints((add_demand,))
