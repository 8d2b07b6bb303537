"""A generated question of any size: systems of several suppliers, sites with growing power, a
demand, shares and budgets."""

from __future__ import annotations

from datetime import date

import numpy as np

from planner.assembly.scenario import Case
from planner.capabilities.budget.case import CaseBudget
from planner.capabilities.demand.case import CaseDemand
from planner.capabilities.objectives.case import CaseObjective
from planner.capabilities.objectives.schema import Objective
from planner.capabilities.sourcing.case import CaseRule
from planner.capabilities.supply.case import CaseSupply
from planner.core.case import CaseSite, CaseSystem
from planner.periods import DAYS_PER_MONTH, Moment

QUARTER_DAYS = 3 * DAYS_PER_MONTH
FIRST, LAST = date(2027, 1, 1), date(2100, 1, 1)
"""Days of delivery and of construction: any within the horizon."""


def generated(systems: int = 40, sites: int = 20, quarters: int = 20, seed: int = 0) -> Case:
    """A case with integer purchases over systems × sites × quarters, in which power, supply, shares
    and the demand all matter."""
    draw = np.random.default_rng(seed)
    machines = [_system(i, draw, [f"site-{j}" for j in range(sites)]) for i in range(systems)]
    places = [_site(j, draw, quarters) for j in range(sites)]
    each = np.mean([m.delivered_flop_s("bf16", 0.92) / (m.nameplate_w * 1.4) for m in machines])
    reachable = sum(np.array(place.power_w) for place in places) * each * 0.45
    last = quarters - 1
    return Case(
        name=f"generated {systems} × {sites} × {quarters}",
        scenario_file="bench",
        scenario_digest=str(seed),
        catalog_version="none",
        catalog_digest="none",
        first=Moment.parse("2027-Q1"),
        last=Moment.parse(f"{2027 + (quarters - 1) // 4}-Q{(quarters - 1) % 4 + 1}"),
        step="quarter",
        discount_rate_per_year=0.1,
        keeps_worth=True,
        utility_loss=0.01,
        goodput=0.92,
        operations_usd_per_mw_year=0.3e6,
        construction_decline_per_year=0.07,
        resale_decline_per_year=0.3,
        systems=machines,
        sites=places,
        supply=[_supply(m, draw, quarters) for m in machines],
        fleet=[],
        demands=[
            CaseDemand(
                id="training",
                kind="compute",
                systems=[m.id for m in machines],
                sites=[p.id for p in places],
                precision="bf16",
                basis="delivered",
                need=[0.0, 0.0, 0.0, *reachable[3:].tolist()],
                shortfall_price=None,
                path="demands.0",
            )
        ],
        rules=[
            CaseRule(
                level="supplier",
                metric="spend",
                precision="bf16",
                max_share=0.4,
                only=None,
                min_suppliers=None,
                meaningful=0.1,
                windows=[(0, last)],
                path="diversification.0",
            )
        ],
        budget=CaseBudget(capex_usd=None, total_usd=None, by_period_usd={}, cumulative_usd={}),
        goals=[CaseObjective(goal=Objective(minimize="cost"), at=None)],
        figures=[],
        notes=[],
    )


def _system(i: int, draw: np.random.Generator, sites: list[str]) -> CaseSystem:
    power = float(draw.uniform(10e3, 250e3))
    rate = power * float(draw.uniform(0.6e12, 1.4e12))
    return CaseSystem(
        id=f"system-{i}",
        name=f"System {i}",
        supplier=f"supplier-{i % 6}",
        supplier_name=f"Supplier {i % 6}",
        software="stack",
        accelerator=f"chip-{i}",
        form="rack",
        sale="open",
        cooling="liquid",
        liquid_share=0.9,
        accelerators=8,
        racks=1,
        tdp_w=power / 12,
        nameplate_w=power,
        peak_w=0.82 * power,
        average_w=0.72 * power,
        idle_w=0.2 * power,
        it_overhead=0.14,
        price_usd=power * float(draw.uniform(20, 40)),
        fabric_cost=0.26,
        down_payment=0.0,
        lead_time_days=2 * QUARTER_DAYS,
        fit_out_days=QUARTER_DAYS,
        first=FIRST,
        last=LAST,
        sites=sites,
        may_buy=True,
        peak_flop_s={"bf16": rate},
        mfu={"bf16": float(draw.uniform(0.3, 0.5))},
    )


def _site(j: int, draw: np.random.Generator, quarters: int) -> CaseSite:
    start, growth = float(draw.uniform(20e6, 80e6)), float(draw.uniform(5e6, 20e6))
    return CaseSite(
        id=f"site-{j}",
        name=f"Site {j}",
        power_w=[start + growth * t for t in range(quarters)],
        critical_it_w=None,
        positions=None,
        sizing="nameplate",
        liquid_w=None,
        air_w=None,
        pue_annual_air=1.3,
        pue_peak_air=1.4,
        pue_annual_liquid=1.15,
        pue_peak_liquid=1.25,
        energy_price_usd_per_mwh=float(draw.uniform(40, 110)),
        construction_usd_per_mw=float(draw.uniform(9e6, 15e6)),
        existing_it_w=0.0,
        fit_out_days=QUARTER_DAYS,
        rent_usd_per_mw_year=0.0,
    )


def _supply(machine: CaseSystem, draw: np.random.Generator, quarters: int) -> CaseSupply:
    rate = float(draw.integers(20, 200)) * 100e3 / machine.nameplate_w
    return CaseSupply(
        system=machine.id,
        cumulative=[rate * (t + 1) for t in range(quarters)],
        per_period=None,
        path="supply.0",
    )
