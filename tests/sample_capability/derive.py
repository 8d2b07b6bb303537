"""What follows from fuel stores, and whether they last: no model, no solver."""

from __future__ import annotations

from collections.abc import Iterator

from planner.core.limits import At
from planner.errors import Problem
from planner.plan.compare import ABSOLUTE, RELATIVE
from planner.plan.derive import Derivation
from planner.plan.face import Derive, Ledger
from planner.plan.limit_row import LimitRow, limit_row
from planner.plan.schema import Plan
from tests.sample_capability.case import CaseFuelStore, FuelStoresCase
from tests.sample_capability.declared import AT_MOST, STORES
from tests.sample_capability.tables import FUEL_STORES


def _volumes(d: Derivation, store: CaseFuelStore) -> list[float]:
    rows = {
        row.period: row.volume_m3 for row in d.decisions.of(FUEL_STORES) if row.site == store.site
    }
    return [rows.get(label, 0.0) for label in d.labels]


def limits(d: Derivation) -> Iterator[LimitRow]:
    """What may stand."""
    for store in d.case.of(FuelStoresCase).fuel_stores:
        for label, volume in zip(d.labels, _volumes(d, store), strict=True):
            yield limit_row(AT_MOST, At(d.case, (store.site, label), store.most_m3), volume)


def decided(plan: Plan, d: Derivation) -> Iterator[Problem]:
    """Stores last, and never shrink."""
    for store in d.case.of(FuelStoresCase).fuel_stores:
        before = 0.0
        for t, volume in enumerate(_volumes(d, store)):
            needed = max(before, store.m3_per_mw * d.average_mw(d.case.site[store.site], t))
            if volume < needed - ABSOLUTE - RELATIVE * needed:
                message = (
                    f"{volume:.6g} m3 of fuel stand at {store.site} in {d.labels[t]}, "
                    f"{needed:.6g} m3 are needed"
                )
                yield Problem("A002", message, path="fuel_stores")
            before = volume


def money(d: Derivation, ledger: Ledger) -> None:
    """Every addition, on the first day of its period."""
    for store in d.case.of(FuelStoresCase).fuel_stores:
        before = 0.0
        for start, volume in zip(d.case.timeline.starts, _volumes(d, store), strict=True):
            ledger.post(STORES, (volume - before) * store.cost_usd_per_m3, day=start)
            before = volume


FACE = Derive(limits=limits, money=money, decided=decided)
