"""How fast can be built and fitted out: at one site, or by a crew that several share."""

from __future__ import annotations

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
