"""Tables of a plan: declared once, all of them, and what follows from the declarations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args, get_origin

import pytest

from planner.assembly.derived import derived
from planner.assembly.plan import Plan
from planner.core.tables import PlanTable
from planner.plan.tables import DECIDED, TABLES
from planner.report.plan_tables import HEAD, plan_rows

LISTS = {
    name: get_args(field.annotation)[0]
    for name, field in Plan.model_fields.items()
    if get_origin(field.annotation) is list
}


def test_every_table_of_a_plan_is_declared_once():
    """Objectives are no table: their rows are judged one by one."""
    assert {table.name: table.row for table in TABLES} == {
        name: row for name, row in LISTS.items() if name != "goals"
    }
    assert len(TABLES) == len({table.name for table in TABLES})


def test_a_table_is_a_decision_or_follows_from_them():
    assert {table.name for table in TABLES} == {table.name for table in DECIDED} | set(derived())
    assert not {table.name for table in DECIDED} & set(derived())


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_references_and_units_are_of_fields(table: PlanTable) -> None:
    known = set(table.row.model_fields)
    assert set(table.key) <= known
    assert {reference.field for reference in table.refers} <= known
    assert {field for field, _ in table.units} <= known
    assert {unit for _, unit in table.units if unit == "unit"} <= known
    numbers = {
        name
        for name, field in table.row.model_fields.items()
        if field.annotation in (float, int, float | None)
    }
    assert {name for name in numbers if table.unit_of(name) is None} <= {"rule", "tiers"}


def test_every_row_of_every_table_is_in_the_long_table(plans: Mapping[str, Plan]):
    lines = 0
    for plan in plans.values():
        rows = list(plan_rows(plan))
        assert rows[0] == HEAD
        assert {len(row) for row in rows} == {len(HEAD)}
        names = {row[0] for row in rows}
        assert {table.name for table in TABLES if plan.of(table)} <= names
        lines += len(rows)
    assert lines > 500
