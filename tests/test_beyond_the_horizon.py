"""What takes longer than the horizon, or lies beyond it, cannot be had: that is a plan without it,
or an account of why there is none."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from planner.assembly.audit import findings_of
from planner.assembly.plan import Plan
from planner.catalog.load import Catalog, load_catalog
from planner.errors import InfeasibleError
from planner.pipeline import solve
from planner.scenario.load import load_scenario_text
from planner.solver.engine import Engine

Scenario = dict[str, Any]
SPANS = [
    ("2027-01", "2027-04", "month"),
    ("2027-01", "2027-01", "month"),
    ("2027", "2027", "year"),
    ("2027-Q1", "2027-Q1", "quarter"),
]
EACH = [SPANS[0], *(pytest.param(span, marks=pytest.mark.slow) for span in SPANS[1:3]), SPANS[3]]
LONG = "3 years"
HALL = {"id": "h", "cooling": "air", "critical_it": "1 MW", "cost": "10 MUSD", "lead_time": LONG}
TURBINE = {"source": "mobile-turbine", "at_most": "62 MW", "lead_time": "0 days"}
MOVE = {"system": "hgx-h100", "cost": "1 kUSD", "transit": LONG}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def scenario(first: str, last: str, step: str) -> Scenario:
    """Two sites of 5 MW; 3 systems stand, and in the last period 10 must run."""
    return {
        "name": "beyond the horizon",
        "horizon": {"from": first, "to": last, "step": step},
        "sites": [
            {"id": name, "energy_price": "70 USD/MWh", "power": {first: "5 MW"}}
            for name in ("north", "south")
        ],
        "systems": [
            {"system": name, "lead_time": "0 days", "fit_out": "0 days"}
            for name in ("hgx-h100", "hgx-b200")
        ],
        "fleet": [{"site": "north", "system": "hgx-h100", "units": "3 systems"}],
        "demands": [
            {"id": "d", "kind": "deployment", "system": "hgx-h100", "need": {last: "10 systems"}}
        ],
    }


def at(path: str, **more: Any) -> Callable[[Scenario], None]:
    """A change of one entry of a list: `sites.0`."""
    key, _, number = path.partition(".")
    return lambda data: data[key][int(number)].update(copy.deepcopy(more))


def top(**more: Any) -> Callable[[Scenario], None]:
    return lambda data: data.update(copy.deepcopy(more))


def halls(existing: str, *times: str, **more: Any) -> Callable[[Scenario], None]:
    kinds = [{**HALL, "id": f"h{i}", "lead_time": time, **more} for i, time in enumerate(times)]
    return at("sites.0", construction={"existing": existing}, halls=kinds)


WITHOUT: dict[str, Callable[[Scenario], None]] = {
    "a hall": halls("1 MW", LONG),
    "one hall of three": halls("1 MW", LONG, "0 days", "100 days"),
    "a hall that may be built thrice": halls("1 MW", LONG, most=3),
    "a hall from a date on": halls("1 MW", "0 days", **{"from": "2031-01"}),
    "a hall until a date": halls("1 MW", "0 days", until="2020-01"),
    "a delivery": at("systems.1", lead_time=LONG, down_payment="30 %"),
    "a fit-out": at("systems.1", fit_out=LONG),
    "a system from a date on": at("systems.1", **{"from": "2031-01"}),
    "a system until a date": at("systems.1", until="2020-01"),
    "an order": at("systems.1", order_from="2031-01"),
    "a lifetime": at("systems.0", lifetime="20 years", may_retire=True),
    "a lifetime of what stands": at("fleet.0", age="1 year", lifetime="20 years", may_retire=True),
    "a date by which machines go": at("fleet.0", retire_by="2040-01", may_retire=True),
    "a move": top(moves=[MOVE]),
    "a move to where racks are fitted out": lambda data: [
        top(moves=[MOVE])(data),
        *(at(f"sites.{i}", install_rate="90 racks/month")(data) for i in (0, 1)),
    ],
    "a qualification": lambda data: [
        top(qualification=[{"supplier": "amd", "time": LONG, "cost": "1 MUSD"}])(data),
        data["systems"].append(
            {"system": "mi300x-server", "lead_time": "0 days", "fit_out": "0 days"}
        ),
    ],
    "a source": at("sites.0", sources=[{**TURBINE, "lead_time": LONG}]),
    "a source with a term": at("sites.0", power={}, sources=[{**TURBINE, "term": LONG}]),
    "a source with a permit": at(
        "sites.0", power={}, sources=[{**TURBINE, "term": "1 month", "permit": {"lasts": LONG}}]
    ),
    "sources from and until dates": at(
        "sites.0",
        sources=[
            {**TURBINE, "until": "2020-01"},
            {"source": "battery", "at_most": "9 MW", "from": "2031-01"},
        ],
    ),
    "a contract": at(
        "sites.0",
        tariff={
            "demand_charge": "15 USD/kW/month",
            "contract": {"2031-01": "5 MW"},
            "ratchet": "80 %",
            "ratchet_window": LONG,
        },
    ),
    "a layer": at(
        "sites.1", layers=[{"layer": "ups", "capacity": {"2031-01": "5 MW"}, "redundancy": "2n"}]
    ),
    "power": at("sites.1", power={"2031-01": "5 MW"}),
    "critical IT": at("sites.1", critical_it={"2031-01": "5 MW"}),
    "positions": at("sites.1", positions={"2031-01": "5 racks"}),
    "an allocation": top(supply=[{"system": "hgx-b200", "by": {"2031-01": "5 systems"}}]),
    "a window of a rule": top(
        diversification=[{"metric": "spend", "max_share": "100 %", "window": "9 years"}]
    ),
    "a network": lambda data: [
        top(fabric={"topology": "rail-optimized"})(data),
        at("systems.1", lead_time=LONG)(data),
    ],
}
NO_PLAN: dict[str, Callable[[Scenario], None]] = {
    "the only delivery": at("systems.0", lead_time=LONG),
    "the only fit-out": at("systems.0", fit_out=LONG),
    "the only hall": lambda data: [
        halls("0.04 MW", LONG)(data),
        at("sites.1", power={"2031-01": "5 MW"})(data),
    ],
    "the only qualification": top(qualification=[{"supplier": "nvidia", "time": LONG}]),
    "the only source": lambda data: [
        at(f"sites.{i}", power={}, sources=[{**TURBINE, "lead_time": LONG}])(data) for i in (0, 1)
    ],
}


def text(span: tuple[str, str, str], change: Callable[[Scenario], object]) -> str:
    data = scenario(*span)
    change(data)
    for site in data["sites"]:
        if site["power"] == {}:
            site["power"] = {span[0]: "0.05 MW"}
    return json.dumps(data)


@pytest.mark.parametrize("span", EACH, ids=" ".join)
@pytest.mark.parametrize("name", WITHOUT)
def test_a_plan_does_without(
    name: str, span: tuple[str, str, str], catalog: Catalog, engine: Engine
) -> None:
    """Proves: each is a plan that survives the audit, with the ten systems that run in the last
    period."""
    plan = solve(load_scenario_text(text(span, WITHOUT[name]), catalog), engine=engine)
    assert findings_of(Plan.model_validate_json(plan.to_json())) == []
    (demand,) = (row for row in plan.demands if row.period == plan.case.timeline.periods[-1].label)
    assert (demand.served >= 80, demand.short) == (True, 0)


@pytest.mark.parametrize("span", EACH, ids=" ".join)
@pytest.mark.parametrize("name", NO_PLAN)
def test_or_it_is_said_that_there_is_none(
    name: str, span: tuple[str, str, str], catalog: Catalog, engine: Engine
) -> None:
    with pytest.raises(InfeasibleError) as caught:
        solve(load_scenario_text(text(span, NO_PLAN[name]), catalog), engine=engine)
    assert caught.value.refusal.conflict


def test_a_number_of_halls_that_cannot_be_in_time_is_no_cause(
    catalog: Catalog, engine: Engine
) -> None:
    """Proves: more halls of a kind that takes three years would not help, so their number is not
    named; that of one in time is."""

    def change(data: Scenario) -> None:
        halls("0.04 MW", LONG, "0 days", most=0)(data)
        at("sites.1", power={"2031-01": "5 MW"})(data)

    with pytest.raises(InfeasibleError) as caught:
        solve(load_scenario_text(text(SPANS[0], change), catalog), engine=engine)
    names = {limit.name for cause in caught.value.refusal.causes for limit in cause}
    assert "number of halls north/h1" in names
    assert "number of halls north/h0" not in names
