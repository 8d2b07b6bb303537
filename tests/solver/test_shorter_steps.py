"""Where the step of time alone costs the plan, that is said, and a shorter one is among the ways
out."""

from __future__ import annotations

import pytest
import yaml

from planner.errors import InfeasibleError
from planner.pipeline import solve
from planner.refusal import Repair
from planner.solver.engine import Engine
from tests.scenario.sample import load


def text(step: str, **more: object) -> str:
    span = {
        "month": ("2027-01", "2027-12"),
        "quarter": ("2027-Q1", "2027-Q4"),
        "year": ("2027", "2028"),
    }[step]
    data = {
        "name": "inside a period",
        "horizon": {"from": span[0], "to": span[1], "step": step},
        "sites": [
            {
                "id": "a",
                "power": {"2027-02-01": "20 MW"},
                "pue": {"annual": 1.2, "peak": 1.3},
                "energy_price": "60 USD/MWh",
            }
        ],
        "systems": [{"system": "hgx-h100", "lead_time": "0 days", "fit_out": "0 days"}],
        "demands": [
            {
                "id": "d",
                "kind": "deployment",
                "system": "hgx-h100",
                "need": {"2027-03-31": "100 systems"},
            }
        ],
        "objective": [{"minimize": "cost"}],
        **more,
    }
    return yaml.safe_dump(data, sort_keys=False)


def shorter(question: str, engine: Engine) -> list[Repair]:
    """Ways out by the step of time."""
    with pytest.raises(InfeasibleError) as caught:
        solve(load(question), engine=engine)
    return [way for way in caught.value.refusal.repairs if way.changes[0].path == "horizon.step"]


@pytest.mark.parametrize("step", ["quarter", "year"])
def test_power_that_comes_within_a_period(step: str, engine: Engine) -> None:
    """Proves: power from February and a need by the end of March have a plan in months; the way out
    says which date counts late, and with the line of the file changed there is a plan indeed."""
    (way,) = shorter(text(step), engine)
    (change,) = way.changes
    assert change.says.startswith(
        f"`step: month` instead of `step: {step}`: site "
        "a, power: the step of 2027-02-01 counts from "
    )
    assert way.verified
    assert change.place
    assert solve(load(text("month")), engine=engine).purchases[0].in_service == "2027-03"


def test_delays_within_a_period(engine: Engine) -> None:
    """Proves: 8 weeks and 30 days are over on 28 March, and a need of April has a plan in quarters;
    one of 31 March has it in no step."""
    systems = [{"system": "hgx-b200", "lead_time": "8 weeks", "fit_out": "30 days"}]
    sites = [{"id": "a", "power": {"2027-Q1": "50 MW"}, "energy_price": "60 USD/MWh"}]

    def needed(when: str) -> str:
        demand = {
            "id": "d",
            "kind": "deployment",
            "system": "hgx-b200",
            "need": {when: "10 systems"},
        }
        return text("quarter", systems=systems, sites=sites, demands=[demand])

    assert solve(load(needed("2027-Q2")), engine=engine).purchases[0].in_service == "2027-Q2"
    assert shorter(needed("2027-03-31"), engine) == []


def test_rates_of_a_period_stay_with_its_length(engine: Engine) -> None:
    """Proves: where the file counts deliveries by the period, a shorter one is another question,
    and is not offered."""
    assert (
        shorter(
            text("quarter", supply=[{"system": "hgx-h100", "per_period": "200 systems"}]), engine
        )
        == []
    )


def test_no_shorter_step_where_none_helps(engine: Engine) -> None:
    """Proves: power that comes after the need in every step leaves no such way out."""
    sites = [{"id": "a", "power": {"2027-06-15": "20 MW"}, "energy_price": "60 USD/MWh"}]
    assert shorter(text("quarter", sites=sites), engine) == []
