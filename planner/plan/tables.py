"""The tables of a plan: those of every capability in order, and its limits."""

from __future__ import annotations

from typing import Any

from planner.core.registry import faces
from planner.core.tables import PlanTable, Tables
from planner.plan.limit_row import LIMITS

TABLES: tuple[PlanTable[Any], ...] = (
    *(table for face in faces("tables", Tables) for table in face.tables),
    LIMITS,
)
DECIDED = tuple(table for table in TABLES if table.decided)
