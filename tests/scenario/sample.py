"""One sound scenario to spoil, and the marker that says where a complaint must point."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest

from planner.catalog.load import Catalog, load_catalog
from planner.errors import InputError, Problem
from planner.scenario.load import Loaded, load_scenario_text

SOUND = """\
name: Sample
horizon: {from: 2026-Q1, to: 2027-Q4}
sites:
  - id: north
    power: {2026-Q1: 20 MW, 2027-Q1: 40 MW}
    energy_price: 55 USD/MWh
systems:
  - {system: hgx-h100, lead_time: 0 days, fit_out: 0 days}
  - mi355x-server
supply:
  - {system: hgx-h100, by: {2026-Q1: 100 systems, 2026-Q3: 400 systems}}
demands:
  - {id: first, kind: deployment, accelerator: h100-sxm, need: {2027-Q1: 1000 accelerators}}
diversification:
  - {level: supplier, metric: spend, max_share: 60 %}
budget: {capex: 5 GUSD}
objective: [{minimize: cost}]
"""

RICH = """\
name: Everything at once
description: every key of the schema stands here
horizon: {from: 2026-Q1, to: 2028-Q4, step: quarter}
finance: {discount_rate: 10 %/year, resale: none}
sites:
  - id: north
    name: Northern hall
    power: {2026-Q1: 20 MW, 2027-Q1: 40 MW}
    critical_it: {2026-Q1: 30 MW}
    sizing: peak
    cooling: {liquid: unlimited, air: 25 MW}
    pue: {annual: 1.15, peak: 1.25}
    energy_price: 55 USD/MWh
    positions: {2026-Q1: 500 racks}
    construction: {cost: 12 MUSD/MW, existing: 5 MW, rate: 15 MW/quarter, payments: [{share: 30 %, before: 9 months}, {share: 70 %}]}
    rent: 150 USD/kW/month
    region: east
    sources:
      - source: mobile-turbine
        id: bridge
        at_most: 62 MW
        unit: 15.5 MW
        from: 2026-Q2
        until: 2027
        lead_time: 3 months
        term: 2 quarters
        firm: 90 %
        availability: 85 %
        capex: 60 USD/kW
        fixed: 40 USD/kW/month
        variable: 11 USD/MWh
        heat_rate: 10.5 MMBtu/MWh
        fuel_price: 4 USD/MMBtu
        permit: {power: 50 MW, lasts: 12 months}
      - {source: battery, at_most: 60 MW, round_trip: 85 %}
    load_duration: [{share: 5 %, load: 100 %}, {share: 85 %, load: 90 %}, {share: 10 %, load: 75 %}]
    tariff: {demand_charge: 15 USD/kW/month, contract: {2026-Q1: 25 MW}, minimum_take: 85 %, ratchet: 60 %, ratchet_window: 11 months}
    carbon: {grid: pjm, total: 2 MtCO2e, by_period: {2027-Q1: 90 ktCO2e}}
    water: {climate: temperate, wue: {air: 0.4 L/kWh, liquid: 0.3 L/kWh}, total: 900000 m3, by_period: {2027-Q1: 100000 m3}}
    ramp: {limit: 10 MW/min, step: 40 %}
    layers: [{layer: ups, capacity: {2026-Q1: 60 MW}, redundancy: 4n-3}]
  - id: south
    energy_price: 40 USD/MWh
    power: {2026: 90 MW}
    rent: 120 USD/kW/month
    leased: {2026-02-15: 40 MW, 2027-Q1: 60 MW}
    region: west
    carbon: {intensity: {2026: 400 gCO2e/kWh, 2028: 350 gCO2e/kWh}}
  - id: west
    region: west
    energy_price: 45 USD/MWh
    power: {2026: 60 MW}
    carbon: {grid: ercot}
    construction: {budget: 900 MUSD}
    fabric: {topology: oversubscribed, switch: eth-64x800, oversubscription: 3, payments: [{share: 100 %, before: 2 months}]}
    halls:
      - id: wet
        name: Liquid hall
        critical_it: 20 MW
        positions: 160 racks
        cooling: direct-liquid
        liquid: 18 MW
        air: 6 MW
        rack_density: 140 kW/rack
        cost: 300 MUSD
        lead_time: 9 months
        from: 2026-Q2
        until: 2027-Q4
        payments: [{share: 50 %, before: 6 months}, {share: 50 %, before: 0 days}]
        most: 2
      - {id: dry, critical_it: 10 MW, cooling: air, cost_per_mw: 11 MUSD/MW}
      - {id: plain, critical_it: 10 MW, cooling: rear-door, build: us-conversion}
  - {id: isle, region: west, energy_price: 0 USD/MWh, island: true, sources: [{source: gas-engine, at_most: 45 MW, reliability: 99.9 %}]}
systems:
  - system: hgx-h100
    price: 190 kUSD
    down_payment: 20 %
    lead_time: 8 weeks
    fit_out: 30 days
    from: 2026-Q2
    until: 2028
    order_from: 2026-Q1
    order_until: 2028-Q2
    sites: [north]
    peak: 9 kW
    average: 7 kW
    mfu: {bf16: 41 %}
    may_retire: true
    lifetime: 5 years
    power_caps: {at: [90 %, 75 %], work: inference}
  - mi355x-server
  - {system: tpu-v6e-host, nameplate: 5 kW, upstream: {memory: [samsung, sk-hynix]}}
supply:
  - {system: hgx-h100, by: {2026-Q1: 100 systems, 2026-Q3: 3200 accelerators}, per_period: 50 systems, total: 1000 systems}
  - {system: mi355x-server, schedule: {2026-Q2: 40 systems, 2027-Q1: 90 systems}, minimum_order: 10 systems, lot: 5 systems}
