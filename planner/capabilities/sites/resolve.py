"""Join the sites of a scenario with the catalog's figures."""

from __future__ import annotations

import math

from planner.capabilities.fleet.schema import FleetKeys
from planner.capabilities.generation.schema import GenerationAtSite
from planner.capabilities.halls.schema import HallsAtSite
from planner.core.case import CaseSite, CaseSystem
from planner.core.context import Resolve, ResolveContext, payments_of
from planner.core.fields import CasePayment
from planner.core.site import Site
from planner.periods import years_between


def resolve_site(g: ResolveContext, i: int, site: Site, systems: list[CaseSystem]) -> CaseSite:
    """A site with its own figures, or the catalog's."""
    ratio = _ratios(g, site, systems)
    construction, usual = site.construction, g.catalog.defaults.construction_usd_per_mw
    built = (
        construction.cost_usd_per_mw
        if construction.cost_usd_per_mw is not None
        else g.scenario.assume.construction_usd_per_mw
    )
    name = f"site {site.id}"
    halls = site.of(HallsAtSite).halls
    if site.rent_usd_per_mw_year and construction.cost_usd_per_mw is None and not halls:
        built = 0.0
    _notes(g, site, built)
    return CaseSite(
        id=site.id,
        name=site.name or site.id,
        power_w=_power(g, site),
        critical_it_w=_critical_it(g, site),
        positions=g.steps(site.positions, f"{name}, positions") if site.positions else None,
        sizing=site.sizing,
        liquid_w=None if math.isinf(site.cooling.liquid_w) else site.cooling.liquid_w,
        air_w=None if math.isinf(site.cooling.air_w) else site.cooling.air_w,
        pue_annual_air=ratio["air", "annual"],
        pue_peak_air=ratio["air", "peak"],
        pue_annual_liquid=ratio["liquid", "annual"],
        pue_peak_liquid=ratio["liquid", "peak"],
        energy_price_usd_per_mwh=g.given(
            site.id, "energy_price", "USD/MWh", site.energy_price_usd_per_mwh
        ),
        construction_usd_per_mw=0.0
        if halls
        else g.need(site.id, "construction", "USD/MW", built, usual),
        existing_it_w=construction.existing_w,
        rent_usd_per_mw_year=site.rent_usd_per_mw_year,
        construction_budget_usd=construction.budget_usd,
        fit_out_days=max(
            (s.fit_out_days for s in systems if s.may_buy and site.id in s.sites), default=0.0
        ),
        payments=payments_of(g, construction.payments, f"sites.{i}.construction.payments")
        or [CasePayment()],
        leased_mw_years=_leased(g, site),
        region=site.region or "",
    )


def _notes(g: ResolveContext, site: Site, built: float | None) -> None:
    """What a site leaves out, or says without effect; `built` is what its construction costs."""
    construction, name = site.construction, f"site {site.id}"
    if site.sizing == "peak":
        g.note(
            f"{name} is sized by the highest draw ever realised, not by nameplate: only power "
            "capping keeps it there for certain"
        )
    if (
        site.rent_usd_per_mw_year
        and construction.cost_usd_per_mw is None
        and not site.of(HallsAtSite).halls
    ):
        g.note(
            f"{name} is rented, so no construction is charged there; give `construction: "
            f"{{cost: …}}` to charge both"
        )
    if construction.existing_w is None and any(
        f.site == site.id for f in g.scenario.of(FleetKeys).fleet
    ):
        g.note(
            f"{name}: the halls of its existing fleet are taken to stand already; only what goes "
            "beyond them is built"
        )
    if construction.payments and (site.of(HallsAtSite).halls or built == 0.0):
        why = (
            "each of its halls has `payments` of its own"
            if site.of(HallsAtSite).halls
            else "no construction is charged there"
        )
        g.note(f"{name}: the `payments` of its construction change nothing, for {why}")
    if site.rent_usd_per_mw_year and site.leased_w is None:
        g.note(
            f"{name}: its rent is owed for what runs there; give `leased: {{2027-Q1: 16 MW}}` "
            "where so much is under contract"
        )
    if site.power_w is None and not site.of(GenerationAtSite).island:
        g.note(f"{name}: no power is given, so its power does not limit the plan")


def _ratios(
    g: ResolveContext, site: Site, systems: list[CaseSystem]
) -> dict[tuple[str, str], float]:
    """(cooling, annual or peak) → PUE; noted for the cooling of what may stand here."""
    pue, fleet = g.catalog.defaults.pue, g.scenario.of(FleetKeys)
    here = [
        s
        for s in systems
        if site.id in s.sites or any(f.site == site.id and f.system == s.id for f in fleet.fleet)
    ]
    here += [
        s
        for s in systems
        if s not in here
        and any(m.system == s.id and (not m.to or site.id in m.to) for m in fleet.moves)
    ]
    kinds = {"air" if s.cooling == "air" else "liquid" for s in here} or {"air"}
    ratio: dict[tuple[str, str], float] = {}
    for technology, defaults in (("air", pue.air), ("liquid", pue.liquid)):
        for when, figure, said in (
            ("annual", defaults.annual, site.pue.annual if site.pue else None),
            ("peak", defaults.peak, site.pue.peak if site.pue else None),
        ):
            key = f"pue.{when}" + ("" if site.pue else f".{technology}")
            used = technology in kinds
            ratio[technology, when] = (
                g.need(site.id, key, "1", said, figure) if used else (said or figure.value)
            )
    return ratio


def _critical_it(g: ResolveContext, site: Site) -> list[float] | None:
    """Critical IT that may run by period: what is built, or what is under contract; None where
    nothing limits it.
    """
    if site.leased_w is not None:
        return g.steps(site.leased_w, f"site {site.id}, leased")
    return (
        g.steps(site.critical_it_w, f"site {site.id}, critical IT") if site.critical_it_w else None
    )


def _leased(g: ResolveContext, site: Site) -> list[float] | None:
    """MW of critical IT under contract times years in each period: from the very days on which the
    contract begins and changes.
    """
    if site.leased_w is None:
        return None
    dated = sorted((moment.first, watts / 1e6) for moment, watts in site.leased_w.items())
    ends = [*(day for day, _ in dated[1:]), g.timeline.end]
    return [
        sum(
            mw * years_between(max(day, p.start), min(end, p.end))
            for (day, mw), end in zip(dated, ends, strict=True)
            if max(day, p.start) < min(end, p.end)
        )
        for p in g.timeline.periods
    ]


def _power(g: ResolveContext, site: Site) -> list[float] | None:
    """Energized at the meter by period: nothing on an island, None where nothing limits it."""
    if site.of(GenerationAtSite).island:
        return [0.0] * len(g.timeline)
    return g.steps(site.power_w, f"site {site.id}, power") if site.power_w else None


FACE = Resolve()
