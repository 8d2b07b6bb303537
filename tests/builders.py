"""Cases so small that their optimum can be worked out in the head.

Unless a test says otherwise: one period is the year 2025 (8760 h); one system is one accelerator,
draws 1 MW at every load, takes one rack, costs 1 MUSD, computes 1 PFLOP/s, arrives and runs in the
period it is ordered; no overhead, PUE 1, no losses, no discount, no residual worth; energy,
construction, rent, operations and fabric cost nothing. Power in MW, money in MUSD, compute in
PFLOP/s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from planner.assembly.audit import findings_of
from planner.assembly.extract import extract
from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.assembly.scenario import Case
from planner.capabilities.budget.case import CaseBudget
from planner.capabilities.crews.case import CaseCrew
from planner.capabilities.demand.case import CaseDemand
from planner.capabilities.emissions.case import CaseCarbon, CaseCarbonRules, CaseWater
from planner.capabilities.fleet.case import CaseFleet, CaseMove
from planner.capabilities.generation.case import CaseLoadDuration, CaseSource
from planner.capabilities.halls.case import CaseHall
from planner.capabilities.networks.case import CaseGrade, CaseNetwork
from planner.capabilities.objectives.case import CaseObjective
from planner.capabilities.objectives.schema import Objective
from planner.capabilities.plant.case import CaseLayer
from planner.capabilities.sourcing.case import CaseRule, CaseSurvival
from planner.capabilities.supply.case import CaseOrder, CaseQualification, CaseSupply
from planner.capabilities.utility.case import CaseRamp, CaseTariff
from planner.core.case import CaseSite, CaseSystem
from planner.model.family import Model
from planner.model.frame import Frame
from planner.periods import DAYS_PER_MONTH, MONTHS, Moment, later
from planner.plan.schema import Plan
from planner.solver.engine import Engine, Watcher
from planner.solver.options import Settings
from planner.solver.run import Outcome, run

MEGA, PETA, EXA = 1e6, 1e15, 1e18
HOURS = 8760.0
FIRST_YEAR = 2025
"""2025, 2026 and 2027 have 8760 h each; 2028 does not."""


def per_period(value: Any, count: int, scale: float) -> list[Any] | None:
    """One number for all periods, or a list; None stays None."""
    if value is None:
        return None
    values = list(value) if isinstance(value, list | tuple) else [value] * count
    assert len(values) == count, f"{len(values)} values for {count} periods"
    return [None if v is None else float(v) * scale for v in values]


def system(
    name: str = "a",
    *,
    supplier: str | None = None,
    software: str = "stack",
    accelerator: str | None = None,
    accelerators: int = 1,
    mw: float = 1.0,
    peak_mw: float | None = None,
    average_mw: float | None = None,
    racks: float = 1.0,
    price: float = 1.0,
    fabric: float = 0.0,
    down: float = 0.0,
    lead: float = 0,
    fit_out: float = 0,
    earliest: float | None = None,
    latest: int = 10_000,
    pflops: float = 1.0,
    mfu: float = 1.0,
    overhead: float = 0.0,
    liquid: float = 0.0,
    sites: list[str] | None = None,
    may_buy: bool = True,
    form: str = "rack",
    upstream: dict[str, list[str]] | None = None,
    retire: bool = False,
    lifetime: int | None = None,
) -> dict[str, Any]:
    """A system; `liquid` is the share of its heat that goes to liquid, `pflops` its dense peak in
    bf16."""
    return dict(
        id=name,
        name=name,
        supplier=supplier or name,
        supplier_name=supplier or name,
        software=software,
        accelerator=accelerator or f"{name}-chip",
        form=form,
        sale="open",
        cooling="air" if liquid == 0 else "liquid" if liquid == 1 else "hybrid",
        liquid_share=liquid,
        accelerators=accelerators,
        racks=racks,
        tdp_w=mw * MEGA / accelerators,
        nameplate_w=mw * MEGA,
        peak_w=(mw if peak_mw is None else peak_mw) * MEGA,
        average_w=(mw if average_mw is None else average_mw) * MEGA,
        idle_w=0.0,
        it_overhead=overhead,
        price_usd=price * MEGA if may_buy else 0.0,
        fabric_cost=fabric,
        down_payment=down,
        lead_time_days=lead,
        fit_out_days=fit_out,
        first=lead if earliest is None else earliest,
        last=latest,
        sites=sites,
        may_buy=may_buy,
        peak_flop_s={"bf16": pflops * PETA},
        mfu={"bf16": mfu},
        upstream=upstream or {},
        may_retire=retire,
        lifetime_days=lifetime,
    )


def capped(machine: dict[str, Any], to: float, work: float) -> dict[str, Any]:
    """A machine held to a share of its nameplate, that does a share of its work."""
    most = to * machine["nameplate_w"]
    return {
        **machine,
        **{
            key: min(most, machine[key]) for key in ("nameplate_w", "peak_w", "average_w", "idle_w")
        },
        "id": f"{machine['id']}-capped",
        "it_overhead": machine["it_overhead"] / to,
        "mfu": {precision: share * work for precision, share in machine["mfu"].items()},
        "variant_of": machine["id"],
        "power_cap": to,
    }


def on_order(
    machine: dict[str, Any],
    units: int,
    *,
    at: str = "x",
    when: int = 0,
    price: float | None = None,
    paid: float = 0.0,
    down: float = 0.0,
    lead: float = 0,
    name: str = "po",
) -> dict[str, Any]:
    """So many of a machine that come in period `when` by an order; `paid` of its price in MUSD was
    paid before the horizon, `down` is paid a lead time before."""
    return {
        **machine,
        "id": f"{machine['id']}@{name}",
        "variant_of": machine["id"],
        "order": name,
        "price_usd": machine["price_usd"] if price is None else price * MEGA,
        "paid": paid,
        "down_payment": down,
        "lead_time_days": lead,
        "first": when,
        "last": when,
        "sites": [at],
        "may_buy": True,
        "_units": units,
    }


def site(
    name: str = "x",
    *,
    power: Any = None,
    critical_it: Any = None,
    positions: Any = None,
    liquid: float | None = None,
    air: float | None = None,
    sizing: str = "nameplate",
    pue: float = 1.0,
    pue_peak: float | None = None,
    energy: float = 0.0,
    construction: float = 0.0,
    existing_it: float | None = 0.0,
    rent: float = 0.0,
    construction_budget: float | None = None,
    region: str = "",
) -> dict[str, Any]:
    """A site; `energy` in MUSD per MW drawn through a year, `construction` in MUSD/MW, `rent` in
    MUSD per MW and year.

    `existing_it` is MW of halls that stand; None: what the existing fleet takes.
    """
    peak = pue if pue_peak is None else pue_peak
    return dict(
        id=name,
        name=name,
        power_w=power,
        critical_it_w=critical_it,
        positions=positions,
        sizing=sizing,
        liquid_w=None if liquid is None else liquid * MEGA,
        air_w=None if air is None else air * MEGA,
        pue_annual_air=pue,
        pue_peak_air=peak,
        pue_annual_liquid=pue,
        pue_peak_liquid=peak,
        energy_price_usd_per_mwh=energy * MEGA / HOURS,
        construction_usd_per_mw=construction * MEGA,
        existing_it_w=None if existing_it is None else existing_it * MEGA,
        rent_usd_per_mw_year=rent * MEGA,
        construction_budget_usd=None if construction_budget is None else construction_budget * MEGA,
        region=region,
    )


def hall(
    name: str = "h",
    *,
    at: str = "x",
    mw: float = 3.0,
    positions: float | None = None,
    liquid: float | None = None,
    air: float | None = None,
    carries: dict[str, float] | None = None,
    cost: float = 0.0,
    lead: int = 0,
    earliest: int = 0,
    latest: int = 10_000,
    most: int | None = None,
) -> dict[str, Any]:
    """A kind of hall; `cost` in MUSD each, heat in MW (None: all of its IT), `carries` maps systems
    to positions (None: all)."""
    return dict(
        site=at,
        id=name,
        name=name,
        cooling="any",
        it_w=mw * MEGA,
        positions=positions,
        liquid_w=(mw if liquid is None else liquid) * MEGA,
        air_w=(mw if air is None else air) * MEGA,
        carries=carries,
        cost_usd=cost * MEGA,
        lead_time_days=lead,
        first=earliest,
        last=latest,
        most=most,
    )


def grade(
    tiers: int = 1,
    *,
    most: int | None = None,
    per: float = 2.0,
    mw: float = 0.0,
    typical_mw: float | None = None,
    group: float = 0.0,
) -> CaseGrade:
    """A network of so many tiers that holds `most` systems, in groups for `per` of them, each `mw`
    of nameplate and `group` MUSD."""
    return CaseGrade(
        topology="fat-tree",
        tiers=tiers,
        most_groups=None if most is None else math.ceil(most / per - 1e-9),
        systems_per_group=per,
        switches=1.0,
        nameplate_w=mw * MEGA,
        typical_w=(mw if typical_mw is None else typical_mw) * MEGA,
        usd=group * MEGA,
    )


def network(
    *grades: CaseGrade,
    of: str | list[str] = "a",
    at: str = "x",
    each: float = 0.0,
    links_mw: float = 0.0,
) -> CaseNetwork:
    """The network of a product at a site; `each` is MUSD for the links of one system, which draw
    `links_mw`. What costs is bought."""
    bought = any(g.usd for g in grades) or each > 0
    return CaseNetwork(
        site=at,
        systems=[of] if isinstance(of, str) else of,
        system_w=links_mw * MEGA,
        system_typical_w=links_mw * MEGA,
        system_usd=each * MEGA,
        grades=list(grades),
        bought=bought,
        path=f"sites.{at}.fabric" if bought else "",
    )


def source(
    name: str = "g",
    *,
    at: str = "x",
    kind: str = "owned",
    unit: float = 1.0,
    most: int = 9,
    firm: float = 1.0,
    output: float = 1.0,
    earliest: int = 0,
    latest: int = 10_000,
    term: int | None = None,
    capex: float = 0.0,
    fixed: float = 0.0,
    energy: float = 0.0,
    carbon: float = 0.0,
    life: float | None = None,
    hours: float = 0.0,
    permit: float | None = None,
    permit_periods: int | None = None,
    spare: float = 0.0,
    back: float = 1.0,
) -> CaseSource:
    """A power source of units of `unit` MW; `firm` and `output` are shares of it, `capex` is MUSD
    per unit, `fixed` MUSD per unit and year.

    `energy` is in MUSD per MW put out through a year, `carbon` in kg/MWh, `permit` in MW; of all
    units `spare` are never firm, and storage gives `back` of what it takes.
    """
    gives = output if kind in ("owned", "rented", "contract") else 0.0
    safe = {"grid": 1.0, "contract": 0.0, "storage": 0.0}.get(kind, firm)
    return CaseSource(
        site=at,
        id=name,
        source=name,
        name=name,
        kind=kind,  # type: ignore[arg-type]
        unit_w=unit * MEGA,
        most_units=most,
        earliest=earliest,
        latest=latest,
        term_periods=term,
        firm_w=unit * safe * MEGA,
        output_w=unit * gives * MEGA,
        capex_usd=capex * MEGA,
        fixed_usd_per_year=fixed * MEGA,
        energy_usd_per_mwh=energy * MEGA / HOURS,
        carbon_kg_per_mwh=carbon,
        life_years=life,
        storage_h=hours,
        round_trip=back,
        spare_w=unit * spare * MEGA,
        permit_w=None if permit is None else permit * MEGA,
        permit_periods=permit_periods,
        path="sites.0.sources.0",
    )


def curve(*steps: tuple[float, float], at: str = "x") -> CaseLoadDuration:
    """(share of the hours, position between average, 0, and sizing load, 1), from the highest load
    down."""
    assert abs(sum(share for share, _ in steps) - 1) < 1e-9
    assert abs(sum(share * position for share, position in steps)) < 1e-9
    return CaseLoadDuration(
        site=at, shares=[share for share, _ in steps], positions=[position for _, position in steps]
    )


def tariff(
    charge: float = 1.0,
    *,
    at: str = "x",
    contract: list[float] | None = None,
    take: float = 0.0,
    ratchet: float = 0.0,
    back: int = 0,
) -> CaseTariff:
    """`charge` in MUSD per MW billed and year, `contract` in MW."""
    power = None if contract is None else [mw * MEGA for mw in contract]
    return CaseTariff(
        site=at,
        usd_per_mw_year=charge * MEGA,
        contract_w=power,
        minimum_take=take,
        ratchet=ratchet,
        ratchet_periods=back,
    )


def carbon(
    kg_per_mwh: list[float],
    *,
    at: str = "x",
    total: float | None = None,
    each: dict[int, float] | None = None,
) -> CaseCarbon:
    """Ceilings in ktCO2e."""
    return CaseCarbon(
        site=at,
        kg_per_mwh=kg_per_mwh,
        total_t=None if total is None else total * 1e3,
        by_period_t={t: kt * 1e3 for t, kt in (each or {}).items()},
    )


def carbon_rules(
    *, total: float | None = None, each: dict[int, float] | None = None, price: float = 0.0
) -> CaseCarbonRules:
    """Ceilings in ktCO2e, price in USD/tCO2e."""
    return CaseCarbonRules(
        total_t=None if total is None else total * 1e3,
        by_period_t={t: kt * 1e3 for t, kt in (each or {}).items()},
        price_usd_per_t=price,
    )


def water(
    air: float = 1.0,
    liquid: float = 0.0,
    *,
    at: str = "x",
    total: float | None = None,
    each: dict[int, float] | None = None,
) -> CaseWater:
    """Use in L/kWh, ceilings in ML."""
    return CaseWater(
        site=at,
        air_l_per_kwh=air,
        liquid_l_per_kwh=liquid,
        total_m3=None if total is None else total * 1e3,
        by_period_m3={t: ml * 1e3 for t, ml in (each or {}).items()},
    )


def ramp(step: float, mw_per_h: float, most: float, *, at: str = "x") -> CaseRamp:
    """`step` is a share of the highest draw, `most` the largest step there can be in MW."""
    return CaseRamp(site=at, limit_w_per_s=mw_per_h * MEGA / 3600, step=step, most_w=most * MEGA)


def layer(
    name: str,
    capacity: list[float],
    *,
    at: str = "x",
    needed: float = 1,
    spare: float = 0,
    copies: float = 1,
) -> CaseLayer:
    """`capacity` in MW."""
    power = [mw * MEGA for mw in capacity]
    return CaseLayer(
        site=at,
        layer=name,
        capacity_w=power,
        needed=needed,
        spare=spare,
        copies=copies,
        path="sites.0.layers.0",  # type: ignore[arg-type]
    )


def supply(
    of: str = "a",
    *,
    cumulative: Any = None,
    each: float | None = None,
    schedule: list[float] | None = None,
    minimum: int = 0,
    lot: int = 1,
) -> dict[str, Any]:
    """A supply entry in systems."""
    return dict(
        system=of,
        cumulative=cumulative,
        per_period=each,
        schedule=schedule,
        minimum_order=minimum,
        lot=lot,
    )


def crew(
    *sites: str, mw: float | None = None, racks: float | None = None, name: str = "crew 1"
) -> CaseCrew:
    """Workers of some sites, in MW and racks of a period."""
    return CaseCrew(
        id=name,
        sites=list(sites),
        it_w=None if mw is None else mw * MEGA,
        racks=racks,
        it_path=f"{name}.rate",
        racks_path=f"{name}.install_rate",
    )


def qualify(
    supplier: str, systems: list[str], *, time: float = 0, cost: float = 0.0
) -> CaseQualification:
    """A supplier to be qualified; `time` in periods, `cost` in MUSD."""
    return CaseQualification(
        supplier=supplier,
        systems=systems,
        time_days=time,
        cost_usd=cost * MEGA,
        path=f"qualification.{supplier}",
    )


def fleet(
    of: str = "a",
    units: int = 1,
    *,
    at: str = "x",
    retire: bool = False,
    age: float | None = None,
    worth: float = 0.0,
    leaves: int | None = None,
) -> CaseFleet:
    """Machines that already stand; `worth` in MUSD is what their worth at an age in years is a
    share of."""
    return CaseFleet(
        site=at,
        system=of,
        units=units,
        may_retire=retire,
        age_years=age,
        worth_usd=worth * MEGA,
        leaves=leaves,
    )


def move(
    of: str = "a",
    origin: str = "x",
    destination: str = "y",
    *,
    cost: float = 0.0,
    transit: float = 0,
) -> CaseMove:
    """A way to another site; `cost` in MUSD per system, `transit` in periods."""
    return CaseMove(
        system=of,
        origin=origin,
        destination=destination,
        cost_usd=cost * MEGA,
        transit_days=transit,
        path=f"moves.{origin}",
    )


def deployment(
    need: Any,
    *,
    name: str = "d",
    of: list[str] | None = None,
    at: list[str] | None = None,
    price: float | None = None,
    coherent: bool = False,
    priority: int | None = None,
    most: Any = None,
) -> dict[str, Any]:
    """A demand for accelerators, `most` of them at most; `price` of a missing one is in MUSD per
    year."""
    usd = None if price is None else price * MEGA / HOURS
    asked = dict(
        id=name, kind="deployment", systems=of, sites=at, precision=None, basis="peak", need=need
    )
    return {
        **asked, "shortfall_price": usd, "coherent": coherent, "priority": priority, "at_most": most
    }  # fmt: skip


def power(
    mw: Any,
    basis: str = "it",
    load: str = "nameplate",
    *,
    name: str = "p",
    of: list[str] | None = None,
    at: list[str] | None = None,
    price: float | None = None,
    priority: int | None = None,
    most: Any = None,
) -> dict[str, Any]:
    """A demand for MW that machines draw, `most` at the most; `price` of a missing one is in MUSD
    per year."""
    counted = deployment(mw, name=name, of=of, at=at, price=price, priority=priority, most=most)
    return {**counted, "kind": "power", "power_basis": basis, "load": load}


def compute(
    need: Any,
    *,
    name: str = "c",
    of: list[str] | None = None,
    at: list[str] | None = None,
    price: float | None = None,
    basis: str = "delivered",
    coherent: bool = False,
    priority: int | None = None,
    most: Any = None,
) -> dict[str, Any]:
    """A demand for PFLOP/s of bf16, `most` of them at the most; `price` is in USD per EFLOP."""
    asked = dict(
        id=name, kind="compute", systems=of, sites=at, precision="bf16", basis=basis, need=need
    )
    return {
        **asked, "shortfall_price": price, "coherent": coherent, "priority": priority,
        "at_most": most,
    }  # fmt: skip


def rule(kind: str, amount: float, **more: Any) -> dict[str, Any]:
    """A diversification rule of any kind: `rule("max_hhi", 0.4, metric="units")`."""
    known = dict(
        level="supplier",
        metric="spend",
        max_share=None,
        only=None,
        min_suppliers=None,
        meaningful=0.1,
        windows=None,
    )
    return {**known, **more, kind: amount}


def cap(
    share: float,
    *,
    metric: str = "spend",
    only: str | None = None,
    level: str = "supplier",
    windows: list[tuple[int, int]] | None = None,
) -> dict[str, Any]:
    """No group above a share."""
    return rule("max_share", share, metric=metric, only=only, level=level, windows=windows)


def at_least(
    number: int,
    *,
    meaningful: float = 0.1,
    metric: str = "spend",
    level: str = "supplier",
    windows: list[tuple[int, int]] | None = None,
) -> dict[str, Any]:
    """At least so many groups, each with a meaningful share."""
    return rule(
        "min_suppliers", number, meaningful=meaningful, metric=metric, level=level, windows=windows
    )


def survival(
    level: str = "supplier",
    *,
    losses: int = 1,
    lost: float = 1.0,
    of: str | None = None,
    serves: float = 1.0,
    **more: Any,
) -> dict[str, Any]:
    """A loss that the demand `of`, or else the fleet's compute, survives."""
    return dict(
        level=level,
        losses=losses,
        lost=lost,
        demand=of,
        serves=serves,
        **{"metric": "compute", "precision": "bf16", **more},
    )