qualification:
  - {supplier: amd, time: 4 months, cost: 3 MUSD}
orders:
  - {id: po-17, supplier: nvidia, system: hgx-h100, site: north, units: 20 systems, delivery: 2026-08-20, price: 185 kUSD, paid: 25 %, placed: 2025-11-03}
  - {system: mi355x-server, site: south, units: 5 systems, delivery: 2026-11, fit_out: 3 weeks}
  - {system: hgx-h100, site: north, units: 2 systems, delivery: 2026-11, power_cap: 90 %}
fleet:
  - {site: south, system: dgx-a100-80gb, units: 80 accelerators, may_retire: true}
  - {site: north, system: dgx-a100-80gb, units: 4 systems, bought: 2023-Q1, price: 150 kUSD, lifetime: 4 years}
  - {site: north, system: mi355x-server, units: 2 systems, age: 6 months, retire_by: 2028-Q1}
crews:
  - {sites: [north, south], rate: 20 MW/quarter, install_rate: 90 racks/month}
moves:
  - {system: dgx-a100-80gb, from: [north], to: [south], cost: 8 kUSD, transit: 1 month}
demands:
  - id: first
    kind: deployment
    accelerator: h100-sxm
    need: {2027-Q1: 1000 accelerators}
    sites: [north]
    shortfall: 3 USD/accelerator/hour
    coherent: true
    requires:
      {memory: 80 GB, domain: 8, domain_memory: 640 GB, scale_out: 200 Gbit/s, software: [CUDA], suppliers: [nvidia]}
    priority: 1
  - {id: train, kind: compute, precision: bf16, basis: peak, need: {2027-Q4: 1 EFLOP/s}, at_most: {2028: 9 EFLOP/s}, shortfall: 1.5 USD/EFLOP}
  - {id: campus, kind: deployment, need: {2027-Q2: 2 MW facility peak}, at_most: {2028-Q1: 80 MW facility peak}, shortfall: 2000 USD/MWh}
diversification:
  - {level: supplier, metric: spend, max_share: 60 %, window: 4 quarters}
  - {level: software, metric: compute, precision: bf16, max_share: 80 %, only: CUDA}
  - {min_suppliers: 2, meaningful: 15 %}
  - {level: memory, metric: units, min_share: 1 %, only: samsung, cumulative: true}
  - {level: site, metric: power, of: fleet, max_hhi: 0.9}
  - {level: region, max_suppliers: 2}
survival:
  - {level: supplier, losses: 1, lost: 50 %, demand: train, serves: 30 %}
  - {level: site, metric: units, serves: 10 %}
budget: {capex: 5 GUSD, total: 7 GUSD, by_period: {2026-Q4: 2 GUSD}, cumulative: {2027-Q4: 4 GUSD}}
carbon: {total: 3 MtCO2e, by_period: {2027-Q1: 200 ktCO2e}, price: 20 USD/tCO2e}
objective:
  - {maximize: compute, at: 2027-Q4, tolerance: 1 %}
  - {minimize: time, compute: 1 EFLOP/s}
  - weighted: [{minimize: cost, weight: 1}, {minimize: time, accelerators: 1000 accelerators, weight: 0.1}]
  - {minimize: shortfall, priority: 1}
assume:
  peak_load: 90 %
  average_load: 70 %
  it_overhead: 10 %
  utility_loss: 1 %
  fabric_cost: 0.2
  construction: 11 MUSD/MW
  construction_decline: 5 %/year
  operations: 0.3 MUSD/MW/year
  resale_decline: 30 %/year
  goodput: 90 %
  lead_time: 10 weeks
  fit_out: 2 weeks
solve: {gap: 0.1 %, time_limit: 60 s, seed: 7}
fabric: {topology: fat-tree}
"""  # noqa: E501  (lines of a file)
"""Every key there is. Its numbers are made up."""

HERE = "«"
"""Stands before the character that a complaint must point at; taken out before the text is read."""


@cache
def catalog() -> Catalog:
    """The built-in catalog, read once."""
    return load_catalog()


FREE = {
    "it_overhead": 0,
    "utility_loss": 0,
    "fabric_cost": 0,
    "construction": "0 USD/MW",
    "operations": "0 USD/kW/year",
}
SERVER = {
    "system": "hgx-h100",
    "price": "200 kUSD",
    "lead_time": "0 days",
    "fit_out": "0 days",
    "nameplate": "10 kW",
    "peak": "10 kW",
    "average": "10 kW",
}
"""A server whose cost and draw can be worked out in the head: 200 kUSD and 10 kW, with nothing
around it that costs."""


def load(text: str, overrides: Sequence[str] = ()) -> Loaded:
    """Load a scenario text called `s.yaml`."""
    return load_scenario_text(text, catalog(), overrides, "s.yaml")


def problems_of(text: str, overrides: Sequence[str] = ()) -> list[Problem]:
    """What is wrong with a text that is wrong."""
    with pytest.raises(InputError) as caught:
        load(text, overrides)
    return list(caught.value.problems)


def spoilt(old: str, new: str, text: str = SOUND) -> str:
    """The sound scenario with one passage replaced."""
    assert text.count(old) >= 1, f"{old!r} does not stand in the sample"
    return text.replace(old, new, 1)


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its markers, and line and column of each."""
    places = []
    while (at := text.find(HERE)) >= 0:
        text = text[:at] + text[at + 1 :]
        before = text[:at]
        places.append((before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1))
    return text, places


def places_of(problems: Sequence[Problem]) -> list[tuple[int, int]]:
    """Line and column of each problem."""
    assert all(problem.mark for problem in problems), "a complaint without a place"
    return [(problem.mark.line, problem.mark.column) for problem in problems if problem.mark]
