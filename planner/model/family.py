"""Families of rows, the decisions that they are about, and a model that is built of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.arrays import Floats, Ints
from planner.core.registry import faces
from planner.model.blocks import MACHINES, Variables
from planner.model.frame import Frame, Objective
from planner.model.inputs import Inputs
from planner.model.terms import Measure


@dataclass(frozen=True)
class Decisions:
    """The plan's variables as blocks."""

    delivered: Variables
    in_service: Variables
    retired: Variables
    moved: Variables
    unqualified: Variables
    built: Variables
    short: Variables


def add_decisions(frame: Frame, inputs: Inputs) -> Decisions:
    """Declare the decisions.

    delivered[s,l,t]   systems that arrive during a period, early enough to run within the horizon
                       (integer)
    in_service[s,l,t]  systems that run through a period; whole because deliveries and retirements
                       are. What they take of their sites is posted here, for every balance that
                       counts it
    retired[p,t]       systems of a stock switched off at the start of a period (integer)
    moved[p,t]         systems that leave their first site at the start of a period for that of
                       stock p (integer)
    unqualified[q,t]   whether the qualification q has not begun by a period (yes or no)
    built[l,t]         MW of critical IT capacity that stands
    short[d,t]         part of a demand that goes unmet, where the scenario prices it
    """
    systems, sites, periods = inputs.systems, inputs.sites, inputs.periods
    n_t = len(periods)
    stands = np.broadcast_to(inputs.can_stand[:, :, None], inputs.shape)
    most = np.broadcast_to(inputs.most[:, :, None], inputs.shape)
    delivered = frame.add_variables(
        "delivered",
        (systems, sites, periods),
        unit="systems",
        meaning="arrive during the period",
        present=inputs.can_deliver,
        upper=np.maximum(most - (inputs.existing - inputs.retirable)[:, :, None], 0.0),
        integer=MACHINES,
        implied=True,
    )
    in_service = frame.add_variables(
        "in_service",
        (systems, sites, periods),
        unit="systems",
        meaning="run through the period",
        present=stands,
        upper=most,
        implied=True,
    )
    for measure, values in inputs.takes.items():
        frame.post(
            measure,
            in_service.index,
            np.arange(len(sites))[None, :, None],
            np.arange(n_t),
            values[:, :, None],
        )
    retired, moved = _leaving(frame, inputs)
    built = frame.add_variables(
        "built",
        (sites, periods),
        unit="MW",
        meaning="critical IT capacity that stands",
        lower=np.broadcast_to(inputs.existing_it_mw[:, None], (len(sites), n_t)),
    )
    priced = np.isfinite(inputs.demand_shortfall_musd) & (inputs.demand_need > 0)
    short = frame.add_variables(
        "short",
        (inputs.demands, periods),
        unit="of the demand",
        meaning="unmet part of a demand",
        present=priced,
        upper=inputs.demand_need,
        implied=True,
    )
    return Decisions(
        delivered, in_service, retired, moved, _unqualified(frame, inputs), built, short
    )


def _leaving(frame: Frame, inputs: Inputs) -> tuple[Variables, Variables]:
    fleet = inputs.fleet
    most_of_stock = np.where(
        fleet.entry >= 0, fleet.units[fleet.home], inputs.most[fleet.system, fleet.origin]
    )[:, None]
    retired = frame.add_variables(
        "retired",
        (fleet.stocks, inputs.periods),
        unit="systems",
        meaning="switched off at the start of the period",
        present=fleet.can_retire,
        upper=np.broadcast_to(
            np.where(fleet.must_stay[:, None], 0.0, most_of_stock), fleet.can_retire.shape
        ),
        integer=MACHINES,
        implied=True,
    )
    moved = frame.add_variables(
        "moved",
        (fleet.stocks, inputs.periods),
        unit="systems",
        meaning="leave their first site at the start of the period",
        present=fleet.can_move,
        upper=np.broadcast_to(most_of_stock, fleet.can_move.shape),
        integer=MACHINES,
        implied=True,
    )
    return retired, moved


def _unqualified(frame: Frame, inputs: Inputs) -> Variables:
    return frame.add_variables(
        "unqualified",
        (inputs.supply.suppliers, inputs.periods),
        unit="yes or no",
        meaning="its qualification has not begun",
        upper=1.0,
        integer=True,
    )


Family = Callable[[Frame, Decisions, Inputs], None]
"""Adds one family of rows. Its docstring is its mathematics, and `docs/formulation.md` is made of
these."""


@dataclass(frozen=True)
class Constraints:
    """The face of a capability's module of constraints."""

    families: tuple[Family, ...]


def all_families() -> tuple[Family, ...]:
    """Every family of every capability, in order."""
    return tuple(family for face in faces("constraints", Constraints) for family in face.families)


@dataclass(frozen=True)
class Model:
    """A built model: the frame, the decisions in it, and the objectives in order."""

    frame: Frame
    decisions: Decisions
    inputs: Inputs
    objectives: tuple[Objective, ...]
    tie_break: Objective | None
    """Cost, where no objective asks for it: among plans that are equal in all that was asked, the
    cheapest."""


def dense(index: Ints, solution: Floats) -> Floats:
    """Values in the shape of a block, 0 where it has no variable."""
    return np.where(index >= 0, solution[index], 0.0)


def drawn(model: Model, solution: Floats, measure: Measure) -> Floats:
    """[L, T] what all that was posted of a measure comes to."""
    post, shape = model.frame.posted(measure), (len(model.inputs.sites), len(model.inputs.periods))
    flat = np.bincount(
        post.sites * shape[1] + post.periods,
        weights=post.values * solution[post.columns],
        minlength=shape[0] * shape[1],
    )
    return flat.astype(np.float64).reshape(shape)
