"""The waist: the only crossing from a case to the arrays of the model."""

from __future__ import annotations

import numpy as np

from planner.engineering.cooling import heat_split_w
from planner.engineering.money import building_share, discount_factor, energy_mwh, resale_share
from planner.engineering.power import Chain, Draw, power_chain
from planner.model.inputs import Bools, Floats, GoalInputs, Inputs, Ints, RuleInputs
from planner.scenario.case import Case, CaseRule, CaseSite, CaseSystem

MEGA = 1e6
PETA = 1e15
HOURS_PER_YEAR = 8760.0


def chain_of(case: Case, system: CaseSystem, site: CaseSite) -> Chain:
    """The power chain of one system at a site."""
    annual, peak = site.pue(system)
    return power_chain(
        accelerators=system.accelerators,
        tdp_w=system.tdp_w,
        own=Draw(system.nameplate_w, system.peak_w, system.average_w, system.idle_w),
        sold_as=system.basis,
        it_overhead=system.it_overhead,
        pue_annual=annual,
        pue_peak=peak,
        utility_loss=case.utility_loss,
    )


def _inf(values: list[float] | None, count: int, scale: float = 1.0) -> list[float]:
    return [value / scale for value in values] if values is not None else [np.inf] * count


def make_inputs(case: Case) -> Inputs:
    """The arrays of a case. Raises ValueError for a figure that is not finite where it must be."""
    timeline = case.timeline
    periods = timeline.periods
    n_s, n_l, n_t = len(case.systems), len(case.sites), len(periods)
    hours = np.array([p.hours for p in periods])
    power = _power(case)
    stand, deliver = _placement(case, n_t)
    resale = np.zeros((n_s, n_t))
    built_share = np.zeros(n_t)
    if case.keeps_worth:
        ages = [timeline.years_between(t, n_t - 1) for t in range(n_t)]
        per_age = np.array([resale_share(case.resale_decline_per_year, age) for age in ages])
        resale = np.array([s.price_usd / MEGA for s in case.systems])[:, None] * per_age
        built_share = np.array([building_share(case.construction_decline_per_year, age) for age in ages])
    price_per_mwh = np.array([site.energy_price_usd_per_mwh for site in case.sites])
    mwh = np.array([energy_mwh(1e6, h) for h in hours])
    available = np.array([_inf(site.power_w, n_t, MEGA) for site in case.sites])
    critical = np.array([_inf(site.critical_it_w, n_t, MEGA) for site in case.sites])
    positions = np.array([_inf(site.positions, n_t) for site in case.sites])
    heat_limits = np.array([[np.inf if w is None else w / MEGA for w in (site.liquid_w, site.air_w)] for site in case.sites])
    fleet, retirable = _fleet(case)
    supply = _supply(case, n_t)
    racks = np.array([s.racks for s in case.systems])
    most = _most(power, racks, available, critical, positions, heat_limits)
    weight, need, price = _demands(case, hours)
    budget = case.budget
    return Inputs(
        systems=tuple(s.id for s in case.systems),
        sites=tuple(site.id for site in case.sites),
        periods=tuple(p.label for p in periods),
        demands=tuple(d.id for d in case.demands),
        hours=hours,
        discount=np.array([discount_factor(case.discount_rate_per_year, y) for y in timeline.years_from_start()]),
        discount_end=discount_factor(case.discount_rate_per_year, timeline.years_between(0, n_t - 1)),
        accelerators=np.array([float(s.accelerators) for s in case.systems]),
        can_deliver=deliver,
        can_stand=stand | (fleet > 0),
        most=_with_supply(most, supply, fleet),
        lead=np.array([s.lead_time_periods for s in case.systems], dtype=np.int64),
        fit_out=np.array([s.fit_out_periods for s in case.systems], dtype=np.int64),
        existing=fleet,
        retirable=retirable,
        it_mw=power["it"],
        utility_mw=power["utility"],
        it_nameplate_mw=np.array([s.nameplate_w * (1 + s.it_overhead) / MEGA for s in case.systems]),
        average_utility_mw=power["average"],
        liquid_mw=power["liquid"],
        air_mw=power["air"],
        racks=racks,
        available_mw=available,
        critical_it_mw=critical,
        liquid_limit_mw=heat_limits[:, 0],
        air_limit_mw=heat_limits[:, 1],
        positions=positions,
        price_musd=np.array([s.price_usd / MEGA for s in case.systems]),
        fabric_musd=np.array([s.price_usd * s.fabric_cost / MEGA for s in case.systems]),
        down_payment=np.array([s.down_payment for s in case.systems]),
        resale_musd=resale,
        energy_musd=power["average"][:, :, None] * mwh * price_per_mwh[None, :, None] / MEGA,
        operations_musd_per_mw=case.operations_usd_per_mw_year / MEGA * hours / HOURS_PER_YEAR,
        rent_musd_per_mw=np.array([site.rent_usd_per_mw_year for site in case.sites])[:, None] / MEGA * hours / HOURS_PER_YEAR,
        construction_musd_per_mw=np.array([site.construction_usd_per_mw / MEGA for site in case.sites]),
        building_share=built_share,
        existing_it_mw=_standing_mw(case, power["it"], fleet),
        supply_system=supply[0],
        supply_cumulative=supply[1],
        supply_per_period=supply[2],
        supply_path=tuple(entry.path for entry in case.supply),
        demand_weight=weight,
        demand_site=np.array([[site.id in d.sites for site in case.sites] for d in case.demands], dtype=bool).reshape(-1, n_l),
        demand_need=need,
        demand_is_compute=np.array([d.kind == "compute" for d in case.demands], dtype=bool),
        demand_shortfall_musd=price,
        demand_path=tuple(d.path for d in case.demands),
        capex_limit_musd=np.inf if budget.capex_usd is None else budget.capex_usd / MEGA,
        total_limit_musd=np.inf if budget.total_usd is None else budget.total_usd / MEGA,
        capex_by_period_musd={t: usd / MEGA for t, usd in budget.by_period_usd.items()},
        capex_cumulative_musd={t: usd / MEGA for t, usd in budget.cumulative_usd.items()},
        rules=tuple(_rule(case, rule) for rule in case.rules),
        goals=_goals(case, n_t, hours),
    )


