"""Ceilings on carbon and water: of a site or of all together, over the horizon or by period."""

from __future__ import annotations

from planner.core.limits import At, LimitKind, Unit, Words, site_path


def _emits(at: At, where: str, when: str) -> str:
    return f"{where} may emit {at.amount:g} ktCO2e {when}"


def _site_total(at: At) -> Words:
    (site,) = at.key
    return Words(f"carbon at {site}", f"{site_path(at.case, site)}.carbon.total", _emits(at, site, "over the horizon"))


def _site_period(at: At) -> Words:
    site, period = at.key
    path = f"{site_path(at.case, site)}.carbon.by_period"
    return Words(f"carbon at {site} by period", path, _emits(at, site, f"in {period}"))


def _total(at: At) -> Words:
    return Words("carbon", "carbon.total", _emits(at, "all sites together", "over the horizon"))


def _by_period(at: At) -> Words:
    return Words("carbon by period", "carbon.by_period", _emits(at, "all sites together", f"in {at.key[0]}"))


def _water_total(at: At) -> Words:
    (site,) = at.key
    says = f"{site} may take {at.amount:g} ML of water over the horizon"
    return Words(f"water at {site}", f"{site_path(at.case, site)}.water.total", says)


def _water_period(at: At) -> Words:
    site, period = at.key
    says = f"{site} may take {at.amount:g} ML of water in {period}"
    return Words(f"water at {site} by period", f"{site_path(at.case, site)}.water.by_period", says)


CARBON, WATER = Unit("ktCO2e"), Unit("ML")
SITE_TOTAL = LimitKind("carbon.site_total", CARBON, _site_total)
SITE_PERIOD = LimitKind("carbon.site_period", CARBON, _site_period)
TOTAL = LimitKind("carbon.total", CARBON, _total)
BY_PERIOD = LimitKind("carbon.by_period", CARBON, _by_period)
WATER_TOTAL = LimitKind("water.site_total", WATER, _water_total)
WATER_PERIOD = LimitKind("water.site_period", WATER, _water_period)
