"""How is a cluster housed, cooled, fed and backed up, by the words of its file? Looked up in the
catalog, refused where heat cannot leave.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from planner.catalog.facility import (
    LAYERS,
    Climate,
    ClimateCooling,
    CoolingTechnology,
    Facility,
    Layer,
    Plant,
    Redundancy,
)
from planner.catalog.hardware import System
from planner.catalog.load import Catalog
from planner.catalog.said import sorted_out
from planner.engineering.uncertain import UncertainFigure, given, uncertain
from planner.errors import Problem
from planner.likeness import nearest
from planner.power_model.file import ClusterFile, ClusterSystems, Pue
from planner.yamlfile import Located, NodePath

CLIMATE: Climate = "temperate"
"""Of a site that names none."""


@dataclass(frozen=True)
class Cooled:
    """How one group is cooled."""

    technology: CoolingTechnology
    liquid_share: float
    wue: UncertainFigure
    pue_annual: UncertainFigure
    pue_peak: UncertainFigure


class Reading:
    """Problems and notes that come up on the way."""

    def __init__(self, file: ClusterFile, located: Located, catalog: Catalog) -> None:
        self.file, self.located, self.catalog = file, located, catalog
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.source = located.source.name

    def problem(self, code: str, message: str, path: NodePath, remedy: str = "") -> None:
        """Record a mistake at a place of the file."""
        mark = self.located.value_mark(path)
        self.problems.append(Problem(code, message, mark, ".".join(map(str, path)), remedy))

    def doubts(self, found: Iterable[Problem]) -> None:
        """Take in what rules say of figures: see `sorted_out`."""
        sorted_out(found, self.problems, self.note)

    def note(self, text: str) -> None:
        """Record something that a reader of the answer must know."""
        if text not in self.notes:
            self.notes.append(text)


def cooling_of(
    reading: Reading, i: int, entry: ClusterSystems, system: System | None, climate: Climate
) -> Cooled | None:
    """The technology that was asked for, or the first that equipment of this kind is made for;
    refused where heat cannot leave.

    Of an unknown system only the word is looked up.
    """
    facility, hall = reading.catalog.facility, reading.file.facility
    word = entry.cooling or hall.cooling
    path: NodePath = ("systems", i, "cooling") if entry.cooling else ("facility", "cooling")
    technology = None if word is None else technology_of(facility, word)
    if word is not None and technology is None:
        remedy = nearest(word, facility.cooling) or f"one of {', '.join(facility.cooling)}"
        reading.problem("I001", f"no cooling `{word}`", path, remedy)
    if system is None or (word is not None and technology is None):
        return None
    if technology is None:
        technology = next(
            t
            for t in facility.cooling.values()
            if t.liquid_loop == (system.cooling != "air") and not t.own_equipment
        )
    if not _carries(reading, system, technology, path):
        return None
    record = facility.in_climate(technology.id, climate)
    if record is None:
        reading.problem(
            "K002", f"the catalog has no PUE of `{technology.id}` in the {climate} climate", path
        )
        return None
    share = _liquid_share(system, technology)
    annual, peak = _pue(reading, hall.pue, record)
    return Cooled(
        technology,
        share,
        uncertain(f"{record.id} · wue", "L/kWh", record.wue_l_per_kwh),
        annual,
        peak,
    )


def technology_of(facility: Facility, word: str) -> CoolingTechnology | None:
    """The technology of an id; a part of the id between hyphens will do where it is the only one:
    `liquid`.
    """
    near = [name for name in facility.cooling if word == name] or [
        name for name in facility.cooling if word in name.split("-")
    ]
    return facility.cooling[near[0]] if len(near) == 1 else None


def own_liquid_share(system: System) -> float:
    """Share of a system's heat that leaves by liquid at its own cold plates; all of it where nobody
    published less.
    """
    if system.cooling == "air":
        return 0.0
    return 1.0 if system.liquid_share is None else system.liquid_share.value


def _liquid_share(system: System, technology: CoolingTechnology) -> float:
    """Share of a system's heat that leaves by liquid; of a build that the catalog knows in air
    only, what the technology takes at least.
    """
    if not technology.liquid_loop:
        return 0.0
    if system.cooling == "air":
        least = technology.liquid_share.low
        return technology.liquid_share.value if least is None else least
    return own_liquid_share(system)


def _carries(
    reading: Reading, system: System, technology: CoolingTechnology, path: NodePath
) -> bool:
    if system.cooling != "air" and not technology.liquid_loop:
        liquid = [t.id for t in reading.catalog.facility.cooling.values() if t.liquid_loop]
        message = (
            f"`{system.id}` needs liquid at its cold plates, which `{technology.id}` does not bring"
        )
        reading.problem("S003", message, path, f"one of {', '.join(liquid)}")
        return False
    nameplate = system.power.nameplate_w
    rack_w = (
        nameplate.value / (system.racks.value if system.racks else 1.0)
        if nameplate is not None
        else 0.0
    )
    most = technology.rack_density_w.high or technology.rack_density_w.value
    if system.basis == "rack" and rack_w > most:
        message = (
            f"a rack of `{system.id}` takes {rack_w / 1e3:.0f} kW, `{technology.id}` "
            f"{most / 1e3:.0f} at most"
        )
        reading.problem("S003", message, path, "`planner facility` shows what carries it")
        return False
    if technology.liquid_loop and system.cooling == "air":
        reading.note(
            f"{system.id}: the catalog knows it air-cooled; under `{technology.id}` a build with "
            "liquid is presumed, with the same rating"
        )
    elif technology.own_equipment:
        reading.note(
            f"{system.id}: `{technology.id}` takes only equipment made for it, with the maker's "
            "approval; the same rating is presumed"
        )
    return True


def _pue(
    reading: Reading, said: Pue | None, record: ClimateCooling
) -> tuple[UncertainFigure, UncertainFigure]:
    both = f"{record.id} · pue"  # a plant that is better in the year is better on the design day
    annual = replace(uncertain(f"{both}_annual", "1", record.pue_annual), with_=both)
    peak = replace(uncertain(f"{both}_peak", "1", record.pue_peak), with_=both)
    if said is None or (said.annual is None and said.peak is None):
        return annual, peak
    reading.note(
        "the PUE is as given; climate and cooling say only how much water is used and where the "
        "heat leaves"
    )
    apart = peak.value - annual.value
    if said.annual is None and said.peak is not None and said.peak - apart < 1.0:
        reading.note(
            f"the annual PUE is taken as 1, since the usual distance of {apart:.3g} below the "
            f"peak PUE of {said.peak:g} is less"
        )
    year = said.annual if said.annual is not None else max(1.0, (said.peak or 1.0) - apart)
    day = said.peak if said.peak is not None else year + apart
    return given("site · pue_annual", "1", year, reading.source), given(
        "site · pue_peak", "1", day, reading.source
    )


def redundancy_of(reading: Reading) -> dict[Layer, Redundancy]:
    """Topology of each layer; N where the file says nothing."""
    topologies = {t.name.lower(): t for t in reading.catalog.facility.redundancies.values()}
    plain = topologies.get("n", next(iter(topologies.values())))
    found: dict[Layer, Redundancy] = dict.fromkeys(LAYERS, plain)
    said = reading.file.facility.redundancy
    for layer, word in sorted(said.items(), key=lambda item: item[0] != "all"):
        topology = topologies.get(word.lower().replace(" ", ""))
        if topology is None:
            known = [t.name for t in topologies.values()]
            path: NodePath = ("facility", "redundancy", layer)
            reading.problem(
                "I001",
                f"no redundancy `{word}`",
                path,
                nearest(word, known) or f"one of {', '.join(known)}",
            )
            continue
        for each in LAYERS:
            if each == layer or (layer == "all" and each != "feed"):
                found[each] = topology
    return found


def carbon_of(reading: Reading, plant: Plant) -> tuple[UncertainFigure, str]:
    """Carbon of a kWh at the meter, and of which grid."""
    hall, grids = reading.file.facility, reading.catalog.facility.grids
    if hall.carbon_g_per_kwh is not None:
        return given(
            "site · carbon", "gCO2e/kWh", hall.carbon_g_per_kwh, reading.source
        ), "as given"
    grid = grids.get(hall.grid or plant.grid)
    if grid is None:
        reading.problem(
            "I001",
            f"no grid `{hall.grid}`",
            ("facility", "grid"),
            nearest(hall.grid or "", grids) or f"one of {', '.join(grids)}",
        )
        grid = grids[plant.grid]
    elif hall.grid is None:
        reading.note(f"no grid named: carbon is that of {grid.name}")
    return uncertain(f"{grid.id} · carbon", "gCO2e/kWh", grid.carbon_g_per_kwh), grid.name


def check_halls(reading: Reading) -> None:
    """Every system stands in a hall that is rated, if any is, and no rated hall is empty."""
    known, entries = reading.file.facility.halls_w, reading.file.systems
    for i, entry in enumerate(entries):
        path: NodePath = ("systems", i, "hall")
        if entry.hall is not None and entry.hall not in known:
            remedy = nearest(entry.hall, known) or (
                f"one of {', '.join(known)}" if known else "name it in `facility: halls`"
            )
            reading.problem("I001", f"no hall `{entry.hall}`", path, remedy)
        elif entry.hall is None and len(known) > 1:
            message = f"`{entry.system}` stands in one of {len(known)} halls, and none is named"
            reading.problem(
                "K002", message, ("systems", i, "system"), f"give `hall`: {' or '.join(known)}"
            )
    stand = {entry.hall for entry in entries}
    for name in known if len(known) > 1 and None not in stand else ():
        if name not in stand:
            reading.problem(
                "S001", f"nothing stands in the hall `{name}`", ("facility", "halls", name)
            )


def check_rack(reading: Reading, i: int, entry: ClusterSystems, system: System) -> None:
    """What a rack may draw is held against a rack whose filling is known."""
    if entry.rack_rating_w is None:
        return
    if system.basis == "server" and entry.servers_per_rack is None:
        message = f"how many of `{system.id}` stand in a rack is not said"
        reading.problem("K002", message, ("systems", i, "rack_rating"), "give `servers_per_rack`")
    elif system.basis == "rack" and entry.servers_per_rack is not None:
        message = f"`{system.id}` is sold as a rack, so `servers_per_rack` changes nothing here"
        reading.problem("S001", message, ("systems", i, "servers_per_rack"), "leave it out")
