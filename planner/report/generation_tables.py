"""Power sources for `planner catalog`: one row each for people and programs, and one sheet."""

from __future__ import annotations

from typing import Any

from planner.catalog.generation import PowerSource
from planner.catalog.load import Catalog
from planner.records import Figure


def source_rows(catalog: Catalog) -> list[dict[str, str | float | int | bool | None]]:
    """Every power source with its figures in canonical units, and for each whether it is assumed."""
    return [_row(entry) for entry in catalog.generation.sources.values()]


def _row(entry: PowerSource) -> dict[str, str | float | int | bool | None]:
    figures: dict[str, Figure[Any] | None] = {
        "unit_w": entry.unit_w,
        "lead_days": entry.lead_days,
        "firm": entry.firm,
        "availability": entry.availability,
        "capex_usd_per_mw": entry.capex_usd_per_mw,
        "fixed_usd_per_mw_year": entry.fixed_usd_per_mw_year,
        "variable_usd_per_mwh": entry.variable_usd_per_mwh,
        "heat_rate_mmbtu_per_mwh": entry.heat_rate_mmbtu_per_mwh,
    }
    row: dict[str, str | float | int | bool | None] = {"id": entry.id, "name": entry.name, "kind": entry.kind, "fuel": entry.fuel}
    for key, figure in figures.items():
        row[key] = None if figure is None else float(figure.value)
        row[f"{key}_assumed"] = None if figure is None else figure.kind == "assumption"
    return row


def source_words(entry: PowerSource) -> list[tuple[str, str]]:
    """What a source says besides figures."""
    words = (("kind", entry.kind), ("fuel", entry.fuel or ""), ("permit", entry.permit), ("note", entry.note))
    return [(key, text) for key, text in words if text]