def goal(
    words: str, *, at: int | None = None, tolerance: float = 1e-4, priority: int | None = None
) -> CaseObjective:
    """`maximize compute` and its peers."""
    verb, what = words.split()
    moment = None if at is None else Moment.parse(str(FIRST_YEAR + at))
    return CaseObjective(
        goal=Objective.model_validate(
            {verb: what, "at": moment, "tolerance": tolerance, "priority": priority}
        ),
        at=at,
    )


def time_to(*, accelerators: float | None = None, pflops: float | None = None) -> CaseObjective:
    """`minimize: time` to a capacity."""
    amount = None if accelerators is None else f"{accelerators:g} accelerators"
    compute_ = None if pflops is None else f"{pflops:g} PFLOP/s"
    return CaseObjective(
        goal=Objective.model_validate(
            {"minimize": "time", "accelerators": amount, "compute": compute_}
        ),
        at=None,
    )


def weighted(*parts: tuple[float, CaseObjective | str]) -> CaseObjective:
    """`weighted` of parts, each with its points per unit."""
    criteria = [
        (weight, goal(criterion) if isinstance(criterion, str) else criterion)
        for weight, criterion in parts
    ]
    said = [
        {**criterion.goal.model_dump(exclude={"tolerance", "weighted"}), "weight": weight}
        for weight, criterion in criteria
    ]
    listed = [
        {"compute" if key == "compute_flop_s" else key: value for key, value in one.items()}
        for one in said
    ]
    for one in listed:
        one["compute"] = None if one["compute"] is None else f"{one['compute']} FLOP/s"
    return CaseObjective(
        goal=Objective.model_validate({"weighted": listed}),
        at=None,
        parts_at=[criterion.at for _, criterion in criteria],
    )


