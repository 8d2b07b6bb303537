"""What does a plan cost? Every bucket of cash, and the plan in a few figures, re-derived. Part of the second road."""

from __future__ import annotations

from collections import defaultdict

from planner.capabilities.demand.accounts import SHORTFALL
from planner.capabilities.fleet.accounts import MOVES, RESALE
from planner.capabilities.networks.accounts import FABRIC
from planner.capabilities.sites.accounts import BUILDINGS, BUILDINGS_WORTH, ENERGY, OPERATIONS, RENT
from planner.capabilities.supply.accounts import QUALIFICATION, SYSTEMS, SYSTEMS_WORTH
from planner.core.accounts import Statement
from planner.engineering.money import building_share, energy_mwh, resale_share
from planner.periods import earlier, later, years_between
from planner.plan.derive import Derivation
from planner.plan.derive_halls import construction
from planner.plan.derive_networks import fabric_cash, group_chain, network_chains
from planner.plan.ledger import Ledger
from planner.plan.money_sources import meter_money, source_money
from planner.plan.once import once
from planner.plan.schema import CashRow, Totals
from planner.plan.stocks import end_usd, entry_stock, sale_usd, stock_of, way_of


@once
def ledger_of(d: Derivation) -> Ledger:
    """Every account of a plan."""
    ledger = Ledger(d.case)
    _purchases(d, ledger)
    _networks(d, ledger)
    _buildings(d, ledger)
    _running(d, ledger)
    source_money(d, ledger)
    meter_money(d, ledger)
    _leaving(d, ledger)
    for row in d.demands():
        demand = next(one for one in d.case.demands if one.id == row.demand)
        if demand.shortfall_price is not None and row.short:
            eflop_or_units = row.short / 1e18 * 3600.0 if row.unit == "FLOP/s" else row.short
            t = d.at[row.period]
            ledger.spread(SHORTFALL, eflop_or_units * d.hours[t] * demand.shortfall_price, t)
    return ledger


@once
def cash_rows(d: Derivation) -> list[CashRow]:
    """Every account in every period where it is not zero."""
    ledger = ledger_of(d)
    return [
        CashRow.model_construct(
            bucket=account.name, kind=account.kind, period=d.labels[t], usd=usd, present_usd=ledger.present_usd[account][t]
        )
        for account, values in sorted(ledger.usd.items(), key=lambda item: item[0].name)
        for t, usd in enumerate(values)
        if usd
    ]


def spent(d: Derivation, statement: Statement) -> list[CashRow]:
    """The rows of a statement that budgets count."""
    names = {account.name for account in ledger_of(d).usd if account.budgeted and account.statement == statement}
    return [row for row in cash_rows(d) if row.bucket in names]


def _purchases(d: Derivation, ledger: Ledger) -> None:
    end = d.case.timeline.end
    for purchase in d.decisions.purchases:
        system, arrival = d.case.system[purchase.system], d.case.arrivals[purchase.system][d.at[purchase.delivered]]
        if arrival is None:
            continue  # `feasible` says so
        price = system.price_usd * purchase.units
        ledger.post(SYSTEMS, price * system.down_payment, day=earlier(arrival.day, system.lead_time_days))
        ledger.post(SYSTEMS, price * (1 - system.down_payment), day=arrival.day)
        ledger.post(FABRIC, purchase.units * d.case.fabric_usd(system, purchase.site), day=arrival.day)
        if d.case.keeps_worth:
            share = resale_share(d.case.resale_decline_per_year, years_between(arrival.day, end))
            ledger.remains(SYSTEMS_WORTH, price * share)


def _networks(d: Derivation, ledger: Ledger) -> None:
    """Groups of leaves are paid by their milestones before the day on which the machines for them come."""
    for network, t, usd in fabric_cash(d):
        arrival = d.case.arrivals[network.systems[0]][t]
        day = d.case.timeline.starts[t] if arrival is None else arrival.day
        for payment in network.payments:
            ledger.post(FABRIC, usd * payment.share, day=earlier(day, payment.before_days))


def _buildings(d: Derivation, ledger: Ledger) -> None:
    """What is built must stand when machines for it are delivered, a fit-out before they run; it is paid by its milestones before that."""
    timeline = d.case.timeline
    for site in d.case.sites:
        if d.case.halls_at(site.id):
            _halls(d, site.id, ledger)
            continue
        before = d.existing_mw(site)
        for t, start in enumerate(timeline.starts):
            cost = (d.built_mw[site.id, t] - before) * site.construction_usd_per_mw
            before = d.built_mw[site.id, t]
            if cost:
                stands = max(timeline.start, earlier(start, site.fit_out_days))
                for payment in site.payments:
                    ledger.post(BUILDINGS, cost * payment.share, day=earlier(stands, payment.before_days))
                if d.case.keeps_worth:
                    share = building_share(d.case.construction_decline_per_year, years_between(stands, timeline.end))
                    ledger.remains(BUILDINGS_WORTH, cost * share)


