"""The plan with the tables of every capability."""

from __future__ import annotations

from typing import Any

from planner.assembly.scenario import Case
from planner.core.compose import composed
from planner.core.tables import PlanTable
from planner.plan import schema
from planner.plan.tables import TABLES


def _rows(table: PlanTable[Any]) -> tuple[Any, Any]:
    """Type and default of the field that holds the rows of a table."""
    return list.__class_getitem__(table.row), ... if table.always else []


Plan = composed(
    schema.Plan, (), __name__, case=(Case, ...), **{table.name: _rows(table) for table in TABLES}
)
"""Plans are made and read as this class; functions take the base, and ask `plan.of` for the rows of
a table."""
