"""How many halls there can be, what stood at the start, and what construction may cost."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.budget.limits import CONSTRUCTION
from planner.capabilities.halls.limits import NUMBER, STANDING
from planner.core.limits import At
from planner.plan.derive import Derivation
from planner.plan.derive_halls import RESOURCES, construction, standing_amount, taken
from planner.plan.limits.row import limit_row
from planner.plan.schema import LimitRow
from planner.scenario.case import CaseSite


def halls_limits(d: Derivation) -> Iterator[LimitRow]:
    """Every such limit, by its row in the model."""
    for hall in d.case.halls:
        if hall.most is not None and any(d.case.openings[hall.place]):
            count = sum(row.number for row in d.decisions.halls if (row.site, row.hall) == (hall.site, hall.id))
            yield limit_row(NUMBER, At(d.case, (hall.place,), hall.most), count)
    for site in d.case.sites:
        if d.case.halls_at(site.id) and d.existing_mw(site) > 0:
            yield from _standing(d, site)
    for site in d.case.sites:
        if site.construction_budget_usd is not None:
            yield limit_row(CONSTRUCTION, At(d.case, (site.id,), site.construction_budget_usd / 1e6), _spent(d, site) / 1e6)


def _spent(d: Derivation, site: CaseSite) -> float:
    if d.case.halls_at(site.id):
        return sum(usd for _, _, usd in construction(d, site.id))
    return (d.built_mw[site.id, len(d.labels) - 1] - d.existing_mw(site)) * site.construction_usd_per_mw


def _standing(d: Derivation, site: CaseSite) -> Iterator[LimitRow]:
    if not any(site.id in s.sites for s in d.case.systems) and not any(f.site == site.id and f.units for f in d.case.fleet):
        return
    for t, label in enumerate(d.labels):
        used = taken(d, site, None, t)
        for resource in RESOURCES:
            amount = standing_amount(d, site, resource, t)
            if amount is not None:
                scale = 1.0 if resource == "positions" else 1e6
                yield limit_row(STANDING, At(d.case, (site.id, resource, label), amount / scale), used[resource] / scale)