def _power(case: Case) -> dict[str, Floats]:
    """MW of one system by [S, L]: it and utility at the sizing load, average at the utility, heat to liquid and to air."""
    shape = (len(case.systems), len(case.sites))
    out = {key: np.zeros(shape) for key in ("it", "utility", "average", "liquid", "air")}
    for i, system in enumerate(case.systems):
        for j, site in enumerate(case.sites):
            chain = chain_of(case, system, site)
            load = site.sizing
            own = chain.rack.at(load) or 0.0
            it = chain.it.at(load) or 0.0
            out["it"][i, j] = it / MEGA
            out["utility"][i, j] = (chain.utility.at(load) or 0.0) / MEGA
            out["average"][i, j] = (chain.utility.average_w or 0.0) / MEGA
            liquid, air = heat_split_w(own, it - own, system.liquid_share)
            out["liquid"][i, j], out["air"][i, j] = liquid / MEGA, air / MEGA
    return out


def _placement(case: Case, n_t: int) -> tuple[Bools, Bools]:
    stand = np.array([[system.may_buy and site.id in system.sites for site in case.sites] for system in case.systems], dtype=bool)
    window = np.array(
        [[system.earliest <= t <= min(system.latest, n_t - 1 - system.fit_out_periods) for t in range(n_t)] for system in case.systems],
        dtype=bool,
    )
    return stand, stand[:, :, None] & window[:, None, :]


def _fleet(case: Case) -> tuple[Floats, Floats]:
    rows, columns = {s.id: i for i, s in enumerate(case.systems)}, {s.id: j for j, s in enumerate(case.sites)}
    units = np.zeros((len(rows), len(columns)))
    retirable = np.zeros((len(rows), len(columns)))
    for entry in case.fleet:
        cell = rows[entry.system], columns[entry.site]
        units[cell] += entry.units
        retirable[cell] += entry.units * entry.may_retire
    return units, retirable


def _standing_mw(case: Case, it_mw: Floats, fleet: Floats) -> Floats:
    """[L] critical IT that stands at the start: what the scenario says, or what the existing fleet takes."""
    taken = (it_mw * fleet).sum(axis=0)
    return np.array([taken[j] if site.existing_it_w is None else site.existing_it_w / MEGA for j, site in enumerate(case.sites)])


def _supply(case: Case, n_t: int) -> tuple[Ints, Floats, Floats]:
    rows = {s.id: i for i, s in enumerate(case.systems)}
    system = np.array([rows[entry.system] for entry in case.supply], dtype=np.int64)
    cumulative = np.array([_inf(entry.cumulative, n_t) for entry in case.supply]).reshape(-1, n_t)
    each = np.array([np.inf if entry.per_period is None else entry.per_period for entry in case.supply])
    return system, cumulative, each


def _most(power: dict[str, Floats], racks: Floats, available: Floats, critical: Floats, positions: Floats, heat: Floats) -> Floats:
    """[S, L] how many systems the site alone could ever hold."""
    with np.errstate(divide="ignore", invalid="ignore"):
        candidates = [
            available.max(axis=1) / power["utility"],
            critical.max(axis=1) / power["it"],
            positions.max(axis=1) / racks[:, None],
            heat[:, 0] / power["liquid"],
            heat[:, 1] / power["air"],
        ]
    return np.asarray(np.floor(np.fmin.reduce([np.where(np.isnan(c), np.inf, c) for c in candidates]) + 1e-9), dtype=np.float64)


