"""Limits on power sources: how many, how much under a permit, how long, and what must come through the connection."""

from __future__ import annotations

from collections.abc import Iterator

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
            key = f"[{source.key},{label}]"
            says = f"at most {source.most_units:g} unit{'' if source.most_units == 1 else 's'} of {source.key} may stand in {label}"
            name = f"power source {source.key}"
            path = f"{source.path}.at_most"
            yield limit_row("sources.at_most" + key, name, says, "units", units[t], source.most_units, path=path)
            if source.permit_w is not None:
                limit = source.permit_w / 1e6
                says, used = f"the permit of {source.key} is for {limit:g} MW in {label}", units[t] * source.unit_w / 1e6
                path = f"{source.path}.permit.power"
                yield limit_row("sources.permit_power" + key, f"permit of {source.key}", says, "MW", used, limit, path=path)
            longest = source.permit_periods
            if longest is not None and t >= longest:
                idle = sum(n == 0 for n in units[t - longest : t + 1])
                says = f"{source.key} may stand {longest} periods at a stretch, up to {label}"
                path = f"{source.path}.permit.lasts"
                yield limit_row("sources.permit_time" + key, f"time limit of {source.key}", says, "periods", idle, 1, least=True, path=path)


def connection_limits(d: Derivation) -> Iterator[LimitRow]:
    """What must come through the connection in each step of the load, at sites whose own sources are counted on."""
    for j, site in enumerate(d.case.sites):
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
                step = f"step {i + 1}"
                says = f"{site.id} has {limit:g} MW energized in {label} for what its own sources do not carry in {step} of its load"
                row, name = f"cover.draw[{site.id},{step},{label}]", f"power at {site.id}"
                yield limit_row(row, name, says, "MW", used, limit, path=f"sites.{j}.power")
