"""Ramp limits: how fast the draw of a site may change at its meter."""

from __future__ import annotations

from planner.core.limits import MW, PERCENT, At, LimitKind, Unit, Words, site_path

SPEED = "a speed decides the coefficients of its rows"


def _ramp(at: At, says: str) -> Words:
    return Words(f"ramp at {at.key[0]}", f"{site_path(at.case, at.key[0])}.ramp", says)


def _power(at: At) -> Words:
    site, period = at.key
    return _ramp(at, f"storage at {site} in {period} takes the step of its load")


def _energy(at: At) -> Words:
    site, period, line = at.key
    return _ramp(at, f"storage at {site} in {period} holds the energy between step and ramp (line {line})")


RAMP_POWER = LimitKind("ramp.power", MW, _power, number="share", number_unit=PERCENT, floor=True, untold=SPEED)
"""The number is the share of a site's draw that changes at once; likewise of `RAMP_ENERGY`."""
RAMP_ENERGY = LimitKind("ramp.energy", Unit("MWh"), _energy, number="share", number_unit=PERCENT, floor=True, untold=SPEED)
