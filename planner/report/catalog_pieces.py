"""Power sources and parts of networks, of the catalog."""

from __future__ import annotations

from typing import Any

from planner.catalog.generation import PowerSource
from planner.catalog.load import Catalog, network_tables
from planner.catalog.network import NetworkItem, Nic, Switch, Transceiver
from planner.records import Figure


def source_rows(catalog: Catalog) -> list[dict[str, str | float | int | bool | None]]:
    """Every power source with its figures in canonical units, and for each whether it is
    assumed.
    """
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
    row: dict[str, str | float | int | bool | None] = {
        "id": entry.id,
        "name": entry.name,
        "kind": entry.kind,
        "fuel": entry.fuel,
    }
    for key, figure in figures.items():
        row[key] = None if figure is None else float(figure.value)
        row[f"{key}_assumed"] = None if figure is None else figure.kind == "assumption"
    return row


def source_words(entry: PowerSource) -> list[tuple[str, str]]:
    """What a source says besides figures."""
    words = (
        ("kind", entry.kind),
        ("fuel", entry.fuel or ""),
        ("permit", entry.permit),
        ("note", entry.note),
    )
    return [(key, text) for key, text in words if text]


Row = dict[str, str | float | int | bool | None]


def switch_rows(catalog: Catalog) -> list[Row]:
    """One row per switch: ports, speed, draw without optics, price."""
    return [
        {
            "id": switch.id,
            "name": switch.name,
            "maker": switch.maker,
            "protocol": switch.protocol,
            "ports": round(switch.ports.value),
            **_figure("port_speed_gbit_s", switch.port_speed_gbit_s),
            **_common(switch),
        }
        for switch in catalog.switches.values()
    ]


def optics_rows(catalog: Catalog) -> list[Row]:
    """One row per transceiver, cable and card: what it carries, how far, draw and price."""
    return [
        _optics_row(key, item)
        for key, items in network_tables(catalog)[1:]
        for item in items.values()
    ]


def _optics_row(key: str, item: NetworkItem) -> Row:
    assert not isinstance(item, Switch)
    speed = item.speed_gbit_s if isinstance(item, Nic) else item.link_speed_gbit_s
    reach, medium = (None, None) if isinstance(item, Nic) else (item.reach_m.value, item.medium)
    links = round(item.links.value) if isinstance(item, Transceiver) else None
    return {
        "id": item.id,
        "name": item.name,
        "maker": item.maker,
        "sort": key.removesuffix("s"),
        "medium": medium,
        "link_speed_gbit_s": None if speed is None else speed.value,
        "links": links,
        "reach_m": reach,
        **_common(item),
    }


def _common(item: NetworkItem) -> Row:
    return {
        **_figure("typical_w", item.power.typical_w),
        **_figure("nameplate_w", item.power.nameplate_w),
        **_figure("price_usd", item.price_usd),
        "price_low_usd": item.price_usd.low if item.price_usd else None,
        "price_high_usd": item.price_usd.high if item.price_usd else None,
    }


def _figure(key: str, figure: Figure[Any] | None) -> Row:
    return {
        key: None if figure is None else float(figure.value),
        f"{key}_assumed": None if figure is None else figure.kind == "assumption",
    }


def network_item(catalog: Catalog, name: str) -> tuple[str, NetworkItem] | None:
    """What kind of equipment an id names, and its entry; None if it is none."""
    for key, items in network_tables(catalog):
        if name in items:
            return key, items[name]
    return None