def budget(
    *,
    capex: float | None = None,
    total: float | None = None,
    by_period: dict[int, float] | None = None,
    cumulative: dict[int, float] | None = None,
) -> CaseBudget:
    """Ceilings in MUSD."""
    return CaseBudget(
        capex_usd=None if capex is None else capex * MEGA,
        total_usd=None if total is None else total * MEGA,
        by_period_usd={t: v * MEGA for t, v in (by_period or {}).items()},
        cumulative_usd={t: v * MEGA for t, v in (cumulative or {}).items()},
    )


def tiny(
    *,
    periods: int = 1,
    systems: list[dict[str, Any]] | None = None,
    sites: list[dict[str, Any]] | None = None,
    supply: list[dict[str, Any]] | None = None,
    fleet: list[CaseFleet] | None = None,
    moves: list[CaseMove] | None = None,
    qualifications: list[CaseQualification] | None = None,
    crews: list[CaseCrew] | None = None,
    demands: list[dict[str, Any]] | None = None,
    rules: list[dict[str, Any]] | None = None,
    survive: list[dict[str, Any]] | None = None,
    budget: CaseBudget | None = None,
    goals: list[CaseObjective | str] | None = None,
    discount: float = 0.0,
    worth: bool = False,
    resale_decline: float = 0.5,
    construction_decline: float = 0.25,
    operations: float = 0.0,
    utility_loss: float = 0.0,
    goodput: float = 1.0,
    first: str = str(FIRST_YEAR),
    last: str | None = None,
    step: str = "year",
    halls: list[dict[str, Any]] | None = None,
    networks: list[CaseNetwork] | None = None,
    sources: list[CaseSource] | None = None,
    meter: dict[str, Any] | None = None,
) -> Case:
    """A case from what is not round. `worth` credits residual worth; `operations` in MUSD per MW of
    IT nameplate and year."""
    systems, sites = [dict(s) for s in systems or [system()]], sites or [site()]
    orders = [
        CaseOrder(
            system=s["id"], site=s["sites"][0], units=s.pop("_units"), path=f"orders.{s['order']}"
        )
        for s in systems
        if "_units" in s
    ]
    places = [s["id"] for s in sites]
    last = last or str(FIRST_YEAR + periods - 1)
    wanted = [goal(g) if isinstance(g, str) else g for g in goals or ["minimize cost"]]
    case = Case(
        name="tiny",
        scenario_file="tiny.yaml",
        scenario_digest="",
        catalog_version="none",
        catalog_digest="",
        first=Moment.parse(first),
        last=Moment.parse(last),
        step=step,  # type: ignore[arg-type]
        discount_rate_per_year=discount,
        keeps_worth=worth,
        utility_loss=utility_loss,
        goodput=goodput,
        operations_usd_per_mw_year=operations * MEGA,
        construction_decline_per_year=construction_decline,
        resale_decline_per_year=resale_decline,
        systems=[],
        sites=[],
        supply=[],
        fleet=fleet or [],
        moves=moves or [],
        qualifications=qualifications or [],
        orders=orders,
        crews=crews or [],
        demands=[],
        rules=[],
        budget=budget
        or CaseBudget(capex_usd=None, total_usd=None, by_period_usd={}, cumulative_usd={}),
        goals=wanted,
        figures=[],
        notes=[],
        networks=networks or [],
        sources=sources or [],
        **(meter or {}),
    )
    n = len(case.timeline)
    everybody = [s["id"] for s in systems]

    def placed(s: dict[str, Any]) -> list[str]:
        return [] if not s["may_buy"] else places if s["sites"] is None else s["sites"]

    def dated(s: dict[str, Any]) -> dict[str, Any]:
        """Periods of a system or a hall as days and dates: a period is so many months, which are
        months of the calendar."""
        known = {
            key: in_days(s[key], step)
            for key in ("lead_time_days", "fit_out_days", "lifetime_days")
            if s.get(key) is not None
        }
        return {
            **s,
            **known,
            "first": begins(case, s["first"]),
            "last": begins(case, min(s["last"], n - 1) + 1) - timedelta(days=1),
        }

    longest = {
        p: max((s["fit_out_days"] for s in systems if s["may_buy"] and p in placed(s)), default=0)
        for p in places
    }
    return case.model_copy(
        update={
            "moves": [
                move.model_copy(update={"transit_days": in_days(move.transit_days, step)})
                for move in moves or []
            ],
            "qualifications": [
                q.model_copy(update={"time_days": in_days(q.time_days, step)})
                for q in qualifications or []
            ],
            "systems": [CaseSystem(**{**dated(s), "sites": placed(s)}) for s in systems],
            "sites": [
                CaseSite(
                    **{
                        **s,
                        "fit_out_days": in_days(longest[s["id"]], step),
                        "power_w": per_period(s["power_w"], n, MEGA),
                        "critical_it_w": per_period(s["critical_it_w"], n, MEGA),
                        "positions": per_period(s["positions"], n, 1.0),
                    }
                )
                for s in sites
            ],
            "supply": [
                CaseSupply(
                    **{**k, "cumulative": per_period(k["cumulative"], n, 1.0)}, path=f"supply.{i}"
                )
                for i, k in enumerate(supply or [])
            ],
            "demands": [
                CaseDemand(
                    **{
                        **d,
                        "systems": everybody if d["systems"] is None else d["systems"],
                        "sites": places if d["sites"] is None else d["sites"],
                        **{
                            key: per_period(d[key], n, PETA if d["kind"] == "compute" else 1.0)
                            for key in ("need", "at_most")
                        },
                    },
                    path=f"demands.{i}",
                )
                for i, d in enumerate(demands or [])
            ],
            "rules": [
                CaseRule(
                    **{**r, "windows": windows_of(r, n)},
                    precision="bf16",
                    path=f"diversification.{i}",
                )
                for i, r in enumerate(rules or [])
            ],
            "halls": _halls([dated(h) for h in halls or []], systems, places),
            "survival": [
                CaseSurvival(**s, path=f"survival.{i}") for i, s in enumerate(survive or [])
            ],
        }
    )


