"""Join what sites say of sources, tariff, carbon, water, ramp and layers with the catalog's figures."""

from __future__ import annotations

from planner.catalog.facility import Climate
from planner.periods import Moment
from planner.scenario.case import CaseSite, CaseSystem
from planner.scenario.case.power import CaseCarbon, CaseCarbonRules, CaseLayer, CaseRamp, CaseSource, CaseTariff, CaseWater
from planner.scenario.gathering import Gathering
from planner.scenario.resolve_load import resolve_load_durations
from planner.scenario.resolve_sources import resolve_sources
from planner.scenario.schema.power import SiteCarbon, SiteWater

Path = tuple[str | int, ...]

TECHNOLOGY = {"air": "air", "liquid": "direct-liquid"}
"""The catalog's cooling technology whose water a site takes for machines cooled by air and by liquid."""


def resolve_power(g: Gathering, sites: list[CaseSite], systems: list[CaseSystem]) -> dict[str, object]:
    """Every field of a case that says where power comes from, what is billed, emitted and taken, and what carries it."""
    sources = resolve_sources(g)
    return {
        "sources": sources,
        "load_durations": resolve_load_durations(g, sites, systems, sources),
        "tariffs": resolve_tariffs(g),
        "carbon": resolve_carbon(g),
        "carbon_rules": resolve_carbon_rules(g),
        "water": resolve_water(g),
        "ramps": resolve_ramps(g, sites, sources),
        "layers": resolve_layers(g),
    }


def resolve_tariffs(g: Gathering) -> list[CaseTariff]:
    """Tariffs of sites."""
    found = []
    for j, site in enumerate(g.scenario.sites):
        tariff, path = site.tariff, ("sites", j, "tariff")
        if tariff is None:
            continue
        if tariff.minimum_take and tariff.contract_w is None and site.power_w is None:
            message = "a minimum take is a share of a contract, and neither `contract` nor the site's `power` is given"
            g.problem("S002", message, (*path, "minimum_take"), "give `contract: {2026-Q1: 100 MW}`")
        back = g.timeline.steps_for(tariff.ratchet_window_days) if tariff.ratchet else 0
        if tariff.ratchet and g.timeline.steps_within(tariff.ratchet_window_days) != back:
            window = f"{tariff.ratchet_window_days:g} days"
            g.note(f"site {site.id}: its ratchet looks back {back} {g.timeline.step}s, the fewest that hold its window of {window}")
        found.append(
            CaseTariff(
                site=site.id,
                usd_per_mw_year=g.given(site.id, "demand_charge", "USD/MW/year", tariff.demand_charge_usd_per_mw_year),
                contract_w=g.steps(tariff.contract_w, f"site {site.id}, contract") if tariff.contract_w else None,
                minimum_take=tariff.minimum_take,
                ratchet=tariff.ratchet,
                ratchet_periods=back,
            )
        )
    return found


def resolve_carbon(g: Gathering) -> list[CaseCarbon]:
    """What the grid emits for each site that says so; a problem where carbon matters and a site does not."""
    rules = g.scenario.carbon
    aims = [aim for goal in g.scenario.objective for aim in (goal, *(goal.weighted or ()))]
    matters = bool(rules.total_t is not None or rules.by_period_t or rules.price_usd_per_t or any(a.minimize == "carbon" for a in aims))
    found = []
    for j, site in enumerate(g.scenario.sites):
        path: Path = ("sites", j, "carbon")
        if site.carbon is None:
            if matters and not site.island:
                known = ", ".join(sorted(g.catalog.facility.grids)[:6])
                remedy = f"give `carbon: {{grid: …}}` (such as {known}) or `carbon: {{intensity: {{…}}}}`"
                g.problem(
                    "S002", f"carbon is limited, priced or minimized, and nothing says what the grid of `{site.id}` emits", path[:2], remedy
                )
            elif site.island:
                found.append(CaseCarbon(site=site.id, kg_per_mwh=[0.0] * len(g.timeline), total_t=None, by_period_t={}))
            continue
        found.append(
            CaseCarbon(
                site=site.id,
                kg_per_mwh=_intensity(g, site.id, site.carbon, path),
                total_t=site.carbon.total_t,
                by_period_t=_aligned(g, site.carbon.by_period_t, (*path, "by_period")),
            )
        )
    return found


