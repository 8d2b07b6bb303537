"""A hall around machines: which cooling, how many rows, what it draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic_core import PydanticCustomError

from planner.catalog.facility import ClimateCooling, CoolingTechnology, Facility, Plant
from planner.catalog.hardware import System
from planner.catalog.load import Catalog
from planner.engineering.cluster import Group
from planner.engineering.facility import Carries, carries_rack, servers_per_rack
from planner.engineering.plant import Rows, in_rows
from planner.engineering.power import LOADS, Basis
from planner.errors import InputError, Mark, Problem, SourceText
from planner.power_model.cluster import ClusterPower, Told, cluster_power
from planner.power_model.plant import CLIMATE, own_liquid_share, technology_of
from planner.power_model.setup import Setup, of_one, plant_of, set_up_options
from planner.records import Figure
from planner.units import Unit

ROW_POWER = Unit("W", "2 MW", ge=1e3, le=1e9)
BASES: tuple[Basis, ...] = ("it", "facility", "utility")
"""Where a hall is told on the power chain; `planner power` has the rest."""


@dataclass(frozen=True)
class Asked:
    """The question."""

    system: str
    count: str
    words: Mapping[str, str]
    """What `planner power` takes too, by the name of its option: class of work, climate, cooling,
    redundancy, ramp, grid."""
    row_power: str | None = None
    servers: int | None = None


@dataclass(frozen=True)
class UsedFigure:
    """A figure of the facility's catalog that the answer rests on."""

    name: str
    figure: Figure[Any]


@dataclass(frozen=True)
class Choice:
    """A cooling technology for these racks: how they would be filled, whether it carries them, and
    its PUE here.
    """

    id: str
    name: str
    servers_per_rack: int | None
    rack_w: float
    carries: Carries
    climate: ClimateCooling


@dataclass(frozen=True)
class Hall:
    """The answer."""

    asked: Asked
    power: ClusterPower
    chosen: Choice
    choices: list[Choice]
    rows: Rows
    used: list[UsedFigure]

    @property
    def group(self) -> Group:
        """The one kind of systems that stands here."""
        return self.power.setup.cluster.groups[0]

    @property
    def powers(self) -> list[Told]:
        """Draw at each basis and load."""
        told = [self.power.told(basis, load) for basis in BASES for load in LOADS]
        return [each for each in told if each is not None]

    @property
    def overhead_w(self) -> float:
        """Network, storage and management at nameplate, in rows of their own."""
        return self.power.chain.it.nameplate_w - self.power.chain.rack.nameplate_w


