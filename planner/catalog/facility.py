"""What carries a cluster: cooling, redundancy, building and grid?

Published figures stand in `catalogs/facility/`; what this project judged (PUE by climate, losses by
stage, the price of a power cap) in `catalogs/judgement/facility.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from planner.catalog.reader import Reader
from planner.records import Figure, Flag, Id, Record, Text
from planner.units import (
    CarbonPerEnergy,
    Count,
    Duration,
    Fraction,
    HoursPerPower,
    MoneyPerPower,
    Power,
    PowerPerRack,
    RackHeight,
    Ratio,
    WaterPerEnergy,
)

Climate = Literal["cold", "temperate", "hot-dry", "hot-humid"]
CLIMATES: tuple[Climate, ...] = ("cold", "temperate", "hot-dry", "hot-humid")

Layer = Literal["feed", "transformer", "generator", "ups", "cooling"]
LAYERS: tuple[Layer, ...] = ("feed", "transformer", "generator", "ups", "cooling")


class CoolingTechnology(Record):
    """A way to take the heat out of racks, with what one rack may put into it."""

    id: Id
    name: Text
    source: Id
    liquid_loop: Flag
    """Whether liquid reaches the equipment itself (cold plate or tank); a rear door cools the
    rack's air and does not."""
    own_equipment: Flag = False
    """Whether only equipment made for it can be used."""
    rack_density_w: Annotated[Figure[PowerPerRack], Field(alias="rack_density")]
    """All heat of a rack, W/rack. Up to the value it is common practice, up to `high` the best that
    was published."""
    air_density_w: Annotated[Figure[PowerPerRack], Field(alias="air_density")]
    """The part of it that may leave as warm air, W/rack."""
    liquid_share: Figure[Fraction]
    """Largest share of a rack's heat that it takes by liquid at the equipment."""
    built_as: Id | None = None
    """Entry of `construction_costs` that a hall cooled so costs where nobody says more."""
    note: str = ""


class ClimateCooling(Record):
    """What a cooling technology costs in power and water under one climate, for a whole site."""

    id: Id
    cooling: Id
    climate: Climate
    pue_annual: Figure[Ratio]
    pue_peak: Figure[Ratio]
    wue_l_per_kwh: Annotated[Figure[WaterPerEnergy], Field(alias="wue")]
    """Water consumed on site, litres per kWh of IT energy."""


class Redundancy(Record):
    """A topology: `needed` units carry the load, `spare` more stand in for them, all of it `copies`
    times.
    """

    id: Id
    name: Text
    source: Id
    arrangement: Literal["none", "shared", "block", "distributed", "duplicate"]
    needed: Figure[Count]
    spare: int = Field(ge=0, le=10)
    copies: int = Field(ge=1, le=4)
    note: str = ""


class ConstructionCost(Record):
    """What a MW of critical IT costs to build in a market, without the IT."""

    id: Id
    market: Text
    scope: Literal["shell-and-core", "ai-hall", "conversion"]
    cost_usd_per_mw: Annotated[Figure[MoneyPerPower], Field(alias="cost")]


class LeadTime(Record):
    """How long one waits for a thing: equipment from order, a building from ground breaking."""

    id: Id
    name: Text
    what: Literal["equipment", "generation", "building", "grid"]
    lead_days: Annotated[Figure[Duration], Field(alias="lead")]


class BuildRate(Record):
    """Work on site per MW of critical IT."""

    id: Id
    name: Text
    labour_h_per_mw: Annotated[Figure[HoursPerPower], Field(alias="labour")]


class Grid(Record):
    """Operational carbon of one kWh from a grid, mean of a year."""

    id: Id
    name: Text
    carbon_g_per_kwh: Annotated[Figure[CarbonPerEnergy], Field(alias="carbon")]


class Stage(Record):
    """Efficiency of a power stage at half and at full load; its losses between follow a no-load and
    a copper part.
    """

    half: Figure[Fraction]
    full: Figure[Fraction]


