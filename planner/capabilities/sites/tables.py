"""Critical IT that is built, draw and energy."""

from __future__ import annotations

from planner.core.tables import PERIOD, SITE, PlanTable, Reading, Tables
from planner.engineering.power import Basis
from planner.records import Record


class Built(Record):
    """Critical IT capacity that stands at a site."""

    site: str
    period: str
    it_mw: float


class PowerRow(Record):
    """Draw of a site's fleet at one basis, by load; None where a load cannot be told at that
    basis.
    """

    site: str
    period: str
    basis: Basis
    nameplate_mw: float
    peak_mw: float | None
    average_mw: float | None
    idle_mw: float | None


class EnergyRow(Record):
    """Energy that a site takes, at the utility's meter: from the grid and from its own sources
    together.
    """

    site: str
    period: str
    energy_mwh: float


def _built(b: Built) -> list[Reading]:
    return [("critical IT", b.site, b.period, {"stands": "it_mw"})]


def _power(w: PowerRow) -> list[Reading]:
    return [
        (
            w.basis,
            w.site,
            w.period,
            {load: f"{load}_mw" for load in ("nameplate", "peak", "average", "idle")},
        )
    ]


def _energy(e: EnergyRow) -> list[Reading]:
    return [("utility", e.site, e.period, {"energy": "energy_mwh"})]


BUILT = PlanTable("built", Built, ("site", "period"), _built, True, (SITE, PERIOD), always=True)
POWER = PlanTable("power", PowerRow, ("site", "period", "basis"), _power, always=True)
ENERGY = PlanTable("energy", EnergyRow, ("site", "period"), _energy, always=True)

FACE = Tables(
    (
        BUILT,
        POWER,
        ENERGY,
    )
)
