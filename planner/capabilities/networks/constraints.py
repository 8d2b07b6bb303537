"""Networks that run, and those that are bought by the group: rows."""

from __future__ import annotations

import numpy as np

from planner.arrays import Bools, Floats, Ints
from planner.capabilities.networks.arrays import NetworkInputs
from planner.capabilities.networks.case import FABRIC
from planner.model.blocks import Facts, Integral, Variables
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.terms import ABSENT, Terms, row_numbers

GRADE = Integral("grade", groups="network_groups")
GROUPS = Integral("groups", held_by=("network.grade", "network.ports"))


def add_networks(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Networks: in every period, what runs of a product at a site is one network of one grade, with
    groups of leaves for all of it.

    Sets    f network of the systems s(f) of one product at site l(f) · k grade: a topology and its
            number of tiers · t period
    Decides network_grade[f,k,t]   whether the network is of this grade (binary; the smallest that
                                   holds what runs: no larger one needs less)
            network_groups[f,k,t]  groups of leaves that run (integer: leaves of all rails that
                                   serve the same machines)
    Rows    network.ports[f,t]     Σ_{s(f)} in_service[s,l(f),t] − Σ_k systems_per_group(f,k) ·
                                   groups[f,k,t] ≤ 0    systems
            network.grade[f,k,t]   groups[f,k,t] − most_groups(f,k,t) · grade[f,k,t] ≤ 0    groups
            network.one[f,t]       Σ_k grade[f,k,t] ≤ 1    networks
            network.no_more[f,t]   Σ_k systems_per_group(f,k) · groups[f,k,t] − Σ_k
                                   (systems_per_group(f,k) − step(f,k)) · grade[f,k,t] − Σ_{s(f)}
                                   in_service[s,l(f),t] ≤ 0, where a demand counts what f
                                   draws    systems
            network.outgrown[f,k,t]  beyond(f,k) · grade[f,k,t] − Σ_{s(f)} in_service[s,l(f),t] ≤ 0,
                                   there too    systems
    Each group takes what its leaves, and their share of the switches above, of the front-end and of
    the storage network draw, nameplate and typical: it counts in every row and cost that counts
    what runs. The links of a machine are in what the machine takes. All that runs of a product at a
    site is in one network: what stood, what was bought or moved in, capped or not. When it outgrows
    a grade it is joined by the next, and when machines leave it falls back. most_groups is what the
    grade holds, a constant of topology, and at most what could run in the period, so that a
    solver's tolerance on grade hides no group: 0 where a smaller grade holds all of it. No group
    beyond those that are needed helps anything, but where a demand asks for power: there the last
    one is not empty (step is the least that whole systems can put into it), and a smaller grade
    would not hold what runs (beyond is one more than it holds). Grades
    beyond the one after the largest that is needed are left out. The largest grade stands for
    several networks that are not joined.
    """
    networks = inputs.find(NetworkInputs)
    if networks is None:
        return
    axes, n_t = (networks.names, networks.grades, inputs.periods), len(inputs.periods)
    stands = (running(decisions.in_service.index, networks) >= 0).any(axis=1, keepdims=True)
    draws = (networks.takes["it_nameplate"] > 0).any(axis=1, keepdims=True)
    present: Bools = np.asarray((networks.exists & draws)[:, :, None] & stands, dtype=bool)
    chosen = frame.add_variables(
        "network_grade",
        axes,
        unit="yes or no",
        meaning="is of this grade",
        present=present,
        upper=1.0,
        integer=GRADE,
    )
    groups = frame.add_variables(
        "network_groups",
        axes,
        unit="groups",
        meaning="groups of leaves that run",
        present=present,
        integer=GROUPS,
    )
    ports(frame, decisions, inputs, networks, groups)
    graded(frame, inputs, networks, chosen.index, groups, networks.most_groups, "network.grade")
    one(frame, networks, chosen)
    if networks.counted.any():
        no_more(frame, decisions, inputs, networks, chosen, groups)
    for measure, values in networks.takes.items():
        frame.post(
            measure, groups.index, networks.site[:, None, None], np.arange(n_t), values[:, :, None]
        )
    frame.post(
        "networks",
        groups.index,
        networks.site[:, None, None],
        np.arange(n_t),
        networks.takes["it"][:, :, None],
    )


def ports(
    frame: Frame, decisions: Decisions, inputs: Inputs, networks: NetworkInputs, groups: Variables
) -> None:
    """All that runs has its ports."""
    runs = running(decisions.in_service.index, networks)
    present: Bools = np.asarray(
        (groups.index >= 0).any(axis=1) & (runs >= 0).any(axis=1), dtype=bool
    )
    numbers = row_numbers(present)
    terms = Terms().add(numbers[:, None, :], runs, 1.0)
    terms.add(numbers[:, None, :], groups.index, -networks.per_group[:, :, None])
    frame.add_rows(
        "network.ports",
        (networks.names, inputs.periods),
        terms,
        unit="systems",
        meaning="everything that runs has its ports at a leaf",
        present=present,
        upper=0.0,
    )


def no_more(
    frame: Frame,
    decisions: Decisions,
    inputs: Inputs,
    networks: NetworkInputs,
    chosen: Variables,
    groups: Variables,
) -> None:
    """Where a demand counts what a network draws, it is no larger than what runs needs."""
    there = groups.index >= 0
    runs = running(decisions.in_service.index, networks)
    present: Bools = np.asarray(there.any(axis=1) & networks.counted[:, None], dtype=bool)
    numbers = row_numbers(present)
    terms = Terms().add(numbers[:, None, :], runs, -1.0)
    terms.add(numbers[:, None, :], groups.index, networks.per_group[:, :, None])
    spare = networks.step - networks.per_group
    frame.add_rows(
        "network.no_more",
        (networks.names, inputs.periods),
        terms.add(numbers[:, None, :], chosen.index, spare[:, :, None]),
        unit="systems",
        meaning="no group of a network runs empty",
        present=present,
        upper=0.0,
    )
    large: Bools = np.asarray(there & (networks.beyond > 0)[:, :, None] & present[:, None, :], bool)
    numbers = row_numbers(large)
    terms = Terms().add(numbers, chosen.index, networks.beyond[:, :, None])
    frame.add_rows(
        "network.outgrown",
        (networks.names, networks.grades, inputs.periods),
        terms.add(numbers[:, :, None, :], runs[:, None], -1.0),
        unit="systems",
        meaning="a network is of the smallest grade that holds what runs",
        present=large,
        upper=0.0,
    )


def running(columns: Ints, networks: NetworkInputs) -> Ints:
    """[F, S, T] columns over (S, L, T) of the systems that are in each network, absent
    elsewhere.
    """
    here = columns[:, networks.site, :].transpose(1, 0, 2)
    return np.where(networks.systems[:, :, None], here, ABSENT)


def graded(
    frame: Frame,
    inputs: Inputs,
    networks: NetworkInputs,
    chosen: Ints,
    groups: Variables,
    most: Floats,
    name: str,
) -> None:
    """Groups are of the grade that the network is of, and no more than it holds; `most` is [F, K,
    T].
    """
    present = groups.index >= 0
    numbers = row_numbers(present)

    def terms(most: Floats) -> Terms:
        return Terms().add(numbers, groups.index, 1.0).add(numbers, chosen, -most)

    free = terms(networks.holds_groups[:, :, None]).triplets()
    frame.add_rows(
        name,
        (networks.names, networks.grades, inputs.periods),
        terms(most),
        unit="groups",
        meaning="a network holds what its grade holds",
        present=present,
        upper=0.0,
        facts=Facts(unlimited=free),
    )


def one(frame: Frame, networks: NetworkInputs, chosen: Variables) -> None:
    """A network has one grade."""
    some: Bools = np.asarray((chosen.index >= 0).any(axis=1), dtype=bool)
    frame.add_rows(
        "network.one",
        (networks.names, chosen.axes[2]),
        Terms().add(row_numbers(some)[:, None, :], chosen.index, 1.0),
        unit="networks",
        meaning="a product has one network at a site",
        present=some,
        upper=1.0,
    )


BOUGHT_GRADE = Integral(groups="fabric_groups")
"""What is bought is laid out once, for the size that it will have: a choice."""
BOUGHT_GROUPS = Integral("groups", held_by=("fabric.grade", "fabric.ports"))


def add_fabric(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Fabrics that are bought by the group: what is bought holds what was delivered, and nothing
    that was bought is sold.

    Sets    f network of the systems s(f) of one product at site l(f) that is bought by the group ·
            k grade · t period
    Decides fabric_grade[f,k]      whether it is bought as this grade (binary: it is laid out once,
                                   for the size that it will have)
            fabric_groups[f,k,t]   groups of leaves that were bought (integer)
    Rows    fabric.ports[f,t]      Σ_{s(f), τ≤t} delivered[s,l(f),τ] − Σ_{p, τ≤t} (retired[p,τ] +
                                   moved[p,τ]) − Σ_k systems_per_group(f,k) · groups[f,k,t] ≤ 0, p
                                   bought stocks of s(f) first at l(f)    systems
            fabric.grade[f,k,t]    groups[f,k,t] − max_t most_groups(f,k,t) · grade[f,k] ≤
                                   0    groups
            fabric.one[f]          Σ_k grade[f,k] ≤ 1    fabrics
            fabric.leaves_stay[f,k,t]  groups[f,k,t−1] − groups[f,k,t] ≤ 0    groups
    Flows   capex.fabric           part(f,n,t) · group(f,k) · (groups[f,k,t] − groups[f,k,t−1]),
                                   payment n of what is delivered in t    MUSD
    A group costs its leaves and their share of the switches above and of the networks beside, laid
    out for the full size of the grade. What each system adds at its delivery (its own links) is in
    `money`. Machines that stand at the start have their groups, and so have those that are moved
    in; bought ones that leave free their ports.
    """
    networks = inputs.find(NetworkInputs)
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
        integer=BOUGHT_GRADE,
    )
    groups = frame.add_variables(
        "fabric_groups",
        (networks.names, networks.grades, inputs.periods),
        unit="groups",
        meaning="groups of leaves that were bought",
        present=np.broadcast_to(exists[:, :, None], (*exists.shape, len(inputs.periods))),
        integer=BOUGHT_GROUPS,
    )
    bought_ports(frame, decisions, inputs, networks, groups)
    # what is delivered runs later, so what can run by a period's end does not limit what is bought
    # by then
    graded(
        frame,
        inputs,
        networks,
        chosen.index[:, :, None],
        groups,
        networks.most_groups.max(axis=2, keepdims=True),
        "fabric.grade",
    )
    bought_one(frame, networks, chosen)
    stays(frame, inputs, groups)
    paid = networks.payments
    when, worth = paid.period[:, :, None, :], paid.worth[:, :, None, :]
    usd = paid.share[:, :, None, :] * networks.group_musd[:, :, None]
    frame.add_flow(FABRIC, when, groups.index, usd, worth=worth)
    frame.add_flow(
        FABRIC, when[..., 1:], groups.index[:, :, :-1], -usd[..., 1:], worth=worth[..., 1:]
    )


