"""The waist: the only crossing from a case to the arrays of the model."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from planner.arrays import MEGA, Bools, Floats
from planner.engineering.money import discount_factor, energy_mwh, spread_factor
from planner.model.inputs import Inputs
from planner.model.waist.build import build_of
from planner.model.waist.demands import demands_of
from planner.model.waist.fleet import can_arrive, fleet_of
from planner.model.waist.goals import goals_of
from planner.model.waist.halls import halls_of, room_with_halls, without_halls
from planner.model.waist.meter import meter_of
from planner.model.waist.money import building_of, orders_of, rent_of
from planner.model.waist.networks import group_takes, networks_of
from planner.model.waist.power import most_of, power_of
from planner.model.waist.rules import rule_of
from planner.model.waist.sources import firm_most_mw, sources_of
from planner.model.waist.supply import supply_of, with_supply
from planner.model.waist.survival import survival_of
from planner.scenario.case import Case


def _inf(values: list[float] | None, count: int, scale: float = 1.0) -> list[float]:
    return [value / scale for value in values] if values is not None else [np.inf] * count


def _or_inf(value: float | None) -> float:
    return np.inf if value is None else value


def make_inputs(case: Case) -> Inputs:
    """The arrays of a case. Raises ValueError for a figure that is not finite where it must be."""
    timeline = case.timeline
    periods = timeline.periods
    n_l, n_t = len(case.sites), len(periods)
    hours = np.array([p.hours for p in periods])
    rate, years = case.discount_rate_per_year, [timeline.years_to(day) for day in (*timeline.starts, timeline.end)]
    power = power_of(case)
    stand, deliver = _placement(case, n_t)
    price_per_mwh = np.array([site.energy_price_usd_per_mwh for site in case.sites])
    mwh = np.array([energy_mwh(1e6, h) for h in hours])
    available = np.array([_inf(site.power_w, n_t, MEGA) for site in case.sites])
    critical = np.array([_inf(site.critical_it_w, n_t, MEGA) for site in case.sites])
    positions = np.array([_inf(site.positions, n_t) for site in case.sites])
    heat_limits = np.array([[np.inf if w is None else w / MEGA for w in (site.liquid_w, site.air_w)] for site in case.sites])
    fleet, retirable = _fleet(case)
    racks = np.array([s.racks for s in case.systems])
    standing = _standing_mw(case, power["it"], fleet)
    halls = halls_of(case, power, standing)
    firm = available + firm_most_mw(case, n_t)
    by_period = with_supply(case, most_of(power, racks, firm, *room_with_halls(halls, critical, positions, heat_limits)), fleet)
    most = by_period.max(axis=2)
    positions, heat_limits = without_halls(halls, positions, heat_limits)
    weight, need, price = demands_of(case, hours)
    budget = case.budget
    return Inputs(
        case=case,
        systems=tuple(s.id for s in case.systems),
        sites=tuple(site.id for site in case.sites),
        periods=tuple(p.label for p in periods),
        demands=tuple(d.id for d in case.demands),
        hours=hours,
        discount=np.array([spread_factor(rate, a, b) for a, b in pairwise(years)]),
        discount_start=np.array([discount_factor(rate, y) for y in years[:-1]]),
        discount_end=discount_factor(rate, years[-1]),
        accelerators=np.array([float(s.accelerators) for s in case.systems]),
        can_deliver=deliver,
        can_stand=can_arrive(case, stand, fleet),
        most=most,
        existing=fleet,
        retirable=retirable,
        takes=power,
        racks=racks,
        available_mw=available,
        critical_it_mw=critical,
        liquid_limit_mw=heat_limits[:, 0],
        air_limit_mw=heat_limits[:, 1],
        positions=positions,
        orders=orders_of(case),
        rent=rent_of(case),
        building=building_of(case),
        price_musd=np.array([s.price_usd / MEGA for s in case.systems]),
        fabric_musd=np.array([[case.fabric_usd(s, site.id) / MEGA for site in case.sites] for s in case.systems]),
        down_payment=np.array([s.down_payment for s in case.systems]),
        energy_musd_per_mw=mwh * price_per_mwh[:, None] / MEGA,
        operations_musd_per_mw=np.full(n_t, case.operations_usd_per_mw_year / MEGA * timeline.step_years),
        construction_musd_per_mw=np.array([0.0 if case.halls_at(site.id) else site.construction_usd_per_mw / MEGA for site in case.sites]),
        existing_it_mw=standing,
        demand_weight=weight,
        demand_site=np.array([[site.id in d.sites for site in case.sites] for d in case.demands], dtype=bool).reshape(-1, n_l),
        demand_need=need,
        demand_is_compute=np.array([d.kind == "compute" for d in case.demands], dtype=bool),
        demand_shortfall_musd=price,
        demand_coherent=np.array([d.coherent for d in case.demands], dtype=bool),
        capex_limit_musd=_or_inf(budget.capex_usd) / MEGA,
        total_limit_musd=_or_inf(budget.total_usd) / MEGA,
        capex_by_period_musd={t: usd / MEGA for t, usd in budget.by_period_usd.items()},
        capex_cumulative_musd={t: usd / MEGA for t, usd in budget.cumulative_usd.items()},
        rules=tuple(rule_of(case, rule) for rule in case.rules),
        goals=goals_of(case, n_t, hours),
        construction_limit_musd=np.array([_or_inf(site.construction_budget_usd) / MEGA for site in case.sites]),
        halls=halls,
        networks=networks_of(case, by_period, fleet),
        survival=tuple(survival_of(case, survival, weight) for survival in case.survival),
        sources=sources_of(case, hours),
        meter=meter_of(case, hours),
        fleet=fleet_of(case, deliver),
        supply=supply_of(case, most),
        build=build_of(case),
    )


def _placement(case: Case, n_t: int) -> tuple[Bools, Bools]:
    stand = np.array([[system.may_buy and site.id in system.sites for site in case.sites] for system in case.systems], dtype=bool)
    window = np.array([[arrival is not None for arrival in case.arrivals[system.id]] for system in case.systems], dtype=bool)
    return stand, stand[:, :, None] & window.reshape(-1, 1, n_t)


def _fleet(case: Case) -> tuple[Floats, Floats]:
    rows, columns = {s.id: i for i, s in enumerate(case.systems)}, {s.id: j for j, s in enumerate(case.sites)}
    units = np.zeros((len(rows), len(columns)))
    retirable = np.zeros((len(rows), len(columns)))
    for entry in case.fleet:
        cell = rows[entry.system], columns[entry.site]
        units[cell] += entry.units
        moves = any((move.system, move.origin) == (entry.system, entry.site) for move in case.moves)
        retirable[cell] += entry.units * (entry.may_retire or entry.leaves is not None or moves)
    return units, retirable


def _standing_mw(case: Case, it_mw: Floats, fleet: Floats) -> Floats:
    """[L] critical IT that stands at the start: what the scenario says, or what the existing fleet takes with networks of its size."""
    taken = (it_mw * fleet).sum(axis=0)
    rows, columns = {s.id: i for i, s in enumerate(case.systems)}, {s.id: j for j, s in enumerate(case.sites)}
    for network in case.networks:
        j = columns[network.site]
        stands = float(sum(fleet[rows[system], j] for system in network.systems))
        if stands and network.draws:
            grade = network.grade_of(stands)
            taken[j] += grade.groups(stands) * group_takes(case, network, grade)["it"]
    return np.array([taken[j] if site.existing_it_w is None else site.existing_it_w / MEGA for j, site in enumerate(case.sites)])
