"""Prices, days of payment and ceilings as arrays: S systems · L sites · T periods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from planner.arrays import MEGA
from planner.capabilities.budget.case import BudgetCase
from planner.capabilities.halls.case import HallsCase
from planner.capabilities.networks.case import NetworksCase
from planner.core.case import Case
from planner.engineering.worth import building_share, energy_mwh, resale_share
from planner.model.inputs import Arrays, BuildingInputs, InputsContext, OrderInputs, RentInputs
from planner.model.payments import milestones, payments_array, worth_on
from planner.periods import earlier


def orders_of(case: Case) -> OrderInputs:
    """Days of orders and deliveries as periods and worth, and what a machine is worth at the end:
    all [S, T].
    """
    timeline, n_t = case.timeline, len(case.timeline)
    shape = len(case.systems), n_t
    runs, ordered = np.full(shape, n_t, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    order_worth, delivery_worth, resale = np.ones(shape), np.ones(shape), np.zeros(shape)
    end = timeline.years_to(timeline.end)
    for i, system in enumerate(case.systems):
        for t, arrival in enumerate(case.arrivals[system.id]):
            if arrival is None:
                continue
            day = earlier(arrival.day, system.lead_time_days)
            runs[i, t], ordered[i, t] = arrival.runs, timeline.holding(day)
            order_worth[i, t], delivery_worth[i, t] = (
                worth_on(case, day),
                worth_on(case, arrival.day),
            )
            if case.keeps_worth:
                share = resale_share(
                    case.resale_decline_per_year, end - timeline.years_to(arrival.day)
                )
                resale[i, t] = system.price_usd / MEGA * share
    return OrderInputs(runs, ordered, order_worth, delivery_worth, resale)


def rent_of(case: Case) -> RentInputs:
    """Rent of what runs, and of what is under contract whatever runs."""
    n_t = len(case.timeline)
    usd = np.array([site.rent_usd_per_mw_year / MEGA for site in case.sites])
    follows = np.array([site.leased_mw_years is None for site in case.sites])
    leased = np.array([site.leased_mw_years or [0.0] * n_t for site in case.sites])
    return RentInputs(
        musd_per_mw=np.repeat((usd * follows * case.timeline.step_years)[:, None], n_t, axis=1),
        musd=usd[:, None] * leased,
        leased=~follows,
    )


def building_of(case: Case) -> BuildingInputs:
    """When what is built for a period is paid, and what it is worth at the end: it must stand
    before machines are fitted out in it.
    """
    timeline = case.timeline
    stands = [
        [max(timeline.start, earlier(start, site.fit_out_days)) for start in timeline.starts]
        for site in case.sites
    ]
    parts = [
        [milestones(case, day, site.payments) for day in days]
        for site, days in zip(case.sites, stands, strict=True)
    ]
    share = np.zeros((len(case.sites), len(timeline)))
    if case.keeps_worth:
        end, decline = timeline.years_to(timeline.end), case.construction_decline_per_year
        share = np.array(
            [
                [building_share(decline, end - timeline.years_to(day)) for day in days]
                for days in stands
            ]
        )
    return BuildingInputs(payments=payments_array(parts, len(timeline)), share=share)


def fields(ctx: InputsContext) -> Mapping[str, Any]:
    """What is paid for what, and ceilings on it."""
    case, hours = ctx.case, ctx.hours
    price_per_mwh = np.array([site.energy_price_usd_per_mwh for site in case.sites])
    mwh = np.array([energy_mwh(1e6, h) for h in hours])
    budget = case.of(BudgetCase).budget
    return {
        "orders": orders_of(case),
        "rent": rent_of(case),
        "building": building_of(case),
        "price_musd": np.array([s.price_usd / MEGA for s in case.systems]),
        "fabric_musd": np.array(
            [
                [case.of(NetworksCase).fabric_usd(s, site.id) / MEGA for site in case.sites]
                for s in case.systems
            ]
        ),
        "down_payment": np.array([s.down_payment for s in case.systems]),
        "due": np.array([1.0 - s.down_payment - s.paid for s in case.systems]),
        "energy_musd_per_mw": mwh * price_per_mwh[:, None] / MEGA,
        "operations_musd_per_mw": np.full(
            len(hours), case.operations_usd_per_mw_year / MEGA * case.timeline.step_years
        ),
        "construction_musd_per_mw": np.array(
            [
                0.0 if case.of(HallsCase).halls_at(site.id) else site.construction_usd_per_mw / MEGA
                for site in case.sites
            ]
        ),
        "capex_limit_musd": or_inf(budget.capex_usd) / MEGA,
        "total_limit_musd": or_inf(budget.total_usd) / MEGA,
        "capex_by_period_musd": {t: usd / MEGA for t, usd in budget.by_period_usd.items()},
        "capex_cumulative_musd": {t: usd / MEGA for t, usd in budget.cumulative_usd.items()},
        "construction_limit_musd": np.array(
            [or_inf(site.construction_budget_usd) / MEGA for site in case.sites]
        ),
    }


def or_inf(value: float | None) -> float:
    """A limit, or that there is none."""
    return np.inf if value is None else value


FACE = Arrays(fields=fields)
