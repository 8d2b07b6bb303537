"""Which figures of a cluster file have a usual range, and which figures of the catalog make it?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from planner.catalog.load import Catalog
from planner.catalog.usual import CARBON, ENERGY_PRICE, OVERHEAD, PUE_ANNUAL, PUE_PEAK, UTILITY_LOSS, Figures, Kind, Usual
from planner.explore.cluster_file import ClusterFile, ClusterSystems, Hall, Pue
from planner.records import Figure


def _around(key: str) -> Figures:
    """What the catalog has per accelerator, times the accelerators of the file."""

    def figures(catalog: Catalog, record: Any, _: str) -> Iterable[Figure[float] | None]:
        if catalog.metered.surroundings is None:
            return []
        figure: Figure[float] = getattr(catalog.metered.surroundings, key)
        number = sum(_accelerators(catalog, entry) for entry in record.systems)
        ends = {end: None if (each := getattr(figure, end)) is None else each * number for end in ("value", "low", "high")}
        return [figure.model_copy(update=ends)] if number else []

    return figures


def _accelerators(catalog: Catalog, entry: ClusterSystems) -> float:
    system = catalog.systems.get(entry.system)
    per = 1.0 if entry.count.unit == "accelerators" or system is None else system.accelerators.value
    return entry.count.number * per


USUAL: Usual = {
    (ClusterFile, "storage_w"): Kind("storage for so many accelerators", "W", _around("storage_w"), below=10.0, above=10.0),
    (ClusterFile, "management_w"): Kind("management for so many accelerators", "W", _around("management_w"), below=10.0, above=10.0),
    (ClusterSystems, "it_overhead"): OVERHEAD,
    (Pue, "annual"): PUE_ANNUAL,
    (Pue, "peak"): PUE_PEAK,
    (Hall, "utility_loss"): UTILITY_LOSS,
    (Hall, "carbon_g_per_kwh"): CARBON,
    (Hall, "energy_price_usd_per_mwh"): ENERGY_PRICE,
}
