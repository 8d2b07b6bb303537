"""What does a site take from the grid, what is it billed for, what does it emit, and what water does it take? Part of the second road."""

from __future__ import annotations

from planner.engineering.facility import carbon_t, water_m3
from planner.plan.derive import Derivation
from planner.plan.derive_networks import network_chains
from planner.plan.once import once
from planner.plan.schema.power import CarbonRow, MeterRow, WaterRow
from planner.plan.sources import load_mw
from planner.scenario.case import CaseSite
from planner.scenario.case.power import CaseTariff


def grid_mw(d: Derivation, site: CaseSite, t: int) -> float:
    """Mean draw from the grid, with what storage loses; contracts are not the grid's."""
    return d.average_mw(site, t) - d.sources.put_out_mw(site.id, t)


def highest_mw(d: Derivation, site: CaseSite, t: int) -> float:
    """Draw from the grid at the worst moment: in the step of the load in which most is left after what sources carry."""
    if not any(source.covers for source in d.sources.at(site.id)):
        return d.peak_mw(site, t)
    steps = enumerate(d.case.load_steps(site.id))
    average, peak = d.average_mw(site, t), d.peak_mw(site, t)
    return max(0.0, *(load_mw(average, peak, position) - d.sources.net_mw(site.id, t, i) for i, (_, position) in steps))


def billed_mw(d: Derivation, tariff: CaseTariff) -> list[float]:
    """Billed demand by period: the highest draw, a share of the contract, or a share of the highest draw before."""
    site = d.case.site[tariff.site]
    highest = [highest_mw(d, site, t) for t in range(len(d.labels))]
    billed = []
    for t in range(len(d.labels)):
        least = [0.0, highest[t]]
        if tariff.contract_w is not None:
            least.append(tariff.minimum_take * tariff.contract_w[t] / 1e6)
        else:
            power = 0.0 if site.power_w is None else site.power_w[t]
            least.append(tariff.minimum_take * (power + d.sources.connection_w(site.id, t)) / 1e6)
        if tariff.ratchet:
            least += [tariff.ratchet * highest[u] for u in range(max(0, t - tariff.ratchet_periods), t)]
        billed.append(max(least))
    return billed


def meter_rows(d: Derivation) -> list[MeterRow]:
    """Sites with sources or a tariff, where the grid's part is not all of the energy or is billed for more."""
    rows, tariffs = [], {tariff.site: tariff for tariff in d.case.tariffs}
    for site in d.case.sites:
        tariff = tariffs.get(site.id)
        if tariff is None and not d.sources.at(site.id):
            continue
        billed = None if tariff is None else billed_mw(d, tariff)
        for t, label in enumerate(d.labels):
            rows.append(
                MeterRow(
                    site=site.id,
                    period=label,
                    energy_mwh=grid_mw(d, site, t) * d.hours[t],
                    highest_mw=None if billed is None else highest_mw(d, site, t),
                    billed_mw=None if billed is None else billed[t],
                )
            )
    return rows


@once
def carbon_rows(d: Derivation) -> list[CarbonRow]:
    """Emissions of sites whose grid is known, tCO2e."""
    rows = []
    for entry in d.case.carbon:
        site = d.case.site[entry.site]
        for t, label in enumerate(d.labels):
            own = sum(d.sources.output_mw[source.key][t] * d.hours[t] * source.carbon_kg_per_mwh / 1e3 for source in d.sources.at(site.id))
            grid = carbon_t(grid_mw(d, site, t) * d.hours[t], entry.kg_per_mwh[t])
            rows.append(CarbonRow(site=site.id, period=label, grid_t=grid, sources_t=own))
    return rows


@once
def water_rows(d: Derivation) -> list[WaterRow]:
    """Water of sites of which it is said what cooling takes, m³."""
    rows = []
    for entry in d.case.water:
        site = d.case.site[entry.site]
        for t, label in enumerate(d.labels):
            total = 0.0
            for system, n in d.standing(site.id, t):
                wue = entry.air_l_per_kwh if system.cooling == "air" else entry.liquid_l_per_kwh
                total += water_m3(n * (d.chain(system, site).it.average_w or 0.0) / 1e6 * d.hours[t], wue)
            for network, chain in network_chains(d).get((site.id, t), ()):
                product = d.case.system[network.systems[0]]
                wue = entry.air_l_per_kwh if product.cooling == "air" else entry.liquid_l_per_kwh
                total += water_m3((chain.it.average_w or 0.0) / 1e6 * d.hours[t], wue)
            rows.append(WaterRow(site=site.id, period=label, water_m3=total))
    return rows
