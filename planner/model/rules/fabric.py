"""Networks: whole switches, a number of tiers that is chosen once, and nothing that was bought is sold.

Sets    f network of system s(f) at site l(f) · k grade: a number of tiers · t period
Decides fabric_tier[f,k]       whether the network has so many tiers (binary: it is cabled once, for the size that it will have)
        fabric_groups[f,k,t]   groups of leaves that stand (integer: a leaf is bought whole)
        fabric_above[f,k,t]    switches above the leaves (integer)
Rows    fabric.ports[f,t]      nodes(f) · (Σ_{τ≤t} delivered[s(f),l(f),τ] − Σ_{p, τ≤t} (retired[p,τ] + moved[p,τ]))
                               − Σ_k nodes_per_group(f,k) · groups[f,k,t] ≤ 0, p bought stocks of s(f) first at l(f)    nodes
        fabric.grade[f,k,t]    groups[f,k,t] − most_groups(f,k) · tier[f,k] ≤ 0    groups
        fabric.one[f]          Σ_k tier[f,k] ≤ 1    networks
        fabric.above[f,k,t]    above_per_group(f,k) · groups[f,k,t] − above[f,k,t] ≤ 0    switches
        fabric.leaves_stay[f,k,t]  groups[f,k,t−1] − groups[f,k,t] ≤ 0    groups
        fabric.above_stays[f,k,t]  above[f,k,t−1] − above[f,k,t] ≤ 0    switches
Flows   capex.fabric           group(f,k) · (groups[f,k,t] − groups[f,k,t−1]) + switch(f,k) · (above[f,k,t] − above[f,k,t−1])    MUSD
most_groups is what switches of that many ports hold in that many tiers, a constant of topology, and at most twice what the site could
take: true when limits are loosened, and small enough that a solver's tolerance on tier hides no leaf. What each system adds at its
delivery (its own links) is in `money`. Machines that stand at the start have their own network, and so have those that are moved in; bought
ones that leave free their ports.
"""

from __future__ import annotations

import numpy as np

