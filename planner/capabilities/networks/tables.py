"""Networks that run, and groups of leaves that are bought."""

from __future__ import annotations

from planner.capabilities.halls.tables import PLACE
from planner.core.tables import PERIOD, PLACED, SITE, PlanTable, Reading, Tables
from planner.records import Record


class NetworkRow(Record):
    """The networks of one product at one site in a period: compute, front end and storage network
    of all that runs there.
    """

    site: str
    system: str
    period: str
    topology: str
    tiers: int
    systems: int
    groups: int
    """Groups of leaves."""
    it_nameplate_mw: float
    """Switches, modules between them, and links of the systems."""
    it_typical_mw: float
    """At peak, average and idle."""


class FabricRow(Record):
    """Groups of leaves that were bought for one product at one site, by the end of a period."""

    site: str
    system: str
    period: str
    topology: str
    tiers: int
    groups: int
    switches: float
    """Of the compute network, those above the leaves in proportion."""
    systems: int
    """Delivered so far, less those that left."""
    added_usd: float
    """Groups bought in this period."""


class Gear(Record):
    """Networks that stand in halls of a kind, or (`standing`) in what stood at the start: MW of IT
    at the site's sizing load.
    """

    site: str
    hall: str
    period: str
    it_mw: float


def _fabric(f: FabricRow) -> list[Reading]:
    return [
        (
            f.system,
            f.site,
            f.period,
            {"groups": "groups", "switches": "switches", "added": "added_usd"},
        )
    ]


def _gear(g: Gear) -> list[Reading]:
    return [(g.hall, g.site, g.period, {"networks, IT": "it_mw"})]


def _network(n: NetworkRow) -> list[Reading]:
    return [
        (
            n.system,
            n.site,
            n.period,
            {"groups": "groups", "IT nameplate": "it_nameplate_mw", "IT typical": "it_typical_mw"},
        )
    ]


FABRICS = PlanTable("fabrics", FabricRow, ("site", "system", "period"), _fabric, True, PLACED)
GEAR = PlanTable("gear", Gear, ("site", "hall", "period"), _gear, True, (PLACE, SITE, PERIOD))
NETWORKS = PlanTable("networks", NetworkRow, ("site", "system", "period"), _network)

FACE = Tables(
    (
        FABRICS,
        GEAR,
        NETWORKS,
    )
)
