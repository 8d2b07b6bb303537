"""There is no plan: which limits of the scenario cannot hold together?

A limit is all rows that a person would call by one name (`power at memphis`). Divide and conquer (QuickXplain, Junker 2004) finds a
minimal set of
limits that conflict: with any one of them gone, the rest of the set can hold. Physics and bookkeeping are never relaxed. The search
runs on the linear
relaxation, and on the integer model only if the relaxation is feasible. Then each limit of the set alone is loosened as little as it takes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from planner.errors import InfeasibleError, Limit
from planner.model.frame import Frame, Objective
from planner.solve.engine import Engine

MIP_SECONDS = 10.0


def diagnose(frame: Frame, seed: int, engine: Engine) -> None:
    """Raise `InfeasibleError` with a minimal conflict. Returns only if, after all, no conflict was found."""
    search = _Search(frame, seed, engine)
    if search.holds(search.names):
        search.relaxed = False
        if search.holds(search.names):
            return
    if not search.holds(()):
        raise InfeasibleError(
            [],
            ["even without any limit of the scenario no fleet satisfies the bookkeeping; this is a fault of the planner"],
        )
    conflict = search.explain()
    limits = [Limit(name, search.says(name), None, search.paths[name]) for name in conflict]
    raise InfeasibleError(limits, list(search.remedies(conflict)))


class _Search:
    def __init__(self, frame: Frame, seed: int, engine: Engine) -> None:
        self.frame, self.seed, self.engine = frame, seed, engine
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
    def names(self) -> tuple[str, ...]:
        return tuple(self.members)

    def _proto(self, kept: Iterable[str]) -> Any:
        proto = self.frame.proto(Objective("any plan", "", False, np.zeros(0, np.int64), np.zeros(0)), relaxed=self.relaxed)
        keep = set(kept)
        for name, rows in self.members.items():
            if name not in keep:
                for row in rows:
                    proto.linear_constraints.lower_bounds[row] = -np.inf
                    proto.linear_constraints.upper_bounds[row] = np.inf
        return proto

    def holds(self, kept: Iterable[str]) -> bool:
        """Whether some fleet satisfies these limits and all bookkeeping."""
        seconds = 60.0 if self.relaxed else MIP_SECONDS
        answer = self.engine.solve(self._proto(kept), name="conflict", time_limit_s=seconds, gap=1.0, seed=self.seed)
        return answer.values is not None

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

    def says(self, name: str) -> str:
        """The limit in words: its tightest row, which is the last of its rows for limits that grow."""
        sentences = [self._sentence(row) for row in self.members[name]]
        distinct = list(dict.fromkeys(sentences))
        return distinct[0] if len(distinct) == 1 else f"{distinct[0]}; … {distinct[-1]}"

    def _sentence(self, row: int) -> str:
        block, inside = self.frame.row(row)
        return block.sentence(inside)

    def remedies(self, conflict: list[str]) -> Iterable[str]:
        """For each limit of the set: by how much, the same amount in every period, it alone must give way (linear relaxation)."""
        for name in conflict:
            block, _ = self.frame.row(self.members[name][0])
            if block.name.startswith("share."):
                yield f"without the rule `{name}` the others can hold"
                continue
            amount = self._least(name, conflict)
            if amount is not None:
                way = "more" if np.isfinite(block.upper[0]) else "less"
                yield f"`{name}`: at least {amount:.4g} {block.unit} {way} would do, all other limits as they are"

    def _least(self, name: str, conflict: list[str]) -> float | None:
        relaxed, self.relaxed = self.relaxed, True
        proto = self._proto(self.names)
        self.relaxed = relaxed
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
        answer = self.engine.solve(proto, name="remedy", time_limit_s=60.0, gap=1e-6, seed=self.seed)
        if answer.values is None:
            return None
        return float(np.frombuffer(answer.values, dtype=np.float64)[slack])
