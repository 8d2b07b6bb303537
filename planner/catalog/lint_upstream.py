"""Is it known, or at least assumed, who makes each accelerator?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from planner.catalog.findings import Desk, Place
from planner.catalog.load import Catalog
from planner.catalog.upstream import UPSTREAM
from planner.errors import Problem


def every_origin(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Ask for a maker at every level, where the catalog knows makers at all: a rule that counts by it refuses what has none."""
    desk = Desk(catalog, "C004", warning=True)
    levels = [level for level in UPSTREAM if any(known == level for _, known in catalog.origins)]
    for chip in catalog.accelerators.values():
        missing = [level for level in levels if (chip.id, level) not in catalog.origins]
        if missing:
            message = f"`{chip.id}` does not say who makes it: {', '.join(missing)}"
            yield desk.says(Place("accelerators", chip.id), message, "add it to an entry of `origins`, or of `assumed_origins`")


def origins_not_from_the_future(catalog: Catalog, today: date) -> Iterator[Problem]:
    """Nobody has read tomorrow's paper."""
    desk = Desk(catalog, "C002")
    for (accelerator, level), origin in catalog.origins.items():
        if origin.date is not None and origin.date.first > today:
            message = f"the {level} of `{accelerator}` is dated {origin.date}, after {today}"
            yield desk.says(Place("origins", f"{accelerator}.{level}"), message, "give the date of the text")