def _with_supply(most: Floats, supply: tuple[Ints, Floats, Floats], fleet: Floats) -> Floats:
    result = most.copy()
    for k, s in enumerate(supply[0]):
        each = supply[2][k] * supply[1].shape[1]
        result[s] = np.fmin(result[s], np.floor(min(supply[1][k].max(), each) + 1e-9) + fleet[s])
    return np.maximum(result, fleet)


def _demands(case: Case, hours: Floats) -> tuple[Floats, Floats, Floats]:
    n_d, n_s = len(case.demands), len(case.systems)
    weight, need = np.zeros((n_d, n_s)), np.zeros((n_d, len(hours)))
    price = np.full((n_d, len(hours)), np.inf)
    for i, demand in enumerate(case.demands):
        compute = demand.kind == "compute"
        need[i] = np.array(demand.need) / (PETA if compute else 1.0)
        for j, system in enumerate(case.systems):
            if system.id in demand.systems:
                weight[i, j] = _serves(case, system, demand.precision, demand.basis) if compute else system.accelerators
        if demand.shortfall_price is not None:
            # one PFLOP/s missing for an hour is 3.6 EFLOP
            price[i] = demand.shortfall_price * hours * (3.6 if compute else 1.0) / MEGA
    return weight, need, price


def _serves(case: Case, system: CaseSystem, precision: str | None, basis: str) -> float:
    rates = {name: rate for name, rate in system.peak_flop_s.items() if name == precision}
    if not rates:
        return 0.0
    name, peak = next(iter(rates.items()))
    return (peak if basis == "peak" else system.delivered_flop_s(name, case.goodput)) / PETA


def _rule(case: Case, rule: CaseRule) -> RuleInputs:
    groups = tuple(sorted({case.group(s, rule.level) for s in case.systems if s.may_buy}))
    weights = {
        "spend": ([s.price_usd / MEGA for s in case.systems], "MUSD"),
        "power": ([s.nameplate_w * (1 + s.it_overhead) / MEGA for s in case.systems], "MW IT nameplate"),
        "units": ([s.accelerators / 1e3 for s in case.systems], "thousand accelerators"),
        "compute": (
            [s.delivered_flop_s(rule.precision, case.goodput) / PETA for s in case.systems],
            f"PFLOP/s {rule.precision}",
        ),
    }
    weight, unit = weights[rule.metric]
    if rule.max_share is not None:
        who = rule.only or f"one {rule.level}"
        says = f"{who} may have at most {rule.max_share:.4g} of {rule.metric}"
        name = f"share of {rule.only or 'each ' + rule.level} by {rule.metric}"
    else:
        says = f"at least {rule.min_suppliers} {rule.level}s must have {rule.meaningful:.4g} of {rule.metric} each"
        name = f"number of {rule.level}s by {rule.metric}"
    return RuleInputs(
        name=name,
        says=says,
        groups=groups,
        group_of=np.array([groups.index(case.group(s, rule.level)) if s.may_buy else -1 for s in case.systems], dtype=np.int64),
        weight=np.array(weight),
        unit=unit,
        windows=tuple((a, b) for a, b in rule.windows),
        max_share=rule.max_share,
        only=groups.index(rule.only) if rule.only else None,
        min_groups=rule.min_suppliers,
        meaningful=rule.meaningful,
        path=rule.path,
    )


def _goals(case: Case, n_t: int, hours: Floats) -> tuple[GoalInputs, ...]:
    goals = []
    for entry in case.goals:
        goal = entry.goal
        what = goal.maximize or goal.minimize or ""
        spread = hours / hours.sum()
        if entry.at is not None:
            spread = np.zeros(n_t)
            spread[entry.at] = 1.0
        weights: dict[str, list[float]] = {
            "compute": [s.delivered_flop_s(goal.precision, case.goodput) / PETA for s in case.systems],
            "accelerators": [float(s.accelerators) for s in case.systems],
        }
        units = {
            "compute": "PFLOP/s",
            "accelerators": "accelerators",
            "power": "MW",
            "energy": "GWh",
            "cost": "MUSD",
            "capex": "MUSD",
        }
        goals.append(
            GoalInputs(
                name=str(goal),
                what=what,
                maximize=goal.maximize is not None,
                weight=np.array(weights.get(what, [])),
                periods=spread,
                unit=units[what],
                tolerance=goal.tolerance,
            )
        )
    return tuple(goals)
