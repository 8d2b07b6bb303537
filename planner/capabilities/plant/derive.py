"""What each layer of the plant carries."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.generation.derive import own_sources
from planner.capabilities.plant.case import LAYER, PlantCase
from planner.core.limits import At
from planner.engineering.plant import usable_fraction
from planner.plan.derive import Derivation
from planner.plan.face import Derive
from planner.plan.limit_row import LimitRow, limit_row


def layer_limits(d: Derivation) -> Iterator[LimitRow]:
    """What each layer carries."""
    for layer in d.case.of(PlantCase).layers:
        site = d.case.site[layer.site]
        if not d.may_stand(layer.site):
            continue
        for t, label in enumerate(d.labels):
            used = d.sized_w(site, t)[layer.basis] / 1e6
            if layer.layer == "feed":
                own = [source for source in own_sources(d).at(layer.site) if source.behind_meter]
                used -= sum(source.firm_of(own_sources(d).units(source, t)) / 1e6 for source in own)
            limit = (
                layer.capacity_w[t] / 1e6 * usable_fraction(layer.needed, layer.spare, layer.copies)
            )
            yield limit_row(LAYER, At(d.case, (f"{layer.site}:{layer.layer}", label), limit), used)


FACE = Derive(limits=layer_limits)
