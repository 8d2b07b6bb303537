"""What was asked of a hall, checked against the catalog, and how its racks are filled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

from pydantic_core import PydanticCustomError

from planner.catalog.facility import LAYERS, Climate, CoolingTechnology, Facility, Grid, Layer, Plant, Redundancy
from planner.catalog.hardware import System
from planner.catalog.load import Catalog
from planner.engineering.facility import Carries, carries_rack, servers_per_rack
from planner.errors import InputError, Mark, Problem, SourceText, nearest
from planner.scenario.case import CaseSystem
from planner.units import Unit

ROW_POWER = Unit("W", "2 MW", ge=1e3, le=1e9)
RAMP = Unit("W/s", "10 MW/min", ge=1.0, le=1e13)


@dataclass(frozen=True)
class Asked:
    """The question with its words looked up."""

    system: str
    count: str
    climate: Climate
    cooling: str | None
    redundancy: dict[Layer, Redundancy]
    row_w: float
    row_given: bool
    ramp_w_per_s: float | None
    servers: int | None
    grid: Grid
    plant: Plant
    technologies: dict[str, CoolingTechnology]


def option_error(code: str, option: str, value: str, message: str, remedy: str = "") -> Problem:
    """A problem that points at the value of an option."""
    return Problem(code, message, Mark(SourceText(option, value), 1, 1, max(1, len(value))), help=remedy)


def ask(
    catalog: Catalog,
    system: str,
    count: str,
    *,
    climate: str,
    cooling: str | None,
    redundancy: str,
    row_power: str | None,
    ramp: str | None,
    servers: int | None,
    grid: str | None,
) -> Asked:
    """Look up what was asked. Raises `InputError` with every wrong word at once."""
    facility, plant = catalog.facility, catalog.facility.plant
    if plant is None or not facility.cooling or not facility.redundancies:
        raise InputError(
            [Problem("K002", "the catalog has no facilities", help="give `catalogs/facility/` and `catalogs/judgement/facility.yaml`")]
        )
    problems: list[Problem] = []
    technology = None if cooling is None else _technology(facility, cooling, problems)
    layers = _layers(facility, redundancy, problems)
    row_w = plant.row_power_w.value if row_power is None else _quantity(ROW_POWER, "--row-power", row_power, problems)
    ramp_w = None if ramp is None else _quantity(RAMP, "--ramp", ramp, problems)
    where = facility.grids.get(grid or plant.grid)
    if where is None:
        remedy = nearest(grid or "", facility.grids) or f"one of {', '.join(facility.grids)}"
        problems.append(option_error("I001", "--grid", grid or plant.grid, f"no grid `{grid or plant.grid}`", remedy))
    if climate not in get_args(Climate):
        problems.append(option_error("T002", "--climate", climate, f"no climate `{climate}`", nearest(climate, get_args(Climate))))
    if servers is not None and servers < 1:
        problems.append(option_error("R001", "--servers-per-rack", str(servers), "a rack holds at least one server"))
    if problems or where is None:
        raise InputError(problems)
    return Asked(
        system=system,
        count=count,
        climate=climate,  # type: ignore[arg-type]
        cooling=technology,
        redundancy=layers,
        row_w=row_w,
        row_given=row_power is not None,
        ramp_w_per_s=ramp_w,
        servers=servers,
        grid=where,
        plant=plant,
        technologies=facility.cooling,
    )


def _technology(facility: Facility, word: str, problems: list[Problem]) -> str | None:
    """Id of a technology; a part of its id between hyphens will do where it is the only one: `liquid`."""
    if word in facility.cooling:
        return word
    parts = [name for name in facility.cooling if word in name.split("-")]
    if len(parts) == 1:
        return parts[0]
    remedy = nearest(word, facility.cooling) or f"one of {', '.join(facility.cooling)}"
    problems.append(option_error("I001", "--cooling", word, f"no cooling `{word}`", remedy))
    return None


def _layers(facility: Facility, text: str, problems: list[Problem]) -> dict[Layer, Redundancy]:
    """`4N/3` for all layers but the feed, or `4N/3, feed=2N, cooling=N+1`; what nobody names is N."""
    names = {topology.name.lower(): topology for topology in facility.redundancies.values()}
    plain = next(iter(facility.redundancies.values()))
    found: dict[Layer, Redundancy] = {layer: names.get("n", plain) for layer in LAYERS}
    named: dict[Layer, Redundancy] = {}
    for part in text.split(","):
        layer, equals, word = (piece.strip() for piece in part.rpartition("="))
        topology = names.get(word.lower().replace(" ", ""))
        if topology is None:
            known = [t.name for t in facility.redundancies.values()]
            remedy = nearest(word, known) or f"one of {', '.join(known)}"
            problems.append(option_error("I001", "--redundancy", text, f"no redundancy `{word}`", remedy))
        elif not equals:
            found.update({each: topology for each in LAYERS if each != "feed"})
        elif (known_layer := next((each for each in LAYERS if each == layer.lower()), None)) is None:
            remedy = nearest(layer, LAYERS) or f"one of {', '.join(LAYERS)}"
            problems.append(option_error("T002", "--redundancy", text, f"no layer `{layer}`", remedy))
        else:
            named[known_layer] = topology
    return {**found, **named}


def _quantity(unit: Unit, option: str, text: str, problems: list[Problem]) -> float:
    try:
        return unit.parse(text)
    except PydanticCustomError as error:
        context = error.context or {}
        problems.append(option_error(context["code"], option, text, context["message"], context["help"]))
        return 1.0


def rack_in(technology: CoolingTechnology, system: CaseSystem, record: System, asked: Asked) -> tuple[int | None, float, Carries]:
    """How a technology's racks are filled with a system: (servers per rack, W per rack, whether it carries them).

    Servers: as many as were asked for, else as many as height and the technology's common practice allow, at least one.
    """
    servers = None
    rack_w = system.nameplate_w / system.racks if system.racks else system.nameplate_w
    if system.form == "server":
        height = record.rack_units.value if record.rack_units else system.racks * asked.plant.rack_height_ru.value
        room_w = max(1.0, min(technology.rack_density_w.value, technology.air_density_w.value / max(1e-9, 1.0 - system.liquid_share)))
        packed = servers_per_rack(system.nameplate_w, max(height, 0.5), asked.plant.rack_height_ru.value, room_w)
        servers = asked.servers or max(1, packed)
        rack_w = servers * system.nameplate_w
        if asked.servers and servers * height > asked.plant.rack_height_ru.value + 1e-9:
            return servers, rack_w, Carries("no", f"{servers} servers of {height:g} RU are taller than a rack")
    carries = carries_rack(
        rack_w=rack_w,
        liquid_share=system.liquid_share,
        needs_liquid=system.cooling != "air",
        liquid_loop=technology.liquid_loop,
        own_equipment=technology.own_equipment,
        rack_density_w=_span(technology.rack_density_w.value, technology.rack_density_w.high),
        air_density_w=_span(technology.air_density_w.value, technology.air_density_w.high),
        liquid_share_most=technology.liquid_share.value,
    )
    if system.form == "server" and record.rack_units is None and asked.servers is None:
        carries = replace(carries, reason=f"{carries.reason}; its height is not known, give --servers-per-rack")
    return servers, rack_w, carries


def _span(usual: float, most: float | None) -> tuple[float, float]:
    return usual, usual if most is None else most
