"""The frame that rules hang their blocks on: variable blocks, row blocks and the money ledger,
concatenated into one ModelProto.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.arrays import Bools, Floats, Ints
from planner.core.case import Case
from planner.core.limits import Account, LimitKind, Statement, Unit
from planner.model.blocks import CHOICE, NO_FACTS, Facts, Integral, Labels, Rows, Sort, Variables
from planner.model.terms import Balance, Flow, Posted, Terms, row_numbers


class Frame:
    """A model under construction."""

    def __init__(
        self, periods: Labels, worth: Floats | None = None, case: Case | None = None
    ) -> None:
        self.periods = tuple(periods)
        self.case = case
        """The question that limits are of; without one there are none."""
        self.worth = np.ones(len(self.periods)) if worth is None else worth
        """[T] present worth of 1 USD paid evenly over a period."""
        self.variables: dict[str, Variables] = {}
        self.rows: dict[str, Rows] = {}
        self.flows: dict[Account, Flow] = {}
        self.spreads: list[tuple[int, tuple[int, ...]]] = []
        """(a column that is at least the spread of others around their mean, these)."""
        self.posts: dict[tuple[Balance, int], list[Posted]] = {}
        """By balance and step of the load; all but what is carried is of step 0."""
        self.added_up: set[tuple[Balance, int] | Statement] = set()
        """Balances and statements that somebody has added up: nothing more may be posted to
        them."""
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
        integer: bool | Integral = False,
        implied: bool = False,
    ) -> Variables:
        """A block of variables over `axes`, where `present` (everywhere by default). Raises
        ValueError if there is one of that name.
        """
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
            bool(integer),
            np.broadcast_to(np.asarray(lower, float), shape)[mask],
            np.broadcast_to(np.asarray(upper, float), shape)[mask],
            implied,
            integer if isinstance(integer, Integral) else CHOICE,
        )
        self.variables[name] = block
        self.column_count += int(np.count_nonzero(mask))
        return block

    def of_sort(self, *sorts: Sort) -> list[Variables]:
        """Blocks of whole numbers of these sorts, in the order in which they were added."""
        return [
            block
            for block in self.variables.values()
            if block.integer and block.integral.sort in sorts
        ]

    def add_rows(
        self,
        name: str,
        axes: tuple[Labels, ...],
        terms: Terms,
        *,
        unit: str | Sequence[Unit],
        meaning: str,
        present: Bools,
        lower: Floats | float = -np.inf,
        upper: Floats | float = np.inf,
        facts: Facts = NO_FACTS,
    ) -> None:
        """A block of arithmetic, its rows numbered as `row_numbers(present)`; nothing is added if
        no row is present.

        `unit` is that of all rows, or of each.

        Raises ValueError if there is a block of that name.
        """
        self._add(
            name,
            axes,
            terms,
            present,
            (lower, upper),
            unit=Unit(unit) if isinstance(unit, str) else tuple(unit),
            meaning=meaning,
            facts=facts,
        )

    def add_limit(
        self,
        kind: LimitKind,
        axes: tuple[Labels, ...],
        terms: Terms,
        *,
        present: Bools,
        bound: Floats | float,
        equal: bool = False,
        number: int = 0,
        facts: Facts = NO_FACTS,
    ) -> None:
        """A block of rows of a limit, as `add_rows`; `bound` holds from below where the kind says
        so, and from both sides where `equal`.
        """
        name, unit = (
            f"{kind.row}.{number}" if number else kind.row,
            kind.unit if isinstance(kind.unit, Unit) else None,
        )
        sides = bound if kind.least or equal else -np.inf, np.inf if kind.least else bound
        own = dict(kind=kind, case=self.case, number=number, facts=facts)
        self._add(name, axes, terms, present, sides, unit=unit, meaning="", **own)

    def _add(
        self,
        name: str,
        axes: tuple[Labels, ...],
        terms: Terms,
        present: Bools,
        sides: tuple[Any, Any],
        **own: Any,
    ) -> None:
        if name in self.rows:
            raise ValueError(f"rows {name} exist already")
        count = int(np.count_nonzero(present))
        if count == 0:
            return
        low, high = (
            np.broadcast_to(np.asarray(side, float), present.shape)[present] for side in sides
        )
        rows, columns, values = terms.triplets()
        where = dict(axes=axes, keys=np.argwhere(present), first=self.row_count)
        own |= dict(
            name=name, rows=rows, columns=columns, values=values, lower=low, upper=high, **where
        )
        self.rows[name] = Rows(**own)
        self.row_count += count

    def post(
        self,
        balance: Balance,
        columns: Ints,
        sites: Ints,
        periods: Ints,
        values: Floats,
        step: int = 0,
    ) -> None:
        """Say what columns take of their sites, or bring to them; the four broadcast. Whoever adds
        it up looks no block up.

        Raises RuntimeError if it was added up already: the capability that does so must come
        `after` this one.
        """
        if (balance, step) in self.added_up:
            raise RuntimeError(f"`{balance}` was added up before all was posted to it")
        c, j, t, v = np.broadcast_arrays(columns, sites, periods, values)
        keep = (c >= 0) & (v != 0.0)
        self.posts.setdefault((balance, step), []).append(
            Posted(c[keep], j[keep], t[keep], v[keep])
        )

    def posted(self, balance: Balance, step: int = 0) -> Posted:
        """All that was posted to a balance."""
        self.added_up.add((balance, step))
        parts = self.posts.get((balance, step), [])
        if not parts:
            none = np.zeros(0, dtype=np.int64)
            return Posted(none, none, none, np.zeros(0))
        return Posted(
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("columns", "sites", "periods", "values")
            )
        )

    def drawn(self, balance: Balance, rows: Ints, scale: Floats | float = 1.0) -> Terms:
        """Terms of all that was posted to a balance, at rows [L, T]; `scale` is a number, or [L,
        T].
        """
        post = self.posted(balance)
        factor = np.broadcast_to(np.asarray(scale, dtype=np.float64), rows.shape)[
            post.sites, post.periods
        ]
        return Terms().add(rows[post.sites, post.periods], post.columns, post.values * factor)

    def add_flow(
        self,
        account: Account,
        periods: Ints,
        columns: Ints,
        values: Floats | float,
        constant: Floats | None = None,
        *,
        worth: Floats | float | None = None,
        constant_worth: Floats | float | None = None,
    ) -> None:
        """Post money to an account: MUSD per unit of each column in each period (the three
        broadcast), and a constant per period.

        `worth` is the present worth of 1 USD of it, where it is paid on known days; else it is paid
        evenly over the period. It broadcasts too; `constant_worth` is that of the constant, by
        period. Raises RuntimeError if the statement was added up already.
        """
        if account.budgeted and account.statement in self.added_up:
            raise RuntimeError(
                f"`{account.statement}` was added up before `{account.name}` was posted to it"
            )
        flow = self.flows.get(account)
        if flow is None:
            flow = self.flows[account] = Flow(
                account, np.zeros(len(self.periods)), np.zeros(len(self.periods))
            )
        worth = self.worth[periods] if worth is None else worth
        t, c, v, w = np.broadcast_arrays(
            periods, columns, np.asarray(values, dtype=np.float64), worth
        )
        keep = (c >= 0) & (v != 0.0)
        flow.periods.append(t[keep].astype(np.int64))
        flow.columns.append(c[keep].astype(np.int64))
        flow.values.append(v[keep].astype(np.float64))
        flow.worths.append(w[keep].astype(np.float64))
        if constant is not None:
            flow.constant = flow.constant + constant
            flow.present_constant = flow.present_constant + constant * (
                self.worth if constant_worth is None else constant_worth
            )

    def spent(self, statement: Statement) -> Iterator[Flow]:
        """What budgets count of a statement, account by account; nothing more may be posted to
        it.
        """
        self.added_up.add(statement)
        return (
            flow
            for flow in self.flows.values()
            if flow.account.budgeted and flow.account.statement == statement
        )

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
        return (
            np.concatenate([b.lower for b in blocks]),
            np.concatenate([b.upper for b in blocks]),
            integer,
        )

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
        return np.bincount(
            rows, weights=values * solution[columns], minlength=self.row_count
        ).astype(np.float64)

    def proto(self, objective: Objective, *, relaxed: bool = False) -> Any:
        """The MathOpt ModelProto with one objective; `relaxed` drops integrality."""
        from ortools.math_opt import model_pb2

        proto = model_pb2.ModelProto()
        lower, upper, integer = self.bounds()
        ids = packed(1, np.arange(self.column_count))
        kinds = np.zeros_like(integer) if relaxed else integer
        proto.variables.MergeFromString(
            ids + packed(2, lower) + packed(3, upper) + packed(4, kinds)
        )
        low, high = self.row_bounds()
        proto.linear_constraints.MergeFromString(
            packed(1, np.arange(self.row_count)) + packed(2, low) + packed(3, high)
        )
        rows, columns, values = self.matrix()
        proto.linear_constraint_matrix.MergeFromString(
            packed(1, rows) + packed(2, columns) + packed(3, values)
        )
        proto.objective.maximize = objective.maximize
        proto.objective.offset = objective.constant
        proto.objective.linear_coefficients.MergeFromString(
            packed(1, objective.columns) + packed(2, objective.values)
        )
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
    def of(
        cls,
        name: str,
        unit: str,
        *,
        maximize: bool,
        parts: Sequence[tuple[Ints, Floats]],
        constant: float = 0.0,
    ) -> Objective:
        """Sum parts over the same columns."""
        terms = Terms()
        for columns, values in parts:
            terms.add(np.zeros(1, dtype=np.int64), columns, values)
        _, columns, values = terms.triplets()
        return cls(name, unit, maximize, columns, values, constant)

    def at(self, solution: Floats) -> float:
        """Its value for a solution."""
        return float(self.constant + self.values @ solution[self.columns])


_LENGTH_DELIMITED = 2


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def packed(field: int, values: Floats | Ints | Bools) -> bytes:
    """One packed repeated field: doubles, non-negative integers or booleans. Raises ValueError for
    negative integers.
    """
    if values.dtype == np.float64:
        body = np.ascontiguousarray(values, dtype="<f8").tobytes()
    elif values.dtype == np.bool_:
        body = values.astype(np.uint8).tobytes()
    else:
        body = _varints(values.astype(np.int64))
    return _varint(field << 3 | _LENGTH_DELIMITED) + _varint(len(body)) + body


def _varints(values: Ints) -> bytes:
    if len(values) == 0:
        return b""
    if values.min() < 0:
        raise ValueError("ids are not negative")
    width = max(1, -(-int(values.max()).bit_length() // 7))
    shifts = 7 * np.arange(width)
    digits = (values[:, None] >> shifts & 0x7F).astype(np.uint8)
    digits[:, :-1] |= 0x80
    return digits.tobytes()
