"""What does a plan cost? Every bucket of cash, and the plan in a few figures, re-derived. Part of the second road."""

from __future__ import annotations

from collections import defaultdict

from planner.engineering.money import building_share, discount_factor, energy_mwh, resale_share
from planner.plan.derive import HOURS_PER_YEAR, Derivation
from planner.plan.derive_halls import construction
from planner.plan.derive_networks import fabric_cash, group_chain, network_chains
from planner.plan.money_sources import meter_money, source_money
from planner.plan.once import once
from planner.plan.schema import CashRow, FlowKind, Totals
from planner.plan.stocks import end_usd, entry_stock, sale_usd, stock_of, transit_of

Buckets = dict[tuple[str, FlowKind], list[float]]
"""(bucket, kind) → USD by period."""


@once
def cash_rows(d: Derivation) -> list[CashRow]:
    """Every bucket in every period where it is not zero."""
    buckets: Buckets = defaultdict(lambda: [0.0] * len(d.labels))
    _purchases(d, buckets)
    _networks(d, buckets)
    _buildings(d, buckets)
    _running(d, buckets)
    source_money(d, buckets)
    meter_money(d, buckets)
    _leaving(d, buckets)
    for row in d.demands():
        demand = next(one for one in d.case.demands if one.id == row.demand)
        if demand.shortfall_price is not None and row.short:
            eflop_or_units = row.short / 1e18 * 3600.0 if row.unit == "FLOP/s" else row.short
            t = d.at[row.period]
            buckets["penalty.shortfall", "penalty"][t] += eflop_or_units * d.hours[t] * demand.shortfall_price
    return [
        CashRow.model_construct(bucket=bucket, kind=kind, period=d.labels[t], usd=usd)
        for (bucket, kind), values in sorted(buckets.items())
        for t, usd in enumerate(values)
        if usd
    ]


def _purchases(d: Derivation, buckets: Buckets) -> None:
    last = len(d.labels) - 1
    for purchase in d.decisions.purchases:
        system, t = d.case.system[purchase.system], d.at[purchase.delivered]
        price = system.price_usd * purchase.units
        order = max(0, t - system.lead_time_periods)
        buckets["capex.systems", "cash"][order] += price * system.down_payment
        buckets["capex.systems", "cash"][t] += price * (1 - system.down_payment)
        buckets["capex.fabric", "cash"][t] += purchase.units * d.case.fabric_usd(system, purchase.site)
        if d.case.keeps_worth:
            share = resale_share(d.case.resale_decline_per_year, d.case.timeline.years_between(t, last))
            buckets["residual.systems", "residual"][last] -= price * share


def _networks(d: Derivation, buckets: Buckets) -> None:
    for t, usd in fabric_cash(d):
        buckets["capex.fabric", "cash"][t] += usd


def _buildings(d: Derivation, buckets: Buckets) -> None:
    last = len(d.labels) - 1
    for site in d.case.sites:
        if d.case.halls_at(site.id):
            _halls(d, site.id, buckets)
            continue
        before = d.existing_mw(site)
        for t in range(last + 1):
            cost = (d.built_mw[site.id, t] - before) * site.construction_usd_per_mw
            before = d.built_mw[site.id, t]
            if cost:
                buckets["capex.construction", "cash"][t] += cost
                if d.case.keeps_worth:
                    age = d.case.timeline.years_between(t, last)
                    buckets["residual.construction", "residual"][last] -= cost * building_share(d.case.construction_decline_per_year, age)


def _halls(d: Derivation, site: str, buckets: Buckets) -> None:
    """A hall is paid evenly while it is built, and keeps a worth from the period in which it opens."""
    last = len(d.labels) - 1
    for hall, t, usd in construction(d, site):
        lasts, opens = max(1, hall.lead_time_periods), t + hall.lead_time_periods
        for paid in range(t, min(t + lasts, last + 1)):
            buckets["capex.construction", "cash"][paid] += usd / lasts
        if d.case.keeps_worth and opens <= last:
            age = d.case.timeline.years_between(opens, last)
            buckets["residual.construction", "residual"][last] -= usd * building_share(d.case.construction_decline_per_year, age)


def _running(d: Derivation, buckets: Buckets) -> None:
    for site in d.case.sites:
        for t, hours in enumerate(d.hours):
            years = hours / HOURS_PER_YEAR
            for system, n in d.standing(site.id, t):
                chain = d.chain(system, site)
                mwh = energy_mwh(chain.utility.average_w or 0.0, hours)
                buckets["opex.energy", "cash"][t] += n * mwh * site.energy_price_usd_per_mwh
                buckets["opex.operations", "cash"][t] += n * chain.it.nameplate_w / 1e6 * d.case.operations_usd_per_mw_year * years
                if site.rent_usd_per_mw_year:
                    buckets["opex.rent", "cash"][t] += n * (chain.it.at(site.sizing) or 0.0) / 1e6 * site.rent_usd_per_mw_year * years
            for _, chain in network_chains(d).get((site.id, t), ()):
                mwh = energy_mwh(chain.utility.average_w or 0.0, hours)
                buckets["opex.energy", "cash"][t] += mwh * site.energy_price_usd_per_mwh
                buckets["opex.operations", "cash"][t] += chain.it.nameplate_w / 1e6 * d.case.operations_usd_per_mw_year * years
                buckets["opex.rent", "cash"][t] += (chain.it.at(site.sizing) or 0.0) / 1e6 * site.rent_usd_per_mw_year * years


