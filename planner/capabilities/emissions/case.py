"""Carbon and water in plain numbers, with their ceilings and what carbon costs."""

from __future__ import annotations

from planner.core.case import Case
from planner.core.limits import Account, At, LimitKind, Unit, Words, site_path
from planner.core.whole import Broken, inside, length, named
from planner.records import Record


class CaseCarbon(Record):
    """What a site's grid emits, and the site's ceilings."""

    site: str
    kg_per_mwh: list[float]
    total_t: float | None
    by_period_t: dict[int, float]


class CaseCarbonRules(Record):
    """Ceilings over all sites, and the price."""

    total_t: float | None = None
    by_period_t: dict[int, float] = {}
    price_usd_per_t: float = 0.0


class CaseWater(Record):
    """Water per IT energy at a site, and its ceilings."""

    site: str
    air_l_per_kwh: float
    liquid_l_per_kwh: float
    total_m3: float | None
    by_period_m3: dict[int, float]


class EmissionsCase(Case):
    """Carbon and water."""

    carbon: list[CaseCarbon] = []
    carbon_rules: CaseCarbonRules = CaseCarbonRules()
    water: list[CaseWater] = []

    def broken(self) -> Broken:
        """What cannot be of its part."""
        yield from super().broken()
        periods = len(self.timeline)
        for i, carbon in enumerate(self.carbon):
            yield from named([carbon.site], self.site, f"carbon.{i}.site")
            yield from length(carbon.kg_per_mwh, periods, f"carbon.{i}.kg_per_mwh")
            yield from inside(carbon.by_period_t, periods, f"carbon.{i}.by_period_t")
        yield from inside(self.carbon_rules.by_period_t, periods, "carbon_rules.by_period_t")
        for i, water in enumerate(self.water):
            yield from named([water.site], self.site, f"water.{i}.site")
            yield from inside(water.by_period_m3, periods, f"water.{i}.by_period_m3")


def _emits(at: At, where: str, when: str) -> str:
    return f"{where} may emit {at.told} ktCO2e {when}"


def _site_total(at: At) -> Words:
    (site,) = at.key
    return Words(
        f"carbon at {site}",
        f"{site_path(at.case, site)}.carbon.total",
        _emits(at, site, "over the horizon"),
    )


def _site_period(at: At) -> Words:
    site, period = at.key
    path = f"{site_path(at.case, site)}.carbon.by_period"
    return Words(f"carbon at {site} by period", path, _emits(at, site, f"in {period}"))


def _total(at: At) -> Words:
    return Words("carbon", "carbon.total", _emits(at, "all sites together", "over the horizon"))


def _by_period(at: At) -> Words:
    return Words(
        "carbon by period", "carbon.by_period", _emits(at, "all sites together", f"in {at.key[0]}")
    )


def _water_total(at: At) -> Words:
    (site,) = at.key
    says = f"{site} may take {at.told} ML of water over the horizon"
    return Words(f"water at {site}", f"{site_path(at.case, site)}.water.total", says)


def _water_period(at: At) -> Words:
    site, period = at.key
    says = f"{site} may take {at.told} ML of water in {period}"
    return Words(f"water at {site} by period", f"{site_path(at.case, site)}.water.by_period", says)


CARBON, WATER = Unit("ktCO2e"), Unit("ML")
SITE_TOTAL = LimitKind("carbon.site_total", CARBON, _site_total)
SITE_PERIOD = LimitKind("carbon.site_period", CARBON, _site_period)
TOTAL = LimitKind("carbon.total", CARBON, _total)
BY_PERIOD = LimitKind("carbon.by_period", CARBON, _by_period)
WATER_TOTAL = LimitKind("water.site_total", WATER, _water_total)
WATER_PERIOD = LimitKind("water.site_period", WATER, _water_period)
CARBON_OPEX = Account("opex.carbon", "opex")
FACE = EmissionsCase
