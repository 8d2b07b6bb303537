"""Who makes an accelerator before anybody sells it, and where?

The public record rarely says which of several makers a part came from, and never in which shares: a level lists every maker that may have
made it, and a rule reads that as it hurts most (`docs/catalog.md`).
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from planner.periods import Moment
from planner.records import Grade, Id, Kind, Record, Text, Via, grade_of

Upstream = Literal["foundry", "packaging", "memory", "country"]
"""Who makes the compute dies · who puts dies and memory together · who makes the HBM · in which countries the compute dies are made."""

UPSTREAM: tuple[Upstream, ...] = get_args(Upstream)


class Maker(Record):
    """One foundry, packaging line, memory maker or country."""

    id: Id
    name: Text
    level: Upstream


class Origin(Record):
    """Who may have made some accelerators, at one level."""

    level: Upstream
    of: Annotated[list[Id], Field(min_length=1)]
    """Accelerators."""
    any_of: Annotated[list[Id], Field(min_length=1)]
    """Every maker that is known, or has to be feared, to make them."""
    kind: Kind
    via: Via = "primary"
    source: Id
    date: Moment | None = None
    note: str = ""
    rests_on: list[Id] = []
    """What the reasoning of an assumption leans on."""

    @model_validator(mode="after")
    def _once_each(self) -> Origin:
        for names in (self.of, self.any_of):
            if len(set(names)) < len(names):
                raise ValueError("the same id stands twice")
        return self

    @property
    def grade(self) -> Grade:
        """As of a figure: A datasheet read directly … D assumed."""
        return grade_of(self.kind, self.via)
