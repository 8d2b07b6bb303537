"""Limits of power sources: how many, how much under a permit and how long, and what comes through the connection beside them."""

from __future__ import annotations

from planner.core.limits import MW, At, LimitKind, Unit, Words, site_path
from planner.scenario.case.power import CaseSource


def _source(at: At) -> CaseSource:
    return next(source for source in at.case.sources if source.key == at.key[0])


def _at_most(at: At) -> Words:
    key, period = at.key
    says = f"at most {at.amount:g} {UNITS.of(at.amount)} of {key} may stand in {period}"
    return Words(f"power source {key}", f"{_source(at).path}.at_most", says)


def _permit_power(at: At) -> Words:
    key, period = at.key
    return Words(f"permit of {key}", f"{_source(at).path}.permit.power", f"the permit of {key} is for {at.amount:g} MW in {period}")


def _permit_time(at: At) -> Words:
    key, period = at.key
    source = _source(at)
    says = f"{key} may stand {source.permit_periods} periods at a stretch, up to {period}"
    return Words(f"time limit of {key}", f"{source.path}.permit.lasts", says)


def _longer(at: At, by: float) -> str:
    return f"it may stand longer than {_source(at).permit_periods} periods at a stretch"


def _draw(at: At) -> Words:
    site, step, period = at.key
    says = f"{site} has {at.amount:g} MW energized in {period} for what its own sources do not carry in {step} of its load"
    return Words(f"power at {site}", f"{site_path(at.case, site)}.power", says)


UNITS = Unit("units", "unit")
AT_MOST = LimitKind("sources.at_most", UNITS, _at_most, number="affine", number_unit=MW)
PERMIT_POWER = LimitKind("sources.permit_power", MW, _permit_power)
PERMIT_TIME = LimitKind(
    "sources.permit_time",
    Unit("periods", "period"),
    _permit_time,
    least=True,
    number="choice",
    instead=_longer,
    untold="a time in whole periods decides which rows there are",
)
DRAW = LimitKind("cover.draw", MW, _draw, dated=True, twin=True)
"""Repeats the power of its site, step by step of the load."""
