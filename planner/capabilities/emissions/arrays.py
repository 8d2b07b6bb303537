"""Carbon and water as arrays: L sites · S systems · T periods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.arrays import KILO, MEGA, Bools, Floats
from planner.capabilities.emissions.case import EmissionsCase
from planner.capabilities.generation.case import GenerationCase
from planner.model.inputs import Arrays, InputsContext


@dataclass(frozen=True)
class CarbonInputs:
    """What is emitted."""

    known: Bools
    """[L] whether it is known what the site's grid emits."""
    grid_kt: Floats
    """[L, T] of 1 MW drawn from the grid through a period."""
    source_kt: Floats
    """[K, T] of 1 MW put out by a source, over what the grid would have emitted for it."""
    price_musd: float
    """Per ktCO2e."""
    site_total_kt: Floats
    """[L]"""
    site_period_kt: Floats
    """[L, T]"""
    total_kt: float
    period_kt: Floats
    """[T]"""


@dataclass(frozen=True)
class WaterInputs:
    """What cooling takes."""

    site_total_ml: Floats
    """[L]"""
    site_period_ml: Floats
    """[L, T]"""


def _carbon(ctx: InputsContext) -> CarbonInputs:
    case, hours = ctx.case, ctx.hours
    n_l, n_t = len(case.sites), len(hours)
    known, grid = np.zeros(n_l, dtype=bool), np.zeros((n_l, n_t))
    site_total, site_period = np.full(n_l, np.inf), np.full((n_l, n_t), np.inf)
    for entry in case.of(EmissionsCase).carbon:
        j = ctx.place[entry.site]
        known[j] = True
        grid[j] = np.array(entry.kg_per_mwh) * hours / MEGA
        if entry.total_t is not None:
            site_total[j] = entry.total_t / KILO
        for t, tonnes in entry.by_period_t.items():
            site_period[j, t] = tonnes / KILO
    over = np.zeros((len(case.of(GenerationCase).sources), n_t))
    for k, source in enumerate(case.of(GenerationCase).sources):
        j = ctx.place[source.site]
        if known[j]:
            over[k] = source.carbon_kg_per_mwh * hours / MEGA - grid[j]
    rules = case.of(EmissionsCase).carbon_rules
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


def _water(ctx: InputsContext) -> WaterInputs:
    case, hours = ctx.case, ctx.hours
    n_t = len(hours)
    n_l = len(case.sites)
    total, period = np.full(n_l, np.inf), np.full((n_l, n_t), np.inf)
    for entry in case.of(EmissionsCase).water:
        j = ctx.place[entry.site]
        if entry.total_m3 is not None:
            total[j] = entry.total_m3 / KILO
        for t, volume in entry.by_period_m3.items():
            period[j, t] = volume / KILO
    return WaterInputs(total, period)


def parts(ctx: InputsContext) -> Iterator[object]:
    """Carbon and water."""
    yield _carbon(ctx)
    yield _water(ctx)


FACE = Arrays(parts)
