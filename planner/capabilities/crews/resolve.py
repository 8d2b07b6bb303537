"""Crews of a scenario, in a period's worth."""

from __future__ import annotations

from collections.abc import Mapping

from planner.capabilities.crews.case import CaseCrew
from planner.capabilities.crews.schema import CrewsAtSite, CrewsKeys
from planner.capabilities.halls.schema import HallsAtSite
from planner.core.context import Resolve, ResolveContext


def resolve_crews(g: ResolveContext) -> list[CaseCrew]:
    """Every site that has a rate of its own, then the crews that sites share."""
    found = []
    for i, site in enumerate(g.scenario.sites):
        mw, racks = site.construction.rate_mw_per_year, site.of(CrewsAtSite).install_racks_per_year
        if mw is not None or racks is not None:
            paths = f"sites.{i}.construction.rate", f"sites.{i}.install_rate"
            found.append(_crew(g, f"crew of {site.id}", [site.id], mw, racks, paths))
    for i, crew in enumerate(g.scenario.of(CrewsKeys).crews):
        sites = list(dict.fromkeys(crew.sites))
        for site in g.scenario.sites:
            if (
                site.id in sites
                and site.of(HallsAtSite).halls
                and crew.rate_mw_per_year is not None
            ):
                message = (
                    f"{site.id} is built by the hall, and a `rate` counts what is built by the MW"
                )
                g.problem(
                    "K003",
                    message,
                    ("crews", i, "rate"),
                    f"leave {site.id} out, or give the crew an `install_rate` alone",
                )
        name = f"crew {i + 1}"
        found.append(
            _crew(
                g,
                name,
                sites,
                crew.rate_mw_per_year,
                crew.install_racks_per_year,
                (f"crews.{i}.rate", f"crews.{i}.install_rate"),
            )
        )
    if any(crew.it_w is not None for crew in found):
        g.note(
            "where construction has a rate, halls may stand before they are needed; what they "
            "cost is paid when they are commissioned"
        )
    return found


def _crew(
    g: ResolveContext,
    name: str,
    sites: list[str],
    mw: float | None,
    racks: float | None,
    paths: tuple[str, str],
) -> CaseCrew:
    years = g.timeline.step_years
    if mw is not None:
        g.given(name, "construction rate", "MW/year", mw)
    if racks is not None:
        g.given(name, "install rate", "rack/year", racks)
    return CaseCrew(
        id=name,
        sites=sites,
        it_w=None if mw is None else mw * 1e6 * years,
        racks=None if racks is None else racks * years,
        it_path=paths[0],
        racks_path=paths[1],
    )


def case(g: ResolveContext) -> Mapping[str, object]:
    """Its part of the case."""
    return {"crews": resolve_crews(g)}


FACE = Resolve(case)
