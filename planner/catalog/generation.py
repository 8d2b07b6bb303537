"""Where can a site's power come from? Connections, turbines, engines, cells, reactors, contracts
and batteries that a plan may choose.

Published figures stand in `catalogs/generation/`; what nobody published is an assumption in
`catalogs/judgement/generation.yaml`. Power of a source is electrical and counted where the site's
meter is; dollars are as quoted, not brought to one year.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from planner.catalog.reader import Reader
from planner.records import Figure, Id, Record, Text
from planner.units import (
    CarbonPerFuel,
    Duration,
    Fraction,
    FuelPrice,
    HeatRate,
    MoneyPerEnergy,
    MoneyPerPower,
    MoneyPerPowerTime,
    Power,
    Seconds,
)

SourceKind = Literal["grid", "owned", "rented", "contract", "storage"]
"""`grid`: more connection, its energy is the grid's. `owned`, `rented`: generation behind the
meter. `contract`: energy bought elsewhere that comes through the connection. `storage`: gives back
what it took."""

NEEDS: dict[SourceKind, tuple[str, ...]] = {
    "grid": ("unit", "lead", "capex"),
    "owned": ("unit", "lead", "firm", "availability", "capex", "fixed", "variable", "life"),
    "rented": ("unit", "lead", "firm", "availability", "term", "capex", "fixed", "variable"),
    "contract": ("unit", "lead", "availability", "term", "variable"),
    "storage": ("unit", "lead", "capex", "fixed", "hours", "round_trip", "life"),
}
"""Figures that a plan needs of each kind; the others have no meaning for it, or are nothing."""


class Fuel(Record):
    """What a source burns."""

    id: Id
    name: Text
    source: Id
    price_usd_per_mmbtu: Annotated[Figure[FuelPrice], Field(alias="price")]
    """At a hub; delivery to a site costs more."""
    carbon_kg_per_mmbtu: Annotated[Figure[CarbonPerFuel], Field(alias="carbon")]
    """Released by burning it (higher heating value); nothing of what its supply releases."""


class PowerSource(Record):
    """One kind of source, by the unit in which it is ordered. Carbon is operational: nothing for a
    source that burns nothing.
    """

    id: Id
    name: Text
    source: Id
    kind: SourceKind
    fuel: Id | None = None
    permit: str = ""
    """What a site must be allowed to do, in words."""
    note: str = ""
    unit_w: Annotated[Figure[Power] | None, Field(alias="unit")] = None
    """Nameplate of one unit."""
    lead_days: Annotated[Figure[Duration] | None, Field(alias="lead")] = None
    """From order to operation."""
    firm: Figure[Fraction] | None = None
    """Share of the nameplate that may be counted on at any moment."""
    availability: Figure[Fraction] | None = None
    """Mean output over nameplate that it can reach over a period."""
    term_days: Annotated[Figure[Duration] | None, Field(alias="term")] = None
    """Shortest rental or contract."""
    capex_usd_per_mw: Annotated[Figure[MoneyPerPower] | None, Field(alias="capex")] = None
    """To have it run at the site; for what is rented, to bring and connect it."""
    fixed_usd_per_mw_year: Annotated[Figure[MoneyPerPowerTime] | None, Field(alias="fixed")] = None
    """Upkeep, or rent."""
    variable_usd_per_mwh: Annotated[Figure[MoneyPerEnergy] | None, Field(alias="variable")] = None
    """Upkeep per MWh without fuel, or the price of a contract."""
    heat_rate_mmbtu_per_mwh: Annotated[Figure[HeatRate] | None, Field(alias="heat_rate")] = None
    """Higher heating value."""
    life_days: Annotated[Figure[Duration] | None, Field(alias="life")] = None
    hours_days: Annotated[Figure[Duration] | None, Field(alias="hours")] = None
    """How long storage gives its nameplate."""
    round_trip: Figure[Fraction] | None = None
    """Energy that storage gives over the energy that it took."""
    start_s: Annotated[Figure[Seconds] | None, Field(alias="start")] = None
    """From rest to full output."""


@dataclass(frozen=True)
class Generation:
    """All power sources and fuels of a catalog, by id."""

    sources: dict[str, PowerSource] = field(default_factory=dict)
    fuels: dict[str, Fuel] = field(default_factory=dict)

    def tables(self) -> Iterator[tuple[str, Mapping[str, Record]]]:
        """Top key and entries of every table."""
        yield "power_sources", self.sources
        yield "fuels", self.fuels


def generation_references(generation: Generation) -> Iterator[tuple[str, str, str, str]]:
    """Ids that entries use besides those of their figures' sources: (what, id, top key, entry)."""
    for entry in generation.sources.values():
        yield "source", entry.source, "power_sources", entry.id
        if entry.fuel is not None:
            yield "fuel", entry.fuel, "power_sources", entry.id
    for fuel in generation.fuels.values():
        yield "source", fuel.source, "fuels", fuel.id


def read_generation(reader: Reader) -> Generation:
    """Take power sources and fuels out of a reader; mistakes are left with it."""
    return Generation(
        sources=reader.by_name("power_sources", PowerSource), fuels=reader.by_name("fuels", Fuel)
    )
