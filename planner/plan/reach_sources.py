"""How much power can a site have, with every source that may be added? Part of the second road: no model, no solver."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planner.plan.derive import Derivation
from planner.scenario.case import Case, CaseSite
from planner.scenario.case.power import CaseSource

SLACK = 1e-5
"""Share of a permit that a solver's rounding may add."""


def power_with_sources(case: Case, site: CaseSite) -> list[float] | None:
    """W at the meter by period, with all that is firm of every source that can stand by then, however short its term; None: any."""
    if site.power_w is None:
        return None
    own = [s for s in case.sources if s.site == site.id]
    most = {s.id: s.most_units if s.permit_w is None else min(s.most_units, math.floor(s.permit_w / s.unit_w * (1 + SLACK))) for s in own}
    return [watts + sum(s.firm_of(most[s.id]) for s in own if s.earliest <= t) for t, watts in enumerate(site.power_w)]


def besides(d: Derivation, site: CaseSite, name: str) -> Iterator[tuple[str, str, str]]:
    """(limit, what it says, path) of what else a room is made of: how many halls can be built, how many units of a source may stand."""
    if name.startswith("halls "):
        for hall in d.case.halls_at(site.id):
            if hall.most is not None and any(d.case.openings[hall.place]):
                says = f"at most {hall.most:g} hall{'' if hall.most == 1 else 's'} {hall.place} can be built"
                yield f"number of halls {hall.place}", says, f"{hall.path}.most"
        if (stands := d.existing_mw(site)) > 0:
            path = f"sites.{d.case.sites.index(site)}.construction.existing"
            yield f"standing critical IT at {site.id}", f"critical IT that stands at {site.id} is {stands:g} MW", path
    if name.startswith("power "):
        yield from (_source(source) for source in d.case.sources if source.site == site.id and source.firm_w)


def _source(source: CaseSource) -> tuple[str, str, str]:
    if source.permit_w is not None and source.permit_w < source.most_units * source.unit_w:
        says = f"the permit of {source.key} is for {source.permit_w / 1e6:g} MW"
        return f"permit of {source.key}", says, f"{source.path}.permit.power"
    says = f"at most {source.most_units:g} unit{'' if source.most_units == 1 else 's'} of {source.key} may stand"
    return f"power source {source.key}", says, f"{source.path}.at_most"
