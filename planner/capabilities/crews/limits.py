"""What a crew commissions and fits out in a period."""

from __future__ import annotations

from planner.core.limits import MW, RACKS, At, LimitKind, Words
from planner.scenario.case import CaseCrew


def _crew(at: At) -> CaseCrew:
    return next(crew for crew in at.case.crews if crew.id == at.key[0])


def _construction(at: At) -> Words:
    crew = _crew(at)
    says = f"{crew.id} commissions at most {(crew.it_w or 0.0) / 1e6:g} MW of critical IT in {at.key[1]}"
    return Words(f"construction by {crew.id}", crew.it_path, says)


def _install(at: At) -> Words:
    crew = _crew(at)
    return Words(f"fit-out by {crew.id}", crew.racks_path, f"{crew.id} fits out at most {at.amount:g} racks in {at.key[1]}")


CONSTRUCTION = LimitKind("crew.construction", MW, _construction, number="affine")
"""In the first period its rows hold what stands at the start beside the rate."""
INSTALL = LimitKind("crew.install", RACKS, _install)
