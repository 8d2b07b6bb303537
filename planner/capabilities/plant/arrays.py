"""Layers as arrays: Y layers · T periods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.arrays import MEGA, Bools, Floats, Ints
from planner.capabilities.plant.case import PlantCase
from planner.engineering.plant import usable_fraction
from planner.model.inputs import Arrays, InputsContext
from planner.model.terms import Measure


@dataclass(frozen=True)
class LayerInputs:
    """What layers of plants may carry."""

    names: tuple[str, ...]
    site: Ints
    """[Y]"""
    basis: tuple[Measure, ...]
    """Of what a layer carries, at the site's sizing load."""
    relieved: Bools
    """[Y] whether sources behind the meter spare it: the feed carries only what comes from the
    grid."""
    usable_mw: Floats
    """[Y, T]"""
    usable: Floats
    """[Y] of what is installed."""


def _layers(ctx: InputsContext) -> LayerInputs:
    case = ctx.case
    own, n_t = case.of(PlantCase).layers, len(case.timeline)
    places = [ctx.place[entry.site] for entry in own]
    usable = [
        np.array(e.capacity_w) / MEGA * usable_fraction(e.needed, e.spare, e.copies) for e in own
    ]
    return LayerInputs(
        names=tuple(f"{entry.site}:{entry.layer}" for entry in own),
        site=np.array(places, dtype=np.int64),
        basis=tuple(entry.basis for entry in own),
        relieved=np.array([entry.layer == "feed" for entry in own], dtype=bool),
        usable_mw=np.array(usable).reshape(len(own), n_t),
        usable=np.array([usable_fraction(e.needed, e.spare, e.copies) for e in own]),
    )


def parts(ctx: InputsContext) -> Iterator[object]:
    """Layers."""
    yield _layers(ctx)


FACE = Arrays(parts)
