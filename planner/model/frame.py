"""The frame that rules hang their blocks on: variable blocks, row blocks and the money ledger, concatenated into one ModelProto.

A block is made of arrays over named axes. The name, unit and sentence of a single row come from its labels, only when somebody looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.model.ledger import Flow, FlowKind
from planner.model.parameter import Choice, Follower, Parameter, Written
from planner.model.terms import ABSENT as ABSENT
from planner.model.terms import MEASURES as MEASURES
from planner.model.terms import Bools as Bools
from planner.model.terms import Floats as Floats
from planner.model.terms import Ints as Ints
from planner.model.terms import Measure as Measure
from planner.model.terms import Posted as Posted
from planner.model.terms import Terms as Terms
from planner.model.terms import row_numbers as row_numbers
from planner.model.wire import packed

Labels = Sequence[str]


@dataclass(frozen=True)
class Variables:
    """One block of decision variables: `index` has the block's shape and holds column numbers, ABSENT where there is no variable."""

    name: str
    unit: str
    meaning: str
    axes: tuple[Labels, ...]
    index: Ints
    integer: bool
    lower: Floats
    upper: Floats
    implied: bool = False
    """Whether the upper bounds only repeat what rows say: they help the solver, and mean nothing once a row is taken away."""

    def label(self, column: int) -> str:
        """`name[a,b,c]` of one column."""
        where = np.argwhere(self.index == column)[0]
        return f"{self.name}[{','.join(axis[i] for axis, i in zip(self.axes, where, strict=True))}]"


@dataclass(frozen=True)
class Rows:
    """One block of rows `lower ≤ Σ coefficient · variable ≤ upper`.

    `keys` has one row of axis positions per model row. `limit` names the limit of the scenario that a row enforces (rows with the same name
    are one limit to a person); None for arithmetic that no person can relax.
    """

    name: str
    unit: str | Callable[[tuple[str, ...]], str]
    meaning: str
    axes: tuple[Labels, ...]
    keys: Ints
    lower: Floats
    upper: Floats
    rows: Ints
    columns: Ints
    values: Floats
    limit: Callable[[tuple[str, ...]], tuple[str, str]] | None
    says: Callable[[tuple[str, ...], float, float], str]
    first: int

    def labels(self, row: int) -> tuple[str, ...]:
        """Axis labels of the block's row number `row`."""
        return tuple(axis[i] for axis, i in zip(self.axes, self.keys[row], strict=True))

    def label(self, row: int) -> str:
        """`name[a,b]` of one row."""
        return f"{self.name}[{','.join(self.labels(row))}]"

    def unit_of(self, row: int) -> str:
        """Unit of one row."""
        return self.unit if isinstance(self.unit, str) else self.unit(self.labels(row))

    def sentence(self, row: int) -> str:
        """What one row demands, in words."""
        return self.says(self.labels(row), float(self.lower[row]), float(self.upper[row]))


