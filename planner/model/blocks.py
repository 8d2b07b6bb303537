"""Blocks of decision variables and of rows: arrays over named axes.

The name, unit and sentence of a single row come from its labels, only when somebody looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from planner.arrays import Floats, Ints
from planner.core.case import Case
from planner.core.limits import At, LimitKind, Unit, Words
from planner.model.parameter import Affine, CoefficientParameter, Follower

Labels = Sequence[str]
Triplets = tuple[Ints, Ints, Floats]
"""(rows, columns, values)"""
Sort = Literal["choice", "machines", "groups", "grade"]


@dataclass(frozen=True)
class Integral:
    """What the whole numbers of a block are.

    Yes-or-no choices; machines that are bought, retired or moved; groups of leaves, which follow
    from the machines; the grade of a network, which is the smallest that holds its groups.
    """

    sort: Sort = "choice"
    groups: str = ""
    """The block of groups of which these say the grade."""
    held_by: tuple[str, str] = ("", "")
    """Of groups: the rows that say what their grade holds, and those that say what they must
    hold."""


CHOICE, MACHINES = Integral(), Integral("machines")


@dataclass(frozen=True)
class Variables:
    """One block of decision variables: `index` has the block's shape and holds column numbers,
    ABSENT where there is no variable.
    """

    name: str
    unit: str
    meaning: str
    axes: tuple[Labels, ...]
    index: Ints
    integer: bool
    lower: Floats
    upper: Floats
    implied: bool = False
    """Whether the upper bounds only repeat what rows say: they help the solver, and mean nothing
    once a row is taken away."""
    integral: Integral = CHOICE
    """What they are if they are integers."""

    @property
    def columns(self) -> Ints:
        """Columns that exist, in the order of the block."""
        return self.index[self.index >= 0]

    def label(self, column: int) -> str:
        """`name[a,b,c]` of one column."""
        where = np.argwhere(self.index == column)[0]
        return f"{self.name}[{','.join(axis[i] for axis, i in zip(self.axes, where, strict=True))}]"


@dataclass(frozen=True)
class Facts:
    """What exists once per build of a block of rows, and is needed when a number of the scenario
    moves.
    """

    coefficient: CoefficientParameter | None = None
    """The number among the coefficients, of a share or a cut."""
    affine: Affine | None = None
    """How the bounds follow from the number, of an affine one."""
    relative_to: Floats | None = None
    """[rows] of a choice: by how much a row gives way when the answer is the other one
    throughout."""
    lifts: Ints | None = None
    """[rows] columns that lift a row where they are 1."""
    aside: Ints | None = None
    """[rows] columns that fill a row without being used of the limit, or ABSENT: what goes short of
    a demand."""
    notes: tuple[str, ...] = ()
    """[rows] what their words need beside their labels."""
    switched: bool = False
    """Whether a constant M stands on a yes or no: large enough while all limits stand, too small
    once one is taken away."""
    unlimited: Triplets | None = None
    """The coefficients without what their constants owe to limits of the scenario, for when one is
    taken away or moves."""
    follows: Follower | None = None
    """The rows of a limit whose number stands in these as well."""
    held: bool = False
    """Whether an earlier objective is held, which may be missed by a tolerance."""


NO_FACTS = Facts()


@dataclass(frozen=True)
class Rows:
    """One block of rows `lower ≤ Σ coefficient · variable ≤ upper`.

    `keys` has one row of axis positions per model row. `kind` is None for arithmetic that no person
    can relax.
    """

    name: str
    unit: Unit | tuple[Unit, ...] | None
    """Of all rows, or of each; None for a limit that says it row by row."""
    meaning: str
    axes: tuple[Labels, ...]
    keys: Ints
    lower: Floats
    upper: Floats
    rows: Ints
    columns: Ints
    values: Floats
    first: int
    kind: LimitKind | None = None
    case: Case | None = None
    number: int = 0
    """Of the rule whose rows these are; 0 for limits of which there is one."""
    facts: Facts = NO_FACTS

    def labels(self, row: int) -> tuple[str, ...]:
        """Axis labels of the block's row number `row`."""
        return tuple(axis[i] for axis, i in zip(self.axes, self.keys[row], strict=True))

    def label(self, row: int) -> str:
        """`name[a,b]` of one row."""
        return f"{self.name}[{','.join(self.labels(row))}]"

    def at(self, row: int, labels: tuple[str, ...] | None = None) -> At:
        """Where one row of a limit counts; `labels` in the place of its own, for several rows told
        at once.
        """
        assert self.kind is not None and self.case is not None
        amount = float((self.lower if self.kind.least else self.upper)[row])
        note = self.facts.notes[row] if self.facts.notes else ""
        return At(self.case, labels or self.labels(row), amount, self.number, note)

    def words(self, row: int) -> Words:
        """One row of a limit in words."""
        assert self.kind is not None
        return self.kind.words(self.at(row))

    def unit_of(self, row: int) -> Unit:
        """Unit of one row."""
        if self.unit is not None:
            return self.unit if isinstance(self.unit, Unit) else self.unit[row]
        assert self.kind is not None
        return self.kind.unit_at(self.at(row))

    def axis_of(self, labels: Labels) -> int | None:
        """The axis that has these labels: that of the periods, for example."""
        return next((i for i, axis in enumerate(self.axes) if tuple(axis) == tuple(labels)), None)
