"""Does everything that a scenario takes from the catalog by name exist there? Works on raw data, as `references` does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, get_args

from planner.catalog.load import Catalog
from planner.catalog.upstream import Upstream
from planner.errors import Problem, nearest
from planner.scenario.schema.rules import NOUN
from planner.yamlfile import Located, NodePath

Known = Callable[[Catalog], Collection[str]]
MOST_SHOWN = 40


def _makers(level: Upstream) -> Known:
    return lambda catalog: [maker.id for maker in catalog.makers.values() if maker.level == level]


def _packet_switches(catalog: Catalog) -> list[str]:
    return [name for name, switch in catalog.switches.items() if switch.port_speed_gbit_s is not None]


NAMES: tuple[tuple[str, str, Known], ...] = (
    ("systems.*.system", "system", lambda catalog: catalog.systems),
    ("systems.*.power_caps.work", "kind of work", lambda catalog: catalog.facility.power_caps),
    *((f"systems.*.upstream.{level}.*", NOUN[level][0], _makers(level)) for level in get_args(Upstream)),
    ("fleet.*.system", "system", lambda catalog: catalog.systems),
    ("demands.*.accelerator", "accelerator", lambda catalog: catalog.accelerators),
    ("demands.*.requires.software.*", "software stack", lambda catalog: {chip.software for chip in catalog.accelerators.values()}),
    ("demands.*.requires.suppliers.*", "supplier", lambda catalog: catalog.suppliers),
    ("sites.*.sources.*.source", "power source", lambda catalog: catalog.generation.sources),
    ("sites.*.carbon.grid", "grid", lambda catalog: catalog.facility.grids),
    ("sites.*.layers.*.redundancy", "redundancy", lambda catalog: catalog.facility.redundancies),
    ("sites.*.halls.*.cooling", "cooling technology", lambda catalog: catalog.facility.cooling),
    ("sites.*.halls.*.build", "construction cost", lambda catalog: catalog.facility.construction_costs),
    ("sites.*.fabric.switch", "packet switch", _packet_switches),
    ("fabric.switch", "packet switch", _packet_switches),
)
"""(where, what, known names); `*` stands for each item of a list."""

BARE = ("systems.*", "sites.*.sources.*")
"""Lists whose items may be the name alone."""


def check_names(located: Located, catalog: Catalog) -> Iterator[Problem]:
    """Names that the catalog does not have."""
    for where, what, known in NAMES:
        names = known(catalog)
        places = [where, where.rpartition(".")[0]] if where.rpartition(".")[0] in BARE else [where]
        for path, name in (found for place in places for found in _named(located.data, place.split("."), ())):
            if name not in names:
                yield unknown(located, path, what, name, names)


def unknown(located: Located, path: NodePath, what: str, name: str, known: Iterable[str], hint: str = "") -> Problem:
    """An id that leads nowhere, with the nearest that leads somewhere."""
    names = sorted(known)
    remedy = nearest(name, names) or f"known: {', '.join(names[:MOST_SHOWN])}"
    return Problem("I001", f"no {what} `{name}`", located.value_mark(path), ".".join(map(str, path)), hint + remedy)


def _named(data: Any, steps: list[str], path: NodePath) -> Iterator[tuple[NodePath, str]]:
    """Every text at a place."""
    if not steps:
        if isinstance(data, str):
            yield path, data
    elif steps[0] == "*":
        for i, item in enumerate(data if isinstance(data, list) else []):
            yield from _named(item, steps[1:], (*path, i))
    elif isinstance(data, dict) and steps[0] in data:
        yield from _named(data[steps[0]], steps[1:], (*path, steps[0]))
