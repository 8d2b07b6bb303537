"""Limits of a site: power at the meter, critical IT, cooling, positions."""

from __future__ import annotations

from planner.core.limits import MW, RACKS, At, LimitKind, Unit, Words, site_path


def _power(at: At) -> Words:
    site, period = at.key
    besides = any(source.site == site for source in at.case.sources)
    says = f"{site} has {at.amount:g} MW energized in {period}" + " besides what its sources can be counted on for" * besides
    return Words(f"power at {site}", f"{site_path(at.case, site)}.power", says)


def _critical_it(at: At) -> Words:
    site, period = at.key
    path = f"{site_path(at.case, site)}.{at.case.site[site].it_key}"
    return Words(f"critical IT at {site}", path, f"{site} has {at.amount:g} MW of critical IT in {period}")


def _cooling(at: At, way: str) -> Words:
    name = f"{way} cooling at {at.key[0]}"
    return Words(name, f"{site_path(at.case, at.key[0])}.cooling.{way}", f"{name} carries {at.amount:g} MW")


def _liquid(at: At) -> Words:
    return _cooling(at, "liquid")


def _air(at: At) -> Words:
    return _cooling(at, "air")


def _positions(at: At) -> Words:
    site, period = at.key
    says = f"{site} has {at.amount:g} rack positions in {period}"
    return Words(f"positions at {site}", f"{site_path(at.case, site)}.positions", says)


HEAT = Unit("MW heat")
POWER = LimitKind("power.utility", MW, _power, dated=True)
CRITICAL_IT = LimitKind("power.critical_it", MW, _critical_it, dated=True)
LIQUID = LimitKind("cooling.liquid", HEAT, _liquid)
AIR = LimitKind("cooling.air", HEAT, _air)
POSITIONS = LimitKind("space.positions", RACKS, _positions, dated=True)
