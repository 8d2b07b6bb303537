"""Which figures of a scenario have a usual range, and which figures of the catalog make it?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from planner.capabilities.emissions.schema import SiteCarbon, WaterUse
from planner.capabilities.fleet.schema import Fleet
from planner.capabilities.generation.schema import Source
from planner.capabilities.halls.schema import Hall
from planner.catalog.generation import PowerSource
from planner.catalog.load import Catalog
from planner.catalog.usual import (
    CARBON,
    ENERGY_PRICE,
    OVERHEAD,
    PUE_ANNUAL,
    PUE_PEAK,
    UTILITY_LOSS,
    WATER,
    Figures,
    Kind,
    Usual,
    default,
)
from planner.core.scenario import Assume, Candidate
from planner.core.site import Construction, Site, SitePue
from planner.records import Figure


def _prices(catalog: Catalog, record: Any, key: str) -> Iterable[Figure[float] | None]:
    """The planning price of the system that is meant; of one without, those of all systems per
    accelerator, times its accelerators.
    """
    if own := catalog.planning_prices.get(record.system):
        return [own.price_usd]
    number = catalog.systems[record.system].accelerators.value
    priced = [
        (catalog.systems[price.system].accelerators.value, price.price_usd)
        for price in catalog.planning_prices.values()
    ]
    return [_times(figure, number / each) for each, figure in priced]


def _times(figure: Figure[float], by: float) -> Figure[float]:
    """A figure with its range, so many times."""
    low, high = (None if end is None else end * by for end in (figure.low, figure.high))
    return figure.model_copy(update={"value": figure.value * by, "low": low, "high": high})


def _construction(catalog: Catalog, record: Any, key: str) -> Iterable[Figure[float] | None]:
    return [entry.cost_usd_per_mw for entry in catalog.facility.construction_costs.values()]


def _hall(catalog: Catalog, record: Hall, key: str) -> Iterable[Figure[float] | None]:
    return [
        _times(entry.cost_usd_per_mw, record.critical_it_w / 1e6)
        for entry in catalog.facility.construction_costs.values()
    ]


def _rents(catalog: Catalog, record: Any, key: str) -> Iterable[Figure[float] | None]:
    """What a MW of building loses of its worth in a year: who lets it must earn that, and lives on
    little more.
    """
    decline = catalog.defaults.construction_decline
    slow, fast = (decline.value if end is None else end for end in (decline.low, decline.high))
    for entry in catalog.facility.construction_costs.values():
        cost = entry.cost_usd_per_mw
        low, high = (cost.value if end is None else end for end in (cost.low, cost.high))
        yield cost.model_copy(
            update={"value": cost.value * decline.value, "low": low * slow, "high": high * fast}
        )


def _lead_times(catalog: Catalog, record: Any, key: str) -> Iterable[Figure[float] | None]:
    return [
        entry.lead_days
        for entry in catalog.facility.lead_times.values()
        if entry.what == "building"
    ]


def _utilisation(catalog: Catalog, record: Any, key: str) -> Iterable[Figure[float] | None]:
    return [entry.mfu for entry in catalog.defaults.efficiency if entry.precision == key]


def _sources(figure: Callable[[PowerSource], Figure[float] | None]) -> Figures:
    """A figure of every power source of the same kind: owned, rented, bought by contract, grid or
    storage.
    """

    def figures(catalog: Catalog, record: Source, key: str) -> Iterable[Figure[float] | None]:
        entries = catalog.generation.sources
        return [
            figure(entry) for entry in entries.values() if entry.kind == entries[record.source].kind
        ]

    return figures


def _fuels(catalog: Catalog, record: Source, key: str) -> Iterable[Figure[float] | None]:
    return [fuel.price_usd_per_mmbtu for fuel in catalog.generation.fuels.values()]


PRICE = Kind("planning prices of this system", "USD", _prices)
CONSTRUCTION = Kind("construction costs", "USD/MW", _construction)
LEAD = default("time from order to delivery", "days", "lead_time")
FIT_OUT = default("fit-out", "days", "fit_out")

USUAL: Usual = {
    (Site, "energy_price_usd_per_mwh"): ENERGY_PRICE,
    (Site, "rent_usd_per_mw_year"): Kind(
        "construction costs times their yearly decline", "USD/MW/year", _rents
    ),
    (SitePue, "annual"): PUE_ANNUAL,
    (SitePue, "peak"): PUE_PEAK,
    (Construction, "cost_usd_per_mw"): CONSTRUCTION,
    (Hall, "cost_usd_per_mw"): CONSTRUCTION,
    (Hall, "cost_usd"): Kind("construction costs, times the power of this hall", "USD", _hall),
    (Hall, "lead_time_days"): Kind("time to build", "days", _lead_times),
    (WaterUse, "air_l_per_kwh"): WATER,
    (WaterUse, "liquid_l_per_kwh"): WATER,
    (SiteCarbon, "intensity_g_per_kwh"): CARBON,
    (Candidate, "price_usd"): PRICE,
    (Candidate, "lead_time_days"): LEAD,
    (Candidate, "fit_out_days"): FIT_OUT,
    (Candidate, "mfu"): Kind("model FLOP utilisation", "%", _utilisation, below=3.0, above=1.25),
    (Fleet, "price_usd"): PRICE,
    (Source, "unit_w"): Kind("units of such sources", "W", _sources(lambda s: s.unit_w)),
    (Source, "lead_time_days"): Kind(
        "time from order to operation of such sources", "days", _sources(lambda s: s.lead_days)
    ),
    (Source, "term_days"): Kind("terms of such sources", "days", _sources(lambda s: s.term_days)),
    (Source, "availability"): Kind(
        "availability of such sources",
        "%",
        _sources(lambda s: s.availability),
        below=3.0,
        above=10.0,
    ),
    (Source, "capex_usd_per_mw"): Kind(
        "cost of such sources", "USD/MW", _sources(lambda s: s.capex_usd_per_mw)
    ),
    (Source, "fixed_usd_per_mw_year"): Kind(
        "upkeep or rent of such sources", "USD/MW/year", _sources(lambda s: s.fixed_usd_per_mw_year)
    ),
    (Source, "variable_usd_per_mwh"): Kind(
        "cost per MWh of such sources", "USD/MWh", _sources(lambda s: s.variable_usd_per_mwh)
    ),
    (Source, "heat_rate_mmbtu_per_mwh"): Kind(
        "heat rates",
        "MMBtu/MWh",
        _sources(lambda s: s.heat_rate_mmbtu_per_mwh),
        below=1.25,
        above=1.25,
    ),
    (Source, "fuel_price_usd_per_mmbtu"): Kind("fuel prices", "USD/MMBtu", _fuels),
    (Source, "round_trip"): Kind(
        "round trips of storage", "%", _sources(lambda s: s.round_trip), below=1.5, above=1.1
    ),
    (Assume, "peak_load"): default("peak over nameplate", "%", "load.peak", below=2.0, above=1.1),
    (Assume, "average_load"): default(
        "average over nameplate", "%", "load.average", below=2.0, above=1.25
    ),
    (Assume, "it_overhead"): OVERHEAD,
    (Assume, "utility_loss"): UTILITY_LOSS,
    (Assume, "fabric_cost"): default("networks over the price of systems", "%", "fabric_cost"),
    (Assume, "construction_usd_per_mw"): CONSTRUCTION,
    (Assume, "construction_decline_per_year"): default(
        "yearly decline of buildings", "%", "construction_decline"
    ),
    (Assume, "operations_usd_per_mw_year"): default("operations", "USD/MW/year", "operations"),
    (Assume, "resale_decline_per_year"): default("yearly decline of resale", "%", "resale_decline"),
    (Assume, "goodput"): default("goodput", "%", "goodput", below=2.0, above=1.1),
    (Assume, "lead_time_days"): LEAD,
    (Assume, "fit_out_days"): FIT_OUT,
}
"""A figure that is not here has none of its kind in the catalog, or is a wish: power, budgets,
needs, shares, dates."""
