"""Sites in plain numbers: what of them cannot be, their limits and accounts."""

from __future__ import annotations

from planner.capabilities.generation.case import GenerationCase
from planner.core.case import Case
from planner.core.limits import MW, RACKS, Account, At, LimitKind, Unit, Words, site_path
from planner.core.whole import Broken, bill, length


class SitesCase(Case):
    """What every plan has of sites is in the common part."""

    def broken(self) -> Broken:
        """What cannot be of sites."""
        yield from super().broken()
        periods = len(self.timeline)
        for i, site in enumerate(self.sites):
            for key in ("power_w", "critical_it_w", "positions", "leased_mw_years"):
                yield from length(getattr(site, key), periods, f"sites.{i}.{key}")
            for key in ("pue_annual_air", "pue_peak_air", "pue_annual_liquid", "pue_peak_liquid"):
                if getattr(site, key) < 1:
                    yield f"a PUE is at least 1, not {getattr(site, key):g}", f"sites.{i}.{key}"
            yield from bill(site.payments, f"sites.{i}.payments")


def _power(at: At) -> Words:
    site, period = at.key
    besides = any(source.site == site for source in at.case.of(GenerationCase).sources)
    says = (
        f"{site} has {at.told} MW energized in {period}"
        + " besides what its sources can be counted on for" * besides
    )
    return Words(f"power at {site}", f"{site_path(at.case, site)}.power", says)


def _critical_it(at: At) -> Words:
    site, period = at.key
    path = f"{site_path(at.case, site)}.{at.case.site[site].it_key}"
    return Words(
        f"critical IT at {site}", path, f"{site} has {at.told} MW of critical IT in {period}"
    )


def _cooling(at: At, way: str) -> Words:
    name = f"{way} cooling at {at.key[0]}"
    return Words(
        name, f"{site_path(at.case, at.key[0])}.cooling.{way}", f"{name} carries {at.told} MW"
    )


def _liquid(at: At) -> Words:
    return _cooling(at, "liquid")


def _air(at: At) -> Words:
    return _cooling(at, "air")


def _positions(at: At) -> Words:
    site, period = at.key
    says = f"{site} has {at.told} rack positions in {period}"
    return Words(f"positions at {site}", f"{site_path(at.case, site)}.positions", says)


HEAT = Unit("MW heat")
POWER = LimitKind("power.utility", MW, _power, dated=True)
CRITICAL_IT = LimitKind("power.critical_it", MW, _critical_it, dated=True)
LIQUID = LimitKind("cooling.liquid", HEAT, _liquid)
AIR = LimitKind("cooling.air", HEAT, _air)
POSITIONS = LimitKind("space.positions", RACKS, _positions, dated=True)
BUILDINGS = Account("capex.construction", "capex")
BUILDINGS_WORTH = Account("residual.construction", "income", kind="residual")
ENERGY = Account("opex.energy", "opex")
OPERATIONS = Account("opex.operations", "opex")
RENT = Account("opex.rent", "opex")
FACE = SitesCase
