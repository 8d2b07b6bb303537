"""What do power sources, demand charges and carbon cost, and what do sources spare the site? Part of the second road."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.engineering.generation import owed_years, worth_share
from planner.periods import MONTHS
from planner.plan.meter import billed_mw, carbon_rows

if TYPE_CHECKING:
    from planner.plan.derive import Derivation
    from planner.plan.money import Buckets

HOURS_PER_YEAR = 8760.0


def source_money(d: Derivation, buckets: Buckets) -> None:
    """Capital, rent and upkeep, fuel, the grid's energy that is not bought, and what is left at the end."""
    last = len(d.labels) - 1
    step_years = MONTHS[d.case.step] / 12
    for source in d.case.sources:
        price = d.case.site[source.site].energy_price_usd_per_mwh
        for t, hours in enumerate(d.hours):
            started = d.sources.started[source.key][t]
            if started:
                buckets["capex.generation", "cash"][t] += started * source.capex_usd
                if source.term_periods is not None:
                    owed = owed_years(t, source.term_periods, last + 1, step_years)
                    buckets["opex.generation.fixed", "cash"][last] += started * source.fixed_usd_per_year * owed
                if d.case.keeps_worth:
                    share = worth_share(source.life_years, d.case.timeline.years_between(t, last))
                    buckets["residual.generation", "residual"][last] -= started * source.capex_usd * share
            buckets["opex.generation.fixed", "cash"][t] += d.sources.units(source, t) * source.fixed_usd_per_year * hours / HOURS_PER_YEAR
            mwh = d.sources.output_mw[source.key][t] * hours
            if mwh:
                buckets["opex.generation.fuel", "cash"][t] += mwh * source.energy_usd_per_mwh
                buckets["opex.energy", "cash"][t] -= mwh * price


def meter_money(d: Derivation, buckets: Buckets) -> None:
    """What utilities bill for power, and what carbon costs."""
    for tariff in d.case.tariffs:
        for t, mw in enumerate(billed_mw(d, tariff)):
            buckets["opex.demand_charge", "cash"][t] += mw * tariff.usd_per_mw_year * d.hours[t] / HOURS_PER_YEAR
    price = d.case.carbon_rules.price_usd_per_t
    if price:
        for row in carbon_rows(d):
            buckets["opex.carbon", "cash"][d.at[row.period]] += (row.grid_t + row.sources_t) * price
