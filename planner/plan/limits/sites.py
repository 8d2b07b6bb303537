"""Power, heat and space of the sites."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.sites.limits import AIR, CRITICAL_IT, LIQUID, POSITIONS, POWER
from planner.core.limits import At
from planner.plan.derive import Derivation
from planner.plan.limits.row import limit_row
from planner.plan.schema import LimitRow


def site_limits(d: Derivation) -> Iterator[LimitRow]:
    """Power, heat and positions of every site in every period."""
    for site in d.case.sites:
        if not d.may_stand(site.id):
            continue
        for t, label in enumerate(d.labels):
            used, key = d.sized_w(site, t), (site.id, label)
            if site.power_w is not None:
                mw = (used["utility"] - d.sources.firm_w(site.id, t)) / 1e6
                yield limit_row(POWER, At(d.case, key, site.power_w[t] / 1e6), mw)
            if site.critical_it_w is not None:
                yield limit_row(CRITICAL_IT, At(d.case, key, site.critical_it_w[t] / 1e6), used["it"] / 1e6)
            if d.case.halls_at(site.id):
                continue  # heat and positions are those of its halls, and of what stands beside them
            for kind, way, watts in ((LIQUID, "liquid", site.liquid_w), (AIR, "air", site.air_w)):
                if watts is not None:
                    yield limit_row(kind, At(d.case, key, watts / 1e6), used[way] / 1e6)
            if site.positions is not None:
                yield limit_row(POSITIONS, At(d.case, key, site.positions[t]), used["racks"])
