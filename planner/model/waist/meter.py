"""Tariffs, carbon, water, ramps and layers as arrays."""

from __future__ import annotations

import numpy as np

from planner.arrays import KILO, MEGA, Floats
from planner.engineering.generation import ramp_lines
from planner.engineering.plant import usable_fraction
from planner.model.inputs_meter import CarbonInputs, LayerInputs, MeterInputs, RampInputs, TariffInputs, WaterInputs
from planner.scenario.case import Case

LINES = 8


def meter_of(case: Case, hours: Floats) -> MeterInputs:
    """The arrays of a case."""
    return MeterInputs(
        tariff=_tariff(case, hours),
        carbon=_carbon(case, hours),
        water=_water(case, len(hours)),
        ramp=_ramp(case),
        layers=_layers(case),
    )


def _places(case: Case) -> dict[str, int]:
    return {site.id: j for j, site in enumerate(case.sites)}


def _tariff(case: Case, hours: Floats) -> TariffInputs:
    n_l, n_t = len(case.sites), len(hours)
    charge, contract = np.zeros((n_l, n_t)), np.zeros((n_l, n_t))
    take, ratchet = np.zeros(n_l), np.zeros(n_l)
    grows, back = np.zeros(n_l, dtype=bool), np.zeros(n_l, dtype=np.int64)
    for tariff in case.tariffs:
        j = _places(case)[tariff.site]
        charge[j] = tariff.usd_per_mw_year / MEGA * case.timeline.step_years
        take[j], ratchet[j], back[j] = tariff.minimum_take, tariff.ratchet, tariff.ratchet_periods
        grows[j] = tariff.contract_w is None
        contract[j] = np.array(tariff.contract_w or case.sites[j].power_w or [0.0] * n_t) / MEGA
    return TariffInputs(charge, take, contract, grows, ratchet, back)


def _carbon(case: Case, hours: Floats) -> CarbonInputs:
    n_l, n_t = len(case.sites), len(hours)
    known, grid = np.zeros(n_l, dtype=bool), np.zeros((n_l, n_t))
    site_total, site_period = np.full(n_l, np.inf), np.full((n_l, n_t), np.inf)
    for entry in case.carbon:
        j = _places(case)[entry.site]
        known[j] = True
        grid[j] = np.array(entry.kg_per_mwh) * hours / MEGA
        if entry.total_t is not None:
            site_total[j] = entry.total_t / KILO
        for t, tonnes in entry.by_period_t.items():
            site_period[j, t] = tonnes / KILO
    over = np.zeros((len(case.sources), n_t))
    for k, source in enumerate(case.sources):
        j = _places(case)[source.site]
        if known[j]:
            over[k] = source.carbon_kg_per_mwh * hours / MEGA - grid[j]
    rules = case.carbon_rules
    period = np.array([rules.by_period_t.get(t, np.inf) for t in range(n_t)]) / KILO
    return CarbonInputs(
        known=known,
        grid_kt=grid,
        source_kt=over,
        price_musd=rules.price_usd_per_t * KILO / MEGA,
        site_total_kt=site_total,
        site_period_kt=site_period,
        total_kt=np.inf if rules.total_t is None else rules.total_t / KILO,
        period_kt=period,
    )


def _water(case: Case, n_t: int) -> WaterInputs:
    n_l = len(case.sites)
    total, period = np.full(n_l, np.inf), np.full((n_l, n_t), np.inf)
    for entry in case.water:
        j = _places(case)[entry.site]
        if entry.total_m3 is not None:
            total[j] = entry.total_m3 / KILO
        for t, volume in entry.by_period_m3.items():
            period[j, t] = volume / KILO
    return WaterInputs(total, period)


def _ramp(case: Case) -> RampInputs:
    n_l = len(case.sites)
    step, slope, offset = np.zeros(n_l), np.zeros((n_l, LINES)), np.zeros((n_l, LINES))
    for ramp in case.ramps:
        j = _places(case)[ramp.site]
        if ramp.most_w <= 0:
            continue
        step[j] = ramp.step
        for i, (rise, start) in enumerate(ramp_lines(ramp.most_w, ramp.limit_w_per_s, LINES)):
            slope[j, i], offset[j, i] = rise, start
    storage = np.array([s.unit_w / MEGA if s.kind == "storage" else 0.0 for s in case.sources])
    return RampInputs(
        step=step,
        slope_mwh_per_mw=slope,
        offset_mwh=offset,
        lines=tuple(str(i + 1) for i in range(LINES)),
        storage_mw=storage,
        storage_mwh=storage * np.array([s.storage_h for s in case.sources]),
    )


def _layers(case: Case) -> LayerInputs:
    own, n_t = case.layers, len(case.timeline)
    places = [_places(case)[entry.site] for entry in own]
    usable = [np.array(e.capacity_w) / MEGA * usable_fraction(e.needed, e.spare, e.copies) for e in own]
    return LayerInputs(
        names=tuple(f"{entry.site}:{entry.layer}" for entry in own),
        site=np.array(places, dtype=np.int64),
        basis=tuple(entry.basis for entry in own),
        relieved=np.array([entry.layer == "feed" for entry in own], dtype=bool),
        usable_mw=np.array(usable).reshape(len(own), n_t),
        usable=np.array([usable_fraction(e.needed, e.spare, e.copies) for e in own]),
    )
