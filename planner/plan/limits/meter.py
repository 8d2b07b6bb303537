"""Limits on carbon, water, ramps and layers of the plant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.capabilities.emissions import limits as emissions
from planner.capabilities.plant.limits import LAYER
from planner.capabilities.utility.limits import RAMP_ENERGY, RAMP_POWER
from planner.core.limits import At
from planner.engineering.generation import ramp_lines
from planner.engineering.plant import usable_fraction
from planner.plan.derive import Derivation
from planner.plan.limits.row import limit_row
from planner.plan.meter import carbon_rows, water_rows
from planner.plan.schema import LimitRow

LINES = 8


def meter_limits(d: Derivation) -> Iterator[LimitRow]:
    """Every limit of these kinds."""
    yield from _carbon(d)
    yield from _water(d)
    yield from _ramps(d)
    yield from _layers(d)


def _carbon(d: Derivation) -> Iterator[LimitRow]:
    kt: dict[tuple[str, str], float] = defaultdict(float)
    for row in carbon_rows(d):
        kt[row.site, row.period] = (row.grid_t + row.sources_t) / 1e3
    for entry in d.case.carbon:
        if entry.total_t is not None:
            used = sum(kt[entry.site, label] for label in d.labels)
            yield limit_row(emissions.SITE_TOTAL, At(d.case, (entry.site,), entry.total_t / 1e3), used)
        for t, tonnes in entry.by_period_t.items():
            key = (entry.site, d.labels[t])
            yield limit_row(emissions.SITE_PERIOD, At(d.case, key, tonnes / 1e3), kt[key])
    rules = d.case.carbon_rules
    if rules.total_t is not None and d.case.carbon:
        yield limit_row(emissions.TOTAL, At(d.case, ("horizon",), rules.total_t / 1e3), sum(kt.values()))
    for t, tonnes in rules.by_period_t.items() if d.case.carbon else ():
        used = sum(kt[entry.site, d.labels[t]] for entry in d.case.carbon)
        yield limit_row(emissions.BY_PERIOD, At(d.case, (d.labels[t],), tonnes / 1e3), used)


def _water(d: Derivation) -> Iterator[LimitRow]:
    ml = {(row.site, row.period): row.water_m3 / 1e3 for row in water_rows(d)}
    for entry in d.case.water:
        if entry.total_m3 is not None:
            used = sum(ml[entry.site, label] for label in d.labels)
            yield limit_row(emissions.WATER_TOTAL, At(d.case, (entry.site,), entry.total_m3 / 1e3), used)
        for t, volume in entry.by_period_m3.items():
            key = (entry.site, d.labels[t])
            yield limit_row(emissions.WATER_PERIOD, At(d.case, key, volume / 1e3), ml[key])


def _ramps(d: Derivation) -> Iterator[LimitRow]:
    for ramp in d.case.ramps:
        if ramp.most_w <= 0 or not d.case.sources:
            continue
        site = d.case.site[ramp.site]
        storage = [source for source in d.sources.at(ramp.site) if source.kind == "storage"]
        for t, label in enumerate(d.labels):
            jump = ramp.step * d.peak_mw(site, t)
            power = sum(d.sources.units(s, t) * s.unit_w / 1e6 for s in storage)
            energy = sum(d.sources.units(s, t) * s.unit_w / 1e6 * s.storage_h for s in storage)
            yield limit_row(RAMP_POWER, At(d.case, (ramp.site, label), 0.0), jump - power)
            for i, (slope, offset) in enumerate(ramp_lines(ramp.most_w, ramp.limit_w_per_s, LINES), start=1):
                yield limit_row(RAMP_ENERGY, At(d.case, (ramp.site, label, str(i)), -offset), slope * jump - energy)


def _layers(d: Derivation) -> Iterator[LimitRow]:
    for layer in d.case.layers:
        site = d.case.site[layer.site]
        if not d.may_stand(layer.site):
            continue
        for t, label in enumerate(d.labels):
            used = d.sized_w(site, t)[layer.basis] / 1e6
            if layer.layer == "feed":
                own = [source for source in d.sources.at(layer.site) if source.behind_meter]
                used -= sum(source.firm_of(d.sources.units(source, t)) / 1e6 for source in own)
            limit = layer.capacity_w[t] / 1e6 * usable_fraction(layer.needed, layer.spare, layer.copies)
            yield limit_row(LAYER, At(d.case, (f"{layer.site}:{layer.layer}", label), limit), used)
