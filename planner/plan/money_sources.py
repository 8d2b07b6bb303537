"""What do power sources, demand charges and carbon cost, and what do sources spare the site? Part of the second road."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.engineering.generation import owed_years, worth_share
from planner.periods import years_between
from planner.plan.meter import billed_mw, carbon_rows

if TYPE_CHECKING:
    from planner.plan.derive import Derivation
    from planner.plan.money import Buckets


def source_money(d: Derivation, buckets: Buckets) -> None:
    """Capital, rent and upkeep, fuel, the grid's energy that is not bought, and what is left at the end."""
    last = len(d.labels) - 1
    timeline = d.case.timeline
    step_years = timeline.step_years
    for source in d.case.sources:
        price = d.case.site[source.site].energy_price_usd_per_mwh
        for t, hours in enumerate(d.hours):
            started = d.sources.started[source.key][t]
            if started:
                buckets.post("capex.generation", started * source.capex_usd, day=timeline.starts[t])
                if source.term_periods is not None:
                    owed = owed_years(t, source.term_periods, last + 1, step_years)
                    buckets.post("opex.generation.fixed", started * source.fixed_usd_per_year * owed, day=timeline.end)
                if d.case.keeps_worth:
                    share = worth_share(source.life_years, years_between(timeline.starts[t], timeline.end))
                    buckets.remains("residual.generation", started * source.capex_usd * share)
            buckets.spread("opex.generation.fixed", d.sources.units(source, t) * source.fixed_usd_per_year * step_years, t)
            mwh = d.sources.output_mw[source.key][t] * hours
            if mwh:
                buckets.spread("opex.generation.fuel", mwh * source.energy_usd_per_mwh, t)
                buckets.spread("opex.energy", -mwh * price, t)


def meter_money(d: Derivation, buckets: Buckets) -> None:
    """What utilities bill for power, and what carbon costs."""
    for tariff in d.case.tariffs:
        for t, mw in enumerate(billed_mw(d, tariff)):
            buckets.spread("opex.demand_charge", mw * tariff.usd_per_mw_year * d.case.timeline.step_years, t)
    price = d.case.carbon_rules.price_usd_per_t
    if price:
        for row in carbon_rows(d):
            buckets.spread("opex.carbon", (row.grid_t + row.sources_t) * price, d.at[row.period])
