"""Crews: rows."""

from __future__ import annotations

import numpy as np

from planner.arrays import Bools
from planner.capabilities.crews.arrays import BuildInputs
from planner.capabilities.crews.case import CONSTRUCTION, INSTALL
from planner.capabilities.fleet.constraints import at_periods
from planner.model.blocks import Facts
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.parameter import Affine
from planner.model.terms import ABSENT, Terms, row_numbers


def add_crews(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Crews: no more is commissioned or fitted out in a period than there are hands for.

    Sets    c crew, of one site or of several · l site · s system · t period; v(q,t) period in which
            moved stock q arrives that left with t
    Rows    crew.construction[c,t]    Σ_{l of c} (built[l,t] − built[l,t−1]) ≤ rate(c)    MW
                                      built[l,−1] is what stands at the start
            crew.install[c,t]         Σ_{l of c, s} racks(s) · (delivered[s,l,t] + Σ_{q of s to l,
                                      τ: v(q,τ)=t} moved[q,τ]) ≤ racks(c)    racks
    A rack counts in the period in which it arrives; its fit-out may take longer. Sites that are
    built by the hall have lead times instead.
    """
    if inputs.of(BuildInputs).crews:
        construction(frame, decisions, inputs)
        install(frame, decisions, inputs)


def construction(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """What is commissioned in a period stays within the rate."""
    crews, n_t = inputs.of(BuildInputs), len(inputs.periods)
    present: Bools = np.broadcast_to(np.isfinite(crews.it_mw)[:, None], (len(crews.crews), n_t))
    rows = np.where(crews.works[:, :, None], row_numbers(present)[:, None, :], ABSENT)
    built = decisions.built.index
    terms = Terms().add(rows, built[None], 1.0).add(rows[:, :, 1:], built[None, :, :-1], -1.0)
    stands = np.zeros(present.shape)
    stands[:, 0] = crews.works @ inputs.existing_it_mw
    frame.add_limit(
        CONSTRUCTION,
        (crews.crews, inputs.periods),
        terms,
        present=present,
        bound=crews.it_mw[:, None] + stands,
        facts=Facts(affine=Affine(stands[present], np.ones(int(present.sum())))),
    )


def install(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """What arrives in a period stays within what can be fitted out."""
    crews, fleet, n_t = inputs.of(BuildInputs), inputs.fleet, len(inputs.periods)
    present: Bools = np.broadcast_to(np.isfinite(crews.racks)[:, None], (len(crews.crews), n_t))
    numbers = row_numbers(present)
    rows = np.where(crews.works[:, :, None], numbers[:, None, :], ABSENT)
    terms = Terms().add(
        rows[:, None], decisions.delivered.index[None], inputs.racks[None, :, None, None]
    )
    there = at_periods(
        rows[:, fleet.site], np.broadcast_to(fleet.lands, (len(crews.crews), *fleet.lands.shape))
    )
    terms.add(there, decisions.moved.index[None], inputs.racks[fleet.system][None, :, None])
    frame.add_limit(
        INSTALL,
        (crews.crews, inputs.periods),
        terms,
        present=present,
        bound=np.broadcast_to(crews.racks[:, None], present.shape),
    )


FACE = Constraints((add_crews,))
