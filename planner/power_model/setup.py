"""A cluster file, or a few options, joined with the catalog: what `planner power` reckons with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import accumulate

from planner.catalog.facility import Climate, Layer, Plant, Redundancy
from planner.catalog.hardware import System
from planner.catalog.load import Catalog
from planner.catalog.said import rating_problems
from planner.catalog.usual import far_from_usual
from planner.engineering.balance_of_system import Network, network_of
from planner.engineering.cluster import Cluster, Group, Site
from planner.engineering.fabric.design import Options, cluster_of
from planner.engineering.fabric.steps import countable
from planner.engineering.fabric.topology import Kind
from planner.engineering.node_draw import Anchor, Given, Own, own_draw, own_of
from planner.engineering.power import Load
from planner.engineering.uncertain import NOMINAL, UncertainFigure, given, uncertain
from planner.errors import InputError, Problem
from planner.likeness import nearest
from planner.numbers import number
from planner.power_model.file import (
    USUAL,
    ClusterFile,
    ClusterOptions,
    ClusterSystems,
    Fabric,
    Said,
    cluster_of_options,
)
from planner.power_model.plant import (
    CLIMATE,
    Cooled,
    Reading,
    carbon_of,
    check_halls,
    check_rack,
    cooling_of,
    redundancy_of,
)
from planner.records import Figure
from planner.yamlfile import Located, NodePath

SYSTEM: NodePath = ("systems", 0, "system")
COUNT: NodePath = ("systems", 0, "count")
PLACES: Mapping[str, NodePath] = {
    "workload": ("workload",),
    "topology": ("fabric", "topology"),
    "switch": ("fabric", "switch"),
    "oversubscription": ("fabric", "oversubscription"),
    "cooling": ("facility", "cooling"),
    "climate": ("facility", "climate"),
    "pue": ("facility", "pue", "annual"),
    "pue_peak": ("facility", "pue", "peak"),
    "pue_losses": ("facility", "pue", "losses"),
    "redundancy": ("facility", "redundancy"),
    "power_cap": ("facility", "power_cap"),
    "power_oversubscription": ("facility", "power_oversubscription"),
    "ramp": ("facility", "ramp"),
    "grid": ("facility", "grid"),
}
"""Where the word of each option stands in a cluster file."""
STAND_IN: Mapping[NodePath, str] = {SYSTEM: "unknown", COUNT: "1 systems"}
"""What is looked at further where a word without which there is no cluster has no meaning."""


def placed(words: Mapping[str, str]) -> dict[NodePath, Said]:
    """Each option with its place in a cluster file and its value as a file would have it."""
    found: dict[NodePath, Said] = {}
    for name, word in words.items():
        option = f"--{name.replace('_', '-')}"
        if name == "redundancy":
            for part in word.split(","):
                layer, _, topology = (piece.strip() for piece in part.rpartition("="))
                found[*PLACES[name], layer.lower() or "all"] = (option, topology, part.strip())
        elif name == "oversubscription":
            found[PLACES[name]] = (option, re.sub(r"\s*:\s*1\s*$", "", word))
        else:
            found[PLACES[name]] = (option, word)
    return found


def of_one(system_id: str, count: str, words: Mapping[str, str]) -> dict[NodePath, Said]:
    """Options of a cluster of one kind of system; a bare number counts accelerators."""
    amount = count if re.search(r"[A-Za-z]{2}", count) else f"{count} accelerators"
    return {**placed(words), SYSTEM: ("--system", system_id), COUNT: ("--count", amount)}


def set_up_options(name: str, options: ClusterOptions, catalog: Catalog) -> Setup:
    """The cluster that options alone describe. Raises `InputError` with every wrong word: of those
    without meaning, and of the others.
    """
    try:
        file, located = cluster_of_options(name, options)
    except InputError as meaningless:
        wrong = {problem.path for problem in meaningless.problems}
        sound = {
            path: said
            for path, said in options.items()
            if wrong.isdisjoint(accumulate(map(str, path), "{}.{}".format))
        }
        sound |= {
            path: (options[path][0], word) for path, word in STAND_IN.items() if path not in sound
        }
        try:
            set_up(*cluster_of_options(name, sound), catalog)
        except InputError as others:
            rest = [problem for problem in others.problems if problem.path not in wrong]
            raise InputError([*meaningless.problems, *rest]) from None
        raise
    return set_up(file, located, catalog)


@dataclass(frozen=True)
class Setup:
    """A cluster ready to be reckoned, with what a year of it hangs on and what a reader must
    know.
    """

    file: ClusterFile
    cluster: Cluster
    cooled: tuple[Cooled, ...]
    climate: Climate
    grid: str
    carbon: UncertainFigure
    redundancy: Mapping[Layer, Redundancy]
    plant: Plant
    elasticities: Mapping[str, Figure[float]]
    """What a power cap costs, by class of work."""
    notes: tuple[str, ...]
    sources: Mapping[str, tuple[str, str]]
    """Id of a source → its title and date."""

    @property
    def halls(self) -> dict[str, tuple[Group, ...]]:
        """Name of each hall that the file rates → what stands in it."""
        names = self.file.facility.halls_w
        only = next(iter(names)) if len(names) == 1 else None
        stand = [entry.hall or only for entry in self.file.systems]
        return {
            name: tuple(
                g for g, hall in zip(self.cluster.groups, stand, strict=True) if hall == name
            )
            for name in names
        }


def set_up(file: ClusterFile, located: Located, catalog: Catalog) -> Setup:
    """Join a cluster with the catalog. Raises `InputError` with every mistake that shows without
    reckoning.
    """
    plant = plant_of(catalog)
    reading = Reading(file, located, catalog)
    reading.doubts(far_from_usual(catalog, located, USUAL, file))
    climate = file.facility.climate or CLIMATE
    redundancy = redundancy_of(reading)
    carbon, grid = carbon_of(reading, plant)
    _useless_fabric(reading)
    check_halls(reading)
    cap = _cap(file)
    groups, cooled = [], []
    for i, entry in enumerate(file.systems):
        system = catalog.systems.get(entry.system)
        cooling = cooling_of(reading, i, entry, system, climate)
        if system is None:
            remedy = nearest(entry.system, catalog.systems) or "`planner catalog list` shows them"
            reading.problem("I001", f"no system `{entry.system}`", ("systems", i, "system"), remedy)
            continue
        count = _count(reading, i, entry, system)
        check_rack(reading, i, entry, system)
        if count and cooling:
            group = _group(reading, i, entry, system, count, cooling, cap)
            groups += [group] if group else []
            cooled.append(cooling)
    if reading.problems:
        raise InputError(reading.problems)
    if sum(group.network is not None for group in groups) > 1:
        reading.note(
            "each entry of `systems` has networks of its own; what joins them is not counted"
        )
    if file.metered is not None:
        reading.note(f"peak and average of the systems as metered: {file.metered}")
    loss, said = catalog.defaults.utility_loss, file.facility.utility_loss
    site = Site(
        given("utility_loss", "1", said, reading.source)
        if said is not None
        else uncertain("defaults · utility_loss", "1", loss),
        redundancy,
        plant,
        stages_outside=file.facility.pue is not None and file.facility.pue.losses == "outside",
    )
    whole = Cluster(_with_totals(reading, groups), site)
    elasticities = {cap.id: cap.elasticity for cap in catalog.facility.power_caps.values()}
    titles = {
        source.id: (source.title, str(source.date or "")) for source in catalog.sources.values()
    }
    return Setup(
        file,
        whole,
        tuple(cooled),
        climate,
        grid,
        carbon,
        redundancy,
        plant,
        elasticities,
        tuple(reading.notes),
        titles,
    )


def plant_of(catalog: Catalog) -> Plant:
    """The plant of a catalog that has all a hall needs. Raises `InputError` for any other."""
    facility = catalog.facility
    if (
        facility.plant is None
        or catalog.metered.model is None
        or not facility.cooling
        or not facility.redundancies
    ):
        remedy = "give `catalogs/facility/`, and plant and power model in `catalogs/judgement/`"
        raise InputError(
            [Problem("K002", "the catalog has no facilities or no power model", help=remedy)]
        )
    return facility.plant


def _useless_fabric(reading: Reading) -> None:
    """A design of the network that no system here can take is a line that changes nothing."""
    file, systems = reading.file, reading.catalog.systems
    if file.fabric == Fabric() or file.fabric.topology == "torus":
        return
    for entry in file.systems:
        system = systems.get(entry.system)
        takes = system is None or (
            countable(system) and not cluster_of(system, 1).is_torus and entry.it_overhead is None
        )
        if takes and entry.fabric is None:
            return
    names = ", ".join(dict.fromkeys(f"`{entry.system}`" for entry in file.systems))
    key = (
        "topology"
        if file.fabric.topology
        else "switch"
        if file.fabric.switch
        else "oversubscription"
    )
    message = (
        f"nothing here takes this network: {names} have their own, or nobody published "
        "their scale-out bandwidth"
    )
    reading.problem("S001", message, ("fabric", key), "leave it out")


def _cap(file: ClusterFile) -> float | None:
    more = file.facility.power_oversubscription
    return 1.0 / (1.0 + more) if more is not None else file.facility.power_cap


def _count(reading: Reading, i: int, entry: ClusterSystems, system: System) -> int | None:
    path = ("systems", i, "count")
    per = round(system.accelerators.value)
    number = entry.count.number / (per if entry.count.unit == "accelerators" else 1)
    if number == 0:
        reading.problem("R001", "nothing draws nothing: give at least one system", path)
    elif abs(number - round(number)) > 1e-9:
        below, above = int(number) * per, (int(number) + 1) * per
        around = (
            f"{below} or {above} accelerators would be"
            if below
            else f"{above} accelerators are one system"
        )
        remedy = around if entry.count.unit == "accelerators" else "give a whole number"
        reading.problem(
            "R001",
            f"`{entry.count}` is not a whole number of `{system.id}` ({per} accelerators each)",
            path,
            remedy,
        )
    else:
        return round(number)
    return None


def _group(
    reading: Reading,
    i: int,
    entry: ClusterSystems,
    system: System,
    count: int,
    cooling: Cooled,
    cap: float | None,
) -> Group | None:
    catalog, source = reading.catalog, reading.source
    model, around = catalog.metered.model, catalog.metered.surroundings
    assert model is not None
    try:
        metered = "" if reading.file.metered is None else str(reading.file.metered)
        ratings = Given(entry.nameplate_w, entry.peak_w, entry.average_w, metered)
        own = own_of(catalog, system, model, ratings, source, cap)
    except ValueError as error:
        reading.problem(
            "S002", str(error), ("systems", i, "system"), "give it here: `nameplate: 120 kW`"
        )
        return None
    _rated(reading, i, entry, system, own)
    _held(reading, system, entry, own)
    if system.id not in catalog.metered.hosts:
        reading.note(
            f"{system.id}: its host is not listed; the split by part presumes two median "
            "processors for eight accelerators"
        )
    overhead: UncertainFigure | None = None
    network: Network | None = None
    if entry.it_overhead is not None:
        overhead = given(f"{system.id} · it_overhead", "1", entry.it_overhead, source)
    elif not countable(system):
        overhead = _fallback(reading, i, entry, system)
    else:
        network = _network(reading, i, entry, system, count)
        if network is None:
            return None
    counted = overhead is None and around is not None
    return Group(
        system=system,
        count=count,
        own=own,
        work=entry.workload or reading.file.workload,
        network=network,
        overhead=overhead,
        storage=uncertain("surroundings · storage", "W/accelerator", around.storage_w)
        if counted and around
        else None,
        management=uncertain("surroundings · management", "W/accelerator", around.management_w)
        if counted and around
        else None,
        pue_annual=cooling.pue_annual,
        pue_peak=cooling.pue_peak,
    )


def _rated(reading: Reading, i: int, entry: ClusterSystems, system: System, own: Own) -> None:
    """Doubts about ratings that the file gives."""
    if (entry.nameplate_w, entry.peak_w, entry.average_w) == (None, None, None):
        return
    rated = own.nameplate.value
    anchors = {"peak": own.peak, "average": own.average, "idle": own.idle}
    told = [
        load
        for load, anchor in anchors.items()
        if not anchor.share or (load == "peak" and entry.average_w is not None)
    ]
    draws = {"nameplate": rated, **{load: anchors[load].w(rated, NOMINAL) for load in told}}
    reading.doubts(rating_problems(reading.catalog, system, draws, reading.located, ("systems", i)))


def _held(reading: Reading, system: System, entry: ClusterSystems, own: Own) -> None:
    """Say which load of the file the cap holds down, and which share of the nameplate gives way to
    the load above it.
    """
    draw = own_draw(own, "training")
    said = {"peak": entry.peak_w, "average": entry.average_w}
    anchors: dict[Load, Anchor] = {"peak": own.peak, "average": own.average, "idle": own.idle}
    for load, anchor in anchors.items():
        told, taken = anchor.w(own.nameplate.value, NOMINAL), draw.at(load)
        if (
            taken is None
            or told <= taken * (1 + 1e-9)
            or (own.cap is not None and said.get(load) is None)
        ):
            continue  # that a cap holds down what the catalog says is what a cap is for
        why = (
            "since no load exceeds the one above it"
            if own.cap is None
            else "since the cap holds it there"
        )
        reading.note(
            f"{system.id}: its {load} draw of {number(told)} W is taken as {number(taken)} W, {why}"
        )


def _fallback(reading: Reading, i: int, entry: ClusterSystems, system: System) -> UncertainFigure:
    if entry.fabric is not None:
        message = (
            f"nobody published the scale-out bandwidth of `{system.id}`, so its network "
            "cannot be counted and `fabric` changes nothing"
        )
        reading.problem(
            "S001", message, ("systems", i, "fabric"), "leave it out, or give `it_overhead`"
        )
    default = reading.catalog.defaults.it_overhead
    figure = default.server if system.basis == "server" else default.rack
    share = (
        f"{figure.value:.0%} of its nameplate ({figure.low:.0%} to {figure.high:.0%})"
        if figure.low is not None
        else f"{figure.value:.0%}"
    )
    reading.note(
        f"{system.id}: nobody published its scale-out bandwidth, so networks, storage and "
        f"management are not counted but taken as {share}"
    )
    return uncertain(f"defaults · it_overhead.{system.basis}", "1", figure)


def _network(
    reading: Reading, i: int, entry: ClusterSystems, system: System, count: int
) -> Network | None:
    """Count the networks of a group; a named design that does not fit is a mistake, an unnamed one
    is several networks that do.
    """
    torus = cluster_of(system, 1).is_torus
    said = entry.fabric or (Fabric() if torus else reading.file.fabric)
    base: NodePath = ("systems", i, "fabric") if entry.fabric is not None else ("fabric",)
    switches = reading.catalog.switches
    if said.switch is not None and said.switch not in switches:
        remedy = nearest(said.switch, switches) or f"one of {', '.join(switches)}"
        reading.problem("I001", f"no switch `{said.switch}`", (*base, "switch"), remedy)
        return None
    if torus and reading.file.fabric.topology not in (None, "torus") and entry.fabric is None:
        reading.note(f"{system.id}: joined by its own torus; the file's `fabric` is for the others")
    options = Options(switch=said.switch, oversubscription=said.oversubscription)
    kind: Kind | None = said.topology
    if said.oversubscription is not None and kind in ("torus", "single-switch", "rail-only"):
        reading.problem(
            "S001",
            f"a {kind} network has no oversubscription",
            (*base, "oversubscription"),
            "leave it out",
        )
        return None
    try:
        found = network_of(reading.catalog, system, count, kind, options, one=said != Fabric())
    except ValueError as error:
        key = (
            "switch"
            if said.switch and "switch" in str(error)
            else "topology"
            if said.topology
            else "count"
        )
        path: NodePath = (*base, key) if key != "count" else ("systems", i, "count")
        reading.problem(
            "R001",
            str(error),
            path,
            "choose another topology or switch; `planner fabric` compares them",
        )
        return None
    if found.networks > 1:
        reading.note(
            f"{system.id}: no single network holds so many; "
            f"counted as {found.networks} that are not joined"
        )
    return found


def _with_totals(reading: Reading, groups: list[Group]) -> tuple[Group, ...]:
    """Storage and management of the whole cluster, where the file gives them, spread over
    accelerators.
    """
    accelerators = sum(group.accelerators for group in groups)
    for key, total in (
        ("storage", reading.file.storage_w),
        ("management", reading.file.management_w),
    ):
        if total is None:
            continue
        if share := next((group.system.id for group in groups if group.overhead is not None), None):
            message = (
                f"`{key}` cannot be told apart from the share of nameplate that `{share}` "
                "takes for networks, storage and management"
            )
            raise InputError(
                [Problem("K003", message, reading.located.key_mark((key,)), key, "leave it out")]
            )
        each = given(key, "W/accelerator", total / accelerators, reading.source)
        groups = [
            replace(group, storage=each) if key == "storage" else replace(group, management=each)
            for group in groups
        ]
    return tuple(groups)
