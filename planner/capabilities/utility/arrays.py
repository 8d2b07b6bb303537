"""Tariffs and ramps as arrays: L sites · T periods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.arrays import MEGA, Bools, Floats, Ints
from planner.capabilities.generation.case import GenerationCase
from planner.capabilities.utility.case import UtilityCase
from planner.engineering.worth import ramp_lines
from planner.model.inputs import Arrays, InputsContext


@dataclass(frozen=True)
class TariffInputs:
    """What sites pay for power besides energy."""

    charge_musd: Floats
    """[L, T] per MW billed in a period; 0 where there is no such charge."""
    minimum_take: Floats
    """[L]"""
    contract_mw: Floats
    """[L, T]"""
    contract_grows: Bools
    """[L] whether steps of the connection that are added count towards the contract."""
    ratchet: Floats
    """[L]"""
    ratchet_periods: Ints
    """[L]"""


@dataclass(frozen=True)
class RampInputs:
    """How fast draws may change. Stored energy over the step is bounded from below by lines that
    touch or pass above the curve.
    """

    step: Floats
    """[L] share of the highest draw that changes at once; 0: no limit."""
    slope_mwh_per_mw: Floats
    """[L, I]"""
    offset_mwh: Floats
    """[L, I] energy is at least slope · step + offset on each line."""
    lines: tuple[str, ...]
    storage_mw: Floats
    """[K] of a unit."""
    storage_mwh: Floats
    """[K]"""


LINES = 8


def _tariff(ctx: InputsContext) -> TariffInputs:
    case, hours = ctx.case, ctx.hours
    n_l, n_t = len(case.sites), len(hours)
    charge, contract = np.zeros((n_l, n_t)), np.zeros((n_l, n_t))
    take, ratchet = np.zeros(n_l), np.zeros(n_l)
    grows, back = np.zeros(n_l, dtype=bool), np.zeros(n_l, dtype=np.int64)
    for tariff in case.of(UtilityCase).tariffs:
        j = ctx.place[tariff.site]
        charge[j] = tariff.usd_per_mw_year / MEGA * case.timeline.step_years
        take[j], ratchet[j], back[j] = tariff.minimum_take, tariff.ratchet, tariff.ratchet_periods
        grows[j] = tariff.contract_w is None
        contract[j] = np.array(tariff.contract_w or case.sites[j].power_w or [0.0] * n_t) / MEGA
    return TariffInputs(charge, take, contract, grows, ratchet, back)


def _ramp(ctx: InputsContext) -> RampInputs:
    case = ctx.case
    n_l = len(case.sites)
    step, slope, offset = np.zeros(n_l), np.zeros((n_l, LINES)), np.zeros((n_l, LINES))
    for ramp in case.of(UtilityCase).ramps:
        j = ctx.place[ramp.site]
        if ramp.most_w <= 0:
            continue
        step[j] = ramp.step
        for i, (rise, start) in enumerate(ramp_lines(ramp.most_w, ramp.limit_w_per_s, LINES)):
            slope[j, i], offset[j, i] = rise, start
    storage = np.array(
        [s.unit_w / MEGA if s.kind == "storage" else 0.0 for s in case.of(GenerationCase).sources]
    )
    return RampInputs(
        step=step,
        slope_mwh_per_mw=slope,
        offset_mwh=offset,
        lines=tuple(str(i + 1) for i in range(LINES)),
        storage_mw=storage,
        storage_mwh=storage * np.array([s.storage_h for s in case.of(GenerationCase).sources]),
    )


def parts(ctx: InputsContext) -> Iterator[object]:
    """Tariffs and ramps."""
    yield _tariff(ctx)
    yield _ramp(ctx)


FACE = Arrays(parts)
