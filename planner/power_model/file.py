"""What may a cluster file say, and what is far from usual in it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import core_schema

from planner.catalog.components import Workload
from planner.catalog.facility import Climate, Layer
from planner.catalog.load import Catalog
from planner.catalog.usual import (
    CARBON,
    ENERGY_PRICE,
    OVERHEAD,
    PUE_ANNUAL,
    PUE_PEAK,
    UTILITY_LOSS,
    Figures,
    Kind,
    Usual,
)
from planner.core.fields import Amount, refuse
from planner.core.json_schema import FileSchema
from planner.data import scenarios_folder
from planner.engineering.power import Basis
from planner.errors import InputError, Mark, SourceText
from planner.periods import Moment
from planner.records import Figure, Record, Text, validate
from planner.units import CarbonPerEnergy, Fraction, MoneyPerEnergy, Power, RampRate, Ratio
from planner.yamlfile import Located, NodePath, Spot, read_file

Said = tuple[str, str] | tuple[str, str, str]
"""Option of the command line, its value as a file would have it, and what to point at where that is
more than the value."""
ClusterOptions = Mapping[NodePath, Said]
"""Path in a cluster file → what the command line says there."""
Topology = Literal[
    "single-switch",
    "two-tier",
    "three-tier",
    "fat-tree",
    "rail-optimized",
    "rail-only",
    "oversubscribed",
    "torus",
]
LayerOrAll = Literal[Layer, "all"]


class OrAll:
    """Annotation of topologies by layer that may be one word: that of every layer but the feed."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(
            lambda v: {"all": v} if isinstance(v, str) else v, handler(source)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "anyOf": [
                {"type": "string", "description": "topology of every layer but the feed"},
                handler(schema),
            ]
        }


class Pue(Record):
    """Facility over IT power. Where only one of the two is given, the other lies as far off as for
    the cooling technology.
    """

    annual: Annotated[Ratio | None, Field(ge=1, le=5)] = None
    """Mean of the year."""
    peak: Annotated[Ratio | None, Field(ge=1, le=5)] = None
    """Of the design day."""
    losses: Literal["inside", "outside"] = "inside"
    """Outside: the PUE leaves UPS, distribution and transformers out, and their losses are
    added."""

    @model_validator(mode="after")
    def _ordered(self) -> Pue:
        if self.annual is not None and self.peak is not None and self.peak < self.annual:
            message = f"peak PUE {self.peak:g} is below the annual mean {self.annual:g}"
            raise refuse("R001", message, "the design day is the worst of the year")
        return self


class Fabric(Record):
    """The compute network; front end and storage network are counted beside it."""

    topology: Topology | None = None
    """How switches are joined; left out: what suits the system."""
    switch: Text | None = None
    """Of the catalog; left out: the first that carries the links."""
    oversubscription: Annotated[Ratio | None, Field(ge=1, le=64)] = None
    """Down over up below the top tier: 7 for 7 : 1."""


class ClusterSystems(Record):
    """So many of one catalog system, and what this file knows better than the catalog."""

    system: Text
    """Id in the catalog, which knows the nearest where there is no such; so it is with cooling,
    switch and grid."""
    count: Annotated[Amount, Field(examples=["4000 systems"])]
    """How many stand there."""
    workload: Workload | None = None
    """What they do; left out: the cluster's."""
    cooling: Text | None = None
    """How their heat is carried away; left out: what they need."""
    fabric: Fabric | None = None
    """Their network; left out: the cluster's."""
    it_overhead: Annotated[Ratio | None, Field(le=5)] = None
    """Networks, storage and management as a share of nameplate, in place of counting them."""
    nameplate_w: Annotated[Power | None, Field(alias="nameplate", gt=0)] = None
    """The most that one is rated to draw; left out: the catalog's."""
    peak_w: Annotated[Power | None, Field(alias="peak", gt=0)] = None
    """The most that one draws at work; left out: the catalog's."""
    average_w: Annotated[Power | None, Field(alias="average", gt=0)] = None
    """What one draws in the mean; left out: the catalog's."""
    hall: Text | None = None
    """Where they stand, a name of `facility: halls`; left out: the only one there."""
    rack_rating_w: Annotated[Power | None, Field(alias="rack_rating", gt=0)] = None
    """What one rack position may draw; `planner power` holds a rack against it."""
    servers_per_rack: Annotated[int | None, Field(ge=1, le=100)] = None
    """Of a system that is a server: how many stand in a rack; goes with `rack_rating`."""

    @model_validator(mode="after")
    def _racks(self) -> ClusterSystems:
        if self.servers_per_rack is not None and self.rack_rating_w is None:
            raise refuse(
                "K003",
                "`servers_per_rack` says how full a rack is, which changes nothing here",
                "give `rack_rating` as well, or leave it out",
            )
        return self

    @model_validator(mode="after")
    def _one_overhead(self) -> ClusterSystems:
        if self.it_overhead is not None and self.fabric is not None:
            raise refuse(
                "K003",
                "`it_overhead` stands for the networks, so `fabric` changes nothing here",
                "give one of them",
            )
        return self


