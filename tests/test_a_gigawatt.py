"""A gigawatt that is asked for at a basis: of one product and of several, held against the
calculator, which knows no plan."""

from __future__ import annotations

import pytest

from planner.assembly.audit import findings_of
from planner.pipeline import solve
from planner.plan.schema import Plan
from planner.power_model.cluster import cluster_power
from planner.power_model.setup import of_one, set_up_options
from planner.refused import presolve
from planner.solver.engine import Engine
from planner.study.explain import explain
from planner.study.explanation import ExplainOptions
from tests.scenario.sample import catalog
from tests.scenario.sample import load as read

PUE = {"pue": "1.15", "pue_peak": "1.25"}
TEXT = """\
name: A gigawatt of {what}
horizon: {{from: 2026-Q3, to: 2027-Q2, step: quarter}}
sites:
  - id: here
    power: {{2026-Q3: 2 GW}}
    pue: {{annual: 1.15, peak: 1.25}}
    energy_price: 60 USD/MWh
systems:
  - {{system: mi450-helios, lead_time: 0 days, fit_out: 0 days}}
  - {{system: gb300-nvl72, lead_time: 0 days, fit_out: 0 days}}
demands:
  - {{id: gw, kind: deployment, {which}need: {{2026-Q4: 1 GW facility}}}}
{rest}objective: [{{minimize: cost}}]
solve: {{gap: 0.01 %}}
"""


def facility_mw(system: str, count: int) -> float:
    """Facility nameplate of a cluster in MW, by the calculator."""
    said = of_one(system, f"{count} systems", PUE)
    return cluster_power(set_up_options("here", said, catalog())).chain.facility.nameplate_w / 1e6


def served(plan: Plan) -> float:
    (row,) = [row for row in plan.demands if row.period == "2026-Q4"]
    assert (row.unit, row.need, row.short) == ("MW facility nameplate", 1000.0, 0.0)
    return float(row.served)


@pytest.fixture(scope="module")
def alone(engine: Engine) -> Plan:
    return solve(
        read(TEXT.format(what="one", which="system: mi450-helios, ", rest="")), engine=engine
    )


def test_of_one_product_it_is_the_fewest_racks_that_draw_it(alone: Plan) -> None:
    """Proves: the calculator finds the same MW for them, and less than a gigawatt for one rack
    fewer."""
    assert findings_of(alone) == []
    racks = sum(p.units for p in alone.purchases)
    assert {p.system for p in alone.purchases} == {"mi450-helios"}
    assert served(alone) == pytest.approx(facility_mw("mi450-helios", racks), rel=1e-9)
    assert facility_mw("mi450-helios", racks - 1) < 1000 <= served(alone)


def test_of_any_it_is_the_power_of_all(engine: Engine) -> None:
    """Proves: where half of the spend must be another supplier's, the power of both adds up, each
    with its network."""
    rules = "diversification: [{level: supplier, metric: spend, max_share: 60 %}]\n"
    plan = solve(read(TEXT.format(what="two", which="", rest=rules)), engine=engine)
    assert findings_of(plan) == []
    units = {p.system: p.units for p in plan.purchases}
    assert len(units) == 2
    total = sum(facility_mw(system, count) for system, count in units.items())
    assert served(plan) == pytest.approx(total, rel=1e-9)
    assert 1000 <= total < 1000.5


def test_what_a_megawatt_more_costs_is_explained(engine: Engine) -> None:
    text = TEXT.format(what="one", which="system: mi450-helios, ", rest="")
    found = explain(read(text), engine, ExplainOptions(limits=("demand gw",)))
    (row,) = found.tags
    assert (row.limit, row.unit) == ("demand gw", "MW facility nameplate")
    assert row.loosened.agrees and row.tightened.agrees


def test_more_than_the_site_can_hold_is_known_before_a_solve() -> None:
    """Proves: 2 GW at the meter hold no 3 GW at the facility, and the bound that says so is above
    what they do hold."""
    text = TEXT.format(what="one", which="system: mi450-helios, ", rest="").replace(
        "1 GW facility", "3 GW facility"
    )
    (cause,) = presolve(read(text)).causes
    assert "gw asks for 3000 MW facility nameplate" in cause[0].says
    fits = read(text.replace("3 GW facility", "1.95 GW facility"))
    assert not presolve(fits).causes
