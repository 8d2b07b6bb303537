"""Tariffs and ramps in plain numbers, with their limits and accounts."""

from __future__ import annotations

from planner.core.case import Case
from planner.core.limits import MW, PERCENT, Account, At, LimitKind, Unit, Words, site_path
from planner.core.whole import Broken, length, named
from planner.records import Record


class CaseTariff(Record):
    """What a site pays for power besides energy."""

    site: str
    usd_per_mw_year: float
    contract_w: list[float] | None
    """None: the site's power and the steps of the connection that are added."""
    minimum_take: float
    ratchet: float
    ratchet_periods: int
    """How many periods before a period its ratchet looks back."""


class CaseRamp(Record):
    """How fast a site's draw may change."""

    site: str
    limit_w_per_s: float
    step: float
    most_w: float
    """The largest step there can be: the share of all power that the site can ever have."""


class UtilityCase(Case):
    """Tariffs and ramps."""

    tariffs: list[CaseTariff] = []
    ramps: list[CaseRamp] = []

    def broken(self) -> Broken:
        """What cannot be of its part."""
        yield from super().broken()
        periods = len(self.timeline)
        for i, tariff in enumerate(self.tariffs):
            yield from named([tariff.site], self.site, f"tariffs.{i}.site")
            yield from length(tariff.contract_w, periods, f"tariffs.{i}.contract_w")
        for i, ramp in enumerate(self.ramps):
            yield from named([ramp.site], self.site, f"ramps.{i}.site")
            if not ramp.limit_w_per_s > 0:
                yield "a ramp is positive", f"ramps.{i}.limit_w_per_s"


SPEED = "a speed decides the coefficients of its rows"


def _ramp(at: At, says: str) -> Words:
    return Words(f"ramp at {at.key[0]}", f"{site_path(at.case, at.key[0])}.ramp", says)


def _power(at: At) -> Words:
    site, period = at.key
    return _ramp(at, f"storage at {site} in {period} takes the step of its load")


def _energy(at: At) -> Words:
    site, period, line = at.key
    return _ramp(
        at, f"storage at {site} in {period} holds the energy between step and ramp (line {line})"
    )


RAMP_POWER = LimitKind(
    "ramp.power", MW, _power, number="share", number_unit=PERCENT, floor=True, untold=SPEED
)
"""The number is the share of a site's draw that changes at once; likewise of `RAMP_ENERGY`."""
RAMP_ENERGY = LimitKind(
    "ramp.energy",
    Unit("MWh"),
    _energy,
    number="share",
    number_unit=PERCENT,
    floor=True,
    untold=SPEED,
)
DEMAND_CHARGE = Account("opex.demand_charge", "opex")
FACE = UtilityCase