from planner.model.frame import Floats, Frame, Terms, Variables, row_numbers
from planner.model.inputs import Inputs
from planner.model.inputs_fabric import FabricInputs
from planner.model.parameter import Choice
from planner.model.variables import Decisions


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family, where any network is bought by the switch."""
    fabrics = inputs.fabrics
    if fabrics is None:
        return
    axes = (fabrics.names, fabrics.tiers)
    by_period = np.broadcast_to(fabrics.exists[:, :, None], (*fabrics.exists.shape, len(inputs.periods)))
    tier = frame.add_variables(
        "fabric_tier", axes, unit="yes or no", meaning="has so many tiers", present=fabrics.exists, upper=1.0, integer=True
    )
    groups = frame.add_variables(
        "fabric_groups", (*axes, inputs.periods), unit="groups", meaning="groups of leaves that stand", present=by_period, integer=True
    )
    above = frame.add_variables(
        "fabric_above", (*axes, inputs.periods), unit="switches", meaning="switches above the leaves", present=by_period, integer=True
    )
    ports(frame, decisions, inputs, fabrics, groups)
    grade(frame, inputs, fabrics, tier, groups)
    whole_switches(frame, inputs, fabrics, groups, above)
    for name, block, what in (("fabric.leaves_stay", groups, "leaves"), ("fabric.above_stays", above, "switches above the leaves")):
        stays(frame, inputs, name, block, what)
    money(frame, inputs, fabrics, groups, above)


def ports(frame: Frame, decisions: Decisions, inputs: Inputs, fabrics: FabricInputs, groups: Variables) -> None:
    """Every node that was delivered, and has not left, has its ports."""
    n_t = len(inputs.periods)
    columns = decisions.delivered.index[fabrics.system, fabrics.site]
    numbers = row_numbers(np.ones((len(fabrics.names), n_t), dtype=bool))
    until = np.tril(np.ones((n_t, n_t), dtype=bool))
    terms = Terms().add(np.where(until, numbers[:, :, None], -1), columns[:, None, :], fabrics.nodes[:, None, None])
    terms.add(numbers[:, None, :], groups.index, -fabrics.nodes_per_group[:, :, None])
    fleet = inputs.fleet
    for f in range(len(fabrics.names)):
        mine = (fleet.system == fabrics.system[f]) & (fleet.origin == fabrics.site[f]) & (fleet.delivered >= 0)
        own = mine & (fleet.site == fleet.origin)
        rows = np.where(until, numbers[f, :, None], -1)[None]
        terms.add(rows, decisions.retired.index[own][:, None, :], -fabrics.nodes[f])
        terms.add(rows, decisions.moved.index[mine][:, None, :], -fabrics.nodes[f])
    frame.add_rows(
        "fabric.ports",
        (fabrics.names, inputs.periods),
        terms,
        unit="nodes",
        meaning="every node that was delivered and has not left has its ports at a leaf",
        says=lambda key, low, high: f"leaves of {key[0]} in {key[1]} have ports for every node delivered so far that has not left",
        present=numbers >= 0,
        upper=0.0,
    )


def grade(frame: Frame, inputs: Inputs, fabrics: FabricInputs, tier: Variables, groups: Variables) -> None:
    """A network has one number of tiers, and holds what that many hold."""
    present = groups.index >= 0
    numbers = row_numbers(present)

    def terms(most: Floats) -> Terms:
        return Terms().add(numbers, groups.index, 1.0).add(numbers, tier.index[:, :, None], -most[:, :, None])

    frame.unpriced["fabric.one"] = "a network is of one size"
    frame.unlimited["fabric.grade"] = terms(fabrics.holds_groups).triplets()[2]
    frame.add_rows(
        "fabric.grade",
        (fabrics.names, fabrics.tiers, inputs.periods),
        terms(fabrics.most_groups),
        unit="groups",
        meaning="a network holds what its tiers hold",
        says=lambda key, low, high: (
            f"the network {key[0]} has leaves of a {key[1]} network in {key[2]} only if it is one, and no more than fit"
        ),
        present=present,
        upper=0.0,
    )
    some = np.ones(len(fabrics.names), dtype=bool)
    paths = dict(zip(fabrics.names, fabrics.path, strict=True))
    frame.add_rows(
        "fabric.one",
        (fabrics.names,),
        Terms().add(np.arange(len(some))[:, None], tier.index, 1.0),
        unit="networks",
        meaning="a system has one network at a site",
        says=lambda key, low, high: f"{key[0]} is one network, of one number of tiers",
        present=some,
        upper=1.0,
        limit=lambda key: (f"one network for {key[0]}", paths[key[0]]),
    )
    frame.choices["fabric.one"] = Choice(
        lambda key, by: f"its machines may be in {1 + by:g} networks that are not joined", np.ones(len(some))
    )


def whole_switches(frame: Frame, inputs: Inputs, fabrics: FabricInputs, groups: Variables, above: Variables) -> None:
    """There are switches above for all leaves."""
    present = groups.index >= 0
    numbers = row_numbers(present)
    frame.add_rows(
        "fabric.above",
        (fabrics.names, fabrics.tiers, inputs.periods),
        Terms().add(numbers, groups.index, fabrics.above_per_group[:, :, None]).add(numbers, above.index, -1.0),
        unit="switches",
        meaning="there are switches above for all leaves",
        says=lambda key, low, high: f"the {key[1]} network {key[0]} has switches above all its leaves in {key[2]}",
        present=present,
        upper=0.0,
    )


def stays(frame: Frame, inputs: Inputs, name: str, block: Variables, what: str) -> None:
    """Nothing that was bought is sold."""
    present = block.index >= 0
    present[:, :, 0] = False
    numbers = row_numbers(present)
    frame.add_rows(
        name,
        block.axes,
        Terms().add(numbers[:, :, 1:], block.index[:, :, :-1], 1.0).add(numbers, block.index, -1.0),
        unit="groups" if what == "leaves" else "switches",
        meaning=f"{what} stay",
        says=lambda key, low, high: f"{what} of {key[0]} that stood before {key[2]} still stand",
        present=present,
        upper=0.0,
    )


def money(frame: Frame, inputs: Inputs, fabrics: FabricInputs, groups: Variables, above: Variables) -> None:
    """Switches and the links between them are paid when they are added."""
    period = np.arange(len(inputs.periods))
    for block, cost in ((groups, fabrics.group_musd), (above, fabrics.above_musd)):
        frame.add_flow("capex.fabric", "cash", period, block.index, cost[:, :, None])
        frame.add_flow("capex.fabric", "cash", period[1:], block.index[:, :, :-1], -cost[:, :, None])
