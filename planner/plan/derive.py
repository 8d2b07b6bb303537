"""What follows from a plan's decisions? Every table of a plan, re-derived from the case by plain arithmetic.

This is the second road: it knows the case and `engineering`, and neither the model nor the solver. Loops over small records on purpose,
so that
it shares no array code with the model whose answer it checks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from planner.engineering.cooling import heat_split_w
from planner.engineering.money import building_share, discount_factor, energy_mwh, resale_share
from planner.engineering.power import Chain, Draw, add_chains, power_chain
from planner.plan.schema import (
    Assignment,
    Built,
    CashRow,
    ComputeRow,
    DemandRow,
    EnergyRow,
    FleetRow,
    FlowKind,
    PowerRow,
    Purchase,
    Retirement,
    Totals,
)
from planner.scenario.case import Case, CaseDemand, CaseSite, CaseSystem

HOURS_PER_YEAR = 8760.0

Buckets = dict[tuple[str, FlowKind], list[float]]
"""(bucket, kind) → USD by period."""


@dataclass(frozen=True)
class Decisions:
    """What was decided; everything else follows."""

    purchases: list[Purchase]
    retirements: list[Retirement]
    built: list[Built]
    assignments: list[Assignment]


class Derivation:
    """Everything that follows from decisions under a case."""

    def __init__(self, case: Case, decisions: Decisions) -> None:
        self.case, self.decisions = case, decisions
        self.labels = [p.label for p in case.timeline.periods]
        self.at = {label: t for t, label in enumerate(self.labels)}
        self.hours = [p.hours for p in case.timeline.periods]
        self._chains: dict[tuple[str, str], Chain] = {}

    @cached_property
    def units(self) -> dict[tuple[str, str], list[int]]:
        """(system, site) → systems in service by period."""
        count = len(self.labels)
        change: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * count)
        for entry in self.case.fleet:
            change[entry.system, entry.site][0] += entry.units
        for purchase in self.decisions.purchases:
            start = self.at[purchase.delivered] + self.case.system[purchase.system].fit_out_periods
            if start < count:
                change[purchase.system, purchase.site][start] += purchase.units
        for retirement in self.decisions.retirements:
            change[retirement.system, retirement.site][self.at[retirement.period]] -= retirement.units
        result = {}
        for key in sorted(change):
            running, total = [], 0
            for step in change[key]:
                total += step
                running.append(total)
            result[key] = running
        return result

    def fleet(self) -> list[FleetRow]:
        """Systems in service, where there are any."""
        return [
            FleetRow(system=system, site=site, period=label, units=n, accelerators=n * self.case.system[system].accelerators)
            for (system, site), counts in self.units.items()
            for label, n in zip(self.labels, counts, strict=True)
            if n
        ]

    def chain(self, system: CaseSystem, site: CaseSite) -> Chain:
        """Power chain of one system at a site."""
        key = (system.id, site.id)
        if key not in self._chains:
            annual, peak = site.pue(system)
            self._chains[key] = power_chain(
                accelerators=system.accelerators,
                tdp_w=system.tdp_w,
                own=Draw(system.nameplate_w, system.peak_w, system.average_w, system.idle_w),
                sold_as=system.basis,
                it_overhead=system.it_overhead,
                pue_annual=annual,
                pue_peak=peak,
                utility_loss=self.case.utility_loss,
            )
        return self._chains[key]

    def standing(self, site: str, t: int) -> Iterator[tuple[CaseSystem, int]]:
        """Systems in service at a site in a period."""
        for (system, where), counts in self.units.items():
            if where == site and counts[t]:
                yield self.case.system[system], counts[t]

    def site_chain(self, site: CaseSite, t: int) -> Chain | None:
        """Power chain of a whole site in a period; None if nothing runs there."""
        chains = [self.chain(system, site).times(n) for system, n in self.standing(site.id, t)]
        return add_chains(chains) if chains else None

    def power(self) -> list[PowerRow]:
        """Draw by site, period and basis."""
        rows = []
        for site in self.case.sites:
            for t, label in enumerate(self.labels):
                for basis, draw in self.site_chain(site, t) or ():
                    rows.append(
                        PowerRow(
                            site=site.id,
                            period=label,
                            basis=basis,
                            nameplate_mw=draw.nameplate_w / 1e6,
                            peak_mw=_mw(draw.peak_w),
                            average_mw=_mw(draw.average_w),
                            idle_mw=_mw(draw.idle_w),
                        )
                    )
        return rows

    def energy(self) -> list[EnergyRow]:
        """Energy by site and period."""
        rows = []
        for site in self.case.sites:
            for t, label in enumerate(self.labels):
                chain = self.site_chain(site, t)
                if chain is not None:
                    rows.append(
                        EnergyRow(
                            site=site.id,
                            period=label,
                            energy_mwh=energy_mwh(chain.utility.average_w or 0.0, self.hours[t]),
                        )
                    )
        return rows

    def sized_w(self, site: CaseSite, t: int) -> dict[str, float]:
        """What the site's limits see, at its sizing load, in W (racks for positions)."""
        total: dict[str, float] = dict.fromkeys(("utility", "it", "liquid", "air", "racks"), 0.0)
        for system, n in self.standing(site.id, t):
            chain = self.chain(system, site)
            own, it = chain.rack.at(site.sizing) or 0.0, chain.it.at(site.sizing) or 0.0
            liquid, air = heat_split_w(own, it - own, system.liquid_share)
            utility = chain.utility.at(site.sizing) or 0.0
            for key, value in (
                ("utility", utility),
                ("it", it),
                ("liquid", liquid),
                ("air", air),
                ("racks", system.racks),
            ):
                total[key] += n * value
        return total

    def existing_mw(self, site: CaseSite) -> float:
        """MW of critical IT that stands at the start: what the scenario says, or what the existing fleet takes at the sizing load."""
        if site.existing_it_w is not None:
            return site.existing_it_w / 1e6
        fleet = [(self.case.system[f.system], f.units) for f in self.case.fleet if f.site == site.id]
        return sum(units * (self.chain(system, site).it.at(site.sizing) or 0.0) for system, units in fleet) / 1e6

    @cached_property
    def built_mw(self) -> dict[tuple[str, int], float]:
        """(site, period) → MW of critical IT that stands; what stood at the start where nothing was built."""
        result = {(site.id, t): self.existing_mw(site) for site in self.case.sites for t in range(len(self.labels))}
        for row in self.decisions.built:
            result[row.site, self.at[row.period]] = row.it_mw
        return result

    def cash(self) -> list[CashRow]:
        """Every bucket in every period where it is not zero."""
        buckets: Buckets = defaultdict(lambda: [0.0] * len(self.labels))
        self._purchases(buckets)
        self._buildings(buckets)
        self._running(buckets)
        for row in self.demands():
            demand = next(d for d in self.case.demands if d.id == row.demand)
            if demand.shortfall_price is not None and row.short:
                eflop_or_units = row.short / 1e18 * 3600.0 if row.unit == "FLOP/s" else row.short
                t = self.at[row.period]
                buckets["penalty.shortfall", "penalty"][t] += eflop_or_units * self.hours[t] * demand.shortfall_price
        return [
            CashRow.model_construct(bucket=bucket, kind=kind, period=self.labels[t], usd=usd)
            for (bucket, kind), values in sorted(buckets.items())
            for t, usd in enumerate(values)
            if usd
        ]

    def _purchases(self, buckets: Buckets) -> None:
        last = len(self.labels) - 1
        for purchase in self.decisions.purchases:
            system, t = self.case.system[purchase.system], self.at[purchase.delivered]
            price = system.price_usd * purchase.units
            order = max(0, t - system.lead_time_periods)
            buckets["capex.systems", "cash"][order] += price * system.down_payment
            buckets["capex.systems", "cash"][t] += price * (1 - system.down_payment)
            buckets["capex.fabric", "cash"][t] += price * system.fabric_cost
            if self.case.keeps_worth:
                share = resale_share(self.case.resale_decline_per_year, self.case.timeline.years_between(t, last))
                buckets["residual.systems", "residual"][last] -= price * share

    def _buildings(self, buckets: Buckets) -> None:
        last = len(self.labels) - 1
        for site in self.case.sites:
            before = self.existing_mw(site)
            for t in range(last + 1):
                cost = (self.built_mw[site.id, t] - before) * site.construction_usd_per_mw
                before = self.built_mw[site.id, t]
                if cost:
                    buckets["capex.construction", "cash"][t] += cost
                    if self.case.keeps_worth:
                        age = self.case.timeline.years_between(t, last)
                        buckets["residual.construction", "residual"][last] -= cost * building_share(
                            self.case.construction_decline_per_year, age
                        )

    def _running(self, buckets: Buckets) -> None:
        for site in self.case.sites:
            for t, hours in enumerate(self.hours):
                years = hours / HOURS_PER_YEAR
                for system, n in self.standing(site.id, t):
                    chain = self.chain(system, site)
                    mwh = energy_mwh(chain.utility.average_w or 0.0, hours)
                    buckets["opex.energy", "cash"][t] += n * mwh * site.energy_price_usd_per_mwh
                    buckets["opex.operations", "cash"][t] += n * chain.it.nameplate_w / 1e6 * self.case.operations_usd_per_mw_year * years
                    if site.rent_usd_per_mw_year:
                        buckets["opex.rent", "cash"][t] += n * (chain.it.at(site.sizing) or 0.0) / 1e6 * site.rent_usd_per_mw_year * years

    def demands(self) -> list[DemandRow]:
        """What each demand got, where it asked for something."""
        rows = []
        for demand in self.case.demands:
            rivals = [d for d in self.case.demands if d.kind == demand.kind]
            for t, need in enumerate(demand.need):
                if need > 0:
                    served = sum(n * self.weight(demand, system) for system, n in self._counted(demand, t, alone=len(rivals) == 1))
                    unit = "FLOP/s" if demand.kind == "compute" else "accelerators"
                    rows.append(
                        DemandRow(
                            demand=demand.id,
                            period=self.labels[t],
                            unit=unit,
                            need=need,
                            served=served,
                            short=max(0.0, need - served),
                        )
                    )
        return rows

    def weight(self, demand: CaseDemand, system: CaseSystem) -> float:
        """What one system contributes to a demand, in accelerators or FLOP/s."""
        if demand.precision is None:
            return float(system.accelerators)
        if demand.basis == "peak":
            return system.peak_flop_s.get(demand.precision, 0.0)
        return system.delivered_flop_s(demand.precision, self.case.goodput)

    def _counted(self, demand: CaseDemand, t: int, *, alone: bool) -> Iterator[tuple[CaseSystem, float]]:
        if alone:
            for (system, site), counts in self.units.items():
                if system in demand.systems and site in demand.sites:
                    yield self.case.system[system], float(counts[t])
            return
        for row in self.decisions.assignments:
            if row.demand == demand.id and row.period == self.labels[t] and row.system in demand.systems and row.site in demand.sites:
                yield self.case.system[row.system], row.units

    def compute(self) -> list[ComputeRow]:
        """Computing rate by period, for every precision the case knows."""
        precisions = dict.fromkeys(p for s in self.case.systems for p in s.peak_flop_s)
        rows = []
        for precision in precisions:
            for t, label in enumerate(self.labels):
                peak = sum(counts[t] * self.case.system[s].peak_flop_s.get(precision, 0.0) for (s, _), counts in self.units.items())
                delivered = sum(
                    counts[t] * self.case.system[s].delivered_flop_s(precision, self.case.goodput) for (s, _), counts in self.units.items()
                )
                rows.append(ComputeRow(precision=precision, period=label, peak_flop_s=peak, delivered_flop_s=delivered))
        return rows

    def totals(self) -> Totals:
        """The plan in a few figures."""
        cash, compute = self.cash(), self.compute()
        by_period: dict[tuple[int, str, str], float] = defaultdict(float)
        for row in self.power():
            for load, value in (("nameplate", row.nameplate_mw), ("peak", row.peak_mw), ("average", row.average_mw)):
                by_period[self.at[row.period], row.basis, load] += value or 0.0

        def highest(basis: str, load: str) -> float:
            return max((value for (_, b, kind), value in by_period.items() if (b, kind) == (basis, load)), default=0.0)

        capex = sum(r.usd for r in cash if r.bucket.startswith("capex."))
        bought_it = bought_utility = 0.0
        for purchase in self.decisions.purchases:
            chain = self.chain(self.case.system[purchase.system], self.case.site[purchase.site])
            bought_it += purchase.units * chain.it.nameplate_w / 1e6
            bought_utility += purchase.units * chain.utility.nameplate_w / 1e6
        return Totals(
            systems=sum(p.units for p in self.decisions.purchases),
            accelerators=sum(p.units * self.case.system[p.system].accelerators for p in self.decisions.purchases),
            capex_usd=capex,
            opex_usd=sum(r.usd for r in cash if r.bucket.startswith("opex.")),
            residual_usd=sum(r.usd for r in cash if r.kind == "residual"),
            penalty_usd=sum(r.usd for r in cash if r.kind == "penalty"),
            present_cost_usd=self.present_cost_usd(cash),
            energy_mwh=sum(r.energy_mwh for r in self.energy()),
            it_nameplate_mw=highest("it", "nameplate"),
            it_peak_mw=highest("it", "peak"),
            facility_peak_mw=highest("facility", "peak"),
            utility_peak_mw=highest("utility", "peak"),
            utility_nameplate_mw=highest("utility", "nameplate"),
            utility_average_mw=highest("utility", "average"),
            capex_usd_per_it_mw=capex / bought_it if bought_it else None,
            capex_usd_per_utility_mw=capex / bought_utility if bought_utility else None,
            delivered_flop_s={r.precision: r.delivered_flop_s for r in compute if r.period == self.labels[-1]},
        )

    def present_cost_usd(self, cash: list[CashRow]) -> float:
        """Present worth: cash and penalties in the middle of their period, residual worth at the end of the horizon."""
        timeline, rate = self.case.timeline, self.case.discount_rate_per_year
        middle = timeline.years_from_start()
        end = timeline.years_between(0, len(self.labels) - 1)
        return sum(r.usd * discount_factor(rate, end if r.kind == "residual" else middle[self.at[r.period]]) for r in cash)


def _mw(watts: float | None) -> float | None:
    return None if watts is None else watts / 1e6
