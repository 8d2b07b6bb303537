"""Are power sources complete for their kind, does what burns say how much, and are the figures of
the right size?
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.catalog.findings import Desk, Place
from planner.catalog.generation import NEEDS
from planner.catalog.load import Catalog
from planner.errors import Problem
from planner.records import sourced_fields

BANDS: dict[str, tuple[float, float]] = {
    "unit": (1e5, 2e9),
    "lead": (7.0, 5475.0),
    "capex": (0.0, 2e7),
    "fixed": (0.0, 2e6),
    "variable": (0.0, 300.0),
    "heat_rate": (5.5, 20.0),
    "life": (1825.0, 29200.0),
    "term": (30.0, 10950.0),
    "hours": (0.02, 4.0),
    "round_trip": (0.3, 1.0),
    "price": (0.5, 50.0),
    "carbon": (0.0, 120.0),
}
"""So broad that only a slip of a prefix or a unit leaves them, by the figure's key."""


def enough_to_choose(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Ask for every figure that a plan needs of a source of this kind."""
    desk = Desk(catalog, "C004")
    for entry in catalog.generation.sources.values():
        known = {key for key, _ in sourced_fields(entry)}
        for key in NEEDS[entry.kind]:
            if key not in known:
                remedy = "give the published figure, or an entry in the `assumptions`"
                yield desk.says(
                    Place("power_sources", entry.id),
                    f"`{entry.id}` is {entry.kind} and has no `{key}`",
                    remedy,
                )


def fuel_and_heat_rate(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Refuse a fuel without a heat rate and the other way round, and firm power beyond what a unit
    can give.
    """
    desk = Desk(catalog, "C001")
    for entry in catalog.generation.sources.values():
        place = Place("power_sources", entry.id)
        if (entry.fuel is None) != (entry.heat_rate_mmbtu_per_mwh is None):
            yield desk.says(
                place,
                f"`{entry.id}` has only one of `fuel` and `heat_rate`",
                "give both, or neither for what burns nothing",
            )
        if (
            entry.kind in ("contract", "storage")
            and entry.firm is not None
            and entry.firm.value > 0
        ):
            message = f"`{entry.id}` is {entry.kind} and adds nothing firm at the meter"
            yield desk.says(place, message, "leave out `firm`")


def sane_figures(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Catch slipped prefixes."""
    desk = Desk(catalog, "C004")
    for key, records in catalog.generation.tables():
        for name, record in records.items():
            for figure, value in sourced_fields(record):
                band = BANDS.get(figure)
                if band and not band[0] <= value.value <= band[1]:
                    message = (
                        f"`{name}.{figure}` is {value.value:g}, outside {band[0]:g} to {band[1]:g}"
                    )
                    yield desk.says(Place(key, name, figure), message, "check the prefix")
