"""A plan with power sources that somebody altered is rejected at its line, and reach counts what sources can add."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from planner.plan.audit import findings_of
from planner.plan.reach import check_reach
from planner.plan.schema import Plan
from planner.scenario.case import Case
from planner.solve.engine import Engine
from tests.plan.answers import at, changed, nudged, numbers
from tests.tiny import carbon, carbon_rules, deployment, layer, ramp, site, solved, source, tariff, tiny, water

CASE = tiny(
    periods=3,
    sites=[site(power=[2, 2, 2], energy=1)],
    sources=[
        source("rent", kind="rented", unit=2, most=2, firm=0.75, output=0.5, term=2, capex=0.25, fixed=0.5, energy=0.25, permit=5),
        source("own", most=3, earliest=1, capex=1, fixed=0.125, energy=0.5, life=5),
        source("step", kind="grid", unit=4, most=1, earliest=2, capex=2),
        source("store", kind="storage", most=9, hours=4, capex=0.1, life=9),
    ],
    demands=[deployment([3, 5, 8])],
    worth=True,
    discount=0.1,
    meter={
        "tariffs": [tariff(0.25, take=0.5, ratchet=0.75, back=2)],
        "carbon": [carbon([400, 400, 300], total=200, each={1: 60})],
        "carbon_rules": carbon_rules(total=250, each={2: 90}, price=20),
        "water": [water(total=200, each={2: 99})],
        "ramps": [ramp(0.5, 30, 6.5)],
        "layers": [layer("feed", [9, 9, 12], needed=3, spare=1), layer("ups", [20, 20, 20], copies=2)],
    },
)


TABLES = ("source_starts", "source_outputs", "sources", "meter", "carbon", "water", "limits", "cash")


@pytest.fixture(scope="module")
def plan(engine: Engine) -> Plan:
    found = solved(CASE, engine).plan
    assert found.source_starts
    assert found.source_outputs
    assert found.sources
    assert found.meter
    assert found.carbon
    assert found.water
    return found


def leaves(data: Any) -> Iterator[tuple[str | int, ...]]:
    for table in TABLES:
        yield from ((table, *rest) for rest in numbers(data[table]))


def test_every_altered_number_of_a_source_is_found(plan: Plan) -> None:
    data = plan.model_dump(mode="json", by_alias=True)
    for path in leaves(data):
        altered = changed(data, path, nudged)
        if at(altered, path) == at(data, path):
            continue
        problems = findings_of(Plan.model_validate(altered))
        assert problems, path


def test_sources_that_do_not_exist_are_named(plan: Plan) -> None:
    row = plan.source_starts[0].model_copy(update={"source": "windmill"})
    (problem, *_) = findings_of(plan.model_copy(update={"source_starts": [row, *plan.source_starts[1:]]}))
    assert "x has no source `windmill`" in problem.message
    assert problem.path == "source_starts.0.source"
    row = plan.source_outputs[0].model_copy(update={"period": "2031"})
    (problem, *_) = findings_of(plan.model_copy(update={"source_outputs": [row, *plan.source_outputs[1:]]}))
    assert "no period `2031`" in problem.message


def test_a_row_that_stands_twice_is_found(plan: Plan) -> None:
    problems = findings_of(plan.model_copy(update={"source_starts": [*plan.source_starts, plan.source_starts[0]]}))
    assert any("stands twice in source_starts" in problem.message for problem in problems)


def test_a_start_before_its_time_is_found(plan: Plan) -> None:
    early = [row.model_copy(update={"period": "2025"}) if row.source in ("own", "step") else row for row in plan.source_starts]
    assert any("cannot begin to run in 2025" in p.message for p in findings_of(plan.model_copy(update={"source_starts": early})))


METER_BROKEN = [
    ("tariffs", {"site": "moon"}, "nothing defines `moon`"),
    ("tariffs", {"contract_w": [1.0]}, "1 values for 3 periods"),
    ("carbon", {"kg_per_mwh": [1.0]}, "1 values for 3 periods"),
    ("carbon", {"by_period_t": {7: 1.0}}, "period 7 of 3"),
    ("water", {"by_period_m3": {7: 1.0}}, "period 7 of 3"),
    ("ramps", {"limit_w_per_s": 0.0}, "a ramp is positive"),
    ("layers", {"capacity_w": [1.0]}, "1 values for 3 periods"),
    ("layers", {"needed": 0.0}, "at least one unit is needed"),
]


@pytest.mark.parametrize(("table", "update", "words"), METER_BROKEN)
def test_a_case_whose_meter_is_not_whole_is_refused(plan: Plan, table: str, update: dict[str, Any], words: str) -> None:
    entries = getattr(plan.case, table)
    broken = plan.case.model_copy(update={table: [entries[0].model_copy(update=update), *entries[1:]]})
    assert any(words in problem.message for problem in findings_of(plan.model_copy(update={"case": broken})))


BROKEN = [
    ({"site": "moon"}, "nothing defines `moon`"),
    ({"most_units": 0}, "a source has units"),
    ({"earliest": -1}, "a delay is not negative"),
    ({"term_periods": 0}, "0 periods are no time"),
    ({"firm_w": 9e9}, "no more than its nameplate"),
    ({"life_years": 0.0}, "longer than nothing"),
]


@pytest.mark.parametrize(("update", "words"), BROKEN)
def test_a_case_that_is_not_whole_is_refused(plan: Plan, update: dict[str, Any], words: str) -> None:
    case: Case = plan.case
    broken = case.model_copy(update={"sources": [case.sources[0].model_copy(update=update), *case.sources[1:]]})
    assert any(words in problem.message for problem in findings_of(plan.model_copy(update={"case": broken})))


def test_reach_counts_what_sources_can_add() -> None:
    """2 MW of connection and 2 rented units of 2 MW, three quarters firm: 5 in 2025; 3 own units more in 2026; a step of 4 MW in 2027."""
    at_most = [5, 8, 12]
    for t, most in enumerate(at_most):
        for need, reachable in ((most, True), (most + 1, False)):
            demand = deployment([need if u == t else 0 for u in range(3)])
            case = tiny(periods=3, sites=[site(power=[2, 2, 2])], sources=CASE.sources, demands=[demand])
            assert (check_reach(case) == []) is reachable, (t, need)


def test_a_plan_reads_back_and_an_old_one_has_no_sources(plan: Plan) -> None:
    assert Plan.from_json(plan.to_json()) == plan
    data = plan.model_dump(mode="json", by_alias=True)
    for key in TABLES[:6]:
        del data[key]
    assert Plan.model_validate(data).source_starts == []