def _leaving(d: Derivation, buckets: Buckets) -> None:
    last = len(d.labels) - 1
    for number, entry in enumerate(d.case.fleet):
        buckets["residual.systems", "residual"][last] -= entry.units * end_usd(d.case, entry_stock(d.case, number))
    for row in d.decisions.retirements:
        stock = stock_of(d.case, row.system, row.home, row.vintage)
        if stock is not None:
            t = d.at[row.period]
            buckets["resale.systems", "cash"][t] -= row.units * sale_usd(d.case, stock, t)
            buckets["residual.systems", "residual"][last] += row.units * end_usd(d.case, stock)
    for move in d.decisions.moves:
        way = transit_of(d.case, move.system, move.origin, move.destination)
        buckets["opex.moves", "cash"][d.at[move.period]] += move.units * (way[1] if way else 0.0)
    cost = {q.supplier: q.cost_usd for q in d.case.qualifications}
    for done in d.decisions.qualifications:
        buckets["opex.qualification", "cash"][d.at[done.started]] += cost.get(done.supplier, 0.0)


def totals(d: Derivation) -> Totals:
    """The plan in a few figures."""
    cash, compute = cash_rows(d), d.compute()
    by_period: dict[tuple[int, str, str], float] = defaultdict(float)
    for row in d.power():
        for load, value in (("nameplate", row.nameplate_mw), ("peak", row.peak_mw), ("average", row.average_mw)):
            by_period[d.at[row.period], row.basis, load] += value or 0.0

    def highest(basis: str, load: str) -> float:
        return max((value for (_, b, kind), value in by_period.items() if (b, kind) == (basis, load)), default=0.0)

    capex = sum(r.usd for r in cash if r.bucket.startswith("capex."))
    bought_it = bought_utility = 0.0
    for purchase in d.decisions.purchases:
        chain = d.chain(d.case.system[purchase.system], d.case.site[purchase.site])
        bought_it += purchase.units * chain.it.nameplate_w / 1e6
        bought_utility += purchase.units * chain.utility.nameplate_w / 1e6
    for network in d.case.networks:
        if not network.draws:
            continue
        made = [p for p in d.decisions.purchases if p.system in network.systems and p.site == network.site]
        units = sum(p.units for p in made)
        grade = network.grade_of(units)
        groups_of = group_chain(d, network, grade).times(grade.groups(units))
        bought_it += groups_of.it.nameplate_w / 1e6
        bought_utility += groups_of.utility.nameplate_w / 1e6
    return Totals(
        systems=sum(p.units for p in d.decisions.purchases),
        accelerators=sum(p.units * d.case.system[p.system].accelerators for p in d.decisions.purchases),
        capex_usd=capex,
        opex_usd=sum(r.usd for r in cash if r.bucket.startswith("opex.")),
        resale_usd=sum(r.usd for r in cash if r.bucket.startswith("resale.")),
        residual_usd=sum(r.usd for r in cash if r.kind == "residual"),
        penalty_usd=sum(r.usd for r in cash if r.kind == "penalty"),
        present_cost_usd=present_cost_usd(d, cash),
        energy_mwh=sum(r.energy_mwh for r in d.energy()),
        it_nameplate_mw=highest("it", "nameplate"),
        it_peak_mw=highest("it", "peak"),
        facility_peak_mw=highest("facility", "peak"),
        utility_peak_mw=highest("utility", "peak"),
        utility_nameplate_mw=highest("utility", "nameplate"),
        utility_average_mw=highest("utility", "average"),
        capex_usd_per_it_mw=capex / bought_it if bought_it else None,
        capex_usd_per_utility_mw=capex / bought_utility if bought_utility else None,
        delivered_flop_s={r.precision: r.delivered_flop_s for r in compute if r.period == d.labels[-1]},
    )


def present_cost_usd(d: Derivation, cash: list[CashRow]) -> float:
    """Present worth: cash and penalties in the middle of their period, residual worth at the end of the horizon."""
    timeline, rate = d.case.timeline, d.case.discount_rate_per_year
    middle = timeline.years_from_start()
    end = timeline.years_between(0, len(d.labels) - 1)
    return sum(r.usd * discount_factor(rate, end if r.kind == "residual" else middle[d.at[r.period]]) for r in cash)
