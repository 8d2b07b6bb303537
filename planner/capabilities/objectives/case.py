"""Objectives in plain numbers."""

from __future__ import annotations

from planner.capabilities.objectives.schema import Objective
from planner.core.case import Case
from planner.core.whole import Broken, within
from planner.records import Record


class CaseObjective(Record):
    """An objective with its period resolved, and those of the parts of a weighted one."""

    goal: Objective
    at: int | None
    parts_at: list[int | None] = []


class ObjectivesCase(Case):
    """What is to be best, in order."""

    goals: list[CaseObjective]

    def broken(self) -> Broken:
        """What cannot be of its part."""
        yield from super().broken()
        periods = len(self.timeline)
        for i, goal in enumerate(self.goals):
            yield from within(goal.at, periods, f"goals.{i}.at")


FACE = ObjectivesCase