class Frame:
    """A model under construction."""

    def __init__(self, periods: Labels, worth: Floats | None = None) -> None:
        self.periods = tuple(periods)
        self.worth = np.ones(len(self.periods)) if worth is None else worth
        """[T] present worth of 1 USD paid evenly over a period."""
        self.variables: dict[str, Variables] = {}
        self.rows: dict[str, Rows] = {}
        self.flows: dict[str, Flow] = {}
        self.switched: dict[str, float] = {}
        """Row blocks with a constant M on a yes or no: large enough while all limits stand, too small once one is taken away."""
        self.parameters: dict[str, Parameter] = {}
        """The number of the scenario among the coefficients of a row block, for blocks whose bounds are none of its numbers."""
        self.written: dict[str, Written] = {}
        """How the bounds of a row block follow from the numbers of the scenario, for blocks whose bounds are not these themselves."""
        self.followers: list[Follower] = []
        """Rows that move with a number that is the bound of other rows."""
        self.lifted: dict[str, Ints] = {}
        """Columns, one for each row of a block, that lift the row where they are 1."""
        self.unpriced: dict[str, str] = {}
        """Why a row block that says a limit has no number that one could move."""
        self.choices: dict[str, Choice] = {}
        """Row blocks with a limit that is a yes or a no."""
        self.spreads: list[tuple[int, tuple[int, ...]]] = []
        """(a column that is at least the spread of others around their mean, these)."""
        self.unlimited: dict[str, tuple[Ints, Ints, Floats]] = {}
        """A row block's triplets without what its constants owe to limits of the scenario, for when one is taken away or moves."""
        self.posts: dict[Measure, list[Posted]] = {}
        self.column_count = 0
        self.row_count = 0

    def add_variables(
        self,
        name: str,
        axes: tuple[Labels, ...],
        *,
        unit: str,
        meaning: str,
        present: Bools | None = None,
        lower: Floats | float = 0.0,
        upper: Floats | float = np.inf,
        integer: bool = False,
        implied: bool = False,
    ) -> Variables:
        """A block of variables over `axes`, where `present` (everywhere by default)."""
        if name in self.variables:
            raise ValueError(f"variables {name} exist already")
        shape = tuple(len(axis) for axis in axes)
        mask = np.ones(shape, dtype=bool) if present is None else present
        index = row_numbers(mask)
        index[mask] += self.column_count
        block = Variables(
            name,
            unit,
            meaning,
            axes,
            index,
            integer,
            np.broadcast_to(np.asarray(lower, float), shape)[mask],
            np.broadcast_to(np.asarray(upper, float), shape)[mask],
            implied,
        )
        self.variables[name] = block
        self.column_count += int(np.count_nonzero(mask))
        return block

    def add_rows(
        self,
        name: str,
        axes: tuple[Labels, ...],
        terms: Terms,
        *,
        unit: str | Callable[[tuple[str, ...]], str],
        meaning: str,
        says: Callable[[tuple[str, ...], float, float], str],
        present: Bools,
        lower: Floats | float = -np.inf,
        upper: Floats | float = np.inf,
        limit: Callable[[tuple[str, ...]], tuple[str, str]] | None = None,
    ) -> Rows | None:
        """A block of rows, numbered as `row_numbers(present)`; returns None, adding nothing, if no row is present."""
        if name in self.rows:
            raise ValueError(f"rows {name} exist already")
        count = int(np.count_nonzero(present))
        if count == 0:
            return None
        shape = present.shape
        low = np.broadcast_to(np.asarray(lower, float), shape)[present]
        high = np.broadcast_to(np.asarray(upper, float), shape)[present]
        rows, columns, values = terms.triplets()
        block = Rows(
            name,
            unit,
            meaning,
            axes,
            np.argwhere(present),
            low,
            high,
            rows,
            columns,
            values,
            limit,
            says,
            self.row_count,
        )
        self.rows[name] = block
        self.row_count += count
        return block

    def post(self, measure: Measure, columns: Ints, sites: Ints, periods: Ints, values: Floats) -> None:
        """Say what columns take of their sites; the four broadcast. Every balance of that measure counts it: none looks a block up."""
        c, j, t, v = np.broadcast_arrays(columns, sites, periods, values)
        keep = (c >= 0) & (v != 0.0)
        self.posts.setdefault(measure, []).append(Posted(c[keep], j[keep], t[keep], v[keep]))

    def posted(self, measure: Measure) -> Posted:
        """All that was posted of a measure."""
        parts = self.posts.get(measure, [])
        if not parts:
            none = np.zeros(0, dtype=np.int64)
            return Posted(none, none, none, np.zeros(0))
        return Posted(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("columns", "sites", "periods", "values")))

    def drawn(self, measure: Measure, rows: Ints, scale: Floats | float = 1.0) -> Terms:
        """Terms of all that was posted of a measure, at rows [L, T] of a balance; `scale` is a number, or [L, T]."""
        post = self.posted(measure)
        factor = np.broadcast_to(np.asarray(scale, dtype=np.float64), rows.shape)[post.sites, post.periods]
        return Terms().add(rows[post.sites, post.periods], post.columns, post.values * factor)

    def follow(self, leader: str, keys: Ints, block: str, slope: Floats | float = 1.0, *, twin: bool = False) -> None:
        """Let all rows of `block` move with the rows of `leader` at `keys`; rows with slope 0 stay."""
        if block in self.rows:
            rows = np.arange(len(self.rows[block].lower))
            self.followers.append(Follower(leader, keys, block, rows, np.broadcast_to(np.asarray(slope, float), rows.shape), twin))

    def add_flow(
        self,
        name: str,
        kind: FlowKind,
        periods: Ints,
        columns: Ints,
        values: Floats | float,
        constant: Floats | None = None,
        *,
        worth: Floats | float | None = None,
        constant_worth: Floats | float | None = None,
    ) -> None:
        """Add money to a bucket: MUSD per unit of each column in each period (the three broadcast), and a constant per period.

        `worth` is the present worth of 1 USD of it, where it is paid on known days; else it is paid evenly over the period. It broadcasts
        too; `constant_worth` is that of the constant, by period.
        """
        flow = self.flows.get(name)
        if flow is None:
            flow = self.flows[name] = Flow(name, kind, np.zeros(len(self.periods)), np.zeros(len(self.periods)))
        worth = self.worth[periods] if worth is None else worth
        t, c, v, w = np.broadcast_arrays(periods, columns, np.asarray(values, dtype=np.float64), worth)
        keep = (c >= 0) & (v != 0.0)
        flow.periods.append(t[keep].astype(np.int64))
        flow.columns.append(c[keep].astype(np.int64))
        flow.values.append(v[keep].astype(np.float64))
        flow.worths.append(w[keep].astype(np.float64))
        if constant is not None:
            flow.constant = flow.constant + constant
            flow.present_constant = flow.present_constant + constant * (self.worth if constant_worth is None else constant_worth)

    def flows_of(self, *kinds: FlowKind, prefix: str = "") -> Iterator[Flow]:
        """Buckets of these kinds whose name begins with `prefix`."""
        return (flow for flow in self.flows.values() if flow.kind in kinds and flow.name.startswith(prefix))

    def blocks(self) -> Iterator[Rows]:
        """Row blocks in the order they were added."""
        return iter(self.rows.values())

    def row(self, number: int) -> tuple[Rows, int]:
        """The block of a model row and its number within the block."""
        for block in self.rows.values():
            if block.first <= number < block.first + len(block.lower):
                return block, number - block.first
        raise IndexError(number)

    def bounds(self) -> tuple[Floats, Floats, Bools]:
        """(lower, upper, integer) of all columns."""
        blocks = list(self.variables.values())
        if not blocks:
            return np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool)
        integer = np.concatenate([np.full(len(b.lower), b.integer) for b in blocks])
        return np.concatenate([b.lower for b in blocks]), np.concatenate([b.upper for b in blocks]), integer

    def row_bounds(self) -> tuple[Floats, Floats]:
        """(lower, upper) of all rows."""
        blocks = list(self.rows.values())
        if not blocks:
            return np.zeros(0), np.zeros(0)
        return np.concatenate([b.lower for b in blocks]), np.concatenate([b.upper for b in blocks])

    def matrix(self) -> tuple[Ints, Ints, Floats]:
        """Triplets of the whole constraint matrix, sorted by row and column."""
        blocks = list(self.rows.values())
        if not blocks:
            empty = np.zeros(0, dtype=np.int64)
            return empty, empty, np.zeros(0)
        return (
            np.concatenate([b.rows + b.first for b in blocks]),
            np.concatenate([b.columns for b in blocks]),
            np.concatenate([b.values for b in blocks]),
        )

    def activity(self, solution: Floats) -> Floats:
        """Σ coefficient · variable of every row."""
        rows, columns, values = self.matrix()
        return np.bincount(rows, weights=values * solution[columns], minlength=self.row_count).astype(np.float64)

    def proto(self, objective: Objective, *, relaxed: bool = False) -> Any:
        """The MathOpt ModelProto with one objective; `relaxed` drops integrality."""
        from ortools.math_opt import model_pb2

        proto = model_pb2.ModelProto()
        lower, upper, integer = self.bounds()
        ids = packed(1, np.arange(self.column_count))
        kinds = np.zeros_like(integer) if relaxed else integer
        proto.variables.MergeFromString(ids + packed(2, lower) + packed(3, upper) + packed(4, kinds))
        low, high = self.row_bounds()
        proto.linear_constraints.MergeFromString(packed(1, np.arange(self.row_count)) + packed(2, low) + packed(3, high))
        rows, columns, values = self.matrix()
        proto.linear_constraint_matrix.MergeFromString(packed(1, rows) + packed(2, columns) + packed(3, values))
        proto.objective.maximize = objective.maximize
        proto.objective.offset = objective.constant
        proto.objective.linear_coefficients.MergeFromString(packed(1, objective.columns) + packed(2, objective.values))
        return proto


@dataclass(frozen=True)
class Objective:
    """What a solve improves: `constant + Σ value · column`, columns sorted and distinct."""

    name: str
    unit: str
    maximize: bool
    columns: Ints
    values: Floats
    constant: float = 0.0

    @classmethod
    def of(cls, name: str, unit: str, *, maximize: bool, parts: Sequence[tuple[Ints, Floats]], constant: float = 0.0) -> Objective:
        """Sum parts over the same columns."""
        terms = Terms()
        for columns, values in parts:
            terms.add(np.zeros(1, dtype=np.int64), columns, values)
        _, columns, values = terms.triplets()
        return cls(name, unit, maximize, columns, values, constant)

    def at(self, solution: Floats) -> float:
        """Its value for a solution."""
        return float(self.constant + self.values @ solution[self.columns])
