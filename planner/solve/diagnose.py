"""There is no plan: which limits of the scenario cannot hold together?

A limit is all rows that a person would call by one name (`power at memphis`). Divide and conquer (QuickXplain, Junker 2004) finds a
minimal set of limits that conflict: with any one of them gone, the rest of the set can hold. Physics and bookkeeping are never relaxed;
bounds and constants that only repeat limits are, or a limit that was taken away would still be there. The search runs on the linear
relaxation, and on the integer model only if the relaxation is feasible; from what the relaxation names, the integer model drops the
limits without which whole machines conflict as well. A question that the solver cannot answer in time counts as `can hold`, so that a
conflict may be larger than it need be but is always one; the same when the time for the search ends. Then each limit of the set alone is
loosened as little as it takes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from planner.errors import InfeasibleError, Limit
from planner.model.frame import CHOICES, Frame, Objective
from planner.solve.engine import Engine, Interrupted
from planner.solve.levers import moved
from planner.solve.messages import Answer

LP_SECONDS = 60.0
MIP_SECONDS = 10.0
WITHIN_S = 60.0


def diagnose(frame: Frame, seed: int, engine: Engine, *, within_s: float = WITHIN_S, remedies: bool = True) -> None:
    """Raise `InfeasibleError` with a minimal conflict, and what each of its limits would have to give way by unless `remedies` is false.

    Returns only if, after all, no conflict was found. Takes no longer than `within_s`; a conflict that the time cut short says so.
    """
    search, limits, findings = _Search(frame, seed, engine, time.perf_counter() + within_s), list[Limit](), list[str]()
    try:
        if search.holds(search.names):
            search.relaxed = False
            if search.answer(search.names).values is not None:
                return
        if not search.holds(()):
            fault = "even without any limit of the scenario no fleet satisfies the bookkeeping; this is a fault of the planner"
            raise InfeasibleError([], [fault])
        conflict = search.of_whole_machines(search.explain())
        limits = [Limit(name, search.says(name), None, search.paths[name]) for name in conflict]
        if search.left_s <= 0:
            findings.append("the time limit ended the search: the set of limits may be larger than need be")
        elif remedies:
            findings.extend(search.remedies(conflict))
    except Interrupted:
        findings.append("interrupted while looking for the limits that conflict and for a way out")
    raise InfeasibleError(limits, findings)


SILENCE = Answer("no_solution_found", None, None, None, None, 0.0, "the time for the search ended")


class _Search:
    def __init__(self, frame: Frame, seed: int, engine: Engine, until: float) -> None:
        self.frame, self.seed, self.engine, self.until = frame, seed, engine, until
        self.relaxed = True
        self.members: dict[str, list[int]] = {}
        self.paths: dict[str, str] = {}
        for block in frame.blocks():
            if block.limit is None:
                continue
            for row in range(len(block.lower)):
                name, path = block.limit(block.labels(row))
                self.members.setdefault(name, []).append(block.first + row)
                self.paths[name] = path

    @property
    def left_s(self) -> float:
        """Seconds left."""
        return self.until - time.perf_counter()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.members)

    def _proto(self, kept: Iterable[str]) -> Any:
        keep = set(kept)
        gone = {row: (-np.inf, np.inf) for name, rows in self.members.items() if name not in keep for row in rows}
        frame = moved(self.frame, bounds=gone, far=True)
        return frame.proto(Objective("any plan", "", False, np.zeros(0, np.int64), np.zeros(0)), relaxed=self.relaxed)

    def answer(self, kept: Iterable[str]) -> Answer:
        """Some fleet that satisfies these limits and all bookkeeping, if there is one."""
        seconds = min(LP_SECONDS if self.relaxed else MIP_SECONDS, self.left_s)
        if seconds <= 0:
            return SILENCE
        return self.engine.solve(self._proto(kept), name="conflict", time_limit_s=seconds, gap=1.0, seed=self.seed)

    def holds(self, kept: Iterable[str]) -> bool:
        """Whether these limits and all bookkeeping can hold together; true as long as the contrary is not proven."""
        answer = self.answer(kept)
        return answer.values is not None or answer.reason not in ("infeasible", "infeasible_or_unbounded")

    def explain(self) -> list[str]:
        """A minimal set of limits that cannot hold together."""
        return self._quick([], False, list(self.names))

    def _quick(self, background: list[str], added: bool, candidates: list[str]) -> list[str]:
        if added and not self.holds(background):
            return []
        if len(candidates) == 1:
            return candidates
        half = len(candidates) // 2
        first, second = candidates[:half], candidates[half:]
        from_second = self._quick([*background, *first], True, second)
        from_first = self._quick([*background, *from_second], bool(from_second), first)
        return [*from_first, *from_second]

    def of_whole_machines(self, conflict: list[str]) -> list[str]:
        """What is left of a conflict of the relaxation when machines are whole: fewer limits may then be enough to conflict."""
        if self.relaxed:
            self.relaxed = False
            for name in list(conflict):
                rest = [other for other in conflict if other != name]
                if not self.holds(rest):
                    conflict = rest
        return conflict

    def says(self, name: str) -> str:
        """The limit in words: its tightest row, which is the last of its rows for limits that grow."""
        sentences = [self._sentence(row) for row in self.members[name]]
        distinct = list(dict.fromkeys(sentences))
        return distinct[0] if len(distinct) == 1 else f"{distinct[0]}; … {distinct[-1]}"

    def _sentence(self, row: int) -> str:
        block, inside = self.frame.row(row)
        return block.sentence(inside)

    def remedies(self, conflict: list[str]) -> Iterable[str]:
        """For each limit of the set: by how much, the same amount in every period, it alone must give way while all others stay."""
        found = 0
        for name in conflict:
            block, row = self.frame.row(self.members[name][0])
            if block.name.startswith(CHOICES):
                self.relaxed = False
                if self.answer([other for other in self.names if other != name]).values is not None:
                    found += 1
                    yield f"without the rule `{name}` the others can hold"
                continue
            way = "more" if np.isfinite(block.upper[0]) else "less"
            amount, whole = self._least(name)
            if amount is not None:
                found += 1
                does = "would do" if whole else "and perhaps more, for machines are whole"
                yield f"`{name}`: at least {_up(amount)} {block.unit_of(row)} {way} {does}, all other limits as they are"
        if self.left_s <= 0:
            yield "the time limit ended the search for a way out"
        elif not found:
            yield "loosening one of these alone does not help: other limits conflict as well"

    def _least(self, name: str) -> tuple[float | None, bool]:
        """The least amount, and whether it counts whole machines; the linear relaxation's where the integer model takes too long."""
        for self.relaxed, longest in ((False, MIP_SECONDS), (True, LP_SECONDS)):
            proto, slack = self._with_slack(name)
            seconds = min(longest, self.left_s)
            if seconds <= 0:
                break
            answer = self.engine.solve(proto, name="remedy", time_limit_s=seconds, gap=1e-6, seed=self.seed)
            if answer.reason == "optimal" and answer.values is not None:
                return float(np.frombuffer(answer.values, dtype=np.float64)[slack]), not self.relaxed
            if answer.reason in ("infeasible", "infeasible_or_unbounded"):
                break
        return None, False

    def _with_slack(self, name: str) -> tuple[Any, int]:
        """The model with one column more, by which every row of the limit gives way, and which is as small as can be."""
        proto = self._proto(self.names)
        slack = self.frame.column_count
        proto.variables.ids.append(slack)
        proto.variables.lower_bounds.append(0.0)
        proto.variables.upper_bounds.append(np.inf)
        proto.variables.integers.append(False)
        low, _ = self.frame.row_bounds()
        triplets = list(
            zip(
                proto.linear_constraint_matrix.row_ids,
                proto.linear_constraint_matrix.column_ids,
                proto.linear_constraint_matrix.coefficients,
                strict=True,
            )
        )
        triplets += [(row, slack, 1.0 if np.isfinite(low[row]) else -1.0) for row in self.members[name]]
        triplets.sort()
        del (
            proto.linear_constraint_matrix.row_ids[:],
            proto.linear_constraint_matrix.column_ids[:],
            proto.linear_constraint_matrix.coefficients[:],
        )
        proto.linear_constraint_matrix.row_ids.extend(t[0] for t in triplets)
        proto.linear_constraint_matrix.column_ids.extend(t[1] for t in triplets)
        proto.linear_constraint_matrix.coefficients.extend(t[2] for t in triplets)
        proto.objective.linear_coefficients.ids.append(slack)
        proto.objective.linear_coefficients.values.append(1.0)
        return proto, slack


def _up(amount: float) -> str:
    """Four significant digits, rounded up: an amount that is said to do must do."""
    if amount <= 0:
        return "0"
    unit = 10.0 ** (math.floor(math.log10(amount)) - 3)
    return f"{math.ceil(amount / unit - 1e-3) * unit:.10g}"
