"""Layers of the plant: rows."""

from __future__ import annotations

import numpy as np

from planner.capabilities.plant.arrays import LayerInputs
from planner.capabilities.plant.case import LAYER
from planner.model.blocks import Facts
from planner.model.family import Constraints, Decisions
from planner.model.frame import Frame
from planner.model.inputs import Inputs
from planner.model.parameter import Affine
from planner.model.terms import Terms, row_numbers


def add_layers(frame: Frame, decisions: Decisions, inputs: Inputs) -> None:
    """Layers: what runs stays within what each layer of the plant may carry, given its redundancy.

    Sets    y layer of site l(y) · s system · t period · k source behind the meter
    Rows    layers.carries[y,t]   Σ_s use_mw(y,s) · in_service[s,l(y),t] − Σ_k firm(k,t) ≤
                                  usable_mw(y,t)    MW
    use_mw is at the site's sizing load: at the utility basis for feed, transformer and generator,
    at IT for UPS and cooling. Only the feed is spared by sources behind the meter. usable_mw is
    what is installed times needed / (copies · (needed + spare)) of its redundancy.
    """
    layers = inputs.of(LayerInputs)
    if not layers.names:
        return
    runs = decisions.in_service.index[:, layers.site, :]
    present = np.asarray((runs >= 0).any(axis=0), dtype=bool)
    numbers = row_numbers(present)
    terms = Terms()
    for y, basis in enumerate(layers.basis):
        post = frame.posted(basis)
        here = post.sites == layers.site[y]
        terms.add(numbers[y, post.periods[here]], post.columns[here], post.values[here])
    firm = frame.posted("firm_behind_meter")
    for y in np.flatnonzero(layers.relieved).tolist():
        here = firm.sites == layers.site[y]
        terms.add(numbers[y, firm.periods[here]], firm.columns[here], -firm.values[here])
    usable = np.broadcast_to(layers.usable[:, None], present.shape)[present]
    frame.add_limit(
        LAYER,
        (layers.names, inputs.periods),
        terms,
        present=present,
        bound=layers.usable_mw,
        facts=Facts(affine=Affine(np.zeros(len(usable)), usable)),
    )


FACE = Constraints((add_layers,))
