"""How many halls there can be, what stood at the start, and what construction may cost."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.derive import Derivation
from planner.plan.derive_halls import RESOURCES, WORDS, construction, standing_amount, taken
from planner.plan.limits.row import limit_row
from planner.plan.schema import LimitRow
from planner.scenario.case import CaseSite

PATHS = {"it": "construction.existing", "positions": "positions", "liquid": "cooling.liquid", "air": "cooling.air"}


def halls_limits(d: Derivation) -> Iterator[LimitRow]:
    """Every such limit, by its row in the model."""
    for hall in d.case.halls:
        if hall.most is not None and any(d.case.openings[hall.place]):
            count = sum(row.number for row in d.decisions.halls if (row.site, row.hall) == (hall.site, hall.id))
            says = f"at most {hall.most:g} hall{'' if hall.most == 1 else 's'} {hall.place} can be built"
            row, path = f"hall.number[{hall.place}]", f"{hall.path}.most"
            yield limit_row(row, f"number of halls {hall.place}", says, "halls", count, hall.most, path=path)
    for j, site in enumerate(d.case.sites):
        if d.case.halls_at(site.id) and d.existing_mw(site) > 0:
            yield from _standing(d, j, site)
    for j, site in enumerate(d.case.sites):
        if site.construction_budget_usd is not None:
            limit, spent = site.construction_budget_usd / 1e6, _spent(d, site) / 1e6
            says = f"construction at {site.id} may cost {limit:g} MUSD"
            row, path = f"budget.construction[{site.id}]", f"sites.{j}.construction.budget"
            yield limit_row(row, f"construction budget at {site.id}", says, "MUSD", spent, limit, path=path)


def _spent(d: Derivation, site: CaseSite) -> float:
    if d.case.halls_at(site.id):
        return sum(usd for _, _, usd in construction(d, site.id))
    return (d.built_mw[site.id, len(d.labels) - 1] - d.existing_mw(site)) * site.construction_usd_per_mw


def _standing(d: Derivation, j: int, site: CaseSite) -> Iterator[LimitRow]:
    if not any(site.id in s.sites for s in d.case.systems) and not any(f.site == site.id and f.units for f in d.case.fleet):
        return
    for t, label in enumerate(d.labels):
        used = taken(d, site, None, t)
        for resource in RESOURCES:
            amount = standing_amount(d, site, resource, t)
            if amount is not None:
                unit, scale = ("racks", 1.0) if resource == "positions" else ("MW", 1e6)
                says = f"{WORDS[resource]} that stands at {site.id} in {label} is {amount / scale:g} {unit}"
                row, path = f"hall.standing[{site.id},{resource},{label}]", f"sites.{j}.{PATHS[resource]}"
                name = f"standing {WORDS[resource]} at {site.id}"
                yield limit_row(row, name, says, unit, used[resource] / scale, amount / scale, path=path)
