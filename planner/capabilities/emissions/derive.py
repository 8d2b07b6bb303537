"""Carbon and water that follow from what runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.capabilities.emissions import case as emissions
from planner.capabilities.emissions.case import CARBON_OPEX, EmissionsCase
from planner.capabilities.emissions.tables import CARBON, WATER, CarbonRow, WaterRow
from planner.capabilities.generation.derive import own_sources
from planner.capabilities.networks.chains import network_chains
from planner.capabilities.utility.derive import grid_mw
from planner.core.context import once
from planner.core.limits import At
from planner.engineering.facility import carbon_t, water_m3
from planner.plan.derive import Derivation
from planner.plan.face import Derive, Ledger
from planner.plan.limit_row import LimitRow, limit_row


def _carbon(d: Derivation) -> Iterator[LimitRow]:
    kt: dict[tuple[str, str], float] = defaultdict(float)
    for row in carbon_rows(d):
        kt[row.site, row.period] = (row.grid_t + row.sources_t) / 1e3
    for entry in d.case.of(EmissionsCase).carbon:
        if entry.total_t is not None:
            used = sum(kt[entry.site, label] for label in d.labels)
            yield limit_row(
                emissions.SITE_TOTAL, At(d.case, (entry.site,), entry.total_t / 1e3), used
            )
        for t, tonnes in entry.by_period_t.items():
            key = (entry.site, d.labels[t])
            yield limit_row(emissions.SITE_PERIOD, At(d.case, key, tonnes / 1e3), kt[key])
    rules = d.case.of(EmissionsCase).carbon_rules
    if rules.total_t is not None and d.case.of(EmissionsCase).carbon:
        yield limit_row(
            emissions.TOTAL, At(d.case, ("horizon",), rules.total_t / 1e3), sum(kt.values())
        )
    for t, tonnes in rules.by_period_t.items() if d.case.of(EmissionsCase).carbon else ():
        used = sum(kt[entry.site, d.labels[t]] for entry in d.case.of(EmissionsCase).carbon)
        yield limit_row(emissions.BY_PERIOD, At(d.case, (d.labels[t],), tonnes / 1e3), used)


def _water(d: Derivation) -> Iterator[LimitRow]:
    ml = {(row.site, row.period): row.water_m3 / 1e3 for row in water_rows(d)}
    for entry in d.case.of(EmissionsCase).water:
        if entry.total_m3 is not None:
            used = sum(ml[entry.site, label] for label in d.labels)
            yield limit_row(
                emissions.WATER_TOTAL, At(d.case, (entry.site,), entry.total_m3 / 1e3), used
            )
        for t, volume in entry.by_period_m3.items():
            key = (entry.site, d.labels[t])
            yield limit_row(emissions.WATER_PERIOD, At(d.case, key, volume / 1e3), ml[key])


@once
def carbon_rows(d: Derivation) -> list[CarbonRow]:
    """Emissions of sites whose grid is known, tCO2e."""
    rows = []
    for entry in d.case.of(EmissionsCase).carbon:
        site = d.case.site[entry.site]
        for t, label in enumerate(d.labels):
            own = sum(
                own_sources(d).output_mw[source.key][t]
                * d.hours[t]
                * source.carbon_kg_per_mwh
                / 1e3
                for source in own_sources(d).at(site.id)
            )
            grid = carbon_t(grid_mw(d, site, t) * d.hours[t], entry.kg_per_mwh[t])
            rows.append(CarbonRow(site=site.id, period=label, grid_t=grid, sources_t=own))
    return rows


@once
def water_rows(d: Derivation) -> list[WaterRow]:
    """Water of sites of which it is said what cooling takes, m³."""
    rows = []
    for entry in d.case.of(EmissionsCase).water:
        site = d.case.site[entry.site]
        for t, label in enumerate(d.labels):
            total = 0.0
            for system, n in d.in_service(site.id, t):
                wue = entry.air_l_per_kwh if system.cooling == "air" else entry.liquid_l_per_kwh
                total += water_m3(
                    n * (d.chain(system, site).it.average_w or 0.0) / 1e6 * d.hours[t], wue
                )
            for network, chain in network_chains(d).get((site.id, t), ()):
                product = d.case.system[network.systems[0]]
                wue = entry.air_l_per_kwh if product.cooling == "air" else entry.liquid_l_per_kwh
                total += water_m3((chain.it.average_w or 0.0) / 1e6 * d.hours[t], wue)
            rows.append(WaterRow(site=site.id, period=label, water_m3=total))
    return rows


def money(d: Derivation, ledger: Ledger) -> None:
    """What carbon costs."""
    price = d.case.of(EmissionsCase).carbon_rules.price_usd_per_t
    if price:
        for row in carbon_rows(d):
            ledger.spread(CARBON_OPEX, (row.grid_t + row.sources_t) * price, d.at[row.period])


def limits(d: Derivation) -> Iterator[LimitRow]:
    """Ceilings on carbon and water."""
    yield from _carbon(d)
    yield from _water(d)


FACE = Derive(tables={CARBON: carbon_rows, WATER: water_rows}, limits=limits, money=money)
