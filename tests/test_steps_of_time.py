"""Is the same purchase worth the same in months, quarters and years, and does nothing come before
its dates?

Drawn scenarios, each planned three times with another step of time. What is needed is needed on the
first day of a year, which is the first day of a month and of a quarter too, so that the three plans
buy the same on the same days; only what is rounded could differ.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest
import yaml

from planner.periods import later
from planner.pipeline import solve
from planner.plan.schema import Plan
from planner.solver.engine import Engine
from tests.properties import Draw, examples
from tests.scenario.sample import FREE, SERVER, load

STEPS = ("month", "quarter", "year")
AGREE = 0.005


def question(draw: Draw) -> dict[str, Any]:
    """A site, one kind of server, and a number of it from the first day of each of some years
    on."""
    first, years = draw.one_of([2026, 2027, 2028]), draw.integer(2, 3)
    wait = draw.chance(0.7)
    lead, fit_out = (draw.integer(0, 200), draw.integer(0, 120)) if wait else (0, 0)
    begins = first + 1 if wait else first
    wanted = sorted(draw.integer(10, 400) for _ in range(first + years - begins))
    site: dict[str, Any] = {
        "id": "a",
        "power": {str(first): "90 MW"},
        "pue": {"annual": 1.2, "peak": 1.3},
        "energy_price": f"{draw.integer(20, 120)} USD/MWh",
        "construction": {"cost": f"{draw.integer(0, 15)} MUSD/MW"},
    }
    if draw.chance():
        site["tariff"] = {"demand_charge": f"{draw.integer(5, 25)} USD/kW/month"}
    if draw.chance():
        site["construction"]["payments"] = [
            {"share": "40 %", "before": f"{draw.integer(1, 300)} days"},
            {"share": "60 %"},
        ]
    if draw.chance(0.3):
        site["rent"] = f"{draw.integer(50, 200)} USD/kW/month"
    system = {
        "system": "hgx-h100",
        "price": f"{draw.integer(150, 350)} kUSD",
        "lead_time": f"{lead} days",
        "fit_out": f"{fit_out} days",
    }
    if draw.chance() and lead:
        system["down_payment"] = f"{draw.integer(5, 60)} %"
    return {
        "name": f"the same {draw.seed}",
        "horizon": {"from": str(first), "to": str(first + years - 1)},
        "finance": {"discount_rate": f"{draw.integer(0, 20)} %/year"},
        "sites": [site],
        "systems": [system],
        "demands": [
            {
                "id": "d",
                "kind": "deployment",
                "system": "hgx-h100",
                "need": {str(begins + n): f"{count} systems" for n, count in enumerate(wanted)},
            }
        ],
        "assume": {
            "resale_decline": f"{draw.integer(10, 45)} %/year",
            "operations": f"{draw.integer(0, 90)} USD/kW/year",
        },
        "objective": [{"minimize": "cost"}],
        "solve": {"gap": "0.001 %"},
    }


def planned(data: dict[str, Any], step: str, engine: Engine) -> Plan:
    data = {**data, "horizon": {**data["horizon"], "step": step}}
    return solve(load(yaml.safe_dump(data, sort_keys=False)), engine=engine)


def nothing_is_early(plan: Plan) -> None:
    starts = {p.label: p.start for p in plan.case.timeline.periods}
    for row in plan.purchases:
        system = plan.case.system[row.system]
        ordered, delivered = (
            date.fromisoformat(row.ordered_on),
            date.fromisoformat(row.delivered_on),
        )
        assert ordered >= plan.case.timeline.start
        assert later(ordered, system.lead_time_days) <= delivered
        assert later(delivered, system.fit_out_days) <= starts[row.in_service]


@examples(3, slow=200)
def test_months_quarters_and_years_agree(draw: Draw, engine: Engine) -> None:
    """Proves: present worth within half a per cent over the three steps, the same days, and no plan
    earlier than its dates."""
    data = question(draw)
    plans = [planned(data, step, engine) for step in STEPS]
    costs = [plan.totals.present_cost_usd for plan in plans]
    assert max(costs) - min(costs) <= AGREE * max(abs(cost) for cost in costs), dict(
        zip(STEPS, costs, strict=True)
    )
    days = [
        sorted((row.delivered_on, row.ordered_on, row.units) for row in plan.purchases)
        for plan in plans
    ]
    assert days[0] == days[1] == days[2]
    for plan in plans:
        nothing_is_early(plan)


def test_the_same_purchase_to_the_dollar(engine: Engine) -> None:
    """Proves: 100 servers of 200 kUSD bought on the first day of 2027 and kept for two years at 10
    %, with 1 MW at 100 USD/MWh and 30 % lost a year: 20 − 20 · 0.7² / 1.1² MUSD and 8760 and 8784
    MWh at the worth of each year, whatever the step."""
    data = {
        "name": "once",
        "horizon": {"from": "2027", "to": "2028"},
        "finance": {"discount_rate": "10 %/year"},
        "sites": [
            {
                "id": "a",
                "power": {"2027": "20 MW"},
                "pue": {"annual": 1.0, "peak": 1.0},
                "energy_price": "100 USD/MWh",
            }
        ],
        "systems": [SERVER],
        "demands": [
            {"id": "d", "kind": "deployment", "system": "hgx-h100", "need": {"2027": "100 systems"}}
        ],
        "assume": {**FREE, "resale_decline": "30 %/year"},
    }
    force = math.log(1.1)
    years = [(1.1**-t - 1.1 ** -(t + 1)) / force for t in (0, 1)]
    expected = 20e6 - 20e6 * 0.7**2 / 1.1**2 + 0.876e6 * years[0] + 0.8784e6 * years[1]
    found = [planned(data, step, engine).totals.present_cost_usd for step in STEPS]
    assert found[2] == pytest.approx(expected, rel=1e-9)
    assert found == pytest.approx([expected] * 3, rel=1e-4)
