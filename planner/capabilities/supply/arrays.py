"""Supply, orders and qualifications as arrays: K entries · Q qualifications · S systems · T
periods.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

import numpy as np

from planner.arrays import MEGA, Floats
from planner.capabilities.fleet.case import FleetCase
from planner.capabilities.supply.case import CaseQualification, SupplyCase
from planner.core.case import Case
from planner.model.inputs import Arrays, InputsContext, SupplyInputs
from planner.model.terms import ABSENT
from planner.periods import later


def supply_of(case: Case, most: Floats) -> SupplyInputs:
    """The arrays; `most` is [S, L], how many of a system a site can ever hold."""
    n_t = len(case.timeline)
    rows = {s.id: i for i, s in enumerate(case.systems)}
    system = np.array([rows[entry.system] for entry in case.of(SupplyCase).supply], dtype=np.int64)
    cumulative = np.array(
        [entry.cumulative or [np.inf] * n_t for entry in case.of(SupplyCase).supply],
        dtype=np.float64,
    ).reshape(-1, n_t)
    ceilings = [[entry.ceiling(t) for t in range(n_t)] for entry in case.of(SupplyCase).supply]
    each = np.array(
        [[np.inf if c is None else c for c in row] for row in ceilings], dtype=np.float64
    ).reshape(-1, n_t)
    # what arrives in one period runs at once, so it all stands somewhere
    at_once = np.repeat(most.sum(axis=1)[:, None], n_t, axis=1)
    product = np.array([rows[s.product] for s in case.systems], dtype=np.int64)
    at_once = np.array([at_once[product == p].sum(axis=0) for p in range(len(product))])[product]
    for k, s in enumerate(system):
        at_once[s] = np.floor(np.minimum.reduce([at_once[s], cumulative[k], each[k]]) + 1e-9)
    return SupplyInputs(
        product=product,
        system=system,
        cumulative=cumulative,
        rate=np.array(
            [
                [np.inf if e.per_period is None else e.per_period] * n_t
                for e in case.of(SupplyCase).supply
            ],
            dtype=float,
        ).reshape(-1, n_t),
        schedule=np.array(
            [e.schedule or [np.inf] * n_t for e in case.of(SupplyCase).supply], dtype=np.float64
        ).reshape(-1, n_t),
        minimum=np.array([float(entry.minimum_order) for entry in case.of(SupplyCase).supply]),
        lot=np.array([float(entry.lot) for entry in case.of(SupplyCase).supply]),
        on_order=on_order(case),
        most=at_once,
        suppliers=tuple(q.supplier for q in case.of(SupplyCase).qualifications),
        waits_for=np.array(
            [[s.id in q.systems for s in case.systems] for q in case.of(SupplyCase).qualifications],
            dtype=bool,
        ).reshape(-1, len(case.systems)),
        begun_by=np.array(
            [_begun_by(case, q) for q in case.of(SupplyCase).qualifications], dtype=np.int64
        ).reshape(-1, len(case.systems), n_t),
        cost_musd=np.array(
            [q.cost_usd / MEGA for q in case.of(SupplyCase).qualifications], dtype=np.float64
        ),
    )


def on_order(case: Case) -> Floats:
    """[S] systems that come by an order placed before."""
    units = {order.system: float(order.units) for order in case.of(SupplyCase).orders}
    return np.array([units.get(system.id, 0.0) for system in case.systems])


def _begun_by(case: Case, entry: CaseQualification) -> list[list[int]]:
    """[S, T] the last period at whose start a qualification can begin that is over on the day of a
    delivery.
    """
    done = [later(start, entry.time_days) for start in case.timeline.starts]
    return [
        [ABSENT if a is None else bisect_right(done, a.day) - 1 for a in case.arrivals[s.id]]
        for s in case.systems
    ]


def with_supply(case: Case, most: Floats, fleet: Floats) -> Floats:
    """[S, L, T] how many can run: what the site can hold, but no more than stands and is allocated
    so far, and all that stands.
    """
    result, moved, n_t = (
        most.copy(),
        {move.system for move in case.of(FleetCase).moves},
        len(case.timeline),
    )
    fleet = np.array(
        [
            np.full_like(row, row.sum()) if s.id in moved else row
            for s, row in zip(case.systems, fleet, strict=True)
        ]
    )
    fleet = fleet[:, :, None]
    rows = {
        entry.system: [i for i, s in enumerate(case.systems) if s.product == entry.system]
        for entry in case.of(SupplyCase).supply
    }
    for entry in case.of(SupplyCase).supply:
        so_far = np.cumsum(
            [np.inf if (ceiling := entry.ceiling(t)) is None else ceiling for t in range(n_t)]
        )
        if entry.cumulative is not None:
            so_far = np.fmin(so_far, np.maximum.accumulate(entry.cumulative))
        for s in rows[entry.system]:
            result[s] = np.fmin(result[s], np.floor(so_far + 1e-9) + fleet[s])
    ordered = on_order(case)
    some = ordered > 0
    result[some] = np.fmin(result[some], ordered[some, None, None] + fleet[some])
    return np.maximum(result, fleet)


def fields(ctx: InputsContext) -> Mapping[str, Any]:
    """Orders and qualifications."""
    return {"supply": supply_of(ctx.case, ctx.most.max(axis=2))}


def most(ctx: InputsContext, most: Floats) -> Floats:
    """No more than stands and is allocated so far, and all that stands."""
    return with_supply(ctx.case, most, ctx.existing)


FACE = Arrays(fields=fields, most=most)
