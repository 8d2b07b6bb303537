"""Who makes what upstream: makers, and what they may have made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from planner.catalog.reader import OWN_JUDGEMENT, Reader
from planner.errors import Mark, Problem
from planner.likeness import nearest
from planner.periods import Moment
from planner.records import Grade, Id, Kind, Record, Text, Via, grade_of

Upstream = Literal["foundry", "packaging", "memory", "country"]
"""Who makes the compute dies · who puts dies and memory together · who makes the HBM · in which
countries the compute dies are made."""
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


Origins = dict[tuple[str, Upstream], Origin]
TABLES = ("origins", "assumed_origins")


def read_upstream(reader: Reader) -> tuple[dict[str, Maker], Origins]:
    """Makers by id and origins by (accelerator, level); mistakes are left with the reader."""
    makers = reader.by_name("makers", Maker)
    found: Origins = {}
    for key in TABLES:
        for i, origin in enumerate(reader.models(key, Origin)):
            mark = reader.marks.get((key, str(i)))
            reader.problems.extend(_misplaced(origin, key, makers, mark))
            for accelerator in origin.of:
                place = accelerator, origin.level
                if place in found:
                    message = f"the {origin.level} of `{accelerator}` is given twice"
                    help_ = (
                        "an assumption may not shadow a fact"
                        if key == TABLES[1]
                        else "keep one of them"
                    )
                    reader.problems.append(Problem("C004", message, mark, help=help_))
                found.setdefault(place, origin)
                if mark:
                    reader.marks.setdefault((TABLES[0], _name(*place)), mark)
    return makers, found


def _misplaced(
    origin: Origin, key: str, makers: Mapping[str, Maker], mark: Mark | None
) -> Iterator[Problem]:
    assumed = key == TABLES[1]
    if {origin.kind == "assumption", origin.source == OWN_JUDGEMENT} != {assumed}:
        yield Problem(
            "C002",
            f"an origin of kind `{origin.kind}` stands in `{key}`",
            mark,
            help="facts and assumptions stand apart",
        )
    if assumed and not origin.note:
        yield Problem("C002", "an assumed origin needs a `note` with its reasoning", mark)
    known = [maker.id for maker in makers.values() if maker.level == origin.level]
    for name in origin.any_of:
        if name not in known:
            yield Problem(
                "I001",
                f"no {origin.level} `{name}`",
                mark,
                help=nearest(name, known) or f"known: {', '.join(known)}",
            )


def _name(accelerator: str, level: Upstream) -> str:
    return f"{accelerator}.{level}"


def upstream_references(
    origins: Origins, marks: Mapping[tuple[str, str], Mark]
) -> Iterator[tuple[str, str, Mark | None]]:
    """Ids that origins use to name other entries: (what, id, place)."""
    for (accelerator, level), origin in origins.items():
        mark = marks.get((TABLES[0], _name(accelerator, level)))
        yield "accelerator", accelerator, mark
        yield from (("source", source, mark) for source in [origin.source, *origin.rests_on])
