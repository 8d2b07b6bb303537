"""Networks out of the model, whole: grades and groups follow from the machines, fabrics are bought
when the money says so.
"""

from __future__ import annotations

import numpy as np

from planner.arrays import Bools, Floats, Ints
from planner.assembly.solved import Extract, Solved
from planner.capabilities.networks.arrays import NetworkInputs
from planner.capabilities.networks.case import NetworksCase
from planner.capabilities.networks.derive import fabric_row
from planner.capabilities.networks.tables import FABRICS, FabricRow
from planner.model.family import Model, dense
from planner.plan.derive import Derivation

PATIENT = ("cost", "capex", "compute", "accelerators", "power", "energy")
"""Objectives to which it is the same, or worse, to buy a switch before it is needed."""


def fit_networks(model: Model, snapped: Floats, in_service: Floats) -> None:
    """Each network of the smallest grade that holds what runs, with its groups, in place;
    `in_service` is [S, L, T].

    A fabric is of the smallest grade that holds all that was ever bought. Its groups come no
    earlier than needed, unless only the budget of a period, or its highest cash, can have asked for
    them.
    """
    networks, frame = model.inputs.find(NetworkInputs), model.frame
    if networks is None:
        return
    runs = np.array(
        [
            in_service[networks.systems[f], networks.site[f]].sum(axis=0)
            for f in range(len(networks.names))
        ]
    )
    chosen = _smallest(runs, networks)
    _set(frame.variables["network_grade"].index, snapped, chosen, np.ones(chosen.shape))
    _set(frame.variables["network_groups"].index, snapped, chosen, _groups(runs, networks))
    fabric = frame.variables.get("fabric_groups")
    if fabric is None:
        return
    bought = _bought(model, snapped, networks)
    chosen = _smallest(bought.max(axis=1, keepdims=True), networks)
    index = frame.variables["fabric_grade"].index
    snapped[index[index >= 0]] = chosen[:, :, 0][index >= 0]
    need = _groups(np.maximum.accumulate(bought, axis=1), networks)
    if model.inputs.capex_by_period_musd or any(
        spec.what not in PATIENT for spec in model.inputs.objectives
    ):
        asked = dense(fabric.index, snapped) * np.broadcast_to(
            networks.per_group[:, :, None], fabric.index.shape
        )
        systems = np.maximum(asked.sum(axis=1), np.maximum.accumulate(bought, axis=1))
        need = np.maximum(
            need, np.minimum(_whole(dense(fabric.index, snapped)), _groups(systems, networks))
        )
    _set(fabric.index, snapped, chosen, need)


def _smallest(systems: Floats, networks: NetworkInputs) -> Bools:
    """[F, K, T] the smallest grade that holds [F, T] systems."""
    holds = networks.exists[:, :, None] & (
        _groups(systems, networks) <= networks.holds_groups[:, :, None]
    )
    size = np.where(holds, networks.capacity[:, :, None], np.inf)
    smallest = np.arange(size.shape[1])[None, :, None] == size.argmin(axis=1)[:, None, :]
    return np.asarray(holds & smallest, dtype=bool)


def _whole(values: Floats) -> Floats:
    return np.asarray(np.round(values), dtype=np.float64)


def _groups(systems: Floats, networks: NetworkInputs) -> Floats:
    """[F, K, T] groups that [F, T] systems need in each grade."""
    return np.asarray(
        np.ceil(systems[:, None, :] / networks.per_group[:, :, None] - 1e-9), dtype=np.float64
    )


def _set(index: Ints, snapped: Floats, chosen: Bools, values: Floats) -> None:
    there = index >= 0
    snapped[index[there]] = np.where(chosen, values, 0.0)[there]


def _bought(model: Model, snapped: Floats, networks: NetworkInputs) -> Floats:
    """[F, T] systems delivered so far, less those that left."""
    delivered = dense(model.decisions.delivered.index, snapped)
    came = np.array(
        [
            delivered[networks.systems[f], networks.site[f]].sum(axis=0)
            for f in range(len(networks.names))
        ]
    )
    fleet = model.inputs.fleet
    retired, moved = (
        dense(model.decisions.retired.index, snapped),
        dense(model.decisions.moved.index, snapped),
    )
    for p in np.flatnonzero(fleet.delivered >= 0):
        mine = networks.systems[:, fleet.system[p]] & (networks.site == fleet.origin[p])
        came[mine] -= moved[p] + (retired[p] if fleet.site[p] == fleet.origin[p] else 0.0)
    return np.asarray(np.cumsum(came, axis=1), dtype=np.float64)


def fabrics_bought(solved: Solved) -> list[FabricRow]:
    """Groups that were bought, which need to know what was delivered."""
    model, case = solved.model, solved.model.inputs.case
    block = model.frame.variables.get("fabric_groups")
    if block is None:
        return []
    d, rows = Derivation(case, solved.decisions), list[FabricRow]()
    many = np.round(dense(block.index, solved.solution)).sum(axis=1)
    for f, network in enumerate(case.of(NetworksCase).networks):
        before = 0
        for t in range(len(d.labels)):
            groups = int(many[f, t])
            if network.bought and groups:
                rows.append(fabric_row(d, network, t, groups, before))
                before = groups
    return rows


FACE = Extract({FABRICS: fabrics_bought}, fit=fit_networks)
