"""Plans to tamper with, and what it takes to tamper with them without being inconsistent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from planner.assembly.derived import derived
from planner.assembly.plan import Plan
from planner.capabilities.budget.derive import totals
from planner.capabilities.objectives.derive import objective_value
from planner.core.case import Case
from planner.plan.derive import Decisions, Derivation
from planner.plan.schema import digest_of
from planner.plan.tables import DECIDED as DECIDED_TABLES

MIXED = """\
name: Every table filled
horizon: {from: 2026-Q1, to: 2027-Q2}
finance: {discount_rate: 10 %/year}
sites:
  - id: north
    power: {2026-Q1: 2 MW, 2026-Q4: 4 MW}
    critical_it: {2026-Q1: 3 MW}
    cooling: {liquid: 2.5 MW, air: 2.5 MW}
    energy_price: 55 USD/MWh
    positions: {2026-Q1: 60 racks}
    construction: {cost: 12 MUSD/MW, existing: 0.2 MW}
    rent: 150 USD/kW/month
  - {id: south, energy_price: 40 USD/MWh, power: {2026-Q1: 1 MW}, sizing: peak}
systems:
  - {system: hgx-h100, lead_time: 3 months, fit_out: 0 days, down_payment: 20 %}
  - {system: mi300x-server, lead_time: 0 days, fit_out: 3 months}
  - {system: gb200-nvl72, lead_time: 0 days, fit_out: 0 days, sites: [north]}
supply:
  - {system: hgx-h100, by: {2026-Q1: 10 systems, 2026-Q3: 60 systems}, per_period: 20 systems}
  - {system: gb200-nvl72, total: 5 systems}
fleet:
  - {site: south, system: dgx-a100-80gb, units: 100 systems, may_retire: true}
  - {site: north, system: dgx-a100-80gb, units: 2 systems}
demands:
  - {id: one, kind: deployment, accelerator: h100-sxm, sites: [north], need: {2026-Q4: 100 accelerators}}
  - {id: two, kind: deployment, accelerator: h100-sxm, need: {2026-Q4: 200 accelerators, 2027-Q2: 250 accelerators}}
  - {id: train, kind: compute, precision: bf16, need: {2026-Q3: 20 PFLOP/s, 2027-Q2: 4 EFLOP/s}, shortfall: 1.5 USD/EFLOP}
diversification:
  - {level: supplier, metric: spend, max_share: 80 %}
  - {level: software, metric: power, min_suppliers: 2, meaningful: 10 %, window: 3 quarters}
budget: {capex: 90 MUSD, total: 120 MUSD, by_period: {2026-Q2: 30 MUSD}, cumulative: {2026-Q4: 80 MUSD}}
objective: [{maximize: compute, tolerance: 5 %}, {minimize: cost}]
solve: {gap: 0.5 %}
"""  # noqa: E501  (lines of a file)
"""Retirements, assignments, shortfall, shares, budgets and two objectives; its numbers are made
up."""

DECIDED = tuple(table.name for table in DECIDED_TABLES if table.name != "purchases")
"""Tables of decisions beside the purchases."""

HALLS = """\
name: Halls of two kinds
horizon: {from: 2026-Q1, to: 2027-Q4}
finance: {discount_rate: 10 %/year}
sites:
  - id: west
    power: {2026-Q1: 40 MW}
    energy_price: 50 USD/MWh
    positions: {2026-Q1: 40 racks}
    cooling: {liquid: none, air: 1 MW}
    construction: {existing: 1.2 MW, budget: 400 MUSD}
    fabric: {topology: rail-optimized}
    halls:
      - {id: wet, critical_it: 6 MW, positions: 60 racks, cooling: direct-liquid, lead_time: 6 months, most: 2}
      - {id: dry, critical_it: 3 MW, positions: 200 racks, cooling: air, lead_time: 3 months, cost: 28 MUSD, until: 2026-Q4}
  - {id: east, energy_price: 60 USD/MWh, power: {2026-Q1: 3 MW}, construction: {cost: 14 MUSD/MW, budget: 30 MUSD}}
systems:
  - {system: hgx-h100, lead_time: 0 days, fit_out: 0 days}
  - {system: gb200-nvl72, lead_time: 3 months, fit_out: 0 days, sites: [west]}
