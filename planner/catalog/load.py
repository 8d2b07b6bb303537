"""Which catalog do we plan with? Reads a folder of YAML, joins facts, quotes and judgement, and reports every mistake at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from planner.catalog.hardware import Accelerator, Supplier, System
from planner.catalog.judgement import Assumption, Defaults
from planner.catalog.prices import PlanningPrice, Quote
from planner.catalog.sources import Source
from planner.data import catalogs_folder
from planner.errors import InputError, Mark, Problem, nearest
from planner.records import Record, Text, problems_of, sourced_fields
from planner.yamlfile import Located, NodePath, read_file

OWN_JUDGEMENT = "own-judgement"
"""The source id of figures that this project assumed."""

FOLDERS: dict[str, tuple[str, ...]] = {
    ".": ("catalog", "suppliers"),
    "sources": ("sources",),
    "accelerators": ("accelerators",),
    "systems": ("systems",),
    "prices": ("quotes",),
    "judgement": ("planning_prices", "assumptions", "defaults"),
}
"""Which top keys a file of each folder may hold: facts, prices and judgement never share one."""


class Edition(Record):
    """Format and version of a catalog."""

    schema_version: Text
    version: Text


@dataclass(frozen=True)
class Catalog:
    """Everything that exists, by id, with the place of each entry for messages."""

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
    marks: dict[tuple[str, str], Mark] = field(repr=False, default_factory=dict)
    """(top key, id) → place of the entry."""

    def quotes_of(self, system: System) -> list[Quote]:
        """Quotes of a system and of its accelerator, oldest first."""
        found = [q for q in self.quotes if q.of in (system.id, system.accelerator)]
        return sorted(found, key=lambda q: (q.date.first, q.of))


M = TypeVar("M", bound=BaseModel)


@dataclass
class _Reader:
    """Collects entries and problems over all files of a catalog."""

    problems: list[Problem] = field(default_factory=list)
    entries: dict[str, list[tuple[Any, Located, NodePath]]] = field(default_factory=dict)
    marks: dict[tuple[str, str], Mark] = field(default_factory=dict)
    hash: Any = field(default_factory=hashlib.sha256)

    def read(self, path: Path, allowed: tuple[str, ...]) -> None:
        try:
            located = read_file(path)
        except InputError as error:
            self.problems.extend(error.problems)
            return
        self.hash.update(path.name.encode() + b"\0" + located.source.text.encode() + b"\0")
        for key, value in (located.data or {}).items():
            if key not in allowed:
                hint = nearest(key, allowed) or f"files of this folder hold {', '.join(allowed)}"
                self.problems.append(Problem("K001", f"unknown key `{key}`", located.key_mark((key,)), key, hint))
                continue
            pairs = _items(value, key)
            self.entries.setdefault(key, []).extend((item, located, path_) for path_, item in pairs)

    def models(self, key: str, model: type[M]) -> list[tuple[M, Mark | None]]:
        found: list[tuple[M, Mark | None]] = []
        for item, located, path in self.entries.get(key, []):
            try:
                found.append((model.model_validate(item), located.value_mark(path)))
            except ValidationError as error:
                self.problems.extend(problems_of(error, model, located, path))
        return found

    def by_id(self, key: str, model: type[M], id_field: str = "id") -> dict[str, M]:
        result: dict[str, M] = {}
        for record, mark in self.models(key, model):
            name = getattr(record, id_field)
            if name in result:
                self.problems.append(Problem("I002", f"`{name}` is defined twice in {key}", mark, help=f"first at {self.marks[key, name]}"))
                continue
            result[name] = record
            if mark:
                self.marks[key, name] = mark
        return result


def _items(value: Any, key: str) -> list[tuple[NodePath, Any]]:
    if key in ("catalog", "defaults"):
        return [((key,), value)]
    if key == "sources" and isinstance(value, dict):
        return [((key, name), {"id": name, **(body if isinstance(body, dict) else {})}) for name, body in value.items()]
    return [((key, i), item) for i, item in enumerate(value if isinstance(value, list) else [])]


def load_catalog(folder: Path | None = None) -> Catalog:
    """Read a catalog folder; the built-in one by default. Raises `InputError` with every mistake of every file."""
    root = folder or catalogs_folder()
    reader = _Reader()
    for name, keys in FOLDERS.items():
        for path in sorted((root / name).glob("*.yaml")):
            reader.read(path, keys)
    _fill_assumptions(reader)
    edition = next((record for record, _ in reader.models("catalog", Edition)), None)
    defaults = next((record for record, _ in reader.models("defaults", Defaults)), None)
    if defaults is None:
        if not reader.problems:
            reader.problems.append(Problem("K002", f"no `defaults` in {root / 'judgement'}"))
        raise InputError(reader.problems)
    catalog = Catalog(
        version=edition.version if edition else "unknown",
        digest="",
        suppliers=reader.by_id("suppliers", Supplier),
        sources=reader.by_id("sources", Source),
        accelerators=reader.by_id("accelerators", Accelerator),
        systems=reader.by_id("systems", System),
        quotes=tuple(record for record, _ in reader.models("quotes", Quote)),
        planning_prices=reader.by_id("planning_prices", PlanningPrice, "system"),
        assumptions=tuple(record for record, _ in reader.models("assumptions", Assumption)),
        defaults=defaults,
        marks=reader.marks,
    )
    if not reader.problems:
        reader.problems.extend(_dangling(catalog, reader))
    if reader.problems:
        raise InputError(reader.problems)
    object.__setattr__(catalog, "digest", reader.hash.hexdigest()[:16])
    return catalog


def _fill_assumptions(reader: _Reader) -> None:
    """Put each assumption where its figure is missing; refuse it where a fact exists."""
    raw = {
        str(item["id"]): item
        for key in ("accelerators", "systems")
        for item, _, _ in reader.entries.get(key, [])
        if isinstance(item, dict) and "id" in item
    }
    for item, located, path in reader.entries.get("assumptions", []):
        if not isinstance(item, dict) or not {"of", "figure", "value"} <= item.keys():
            continue  # the record's own validation says what is missing
        owner = raw.get(str(item["of"]))
        if owner is None:
            hint = nearest(str(item["of"]), raw)
            reader.problems.append(Problem("I001", f"no accelerator or system `{item['of']}`", located.value_mark((*path, "of")), help=hint))
            continue
        *parents, leaf = str(item["figure"]).split(".")
        for parent in parents:
            owner = owner.setdefault(parent, {})
        if leaf in owner:
            message = f"`{item['of']}` has a published `{item['figure']}`; an assumption may not shadow a fact"
            reader.problems.append(Problem("C004", message, located.value_mark((*path, "figure")), help="delete one of the two"))
            continue
        owner[leaf] = {
            "value": item["value"],
            "low": item.get("low"),
            "high": item.get("high"),
            "kind": "assumption",
            "source": OWN_JUDGEMENT,
            "date": item.get("date"),
            "note": " ".join(str(item.get("reasoning", "")).split()),
        }


def _dangling(catalog: Catalog, reader: _Reader) -> list[Problem]:
    """References that lead nowhere."""
    found: list[Problem] = []

    def refer(word: str, known: dict[str, Any], what: str, mark: Mark | None) -> None:
        if word not in known:
            found.append(Problem("I001", f"no {what} `{word}`", mark, help=nearest(word, known)))

    for chip in catalog.accelerators.values():
        mark = catalog.marks.get(("accelerators", chip.id))
        refer(chip.supplier, catalog.suppliers, "supplier", mark)
        refer(chip.source, catalog.sources, "source", mark)
        _refer_figures(chip, catalog, mark, found)
    for system in catalog.systems.values():
        mark = catalog.marks.get(("systems", system.id))
        refer(system.supplier, catalog.suppliers, "supplier", mark)
        refer(system.accelerator, catalog.accelerators, "accelerator", mark)
        refer(system.source, catalog.sources, "source", mark)
        _refer_figures(system, catalog, mark, found)
    for quote, mark in reader.models("quotes", Quote):
        refer(quote.of, catalog.systems if quote.per == "system" else catalog.accelerators, quote.per, mark)
        refer(quote.source, catalog.sources, "source", mark)
    for price in catalog.planning_prices.values():
        mark = catalog.marks.get(("planning_prices", price.system))
        refer(price.system, catalog.systems, "system", mark)
        _refer_figures(price, catalog, mark, found)
    for assumption, mark in reader.models("assumptions", Assumption):
        for source in assumption.rests_on:
            refer(source, catalog.sources, "source", mark)
    _refer_figures(catalog.defaults, catalog, None, found)
    for entry in catalog.defaults.efficiency:
        refer(entry.mfu.source, catalog.sources, "source", None)
        if entry.accelerator:
            refer(entry.accelerator, catalog.accelerators, "accelerator", None)
    return found


def _refer_figures(record: BaseModel, catalog: Catalog, mark: Mark | None, found: list[Problem]) -> None:
    for key, figure in sourced_fields(record):
        if figure.source not in catalog.sources:
            found.append(Problem("I001", f"no source `{figure.source}`", mark, key, nearest(figure.source, catalog.sources)))
