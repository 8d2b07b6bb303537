"""Carbon and water of a scenario with the catalog's figures."""

from __future__ import annotations

from collections.abc import Mapping

from planner.capabilities.emissions.case import CaseCarbon, CaseCarbonRules, CaseWater
from planner.capabilities.emissions.schema import (
    EmissionsAtSite,
    EmissionsKeys,
    SiteCarbon,
    SiteWater,
)
from planner.capabilities.generation.schema import GenerationAtSite
from planner.capabilities.objectives.schema import ObjectivesKeys
from planner.catalog.facility import Climate
from planner.core.context import Resolve, ResolveContext
from planner.periods import Moment

Path = tuple[str | int, ...]
TECHNOLOGY = {"air": "air", "liquid": "direct-liquid"}
"""The catalog's cooling technology whose water a site takes for machines cooled by air and by
liquid."""


def resolve_carbon(g: ResolveContext) -> list[CaseCarbon]:
    """What the grid emits for each site that says so; a problem where carbon matters and a site
    does not.
    """
    rules = g.scenario.of(EmissionsKeys).carbon
    criteria = [
        criterion
        for objective in g.scenario.of(ObjectivesKeys).objective
        for criterion in (objective, *(objective.weighted or ()))
    ]
    matters = bool(
        rules.total_t is not None
        or rules.by_period_t
        or rules.price_usd_per_t
        or any(a.minimize == "carbon" for a in criteria)
    )
    found = []
    for j, site in enumerate(g.scenario.sites):
        path, carbon, island = (
            ("sites", j, "carbon"),
            site.of(EmissionsAtSite).carbon,
            site.of(GenerationAtSite).island,
        )
        if carbon is None:
            if matters and not island:
                known = ", ".join(sorted(g.catalog.facility.grids)[:6])
                remedy = (
                    f"give `carbon: {{grid: …}}` (such as {known}) or `carbon: "
                    f"{{intensity: {{…}}}}`"
                )
                g.problem(
                    "S002",
                    "carbon is limited, priced or minimized, and nothing says what the grid of "
                    f"`{site.id}` emits",
                    path[:2],
                    remedy,
                )
            elif island:
                found.append(
                    CaseCarbon(
                        site=site.id,
                        kg_per_mwh=[0.0] * len(g.timeline),
                        total_t=None,
                        by_period_t={},
                    )
                )
            continue
        found.append(
            CaseCarbon(
                site=site.id,
                kg_per_mwh=_intensity(g, site.id, carbon, path),
                total_t=carbon.total_t,
                by_period_t=_aligned(g, carbon.by_period_t, (*path, "by_period")),
            )
        )
    return found


def _intensity(g: ResolveContext, site: str, said: SiteCarbon, path: Path) -> list[float]:
    """g/kWh by period, which is kg/MWh. A date within a period counts with the higher of both."""
    if said.grid is not None:
        grid = g.catalog.facility.grids[said.grid]
        return [g.need(site, "carbon", "gCO2e/kWh", None, grid.carbon_g_per_kwh)] * len(g.timeline)
    dated = said.intensity_g_per_kwh or {}
    first = min(dated, key=lambda moment: moment.first)
    if first.first > g.timeline.periods[0].start:
        message = f"the carbon of `{site}` before {first} is not given"
        g.problem(
            "S002", message, (*path, "intensity"), f"begin with `{g.timeline.periods[0].label}`"
        )
    for moment, value in dated.items():
        g.given(site, f"carbon.{moment}", "gCO2e/kWh", value)
    return g.needs(dated)


def resolve_carbon_rules(g: ResolveContext) -> CaseCarbonRules:
    """Ceilings and price over all sites."""
    rules = g.scenario.of(EmissionsKeys).carbon
    return CaseCarbonRules(
        total_t=rules.total_t,
        by_period_t=_aligned(g, rules.by_period_t, ("carbon", "by_period")),
        price_usd_per_t=rules.price_usd_per_t,
    )


def _aligned(g: ResolveContext, values: dict[Moment, float], path: Path) -> dict[int, float]:
    """Ceilings by period; a date that is not a whole period of the horizon is a problem."""
    found: dict[int, float] = {}
    for moment, value in values.items():
        index = g.period(moment, (*path, str(moment)))
        if index is None:
            continue
        period = g.timeline.periods[index]
        if moment.first != period.start or (period.end - moment.last).days != 1:
            remedy = f"write `{period.label}`, or take another `step`"
            g.problem(
                "D002",
                f"{moment} is not a {g.timeline.step} of the horizon",
                (*path, str(moment)),
                remedy,
            )
        found[index] = value
    return found


def resolve_water(g: ResolveContext) -> list[CaseWater]:
    """Water per IT energy of sites that say so."""
    found = []
    for j, site in enumerate(g.scenario.sites):
        said, path = site.of(EmissionsAtSite).water, ("sites", j, "water")
        if said is None:
            continue
        found.append(
            CaseWater(
                site=site.id,
                air_l_per_kwh=_wue(g, site.id, "air", said.wue.air_l_per_kwh, said, path),
                liquid_l_per_kwh=_wue(g, site.id, "liquid", said.wue.liquid_l_per_kwh, said, path),
                total_m3=said.total_m3,
                by_period_m3=_aligned(g, said.by_period_m3, (*path, "by_period")),
            )
        )
    return found


def _wue(
    g: ResolveContext, site: str, way: str, own: float | None, said: SiteWater, path: Path
) -> float:
    climate: Climate | None = said.climate
    figure = (
        g.catalog.facility.in_climate(TECHNOLOGY[way], climate) if climate is not None else None
    )
    value = g.take(site, f"wue.{way}", "L/kWh", own, figure.wue_l_per_kwh if figure else None)
    if value is None:
        g.problem(
            "S002",
            f"nothing says what water cooling by {way} takes at `{site}`",
            path,
            f"give a `climate`, or `wue: {{{way}: 0.3 L/kWh}}`",
        )
    return value or 0.0


def case(g: ResolveContext) -> Mapping[str, object]:
    """Its part of the case."""
    return {
        "carbon": resolve_carbon(g),
        "carbon_rules": resolve_carbon_rules(g),
        "water": resolve_water(g),
    }


FACE = Resolve(case)