fleet:
  - {site: west, system: dgx-a100-80gb, units: 40 systems}
demands:
  - {id: train, kind: deployment, system: gb200-nvl72, coherent: true, need: {2027-Q1: 60 systems, 2027-Q4: 80 systems}}
  - {id: serve, kind: deployment, system: hgx-h100, need: {2026-Q2: 100 systems, 2027-Q3: 500 systems}}
  - {id: infer, kind: compute, precision: bf16, coherent: true, need: {2027-Q3: 50 PFLOP/s}, shortfall: 1.5 USD/EFLOP}
objective: [{minimize: cost}]
"""  # noqa: E501  (lines of a file)
"""Halls of two kinds beside what stands, and a site that is built by the megawatt; its numbers are
made up."""
REFRESH = """\
name: Machines come and go
horizon: {from: 2026-Q1, to: 2027-Q2}
finance: {discount_rate: 10 %/year}
sites:
  - {id: north, energy_price: 90 USD/MWh, power: {2026-Q1: 0.5 MW}}
  - {id: south, energy_price: 30 USD/MWh, power: {2026-Q1: 0.5 MW}}
systems:
  - {system: hgx-h100, lead_time: 0 days, fit_out: 0 days, sites: [north], lifetime: 3 quarters}
  - {system: mi300x-server, lead_time: 0 days, fit_out: 3 months, sites: [north], may_retire: true}
supply:
  - {system: mi300x-server, schedule: {2026-Q1: 14 systems}, minimum_order: 3 systems, lot: 2 systems}
qualification:
  - {supplier: amd, cost: 20 kUSD}
crews:
  - {sites: [north, south], rate: 2 MW/month, install_rate: 40 racks/month}
fleet:
  - {site: north, system: dgx-a100-80gb, units: 30 systems, bought: 2023-Q1, price: 150 kUSD, may_retire: true, lifetime: 4 years}
  - {site: north, system: dgx-a100-80gb, units: 9 systems, age: 18 months, price: 120 kUSD}
moves:
  - {system: dgx-a100-80gb, to: [south], cost: 2 kUSD, transit: 3 months}
demands:
  - {id: old, kind: deployment, system: dgx-a100-80gb, sites: [south], need: {2026-Q3: 100 accelerators}, shortfall: 40 USD/accelerator/h}
  - {id: new, kind: compute, precision: bf16, sites: [north], need: {2026-Q2: 0.1 EFLOP/s, 2027-Q2: 0.02 EFLOP/s}, shortfall: 9 USD/EFLOP}
budget: {total: 60 MUSD}
objective: [{minimize: cost}]
solve: {gap: 0.01 %}
"""  # noqa: E501  (lines of a file)
"""Machines of two ages that are sold, moved and replaced; its numbers are made up."""

EVERYTHING = """\
name: Most families at once
horizon: {from: 2026-Q1, to: 2026-Q3}
finance: {discount_rate: 10 %/year}
sites:
  - id: north
    region: east
    power: {2026-Q1: 1.5 MW, 2026-Q2: 2.5 MW}
    energy_price: 55 USD/MWh
    positions: {2026-Q1: 90 racks}
    cooling: {liquid: 2 MW, air: 3 MW}
    construction: {cost: 12 MUSD/MW, existing: 0.4 MW, rate: 3 MW/quarter}
    tariff: {demand_charge: 12 USD/kW/month, ratchet: 60 %, minimum_take: 40 %}
    sources: [{source: gas-engine, at_most: 1 MW, unit: 0.5 MW, lead_time: 0 days}]
    carbon: {grid: pjm, total: 90 ktCO2e}
    water: {climate: temperate, total: 900000 m3}
    layers: [{layer: ups, capacity: {2026-Q1: 4 MW}, redundancy: n-plus-1}]
  - id: west
    region: west
    power: {2026-Q1: 2 MW}
    energy_price: 50 USD/MWh
    construction: {existing: 0.3 MW, budget: 90 MUSD}
    carbon: {grid: ercot}
    fabric: {topology: rail-optimized}
    halls: [{id: dry, critical_it: 1 MW, positions: 60 racks, cooling: air, lead_time: 0 days, cost: 9 MUSD, most: 2}]
