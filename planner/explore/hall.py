"""What does a hall for these systems look like: which cooling carries it, what does it draw in a year, and how much must be installed?"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planner.catalog.facility import ClimateCooling, Facility
from planner.catalog.load import Catalog
from planner.engineering.band import Band, Factor, band
from planner.engineering.cooling import heat_split_w
from planner.engineering.facility import Carries, carbon_t, energy_mwh, load_factor, water_m3
from planner.engineering.layers import LayerNeed, StageLoss, layer_needs, stage_losses
from planner.engineering.plant import Rows, Storage, for_ramp, in_rows
from planner.engineering.power import Basis, Load
from planner.errors import InputError, Mark, Problem, SourceText
from planner.explore.draw import Fleet, counted, factors
from planner.explore.hall_options import Asked, option_error, rack_in
from planner.records import Figure, Grade
from planner.scenario.case import Case, CaseSystem


@dataclass(frozen=True)
class Choice:
    """A cooling technology for these racks: how they would be filled, whether it carries them, and its PUE here."""

    id: str
    name: str
    servers_per_rack: int | None
    rack_w: float
    carries: Carries
    climate: ClimateCooling


@dataclass(frozen=True)
class Told:
    """A figure of the hall with its range, where and at which load it holds, and the grade of the worst figure that moves it."""

    what: str
    unit: str
    at: str
    band: Band
    grade: Grade


@dataclass(frozen=True)
class UsedFigure:
    """A figure of the facility's catalog that the answer rests on."""

    name: str
    figure: Figure[Any]


@dataclass(frozen=True)
class Hall:
    """The answer."""

    fleet: Fleet
    asked: Asked
    chosen: Choice
    choices: list[Choice]
    told: list[Told]
    layers: list[LayerNeed]
    stages: list[StageLoss]
    rows: Rows
    overhead_w: float
    """Network, storage and management at nameplate, in rows of their own."""
    step_w: float
    """IT power between peak and idle, which a synchronous job drops at once."""
    storage: Storage | None
    used: list[UsedFigure]


@dataclass(frozen=True)
class _Subject:
    """What a band moves one thing of at a time."""

    case: Case
    wue: float
    carbon: float


