"""Limits on power sources: how many, how much under a permit, how long, and what must come through the connection."""

from __future__ import annotations

from collections.abc import Iterator

from planner.plan.derive import Derivation
from planner.plan.limits.row import limit_row
from planner.plan.schema import LimitRow


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
    """Mean draw that must come through the connection, at sites with sources."""
    for j, site in enumerate(d.case.sites):
        if site.power_w is None or not d.sources.at(site.id) or not d.may_stand(site.id):
            continue
        for t, label in enumerate(d.labels):
            limit = site.power_w[t] / 1e6
            used = d.average_mw(site, t) - d.sources.put_out_mw(site.id, t, behind_meter=True) - d.sources.connection_w(site.id, t) / 1e6
            says = f"{site.id} has {limit:g} MW energized in {label} for what its own sources do not put out"
            row, name = f"sources.connection[{site.id},{label}]", f"power at {site.id}"
            yield limit_row(row, name, says, "MW", used, limit, path=f"sites.{j}.power")
