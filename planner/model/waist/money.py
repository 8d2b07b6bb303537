"""Dates on which money is paid, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from planner.arrays import MEGA
from planner.engineering.money import building_share, discount_factor, resale_share, spread_factor
from planner.model.inputs_money import BuildingInputs, OrderInputs, Payments, RentInputs
from planner.periods import earlier
from planner.scenario.case import Case
from planner.scenario.case.payments import CasePayment

Part = tuple[int, float, float]
"""(period, share of the price, present worth of 1 USD)"""


def worth_on(case: Case, day: date) -> float:
    """Present worth of 1 USD paid on a day, or on the first day of the horizon if that is later."""
    return discount_factor(case.discount_rate_per_year, max(0.0, case.timeline.years_to(day)))


def milestones(case: Case, day: date, payments: Sequence[CasePayment]) -> list[Part]:
    """Payments of what must stand on a day: each so long before it, and none before the horizon."""
    dates = [max(case.timeline.start, earlier(day, payment.before_days)) for payment in payments]
    return [(case.timeline.holding(when), p.share, worth_on(case, when)) for when, p in zip(dates, payments, strict=True)]


def evenly(case: Case, start: date, end: date) -> list[Part]:
    """Payments of what is paid evenly from one day to another; all of it on the first, if they are the same."""
    timeline, rate = case.timeline, case.discount_rate_per_year
    if end <= start:
        return [(timeline.holding(start), 1.0, worth_on(case, start))]
    total, parts = timeline.years_to(end) - timeline.years_to(start), list[Part]()
    for period in timeline.periods[timeline.holding(start) :]:
        a, b = timeline.years_to(max(start, period.start)), timeline.years_to(min(end, period.end))
        if a < b:
            parts.append((period.index, (b - a) / total, spread_factor(rate, a, b)))
    return parts


def payments_array(parts: Sequence[Sequence[Sequence[Part]]], n_t: int) -> Payments:
    """From lists of payments by thing and period."""
    n_x, most = len(parts), max((len(each) for thing in parts for each in thing), default=0)
    period = np.zeros((most, n_x, n_t), dtype=np.int64)
    share, worth = np.zeros(period.shape), np.zeros(period.shape)
    for x, thing in enumerate(parts):
        for t, each in enumerate(thing):
            for n, (when, of, value) in enumerate(each):
                period[n, x, t], share[n, x, t], worth[n, x, t] = when, of, value
    return Payments(period, share, worth)


def orders_of(case: Case) -> OrderInputs:
    """Days of orders and deliveries as periods and worth, and what a machine is worth at the end: all [S, T]."""
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
            order_worth[i, t], delivery_worth[i, t] = worth_on(case, day), worth_on(case, arrival.day)
            if case.keeps_worth:
                share = resale_share(case.resale_decline_per_year, end - timeline.years_to(arrival.day))
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
    """When what is built for a period is paid, and what it is worth at the end: it must stand before machines are fitted out in it."""
    timeline = case.timeline
    stands = [[max(timeline.start, earlier(start, site.fit_out_days)) for start in timeline.starts] for site in case.sites]
    parts = [[milestones(case, day, site.payments) for day in days] for site, days in zip(case.sites, stands, strict=True)]
    share = np.zeros((len(case.sites), len(timeline)))
    if case.keeps_worth:
        end, decline = timeline.years_to(timeline.end), case.construction_decline_per_year
        share = np.array([[building_share(decline, end - timeline.years_to(day)) for day in days] for days in stands])
    return BuildingInputs(payments=payments_array(parts, len(timeline)), share=share)
