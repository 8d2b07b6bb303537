"""Which limits of the scenario cannot hold together?

A limit is all rows that a person would call by one name (`power at memphis`). Divide and conquer
(QuickXplain, Junker 2004) finds a minimal set of limits that conflict: with any one of them gone,
the rest of the set can hold. Then the same among the numbers of these limits, so that of a power
that comes in steps only the steps in question are named.

Physics and bookkeeping are never relaxed; bounds and constants that only repeat limits are, or a
limit that was taken away would still be there. They are worked out again from the limits that are
left (`bounds.py`), without which small questions in whole numbers may take for ever. The search
runs on the linear relaxation, and on the integer model only if the relaxation is feasible; from
what the relaxation names, the integer model drops the limits without which whole machines conflict
as well.

A question that the solver cannot answer in time counts as `can hold`: a conflict may then be larger
than it need be (`minimal` is False), but is always one. A claim that limits can hold is a fleet
whose rows were looked at again. A claim that the limits of the final set cannot is put to a second
solver; where that one finds a fleet, the search begins anew with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from planner.arrays import Bools
from planner.errors import SolverError
from planner.model.frame import Frame, Objective
from planner.solver.bounds import integral_columns, tightened
from planner.solver.crosscheck import MOST_COLUMNS, WITNESS, activities
from planner.solver.engine import Engine
from planner.solver.limit_parameters import LimitParameter, moved, parameters
from planner.solver.messages import SolveResult

LP_SECONDS = 60.0
MIP_SECONDS = 10.0
LEAST_SECONDS = 0.2
SHARE = 0.1
"""Share of the time left that one question may take."""
KEPT = 1e-6
"""How far, relative to the size of its terms, a row may be broken by a fleet that is said to keep
it."""
ANY_PLAN = Objective("any plan", "", False, np.zeros(0, np.int64), np.zeros(0))
Word = Literal["holds", "conflicts", "silent"]
Second = Literal["agrees", "disagrees", "silent"]


@dataclass(frozen=True)
class Part:
    """Rows that one takes away together: all of a limit, or those of one of its numbers."""

    name: str
    rows: tuple[int, ...]
    parameter: LimitParameter | None = None


@dataclass(frozen=True)
class Conflict:
    """Parts that cannot hold together, and how sure that is."""

    parts: tuple[Part, ...]
    minimal: bool
    """Whether for each limit a fleet was found that keeps all the others of the set."""
    second: Second

    @property
    def names(self) -> tuple[str, ...]:
        """The limits, each once."""
        return tuple(dict.fromkeys(part.name for part in self.parts))


class ConflictSearch:
    """Questions about subsets of limits. Nothing is asked after `until` (`time.perf_counter`)."""

    def __init__(
        self, frame: Frame, engine: Engine, seed: int, until: float, solver: str = "HIGHS"
    ) -> None:
        self.engine, self.seed, self.until, self.solver = engine, seed, until, solver
        self.frame = moved(frame, far=True)
        self.integral = integral_columns(frame)
        self.low, self.high = self.frame.row_bounds()
        rows: dict[str, list[int]] = {}
        for block in frame.blocks():
            if block.kind is not None:
                for row in range(len(block.lower)):
                    rows.setdefault(block.words(row).name, []).append(block.first + row)
        self.limits = tuple(Part(name, tuple(members)) for name, members in rows.items())
        self.relaxed = True
        self.smallest: tuple[Part, ...] = ()
        """The smallest set of parts so far of which it is proven that it conflicts."""
        self._kept: list[tuple[bool, Bools]] = []
        self._broken: list[tuple[bool, Bools]] = []

    @property
    def left_s(self) -> float:
        """Seconds left."""
        return self.until - time.perf_counter()

    def find(self) -> Conflict | None:
        """A minimal set of limits that conflict, empty if the bookkeeping alone does; None if all
        can hold. Raises `Interrupted`.
        """
        everything = list(self.limits)
        if self.ask(everything) != "conflicts":
            self.relaxed = False
            if self.ask(everything) == "holds":
                return None
        if self.ask([]) == "conflicts":
            return Conflict((), True, self.second_word([]))
        parts = self._quick([], False, everything)
        self.relaxed = False
        parts, _ = self._thinned(parts)
        numbers = self.numbers([part.name for part in parts])
        parts = self._quick([], False, numbers) if len(numbers) > len(parts) else numbers
        parts, minimal = self._thinned(parts)
        return Conflict(tuple(parts), minimal, self.second_word(parts))

    def numbers(self, names: Sequence[str]) -> list[Part]:
        """The numbers of these limits as parts; what no number stands for goes with its limit."""
        found = []
        by_name: dict[str, list[LimitParameter]] = {}
        for parameter in parameters(self.frame):
            by_name.setdefault(parameter.name, []).append(parameter)
        for part in self.limits:
            if part.name in names:
                mine = [
                    Part(part.name, parameter.rows, parameter)
                    for parameter in by_name.get(part.name, [])
                ]
                covered = {row for number in mine for row in number.rows}
                rest = tuple(row for row in part.rows if row not in covered)
                found += mine + ([Part(part.name, rest)] if rest else [])
        return found

    def ask(self, parts: Sequence[Part]) -> Word:
        """Whether these parts and all bookkeeping can hold together."""
        mask = np.zeros(self.frame.row_count, dtype=bool)
        for part in parts:
            mask[list(part.rows)] = True
        if any(
            not (mask & ~kept).any() for relaxed, kept in self._kept if self.relaxed or not relaxed
        ):
            return "holds"
        if any(
            not (broken & ~mask).any()
            for relaxed, broken in self._broken
            if relaxed or not self.relaxed
        ):
            return "conflicts"
        if self.left_s <= 0:
            return "silent"
        longest = (
            LP_SECONDS
            if self.relaxed
            else max(LEAST_SECONDS, min(MIP_SECONDS, SHARE * self.left_s))
        )
        answer = self._solve(
            mask,
            min(longest, max(LEAST_SECONDS, self.left_s)),
            self.solver,
            presolve=self.solver == "HIGHS",
        )
        if answer.values is not None:
            kept = self.keeps(answer.values)
            if not (mask & ~kept).any():
                self._kept.append((self.relaxed, kept))
                return "holds"
        if answer.reason not in ("infeasible", "infeasible_or_unbounded"):
            return "silent"
        self._broken.append((self.relaxed, mask))
        if not self.smallest or len(parts) < len(self.smallest):
            self.smallest = tuple(parts)
        return "conflicts"

    def keeps(self, values: bytes) -> Bools:
        """[rows] which rows a solution keeps."""
        activity, size = activities(self.frame, np.frombuffer(values, dtype=np.float64))
        return np.asarray(
            np.maximum(self.low - activity, activity - self.high) <= KEPT * size, dtype=bool
        )

    def _solve(self, mask: Bools, seconds: float, solver: str, *, presolve: bool) -> SolveResult:
        """The model with the limits' rows of `mask` alone, and the bounds that follow from them."""
        low, high = self.low.copy(), self.high.copy()
        gone = [row for part in self.limits for row in part.rows if not mask[row]]
        low[gone], high[gone] = -np.inf, np.inf
        proto = asked(self.frame, low, high, self.integral, relaxed=self.relaxed)
        return self.engine.solve(
            proto,
            name="conflict",
            time_limit_s=seconds,
            gap=1.0,
            seed=self.seed,
            solver=solver,
            presolve=presolve,
        )

    def _quick(self, background: list[Part], added: bool, candidates: list[Part]) -> list[Part]:
        if added and self.ask(background) == "conflicts":
            return []
        if len(candidates) == 1:
            return candidates
        half = len(candidates) // 2
        first, second = candidates[:half], candidates[half:]
        from_second = self._quick([*background, *first], True, second)
        from_first = self._quick([*background, *from_second], bool(from_second), first)
        return [*from_first, *from_second]

    def _thinned(self, parts: list[Part]) -> tuple[list[Part], bool]:
        """What is left when limits go without which whole machines conflict as well, and whether
        each of the rest is needed for certain.
        """
        minimal = True
        for name in dict.fromkeys(part.name for part in parts):
            rest = [part for part in parts if part.name != name]
            word = self.ask(rest)
            if word == "conflicts":
                parts = rest
            minimal &= word != "silent"
        return parts, minimal

    def second_word(self, parts: Sequence[Part]) -> Second:
        """What another solver says of the claim that these parts conflict."""
        if self.frame.column_count > MOST_COLUMNS or self.left_s <= 0:
            return "silent"
        mask = np.zeros(self.frame.row_count, dtype=bool)
        for part in parts:
            mask[list(part.rows)] = True
        other = WITNESS.get(self.solver, "HIGHS")
        seconds = max(LEAST_SECONDS, min(MIP_SECONDS, SHARE * self.left_s))
        try:
            answer = self._solve(mask, seconds, other, presolve=False)
        except SolverError:  # a witness that falls over has said nothing
            return "silent"
        if answer.values is not None and not (mask & ~self.keeps(answer.values)).any():
            return "disagrees"
        return "agrees" if answer.reason in ("infeasible", "infeasible_or_unbounded") else "silent"