def _halls(d: Derivation, site: str, ledger: Ledger) -> None:
    """A hall is paid by its milestones or evenly while it is built, and keeps a worth from the day on which it is done."""
    for hall, t, usd in construction(d, site):
        begun = d.case.openings[hall.place][t]
        if begun is None:
            continue  # `feasible` says so
        done = later(begun.day, hall.lead_time_days)
        for payment in hall.payments:
            ledger.post(BUILDINGS, usd * payment.share, day=earlier(done, payment.before_days))
        if not hall.payments and done > begun.day:
            ledger.between(BUILDINGS, usd, begun.day, done)
        elif not hall.payments:
            ledger.post(BUILDINGS, usd, day=begun.day)
        if d.case.keeps_worth:
            share = building_share(d.case.construction_decline_per_year, years_between(done, d.case.timeline.end))
            ledger.remains(BUILDINGS_WORTH, usd * share)


def _running(d: Derivation, ledger: Ledger) -> None:
    years = d.case.timeline.step_years
    for site in d.case.sites:
        leased = site.leased_mw_years
        rent_usd_per_mw = 0.0 if leased is not None else site.rent_usd_per_mw_year * years
        for t, hours in enumerate(d.hours):
            drawn = [(d.chain(system, site), n) for system, n in d.standing(site.id, t)]
            drawn += [(chain, 1) for _, chain in network_chains(d).get((site.id, t), ())]
            for chain, n in drawn:
                mwh = n * energy_mwh(chain.utility.average_w or 0.0, hours)
                ledger.spread(ENERGY, mwh * site.energy_price_usd_per_mwh, t)
                ledger.spread(OPERATIONS, n * chain.it.nameplate_w / 1e6 * d.case.operations_usd_per_mw_year * years, t)
                ledger.spread(RENT, n * (chain.it.at(site.sizing) or 0.0) / 1e6 * rent_usd_per_mw, t)
            if leased is not None:
                ledger.spread(RENT, leased[t] * site.rent_usd_per_mw_year, t)


def _leaving(d: Derivation, ledger: Ledger) -> None:
    starts = d.case.timeline.starts
    for number, entry in enumerate(d.case.fleet):
        ledger.remains(SYSTEMS_WORTH, entry.units * end_usd(d.case, entry_stock(d.case, number)))
    for row in d.decisions.retirements:
        stock = stock_of(d.case, row.system, row.home, row.vintage)
        if stock is not None:
            t = d.at[row.period]
            ledger.post(RESALE, -row.units * sale_usd(d.case, stock, t), day=starts[t])
            ledger.remains(SYSTEMS_WORTH, -row.units * end_usd(d.case, stock))
    for move in d.decisions.moves:
        way = way_of(d.case, move)
        ledger.post(MOVES, move.units * (way.cost_usd if way else 0.0), day=starts[d.at[move.period]])
    cost = {q.supplier: q.cost_usd for q in d.case.qualifications}
    for done in d.decisions.qualifications:
        ledger.post(QUALIFICATION, cost.get(done.supplier, 0.0), day=starts[d.at[done.started]])


def totals(d: Derivation) -> Totals:
    """The plan in a few figures."""
    cash, compute = cash_rows(d), d.compute()
    by_period: dict[tuple[int, str, str], float] = defaultdict(float)
    for row in d.power():
        for load, value in (("nameplate", row.nameplate_mw), ("peak", row.peak_mw), ("average", row.average_mw)):
            by_period[d.at[row.period], row.basis, load] += value or 0.0

    def highest(basis: str, load: str) -> float:
        return max((value for (_, b, kind), value in by_period.items() if (b, kind) == (basis, load)), default=0.0)

    capex = sum(r.usd for r in spent(d, "capex"))
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
        opex_usd=sum(r.usd for r in spent(d, "opex")),
        resale_usd=sum(r.usd for r in cash if r.bucket == RESALE.name),
        residual_usd=sum(r.usd for r in cash if r.kind == "residual"),
        penalty_usd=sum(r.usd for r in cash if r.kind == "penalty"),
        present_cost_usd=sum(r.present_usd for r in cash),
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
