"""Which accelerators, systems, suppliers and sources are there? One row each, for people, JSON or
CSV.

A row is plain data whose keys end in their units; the columns for people are chosen here, once.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from planner.catalog.hardware import Accelerator, System
from planner.catalog.load import Catalog, references
from planner.errors import InputError, Problem, nearest
from planner.records import Figure
from planner.report.amounts import range_text
from planner.report.catalog_pieces import optics_rows, source_rows, switch_rows
from planner.report.tables import DAGGER, Column, Table, Value, show
from planner.units import GB_PER_GIB

Row = dict[str, str | float | int | bool | None]
"""An entry as a program wants it: canonical units, and for each figure `…_assumed`."""

LEGEND = (
    f"{DAGGER} assumed: nobody published the figure; `planner catalog show ID` gives its "
    "range and reasoning"
)


@dataclass(frozen=True)
class Listing:
    """What is listed of one kind of entry: its rows, and for people its columns with what each says
    of a row.
    """

    rows: Callable[[Catalog], list[Row]]
    columns: tuple[tuple[Column, Callable[[Row], Value]], ...]


def listing(catalog: Catalog, kind: str, supplier: str | None = None) -> list[Row]:
    """List the rows of a kind, of one supplier if asked.

    Raises InputError for a supplier that the catalog does not know.
    """
    if supplier is not None and supplier not in catalog.suppliers:
        hint = nearest(supplier, catalog.suppliers) or f"there are {', '.join(catalog.suppliers)}"
        raise InputError([Problem("I001", f"no supplier `{supplier}`", help=hint)])
    if supplier is not None and kind in ("switches", "optics"):
        return [
            row
            for row in LISTINGS[kind].rows(catalog)
            if row["maker"] == catalog.suppliers[supplier].name
        ]
    key = "id" if kind == "suppliers" else "supplier"
    return [row for row in LISTINGS[kind].rows(catalog) if supplier is None or row[key] == supplier]


def as_table(kind: str, rows: list[Row]) -> Table:
    """Set rows as a table for people, with the meaning of its marks below."""
    columns = LISTINGS[kind].columns
    cells = [[say(row) for _, say in columns] for row in rows]
    marked = any(isinstance(cell, str) and DAGGER in cell for row in cells for cell in row)
    return Table(
        kind.capitalize().replace("-", " "),
        [column for column, _ in columns],
        cells,
        [LEGEND] if marked else [],
    )


def as_json(rows: list[Row]) -> str:
    """Write rows as a JSON list."""
    return json.dumps(rows, indent=1, ensure_ascii=False)


def as_rows(rows: list[Row]) -> list[Sequence[object]]:
    """Rows as one long table, head first; what is absent is empty."""
    return [list(rows[0].keys()), *(list(row.values()) for row in rows)] if rows else []


def _system_rows(catalog: Catalog) -> list[Row]:
    return [_system_row(catalog, system) for system in catalog.systems.values()]


def _system_row(catalog: Catalog, system: System) -> Row:
    nameplate, number = system.power.nameplate_w, system.accelerators.value
    planning = catalog.planning_prices.get(system.id)
    price = planning.price_usd if planning else None
    return {
        "id": system.id,
        "name": system.name,
        "supplier": system.supplier,
        "accelerator": system.accelerator,
        "accelerators": round(number),
        "accelerators_assumed": _assumed(system.accelerators),
        "nameplate_w": _value(nameplate),
        "nameplate_w_assumed": _assumed(nameplate),
        "nameplate_basis": system.basis,
        "nameplate_per_accelerator_w": nameplate.value / number if nameplate else None,
        "price_usd": _value(price),
        "price_low_usd": price.low if price else None,
        "price_high_usd": price.high if price else None,
        "price_usd_assumed": _assumed(price),
        "cooling": system.cooling,
        "sale": system.sale,
    }


def _accelerator_rows(catalog: Catalog) -> list[Row]:
    return [_accelerator_row(chip) for chip in catalog.accelerators.values()]


def _accelerator_row(chip: Accelerator) -> Row:
    figures: dict[str, Figure[Any] | None] = {
        "tdp_w": chip.tdp_w,
        "memory_gb": chip.memory_gb,
        "memory_counted_gb": chip.memory_counted_gb,
        "memory_bandwidth_gb_s": chip.memory_bandwidth_gb_s,
        "scale_up_bandwidth_gb_s": chip.scale_up_bandwidth_gb_s,
        "bf16_flop_s": chip.peak_flop_s.bf16,
        "fp8_flop_s": chip.peak_flop_s.fp8,
        "fp4_flop_s": chip.peak_flop_s.fp4,
    }
    row: Row = {
        "id": chip.id,
        "name": chip.name,
        "supplier": chip.supplier,
        "software": chip.software,
    }
    for key, figure in figures.items():
        row[key] = _value(figure)
        row[f"{key}_assumed"] = _assumed(figure)
    return row


def _supplier_rows(catalog: Catalog) -> list[Row]:
    chips = Counter(chip.supplier for chip in catalog.accelerators.values())
    systems = Counter(system.supplier for system in catalog.systems.values())
    return [
        {
            "id": s.id,
            "name": s.name,
            "country": s.country,
            "accelerators": chips[s.id],
            "systems": systems[s.id],
        }
        for s in catalog.suppliers.values()
    ]


def _source_rows(catalog: Catalog) -> list[Row]:
    cited = Counter(word for what, word, _ in references(catalog) if what == "source")
    return [
        {
            "id": s.id,
            "date": str(s.date),
            "publisher": s.publisher,
            "title": s.title,
            "url": s.url,
            "cited": cited[s.id],
        }
        for s in catalog.sources.values()
    ]


def _value(figure: Figure[Any] | None) -> float | None:
    return None if figure is None else float(figure.value)


def _assumed(figure: Figure[Any] | None) -> bool | None:
    return None if figure is None else figure.kind == "assumption"


def _word(key: str) -> Callable[[Row], Value]:
    return lambda row: row[key]


def _number(key: str, scale: float = 1.0, of: str = "") -> Callable[[Row], Value]:
    """Say one number in units of `scale`, marked if it, or the figure `of` that it follows from, is
    assumed.
    """

    def say(row: Row) -> Value:
        value = row[key]
        if not isinstance(value, float | int):
            return None
        number = value if isinstance(value, int) else value / scale
        return f"{show(number)} {DAGGER}" if row.get(f"{of or key}_assumed") else number

    return say


def _price(row: Row) -> Value:
    value, low, high = (row[key] for key in ("price_usd", "price_low_usd", "price_high_usd"))
    if not isinstance(value, float):
        return None
    ends = [bound if isinstance(bound, float) else None for bound in (low, high)]
    return (
        show(value / 1e3)
        + range_text(ends[0], ends[1], 1e3)
        + (f" {DAGGER}" if row["price_usd_assumed"] else "")
    )


def _piece_price(row: Row) -> Value:
    """A price in USD with its range: network pieces cost too little for kUSD."""
    value, low, high = (row[key] for key in ("price_usd", "price_low_usd", "price_high_usd"))
    if not isinstance(value, float):
        return None
    ends = [bound if isinstance(bound, float) else None for bound in (low, high)]
    return (
        show(value)
        + range_text(ends[0], ends[1], 1.0)
        + (f" {DAGGER}" if row["price_usd_assumed"] else "")
    )


_PIECE = (
    (Column("typical", "W"), _number("typical_w")),
    (Column("nameplate", "W"), _number("nameplate_w")),
    (Column("price", "USD"), _piece_price),
)
_IDENTITY = (
    (Column("id"), _word("id")),
    (Column("name"), _word("name")),
    (Column("supplier"), _word("supplier")),
)

LISTINGS: dict[str, Listing] = {
    "systems": Listing(
        _system_rows,
        (
            *_IDENTITY,
            (Column("accelerators"), _number("accelerators")),
            (Column("nameplate", "kW"), _number("nameplate_w", 1e3)),
            (Column("basis"), _word("nameplate_basis")),
            (
                Column("per accelerator", "W"),
                _number("nameplate_per_accelerator_w", of="nameplate_w"),
            ),
            (Column("planning price", "kUSD"), _price),
            (Column("sale"), _word("sale")),
        ),
    ),
    "accelerators": Listing(
        _accelerator_rows,
        (
            *_IDENTITY,
            (Column("software"), _word("software")),
            (Column("TDP", "W"), _number("tdp_w")),
            (Column("memory", "GB"), _number("memory_gb")),
            (Column("counted", "GiB"), _number("memory_counted_gb", GB_PER_GIB)),
            (Column("bandwidth", "TB/s"), _number("memory_bandwidth_gb_s", 1e3)),
            (Column("dense bf16", "TFLOP/s"), _number("bf16_flop_s", 1e12)),
            (Column("fp8", "TFLOP/s"), _number("fp8_flop_s", 1e12)),
            (Column("fp4", "TFLOP/s"), _number("fp4_flop_s", 1e12)),
        ),
    ),
    "switches": Listing(
        switch_rows,
        (
            (Column("id"), _word("id")),
            (Column("name"), _word("name")),
            (Column("protocol"), _word("protocol")),
            (Column("ports"), _number("ports")),
            (Column("port speed", "Gbit/s"), _number("port_speed_gbit_s")),
            *_PIECE,
        ),
    ),
    "optics": Listing(
        optics_rows,
        (
            (Column("id"), _word("id")),
            (Column("name"), _word("name")),
            (Column("medium"), _word("medium")),
            (Column("link speed", "Gbit/s"), _number("link_speed_gbit_s")),
            (Column("links"), _number("links")),
            (Column("reach", "m"), _number("reach_m")),
            *_PIECE,
        ),
    ),
    "power-sources": Listing(
        source_rows,
        (
            (Column("id"), _word("id")),
            (Column("name"), _word("name")),
            (Column("kind"), _word("kind")),
            (Column("unit", "MW"), _number("unit_w", 1e6)),
            (Column("lead", "days"), _number("lead_days")),
            (Column("firm", "%"), _number("firm", 0.01)),
            (Column("capex", "USD/kW"), _number("capex_usd_per_mw", 1e3)),
            (Column("fixed", "USD/kW/year"), _number("fixed_usd_per_mw_year", 1e3)),
            (Column("variable", "USD/MWh"), _number("variable_usd_per_mwh")),
            (Column("heat rate", "MMBtu/MWh"), _number("heat_rate_mmbtu_per_mwh")),
        ),
    ),
    "suppliers": Listing(
        _supplier_rows,
        (
            (Column("id"), _word("id")),
            (Column("name"), _word("name")),
            (Column("country"), _word("country")),
            (Column("accelerators"), _number("accelerators")),
            (Column("systems"), _number("systems")),
        ),
    ),
    "sources": Listing(
        _source_rows,
        (
            (Column("id"), _word("id")),
            (Column("date"), _word("date")),
            (Column("publisher"), _word("publisher")),
            (Column("title"), _word("title")),
            (Column("URL"), _word("url")),
            (Column("cited"), _number("cited")),
        ),
    ),
}
"""Kind → what is listed of it."""