def asked(
    frame: Frame,
    low: Any,
    high: Any,
    integral: Bools,
    *,
    relaxed: bool = False,
    objective: Objective | None = None,
) -> Any:
    """A model whose rows have these bounds, and its columns those that follow from them. `frame`
    has no bounds that only repeat limits.
    """
    proto = frame.proto(objective or ANY_PLAN, relaxed=relaxed)
    for field, values in (
        (proto.variables.upper_bounds, tightened(frame, low, high, integral)),
        (proto.linear_constraints.lower_bounds, low),
        (proto.linear_constraints.upper_bounds, high),
    ):
        del field[:]
        field.extend(values.tolist())
    return proto


def conflict_of(
    frame: Frame, engine: Engine, seed: int, until: float, watch: Callable[[ConflictSearch], None]
) -> tuple[ConflictSearch, Conflict | None]:
    """A conflict that two solvers agree on, if there is one. `watch` hears of each search that
    begins.

    Raises `SolverError` if the bookkeeping alone conflicts.
    """
    search = ConflictSearch(frame, engine, seed, until)
    watch(search)
    found = search.find()
    if found is not None and found.second == "disagrees" and search.left_s > 0:
        search = ConflictSearch(frame, engine, seed, until, solver=WITNESS["HIGHS"])
        watch(search)
        found = search.find()
    if found is not None and not found.parts:
        raise SolverError(
            "even without any limit of the scenario no fleet satisfies the bookkeeping; this is a "
            "fault of the planner"
        )
    return search, found