class Hall(Record):
    """What stands between the IT and the utility's meter."""

    cooling: Text | None = None
    """Air, rear-door, direct-liquid or immersion; what the systems need if left out."""
    climate: Climate | None = None
    """Weather of the place, which decides what cooling draws."""
    pue: Pue | None = None
    """Facility over IT power; left out: what the cooling has in the catalog."""
    redundancy: Annotated[dict[LayerOrAll, str], OrAll, Field(examples=["{ups: 4N/3}"])] = {}
    """Topology by layer: capacity to install, not draw. `all` is every layer but the feed; N where
    nothing is said."""
    ratings_w: Annotated[
        dict[Layer, Annotated[Power, Field(gt=0)]],
        Field(alias="ratings", examples=["{feed: 30 MW, ups: 25 MW}"]),
    ] = {}
    """What is installed in a layer, all its units together; of that, redundancy leaves a part to
    use, which `planner power` holds the draw against."""
    halls_w: Annotated[
        dict[str, Annotated[Power, Field(gt=0)]],
        Field(alias="halls", examples=["{north: 12 MW, south: 10 MW}"]),
    ] = {}
    """Critical IT that each hall is rated for, by its name: basis `it`."""
    utility_loss: Annotated[Fraction | None, Field(le=0.5)] = None
    """Share lost between the utility's meter and the facility's."""
    power_cap: Annotated[Fraction | None, Field(gt=0)] = None
    """Share of its nameplate to which each system is held."""
    power_oversubscription: Annotated[Ratio | None, Field(gt=0, le=2)] = None
    """How much more equipment stands here than fits at nameplate; all is held to 1 / (1 + this) of
    nameplate."""
    ramp_w_per_s: Annotated[RampRate | None, Field(alias="ramp", gt=0)] = None
    """Change of power that the grid allows."""
    grid: Text | None = None
    """A grid of the catalog, for carbon."""
    carbon_g_per_kwh: Annotated[CarbonPerEnergy | None, Field(alias="carbon")] = None
    """Carbon of a kWh, instead of a `grid`."""
    energy_price_usd_per_mwh: Annotated[MoneyPerEnergy | None, Field(alias="energy_price")] = None
    """Of a MWh at the utility's meter."""

    @model_validator(mode="after")
    def _one_of(self) -> Hall:
        if self.power_cap is not None and self.power_oversubscription is not None:
            raise refuse(
                "K003",
                "`power_cap` and `power_oversubscription` both hold the systems down",
                "give one of them",
            )
        if self.grid is not None and self.carbon_g_per_kwh is not None:
            raise refuse(
                "K003", "`grid` and `carbon` both say how much carbon a kWh has", "give one of them"
            )
        return self


class Metered(Record):
    """Where the `peak` and `average` of the systems come from, if they were metered: written by
    `planner power --calibrate`.
    """

    series: Text
    """Name of the file with the series."""
    at: Basis
    """Basis at which it was metered."""
    from_: Annotated[Moment, Field(alias="from")]
    """Day of the first sample."""
    to: Moment
    """Day of the last sample."""

    def __str__(self) -> str:
        return f"{self.series}, metered at {self.at}, {self.from_} to {self.to}"


class ClusterFile(Record):
    """A cluster whose power is asked for."""

    name: Text
    """What the cluster is called in reports."""
    description: Text | None = None
    """What it is, in a sentence or a few."""
    systems: Annotated[list[ClusterSystems], Field(min_length=1)]
    """What stands in it."""
    fabric: Fabric = Fabric()
    """For every system that has no `fabric` of its own."""
    workload: Workload = "training"
    """What its machines do."""
    storage_w: Annotated[Power | None, Field(alias="storage")] = None
    """All servers of the file system, without its network; the catalog's W per accelerator if left
    out."""
    management_w: Annotated[Power | None, Field(alias="management")] = None
    """Login, scheduling, fabric and general-purpose servers."""
    facility: Hall = Hall()
    """What stands between the IT and the utility's meter."""
    metered: Metered | None = None
    """A series that figures of the systems were fitted to."""

    @model_validator(mode="after")
    def _metered_figures(self) -> ClusterFile:
        told = any(entry.peak_w or entry.average_w for entry in self.systems)
        if self.metered is not None and not told:
            raise refuse(
                "K003",
                "`metered` says where `peak` and `average` come from, and no system has them",
                "give them, or leave it out",
            )
        return self

    @classmethod
    def model_json_schema(cls, *arguments: Any, **options: Any) -> dict[str, Any]:
        """The JSON Schema that editors complete and check cluster files with."""
        return super().model_json_schema(*arguments, **{"schema_generator": FileSchema, **options})


