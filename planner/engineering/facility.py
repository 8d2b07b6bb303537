"""Can a hall carry these racks, and what does it take from the utility, the water main and the sky?

Heat       all IT power leaves as heat, by the liquid at the equipment or by the hall's air
           (conservation of energy)
Power      facility = IT · PUE where the PUE was measured with its losses inside (ISO/IEC 30134-2);
           facility = IT / η_chain + IT · (PUE − 1) where it leaves UPS and transformers out
Losses     of a stage at load share x: a + b·x² of its rating (no-load and copper losses), from its
           efficiency at half and full load
Energy     average power · hours; nameplate never enters a bill
Water      WUE · IT energy (ISO/IEC 30134-9)
Carbon     the grid's operational g/kWh · energy at the utility's meter
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

HOURS_PER_YEAR = 8760.0

Verdict = Literal["yes", "at the limit", "no"]


@dataclass(frozen=True, slots=True)
class Carries:
    """Whether a cooling technology carries a rack, and why not or on which condition."""

    verdict: Verdict
    reason: str


def carries_rack(
    *,
    rack_w: float,
    liquid_share: float,
    needs_liquid: bool,
    liquid_loop: bool,
    own_equipment: bool,
    rack_density_w: tuple[float, float],
    air_density_w: tuple[float, float],
    liquid_share_most: float,
) -> Carries:
    """Can a cooling technology take the heat of a rack?

    Args:
        rack_w: heat of the rack, at nameplate.
        liquid_share: share of it that leaves by liquid at the equipment, 0 to 1.
        needs_liquid: whether the equipment has cold plates that must be fed.
        liquid_loop: whether the technology brings liquid to the equipment.
        own_equipment: whether it takes only equipment made for it.
        rack_density_w: W per rack in common practice, and at the best published.
        air_density_w: the same for the part that leaves as warm air.
        liquid_share_most: largest share it takes by liquid.

    Raises:
        ValueError: for a negative power or a share outside [0, 1].

    Source: conservation of energy; the limits are the catalog's.
    """
    if rack_w < 0 or not 0 <= liquid_share <= 1:
        raise ValueError(f"a rack of {rack_w:g} W with a liquid share of {liquid_share:g}")
    if own_equipment:
        return Carries("no", "takes only equipment made for it")
    if needs_liquid and not liquid_loop:
        return Carries("no", "the equipment needs liquid at its cold plates")
    if liquid_loop and not needs_liquid:
        return Carries("no", "the equipment has no cold plates to connect")
    taken = min(liquid_share, liquid_share_most) if liquid_loop else 0.0
    parts = (
        (rack_w, rack_density_w, "per rack"),
        (rack_w * (1.0 - taken), air_density_w, "per rack left in the air"),
    )
    verdict: Verdict = "yes"
    reasons = []
    for heat_w, (usual_w, most_w), what in parts:
        if heat_w > most_w * (1 + 1e-9):
            return Carries("no", f"{heat_w / 1e3:.0f} kW {what}, {most_w / 1e3:.0f} at most")
        if heat_w > usual_w * (1 + 1e-9):
            verdict = "at the limit"
            reasons.append(
                f"{heat_w / 1e3:.0f} kW {what}, {usual_w / 1e3:.0f} usual and {most_w / 1e3:.0f} "
                "the best published"
            )
    said = f"{rack_w / 1e3:.0f} kW per rack, {rack_w * (1.0 - taken) / 1e3:.0f} of it in the air"
    return Carries(verdict, "; ".join(reasons) or said)


def servers_per_rack(server_w: float, server_ru: float, rack_ru: float, rack_w: float) -> int:
    """How many servers does a rack hold, by height (rack units) and by power (W)?

    May be 0. ValueError unless all are positive. Source: whole servers.
    """
    if min(server_w, server_ru, rack_ru, rack_w) <= 0:
        raise ValueError("servers and racks have a height and a power")
    return max(0, min(math.floor(rack_ru / server_ru + 1e-9), math.floor(rack_w / server_w + 1e-9)))


def stage_efficiency(load_share: float, half: float, full: float) -> float:
    """Output over input of a UPS, transformer or busway at a share of its rating.

    Args:
        load_share: output over rating, in (0, 1].
        half: efficiency at half load, in (0, 1].
        full: efficiency at full load, in (0, 1].

    Raises:
        ValueError: outside these bounds, or where the two efficiencies imply a negative part.

    Source: losses of a + b·x² of rating, the no-load and copper parts of IEC 60076-1, solved from
    two points.
    """
    if not (0 < load_share <= 1 and 0 < half <= 1 and 0 < full <= 1):
        raise ValueError("load and efficiencies lie in (0, 1]")
    at_half, at_full = 0.5 * (1.0 / half - 1.0), 1.0 / full - 1.0
    copper = (at_full - at_half) / 0.75
    no_load = at_full - copper
    if copper < -1e-12 or no_load < -1e-12:
        raise ValueError(
            f"efficiencies {half:g} at half and {full:g} at full load imply a negative loss"
        )
    return load_share / (load_share + no_load + copper * load_share**2)


def facility_power_w(it_w: float, pue: float, efficiencies: tuple[float, ...] = ()) -> float:
    """Facility power of an IT power, W.

    `pue` holds all losses if `efficiencies` is empty; else it holds cooling and auxiliaries only,
    and the efficiencies of the stages between meter and rack are applied to the IT power.
    ValueError for a PUE below 1 or an efficiency outside (0, 1].

    Source: definition of PUE, ISO/IEC 30134-2.
    """
    if pue < 1:
        raise ValueError(f"a PUE is at least 1, not {pue:g}")
    if any(not 0 < e <= 1 for e in efficiencies):
        raise ValueError("an efficiency lies in (0, 1]")
    return it_w / math.prod(efficiencies) + it_w * (pue - 1.0)


def energy_mwh(average_w: float, hours: float = HOURS_PER_YEAR) -> float:
    """Energy in MWh of an average power over some hours; a year by default. Source: definition."""
    return average_w * hours / 1e6


def load_factor(average_w: float, peak_w: float) -> float:
    """Average over realised peak, both in W; 0 where nothing is drawn. Not the utilisation, which
    is average over contract.
    """
    return average_w / peak_w if peak_w > 0 else 0.0


def water_m3(it_mwh: float, wue_l_per_kwh: float) -> float:
    """Water consumed on site, m³, for IT energy in MWh (1 MWh · 1 L/kWh = 1 m³). Source: definition
    of WUE, ISO/IEC 30134-9.
    """
    return it_mwh * wue_l_per_kwh


def carbon_t(utility_mwh: float, carbon_g_per_kwh: float) -> float:
    """Tonnes of CO2e for energy at the utility's meter in MWh (1 MWh · 1 g/kWh = 1 kg).

    Source: location-based method, GHG Protocol Scope 2.
    """
    return utility_mwh * carbon_g_per_kwh / 1e3


def capped_performance(power_share: float, elasticity: float) -> float:
    """Work per time under a power cap, over that without.

    Args:
        power_share: capped over uncapped power, in (0, 1].
        elasticity: d ln(performance) / d ln(power), at least 0; the catalog's `power_caps` give it
            by kind of work.

    Raises:
        ValueError: outside these bounds.

    Source: a constant elasticity through the published point of each kind of work; do not use it
    far below 0.7.
    """
    if not 0 < power_share <= 1 or elasticity < 0:
        raise ValueError("a cap is a share of power in (0, 1], an elasticity at least 0")
    return float(power_share**elasticity)


@dataclass(frozen=True, slots=True)
class Oversubscribed:
    """More equipment than its nameplates would allow: how much more, how often it is held back, and
    what is won.
    """

    more_equipment: float
    """Extra systems over those that fit at full draw."""
    performance_each: float
    """Of one system while all are capped."""
    work: float
    """Of all systems capped, over those that fit at full draw."""


def oversubscribed(share_more: float, elasticity: float) -> Oversubscribed:
    """What does a hall gain that holds `share_more` more systems than fit at full draw and caps
    them all when they would exceed it?

    The worst case: all at full draw at once, as in training. Where draws differ in time, caps bind
    seldom and nearly all of `share_more` is won. ValueError for a negative share. Source: equal
    caps 1/(1 + s), performance as in `capped_performance`.
    """
    if share_more < 0:
        raise ValueError("oversubscription is not negative")
    each = capped_performance(1.0 / (1.0 + share_more), elasticity)
    return Oversubscribed(share_more, each, (1.0 + share_more) * each)
