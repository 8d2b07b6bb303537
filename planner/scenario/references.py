"""Do the names and dates of a scenario lead somewhere? Works on raw data, before it is read as a
scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, get_args

from pydantic_core import PydanticCustomError

from planner.assembly.scenario import Scenario
from planner.capabilities.demand.schema import ComputeDemand, Deployment
from planner.capabilities.sourcing.schema import NOUN
from planner.catalog.load import Catalog
from planner.catalog.upstream import Upstream
from planner.core.context import Resolve
from planner.core.fields import by_date
from planner.core.registry import faces
from planner.errors import Problem
from planner.likeness import closest, nearest
from planner.periods import Moment
from planner.yamlfile import Located, NodePath


def check_references(located: Located, catalog: Catalog) -> Iterator[Problem]:
    """Unknown and doubled ids, dates out of order, a horizon that runs backwards."""
    data = located.data
    if not isinstance(data, dict):
        yield Problem(
            "T001",
            "a scenario is a mapping of keys to values",
            located.value_mark(()),
            help="start with `name:`",
        )
        return
    yield from _doubles(located, "sites", "id")
    yield from _doubles(located, "demands", "id")
    yield from _doubles(located, "systems", "system")
    yield from _doubles(located, "qualification", "supplier")
    yield from _doubles(located, "orders", "id")
    yield from _ids(located, catalog)
    yield from check_names(located, catalog)
    yield from _source_ids(located)
    yield from _crews(located)
    yield from _moves(located)
    yield from _suppliers(located, catalog)
    yield from _kinds(located)
    yield from _horizon(located)
    yield from _delivery_windows(located)
    for face in faces("resolve", Resolve):
        yield from face.references(located, catalog)
    for path, mapping in _walk(data, ()):
        if by_date(Scenario, path) is not None:
            yield from _order(located, path, mapping)


def _entries(data: dict[str, Any], key: str) -> list[tuple[NodePath, Any]]:
    value = data.get(key)
    return [((key, i), item) for i, item in enumerate(value)] if isinstance(value, list) else []


def _name(item: Any, field: str) -> str | None:
    if isinstance(item, str):
        return item
    value = item.get(field) if isinstance(item, dict) else None
    return value if isinstance(value, str) else None


def _doubles(located: Located, key: str, field: str) -> Iterator[Problem]:
    seen: dict[str, NodePath] = {}
    for path, item in _entries(located.data, key):
        name = _name(item, field)
        if name is None:
            continue
        if name in seen:
            first = located.value_mark(seen[name])
            yield Problem(
                "I002",
                f"`{name}` stands twice in `{key}`",
                located.value_mark(_at(path, item, field)),
                help=f"first at {first}",
            )
        seen.setdefault(name, _at(path, item, field))


def _at(path: NodePath, item: Any, field: str) -> NodePath:
    return (*path, field) if isinstance(item, dict) and field in item else path


def _ids(located: Located, catalog: Catalog) -> Iterator[Problem]:
    data = located.data
    sites = {name for _, item in _entries(data, "sites") if (name := _name(item, "id"))}
    listed = {name for _, item in _entries(data, "systems") if (name := _name(item, "system"))}
    fleet = {
        name
        for key in ("fleet", "orders")
        for _, item in _entries(data, key)
        if (name := _name(item, "system"))
    }
    # an id misspelt where it is listed is one mistake, not one more wherever it is written right
    misspelt = listed - catalog.systems.keys()
    meant = {close for name in misspelt for close in closest(name, catalog.systems)}

    def refer(
        path: NodePath, item: Any, field: str, known: Iterable[str], what: str
    ) -> Iterator[Problem]:
        name = _name(item, field)
        if name is not None and name not in set(known):
            hint = (
                "add it under `systems`; " if field == "system" and name in catalog.systems else ""
            )
            yield unknown(located, _at(path, item, field), what, name, known, hint)

    for path, item in _entries(data, "systems"):
        yield from _site_list(located, path, item, sites)
    for path, item in _entries(data, "supply"):
        yield from refer(path, item, "system", listed | meant, "candidate system")
    for key in ("fleet", "orders"):
        for path, item in _entries(data, key):
            yield from refer(path, item, "site", sites, "site")
    for path, item in _entries(data, "demands"):
        yield from _site_list(located, path, item, sites)
        if isinstance(item, dict):
            yield from refer(
                path, item, "system", listed | meant | fleet, "candidate or existing system"
            )
    demands = {name for _, item in _entries(data, "demands") if (name := _name(item, "id"))}
    for path, item in (
        (path, item) for path, item in _entries(data, "survival") if isinstance(item, dict)
    ):
        yield from refer(path, item, "demand", demands, "demand")


def _source_ids(located: Located) -> Iterator[Problem]:
    """Two power sources of one name at a site."""
    for site_path, site in _entries(located.data, "sites"):
        own = site.get("sources") if isinstance(site, dict) else None
        names: dict[str, NodePath] = {}
        for i, item in enumerate(own if isinstance(own, list) else []):
            path: NodePath = (*site_path, "sources", i)
            name = _name(item, "id") or _name(item, "source")
            if name is not None and name in names:
                remedy = f"give this one an `id`; first at {located.value_mark(names[name])}"
                yield Problem(
                    "I002",
                    f"`{name}` stands twice in `sources`",
                    located.value_mark(path),
                    _dotted(path),
                    remedy,
                )
            elif name is not None:
                names[name] = path


def _crews(located: Located) -> Iterator[Problem]:
    sites = {name for _, item in _entries(located.data, "sites") if (name := _name(item, "id"))}
    for path, item in _entries(located.data, "crews"):
        yield from _site_list(located, path, item, sites)


def _moves(located: Located) -> Iterator[Problem]:
    """What is moved can be bought or stands, and goes from site to site."""
    sites = {name for _, item in _entries(located.data, "sites") if (name := _name(item, "id"))}
    known = {
        name
        for key in ("systems", "fleet")
        for _, item in _entries(located.data, key)
        if (name := _name(item, "system"))
    }
    for path, item in _entries(located.data, "moves"):
        name = _name(item, "system")
        if name is not None and name not in known:
            yield unknown(
                located, _at(path, item, "system"), "candidate or existing system", name, known
            )
        yield from _site_list(located, path, item, sites, "from")
        yield from _site_list(located, path, item, sites, "to")


def _suppliers(located: Located, catalog: Catalog) -> Iterator[Problem]:
    """Who is to be qualified sells one of the candidates; nothing is said while no candidate is
    known.
    """
    listed = {
        name for _, item in _entries(located.data, "systems") if (name := _name(item, "system"))
    }
    makers = {catalog.systems[name].supplier for name in listed & catalog.systems.keys()}
    for path, item in _entries(located.data, "qualification"):
        name = _name(item, "supplier")
        if makers and name is not None and name not in makers:
            at = _at(path, item, "supplier")
            remedy = nearest(name, makers) or f"known: {', '.join(sorted(makers))}"
            yield Problem(
                "I001",
                f"no candidate is sold by `{name}`",
                located.value_mark(at),
                _dotted(at),
                remedy,
            )


def _kinds(located: Located) -> Iterator[Problem]:
    known = [
        kind
        for model in (Deployment, ComputeDemand)
        for kind in get_args(model.model_fields["kind"].annotation)
    ]
    for path, item in _entries(located.data, "demands"):
        at = (*path, "kind")
        if isinstance(item, dict) and "kind" not in item:
            yield Problem(
                "K002",
                "`kind` is required here",
                located.value_mark(path),
                _dotted(at),
                f"one of {', '.join(known)}",
            )
        elif isinstance(item, dict) and item["kind"] not in known:
            said = _said(item["kind"])
            message = f"found {said}, expected one of {', '.join(known)}"
            yield Problem(
                "T002",
                message,
                located.value_mark(at),
                _dotted(at),
                nearest(said.strip("`"), known),
            )


def _said(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return "nothing" if value is None else f"`{value[:80]}`"


def _dotted(path: NodePath) -> str:
    return ".".join(map(str, path))


def _site_list(
    located: Located, path: NodePath, item: Any, sites: set[str], key: str = "sites"
) -> Iterator[Problem]:
    names = item.get(key) if isinstance(item, dict) else None
    for i, name in enumerate(names if isinstance(names, list) else []):
        if isinstance(name, str) and name not in sites:
            yield unknown(located, (*path, key, i), "site", name, sites)


def _moment(text: object) -> Moment | None:
    try:
        return Moment.parse(text)
    except PydanticCustomError:
        return None  # the schema reports it


def _horizon(located: Located) -> Iterator[Problem]:
    horizon = located.data.get("horizon")
    if not isinstance(horizon, dict):
        return
    start, end = _moment(horizon.get("from")), _moment(horizon.get("to"))
    if start and end and end.last < start.first:
        mark = located.value_mark(("horizon", "to"))
        yield Problem(
            "D002",
            f"the horizon ends ({end}) before it begins ({start})",
            mark,
            "horizon.to",
            "exchange `from` and `to`",
        )


def _delivery_windows(located: Located) -> Iterator[Problem]:
    for path, item in _entries(located.data, "systems"):
        for what, first, last in (
            ("deliveries", "from", "until"),
            ("orders", "order_from", "order_until"),
        ):
            start, end = (
                _moment(item[key]) if isinstance(item, dict) and key in item else None
                for key in (first, last)
            )
            if start and end and end.last < start.first:
                at = (*path, last)
                message = f"{what} end ({end}) before they begin ({start})"
                yield Problem(
                    "D002",
                    message,
                    located.value_mark(at),
                    _dotted(at),
                    f"exchange `{first}` and `{last}`",
                )


def _walk(data: Any, path: NodePath) -> Iterator[tuple[NodePath, dict[str, Any]]]:
    if isinstance(data, dict):
        yield path, data
        for key, value in data.items():
            yield from _walk(value, (*path, key))
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from _walk(value, (*path, i))


def _order(located: Located, path: NodePath, mapping: dict[str, Any]) -> Iterator[Problem]:
    before: Moment | None = None
    for key in mapping:
        moment = _moment(key)
        if moment is None:
            continue
        if before is not None and moment.first <= before.first:
            said = "is the same day as" if moment.first == before.first else "comes before"
            yield Problem(
                "D002",
                f"`{key}` {said} `{before}`, which stands above it",
                located.key_mark((*path, key)),
                help="write dates in order",
            )
        before = moment


Known = Callable[[Catalog], Collection[str]]
MOST_SHOWN = 40


def _makers(level: Upstream) -> Known:
    return lambda catalog: [maker.id for maker in catalog.makers.values() if maker.level == level]


def _packet_switches(catalog: Catalog) -> list[str]:
    return [
        name for name, switch in catalog.switches.items() if switch.port_speed_gbit_s is not None
    ]


NAMES: tuple[tuple[str, str, Known], ...] = (
    ("systems.*.system", "system", lambda catalog: catalog.systems),
    ("systems.*.power_caps.work", "kind of work", lambda catalog: catalog.facility.power_caps),
    *(
        (f"systems.*.upstream.{level}.*", NOUN[level][0], _makers(level))
        for level in get_args(Upstream)
    ),
    ("fleet.*.system", "system", lambda catalog: catalog.systems),
    ("orders.*.system", "system", lambda catalog: catalog.systems),
    ("orders.*.supplier", "supplier", lambda catalog: catalog.suppliers),
    ("demands.*.accelerator", "accelerator", lambda catalog: catalog.accelerators),
    (
        "demands.*.requires.software.*",
        "software stack",
        lambda catalog: {chip.software for chip in catalog.accelerators.values()},
    ),
    ("demands.*.requires.suppliers.*", "supplier", lambda catalog: catalog.suppliers),
    ("sites.*.sources.*.source", "power source", lambda catalog: catalog.generation.sources),
    ("sites.*.carbon.grid", "grid", lambda catalog: catalog.facility.grids),
    ("sites.*.layers.*.redundancy", "redundancy", lambda catalog: catalog.facility.redundancies),
    ("sites.*.halls.*.cooling", "cooling technology", lambda catalog: catalog.facility.cooling),
    (
        "sites.*.halls.*.build",
        "construction cost",
        lambda catalog: catalog.facility.construction_costs,
    ),
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
        for path, name in (
            found for place in places for found in _named(located.data, place.split("."), ())
        ):
            if name not in names:
                yield unknown(located, path, what, name, names)


def unknown(
    located: Located, path: NodePath, what: str, name: str, known: Iterable[str], hint: str = ""
) -> Problem:
    """An id that leads nowhere, with the nearest that leads somewhere."""
    names = sorted(known)
    remedy = nearest(name, names) or f"known: {', '.join(names[:MOST_SHOWN])}"
    return Problem(
        "I001",
        f"no {what} `{name}`",
        located.value_mark(path),
        ".".join(map(str, path)),
        hint + remedy,
    )


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
