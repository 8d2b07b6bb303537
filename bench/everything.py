"""A question with every family on: does it solve to its gap in a minute?

python -m bench.everything [--systems 15 --sites 10 --quarters 12 --gap 1e-3 --seconds 60]
"""

from __future__ import annotations

import argparse
import time

from bench.generated import FIRST, LAST, QUARTER_DAYS, generated
from planner.assembly.inputs import make_inputs
from planner.assembly.model import build
from planner.capabilities.budget.case import CaseBudget
from planner.capabilities.demand.case import CaseDemand
from planner.capabilities.emissions.case import CaseCarbon, CaseCarbonRules, CaseWater
from planner.capabilities.fleet.case import CaseFleet
from planner.capabilities.generation.case import CaseLoadDuration, CaseSource
from planner.capabilities.halls.case import CaseHall
from planner.capabilities.networks.case import CaseGrade, CaseNetwork
from planner.capabilities.plant.case import CaseLayer
from planner.capabilities.sourcing.case import CaseRule, CaseSurvival
from planner.capabilities.utility.case import CaseRamp, CaseTariff
from planner.core.case import Case, CaseSystem
from planner.solver.engine import Engine, Progress
from planner.solver.options import Settings
from planner.solver.run import run

MEGA = 1e6


def everything(
    systems: int = 15,
    sites: int = 10,
    quarters: int = 12,
    seed: int = 0,
    *,
    all_networks: bool = False,
) -> Case:
    """The generated case with halls, networks by grade, some of them bought, power sources,
    tariffs, carbon, water, ramps, layers, several demands, shares of every kind, losses to survive,
    a standing fleet and budgets. Every limit is one that a plan meets, but not by far."""
    case = generated(systems, sites, quarters, seed)
    last = quarters - 1
    wet, dry = case.sites[0].id, case.sites[1].id
    machines = [
        s.model_copy(
            update={
                "software": f"stack-{i % 3}",
                "cooling": "air" if i % 5 == 0 else "liquid",
                "liquid_share": 0.0 if i % 5 == 0 else 0.9,
                "upstream": {
                    "foundry": ["one" if i % 4 else "two"],
                    "memory": [["k"], ["m"], ["k", "m"]][i % 3],
                },
            }
        )
        for i, s in enumerate(case.systems)
    ]
    places = [
        s.model_copy(update={"region": "north" if j % 2 else "south"})
        for j, s in enumerate(case.sites)
    ]
    training = case.demands[0]
    need = [n * 0.6 for n in training.need]
    return case.model_copy(
        update={
            "name": f"everything {systems} × {sites} × {quarters}",
            "systems": machines,
            "sites": places,
            "fleet": [
                CaseFleet(site=places[2].id, system=machines[0].id, units=40, may_retire=True)
            ],
            "demands": [
                training.model_copy(update={"need": need, "shortfall_price": 6.0}),
                training.model_copy(
                    update={
                        "id": "serving",
                        "need": [n * 0.2 for n in need],
                        "shortfall_price": 5.0,
                        "path": "demands.1",
                    }
                ),
                _cluster(case, quarters),
            ],
            "rules": _rules(last),
            "survival": [
                _survival("supplier", training.id, 0.3, 0),
                _survival("site", None, 0.6, 1),
            ],
            "budget": CaseBudget(
                capex_usd=80e9,
                total_usd=90e9,
                by_period_usd={0: 20e9},
                cumulative_usd={last // 2: 60e9},
            ),
            "halls": [
                _hall(case, wet, "wet", True),
                _hall(case, wet, "dry", False),
                _hall(case, dry, "wet", True),
            ],
            "networks": [
                _network(p.id, m, bought=p.id in (wet, dry) and n < 3)
                for p in places
                for n, m in enumerate(machines)
                if all_networks or (p.id in (wet, dry) and n < 3)
            ],
            "sources": [
                _turbines(places[3].id),
                _owned(places[4].id),
                _battery(places[3].id),
                _battery(places[5].id),
            ],
            "load_durations": [
                CaseLoadDuration(
                    site=places[j].id, shares=[0.1, 0.8, 0.1], positions=[1.0, 0.0, -1.0]
                )
                for j in (3, 4)
            ],
            "tariffs": [_tariff(places[j].id) for j in (3, 6)],
            "carbon": [
                CaseCarbon(site=p.id, kg_per_mwh=[350.0] * quarters, total_t=None, by_period_t={})
                for p in places
            ],
            "carbon_rules": CaseCarbonRules(total_t=30e6, price_usd_per_t=20.0),
            "water": [
                CaseWater(
                    site=p.id,
                    air_l_per_kwh=0.1,
                    liquid_l_per_kwh=0.3,
                    total_m3=20e6,
                    by_period_m3={},
                )
                for p in places[:4]
            ],
            "ramps": [CaseRamp(site=places[5].id, limit_w_per_s=MEGA, step=0.3, most_w=200 * MEGA)],
            "layers": [
                CaseLayer(
                    site=places[7].id,
                    layer="ups",
                    capacity_w=[400 * MEGA] * quarters,
                    needed=3,
                    spare=1,
                    copies=1,
                    path="sites.7.layers.0",
                )
            ],
        }
    )


def _cluster(case: Case, quarters: int) -> CaseDemand:
    return CaseDemand(
        id="cluster",
        kind="deployment",
        systems=[s.id for s in case.systems],
        sites=[s.id for s in case.sites],
        precision=None,
        basis="peak",
        need=[0.0] * (quarters - 1) + [800.0],
        shortfall_price=None,
        path="demands.2",
        coherent=True,
    )


def _rules(last: int) -> list[CaseRule]:
    common = {
        "precision": "bf16",
        "meaningful": 0.05,
        "windows": [(0, last)],
        "only": None,
        "min_suppliers": None,
        "max_share": None,
    }
    kinds = [
        {"level": "supplier", "metric": "spend", "max_share": 0.5},
        {"level": "supplier", "metric": "power", "min_suppliers": 2},
        {"level": "software", "metric": "units", "max_share": 0.8},
        {"level": "memory", "metric": "compute", "max_hhi": 0.9},
        {"level": "foundry", "metric": "spend", "max_share": 0.95, "of": "fleet"},
        {"level": "supplier", "metric": "units", "max_suppliers": 5},
    ]
    return [
        CaseRule.model_validate({**common, **kind, "path": f"diversification.{i}"})
        for i, kind in enumerate(kinds)
    ]


def _survival(level: str, demand: str | None, serves: float, number: int) -> CaseSurvival:
    return CaseSurvival.model_validate(
        {
            "level": level,
            "losses": 1,
            "lost": 1.0,
            "demand": demand,
            "metric": "compute",
            "precision": "bf16",
            "serves": serves,
            "path": f"survival.{number}",
        }
    )


def _hall(case: Case, site: str, name: str, wet: bool) -> CaseHall:
    return CaseHall(
        site=site,
        id=name,
        name=name,
        cooling="direct-liquid" if wet else "air",
        it_w=40 * MEGA,
        positions=None,
        liquid_w=40 * MEGA if wet else 0.0,
        air_w=10 * MEGA if wet else 40 * MEGA,
        carries={s.id: s.racks for i, s in enumerate(case.systems) if wet or i % 5 == 0},
        cost_usd=420 * MEGA,
        lead_time_days=2 * QUARTER_DAYS,
        first=FIRST,
        last=LAST,
        most=4,
        path=f"sites.0.halls.{int(not wet)}",
    )


def _network(site: str, system: CaseSystem, *, bought: bool) -> CaseNetwork:
    """Servers of eight in groups of 32 as the step table has them, by rating: 3, 5, 7, 12 and 16 %
    of it in five grades."""
    kw = system.nameplate_w / 1e3
    shapes = [
        (1, 1, 8.0, 3.3),
        (2, 4, 8.0, 5.3),
        (2, 8, 32.0, 6.8),
        (3, 256, 32.0, 11.7),
        (4, None, 32.0, 16.3),
    ]
    grades = [
        CaseGrade(
            topology="fat-tree" if per < 32 else "rail-optimized",
            tiers=tiers,
            most_groups=most,
            systems_per_group=per,
            switches=12.0,
            nameplate_w=per * kw * 10 * percent,
            typical_w=per * kw * 8 * percent,
            usd=per * kw * 330 * percent,
        )
        for tiers, most, per, percent in shapes
    ]
    return CaseNetwork(
        site=site,
        systems=[system.id],
        system_w=0.4,
        system_typical_w=0.2,
        system_usd=300.0,
        grades=grades,
        bought=bought,
        path="fabric" if bought else "",
    )


def _source(site: str, **known: object) -> CaseSource:
    common = {
        "site": site,
        "source": "bench",
        "earliest": 0,
        "latest": 10_000,
        "term_periods": None,
        "firm_w": 0.0,
        "output_w": 0.0,
        "fixed_usd_per_year": 0.0,
        "energy_usd_per_mwh": 0.0,
        "carbon_kg_per_mwh": 0.0,
        "life_years": None,
        "storage_h": 0.0,
        "permit_w": None,
        "permit_periods": None,
        "path": "sources",
    }
    return CaseSource.model_validate({**common, **known, "name": known["id"]})


def _turbines(site: str) -> CaseSource:
    return _source(
        site,
        id="rented",
        kind="rented",
        unit_w=30 * MEGA,
        most_units=8,
        term_periods=4,
        firm_w=24 * MEGA,
        output_w=27 * MEGA,
        capex_usd=1.5 * MEGA,
        fixed_usd_per_year=15 * MEGA,
        energy_usd_per_mwh=50.0,
        carbon_kg_per_mwh=545.0,
    )


def _owned(site: str) -> CaseSource:
    return _source(
        site,
        id="owned",
        kind="owned",
        unit_w=50 * MEGA,
        most_units=4,
        earliest=4,
        firm_w=45 * MEGA,
        output_w=45 * MEGA,
        capex_usd=90 * MEGA,
        fixed_usd_per_year=2 * MEGA,
        energy_usd_per_mwh=38.0,
        carbon_kg_per_mwh=450.0,
        life_years=20.0,
    )


def _battery(site: str) -> CaseSource:
    return _source(
        site,
        id="battery",
        kind="storage",
        unit_w=10 * MEGA,
        most_units=40,
        capex_usd=6 * MEGA,
        life_years=15.0,
        storage_h=2.0,
    )


def _tariff(site: str) -> CaseTariff:
    return CaseTariff(
        site=site,
        usd_per_mw_year=150e3,
        contract_w=None,
        minimum_take=0.6,
        ratchet=0.5,
        ratchet_periods=3,
    )


def main() -> None:
    """Build, solve, print."""
    options = argparse.ArgumentParser(description=__doc__)
    for name, default in (("systems", 15), ("sites", 10), ("quarters", 12), ("seed", 0)):
        options.add_argument(f"--{name}", type=int, default=default)
    options.add_argument(
        "--all-networks",
        action="store_true",
        help="of every machine at every site, not of three at two",
    )
    options.add_argument("--gap", type=float, default=1e-3)
    options.add_argument("--seconds", type=float, default=60.0)
    o = options.parse_args()
    case = everything(o.systems, o.sites, o.quarters, o.seed, all_networks=o.all_networks)
    model = build(make_inputs(case))
    _, _, integer = model.frame.bounds()
    print(
        f"{model.frame.column_count} columns, {int(integer.sum())} whole, {model.frame.row_count} "
        f"rows in {len(model.frame.rows)} blocks"
    )

    def show(progress: Progress) -> None:
        print(f"  {progress.seconds:6.1f} s  best {progress.best}  bound {progress.bound}")

    started = time.perf_counter()
    with Engine() as engine:
        outcome = run(model, Settings(o.gap, o.seconds, 0), engine, show)
    for goal in outcome.objectives:
        print(
            f"{goal.name}: {goal.value:.6g} {goal.unit}, gap {goal.gap}, second solver "
            f"{goal.second}"
        )
    print(
        f"{outcome.status} in {time.perf_counter() - started:.1f} s (goal: {o.gap:g} within 60 s)"
    )


if __name__ == "__main__":
    main()
