"""Power, heat, space, construction and running cost of sites."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.generation.derive import own_sources
from planner.capabilities.halls.case import HallsCase
from planner.capabilities.sites.case import (
    AIR,
    BUILDINGS,
    BUILDINGS_WORTH,
    CRITICAL_IT,
    ENERGY,
    LIQUID,
    OPERATIONS,
    POSITIONS,
    POWER,
    RENT,
)
from planner.capabilities.sites.tables import BUILT
from planner.capabilities.sites.tables import ENERGY as ENERGY_ROWS
from planner.capabilities.sites.tables import POWER as POWER_ROWS
from planner.core.limits import At
from planner.engineering.worth import building_share, energy_mwh
from planner.errors import Problem
from planner.periods import earlier, years_between
from planner.plan.compare import ABSOLUTE, RELATIVE
from planner.plan.derive import Derivation
from planner.plan.face import Derive, Ledger
from planner.plan.limit_row import LimitRow, limit_row
from planner.plan.schema import Plan


def site_limits(d: Derivation) -> Iterator[LimitRow]:
    """Power, heat and positions of every site in every period."""
    for site in d.case.sites:
        if not d.may_stand(site.id):
            continue
        for t, label in enumerate(d.labels):
            used, key = d.sized_w(site, t), (site.id, label)
            if site.power_w is not None:
                mw = (used["utility"] - own_sources(d).firm_w(site.id, t)) / 1e6
                yield limit_row(POWER, At(d.case, key, site.power_w[t] / 1e6), mw)
            if site.critical_it_w is not None:
                yield limit_row(
                    CRITICAL_IT, At(d.case, key, site.critical_it_w[t] / 1e6), used["it"] / 1e6
                )
            if d.case.of(HallsCase).halls_at(site.id):
                # heat and positions are those of its halls, and of what stands beside them
                continue
            for kind, way, watts in ((LIQUID, "liquid", site.liquid_w), (AIR, "air", site.air_w)):
                if watts is not None:
                    yield limit_row(kind, At(d.case, key, watts / 1e6), used[way] / 1e6)
            if site.positions is not None:
                yield limit_row(POSITIONS, At(d.case, key, site.positions[t]), used["racks"])


def built(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Halls hold what runs in them, and never shrink."""
    place = {(row.site, row.period): i for i, row in enumerate(plan.of(BUILT))}
    for site in plan.case.sites:
        before = d.existing_mw(site)
        for t, label in enumerate(d.labels):
            mw, needed = d.built_mw[site.id, t], d.sized_w(site, t)["it"] / 1e6
            path = f"built.{place[site.id, label]}.it_mw" if (site.id, label) in place else "built"
            if before > 0 and (site.id, label) not in place:
                yield Problem("A001", f"{site.id} · {label} is missing", path="built")
            if mw < needed - ABSOLUTE - RELATIVE * needed:
                yield Problem(
                    "A002",
                    f"{mw:.6g} MW stand at {site.id} in {label}, but {needed:.6g} MW run there",
                    path=path,
                )
            if mw < before - ABSOLUTE - RELATIVE * before:
                yield Problem(
                    "A002",
                    f"{before:.6g} MW stood at {site.id} before {label}, now {mw:.6g} MW",
                    path=path,
                )
            before = mw


def money(d: Derivation, ledger: Ledger) -> None:
    """What is built by the MW, and what running costs."""
    _buildings(d, ledger)
    _running(d, ledger)


def _buildings(d: Derivation, ledger: Ledger) -> None:
    """What is built must stand when machines for it are delivered, a fit-out before they run; it is
    paid by its milestones before that.
    """
    timeline = d.case.timeline
    for site in d.case.sites:
        if d.case.of(HallsCase).halls_at(site.id):
            continue  # each hall is paid for itself
        before = d.existing_mw(site)
        for t, start in enumerate(timeline.starts):
            cost = (d.built_mw[site.id, t] - before) * site.construction_usd_per_mw
            before = d.built_mw[site.id, t]
            if cost:
                stands = max(timeline.start, earlier(start, site.fit_out_days))
                for payment in site.payments:
                    ledger.post(
                        BUILDINGS, cost * payment.share, day=earlier(stands, payment.before_days)
                    )
                if d.case.keeps_worth:
                    share = building_share(
                        d.case.construction_decline_per_year, years_between(stands, timeline.end)
                    )
                    ledger.remains(BUILDINGS_WORTH, cost * share)


def _running(d: Derivation, ledger: Ledger) -> None:
    years = d.case.timeline.step_years
    for site in d.case.sites:
        leased = site.leased_mw_years
        rent_usd_per_mw = 0.0 if leased is not None else site.rent_usd_per_mw_year * years
        for t, hours in enumerate(d.hours):
            drawn = [(d.chain(system, site), n) for system, n in d.in_service(site.id, t)]
            drawn += [(chain, 1) for chain in d.beside(site.id, t)]
            for chain, n in drawn:
                mwh = n * energy_mwh(chain.utility.average_w or 0.0, hours)
                ledger.spread(ENERGY, mwh * site.energy_price_usd_per_mwh, t)
                ledger.spread(
                    OPERATIONS,
                    n * chain.it.nameplate_w / 1e6 * d.case.operations_usd_per_mw_year * years,
                    t,
                )
                ledger.spread(
                    RENT, n * (chain.it.at(site.sizing) or 0.0) / 1e6 * rent_usd_per_mw, t
                )
            if leased is not None:
                ledger.spread(RENT, leased[t] * site.rent_usd_per_mw_year, t)


FACE = Derive(
    tables={POWER_ROWS: Derivation.power, ENERGY_ROWS: Derivation.energy},
    limits=site_limits,
    money=money,
    decided=built,
)
