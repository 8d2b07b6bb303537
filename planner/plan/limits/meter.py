"""Limits on carbon, water, ramps and layers of the plant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

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
    places = [site.id for site in d.case.sites]
    kt: dict[tuple[str, str], float] = defaultdict(float)
    for row in carbon_rows(d):
        kt[row.site, row.period] = (row.grid_t + row.sources_t) / 1e3
    for entry in d.case.carbon:
        name, path = f"carbon at {entry.site}", f"sites.{places.index(entry.site)}.carbon"
        by_period = f"{name} by period", f"{path}.by_period"
        if entry.total_t is not None:
            used, limit = sum(kt[entry.site, label] for label in d.labels), entry.total_t / 1e3
            says = f"{entry.site} may emit {limit:g} ktCO2e over the horizon"
            yield limit_row(f"carbon.site_total[{entry.site}]", name, says, "ktCO2e", used, limit, path=f"{path}.total")
        for t, tonnes in entry.by_period_t.items():
            label, limit = d.labels[t], tonnes / 1e3
            says, key = f"{entry.site} may emit {limit:g} ktCO2e in {label}", f"carbon.site_period[{entry.site},{label}]"
            yield limit_row(key, by_period[0], says, "ktCO2e", kt[entry.site, label], limit, path=by_period[1])
    rules = d.case.carbon_rules
    if rules.total_t is not None and d.case.carbon:
        limit = rules.total_t / 1e3
        says = f"all sites together may emit {limit:g} ktCO2e over the horizon"
        yield limit_row("carbon.total[horizon]", "carbon", says, "ktCO2e", sum(kt.values()), limit, path="carbon.total")
    for t, tonnes in rules.by_period_t.items() if d.case.carbon else ():
        label, limit = d.labels[t], tonnes / 1e3
        used = sum(kt[entry.site, label] for entry in d.case.carbon)
        says, path = f"all sites together may emit {limit:g} ktCO2e in {label}", "carbon.by_period"
        yield limit_row(f"carbon.by_period[{label}]", "carbon by period", says, "ktCO2e", used, limit, path=path)


def _water(d: Derivation) -> Iterator[LimitRow]:
    places = [site.id for site in d.case.sites]
    ml = {(row.site, row.period): row.water_m3 / 1e3 for row in water_rows(d)}
    for entry in d.case.water:
        path = f"sites.{places.index(entry.site)}.water"
        if entry.total_m3 is not None:
            used, limit = sum(ml[entry.site, label] for label in d.labels), entry.total_m3 / 1e3
            says = f"{entry.site} may take {limit:g} ML of water over the horizon"
            yield limit_row(f"water.site_total[{entry.site}]", f"water at {entry.site}", says, "ML", used, limit, path=path + ".total")
        for t, volume in entry.by_period_m3.items():
            label, limit = d.labels[t], volume / 1e3
            says = f"{entry.site} may take {limit:g} ML of water in {label}"
            row, name = f"water.site_period[{entry.site},{label}]", f"water at {entry.site} by period"
            yield limit_row(row, name, says, "ML", ml[entry.site, label], limit, path=path + ".by_period")


def _ramps(d: Derivation) -> Iterator[LimitRow]:
    places = [site.id for site in d.case.sites]
    for ramp in d.case.ramps:
        if ramp.most_w <= 0 or not d.case.sources:
            continue
        site, name, path = d.case.site[ramp.site], f"ramp at {ramp.site}", f"sites.{places.index(ramp.site)}.ramp"
        storage = [source for source in d.sources.at(ramp.site) if source.kind == "storage"]
        for t, label in enumerate(d.labels):
            jump = ramp.step * d.peak_mw(site, t)
            power = sum(d.sources.units(s, t) * s.unit_w / 1e6 for s in storage)
            energy = sum(d.sources.units(s, t) * s.unit_w / 1e6 * s.storage_h for s in storage)
            says = f"storage at {ramp.site} in {label} takes the step of its load"
            yield limit_row(f"ramp.power[{ramp.site},{label}]", name, says, "MW", jump - power, 0.0, path=path)
            for i, (slope, offset) in enumerate(ramp_lines(ramp.most_w, ramp.limit_w_per_s, LINES), start=1):
                says = f"storage at {ramp.site} in {label} holds the energy between step and ramp (line {i})"
                row = f"ramp.energy[{ramp.site},{label},{i}]"
                yield limit_row(row, name, says, "MWh", slope * jump - energy, -offset, path=path)


def _layers(d: Derivation) -> Iterator[LimitRow]:
    for layer in d.case.layers:
        site, key = d.case.site[layer.site], f"{layer.site}:{layer.layer}"
        if not d.may_stand(layer.site):
            continue
        for t, label in enumerate(d.labels):
            used = d.sized_w(site, t)[layer.basis] / 1e6
            if layer.layer == "feed":
                own = [source for source in d.sources.at(layer.site) if source.behind_meter]
                used -= sum(source.firm_of(d.sources.units(source, t)) / 1e6 for source in own)
            limit = layer.capacity_w[t] / 1e6 * usable_fraction(layer.needed, layer.spare, layer.copies)
            says = f"{key} may carry {limit:g} MW in {label}"
            yield limit_row(f"layers.carries[{key},{label}]", f"layer {key}", says, "MW", used, limit, path=f"{layer.path}.capacity")
