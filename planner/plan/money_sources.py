"""What do power sources, demand charges and carbon cost, and what do sources spare the site? Part of the second road."""

from __future__ import annotations

from planner.capabilities.emissions.accounts import CARBON
from planner.capabilities.generation.accounts import FIXED, FUEL, SOURCES, SOURCES_WORTH
from planner.capabilities.sites.accounts import ENERGY
from planner.capabilities.utility.accounts import DEMAND_CHARGE
from planner.engineering.generation import owed_years, worth_share
from planner.periods import years_between
from planner.plan.derive import Derivation
from planner.plan.ledger import Ledger
from planner.plan.meter import billed_mw, carbon_rows


def source_money(d: Derivation, ledger: Ledger) -> None:
    """Capital, rent and upkeep, fuel, the grid's energy that is not bought, and what is left at the end."""
    last = len(d.labels) - 1
    timeline = d.case.timeline
    step_years = timeline.step_years
    for source in d.case.sources:
        price = d.case.site[source.site].energy_price_usd_per_mwh
        for t, hours in enumerate(d.hours):
            started = d.sources.started[source.key][t]
            if started:
                ledger.post(SOURCES, started * source.capex_usd, day=timeline.starts[t])
                if source.term_periods is not None:
                    owed = owed_years(t, source.term_periods, last + 1, step_years)
                    ledger.post(FIXED, started * source.fixed_usd_per_year * owed, day=timeline.end)
                if d.case.keeps_worth:
                    share = worth_share(source.life_years, years_between(timeline.starts[t], timeline.end))
                    ledger.remains(SOURCES_WORTH, started * source.capex_usd * share)
            ledger.spread(FIXED, d.sources.units(source, t) * source.fixed_usd_per_year * step_years, t)
            mwh = d.sources.output_mw[source.key][t] * hours
            if mwh:
                ledger.spread(FUEL, mwh * source.energy_usd_per_mwh, t)
                ledger.spread(ENERGY, -mwh * price, t)


def meter_money(d: Derivation, ledger: Ledger) -> None:
    """What utilities bill for power, and what carbon costs."""
    for tariff in d.case.tariffs:
        for t, mw in enumerate(billed_mw(d, tariff)):
            ledger.spread(DEMAND_CHARGE, mw * tariff.usd_per_mw_year * d.case.timeline.step_years, t)
    price = d.case.carbon_rules.price_usd_per_t
    if price:
        for row in carbon_rows(d):
            ledger.spread(CARBON, (row.grid_t + row.sources_t) * price, d.at[row.period])
