"""Which catalog do we plan with?

Reads a folder of YAML, joins facts, quotes and judgement, and reports every mistake at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel

from planner.catalog.facility import Facility, facility_references, read_facility
from planner.catalog.generation import Generation, generation_references, read_generation
from planner.catalog.hardware import Accelerator, Supplier, System
from planner.catalog.judgement import Assumption, Defaults
from planner.catalog.measurements import Metered, metered_references, read_metered
from planner.catalog.network import Cable, NetworkItem, Nic, Switch, Transceiver
from planner.catalog.prices import PlanningPrice, Quote, Source
from planner.catalog.reader import FOLDERS, Reader, entry_name, fill_assumptions, unread_files
from planner.catalog.upstream import Maker, Origin, Upstream, read_upstream, upstream_references
from planner.data import catalogs_folder
from planner.errors import InputError, Mark, Problem, nearest
from planner.records import Record, Text, many, sourced_fields


class Edition(Record):
    """Format and version of a catalog."""

    schema_version: Text
    version: Text


@dataclass(frozen=True, eq=False, repr=False)
class Catalog:
    """Everything that exists, by id, with the place of each entry for messages; equal to itself
    alone, so that answers are remembered.
    """

    version: str
    digest: str
    suppliers: dict[str, Supplier]
    sources: dict[str, Source]
    accelerators: dict[str, Accelerator]
    systems: dict[str, System]
    quotes: tuple[Quote, ...]
    planning_prices: dict[str, PlanningPrice]
    assumptions: tuple[Assumption, ...]
    defaults: Defaults
    switches: dict[str, Switch] = field(default_factory=dict)
    nics: dict[str, Nic] = field(default_factory=dict)
    transceivers: dict[str, Transceiver] = field(default_factory=dict)
    cables: dict[str, Cable] = field(default_factory=dict)
    facility: Facility = field(default_factory=Facility)
    metered: Metered = field(default_factory=Metered)
    makers: dict[str, Maker] = field(default_factory=dict)
    origins: dict[tuple[str, Upstream], Origin] = field(default_factory=dict)
    """(accelerator, level) → who may have made it."""
    generation: Generation = field(default_factory=Generation)
    marks: dict[tuple[str, str], Mark] = field(repr=False, default_factory=dict)
    """(top key, name) → place of the entry; (top key, `name/figure`) → place of one of its figures.

    The name is what `entry_name` says."""

    def __repr__(self) -> str:
        holds = (
            f"{many(len(self.systems), 'system')}, {many(len(self.accelerators), 'accelerator')}"
        )
        return f"<Catalog {self.version} ({self.digest}): {holds}>"

    def mark(self, key: str, name: str, figure: str = "") -> Mark | None:
        """Place of a figure of an entry, or of the entry if the figure has no place of its own."""
        return self.marks.get((key, f"{name}/{figure}")) or self.marks.get((key, name))

    def quotes_of(self, system: System) -> list[Quote]:
        """Quotes of a system and of its accelerator, oldest first."""
        found = [q for q in self.quotes if q.of in (system.id, system.accelerator)]
        return sorted(found, key=lambda q: (q.date.first, q.of))


def load_catalog(folder: Path | None = None) -> Catalog:
    """Read a catalog folder; the built-in one by default. Raises `InputError` with every mistake of
    every file.

    Whoever asks again in the same process gets the same object, unless a file has changed since.
    """
    root = folder or catalogs_folder()
    files = sorted(
        path for path in root.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file()
    )
    return _load(
        root,
        tuple((path, stat.st_mtime_ns, stat.st_size) for path in files for stat in (path.stat(),)),
    )


@lru_cache(maxsize=4)
def _load(root: Path, _state: tuple[tuple[Path, int, int], ...]) -> Catalog:
    reader = Reader(foreign=root != catalogs_folder())
    for name, keys in FOLDERS.items():
        for path in sorted((root / name).glob("*.yaml")):
            reader.read(path, keys)
    reader.problems.extend(unread_files(root))
    fill_assumptions(reader)
    edition, defaults = reader.only("catalog", Edition), reader.only("defaults", Defaults)
    quotes, assumptions = reader.models("quotes", Quote), reader.models("assumptions", Assumption)
    suppliers, sources = reader.by_name("suppliers", Supplier), reader.by_name("sources", Source)
    accelerators, systems = (
        reader.by_name("accelerators", Accelerator),
        reader.by_name("systems", System),
    )
    planning_prices = reader.by_name("planning_prices", PlanningPrice)
    makers, origins = read_upstream(reader)
    if defaults is None:
        missing = Problem("K002", f"no `defaults` in {root / 'judgement'}")
        raise InputError(reader.problems or [missing])
    catalog = Catalog(
        version=edition.version if edition else "unknown",
        digest=reader.hash.hexdigest()[:16],
        suppliers=suppliers,
        sources=sources,
        accelerators=accelerators,
        systems=systems,
        quotes=tuple(quotes),
        planning_prices=planning_prices,
        assumptions=tuple(assumptions),
        defaults=defaults,
        switches=reader.by_name("switches", Switch),
        nics=reader.by_name("nics", Nic),
        transceivers=reader.by_name("transceivers", Transceiver),
        cables=reader.by_name("cables", Cable),
        facility=read_facility(reader),
        metered=read_metered(reader),
        makers=makers,
        origins=origins,
        generation=read_generation(reader),
        marks=reader.marks,
    )
    if problems := reader.problems or _dangling(catalog):
        raise InputError(problems)
    return catalog


Reference = tuple[str, str, Mark | None]
"""What is referred to (`source`, `supplier`, `accelerator`, `system`, `cooling`, `grid`), by which
id, and where."""


def references(catalog: Catalog) -> Iterator[Reference]:
    """Every id that one entry uses to name another."""
    yield from _hardware_references(catalog)
    yield from _network_references(catalog)
    yield from _facility_references(catalog)
    yield from _metered_references(catalog)
    yield from upstream_references(catalog.origins, catalog.marks)
    yield from _generation_references(catalog)
    for i, quote in enumerate(catalog.quotes):
        mark = catalog.mark("quotes", str(i))
        yield quote.per, quote.of, mark
        yield "source", quote.source, mark
    for price in catalog.planning_prices.values():
        yield "system", price.system, catalog.mark("planning_prices", price.system)
        yield from _figure_references(catalog, "planning_prices", price)
    for assumption in catalog.assumptions:
        for source in assumption.rests_on:
            yield "source", source, catalog.mark("assumptions", entry_name(assumption))
    yield from _figure_references(catalog, "defaults", catalog.defaults)
    for entry in catalog.defaults.efficiency:
        if entry.accelerator:
            yield (
                "accelerator",
                entry.accelerator,
                catalog.mark("defaults", entry_name(catalog.defaults)),
            )


def _hardware_references(catalog: Catalog) -> Iterator[Reference]:
    for chip in catalog.accelerators.values():
        mark = catalog.mark("accelerators", chip.id)
        yield "supplier", chip.supplier, mark
        yield "source", chip.source, mark
        yield from _figure_references(catalog, "accelerators", chip)
    for system in catalog.systems.values():
        mark = catalog.mark("systems", system.id)
        yield "supplier", system.supplier, mark
        yield "accelerator", system.accelerator, mark
        yield "source", system.source, mark
        yield from _figure_references(catalog, "systems", system)


def _network_references(catalog: Catalog) -> Iterator[Reference]:
    for key, records in network_tables(catalog):
        for record in records.values():
            yield "source", record.source, catalog.mark(key, record.id)
            yield from _figure_references(catalog, key, record)


def network_tables(catalog: Catalog) -> tuple[tuple[str, Mapping[str, NetworkItem]], ...]:
    """Top key and entries of each kind of network equipment."""
    return (
        ("switches", catalog.switches),
        ("nics", catalog.nics),
        ("transceivers", catalog.transceivers),
        ("cables", catalog.cables),
    )


def _facility_references(catalog: Catalog) -> Iterator[Reference]:
    for what, word, key, name in facility_references(catalog.facility):
        yield what, word, catalog.mark(key, name)
    for key, records in catalog.facility.tables():
        for record in records.values():
            yield from _figure_references(catalog, key, record)


def _metered_references(catalog: Catalog) -> Iterator[Reference]:
    for what, word, key, name in metered_references(catalog.metered):
        yield what, word, catalog.mark(key, name)
    for key, records in catalog.metered.tables():
        for record in records.values():
            yield from _figure_references(catalog, key, record)


def _generation_references(catalog: Catalog) -> Iterator[Reference]:
    for what, word, key, name in generation_references(catalog.generation):
        yield what, word, catalog.mark(key, name)
    for key, records in catalog.generation.tables():
        for record in records.values():
            yield from _figure_references(catalog, key, record)


def _figure_references(catalog: Catalog, key: str, record: BaseModel) -> Iterator[Reference]:
    for figure, value in sourced_fields(record):
        yield "source", value.source, catalog.mark(key, entry_name(record), figure)


def _dangling(catalog: Catalog) -> list[Problem]:
    """List the references that lead nowhere."""
    known: dict[str, Set[str]] = {
        "source": catalog.sources.keys(),
        "supplier": catalog.suppliers.keys(),
        "accelerator": catalog.accelerators.keys(),
        "system": catalog.systems.keys(),
        "cooling": catalog.facility.cooling.keys(),
        "grid": catalog.facility.grids.keys(),
        "construction cost": catalog.facility.construction_costs.keys(),
        "lead time": catalog.facility.lead_times.keys(),
        "component": catalog.metered.components.keys(),
        "fuel": catalog.generation.fuels.keys(),
    }
    return [
        Problem("I001", f"no {what} `{word}`", mark, help=nearest(word, known[what]))
        for what, word, mark in references(catalog)
        if word not in known[what]
    ]
