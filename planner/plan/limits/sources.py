"""Limits on power sources: how many, how much under a permit, how long, and what must come through the connection."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.generation.limits import AT_MOST, DRAW, PERMIT_POWER, PERMIT_TIME
from planner.core.limits import At
from planner.plan.derive import Derivation
from planner.plan.limits.row import limit_row
from planner.plan.schema import LimitRow
from planner.plan.sources import load_mw


def source_limits(d: Derivation) -> Iterator[LimitRow]:
    """Every limit of every source in every period."""
    own = d.sources
    for source in d.case.sources:
        units = [own.units(source, t) for t in range(len(d.labels))]
        for t, label in enumerate(d.labels):
            key = (source.key, label)
            yield limit_row(AT_MOST, At(d.case, key, source.most_units), units[t])
            if source.permit_w is not None:
                yield limit_row(PERMIT_POWER, At(d.case, key, source.permit_w / 1e6), units[t] * source.unit_w / 1e6)
            longest = source.permit_periods
            if longest is not None and t >= longest:
                idle = sum(n == 0 for n in units[t - longest : t + 1])
                yield limit_row(PERMIT_TIME, At(d.case, key, 1), idle)


def connection_limits(d: Derivation) -> Iterator[LimitRow]:
    """What must come through the connection in each step of the load, at sites whose own sources are counted on."""
    for site in d.case.sites:
        firm = [source for source in d.sources.at(site.id) if source.behind_meter and source.firm_w > 0]
        if site.power_w is None or not firm or not d.may_stand(site.id):
            continue
        for t, label in enumerate(d.labels):
            if not any(source.earliest <= min(t, source.latest) for source in firm):
                continue
            limit, more = site.power_w[t] / 1e6, d.sources.connection_w(site.id, t) / 1e6
            highest, average = d.sized_w(site, t)["utility"] / 1e6, d.average_mw(site, t)
            for i, (_, position) in enumerate(d.case.load_steps(site.id)):
                used = load_mw(average, highest, position) - d.sources.net_mw(site.id, t, i) - more
                yield limit_row(DRAW, At(d.case, (site.id, f"step {i + 1}", label), limit), used)