def _intensity(g: Gathering, site: str, said: SiteCarbon, path: Path) -> list[float]:
    """g/kWh by period, which is kg/MWh. A date within a period counts with the higher of both."""
    if said.grid is not None:
        grid = g.catalog.facility.grids[said.grid]
        return [g.need(site, "carbon", "gCO2e/kWh", None, grid.carbon_g_per_kwh)] * len(g.timeline)
    dated = said.intensity_g_per_kwh or {}
    first = min(dated, key=lambda moment: moment.first)
    if first.first > g.timeline.periods[0].start:
        message = f"the carbon of `{site}` before {first} is not given"
        g.problem("S002", message, (*path, "intensity"), f"begin with `{g.timeline.periods[0].label}`")
    for moment, value in dated.items():
        g.given(site, f"carbon.{moment}", "gCO2e/kWh", value)
    return g.needs(dated)


def resolve_carbon_rules(g: Gathering) -> CaseCarbonRules:
    """Ceilings and price over all sites."""
    rules = g.scenario.carbon
    return CaseCarbonRules(
        total_t=rules.total_t,
        by_period_t=_aligned(g, rules.by_period_t, ("carbon", "by_period")),
        price_usd_per_t=rules.price_usd_per_t,
    )


def _aligned(g: Gathering, values: dict[Moment, float], path: Path) -> dict[int, float]:
    """Ceilings by period; a date that is not a whole period of the horizon is a problem."""
    found: dict[int, float] = {}
    for moment, value in values.items():
        index = g.period(moment, (*path, str(moment)))
        if index is None:
            continue
        period = g.timeline.periods[index]
        if moment.first != period.start or (period.end - moment.last).days != 1:
            remedy = f"write `{period.label}`, or take another `step`"
            g.problem("D002", f"{moment} is not a {g.timeline.step} of the horizon", (*path, str(moment)), remedy)
        found[index] = value
    return found


def resolve_water(g: Gathering) -> list[CaseWater]:
    """Water per IT energy of sites that say so."""
    found = []
    for j, site in enumerate(g.scenario.sites):
        said, path = site.water, ("sites", j, "water")
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


def _wue(g: Gathering, site: str, way: str, own: float | None, said: SiteWater, path: Path) -> float:
    climate: Climate | None = said.climate
    figure = g.catalog.facility.in_climate(TECHNOLOGY[way], climate) if climate is not None else None
    value = g.take(site, f"wue.{way}", "L/kWh", own, figure.wue_l_per_kwh if figure else None)
    if value is None:
        g.problem(
            "S002", f"nothing says what water cooling by {way} takes at `{site}`", path, f"give a `climate`, or `wue: {{{way}: 0.3 L/kWh}}`"
        )
    return value or 0.0


def resolve_ramps(g: Gathering, sites: list[CaseSite], sources: list[CaseSource]) -> list[CaseRamp]:
    """Ramp limits, with the largest step there can be."""
    found = []
    for j, (site, resolved) in enumerate(zip(g.scenario.sites, sites, strict=True)):
        if site.ramp is None:
            continue
        if resolved.power_w is None:
            message = "a ramp limit needs to know the most that the site can draw, and its `power` is not given"
            g.problem("S002", message, ("sites", j, "ramp"), "give `power`")
            continue
        if not any(s.site == site.id and s.kind == "storage" for s in sources):
            remedy = "for example `sources: [{source: battery, at_most: 100 MW}]`"
            g.problem("S003", f"nothing at `{site.id}` can turn a step into a ramp: no storage", ("sites", j, "ramp"), remedy)
        most = max(resolved.power_w) + sum(s.firm_of(s.most_units) for s in sources if s.site == site.id)
        found.append(CaseRamp(site=site.id, limit_w_per_s=site.ramp.limit_w_per_s, step=site.ramp.step, most_w=site.ramp.step * most))
    return found


def resolve_layers(g: Gathering) -> list[CaseLayer]:
    """Layers of sites' plants."""
    found, topologies = list[CaseLayer](), g.catalog.facility.redundancies
    for j, site in enumerate(g.scenario.sites):
        seen = set[str]()
        for i, said in enumerate(site.layers):
            path: Path = ("sites", j, "layers", i)
            topology = topologies[said.redundancy]
            if said.layer in seen:
                g.problem("I002", f"layer `{said.layer}` stands twice", (*path, "layer"), "keep one")
            seen.add(said.layer)
            needed = g.need(topology.id, "needed", "1", None, topology.needed)
            found.append(
                CaseLayer(
                    site=site.id,
                    layer=said.layer,
                    capacity_w=g.steps(said.capacity_w, f"site {site.id}, {said.layer}"),
                    needed=needed,
                    spare=float(topology.spare),
                    copies=float(topology.copies),
                    path=".".join(map(str, path)),
                )
            )
    return found
