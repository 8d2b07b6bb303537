"""Fabrics that are bought by the group: what is bought holds what was delivered, and nothing that was bought is sold.

Sets    f network of the systems s(f) of one product at site l(f) that is bought by the group · k grade · t period
Decides fabric_grade[f,k]      whether it is bought as this grade (binary: it is laid out once, for the size that it will have)
        fabric_groups[f,k,t]   groups of leaves that were bought (integer)
Rows    fabric.ports[f,t]      Σ_{s(f), τ≤t} delivered[s,l(f),τ] − Σ_{p, τ≤t} (retired[p,τ] + moved[p,τ])
                               − Σ_k systems_per_group(f,k) · groups[f,k,t] ≤ 0, p bought stocks of s(f) first at l(f)    systems
        fabric.grade[f,k,t]    groups[f,k,t] − max_t most_groups(f,k,t) · grade[f,k] ≤ 0    groups
        fabric.one[f]          Σ_k grade[f,k] ≤ 1    fabrics
        fabric.leaves_stay[f,k,t]  groups[f,k,t−1] − groups[f,k,t] ≤ 0    groups
Flows   capex.fabric           part(f,n,t) · group(f,k) · (groups[f,k,t] − groups[f,k,t−1]), payment n of what is delivered in t    MUSD
A group costs its leaves and their share of the switches above and of the networks beside, laid out for the full size of the grade. What
each system adds at its delivery (its own links) is in `money`. Machines that stand at the start have their groups, and so have those that
are moved in; bought ones that leave free their ports.
"""

from __future__ import annotations

import numpy as np

from planner.capabilities.networks.accounts import FABRIC
from planner.model.frame import Frame, Terms, Variables, Whole, row_numbers
from planner.model.inputs import Inputs
from planner.model.inputs_networks import NetworkInputs
from planner.model.rules.networks import graded, running
from planner.model.variables import Decisions

GRADE = Whole(groups="fabric_groups")
"""What is bought is laid out once, for the size that it will have: a choice."""
GROUPS = Whole("groups", held_by=("fabric.grade", "fabric.ports"))


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family, where any network is bought by the group."""
    networks = inputs.networks
    if networks is None or not networks.bought.any():
        return
    exists = networks.exists & networks.bought[:, None]
    chosen = frame.add_variables(
        "fabric_grade",
        (networks.names, networks.grades),
        unit="yes or no",
        meaning="is bought as this grade",
        present=exists,
        upper=1.0,
        integer=GRADE,
    )
    groups = frame.add_variables(
        "fabric_groups",
        (networks.names, networks.grades, inputs.periods),
        unit="groups",
        meaning="groups of leaves that were bought",
        present=np.broadcast_to(exists[:, :, None], (*exists.shape, len(inputs.periods))),
        integer=GROUPS,
    )
    ports(frame, decisions, inputs, networks, groups)
    # what is delivered runs later, so what can run by a period's end does not limit what is bought by then
    graded(frame, inputs, networks, chosen.index[:, :, None], groups, networks.most_groups.max(axis=2, keepdims=True), "fabric.grade")
    one(frame, networks, chosen)
    stays(frame, inputs, groups)
    paid = networks.payments
    when, worth = paid.period[:, :, None, :], paid.worth[:, :, None, :]
    usd = paid.share[:, :, None, :] * networks.group_musd[:, :, None]
    frame.add_flow(FABRIC, when, groups.index, usd, worth=worth)
    frame.add_flow(FABRIC, when[..., 1:], groups.index[:, :, :-1], -usd[..., 1:], worth=worth[..., 1:])


def ports(frame: Frame, decisions: Decisions, inputs: Inputs, networks: NetworkInputs, groups: Variables) -> None:
    """Every system that was delivered, and has not left, has its ports."""
    n_t = len(inputs.periods)
    numbers = row_numbers(np.broadcast_to(networks.bought[:, None], (len(networks.names), n_t)))
    until = np.tril(np.ones((n_t, n_t), dtype=bool))
    rows = np.where(until, numbers[:, :, None], -1)
    terms = Terms().add(rows[:, None], running(decisions.delivered.index, networks)[:, :, None, :], 1.0)
    terms.add(numbers[:, None, :], groups.index, -networks.per_group[:, :, None])
    fleet = inputs.fleet
    for f in np.flatnonzero(networks.bought).tolist():
        mine = networks.systems[f][fleet.system] & (fleet.origin == networks.site[f]) & (fleet.delivered >= 0)
        own = mine & (fleet.site == fleet.origin)
        terms.add(rows[None, f], decisions.retired.index[own][:, None, :], -1.0)
        terms.add(rows[None, f], decisions.moved.index[mine][:, None, :], -1.0)
    frame.add_rows(
        "fabric.ports",
        (networks.names, inputs.periods),
        terms,
        unit="systems",
        meaning="every system that was delivered and has not left has its ports at a leaf",
        present=numbers >= 0,
        upper=0.0,
    )


def stays(frame: Frame, inputs: Inputs, groups: Variables) -> None:
    """Nothing that was bought is sold."""
    present = groups.index >= 0
    present[:, :, 0] = False
    numbers = row_numbers(present)
    frame.add_rows(
        "fabric.leaves_stay",
        groups.axes,
        Terms().add(numbers[:, :, 1:], groups.index[:, :, :-1], 1.0).add(numbers, groups.index, -1.0),
        unit="groups",
        meaning="leaves stay",
        present=present,
        upper=0.0,
    )


def one(frame: Frame, networks: NetworkInputs, chosen: Variables) -> None:
    """A fabric is bought as one grade."""
    frame.add_rows(
        "fabric.one",
        (networks.names,),
        Terms().add(row_numbers(networks.bought)[:, None], chosen.index, 1.0),
        unit="fabrics",
        meaning="a product has one fabric at a site",
        present=networks.bought,
        upper=1.0,
    )
