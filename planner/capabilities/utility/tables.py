"""What the utility meters and bills."""

from __future__ import annotations

from planner.core.tables import PlanTable, Reading, Tables
from planner.records import Record


class MeterRow(Record):
    """What a site takes from the grid, and what its tariff bills; the latter only where there is
    one.
    """

    site: str
    period: str
    energy_mwh: float
    """From the grid alone."""
    highest_mw: float | None
    """Draw at the worst moment: realised peak less what sources can be counted on for and put
    out."""
    billed_mw: float | None


def _meter(m: MeterRow) -> list[Reading]:
    return [
        (
            "grid",
            m.site,
            m.period,
            {"energy": "energy_mwh", "highest": "highest_mw", "billed": "billed_mw"},
        )
    ]


METER = PlanTable("meter", MeterRow, ("site", "period"), _meter)

FACE = Tables((METER,))