def hall(catalog: Catalog, asked: Asked) -> Hall:
    """Lay a hall out.

    Raises `InputError` for an unknown system, a count that is no whole number of systems, or cooling that does not carry the racks.
    """
    facility, plant = catalog.facility, asked.plant
    probe = counted(asked.system, asked.count, catalog)
    system, units = probe.systems[0]
    choices = _choices(facility, system, catalog, asked)
    chosen = _chosen(choices, asked)
    annual, peak = chosen.climate.pue_annual.value, chosen.climate.pue_peak.value
    fleet = counted(asked.system, asked.count, catalog, pue=f"{annual!r}", pue_peak=f"{peak!r}")
    chain = fleet.chain()
    racks = units * system.racks if chosen.servers_per_rack is None else -(-units // chosen.servers_per_rack)
    try:
        rows = in_rows(round(racks), chosen.rack_w, asked.row_w)
    except ValueError as error:
        raise InputError([option_error("R001", "--row-power", f"{asked.row_w / 1e6:g} MW", str(error), "give a larger row")]) from None
    step_w = (chain.it.peak_w or 0.0) - (chain.it.idle_w or 0.0)
    return Hall(
        fleet=fleet,
        asked=asked,
        chosen=chosen,
        choices=choices,
        told=_told(fleet, asked, chosen),
        layers=layer_needs(chain, asked.redundancy, plant),
        stages=stage_losses(chain.it.peak_w or chain.it.nameplate_w, chain.it.nameplate_w, asked.redundancy, plant),
        rows=rows,
        overhead_w=chain.it.nameplate_w - chain.rack.nameplate_w,
        step_w=step_w,
        storage=for_ramp(step_w, asked.ramp_w_per_s) if asked.ramp_w_per_s else None,
        used=_used(asked, chosen),
    )


def _choices(facility: Facility, system: CaseSystem, catalog: Catalog, asked: Asked) -> list[Choice]:
    found = []
    for technology in facility.cooling.values():
        climate = facility.in_climate(technology.id, asked.climate)
        if climate is None:
            raise InputError([Problem("K002", f"the catalog has no PUE of `{technology.id}` in the {asked.climate} climate")])
        servers, rack_w, carries = rack_in(technology, system, catalog.systems[system.id], asked)
        found.append(Choice(technology.id, technology.name, servers, rack_w, carries, climate))
    return found


def _chosen(choices: Sequence[Choice], asked: Asked) -> Choice:
    """Take the technology asked for, or the first that carries the racks as common practice, else at the limit."""
    able = [choice for word in ("yes", "at the limit") for choice in choices if choice.carries.verdict == word]
    if asked.cooling is None and able:
        return able[0]
    wanted = next((choice for choice in choices if choice.id == asked.cooling), None)
    if wanted in able and wanted is not None:
        return wanted
    others = ", ".join(f"`{choice.id}`" for choice in able)
    remedy = f"it is carried by {others}" if able else "fewer servers per rack may help"
    why = wanted.carries.reason if wanted else "; ".join(f"{choice.id}: {choice.carries.reason}" for choice in choices)
    message = f"`{asked.cooling}` does not carry `{asked.system}`: {why}" if wanted else f"no cooling carries `{asked.system}`: {why}"
    raise InputError([Problem("K003", message, Mark(SourceText("--cooling", asked.cooling or ""), 1, 1), help=remedy)])


def _used(asked: Asked, chosen: Choice) -> list[UsedFigure]:
    technology, climate, plant = asked.technologies[chosen.id], chosen.climate, asked.plant
    used = [
        UsedFigure(f"{chosen.id} · rack_density", technology.rack_density_w),
        UsedFigure(f"{chosen.id} · air_density", technology.air_density_w),
        UsedFigure(f"{climate.id} · pue_annual", climate.pue_annual),
        UsedFigure(f"{climate.id} · pue_peak", climate.pue_peak),
        UsedFigure(f"{climate.id} · wue", climate.wue_l_per_kwh),
        UsedFigure(f"{asked.grid.id} · carbon", asked.grid.carbon_g_per_kwh),
        UsedFigure("plant · mep_swing", plant.mep_swing),
    ]
    used += [UsedFigure(f"{topology.name} · needed", topology.needed) for topology in {t.id: t for t in asked.redundancy.values()}.values()]
    if chosen.servers_per_rack is not None:
        used.append(UsedFigure("plant · rack_height", plant.rack_height_ru))
    if not asked.row_given:
        used.append(UsedFigure("plant · row_power", plant.row_power_w))
    return used


def _told(fleet: Fleet, asked: Asked, chosen: Choice) -> list[Told]:
    """Every figure with its range, from the factors of the fleet's chain and the hall's own."""
    subject = _Subject(fleet.case, chosen.climate.wue_l_per_kwh.value, asked.grid.carbon_g_per_kwh.value)
    ranges = _factors(fleet, asked, chosen, subject)
    grades: dict[str, Grade] = {f"{figure.of} · {figure.figure}": figure.grade for figure in fleet.case.figures}
    grades |= {used.name: used.figure.grade for used in _used(asked, chosen)}

    def tell(what: str, unit: str, at: str, measure: Callable[[_Subject], float]) -> Told:
        known = band(subject, ranges, measure)
        most = 100.0 if unit == "%" else math.inf
        known = replace(known, low=max(0.0, known.low), high=min(most, known.high))  # quadrature may overstep what is possible
        return Told(what, unit, at, known, max((grades.get(name, "C") for name, _, _ in known.by_factor), default="A"))

    def power(basis: Basis, load: Load) -> Callable[[_Subject], float]:
        def measure(s: _Subject) -> float:
            draw = fleet.chain(s.case).at(basis)
            return (draw.at(load) if draw else None) or 0.0

        return measure

    def megawatts(basis: Basis, load: Load) -> Callable[[_Subject], float]:
        measure = power(basis, load)
        return lambda s: measure(s) / 1e6

    def year_mwh(basis: Basis) -> Callable[[_Subject], float]:
        return lambda s: energy_mwh(power(basis, "average")(s))

    def heat(s: _Subject, where: int) -> float:
        chain, system = fleet.chain(s.case), fleet.systems[0][0]
        own = chain.rack.average_w or 0.0
        return heat_split_w(own, (chain.it.average_w or 0.0) - own, system.liquid_share)[where] / 1e6

    bases: tuple[Basis, ...] = ("it", "facility", "utility")
    loads: tuple[Load, ...] = ("nameplate", "peak", "average", "idle")
    told = [tell("power", "MW", f"{basis}, {load}", megawatts(basis, load)) for basis in bases for load in loads]
    told += [
        tell("energy in a year", "GWh", "it, average", lambda s: year_mwh("it")(s) / 1e3),
        tell("energy in a year", "GWh", "utility, average", lambda s: year_mwh("utility")(s) / 1e3),
        tell(
            "load factor",
            "%",
            "utility, average over peak",
            lambda s: 100 * load_factor(power("utility", "average")(s), power("utility", "peak")(s)),
        ),
        tell(
            "utilisation",
            "%",
            "utility, average over nameplate",
            lambda s: 100 * load_factor(power("utility", "average")(s), power("utility", "nameplate")(s)),
        ),
        tell("water in a year", "m³", "site, average", lambda s: water_m3(year_mwh("it")(s), s.wue)),
        tell("carbon in a year", "tCO2e", f"utility, average, {asked.grid.name}", lambda s: carbon_t(year_mwh("utility")(s), s.carbon)),
        tell("heat to liquid", "MW", "it, average", lambda s: heat(s, 0)),
        tell("heat to air", "MW", "it, average", lambda s: heat(s, 1)),
    ]
    return told


def _factors(fleet: Fleet, asked: Asked, chosen: Choice, subject: _Subject) -> list[Factor[_Subject]]:
    """The fleet's uncertain figures, then PUE, WUE and the grid's carbon."""
    found = [Factor(f.name, replace(subject, case=f.low), replace(subject, case=f.high)) for f in factors(fleet)]
    climate = chosen.climate

    def vary(name: str, figure: Figure[float], change: Callable[[float], _Subject]) -> None:
        if figure.low is not None and figure.high is not None:
            found.append(Factor(name, change(figure.low), change(figure.high)))

    for key, figure in (("annual", climate.pue_annual), ("peak", climate.pue_peak)):
        vary(f"{climate.id} · pue_{key}", figure, lambda value, k=key: replace(subject, case=_with_pue(subject.case, k, value)))  # type: ignore[misc]
    vary(f"{climate.id} · wue", climate.wue_l_per_kwh, lambda value: replace(subject, wue=value))
    vary(f"{asked.grid.id} · carbon", asked.grid.carbon_g_per_kwh, lambda value: replace(subject, carbon=value))
    return found


def _with_pue(case: Case, when: str, pue: float) -> Case:
    update = {f"pue_{when}_air": pue, f"pue_{when}_liquid": pue}
    return case.model_copy(update={"sites": [site.model_copy(update=update) for site in case.sites]})
