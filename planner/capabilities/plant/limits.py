"""Layers of the plant: what each may carry, given its redundancy."""

from __future__ import annotations

from planner.core.limits import MW, At, LimitKind, Words


def _carries(at: At) -> Words:
    layer, period = at.key
    path = next(known.path for known in at.case.layers if f"{known.site}:{known.layer}" == layer)
    return Words(f"layer {layer}", f"{path}.capacity", f"{layer} may carry {at.amount:g} MW in {period}")


LAYER = LimitKind("layers.carries", MW, _carries, number="affine", dated=True)
"""Of what is installed, the part that redundancy leaves."""
