"""Tariffs, carbon, water, ramps and layers for the second formulation, from docs/formulation.md.

What the model writes as a difference is split here: highest draw into what the grid and what each
source carries, carbon by who supplies.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from planner.core.case import CaseSite, CaseSystem
from tests.model.program import CONSTANT, Expression, plus

if TYPE_CHECKING:
    from tests.model.second import Question

PARTS = 8


class SecondMeter:
    """Columns and rows of a question."""

    def __init__(self, q: Question) -> None:
        self.q, self.p, self.case, self.times = q, q.p, q.case, q.times
        self.billed: dict[tuple[str, int], Expression] = {}
        for tariff in self.case.tariffs:
            self.bill(tariff.site)
        self.carbon_ceilings()
        self.water_ceilings()
        self.ramps()
        self.layers()

    def peak(self, s: CaseSystem, w: CaseSite) -> float:
        """MW at the meter."""
        pue = w.pue_peak_air if s.cooling == "air" else w.pue_peak_liquid
        return (
            (s.peak_w + self.q.around(s, w, typical=True))
            / 1e6
            * pue
            / (1 - self.case.utility_loss)
        )

    def bill(self, site: str) -> None:
        """Billed demand of one site."""
        tariff = next(entry for entry in self.case.tariffs if entry.site == site)
        w, own = self.case.site[site], [s for s in self.case.sources if s.site == site]
        highest: list[Expression] = []
        for t in self.times:
            peak, mean = self.q.at_site(w, t, self.peak), self.q.at_site(w, t, self.q.average)
            if not any(
                s.kind in ("owned", "rented") and s.firm_w > 0 and s.output_w > 0 for s in own
            ):
                highest.append(peak)
                continue
            highest.append(self.p.column())
            for i, (_, position) in enumerate(self.case.load_steps(site)):
                left = plus(
                    (position, peak), (1 - position, mean), (-1.0, self.q.own.relief[site, t, i])
                )
                self.p.at_least(plus((1.0, highest[t]), (-1.0, left)), 0.0)
        for t in self.times:
            billed = self.billed[site, t] = self.p.column()
            self.p.at_least(plus((1.0, billed), (-1.0, highest[t])), 0.0)
            for u in self.times:
                if 0 < t - u <= tariff.ratchet_periods and tariff.ratchet:
                    self.p.at_least(plus((1.0, billed), (-tariff.ratchet, highest[u])), 0.0)
            if tariff.contract_w is not None:
                self.p.at_least(billed, tariff.minimum_take * tariff.contract_w[t] / 1e6)
            else:
                steps = [
                    (-tariff.minimum_take * s.unit_w / 1e6, self.q.own.running(s, t))
                    for s in own
                    if s.kind == "grid"
                ]
                self.p.at_least(
                    plus((1.0, billed), *steps),
                    tariff.minimum_take * (w.power_w or [0.0] * len(self.times))[t] / 1e6,
                )

    def emitted(self, site: str, t: int) -> Expression:
        """ktCO2e of a site in a period."""
        entry = next(entry for entry in self.case.carbon if entry.site == site)
        hours = self.q.hours[t]
        parts = [(entry.kg_per_mwh[t] * hours / 1e6, self.q.own.grid[site, t])]
        for s in self.case.sources:
            if s.site == site and (s.key, t) in self.q.own.gives:
                parts.append((s.carbon_kg_per_mwh * hours / 1e6, self.q.own.gives[s.key, t]))
        return plus(*parts)

    def all_carbon(self, t: int) -> Expression:
        return plus(*((1.0, self.emitted(entry.site, t)) for entry in self.case.carbon))

    def carbon_ceilings(self) -> None:
        for entry in self.case.carbon:
            if entry.total_t is not None:
                self.p.at_most(
                    plus(*((1.0, self.emitted(entry.site, t)) for t in self.times)),
                    entry.total_t / 1e3,
                )
            for t, tonnes in entry.by_period_t.items():
                self.p.at_most(self.emitted(entry.site, t), tonnes / 1e3)
        rules = self.case.carbon_rules
        if rules.total_t is not None:
            self.p.at_most(
                plus(*((1.0, self.all_carbon(t)) for t in self.times)), rules.total_t / 1e3
            )
        for t, tonnes in rules.by_period_t.items():
            self.p.at_most(self.all_carbon(t), tonnes / 1e3)

    def water_ceilings(self) -> None:
        for entry in self.case.water:
            w = self.case.site[entry.site]

            def litres(
                s: CaseSystem,
                x: CaseSite,
                air: float = entry.air_l_per_kwh,
                liquid: float = entry.liquid_l_per_kwh,
            ) -> float:
                return (
                    (s.average_w + self.q.around(s, x, typical=True))
                    / 1e6
                    * (air if s.cooling == "air" else liquid)
                    / 1e3
                )

            ml = [plus((self.q.hours[t], self.q.at_site(w, t, litres))) for t in self.times]
            if entry.total_m3 is not None:
                self.p.at_most(plus(*((1.0, each) for each in ml)), entry.total_m3 / 1e3)
            for t, volume in entry.by_period_m3.items():
                self.p.at_most(ml[t], volume / 1e3)

    def ramps(self) -> None:
        for ramp in self.case.ramps:
            storage = [s for s in self.case.sources if s.site == ramp.site and s.kind == "storage"]
            if not self.case.sources or ramp.most_w <= 0:
                continue
            marks = [ramp.most_w * i / PARTS for i in range(PARTS + 1)]
            energy = [mark * (mark / ramp.limit_w_per_s) / 2 / 3.6e9 for mark in marks]
            for t in self.times:
                jump = plus((ramp.step, self.q.at_site(self.case.site[ramp.site], t, self.peak)))
                holds = [(-s.unit_w / 1e6, self.q.own.running(s, t)) for s in storage]
                self.p.at_most(plus((1.0, jump), *holds), 0.0)
                holds = [(-s.unit_w / 1e6 * s.storage_h, self.q.own.running(s, t)) for s in storage]
                for i in range(PARTS):
                    slope = (energy[i + 1] - energy[i]) / (marks[i + 1] - marks[i]) * 1e6
                    line = plus(
                        (slope, jump), (1.0, {CONSTANT: energy[i] - slope * marks[i] / 1e6})
                    )
                    self.p.at_most(plus((1.0, line), *holds), 0.0)

    def layers(self) -> None:
        for layer in self.case.layers:
            w = self.case.site[layer.site]
            share = layer.needed / (layer.needed + layer.spare) / layer.copies
            for t in self.times:
                load = self.q.at_site(
                    w, t, self.q.it if layer.layer in ("ups", "cooling") else self.q.utility
                )
                own = [
                    s
                    for s in self.case.sources
                    if s.site == w.id and s.kind in ("owned", "rented") and layer.layer == "feed"
                ]
                spared = [(-1.0, self.q.own.safe[s.key, t]) for s in own]
                self.p.at_most(plus((1.0, load), *spared), layer.capacity_w[t] / 1e6 * share)

    def opex(self, t: int) -> Expression:
        """Demand charges and the price of carbon."""
        parts = [
            (e.usd_per_mw_year / 1e6 * self.q.years, self.billed[e.site, t])
            for e in self.case.tariffs
        ]
        price = self.case.carbon_rules.price_usd_per_t
        if price and not math.isinf(price):
            parts.append((price / 1e3, self.all_carbon(t)))
        return plus(*parts)
