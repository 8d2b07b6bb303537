"""What a capability reads out of a solved model, and what it makes whole before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from planner.arrays import Floats
from planner.core.tables import PlanTable
from planner.model.family import Model
from planner.plan.decided import Decisions


@dataclass(frozen=True)
class Solved:
    """A model with a solution whose whole numbers are whole."""

    model: Model
    solution: Floats
    """[columns]"""
    decisions: Decisions
    """What capabilities before this one have read of it."""


Read = Mapping[PlanTable[Any], Callable[[Solved], Sequence[Any]]]


def _as_it_is(model: Model, snapped: Floats, in_service: Floats) -> None:
    pass


@dataclass(frozen=True)
class Extract:
    """The face of a capability's module of extraction."""

    tables: Read = field(default_factory=dict)
    """Its decisions."""
    known: Read = field(default_factory=dict)
    """Tables that follow from decisions, and that the model knows from its own rows: so the audit
    has something to disagree with."""
    fit: Callable[[Model, Floats, Floats], None] = _as_it_is
    """Makes its own columns fit whole machines, in place: (model, values of all columns, [S, L, T]
    systems in service)."""
