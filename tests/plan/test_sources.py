"""A plan with power sources that somebody altered is rejected at its line, and reach counts what
sources can add."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from planner.assembly.audit import findings_of
from planner.assembly.plan import Plan
from planner.capabilities.generation.tables import SourceOutput
from planner.core.case import Case
from planner.plan.presolve_bounds import presolve_shortfalls
from planner.solver.engine import Engine
from tests.builders import (
    carbon,
    carbon_rules,
    curve,
    deployment,
    layer,
    ramp,
    site,
    solved,
    source,
    system,
    tariff,
    tiny,
    water,
)
from tests.plan.answers import at, changed, nudged, numbers

CASE = tiny(
    periods=3,
    sites=[site(power=[2, 2, 2], energy=1)],
    sources=[
        source(
            "rent",
            kind="rented",
            unit=2,
            most=2,
            firm=0.75,
            output=0.5,
            term=2,
            capex=0.25,
            fixed=0.5,
            energy=0.25,
            permit=5,
        ),
        source("own", most=3, earliest=1, capex=1, fixed=0.125, energy=0.5, life=5),
        source("step", kind="grid", unit=4, most=1, earliest=2, capex=2),
        source("store", kind="storage", most=9, hours=4, capex=0.1, life=9),
    ],
    systems=[system(average_mw=0.9)],
    demands=[deployment([3, 5, 8])],
    worth=True,
    discount=0.1,
    meter={
        "load_durations": [curve((0.25, 1.0), (0.5, 0.0), (0.25, -1.0))],
        "tariffs": [tariff(0.25, take=0.5, ratchet=0.75, back=2)],
        "carbon": [carbon([400, 400, 300], total=200, each={1: 60})],
        "carbon_rules": carbon_rules(total=250, each={2: 90}, price=20),
        "water": [water(total=200, each={2: 99})],
        "ramps": [ramp(0.5, 30, 6.5)],
        "layers": [
            layer("feed", [9, 9, 12], needed=3, spare=1),
            layer("ups", [20, 20, 20], copies=2),
        ],
    },
)


TABLES = (
    "source_starts",
    "source_outputs",
    "source_covers",
    "sources",
    "meter",
    "carbon",
    "water",
    "limits",
    "cash",
)


@pytest.fixture(scope="module")
def plan(engine: Engine) -> Plan:
    found = solved(CASE, engine).plan
    assert found.source_starts
    assert found.source_outputs
    assert found.source_covers
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
        problems = [
            problem
            for problem in findings_of(Plan.model_validate(altered))
            if problem.code != "A004"
        ]
        assert problems, path


def test_sources_that_do_not_exist_are_named(plan: Plan) -> None:
    row = plan.source_starts[0].model_copy(update={"source": "windmill"})
    (problem, *_) = findings_of(
        plan.model_copy(update={"source_starts": [row, *plan.source_starts[1:]]})
    )
    assert "no source `windmill` at x" in problem.message
    assert problem.path == "source_starts.0.source"
    row = plan.source_outputs[0].model_copy(update={"period": "2031"})
    (problem, *_) = findings_of(
        plan.model_copy(update={"source_outputs": [row, *plan.source_outputs[1:]]})
    )
    assert "no period `2031`" in problem.message


def test_a_row_that_stands_twice_is_found(plan: Plan) -> None:
    problems = findings_of(
        plan.model_copy(update={"source_starts": [*plan.source_starts, plan.source_starts[0]]})
    )
    assert any("stands twice in source_starts" in problem.message for problem in problems)


def test_a_start_before_its_time_is_found(plan: Plan) -> None:
    early = [
        row.model_copy(update={"period": "2025"}) if row.source == "step" else row
        for row in plan.source_starts
    ]
    assert any(
        "cannot begin to run in 2025" in p.message
        for p in findings_of(plan.model_copy(update={"source_starts": early}))
    )


METER_BROKEN = [
    ("load_durations", {"site": "moon"}, "nothing defines `moon`"),
    ("load_durations", {"shares": [0.5, 0.5]}, "are all hours, one for each step"),
    ("load_durations", {"shares": [0.25, 0.5, 0.5]}, "are all hours, one for each step"),
    ("load_durations", {"positions": [1.0, 0.0, -0.5]}, "its mean is the average"),
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
def test_a_case_whose_meter_is_not_whole_is_refused(
    plan: Plan, table: str, update: dict[str, Any], words: str
) -> None:
    entries = getattr(plan.case, table)
    broken = plan.case.model_copy(
        update={table: [entries[0].model_copy(update=update), *entries[1:]]}
    )
    assert any(
        words in problem.message
        for problem in findings_of(plan.model_copy(update={"case": broken}))
    )


BROKEN = [
    ({"site": "moon"}, "nothing defines `moon`"),
    ({"most_units": 0}, "a source has units"),
    ({"earliest": -1}, "a delay is not negative"),
    ({"term_periods": 0}, "0 periods are no time"),
    ({"firm_w": 9e9}, "no more than its nameplate"),
    ({"round_trip": 0.0}, "no more than it took"),
    ({"spare_w": -1.0}, "a margin is not negative"),
    ({"life_years": 0.0}, "longer than nothing"),
]


@pytest.mark.parametrize(("update", "words"), BROKEN)
def test_a_case_that_is_not_whole_is_refused(
    plan: Plan, update: dict[str, Any], words: str
) -> None:
    case: Case = plan.case
    broken = case.model_copy(
        update={"sources": [case.sources[0].model_copy(update=update), *case.sources[1:]]}
    )
    assert any(
        words in problem.message
        for problem in findings_of(plan.model_copy(update={"case": broken}))
    )


def test_reach_counts_what_sources_can_add() -> None:
    """2 MW of connection and 2 rented units of 2 MW, three quarters firm: 5 in 2025; 3 own units
    more in 2026; a step of 4 MW in 2027."""
    at_most = [5, 8, 12]
    for t, most in enumerate(at_most):
        for need, reachable in ((most, True), (most + 1, False)):
            demand = deployment([need if u == t else 0 for u in range(3)])
            case = tiny(
                periods=3, sites=[site(power=[2, 2, 2])], sources=CASE.sources, demands=[demand]
            )
            assert (presolve_shortfalls(case) == []) is reachable, (t, need)


def test_a_plan_reads_back_and_an_old_one_has_no_sources(plan: Plan) -> None:
    assert Plan.model_validate_json(plan.to_json()) == plan
    data = plan.model_dump(mode="json", by_alias=True)
    for key in TABLES[:6]:
        del data[key]
    assert Plan.model_validate(data).source_starts == []


STORED = tiny(
    systems=[system(average_mw=0.5)],
    sites=[site(power=2)],
    sources=[
        source(energy=1, most=4),
        source("b", kind="storage", unit=2, most=1, hours=6, back=0.8),
    ],
    demands=[deployment(4)],
    meter={
        "load_durations": [curve((0.25, 1.0), (0.5, 0.0), (0.25, -1.0))],
        "carbon": [carbon([400])],
    },
)
"""2 MW above the connection in a quarter of the hours: storage carries 1.6 MW of it, for it can
take no more than 2 MW in another."""


@pytest.fixture(scope="module")
def stored(engine: Engine) -> Plan:
    found = solved(STORED, engine).plan
    assert {row.source: row.mw for row in found.source_covers if row.mw} == {
        "b": pytest.approx(1.6),
        "g": pytest.approx(0.4),
    }
    return found


TAMPERED = [
    ({"mw": 2.4}, {}, "gives and takes 2.4 MW in 2025, it has 2 MW"),
    ({"mw": 2.0}, {}, "needs 0.625 MW in the mean of 2025 for what it gives, it takes 0.5 MW"),
    (
        {"mw": 0.4},
        {},
        "x has 2 MW energized in 2025 for what its own sources do not carry in step 1 of its "
        "load, the plan has 3.2 MW",
    ),
    ({}, {"mw": 1.6}, "g carries 0.4 MW in the mean of 2025, but puts out 0.1 MW"),
    ({}, {"mw": 9.0}, "x:g carries 9 MW of the load in 2025, of which 4 MW are firm"),
    ({}, {"takes_mw": 0.1}, "x:g carries nothing of the load of its site"),
    ({}, {"step": "step 7"}, "the load at x has no `step 7`"),
    ({}, {"step": "summer"}, "the load at x has no `summer`"),
    ({}, {"mw": -1.0}, "carries less than nothing in 2025"),
]


@pytest.mark.parametrize(
    ("battery", "engine_row", "words"), TAMPERED, ids=[words for *_, words in TAMPERED]
)
def test_covers_that_are_not_possible_are_found(
    stored: Plan, battery: dict[str, Any], engine_row: dict[str, Any], words: str
) -> None:
    """The audit has its own arithmetic: power, energy and round trip of storage, firmness and fuel
    of what runs, and the connection."""
    updates = {"b": battery, "g": engine_row}
    rows = [
        row.model_copy(update=updates[row.source] if row.mw else {}) for row in stored.source_covers
    ]
    found = [
        problem.message
        for problem in findings_of(stored.model_copy(update={"source_covers": rows}))
    ]
    assert any(words in message for message in found), found


def test_a_day_of_storage_is_checked(stored: Plan) -> None:
    case = stored.case
    short = case.sources[1].model_copy(update={"storage_h": 4.0})
    plan = stored.model_copy(
        update={"case": case.model_copy(update={"sources": [case.sources[0], short]})}
    )
    assert any(
        "gives 9.6 MWh in a day of 2025, it holds 8 MWh" in problem.message
        for problem in findings_of(plan)
    )


def test_output_of_storage_is_not_said_twice(stored: Plan) -> None:
    row = SourceOutput(site="x", source="b", period="2025", mean_mw=0.1)
    found = findings_of(stored.model_copy(update={"source_outputs": [*stored.source_outputs, row]}))
    assert any("x:b puts out no energy of its own" in problem.message for problem in found)


def test_losses_of_storage_are_drawn_and_emitted(stored: Plan) -> None:
    """It takes 0.5 MW and gives 0.4 in the mean; the source gives 0.1; the grid supplies the mean
    draw of 2 MW besides."""
    (meter,), (emitted,) = stored.meter, stored.carbon
    assert meter.energy_mwh == pytest.approx((2 + 0.1 - 0.1) * 8760)
    assert emitted.grid_t == pytest.approx(meter.energy_mwh * 0.4)
    energy = {row.source: row.energy_mwh for row in stored.sources}
    assert energy == {"b": pytest.approx(-0.1 * 8760), "g": pytest.approx(0.1 * 8760)}
