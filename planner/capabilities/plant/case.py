"""Layers in plain numbers, and what each may carry given its redundancy."""

from __future__ import annotations

from typing import Literal

from planner.catalog.facility import Layer
from planner.core.case import Case
from planner.core.limits import MW, At, LimitKind, Words
from planner.core.whole import Broken, length, named
from planner.records import Record


class CaseLayer(Record):
    """What is installed of a layer of a site's plant, and its redundancy."""

    site: str
    layer: Layer
    capacity_w: list[float]
    needed: float
    spare: float
    copies: float
    """Usable over installed is needed / (copies · (needed + spare))."""
    path: str

    @property
    def basis(self) -> Literal["utility", "it"]:
        """Where on the power chain its capacity is counted."""
        return "it" if self.layer in ("ups", "cooling") else "utility"


class PlantCase(Case):
    """Layers of plants."""

    layers: list[CaseLayer] = []

    def broken(self) -> Broken:
        """What cannot be of its part."""
        yield from super().broken()
        periods = len(self.timeline)
        for i, layer in enumerate(self.layers):
            yield from named([layer.site], self.site, f"layers.{i}.site")
            yield from length(layer.capacity_w, periods, f"layers.{i}.capacity_w")
            if layer.needed < 1 or layer.copies < 1 or layer.spare < 0:
                yield "at least one unit is needed, in at least one copy", f"layers.{i}.needed"


def _carries(at: At) -> Words:
    layer, period = at.key
    path = next(
        known.path
        for known in at.case.of(PlantCase).layers
        if f"{known.site}:{known.layer}" == layer
    )
    return Words(
        f"layer {layer}", f"{path}.capacity", f"{layer} may carry {at.told} MW in {period}"
    )


LAYER = LimitKind("layers.carries", MW, _carries, number="affine", dated=True)
"""Of what is installed, the part that redundancy leaves."""
FACE = PlantCase
