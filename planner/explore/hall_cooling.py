"""Which cooling carries the racks of a system, and how are they filled?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.catalog.facility import ClimateCooling, CoolingTechnology, Facility
from planner.catalog.hardware import System
from planner.engineering.facility import Carries, carries_rack, servers_per_rack
from planner.errors import InputError, Mark, Problem, SourceText
from planner.explore.cluster_hall import own_liquid_share, technology_of


@dataclass(frozen=True)
class Choice:
    """A cooling technology for these racks: how they would be filled, whether it carries them, and its PUE here."""

    id: str
    name: str
    servers_per_rack: int | None
    rack_w: float
    carries: Carries
    climate: ClimateCooling


def choices_of(facility: Facility, system: System, climate: str, servers: int | None) -> list[Choice]:
    """Every technology that the catalog knows in a climate; none for a system whose power nobody published."""
    found: list[Choice] = []
    nameplate = system.power.nameplate_w
    for technology in facility.cooling.values():
        record = facility.in_climate(technology.id, climate)
        if record is not None and nameplate is not None:
            filled, rack_w, carries = _rack_in(facility, technology, system, nameplate.value, servers)
            found.append(Choice(technology.id, technology.name, filled, rack_w, carries, record))
    return found


def chosen_of(choices: Sequence[Choice], facility: Facility, system_id: str, word: str | None) -> Choice | None:
    """The technology asked for, or the first that carries the racks as common practice, else at the limit.

    None where there is no choice, or no technology of that name. Raises `InputError` if what was asked for, or all, carry no such rack.
    """
    able = [choice for verdict in ("yes", "at the limit") for choice in choices if choice.carries.verdict == verdict]
    named = technology_of(facility, word) if word is not None else None
    wanted = next((choice for choice in choices if named is not None and choice.id == named.id), None)
    if not choices or (word is not None and wanted is None):
        return None
    if wanted is None and able:
        return able[0]
    if wanted in able:
        return wanted
    others = ", ".join(f"`{choice.id}`" for choice in able)
    remedy = f"it is carried by {others}" if able else "fewer servers per rack may help"
    why = wanted.carries.reason if wanted else "; ".join(f"{choice.id}: {choice.carries.reason}" for choice in choices)
    message = f"`{wanted.id}` does not carry `{system_id}`: {why}" if wanted else f"no cooling carries `{system_id}`: {why}"
    mark = Mark(SourceText("--cooling", word or ""), 1, 1, max(1, len(word or "")))
    raise InputError([Problem("K003", message, mark, help=remedy)])


def _rack_in(
    facility: Facility, technology: CoolingTechnology, system: System, nameplate_w: float, asked: int | None
) -> tuple[int | None, float, Carries]:
    """How a technology's racks are filled with a system: (servers per rack, W per rack, whether it carries them).

    Servers: as many as were asked for, else as many as height and the technology's common practice allow, at least one.
    """
    assert facility.plant is not None
    share, rack_ru = own_liquid_share(system), facility.plant.rack_height_ru.value
    servers, racks = None, system.racks.value if system.racks else 1.0
    rack_w = nameplate_w / racks
    if system.form == "server":
        height = system.rack_units.value if system.rack_units else racks * rack_ru
        room_w = max(1.0, min(technology.rack_density_w.value, technology.air_density_w.value / max(1e-9, 1.0 - share)))
        servers = asked or max(1, servers_per_rack(nameplate_w, max(height, 0.5), rack_ru, room_w))
        rack_w = servers * nameplate_w
        if asked and servers * height > rack_ru + 1e-9:
            return servers, rack_w, Carries("no", f"{servers} servers of {height:g} RU are taller than a rack")
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
        carries = replace(carries, reason=f"{carries.reason}; its height is not known, give --servers-per-rack")
    return servers, rack_w, carries


def _span(usual: float, most: float | None) -> tuple[float, float]:
    return usual, usual if most is None else most
