"""A plan whose halls were altered by hand is refused, in words that say what does not hold."""

from __future__ import annotations

import csv
import io

import pytest

from planner.assembly.audit import findings_of
from planner.capabilities.halls.derive import begun_row
from planner.plan.schema import Plan
from planner.report.plan_places import hall_tables
from planner.report.plan_tables import plan_rows
from tests.plan.answers import rebuilt


@pytest.fixture
def plan(plans) -> Plan:
    return plans["halls"]


def words(plan: Plan) -> str:
    return "; ".join(problem.concise() for problem in findings_of(plan))


def test_the_plan_builds_both_kinds_and_fills_what_stood(plan):
    assert {row.hall for row in plan.halls} == {"wet", "dry"}
    assert {row.hall for row in plan.housed} == {"wet", "dry", "standing"}


def test_a_hall_less(plan):
    fewer = [
        begun_row(plan.case, plan.case.halls[0], 2, 1) if row.number == 2 else row
        for row in plan.halls
    ]
    assert "are taken in the halls west/wet in 2027-Q1, which have 6" in words(
        rebuilt(plan, halls=fewer)
    )


def test_a_hall_more_than_can_be_built(plan):
    more = [*plan.halls, begun_row(plan.case, plan.case.halls[0], 0, 1)]
    assert "at most 2 halls west/wet can be built, the plan has 3 halls" in words(
        rebuilt(plan, halls=more)
    )


def test_a_hall_begun_too_late(plan):
    late = [*plan.halls, begun_row(plan.case, plan.case.halls[1], 5, 1)]
    assert "a hall west/dry cannot be begun in 2027-Q2" in words(rebuilt(plan, halls=late))


def test_a_machine_in_a_hall_that_does_not_carry_it(plan):
    moved = [
        row.model_copy(update={"hall": "dry"}) if row.system == "gb200-nvl72" else row
        for row in plan.housed
    ]
    assert "hall west/dry does not carry gb200-nvl72" in words(rebuilt(plan, housed=moved))


def test_a_machine_that_stands_nowhere(plan):
    gone = [row for row in plan.housed if row.system != "gb200-nvl72"]
    assert "60 gb200-nvl72 run at west in 2027-Q1, and 0 stand in its halls" in words(
        rebuilt(plan, housed=gone)
    )


def test_what_stood_is_full(plan):
    crowded = [
        row.model_copy(update={"units": row.units + 400}) if row.hall == "standing" else row
        for row in plan.housed
    ]
    assert "critical IT that stands at west in 2027-Q4 is 1.2 MW, the plan has" in words(
        rebuilt(plan, housed=crowded)
    )


def test_construction_beyond_the_budget_of_a_site(plan):
    for number, place in enumerate(("west", "east")):
        spent = next(row.used for row in plan.limits if row.row == f"budget.construction[{place}]")
        sites = list(plan.case.sites)
        sites[number] = sites[number].model_copy(
            update={"construction_budget_usd": spent * 1e6 * 0.99}
        )
        case = plan.case.model_copy(update={"sites": sites})
        assert f"construction at {place} may cost" in words(rebuilt(plan, case=case))


def test_halls_are_told_in_tables_and_rows(plan):
    build, where = hall_tables(plan)
    assert build.title == "Halls to build"
    assert build.rows[-1][:1] == ["total"]
    assert {row[1] for row in where.rows} == {"wet", "dry", "standing"}
    text = io.StringIO()
    csv.writer(text).writerows(plan_rows(plan))
    assert "halls,wet,west,2026-Q3,halls,halls,2" in text.getvalue()
    assert "housed,gb200-nvl72 in wet,west,2027-Q4,units,systems,80.0" in text.getvalue()


def test_a_plan_without_halls_says_nothing_of_them(plans):
    assert list(hall_tables(plans["colossus"])) == []