systems:
  - {system: hgx-h100, lead_time: 0 days, fit_out: 0 days, may_retire: true, down_payment: 20 %}
  - {system: mi300x-server, lead_time: 0 days, fit_out: 0 days}
supply:
  - {system: hgx-h100, per_period: 60 systems, lot: 2 systems}
qualification:
  - {supplier: amd, time: 0 days, cost: 20 kUSD}
fleet:
  - {site: north, system: dgx-a100-80gb, units: 20 systems, age: 2 years, may_retire: true}
moves:
  - {system: dgx-a100-80gb, to: [west], cost: 2 kUSD}
demands:
  - {id: old, kind: deployment, system: dgx-a100-80gb, sites: [west], need: {2026-Q2: 40 accelerators}}
  - {id: one, kind: deployment, accelerator: h100-sxm, need: {2026-Q2: 80 accelerators}}
  - {id: two, kind: deployment, accelerator: h100-sxm, sites: [west], need: {2026-Q3: 160 accelerators}}
  - {id: train, kind: compute, precision: bf16, need: {2026-Q2: 300 PFLOP/s}, shortfall: 3 USD/EFLOP}
diversification:
  - {level: supplier, metric: spend, max_share: 80 %}
  - {level: supplier, metric: units, max_hhi: 0.8}
survival:
  - {level: site, demand: train, serves: 5 %}
budget: {capex: 90 MUSD, by_period: {2026-Q2: 60 MUSD}}
carbon: {price: 20 USD/tCO2e}
objective: [{minimize: shortfall}, {maximize: compute, at: 2026-Q3, tolerance: 1 %}, {minimize: cost}]
solve: {gap: 0.5 %, time_limit: 20 s}
"""  # noqa: E501  (lines of a file)
"""A table of nearly every kind in three quarters; its numbers are made up."""

Path = tuple[str | int, ...]


def numbers(value: Any, path: Path = ()) -> Iterator[Path]:
    """Paths of all numbers in JSON data."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from numbers(item, (*path, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from numbers(item, (*path, i))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path


def scalars(value: Any, path: Path = ()) -> Iterator[Path]:
    """Paths of all numbers, texts and yes-or-nos in JSON data."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from scalars(item, (*path, key))
    elif value is not None:
        yield path


def at(data: Any, path: Path) -> Any:
    """The value at a path."""
    for step in path:
        data = data[step]
    return data


def changed(data: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """A copy of JSON data with one value replaced; what does not change is shared."""
    if not path:
        return change(data)
    inner = changed(data[path[0]], path[1:], change)
    if isinstance(data, dict):
        return {**data, path[0]: inner}
    return [inner if i == path[0] else item for i, item in enumerate(data)]


def nudged(value: Any) -> Any:
    """One per cent more; one more if it is zero, and at least one for a whole number."""
    if isinstance(value, int):
        return value + max(1, round(value * 0.01))
    return value * 1.01 if value else 1.0


def sealed(plan: Plan) -> Plan:
    """The plan as it stands, with digests that say so: what is looked for is then not that somebody
    edited it."""
    return Plan(**{name: getattr(plan, name) for name in Plan.model_fields if name != "digests"})


def rebuilt(plan: Plan, *, case: Case | None = None, **decisions: Any) -> Plan:
    """A plan of other decisions, or for another case, in which every table follows from them: wrong
    perhaps, but consistent."""
    case = case or plan.case
    own = {key: decisions.get(key, getattr(plan, key)) for key in ("purchases", *DECIDED)}
    d = Derivation(case, Decisions(own))
    unproven = {"bound": None, "gap": None, "proven": False, "reached": None}
    goals = [
        row.model_copy(update={"value": objective_value(d, i), **unproven})
        for i, row in enumerate(plan.goals)
    ]
    changes = plan.model_copy(
        update={
            **own,
            "case": case,
            "case_digest": digest_of(case),
            "goals": goals,
            "solve": plan.solve.model_copy(update={"status": "feasible"}),
            **{name: list(derive(d)) for name, derive in derived().items()},
            "totals": totals(d),
        }
    )
    return sealed(changes)