class PowerCap(Record):
    """What a cap on power does to work: performance ∝ power ^ elasticity, for one kind of work."""

    id: Id
    work: Text
    elasticity: Figure[Ratio]


class Plant(Record):
    """Figures of the whole plant that a hall needs and its question leaves open."""

    transformer: Stage
    ups: Stage
    distribution: Stage
    rack_height_ru: Annotated[Figure[RackHeight], Field(alias="rack_height")]
    """Rack units of a rack that servers may fill."""
    row_power_w: Annotated[Figure[Power], Field(alias="row_power")]
    """IT power that one row of racks may draw, nameplate."""
    mep_swing: Figure[Fraction]
    """By how much mechanical and electrical cost grows from N to 2N."""
    generation_availability: Figure[Fraction]
    """Share of the year that one on-site generating unit can run."""
    grid: Id
    """Grid of a site that names none."""
    hall_lead: Id | None = None
    """Entry of `lead_times` that a hall takes to build where nobody says more."""


@dataclass(frozen=True)
class Facility:
    """Everything of the catalog that stands between the utility's meter and the rack, by id."""

    cooling: dict[str, CoolingTechnology] = field(default_factory=dict)
    climates: dict[str, ClimateCooling] = field(default_factory=dict)
    redundancies: dict[str, Redundancy] = field(default_factory=dict)
    construction_costs: dict[str, ConstructionCost] = field(default_factory=dict)
    lead_times: dict[str, LeadTime] = field(default_factory=dict)
    build_rates: dict[str, BuildRate] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    power_caps: dict[str, PowerCap] = field(default_factory=dict)
    plant: Plant | None = None

    def in_climate(self, cooling: str, climate: str) -> ClimateCooling | None:
        """PUE and WUE of a technology under a climate, or None if the catalog has none."""
        return next(
            (c for c in self.climates.values() if c.cooling == cooling and c.climate == climate),
            None,
        )

    def tables(self) -> Iterator[tuple[str, Mapping[str, Record]]]:
        """Top key and entries of every table with ids."""
        yield "cooling", self.cooling
        yield "climates", self.climates
        yield "redundancies", self.redundancies
        yield "construction_costs", self.construction_costs
        yield "lead_times", self.lead_times
        yield "build_rates", self.build_rates
        yield "grids", self.grids
        yield "power_caps", self.power_caps
        yield "plant", {} if self.plant is None else {"0": self.plant}


def facility_references(facility: Facility) -> Iterator[tuple[str, str, str, str]]:
    """Ids that the facility's entries use besides those of their figures' sources: (what, id, top
    key, entry).
    """
    for technology in facility.cooling.values():
        yield "source", technology.source, "cooling", technology.id
        if technology.built_as is not None:
            yield "construction cost", technology.built_as, "cooling", technology.id
    for climate in facility.climates.values():
        yield "cooling", climate.cooling, "climates", climate.id
    for topology in facility.redundancies.values():
        yield "source", topology.source, "redundancies", topology.id
    if facility.plant is not None:
        yield "grid", facility.plant.grid, "plant", "0"
        if facility.plant.hall_lead is not None:
            yield "lead time", facility.plant.hall_lead, "plant", "0"


def read_facility(reader: Reader) -> Facility:
    """Take the facility's tables out of a reader; mistakes are left with it."""
    return Facility(
        cooling=reader.by_name("cooling", CoolingTechnology),
        climates=reader.by_name("climates", ClimateCooling),
        redundancies=reader.by_name("redundancies", Redundancy),
        construction_costs=reader.by_name("construction_costs", ConstructionCost),
        lead_times=reader.by_name("lead_times", LeadTime),
        build_rates=reader.by_name("build_rates", BuildRate),
        grids=reader.by_name("grids", Grid),
        power_caps=reader.by_name("power_caps", PowerCap),
        plant=reader.only("plant", Plant),
    )