def hall(catalog: Catalog, asked: Asked) -> Hall:
    """Lay a hall out. Raises `InputError` with every wrong word at once, cooling that does not
    carry the racks among them.
    """
    plant, problems = plant_of(catalog), list[Problem]()
    row_w = _row_w(asked, plant, problems)
    if asked.servers is not None and asked.servers < 1:
        problems.append(
            _wrong(
                "R001", "--servers-per-rack", str(asked.servers), "a rack holds at least one server"
            )
        )
    choices, chosen = _cooling(catalog, asked, problems)
    setup = _set_up(catalog, asked, chosen, problems)
    if problems or setup is None or chosen is None:
        raise InputError(problems)
    group = setup.cluster.groups[0]
    racks = group.count * (group.system.racks.value if group.system.racks else 1.0)
    if chosen.servers_per_rack is not None:
        racks = -(-group.count // chosen.servers_per_rack)
    try:
        rows = in_rows(round(racks), chosen.rack_w, row_w)
    except ValueError as error:
        raise InputError(
            [_wrong("R001", "--row-power", f"{row_w / 1e6:g} MW", str(error), "give a larger row")]
        ) from None
    return Hall(
        asked, cluster_power(setup), chosen, choices, rows, _used(catalog, asked, setup, chosen)
    )


def _wrong(code: str, option: str, value: str, message: str, remedy: str = "") -> Problem:
    """A problem that points at the value of an option."""
    return Problem(
        code, message, Mark(SourceText(option, value), 1, 1, max(1, len(value))), help=remedy
    )


def _row_w(asked: Asked, plant: Plant, problems: list[Problem]) -> float:
    if asked.row_power is not None:
        try:
            return ROW_POWER.parse(asked.row_power)
        except PydanticCustomError as error:
            context = error.context or {}
            problems.append(
                _wrong(
                    context["code"],
                    "--row-power",
                    asked.row_power,
                    context["message"],
                    context["help"],
                )
            )
    return plant.row_power_w.value


def _cooling(
    catalog: Catalog, asked: Asked, problems: list[Problem]
) -> tuple[list[Choice], Choice | None]:
    """Every technology and the one taken; None where a word has no meaning, or a problem says why
    there is none.
    """
    system = catalog.systems.get(asked.system)
    if system is None or (asked.servers is not None and asked.servers < 1):
        return [], None
    choices = choices_of(
        catalog.facility, system, asked.words.get("climate", CLIMATE), asked.servers
    )
    try:
        return choices, chosen_of(choices, catalog.facility, system.id, asked.words.get("cooling"))
    except InputError as error:
        problems += error.problems
        return choices, None


def _set_up(
    catalog: Catalog, asked: Asked, chosen: Choice | None, problems: list[Problem]
) -> Setup | None:
    """The cluster with the cooling taken. What it says of a cooling that was refused already is not
    said twice.
    """
    refused = any(problem.mark and problem.mark.source.name == "--cooling" for problem in problems)
    words = {**asked.words, **({"cooling": chosen.id} if chosen else {})}
    try:
        return set_up_options(
            "options of planner facility", of_one(asked.system, asked.count, words), catalog
        )
    except InputError as error:
        problems += [
            problem
            for problem in error.problems
            if not (refused and problem.path == "facility.cooling")
        ]
        return None


def _used(catalog: Catalog, asked: Asked, setup: Setup, chosen: Choice) -> list[UsedFigure]:
    technology, climate, plant = catalog.facility.cooling[chosen.id], chosen.climate, setup.plant
    grid = catalog.facility.grids[setup.file.facility.grid or plant.grid]
    used = [
        UsedFigure(f"{chosen.id} · rack_density", technology.rack_density_w),
        UsedFigure(f"{chosen.id} · air_density", technology.air_density_w),
        UsedFigure(f"{climate.id} · pue_annual", climate.pue_annual),
        UsedFigure(f"{climate.id} · pue_peak", climate.pue_peak),
        UsedFigure(f"{climate.id} · wue", climate.wue_l_per_kwh),
        UsedFigure(f"{grid.id} · carbon", grid.carbon_g_per_kwh),
        UsedFigure("plant · mep_swing", plant.mep_swing),
    ]
    used += [
        UsedFigure(f"{topology.name} · needed", topology.needed)
        for topology in {t.id: t for t in setup.redundancy.values()}.values()
    ]
    if chosen.servers_per_rack is not None:
        used.append(UsedFigure("plant · rack_height", plant.rack_height_ru))
    if asked.row_power is None:
        used.append(UsedFigure("plant · row_power", plant.row_power_w))
    return used


def choices_of(
    facility: Facility, system: System, climate: str, servers: int | None
) -> list[Choice]:
    """Every technology that the catalog knows in a climate; none for a system whose power nobody
    published.
    """
    found: list[Choice] = []
    nameplate = system.power.nameplate_w
    for technology in facility.cooling.values():
        record = facility.in_climate(technology.id, climate)
        if record is not None and nameplate is not None:
            filled, rack_w, carries = _rack_in(
                facility, technology, system, nameplate.value, servers
            )
            found.append(Choice(technology.id, technology.name, filled, rack_w, carries, record))
    return found


def chosen_of(
    choices: Sequence[Choice], facility: Facility, system_id: str, word: str | None
) -> Choice | None:
    """The technology asked for, or the first that carries the racks as common practice, else at the
    limit.

    None where there is no choice, or no technology of that name. Raises `InputError` if what was
    asked for, or all, carry no such rack.
    """
    able = [
        choice
        for verdict in ("yes", "at the limit")
        for choice in choices
        if choice.carries.verdict == verdict
    ]
    named = technology_of(facility, word) if word is not None else None
    wanted = next(
        (choice for choice in choices if named is not None and choice.id == named.id), None
    )
    if not choices or (word is not None and wanted is None):
        return None
    if wanted is None and able:
        return able[0]
    if wanted in able:
        return wanted
    others = ", ".join(f"`{choice.id}`" for choice in able)
    remedy = f"it is carried by {others}" if able else "fewer servers per rack may help"
    why = (
        wanted.carries.reason
        if wanted
        else "; ".join(f"{choice.id}: {choice.carries.reason}" for choice in choices)
    )
    message = (
        f"`{wanted.id}` does not carry `{system_id}`: {why}"
        if wanted
        else f"no cooling carries `{system_id}`: {why}"
    )
    mark = Mark(SourceText("--cooling", word or ""), 1, 1, max(1, len(word or "")))
    raise InputError([Problem("K003", message, mark, help=remedy)])


def _rack_in(
    facility: Facility,
    technology: CoolingTechnology,
    system: System,
    nameplate_w: float,
    asked: int | None,
) -> tuple[int | None, float, Carries]:
    """How a technology's racks are filled with a system: (servers per rack, W per rack, whether it
    carries them).

    Servers: as many as were asked for, else as many as height and the technology's common practice
    allow, at least one.
    """
    assert facility.plant is not None
    share, rack_ru = own_liquid_share(system), facility.plant.rack_height_ru.value
    servers, racks = None, system.racks.value if system.racks else 1.0
    rack_w = nameplate_w / racks
    if system.form == "server":
        height = system.rack_units.value if system.rack_units else racks * rack_ru
        room_w = max(
            1.0,
            min(
                technology.rack_density_w.value,
                technology.air_density_w.value / max(1e-9, 1.0 - share),
            ),
        )
        servers = asked or max(1, servers_per_rack(nameplate_w, max(height, 0.5), rack_ru, room_w))
        rack_w = servers * nameplate_w
        if asked and servers * height > rack_ru + 1e-9:
            return (
                servers,
                rack_w,
                Carries("no", f"{servers} servers of {height:g} RU are taller than a rack"),
            )
    carries = carries_rack(
        rack_w=rack_w,
        liquid_share=share,
        needs_liquid=system.cooling != "air",
        liquid_loop=technology.liquid_loop,
        own_equipment=technology.own_equipment,
        rack_density_w=_span(technology.rack_density_w.value, technology.rack_density_w.high),
        air_density_w=_span(technology.air_density_w.value, technology.air_density_w.high),
        liquid_share_most=technology.liquid_share.value,
    )
    if system.form == "server" and system.rack_units is None and asked is None:
        carries = replace(
            carries, reason=f"{carries.reason}; its height is not known, give --servers-per-rack"
        )
    return servers, rack_w, carries


def _span(usual: float, most: float | None) -> tuple[float, float]:
    return usual, usual if most is None else most