def bought_ports(
    frame: Frame, decisions: Decisions, inputs: Inputs, networks: NetworkInputs, groups: Variables
) -> None:
    """Every system that was delivered, and has not left, has its bought_ports."""
    n_t = len(inputs.periods)
    numbers = row_numbers(np.broadcast_to(networks.bought[:, None], (len(networks.names), n_t)))
    until = np.tril(np.ones((n_t, n_t), dtype=bool))
    rows = np.where(until, numbers[:, :, None], -1)
    terms = Terms().add(
        rows[:, None], running(decisions.delivered.index, networks)[:, :, None, :], 1.0
    )
    terms.add(numbers[:, None, :], groups.index, -networks.per_group[:, :, None])
    fleet = inputs.fleet
    for f in np.flatnonzero(networks.bought).tolist():
        mine = (
            networks.systems[f][fleet.system]
            & (fleet.origin == networks.site[f])
            & (fleet.delivered >= 0)
        )
        own = mine & (fleet.site == fleet.origin)
        terms.add(rows[None, f], decisions.retired.index[own][:, None, :], -1.0)
        terms.add(rows[None, f], decisions.moved.index[mine][:, None, :], -1.0)
    frame.add_rows(
        "fabric.ports",
        (networks.names, inputs.periods),
        terms,
        unit="systems",
        meaning="every system that was delivered and has not left has its bought_ports at a leaf",
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
        Terms()
        .add(numbers[:, :, 1:], groups.index[:, :, :-1], 1.0)
        .add(numbers, groups.index, -1.0),
        unit="groups",
        meaning="leaves stay",
        present=present,
        upper=0.0,
    )


def bought_one(frame: Frame, networks: NetworkInputs, chosen: Variables) -> None:
    """A fabric is bought as bought_one grade."""
    frame.add_rows(
        "fabric.one",
        (networks.names,),
        Terms().add(row_numbers(networks.bought)[:, None], chosen.index, 1.0),
        unit="fabrics",
        meaning="a product has bought_one fabric at a site",
        present=networks.bought,
        upper=1.0,
    )


FACE = Constraints((add_networks, add_fabric))
