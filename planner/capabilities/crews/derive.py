"""What crews commission and fit out in a period."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.crews.case import CONSTRUCTION, INSTALL, CrewsCase
from planner.capabilities.fleet.tables import MOVES
from planner.capabilities.supply.tables import PURCHASES
from planner.core.limits import At
from planner.plan.derive import Derivation
from planner.plan.face import Derive
from planner.plan.limit_row import LimitRow, limit_row
from planner.plan.stocks import lands


def crew_limits(d: Derivation) -> Iterator[LimitRow]:
    """Megawatts and racks of every crew in every period."""
    for crew in d.case.of(CrewsCase).crews:
        for t, label in enumerate(d.labels):
            if crew.it_w is not None:
                at = At(d.case, (crew.id, label), crew.it_w / 1e6)
                yield limit_row(
                    CONSTRUCTION, at, sum(_commissioned(d, site, t) for site in crew.sites)
                )
            if crew.racks is not None:
                yield limit_row(
                    INSTALL,
                    At(d.case, (crew.id, label), crew.racks),
                    sum(_arriving(d, site, t) for site in crew.sites),
                )


def _commissioned(d: Derivation, site: str, t: int) -> float:
    before = d.built_mw[site, t - 1] if t else d.existing_mw(d.case.site[site])
    return d.built_mw[site, t] - before


def _arriving(d: Derivation, site: str, t: int) -> float:
    """Racks delivered to a site in a period, or moved there."""
    bought = sum(
        p.units * d.case.system[p.system].racks
        for p in d.decisions.of(PURCHASES)
        if (p.site, d.at[p.delivered]) == (site, t)
    )
    moved = 0.0
    for move in d.decisions.of(MOVES):
        if move.destination == site and lands(d.case, move, d.at[move.period]) == t:
            moved += move.units * d.case.system[move.system].racks
    return bought + moved


FACE = Derive(limits=crew_limits)
