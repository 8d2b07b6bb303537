"""Networks: in every period, what runs of a product at a site is one network of one grade, with groups of leaves for all of it.

Sets    f network of the systems s(f) of one product at site l(f) · k grade: a topology and its number of tiers · t period
Decides network_grade[f,k,t]   whether the network is of this grade (binary; the smallest that holds what runs: no larger one needs less)
        network_groups[f,k,t]  groups of leaves that run (integer: leaves of all rails that serve the same machines)
Rows    network.ports[f,t]     Σ_{s(f)} in_service[s,l(f),t] − Σ_k systems_per_group(f,k) · groups[f,k,t] ≤ 0    systems
        network.grade[f,k,t]   groups[f,k,t] − most_groups(f,k,t) · grade[f,k,t] ≤ 0    groups
        network.one[f,t]       Σ_k grade[f,k,t] ≤ 1    networks
Each group takes what its leaves, and their share of the switches above, of the front-end and of the storage network draw, nameplate and
typical: it counts in every row and cost that counts what runs. The links of a machine are in what the machine takes. All that runs of a
product at a site is in one network: what stood, what was bought or moved in, capped or not. When it outgrows a grade it is joined by the
next, and when machines leave it falls back. most_groups is what the grade holds, a constant of topology, and at most what could run in the
period, so that a solver's tolerance on grade hides no group: 0 where a smaller grade holds all of it. Grades beyond the one after the
largest that is needed are left out. The largest grade stands for several networks that are not joined.
"""

from __future__ import annotations

import numpy as np

from planner.arrays import Bools, Floats, Ints
from planner.model.frame import ABSENT, Facts, Frame, Terms, Variables, Whole, row_numbers
from planner.model.inputs import Inputs
from planner.model.inputs_networks import NetworkInputs
from planner.model.variables import Decisions

GRADE = Whole("grade", groups="network_groups")
GROUPS = Whole("groups", held_by=("network.grade", "network.ports"))


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family, where any network is counted, and post what its groups take."""
    networks = inputs.networks
    if networks is None:
        return
    axes, n_t = (networks.names, networks.grades, inputs.periods), len(inputs.periods)
    stands = (running(decisions.in_service.index, networks) >= 0).any(axis=1, keepdims=True)
    draws = (networks.takes["it_nameplate"] > 0).any(axis=1, keepdims=True)
    present: Bools = np.asarray((networks.exists & draws)[:, :, None] & stands, dtype=bool)
    chosen = frame.add_variables(
        "network_grade", axes, unit="yes or no", meaning="is of this grade", present=present, upper=1.0, integer=GRADE
    )
    groups = frame.add_variables(
        "network_groups", axes, unit="groups", meaning="groups of leaves that run", present=present, integer=GROUPS
    )
    ports(frame, decisions, inputs, networks, groups)
    graded(frame, inputs, networks, chosen.index, groups, networks.most_groups, "network.grade")
    one(frame, networks, chosen)
    for measure, values in networks.takes.items():
        frame.post(measure, groups.index, networks.site[:, None, None], np.arange(n_t), values[:, :, None])
    frame.post("networks", groups.index, networks.site[:, None, None], np.arange(n_t), networks.takes["it"][:, :, None])


def ports(frame: Frame, decisions: Decisions, inputs: Inputs, networks: NetworkInputs, groups: Variables) -> None:
    """All that runs has its ports."""
    runs = running(decisions.in_service.index, networks)
    present: Bools = np.asarray((groups.index >= 0).any(axis=1) & (runs >= 0).any(axis=1), dtype=bool)
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


def running(columns: Ints, networks: NetworkInputs) -> Ints:
    """[F, S, T] columns over (S, L, T) of the systems that are in each network, absent elsewhere."""
    here = columns[:, networks.site, :].transpose(1, 0, 2)
    return np.where(networks.systems[:, :, None], here, ABSENT)


def graded(frame: Frame, inputs: Inputs, networks: NetworkInputs, chosen: Ints, groups: Variables, most: Floats, name: str) -> None:
    """Groups are of the grade that the network is of, and no more than it holds; `most` is [F, K, T]."""
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