def clusters_folder() -> Path:
    """The folder of the shipped cluster files."""
    return scenarios_folder() / "clusters"


def find_cluster(name: str) -> Path:
    """A cluster file by path, or a shipped one by its path or bare name."""
    given = Path(name)
    if given.exists():
        return given
    for candidate in (clusters_folder() / given.name, clusters_folder() / f"{given.name}.yaml"):
        if candidate.is_file() and (given.parent == Path() or given.parent.name == "clusters"):
            return candidate
    return given


def looks_like_cluster(path: Path) -> bool:
    """Whether a file is a cluster: it counts its systems and has neither a horizon nor sites. A
    file that cannot be read is none.
    """
    try:
        data = read_file(path).data
    except InputError:
        return False
    if not isinstance(data, dict) or "horizon" in data or "sites" in data:
        return False
    systems = data.get("systems")
    counted = isinstance(systems, list) and any(
        isinstance(item, dict) and "count" in item for item in systems
    )
    return counted or "facility" in data or path.resolve().parent.name == "clusters"


def read_cluster(path: Path, options: ClusterOptions | None = None) -> tuple[ClusterFile, Located]:
    """A cluster file as written, with what options say in place of it. Raises `InputError` with
    every mistake of its shape.
    """
    return _validated(read_file(path), options or {})


def cluster_of_options(name: str, options: ClusterOptions) -> tuple[ClusterFile, Located]:
    """A cluster that only options describe. A mistake points at its option."""
    mark = Mark(SourceText("options", ""), 1, 1)
    start = Located(
        mark.source,
        {"name": name, "systems": [{}]},
        {(): Spot(None, mark), ("systems", 0): Spot(None, mark)},
    )
    return _validated(start, options)


def _validated(located: Located, options: ClusterOptions) -> tuple[ClusterFile, Located]:
    data, spots = deepcopy(located.data), dict(located.spots)
    for path, said in options.items():
        option, value, shown = said[0], said[1], said[-1]
        here: Any = data if isinstance(data, dict) else {}
        for step in path[:-1]:
            if isinstance(here, dict) and not isinstance(here.get(str(step)), dict | list):
                # one word, such as a redundancy, gives way to what the option says
                here[str(step)] = {}
            here = here[step]
        here[path[-1]] = value
        mark = Mark(SourceText(option, shown), 1, 1, max(1, len(shown)))
        spots[path] = Spot(mark, mark)
    changed = Located(located.source, data, spots)
    return validate(ClusterFile, changed), changed


def _around(key: str) -> Figures:
    """What the catalog has per accelerator, times the accelerators of the file."""

    def figures(catalog: Catalog, record: Any, _: str) -> Iterable[Figure[float] | None]:
        if catalog.metered.surroundings is None:
            return []
        figure: Figure[float] = getattr(catalog.metered.surroundings, key)
        number = sum(_accelerators(catalog, entry) for entry in record.systems)
        ends = {
            end: None if (each := getattr(figure, end)) is None else each * number
            for end in ("value", "low", "high")
        }
        return [figure.model_copy(update=ends)] if number else []

    return figures


def _accelerators(catalog: Catalog, entry: ClusterSystems) -> float:
    system = catalog.systems.get(entry.system)
    per = 1.0 if entry.count.unit == "accelerators" or system is None else system.accelerators.value
    return entry.count.number * per


USUAL: Usual = {
    (ClusterFile, "storage_w"): Kind(
        "storage for so many accelerators", "W", _around("storage_w"), below=10.0, above=10.0
    ),
    (ClusterFile, "management_w"): Kind(
        "management for so many accelerators", "W", _around("management_w"), below=10.0, above=10.0
    ),
    (ClusterSystems, "it_overhead"): OVERHEAD,
    (Pue, "annual"): PUE_ANNUAL,
    (Pue, "peak"): PUE_PEAK,
    (Hall, "utility_loss"): UTILITY_LOSS,
    (Hall, "carbon_g_per_kwh"): CARBON,
    (Hall, "energy_price_usd_per_mwh"): ENERGY_PRICE,
}