def windows_of(rule: dict[str, Any], periods: int) -> list[tuple[int, int]]:
    """As given; else every period of the fleet, or the horizon."""
    if rule.get("of") == "fleet":
        return [(t, t) for t in range(periods)]
    return rule["windows"] or [(0, periods - 1)]


def in_days(periods: float, step: str) -> float:
    """So many periods in days, as a file would say it in months."""
    return periods * MONTHS[step] * DAYS_PER_MONTH  # type: ignore[index]


def begins(case: Case, t: float) -> date:
    """The first day of a period, of the horizon or after it; of part of one, so many days later."""
    return later(case.timeline.start, in_days(t, case.step))


def _halls(
    halls: list[dict[str, Any]], systems: list[dict[str, Any]], places: list[str]
) -> list[CaseHall]:
    """Halls, each with its place in the scenario."""
    result, count = [], dict.fromkeys(places, 0)
    for h in halls:
        own = {s["id"]: s["racks"] for s in systems} if h["carries"] is None else h["carries"]
        path = f"sites.{places.index(h['site'])}.halls.{count[h['site']]}"
        result.append(CaseHall(**{**h, "carries": own}, path=path))
        count[h["site"]] += 1
    return result


@dataclass(frozen=True)
class Solved:
    """A case with its model and its answer."""

    case: Case
    model: Model
    outcome: Outcome
    settings: Settings

    @property
    def value(self) -> float:
        """Of the last objective."""
        return self.outcome.objectives[-1].value

    @property
    def plan(self) -> Plan:
        """The plan, extracted and found clean by the audit."""
        plan = extract(self.case, self.model, self.outcome, self.settings)
        found = [p.concise() for p in findings_of(plan)]
        assert found == [], "\n".join(found)
        return plan

    def bought(self) -> dict[tuple[str, str], int]:
        """(system, period) → systems delivered, over all sites."""
        result: dict[tuple[str, str], int] = {}
        for row in self.plan.purchases:
            key = row.system, row.delivered
            result[key] = result.get(key, 0) + row.units
        return result

    def cash(self) -> dict[tuple[str, str], float]:
        """(bucket, period) → MUSD, by the model's own ledger."""
        return {(row.bucket, row.period): row.usd / MEGA for row in self.plan.cash}


