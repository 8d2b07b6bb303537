"""Crews in plain numbers, with their limits."""

from __future__ import annotations

from planner.core.case import Case
from planner.core.limits import MW, RACKS, At, LimitKind, Words
from planner.core.whole import Broken, named
from planner.records import Record


class CaseCrew(Record):
    """Workers of one site, or of several together, and what they do in a period."""

    id: str
    """`crew of SITE` for the rates of a site itself, else `crew 1`, by its number."""
    sites: list[str]
    it_w: float | None
    """Critical IT commissioned in a period."""
    racks: float | None
    """Racks that arrive in a period."""
    it_path: str
    racks_path: str


class CrewsCase(Case):
    """Crews."""

    crews: list[CaseCrew] = []

    def broken(self) -> Broken:
        """What cannot be of its part."""
        yield from super().broken()
        for i, crew in enumerate(self.crews):
            yield from named(crew.sites, self.site, f"crews.{i}.sites")


def _crew(at: At) -> CaseCrew:
    return next(crew for crew in at.case.of(CrewsCase).crews if crew.id == at.key[0])


def _construction(at: At) -> Words:
    crew = _crew(at)
    says = (
        f"{crew.id} commissions at most {(crew.it_w or 0.0) / 1e6:g} MW of critical IT in "
        f"{at.key[1]}"
    )
    return Words(f"construction by {crew.id}", crew.it_path, says)


def _install(at: At) -> Words:
    crew = _crew(at)
    return Words(
        f"fit-out by {crew.id}",
        crew.racks_path,
        f"{crew.id} fits out at most {at.told} racks in {at.key[1]}",
    )


CONSTRUCTION = LimitKind("crew.construction", MW, _construction, number="affine")
"""In the first period its rows hold what stands at the start beside the rate."""
INSTALL = LimitKind("crew.install", RACKS, _install)
FACE = CrewsCase
