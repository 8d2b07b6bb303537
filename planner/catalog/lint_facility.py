"""Are the figures of cooling, redundancy, building and grid complete, in order, and of the right
size?
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from planner.catalog.facility import CLIMATES, Stage
from planner.catalog.findings import Desk, Place
from planner.catalog.load import Catalog
from planner.errors import Problem
from planner.records import sourced_fields

BANDS: dict[str, tuple[float, float]] = {
    "rack_density": (3e3, 1e6),
    "air_density": (0.0, 1e5),
    "pue_annual": (1.0, 2.5),
    "pue_peak": (1.0, 3.0),
    "wue": (0.0, 5.0),
    "cost": (2e6, 6e7),
    "lead": (7.0, 3650.0),
    "labour": (500.0, 1e5),
    "carbon": (0.0, 1500.0),
    "elasticity": (0.0, 2.0),
}
"""So broad that only a slip of a prefix leaves them, by the figure's key."""


def every_climate(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Ask for PUE and WUE of each technology in each climate, once."""
    desk = Desk(catalog, "C004")
    seen = [(entry.cooling, entry.climate) for entry in catalog.facility.climates.values()]
    for technology in catalog.facility.cooling:
        for climate in CLIMATES:
            if (number := seen.count((technology, climate))) != 1:
                message = f"`{technology}` has {number or 'no'} PUE for the {climate} climate"
                yield desk.says(
                    Place("cooling", technology), message, "give one entry in `climates`"
                )


def colder_is_cheaper(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Refuse a design day better than the year; doubt a technology that a warmer climate cools with
    less power.
    """
    impossible, odd = Desk(catalog, "C001"), Desk(catalog, "C004", warning=True)
    for entry in catalog.facility.climates.values():
        if (
            entry.pue_peak.value < entry.pue_annual.value
            or min(entry.pue_annual.low or 1.0, entry.pue_annual.value) < 1.0
        ):
            yield impossible.says(
                Place("climates", entry.id),
                f"`{entry.id}`: 1 ≤ annual PUE ≤ peak PUE does not hold",
                "check both",
            )
    for technology in catalog.facility.cooling:
        found = [
            known
            for climate in CLIMATES
            if (known := catalog.facility.in_climate(technology, climate))
        ]
        for colder, warmer in pairwise(found):
            if warmer.pue_annual.value < colder.pue_annual.value:
                message = f"`{warmer.id}` has a lower PUE than `{colder.id}`"
                yield odd.says(
                    Place("climates", warmer.id, "pue_annual"),
                    message,
                    "was water traded for power? say so in the note",
                )


def densities_in_order(catalog: Catalog, today: date) -> Iterator[Problem]:
    """No rack gives off more warm air than heat; only a loop at the equipment takes liquid."""
    desk = Desk(catalog, "C001")
    for technology in catalog.facility.cooling.values():
        place = Place("cooling", technology.id)
        if technology.air_density_w.value > technology.rack_density_w.value:
            yield desk.says(
                place, f"`{technology.id}` takes more heat by air than in all", "check the prefixes"
            )
        if (technology.liquid_share.value > 0) != technology.liquid_loop:
            yield desk.says(
                place,
                f"`liquid_loop` and `liquid_share` of `{technology.id}` contradict",
                "a rear door has neither",
            )


def losses_in_order(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Losses are a no-load part and one that grows with the square of load: neither is negative."""
    plant = catalog.facility.plant
    if plant is None:
        return
    desk = Desk(catalog, "C001")
    stages: dict[str, Stage] = {
        "transformer": plant.transformer,
        "ups": plant.ups,
        "distribution": plant.distribution,
    }
    for name, stage in stages.items():
        half, full = 0.5 * (1 / stage.half.value - 1), 1 / stage.full.value - 1
        if not half <= full <= 4 * half:
            message = (
                f"losses of `{name}` grow by a factor of {full / half if half else 0:.3g} "
                "from half to full load, not by 1 to 4"
            )
            yield desk.says(Place("plant", "0", f"{name}.full"), message, "check both efficiencies")


def sane_figures(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Catch slipped prefixes."""
    desk = Desk(catalog, "C004")
    for key, records in catalog.facility.tables():
        for name, record in records.items():
            for figure, value in sourced_fields(record):
                band = BANDS.get(figure)
                if band and not band[0] <= value.value <= band[1]:
                    message = (
                        f"`{name}.{figure}` is {value.value:g}, outside {band[0]:g} to {band[1]:g}"
                    )
                    yield desk.says(Place(key, name, figure), message, "check the prefix")
