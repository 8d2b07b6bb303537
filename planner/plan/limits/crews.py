"""What crews commission and fit out in a period."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.derive import Derivation
from planner.plan.limits.row import limit_row
from planner.plan.schema import LimitRow
from planner.plan.stocks import lands


def crew_limits(d: Derivation) -> Iterator[LimitRow]:
    """Megawatts and racks of every crew in every period."""
    for crew in d.case.crews:
        for t, label in enumerate(d.labels):
            if crew.it_w is not None:
                most = crew.it_w / 1e6
                says = f"{crew.id} commissions at most {most:g} MW of critical IT in {label}"
                name = f"construction by {crew.id}"
                used = sum(_commissioned(d, site, t) for site in crew.sites)
                yield limit_row(f"crew.construction[{crew.id},{label}]", name, says, "MW", used, most, path=crew.it_path)
            if crew.racks is not None:
                says = f"{crew.id} fits out at most {crew.racks:g} racks in {label}"
                used = sum(_arriving(d, site, t) for site in crew.sites)
                yield limit_row(
                    f"crew.install[{crew.id},{label}]", f"fit-out by {crew.id}", says, "racks", used, crew.racks, path=crew.racks_path
                )


def _commissioned(d: Derivation, site: str, t: int) -> float:
    before = d.built_mw[site, t - 1] if t else d.existing_mw(d.case.site[site])
    return d.built_mw[site, t] - before


def _arriving(d: Derivation, site: str, t: int) -> float:
    """Racks delivered to a site in a period, or moved there."""
    bought = sum(p.units * d.case.system[p.system].racks for p in d.decisions.purchases if (p.site, d.at[p.delivered]) == (site, t))
    moved = 0.0
    for move in d.decisions.moves:
        if move.destination == site and lands(d.case, move, d.at[move.period]) == t:
            moved += move.units * d.case.system[move.system].racks
    return bought + moved