EXACT = Settings(gap=0.0, time_limit_s=30.0, seed=0)
"""How small cases are solved."""


def model_of(case: Case) -> Model:
    """The whole model of a case."""
    return build(make_inputs(case))


def solved(
    case: Case,
    engine: Engine,
    *,
    settings: Settings = EXACT,
    without: str | None = None,
    watch: Watcher | None = None,
) -> Solved:
    """Solve a case; `without` takes one block of rows out of the model first (see `drop`)."""
    model = model_of(case)
    if without is not None:
        drop(model, without)
    return Solved(case, model, run(model, settings, engine, watch), settings)


def drop(model: Model, name: str) -> None:
    """Take a block of rows out of a model, and with it the upper bounds that only repeat what
    power, supply, space and sources say."""
    frame: Frame = model.frame
    assert name in frame.rows, f"no rows {name}; there are {', '.join(frame.rows)}"
    del frame.rows[name]
    count = 0
    for key, block in frame.rows.items():
        frame.rows[key] = replace(block, first=count)
        count += len(block.lower)
    frame.row_count = count
    for key in (
        "delivered",
        "in_service",
        *(name for name in ("retired", "moved", "source_started") if name in frame.variables),
    ):
        block = frame.variables[key]
        frame.variables[key] = replace(block, upper=np.full_like(block.upper, np.inf))


def check_row(case: Case, engine: Engine, row: str, *, value: float, without: float) -> Solved:
    """The optimum is `value`, and would be `without` if the row were not there. Returns the answer
    with the row, its audit clean."""
    answer = solved(case, engine)
    assert answer.plan is not None
    assert answer.value == pytest.approx(value, rel=1e-6, abs=1e-9)
    assert solved(case, engine, without=row).value == pytest.approx(without, rel=1e-6, abs=1e-9)
    assert value != without, "a row that changes nothing proves nothing"
    return answer
