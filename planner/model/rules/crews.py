"""Crews: no more is commissioned or fitted out in a period than there are hands for.

Sets    c crew, of one site or of several · l site · s system · t period; v(q,t) period in which moved stock q arrives that left with t
Rows    crew.construction[c,t]    Σ_{l of c} (built[l,t] − built[l,t−1]) ≤ rate(c)    MW
                                  built[l,−1] is what stands at the start
        crew.install[c,t]         Σ_{l of c, s} racks(s) · (delivered[s,l,t] + Σ_{q of s to l, τ: v(q,τ)=t} moved[q,τ]) ≤ racks(c)    racks
A rack counts in the period in which it arrives; its fit-out may take longer. Sites that are built by the hall have lead times instead.
"""

from __future__ import annotations

import numpy as np

from planner.model.frame import ABSENT, Bools, Frame, Terms, row_numbers
from planner.model.inputs import Inputs
from planner.model.parameter import Written
from planner.model.rules.fleet import at_periods
from planner.model.variables import Decisions


def add(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Add the family, where any crew is told of."""
    if inputs.build.crews:
        construction(frame, decisions, inputs)
        install(frame, decisions, inputs)


def construction(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """What is commissioned in a period stays within the rate."""
    crews, n_t = inputs.build, len(inputs.periods)
    present: Bools = np.broadcast_to(np.isfinite(crews.it_mw)[:, None], (len(crews.crews), n_t))
    rows = np.where(crews.works[:, :, None], row_numbers(present)[:, None, :], ABSENT)
    built = decisions.built.index
    terms = Terms().add(rows, built[None], 1.0).add(rows[:, :, 1:], built[None, :, :-1], -1.0)
    stands = np.zeros(present.shape)
    stands[:, 0] = crews.works @ inputs.existing_it_mw
    paths, most = dict(zip(crews.crews, crews.it_path, strict=True)), dict(zip(crews.crews, crews.it_mw.tolist(), strict=True))
    frame.add_rows(
        "crew.construction",
        (crews.crews, inputs.periods),
        terms,
        unit="MW",
        meaning="what is commissioned stays within the rate of construction",
        says=lambda key, low, high: f"{key[0]} commissions at most {most[key[0]]:g} MW of critical IT in {key[1]}",
        present=present,
        upper=crews.it_mw[:, None] + stands,
        limit=lambda key: (f"construction by {key[0]}", paths[key[0]]),
    )
    frame.written["crew.construction"] = Written(stands[present], np.ones(int(present.sum())))


def install(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """What arrives in a period stays within what can be fitted out."""
    crews, fleet, n_t = inputs.build, inputs.fleet, len(inputs.periods)
    present: Bools = np.broadcast_to(np.isfinite(crews.racks)[:, None], (len(crews.crews), n_t))
    numbers = row_numbers(present)
    rows = np.where(crews.works[:, :, None], numbers[:, None, :], ABSENT)
    terms = Terms().add(rows[:, None], decisions.delivered.index[None], inputs.racks[None, :, None, None])
    there = at_periods(rows[:, fleet.site], np.broadcast_to(fleet.lands, (len(crews.crews), *fleet.lands.shape)))
    terms.add(there, decisions.moved.index[None], inputs.racks[fleet.system][None, :, None])
    paths = dict(zip(crews.crews, crews.racks_path, strict=True))
    frame.add_rows(
        "crew.install",
        (crews.crews, inputs.periods),
        terms,
        unit="racks",
        meaning="what arrives stays within what can be fitted out",
        says=lambda key, low, high: f"{key[0]} fits out at most {high:g} racks in {key[1]}",
        present=present,
        upper=np.broadcast_to(crews.racks[:, None], present.shape),
        limit=lambda key: (f"fit-out by {key[0]}", paths[key[0]]),
    )
