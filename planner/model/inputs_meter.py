"""What do the rules see of tariffs, carbon, water, ramps and layers?

Axes    S systems · L sites · T periods · K power sources · Y layers, named `site:layer`
Units   power MW · money MUSD · carbon ktCO2e · water ML (thousand m³) · stored energy MWh
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.arrays import Bools, Floats, Ints
from planner.model.terms import Measure


@dataclass(frozen=True)
class TariffInputs:
    """What sites pay for power besides energy."""

    charge_musd: Floats
    """[L, T] per MW billed in a period; 0 where there is no such charge."""
    minimum_take: Floats
    """[L]"""
    contract_mw: Floats
    """[L, T]"""
    contract_grows: Bools
    """[L] whether steps of the connection that are added count towards the contract."""
    ratchet: Floats
    """[L]"""
    ratchet_periods: Ints
    """[L]"""


@dataclass(frozen=True)
class CarbonInputs:
    """What is emitted."""

    known: Bools
    """[L] whether it is known what the site's grid emits."""
    grid_kt: Floats
    """[L, T] of 1 MW drawn from the grid through a period."""
    source_kt: Floats
    """[K, T] of 1 MW put out by a source, over what the grid would have emitted for it."""
    price_musd: float
    """Per ktCO2e."""
    site_total_kt: Floats
    """[L]"""
    site_period_kt: Floats
    """[L, T]"""
    total_kt: float
    period_kt: Floats
    """[T]"""


@dataclass(frozen=True)
class WaterInputs:
    """What cooling takes."""

    site_total_ml: Floats
    """[L]"""
    site_period_ml: Floats
    """[L, T]"""


@dataclass(frozen=True)
class RampInputs:
    """How fast draws may change. Stored energy over the step is bounded from below by lines that touch or pass above the curve."""

    step: Floats
    """[L] share of the highest draw that changes at once; 0: no limit."""
    slope_mwh_per_mw: Floats
    """[L, I]"""
    offset_mwh: Floats
    """[L, I] energy is at least slope · step + offset on each line."""
    lines: tuple[str, ...]
    storage_mw: Floats
    """[K] of a unit."""
    storage_mwh: Floats
    """[K]"""


@dataclass(frozen=True)
class LayerInputs:
    """What layers of plants may carry."""

    names: tuple[str, ...]
    site: Ints
    """[Y]"""
    basis: tuple[Measure, ...]
    """Of what a layer carries, at the site's sizing load."""
    relieved: Bools
    """[Y] whether sources behind the meter spare it: the feed carries only what comes from the grid."""
    usable_mw: Floats
    """[Y, T]"""
    usable: Floats
    """[Y] of what is installed."""


@dataclass(frozen=True)
class MeterInputs:
    """All of them."""

    tariff: TariffInputs
    carbon: CarbonInputs
    water: WaterInputs
    ramp: RampInputs
    layers: LayerInputs
