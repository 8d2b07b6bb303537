"""What is drawn from the grid and billed, and whether storage turns steps into ramps."""

from __future__ import annotations

from collections.abc import Iterator

from planner.capabilities.generation.case import GenerationCase
from planner.capabilities.generation.derive import load_mw, own_sources
from planner.capabilities.utility.case import (
    DEMAND_CHARGE,
    RAMP_ENERGY,
    RAMP_POWER,
    CaseTariff,
    UtilityCase,
)
from planner.capabilities.utility.tables import METER, MeterRow
from planner.core.case import CaseSite
from planner.core.limits import At
from planner.engineering.worth import ramp_lines
from planner.plan.derive import Derivation
from planner.plan.face import Derive, Ledger
from planner.plan.limit_row import LimitRow, limit_row


def money(d: Derivation, ledger: Ledger) -> None:
    """What utilities bill for power."""
    for tariff in d.case.of(UtilityCase).tariffs:
        for t, mw in enumerate(billed_mw(d, tariff)):
            ledger.spread(
                DEMAND_CHARGE, mw * tariff.usd_per_mw_year * d.case.timeline.step_years, t
            )


LINES = 8


def ramp_limits(d: Derivation) -> Iterator[LimitRow]:
    """Storage that turns steps into ramps."""
    for ramp in d.case.of(UtilityCase).ramps:
        if ramp.most_w <= 0 or not d.case.of(GenerationCase).sources:
            continue
        site = d.case.site[ramp.site]
        storage = [source for source in own_sources(d).at(ramp.site) if source.kind == "storage"]
        for t, label in enumerate(d.labels):
            jump = ramp.step * d.peak_mw(site, t)
            power = sum(own_sources(d).units(s, t) * s.unit_w / 1e6 for s in storage)
            energy = sum(own_sources(d).units(s, t) * s.unit_w / 1e6 * s.storage_h for s in storage)
            yield limit_row(RAMP_POWER, At(d.case, (ramp.site, label), 0.0), jump - power)
            for i, (slope, offset) in enumerate(
                ramp_lines(ramp.most_w, ramp.limit_w_per_s, LINES), start=1
            ):
                yield limit_row(
                    RAMP_ENERGY,
                    At(d.case, (ramp.site, label, str(i)), -offset),
                    slope * jump - energy,
                )


def grid_mw(d: Derivation, site: CaseSite, t: int) -> float:
    """Mean draw from the grid, with what storage loses; contracts are not the grid's."""
    return d.average_mw(site, t) - own_sources(d).put_out_mw(site.id, t)


def highest_mw(d: Derivation, site: CaseSite, t: int) -> float:
    """Draw from the grid at the worst moment: in the step of the load in which most is left after
    what sources carry.
    """
    if not any(source.covers for source in own_sources(d).at(site.id)):
        return d.peak_mw(site, t)
    steps = enumerate(d.case.of(GenerationCase).load_steps(site.id))
    average, peak = d.average_mw(site, t), d.peak_mw(site, t)
    return max(
        0.0,
        *(
            load_mw(average, peak, position) - own_sources(d).net_mw(site.id, t, i)
            for i, (_, position) in steps
        ),
    )


def billed_mw(d: Derivation, tariff: CaseTariff) -> list[float]:
    """Billed demand by period: the highest draw, a share of the contract, or a share of the highest
    draw before.
    """
    site = d.case.site[tariff.site]
    highest = [highest_mw(d, site, t) for t in range(len(d.labels))]
    billed = []
    for t in range(len(d.labels)):
        least = [0.0, highest[t]]
        if tariff.contract_w is not None:
            least.append(tariff.minimum_take * tariff.contract_w[t] / 1e6)
        else:
            power = 0.0 if site.power_w is None else site.power_w[t]
            least.append(
                tariff.minimum_take * (power + own_sources(d).connection_w(site.id, t)) / 1e6
            )
        if tariff.ratchet:
            least += [
                tariff.ratchet * highest[u] for u in range(max(0, t - tariff.ratchet_periods), t)
            ]
        billed.append(max(least))
    return billed


def meter_rows(d: Derivation) -> list[MeterRow]:
    """Sites with sources or a tariff, where the grid's part is not all of the energy or is billed
    for more.
    """
    rows, tariffs = [], {tariff.site: tariff for tariff in d.case.of(UtilityCase).tariffs}
    for site in d.case.sites:
        tariff = tariffs.get(site.id)
        if tariff is None and not own_sources(d).at(site.id):
            continue
        billed = None if tariff is None else billed_mw(d, tariff)
        for t, label in enumerate(d.labels):
            rows.append(
                MeterRow(
                    site=site.id,
                    period=label,
                    energy_mwh=grid_mw(d, site, t) * d.hours[t],
                    highest_mw=None if billed is None else highest_mw(d, site, t),
                    billed_mw=None if billed is None else billed[t],
                )
            )
    return rows


FACE = Derive(tables={METER: meter_rows}, limits=ramp_limits, money=money)
