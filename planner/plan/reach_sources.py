"""How much power can a site have, with every source that may be added? Part of the second road: no model, no solver."""

from __future__ import annotations

import math

from planner.scenario.case import Case, CaseSite

SLACK = 1e-5
"""Share of a permit that a solver's rounding may add."""


def power_with_sources(case: Case, site: CaseSite) -> list[float] | None:
    """W at the meter by period, with all that is firm of every source that can stand by then, however short its term; None: any."""
    if site.power_w is None:
        return None
    own = [s for s in case.sources if s.site == site.id]
    most = {s.id: s.most_units if s.permit_w is None else min(s.most_units, math.floor(s.permit_w / s.unit_w * (1 + SLACK))) for s in own}
    return [watts + sum(most[s.id] * s.firm_w for s in own if s.earliest <= t) for t, watts in enumerate(site.power_w)]
