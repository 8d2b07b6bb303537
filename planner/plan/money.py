"""What does a plan cost? Every bucket of cash, and the plan in a few figures, re-derived. Part of the second road."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise

from planner.engineering.money import building_share, discount_factor, energy_mwh, resale_share, spread_factor
from planner.periods import earlier, later, years_between
from planner.plan.derive import Derivation
from planner.plan.derive_halls import construction
from planner.plan.derive_networks import fabric_cash, group_chain, network_chains
from planner.plan.money_sources import meter_money, source_money
from planner.plan.once import once
from planner.plan.schema import CashRow, FlowKind, Totals
from planner.plan.stocks import end_usd, entry_stock, sale_usd, stock_of, way_of
from planner.scenario.case import Case


class Buckets:
    """(bucket, kind) → USD by period, and what that is worth on the first day of the horizon, each from the day on which it is paid."""

    def __init__(self, case: Case) -> None:
        self.timeline, self.rate = case.timeline, case.discount_rate_per_year
        years = [years_between(self.timeline.start, day) for day in (*self.timeline.starts, self.timeline.end)]
        self.evenly = [spread_factor(self.rate, a, b) for a, b in pairwise(years)]
        nothing = [0.0] * len(self.timeline)
        self.usd: dict[tuple[str, FlowKind], list[float]] = defaultdict(lambda: list(nothing))
        self.present_usd: dict[tuple[str, FlowKind], list[float]] = defaultdict(lambda: list(nothing))

    def _add(self, bucket: str, kind: FlowKind, usd: float, t: int, worth: float) -> None:
        self.usd[bucket, kind][t] += usd
        self.present_usd[bucket, kind][t] += usd * worth

    def post(self, bucket: str, usd: float, *, day: date) -> None:
        """Cash of one day; of the first or the last of the horizon for what would be due before or after it."""
        day = min(max(day, self.timeline.start), self.timeline.end)
        t = min(self.timeline.holding(day), len(self.timeline) - 1)
        self._add(bucket, "cash", usd, t, discount_factor(self.rate, years_between(self.timeline.start, day)))

    def spread(self, bucket: str, usd: float, t: int, *, kind: FlowKind = "cash") -> None:
        """Cash or a penalty that falls due evenly through a period."""
        self._add(bucket, kind, usd, t, self.evenly[t])

    def between(self, bucket: str, usd: float, start: date, end: date) -> None:
        """Cash that falls due evenly from one day to another."""
        whole = years_between(start, end)
        for period in self.timeline.periods[self.timeline.holding(start) :]:
            a, b = max(start, period.start), min(end, period.end)
            if a < b:
                ends = years_between(self.timeline.start, a), years_between(self.timeline.start, b)
                self._add(bucket, "cash", usd * years_between(a, b) / whole, period.index, spread_factor(self.rate, *ends))

    def remains(self, bucket: str, usd: float) -> None:
        """What something is worth on the last day."""
        end = years_between(self.timeline.start, self.timeline.end)
        self._add(bucket, "residual", -usd, len(self.timeline) - 1, discount_factor(self.rate, end))


@once
def cash_rows(d: Derivation) -> list[CashRow]:
    """Every bucket in every period where it is not zero."""
    buckets = Buckets(d.case)
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
            buckets.spread("penalty.shortfall", eflop_or_units * d.hours[t] * demand.shortfall_price, t, kind="penalty")
    return [
        CashRow.model_construct(bucket=bucket, kind=kind, period=d.labels[t], usd=usd, present_usd=buckets.present_usd[bucket, kind][t])
        for (bucket, kind), values in sorted(buckets.usd.items())
        for t, usd in enumerate(values)
        if usd
    ]


def _purchases(d: Derivation, buckets: Buckets) -> None:
    end = d.case.timeline.end
    for purchase in d.decisions.purchases:
        system, arrival = d.case.system[purchase.system], d.case.arrivals[purchase.system][d.at[purchase.delivered]]
        if arrival is None:
            continue  # `feasible` says so
        price = system.price_usd * purchase.units
        buckets.post("capex.systems", price * system.down_payment, day=earlier(arrival.day, system.lead_time_days))
        buckets.post("capex.systems", price * (1 - system.down_payment), day=arrival.day)
        buckets.post("capex.fabric", purchase.units * d.case.fabric_usd(system, purchase.site), day=arrival.day)
        if d.case.keeps_worth:
            share = resale_share(d.case.resale_decline_per_year, years_between(arrival.day, end))
            buckets.remains("residual.systems", price * share)


def _networks(d: Derivation, buckets: Buckets) -> None:
    """Groups of leaves are paid by their milestones before the day on which the machines for them come."""
    for network, t, usd in fabric_cash(d):
        arrival = d.case.arrivals[network.systems[0]][t]
        day = d.case.timeline.starts[t] if arrival is None else arrival.day
        for payment in network.payments:
            buckets.post("capex.fabric", usd * payment.share, day=earlier(day, payment.before_days))


def _buildings(d: Derivation, buckets: Buckets) -> None:
    """What is built must stand when machines for it are delivered, a fit-out before they run; it is paid by its milestones before that."""
    timeline = d.case.timeline
    for site in d.case.sites:
        if d.case.halls_at(site.id):
            _halls(d, site.id, buckets)
            continue
        before = d.existing_mw(site)
        for t, start in enumerate(timeline.starts):
            cost = (d.built_mw[site.id, t] - before) * site.construction_usd_per_mw
            before = d.built_mw[site.id, t]
            if cost:
                stands = max(timeline.start, earlier(start, site.fit_out_days))
                for payment in site.payments:
                    buckets.post("capex.construction", cost * payment.share, day=earlier(stands, payment.before_days))
                if d.case.keeps_worth:
                    share = building_share(d.case.construction_decline_per_year, years_between(stands, timeline.end))
                    buckets.remains("residual.construction", cost * share)


def _halls(d: Derivation, site: str, buckets: Buckets) -> None:
    """A hall is paid by its milestones or evenly while it is built, and keeps a worth from the day on which it is done."""
    for hall, t, usd in construction(d, site):
        begun = d.case.openings[hall.place][t]
        if begun is None:
            continue  # `feasible` says so
        done = later(begun.day, hall.lead_time_days)
        for payment in hall.payments:
            buckets.post("capex.construction", usd * payment.share, day=earlier(done, payment.before_days))
        if not hall.payments and done > begun.day:
            buckets.between("capex.construction", usd, begun.day, done)
        elif not hall.payments:
            buckets.post("capex.construction", usd, day=begun.day)
        if d.case.keeps_worth:
            share = building_share(d.case.construction_decline_per_year, years_between(done, d.case.timeline.end))
            buckets.remains("residual.construction", usd * share)


def _running(d: Derivation, buckets: Buckets) -> None:
    years = d.case.timeline.step_years
    for site in d.case.sites:
        leased = site.leased_mw_years
        rent_usd_per_mw = 0.0 if leased is not None else site.rent_usd_per_mw_year * years
        for t, hours in enumerate(d.hours):
            drawn = [(d.chain(system, site), n) for system, n in d.standing(site.id, t)]
            drawn += [(chain, 1) for _, chain in network_chains(d).get((site.id, t), ())]
            for chain, n in drawn:
                mwh = n * energy_mwh(chain.utility.average_w or 0.0, hours)
                buckets.spread("opex.energy", mwh * site.energy_price_usd_per_mwh, t)
                buckets.spread("opex.operations", n * chain.it.nameplate_w / 1e6 * d.case.operations_usd_per_mw_year * years, t)
                buckets.spread("opex.rent", n * (chain.it.at(site.sizing) or 0.0) / 1e6 * rent_usd_per_mw, t)
            if leased is not None:
                buckets.spread("opex.rent", leased[t] * site.rent_usd_per_mw_year, t)


def _leaving(d: Derivation, buckets: Buckets) -> None:
    starts = d.case.timeline.starts
    for number, entry in enumerate(d.case.fleet):
        buckets.remains("residual.systems", entry.units * end_usd(d.case, entry_stock(d.case, number)))
    for row in d.decisions.retirements:
        stock = stock_of(d.case, row.system, row.home, row.vintage)
        if stock is not None:
            t = d.at[row.period]
            buckets.post("resale.systems", -row.units * sale_usd(d.case, stock, t), day=starts[t])
            buckets.remains("residual.systems", -row.units * end_usd(d.case, stock))
    for move in d.decisions.moves:
        way = way_of(d.case, move)
        buckets.post("opex.moves", move.units * (way.cost_usd if way else 0.0), day=starts[d.at[move.period]])
    cost = {q.supplier: q.cost_usd for q in d.case.qualifications}
    for done in d.decisions.qualifications:
        buckets.post("opex.qualification", cost.get(done.supplier, 0.0), day=starts[d.at[done.started]])


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
