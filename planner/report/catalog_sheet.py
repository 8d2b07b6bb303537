"""What is known of one accelerator or system? Every figure with its range, grade and source, its
quotes, and what was assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Any

from planner.catalog.findings import as_of
from planner.catalog.generation import PowerSource
from planner.catalog.hardware import Accelerator, System
from planner.catalog.load import Catalog, network_tables
from planner.catalog.network import NetworkItem
from planner.catalog.prices import Quote
from planner.catalog.reader import OWN_JUDGEMENT
from planner.catalog.upstream import UPSTREAM, Origin
from planner.errors import InputError, Problem, nearest
from planner.records import Figure, sourced_fields
from planner.report.amounts import amount, figure_text
from planner.report.catalog_pieces import network_item, source_words
from planner.report.tables import DAGGER

Entry = tuple[str, tuple[str, ...]]
"""A name and the lines beside it."""

Section = tuple[str, tuple[Entry, ...]]
"""A heading and the entries below it."""


def sheet(catalog: Catalog, name: str) -> list[Section]:
    """Describe an accelerator or a system by its id. Raises InputError, with the nearest id, if
    there is none.
    """
    if name in catalog.systems:
        return _system_sheet(catalog, catalog.systems[name])
    if name in catalog.accelerators:
        return _accelerator_sheet(catalog, catalog.accelerators[name])
    if (found := network_item(catalog, name)) is not None:
        return _network_sheet(catalog, *found)
    if name in catalog.generation.sources:
        return _power_source_sheet(catalog, catalog.generation.sources[name])
    pieces = [piece for _, items in network_tables(catalog) for piece in items]
    hint = (
        nearest(
            name, [*catalog.systems, *catalog.accelerators, *pieces, *catalog.generation.sources]
        )
        or "`planner catalog list` shows what there is"
    )
    raise InputError([Problem("I001", f"no accelerator or system `{name}`", help=hint)])


def as_text(sections: Iterable[Section], width: int) -> str:
    """Set sections one below the other, names on the left, lines wrapped at `width` columns;
    addresses are never broken.
    """
    lines: list[str] = []
    for heading, entries in sections:
        lines += ["", heading] if lines else [heading]
        indent = max((len(name) for name, _ in entries), default=0) + 4
        for name, texts in entries or (("none", ("",)),):
            wrapped = [
                line
                for text in texts
                for line in wrap(
                    text, max(20, width - indent), break_long_words=False, break_on_hyphens=False
                )
                or [""]
            ]
            lines += [
                f"  {(name if i == 0 else ''):{indent - 2}}{line}".rstrip()
                for i, line in enumerate(wrapped)
            ]
    return "\n".join(lines)


def _system_sheet(catalog: Catalog, system: System) -> list[Section]:
    chip = catalog.accelerators[system.accelerator]
    planning = catalog.planning_prices.get(system.id)
    prices = [("price", planning.price_usd)] if planning else []
    figures, quotes = list(sourced_fields(system)), catalog.quotes_of(system)
    identity = (
        ("supplier", (_supplier(catalog, system.supplier),)),
        ("accelerator", (f"{chip.id}: {chip.name}",)),
        ("form", (f"{system.form}; its power figures are on {system.basis} basis",)),
        ("cooling", (system.cooling,)),
        ("sale", (system.sale,)),
        *_remarks(system.note),
    )
    return [
        (f"{system.id}: {system.name}", identity),
        (
            "Figures, of one system",
            tuple(_figure(catalog, key, figure, system.id) for key, figure in figures),
        ),
        ("Quotes, oldest first", tuple(_quote(quote) for quote in quotes)),
        (
            "Planning price, per system",
            tuple(_figure(catalog, key, figure, system.id) for key, figure in prices),
        ),
        _sources(
            catalog, [system.source, *_cited(catalog, system.id, [*figures, *prices], quotes)]
        ),
    ]


def _accelerator_sheet(catalog: Catalog, chip: Accelerator) -> list[Section]:
    figures = list(sourced_fields(chip))
    quotes = sorted((q for q in catalog.quotes if q.of == chip.id), key=lambda q: q.date.first)
    systems = [system.id for system in catalog.systems.values() if system.accelerator == chip.id]
    words = (
        ("software", chip.software),
        ("generation", chip.generation),
        ("process", chip.process),
        ("memory type", chip.memory_type),
        ("released", str(chip.released) if chip.released else None),
        ("sold in", ", ".join(systems) or "no system of this catalog"),
    )
    identity = (
        ("supplier", (_supplier(catalog, chip.supplier),)),
        *((word, (text,)) for word, text in words if text),
        *_remarks(chip.note),
    )
    return [
        (f"{chip.id}: {chip.name}", identity),
        (
            "Figures, of one accelerator (chip basis; rates are dense unless named sparse)",
            tuple(_figure(catalog, key, figure, chip.id) for key, figure in figures),
        ),
        (
            "Who makes it",
            tuple(
                _origin(catalog, catalog.origins[chip.id, level])
                for level in UPSTREAM
                if (chip.id, level) in catalog.origins
            ),
        ),
        ("Quotes, oldest first", tuple(_quote(quote) for quote in quotes)),
        _sources(
            catalog,
            [
                chip.source,
                *_cited(catalog, chip.id, figures, quotes),
                *_makers_cited(catalog, chip.id),
            ],
        ),
    ]


def _network_sheet(catalog: Catalog, key: str, item: NetworkItem) -> list[Section]:
    figures = list(sourced_fields(item))
    words = [
        (word, str(getattr(item, word)))
        for word in ("maker", "protocol", "cooling", "medium")
        if hasattr(item, word)
    ]
    return [
        (
            f"{item.id}: {item.name}",
            (*((word, (text,)) for word, text in words), *_remarks(item.note)),
        ),
        (
            f"Figures, of one of the {key}",
            tuple(_figure(catalog, name, figure, item.id) for name, figure in figures),
        ),
        _sources(catalog, [item.source, *_cited(catalog, item.id, figures, [])]),
    ]


def _power_source_sheet(catalog: Catalog, entry: PowerSource) -> list[Section]:
    figures = list(sourced_fields(entry))
    return [
        (f"{entry.id}: {entry.name}", tuple((word, (text,)) for word, text in source_words(entry))),
        (
            "Figures, at the site's meter",
            tuple(_figure(catalog, key, figure, entry.id) for key, figure in figures),
        ),
        _sources(catalog, [entry.source, *_cited(catalog, entry.id, figures, [])]),
    ]


def _figure(catalog: Catalog, key: str, figure: Figure[Any], owner: str) -> Entry:
    """Write a figure, where it comes from, what its author says, and for an assumption what it
    rests on.
    """
    assumed = figure.kind == "assumption"
    origin = "assumption" if assumed else f"{figure.kind}, {figure.via}"
    lines = [
        figure_text(figure) + (f" {DAGGER} assumed" if assumed else ""),
        f"{origin}, grade {figure.grade}, {as_of(catalog, figure)}, [{figure.source}]",
    ]
    if figure.note:
        lines.append(figure.note)
    for assumption in catalog.assumptions:
        if (assumption.of, assumption.figure) == (owner, key) and assumption.rests_on:
            lines.append("rests on " + ", ".join(f"[{source}]" for source in assumption.rests_on))
    return key, tuple(lines)


def _origin(catalog: Catalog, origin: Origin) -> Entry:
    """Write who may have made an accelerator at one level, and how that is known."""
    assumed = origin.kind == "assumption"
    names = " or ".join(catalog.makers[name].name for name in origin.any_of)
    known = "assumption" if assumed else f"{origin.kind}, {origin.via}"
    how = (
        f"{known}, grade {origin.grade}, {origin.date or catalog.sources[origin.source].date}, "
        f"[{origin.source}]"
    )
    rests = (
        ("rests on " + ", ".join(f"[{source}]" for source in origin.rests_on),)
        if origin.rests_on
        else ()
    )
    return origin.level, (
        names + (f" {DAGGER} assumed" if assumed else ""),
        how,
        *((origin.note,) if origin.note else ()),
        *rests,
    )


def _makers_cited(catalog: Catalog, accelerator: str) -> Iterator[str]:
    for level in UPSTREAM:
        if (origin := catalog.origins.get((accelerator, level))) is not None:
            yield from (origin.source, *origin.rests_on)


def _quote(quote: Quote) -> Entry:
    ends = [
        (word, bound)
        for word, bound in (("from", quote.low_usd), ("to", quote.high_usd))
        if bound is not None
    ]
    between = " ".join(f"{word} {amount(bound, 'USD')}" for word, bound in ends)
    said = f"{amount(quote.price_usd, 'USD')} per {quote.per}" + (
        f" ({between})" if between else ""
    )
    origin = f"{quote.of}, {quote.kind}, {quote.via}, [{quote.source}]"
    return str(quote.date), (said, origin, quote.note) if quote.note else (said, origin)


def _sources(catalog: Catalog, names: Iterable[str]) -> Section:
    return "Sources", tuple(_source(catalog, name) for name in dict.fromkeys(names))


def _source(catalog: Catalog, name: str) -> Entry:
    source = catalog.sources[name]
    title = f"{source.title} ({source.date})"
    return f"[{name}]", tuple(line for line in (title, source.url, source.note) if line)


def _cited(
    catalog: Catalog,
    owner: str,
    figures: Iterable[tuple[str, Figure[Any]]],
    quotes: Iterable[Quote],
) -> Iterator[str]:
    """Name the sources of figures and quotes, and what assumptions rest on, in the order in which
    they are shown.
    """
    for key, figure in figures:
        yield figure.source
        if figure.source == OWN_JUDGEMENT:
            matching = (
                entry for entry in catalog.assumptions if (entry.of, entry.figure) == (owner, key)
            )
            for assumption in matching:
                yield from assumption.rests_on
    for quote in quotes:
        yield quote.source


def _supplier(catalog: Catalog, name: str) -> str:
    supplier = catalog.suppliers[name]
    return f"{supplier.name} ({supplier.country})"


def _remarks(note: str) -> tuple[Entry, ...]:
    return (("note", (note,)),) if note else ()
