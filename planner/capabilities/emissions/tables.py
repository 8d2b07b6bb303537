"""Carbon and water."""

from __future__ import annotations

from planner.core.tables import PlanTable, Reading, Tables
from planner.records import Record


class CarbonRow(Record):
    """Operational carbon of a site, where it is known what its grid emits."""

    site: str
    period: str
    grid_t: float
    sources_t: float


class WaterRow(Record):
    """Water that cooling takes on site, where the scenario says what it takes."""

    site: str
    period: str
    water_m3: float


def _carbon(c: CarbonRow) -> list[Reading]:
    return [
        ("grid", c.site, c.period, {"carbon": "grid_t"}),
        ("sources", c.site, c.period, {"carbon": "sources_t"}),
    ]


def _water(w: WaterRow) -> list[Reading]:
    return [("cooling", w.site, w.period, {"water": "water_m3"})]


CARBON = PlanTable("carbon", CarbonRow, ("site", "period"), _carbon)
WATER = PlanTable("water", WaterRow, ("site", "period"), _water)

FACE = Tables(
    (
        CARBON,
        WATER,
    )
)
