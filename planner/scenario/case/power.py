"""Power sources, tariffs, carbon and water of a case in plain numbers."""

from __future__ import annotations

from typing import Literal

from planner.catalog.facility import Layer
from planner.catalog.generation import SourceKind
from planner.records import Record


class CaseSource(Record):
    """A source that may be added at a site, for one unit. Power is nameplate at the site's meter."""

    site: str
    id: str
    source: str
    """In the catalog."""
    name: str
    kind: SourceKind
    unit_w: float
    most_units: int
    earliest: int
    """First period in which a unit may begin to run; may lie beyond the horizon."""
    latest: int
    term_periods: int | None
    """A unit runs exactly so long from each start (rented, contract); None: from then on."""
    firm_w: float
    """Of a unit: what may be drawn on at any moment besides the connection. A connection's is all of it."""
    output_w: float
    """Of a unit: highest mean output over a period; nothing for connections and storage."""
    capex_usd: float
    fixed_usd_per_year: float
    energy_usd_per_mwh: float
    """Fuel and upkeep, or the contract's price."""
    carbon_kg_per_mwh: float
    life_years: float | None
    """Its worth falls to nothing in a straight line; None: it is worth nothing to the plan at the end."""
    storage_h: float
    round_trip: float = 1.0
    """Energy that storage gives over energy that it took."""
    spare_w: float = 0.0
    """Once taken off what is firm of all units, where units are counted that run at the worst moment."""
    permit_w: float | None
    permit_periods: int | None
    path: str

    @property
    def key(self) -> str:
        """`site:id`, its name in rows and tables."""
        return f"{self.site}:{self.id}"

    @property
    def feeds(self) -> bool:
        """Whether it puts out energy that the grid then need not supply."""
        return self.output_w > 0

    def firm_of(self, units: int) -> float:
        """W that may be drawn on at any moment of so many units."""
        return max(0.0, units * self.firm_w - self.spare_w)

    @property
    def covers(self) -> bool:
        """Whether a load above the connection may rest on it, which it then carries."""
        return self.behind_meter and self.firm_w > 0 and self.output_w > 0

    @property
    def behind_meter(self) -> bool:
        """Whether its energy does not come through the connection."""
        return self.kind in ("owned", "rented")


class CaseLoadDuration(Record):
    """How long a site with own generation draws how much."""

    site: str
    shares: list[float]
    """Of the hours, from the highest load down."""
    positions: list[float]
    """Where the load stands: 1 at the load that the site is sized by, 0 at its average, below 0 under it. Their mean is 0."""

    @property
    def steps(self) -> list[tuple[float, float]]:
        """(share of the hours, position)."""
        return list(zip(self.shares, self.positions, strict=True))


class CaseTariff(Record):
    """What a site pays for power besides energy."""

    site: str
    usd_per_mw_year: float
    contract_w: list[float] | None
    """None: the site's power and the steps of the connection that are added."""
    minimum_take: float
    ratchet: float
    ratchet_periods: int
    """How many periods before a period its ratchet looks back."""


class CaseCarbon(Record):
    """What a site's grid emits, and the site's ceilings."""

    site: str
    kg_per_mwh: list[float]
    total_t: float | None
    by_period_t: dict[int, float]


class CaseCarbonRules(Record):
    """Ceilings over all sites, and the price."""

    total_t: float | None = None
    by_period_t: dict[int, float] = {}
    price_usd_per_t: float = 0.0


class CaseWater(Record):
    """Water per IT energy at a site, and its ceilings."""

    site: str
    air_l_per_kwh: float
    liquid_l_per_kwh: float
    total_m3: float | None
    by_period_m3: dict[int, float]


class CaseRamp(Record):
    """How fast a site's draw may change."""

    site: str
    limit_w_per_s: float
    step: float
    most_w: float
    """The largest step there can be: the share of all power that the site can ever have."""


class CaseLayer(Record):
    """What is installed of a layer of a site's plant, and its redundancy."""

    site: str
    layer: Layer
    capacity_w: list[float]
    needed: float
    spare: float
    copies: float
    """Usable over installed is needed / (copies · (needed + spare))."""
    path: str

    @property
    def basis(self) -> Literal["utility", "it"]:
        """Where on the power chain its capacity is counted."""
        return "it" if self.layer in ("ups", "cooling") else "utility"
