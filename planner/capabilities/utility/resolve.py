"""Tariffs and ramps of a scenario."""

from __future__ import annotations

from collections.abc import Mapping

from planner.capabilities.generation.case import CaseSource
from planner.capabilities.generation.resolve import resolve_sources
from planner.capabilities.utility.case import CaseRamp, CaseTariff
from planner.capabilities.utility.schema import UtilityAtSite
from planner.core.case import CaseSite
from planner.core.context import Resolve, ResolveContext


def resolve_tariffs(g: ResolveContext) -> list[CaseTariff]:
    """Tariffs of sites."""
    found = []
    for j, site in enumerate(g.scenario.sites):
        tariff, path = site.of(UtilityAtSite).tariff, ("sites", j, "tariff")
        if tariff is None:
            continue
        if tariff.minimum_take and tariff.contract_w is None and site.power_w is None:
            message = (
                "a minimum take is a share of a contract, and neither `contract` nor the "
                "site's `power` is given"
            )
            g.problem(
                "S002", message, (*path, "minimum_take"), "give `contract: {2026-Q1: 100 MW}`"
            )
        back = g.timeline.steps_for(tariff.ratchet_window_days) if tariff.ratchet else 0
        if tariff.ratchet and g.timeline.steps_within(tariff.ratchet_window_days) != back:
            window = f"{tariff.ratchet_window_days:g} days"
            g.note(
                f"site {site.id}: its ratchet looks back {back} {g.timeline.step}s, the fewest "
                f"that hold its window of {window}"
            )
        found.append(
            CaseTariff(
                site=site.id,
                usd_per_mw_year=g.given(
                    site.id, "demand_charge", "USD/MW/year", tariff.demand_charge_usd_per_mw_year
                ),
                contract_w=g.steps(tariff.contract_w, f"site {site.id}, contract")
                if tariff.contract_w
                else None,
                minimum_take=tariff.minimum_take,
                ratchet=tariff.ratchet,
                ratchet_periods=back,
            )
        )
    return found


def resolve_ramps(
    g: ResolveContext, sites: list[CaseSite], sources: list[CaseSource]
) -> list[CaseRamp]:
    """Ramp limits, with the largest step there can be."""
    found = []
    for j, (site, resolved) in enumerate(zip(g.scenario.sites, sites, strict=True)):
        ramp = site.of(UtilityAtSite).ramp
        if ramp is None:
            continue
        if resolved.power_w is None:
            message = (
                "a ramp limit needs to know the most that the site can draw, and its "
                "`power` is not given"
            )
            g.problem("S002", message, ("sites", j, "ramp"), "give `power`")
            continue
        if not any(s.site == site.id and s.kind == "storage" for s in sources):
            remedy = "for example `sources: [{source: battery, at_most: 100 MW}]`"
            g.problem(
                "S003",
                f"nothing at `{site.id}` can turn a step into a ramp: no storage",
                ("sites", j, "ramp"),
                remedy,
            )
        most = max(resolved.power_w) + sum(
            s.firm_of(s.most_units) for s in sources if s.site == site.id
        )
        found.append(
            CaseRamp(
                site=site.id,
                limit_w_per_s=ramp.limit_w_per_s,
                step=ramp.step,
                most_w=ramp.step * most,
            )
        )
    return found


def case(g: ResolveContext) -> Mapping[str, object]:
    """Its part of the case."""
    return {"tariffs": resolve_tariffs(g), "ramps": resolve_ramps(g, g.sites, resolve_sources(g))}


FACE = Resolve(case)
