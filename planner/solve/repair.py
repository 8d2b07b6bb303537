"""There is no plan: what is the least that must give way?

Each number of the scenario may give way by a slack, and the sum of the slacks is made as small as can be, each counted as a share of its
number (of the largest of its limit where the number is 0). Once with the numbers of one limit, for every limit of a conflict: the repairs
that do alone. Once with all: the cheapest combination. A share stands among coefficients, where a slack would be multiplied with what is
bought; there the slack is priced at the volume of the last plan found and solved again, so that it is a repair but perhaps not the least,
and where it stands alone it is bisected. A dated step may also come sooner, or a demand later.

Amounts are rounded up, machines to whole ones. Every repair is verified: the first objective is solved with exactly these changes, and the
plan must keep every row.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.model.build import Model
from planner.model.frame import Floats, Frame, Objective, Terms
from planner.solve.cones import settled
from planner.solve.engine import Engine, Interrupted
from planner.solve.levers import Bounds, Lever, columns_of, levers, moved, per_unit
from planner.solve.messages import Answer
from planner.solve.run import FEASIBILITY, violation
from planner.solve.start import ROUNDED

WHOLE = ("systems", "accelerators", "racks", "suppliers", "groups")
"""Units that come in whole numbers."""
NEAR = 1e-4
"""Gap to which a combination is proven the smallest."""
GOOD = 0.01
"""Gap to which a repaired question is solved."""
EACH_S = 10.0
"""Longest time of one question."""
TIDY = 0.1
"""A change is avoided where the others can do without it for no more than this share of their sum."""
ROUNDS = 4
HALVINGS = 8
NOTHING = 1e-7


@dataclass(frozen=True)
class Mending:
    """Numbers that, moved together, leave a plan; or one step that comes at another date."""

    changes: tuple[tuple[Lever, float], ...]
    """Lever → by how much it gives way."""
    size: float
    """Sum of the relative changes."""
    least: bool
    """Whether it is proven that no smaller one does."""
    verified: bool
    value: float | None
    """First objective of the plan found with these changes."""
    dated: tuple[Lever, str] | None = None
    """A step, and the period in which it begins instead."""


@dataclass(frozen=True)
class Most:
    """The most of a floor that can be had in a period."""

    lever: Lever
    most: float | None
    proven: bool
    alone: bool
    """With other demands aside, since they conflict by themselves."""


class Mender:
    """A model without a plan. Ends at `until` (`time.perf_counter`)."""

    def __init__(self, model: Model, engine: Engine, seed: int, until: float) -> None:
        self.model, self.frame, self.engine, self.seed, self.until = model, model.frame, engine, seed, until
        self.interrupted = False
        self.levers = levers(self.frame)
        _, _, self.integer = self.frame.bounds()

    @property
    def left_s(self) -> float:
        """Seconds left."""
        return self.until - time.perf_counter()

    def _ask(self, frame: Frame, goal: Objective, name: str, gap: float) -> Answer:
        """One question, not asked at all when the time is over or Ctrl-C was pressed."""
        seconds = min(EACH_S, self.left_s)
        if seconds > 0:
            try:
                return settled(frame, goal, self.engine, name=name, time_limit_s=seconds, gap=gap, seed=self.seed)
            except Interrupted:
                self.interrupted, self.until = True, -math.inf
        return Answer("no_solution_found", None, None, None, None, 0.0, "not asked")

    def named(self, names: Sequence[str]) -> list[str]:
        """Those of the names that limits of the model have."""
        known = {lever.name for lever in self.levers}
        return [name for name in dict.fromkeys(names) if name in known]

    def alone(self, name: str) -> Mending | None:
        """The least change of the numbers of one limit; None if no change of it helps, or if that was not found out in time."""
        mine = [lever for lever in self.levers if lever.name == name]
        found = self.least(mine)
        if found is not None and len(found.changes) == 1 and found.changes[0][0].coefficients:
            found = self._bisected(*found.changes[0])
        return self.verified(found) if found else None

    def cheapest(self, *, ceilings: bool = False) -> Mending | None:
        """The least change of all numbers together, or of ceilings alone, so that every demand stays."""
        allowed = [lever for lever in self.levers if lever.ceiling or not ceilings]
        found = self.least(allowed)
        if found is not None:
            found = self._tidy(found, allowed)
        return self.verified(found) if found else None

    def least(self, allowed: Sequence[Lever]) -> Mending | None:
        """The smallest sum of relative changes of these levers, as it was found, rounded up."""
        soft = [lever for lever in allowed if lever.coefficients]
        units: dict[Lever, Floats] = {}
        best: Mending | None = None
        for _ in range(ROUNDS if soft else 1):
            answer = self._elastic(allowed, units)
            if answer.values is None:
                break
            solution = np.frombuffer(answer.values, dtype=np.float64)[: self.frame.column_count]
            changes = tuple((lever, by) for lever in allowed if (by := self._needs(lever, solution)) > 0)
            size = sum(by / self.scale(lever) for lever, by in changes)
            better = best is None or size < best.size * (1 - 1e-6)
            if better:
                best = Mending(changes, size, answer.reason == "optimal" and not soft, False, None)
            if not better and units:
                break
            units = {lever: np.maximum(per_unit(self.frame, lever, solution), NOTHING) for lever in soft}
        return best

    def _tidy(self, found: Mending, allowed: Sequence[Lever]) -> Mending:
        """The same with fewer changes, the smallest left out, where the others can do it for little more."""
        barred: set[Lever] = set()
        best = found
        while len(best.changes) > 1:
            smallest, _ = min(best.changes, key=lambda change: change[1] / self.scale(change[0]))
            barred.add(smallest)
            fewer = self.least([lever for lever in allowed if lever not in barred])
            if fewer is None or fewer.size > found.size * (1 + TIDY) or len(fewer.changes) >= len(best.changes):
                break
            best = replace(fewer, least=False)
        return best

    def scale(self, lever: Lever) -> float:
        """What a change of a lever is counted against: its amount, or the largest of its limit."""
        largest = max(abs(other.amount) for other in self.levers if other.name == lever.name)
        return abs(lever.amount) or largest or 1.0

    def _elastic(self, allowed: Sequence[Lever], units: Mapping[Lever, Floats]) -> Answer:
        """The model with slacks on these levers; a share's slack is next to free until its volume is known."""
        frame = moved(self.frame, far=True)
        weights = []
        for number, lever in enumerate(allowed):
            priced = not lever.coefficients or lever in units
            most = np.inf if lever.ceiling or not priced else abs(lever.amount)
            name = f"repair.{number}"
            slack = frame.add_variables(
                name, ((lever.key,),), unit=lever.unit, meaning="gives way", upper=most, integer=self._counted(lever)
            )
            block = frame.rows[lever.block]
            up = np.isfinite(block.upper).all() if lever.coefficients else lever.ceiling
            each = units.get(lever, np.ones(len(lever.rows)))
            terms = Terms().add(block.rows, block.columns, block.values)
            terms.add(np.array(lever.rows) - block.first, slack.index, -each if up else each)
            rows, columns, values = terms.triplets()
            frame.rows[lever.block] = replace(block, rows=rows, columns=columns, values=values)
            weights.append(1.0 / self.scale(lever) if priced else 1e-6)
        slacks = np.arange(self.frame.column_count, frame.column_count)
        goal = Objective("least change", "", False, slacks, np.array(weights))
        return self._ask(frame, goal, "repair", NEAR)

    def _counted(self, lever: Lever) -> bool:
        """Whether only yes-or-no decisions stand in its rows, so that it moves by whole numbers."""
        block = self.frame.rows[lever.block]
        inside = block.columns[np.isin(block.rows + block.first, lever.rows)]
        machines = np.concatenate([columns_of(self.frame, name) for name in ROUNDED])
        return bool(self.integer[inside].all()) and not np.isin(inside, machines).any()

    def _needs(self, lever: Lever, solution: Floats) -> float:
        """By how much a lever must give way for a solution, rounded up."""
        rows = np.array(lever.rows)
        low, high = self.frame.row_bounds()
        activity = self.frame.activity(solution)
        block = self.frame.rows[lever.block]
        up = np.isfinite(block.upper).all() if lever.coefficients else lever.ceiling
        missing = (activity[rows] - high[rows] if up else low[rows] - activity[rows]) / np.maximum(
            per_unit(self.frame, lever, solution), NOTHING
        )
        if lever.block in self.frame.switched:
            on = np.bincount(block.rows[s := self.integer[block.columns]], weights=solution[block.columns[s]], minlength=len(block.lower))
            missing = np.where(on[rows - block.first] > 0.5, missing, 0.0)
        by = float(missing.max(initial=0.0))
        if by <= NOTHING * max(1.0, abs(lever.amount)):
            return 0.0
        rounded = float(math.ceil(by - 1e-6)) if lever.unit in WHOLE else up_to_digits(by)
        return rounded if lever.ceiling else min(rounded, abs(lever.amount))

    def _bisected(self, lever: Lever, by: float) -> Mending:
        """A share as small as a few halvings find it."""
        low, high = 0.0, by
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if self.left_s <= 0 or high - low <= 1e-3 * abs(lever.amount):
                break
            low, high = (low, middle) if self._holds(moved(self.frame, [(lever, middle)])) else (middle, high)
        by = min(by, up_to_digits(high, 3))
        return Mending(((lever, by),), by / self.scale(lever), False, False, None)

    def _holds(self, frame: Frame) -> bool:
        """Whether some fleet satisfies every row; what is not found in time counts as no."""
        nothing = Objective("any plan", "", False, np.zeros(0, np.int64), np.zeros(0))
        return self._ask(frame, nothing, "repair", 1.0).values is not None

    def verified(self, mending: Mending, bounds: Bounds | None = None) -> Mending:
        """Solve the first objective with exactly these changes."""
        frame, goal = moved(self.frame, mending.changes, bounds), self.model.objectives[0]
        answer = self._ask(frame, goal, "repaired", GOOD)
        if answer.values is None:
            return mending
        solution = np.frombuffer(answer.values, dtype=np.float64)
        sound = violation(frame, solution) <= FEASIBILITY
        return replace(mending, verified=sound, value=goal.at(solution) if sound else None)

    def dated(self, name: str) -> Mending | None:
        """One step of a limit as few periods sooner (of a ceiling), or later (of a floor), as it takes; None if that does not help."""
        for lever in self.levers:
            if lever.name != name or not lever.first or lever.coefficients:
                continue
            moves = self._dates(lever)
            if not moves or not self._holds(moved(self.frame, bounds=moves[-1][1])):
                continue
            low, high = 0, len(moves) - 1
            while low < high:
                middle = (low + high) // 2
                low, high = (low, middle) if self._holds(moved(self.frame, bounds=moves[middle][1])) else (middle + 1, high)
            period, bounds = moves[low]
            return self.verified(Mending((), (low + 1) / len(self.frame.periods), True, False, None, (lever, period)), bounds)
        return None

    def _dates(self, lever: Lever) -> list[tuple[str, Bounds]]:
        """(period in which the step begins then, bounds), by one period more each."""
        block = self.frame.rows[lever.block]
        axis = next(i for i, labels in enumerate(block.axes) if tuple(labels) == self.frame.periods)
        low, high = self.frame.row_bounds()
        mine = {r: tuple(block.keys[r - block.first].tolist()) for r in lever.rows}
        places = {key[:axis] + key[axis + 1 :] for key in mine.values()}
        rows: dict[int, list[int]] = {}
        for number, key in enumerate(map(tuple, block.keys.tolist())):
            if key[:axis] + key[axis + 1 :] in places:
                rows.setdefault(int(key[axis]), []).append(number + block.first)
        first, last = self.frame.periods.index(lever.first), self.frame.periods.index(lever.last)
        found, bounds = list[tuple[str, Bounds]](), dict[int, tuple[float, float]]()
        if lever.ceiling:
            if last + 1 < len(self.frame.periods) and last + 1 not in rows:
                return []  # no step that lasts, but an amount for these periods alone
            for t in range(first - 1, -1, -1):
                bounds |= {r: (low[r], max(high[r], lever.amount)) for r in rows.get(t, ())}
                if t in rows:
                    found.append((self.frame.periods[t], dict(bounds)))
            return found
        for t in range(first, last + 1):
            before = [low[r] for r in rows.get(first - 1, ())]
            bounds |= {r: (before[0] if before else -np.inf, high[r]) for r in rows[t]}
            if t + 1 < len(self.frame.periods):  # a demand beyond the horizon is none
                found.append((self.frame.periods[t + 1], dict(bounds)))
        return found

    def most(self, name: str) -> list[Most]:
        """For each number of a floor (a demand), the most that can be had in its first period while everything else stands."""
        mine = [lever for lever in self.levers if lever.name == name and not lever.ceiling and not lever.coefficients]
        return [self._most(lever) for lever in mine if lever.first and not self._counted(lever)]

    def _most(self, lever: Lever) -> Most:
        _, high = self.frame.row_bounds()
        block = self.frame.rows[lever.block]
        inside = block.rows == lever.rows[0] - block.first
        goal = Objective("most", lever.unit, True, block.columns[inside], block.values[inside])
        floors = [other for other in self.levers if not other.ceiling and not other.coefficients and not self._counted(other)]
        for alone in (False, True):
            gone = {r: (-np.inf, high[r]) for other in floors if alone or other.name == lever.name for r in other.rows}
            answer = self._ask(moved(self.frame, bounds=gone), goal, "most", NEAR)
            if answer.values is not None:
                return Most(lever, goal.at(np.frombuffer(answer.values, dtype=np.float64)), answer.reason == "optimal", alone)
        return Most(lever, None, False, False)


def up_to_digits(amount: float, digits: int = 4) -> float:
    """So many significant digits, rounded up: an amount that is said to do must do."""
    unit = 10.0 ** (math.floor(math.log10(amount)) - digits + 1)
    return float(f"{math.ceil(amount / unit - 1e-3) * unit:.10g}")
