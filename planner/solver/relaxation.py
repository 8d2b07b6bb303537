"""There is no plan: what is the least that must give way?

Each number of the scenario may give way by a slack, and the sum of the slacks is made as small as
can be, each counted as a share of its number (of the largest number of its limit where it is 0, and
in its own unit where all are). That sum is what `cheapest` means here: no limit of a scenario has a
price, for a demand that has one is not a limit. Once with the numbers of one limit, for every limit
of a conflict: the repairs that do alone. Once with all: the cheapest combination. A share stands
among coefficients, where a slack would be multiplied with what is bought: alone it is bisected, in
tenths of a point; in a combination its slack is priced at the volume of the last plan found and
solved again, so that it is a repair but perhaps not the least. A dated step may also come sooner,
or a demand later.

Machines are integers. Amounts are rounded up, to integers where their unit is counted and
else to four digits. Every repair is verified: a plan is looked for with exactly these amounts, and
must keep every row with its integers rounded.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.arrays import Floats
from planner.core.limits import PERCENT
from planner.model.blocks import Variables
from planner.model.frame import Frame, Objective
from planner.model.terms import Terms
from planner.solver.bounds import bounded, integral_columns
from planner.solver.crosscheck import FEASIBILITY, one_number, same_number, violation
from planner.solver.engine import Engine, Interrupted
from planner.solver.limit_parameters import (
    NOTHING,
    Bounds,
    LimitParameter,
    from_above,
    moved,
    needed,
    parameters,
    per_unit,
    sharpened,
    switched_on,
    up_to_digits,
)
from planner.solver.messages import SolveResult

NEAR = 1e-4
"""Gap to which a combination is proven the smallest."""
GOOD = 0.01
"""Gap to which a repaired question is solved."""
EACH_S = 10.0
"""Longest time of one question; a question takes no more than a share of the time left either."""
SHARE = 0.2
LEAST_SECONDS = 0.2
ROUNDS = 3
FURTHER = 0.01
"""What a further change must save, as a share of a way out, for the way to be preferred to one with
fewer changes."""
POINT = 0.1
"""Steps in which a share is tried, in points."""


@dataclass(frozen=True)
class Relaxation:
    """Numbers that, moved together, leave a plan; or one step that comes at another date."""

    changes: tuple[tuple[LimitParameter, float], ...]
    """LimitParameter → by how much it gives way."""
    size: float
    """Sum of the relative changes."""
    least: bool
    """Whether the solver proved that no smaller one does."""
    verified: bool
    value: float | None = None
    """Objective of the plan that was found with these changes, if the search was given one."""
    dated: tuple[LimitParameter, str] | None = None
    """A step, and the period in which it begins instead."""


@dataclass(frozen=True)
class Most:
    """The most of a floor that can be had in a period while all other limits stay."""

    parameter: LimitParameter
    period: str
    most: float
    proven: bool
    alone: bool
    """With the other demands aside, since they conflict by themselves."""


class RelaxationSearch:
    """The ways out of a model without a plan. Nothing is asked after `until` (`time.perf_counter`),
    nor after Ctrl-C.

    With an `objective`, each repair knows its value, to a gap of 1 %.
    """

    def __init__(
        self,
        frame: Frame,
        engine: Engine,
        seed: int,
        until: float,
        objective: Objective | None = None,
    ) -> None:
        self.frame, self.engine, self.seed = frame, engine, seed
        self.until, self.objective = until, objective
        self.interrupted = False
        self.parameters = parameters(frame)
        self.same = same_number(self.parameters)
        self.integral = integral_columns(frame)
        _, _, self.integer = frame.bounds()

    @property
    def left_s(self) -> float:
        """Seconds left."""
        return self.until - time.perf_counter()

    @property
    def each_s(self) -> float:
        """Seconds that a question may take."""
        return max(LEAST_SECONDS, min(EACH_S, SHARE * self.left_s))

    def named(self, names: Sequence[str]) -> list[str]:
        """Those of the names that limits of the model have."""
        known = {parameter.name for parameter in self.parameters}
        return [name for name in dict.fromkeys(names) if name in known]

    def _ask(
        self,
        frame: Frame,
        name: str,
        *,
        objective: Objective | None = None,
        gap: float = 1.0,
        counted: Sequence[bool] = (),
        presolve: bool = True,
    ) -> SolveResult:
        """One question, not asked at all when the time is over or Ctrl-C was pressed."""
        if self.left_s > 0:
            tight = bounded(frame, np.append(self.integral, np.array(counted, dtype=bool)))
            any_plan = Objective("any plan", "", False, np.zeros(0, np.int64), np.zeros(0))
            try:
                return self.engine.solve(
                    tight.proto(objective or any_plan),
                    name=name,
                    time_limit_s=self.each_s,
                    gap=gap,
                    seed=self.seed,
                    presolve=presolve,
                )
            except Interrupted:
                self.interrupted, self.until = True, -math.inf
        return SolveResult("no_solution_found", None, None, None, None, 0.0, "not asked")

    def alone(self, name: str) -> Relaxation | None:
        """The least change of the numbers of one limit; None if no change of it helps, or if that
        was not found out in time.
        """
        mine = [parameter for parameter in self.parameters if parameter.name == name]
        shares = dict.fromkeys(self.same[parameter] for parameter in mine if parameter.coefficients)
        ways = [self._share(share) for share in shares]
        if beside := [parameter for parameter in mine if not parameter.coefficients]:
            ways.append(self._least(beside))
        found = [way for way in ways if way is not None]
        return self.verified(min(found, key=lambda way: way.size)) if found else None

    def cheapest(self, *, ceilings: bool = False) -> Relaxation | None:
        """The least change of all numbers together, or of ceilings alone; None if no change helps,
        or if none was found in time.
        """
        allowed = [parameter for parameter in self.parameters if parameter.ceiling or not ceilings]
        shares = dict.fromkeys(
            self.same[parameter] for parameter in allowed if parameter.coefficients
        )
        tries = [
            [parameter for parameter in allowed if not parameter.coefficients],
            *map(list, shares),
            *([allowed] if shares else []),
        ]
        found = {
            way: len({self.same[parameter] for parameter, _ in way.changes})
            for one in tries
            if (way := self._least(one)) is not None
        }
        return (
            self.verified(min(found, key=lambda way: way.size * (1 + FURTHER * found[way])))
            if found
            else None
        )

    def verified(self, found: Relaxation, bounds: Bounds | None = None) -> Relaxation:
        """Look for a plan with exactly these changes."""
        if found.verified and self.objective is None:
            return found
        solution = self._plan(moved(self.frame, found.changes, bounds), self.objective, GOOD)
        asked = self.objective
        value = asked.at(solution) if asked is not None and solution is not None else None
        return replace(found, verified=found.verified or solution is not None, value=value)

    def _least(self, allowed: Sequence[LimitParameter]) -> Relaxation | None:
        """The smallest sum of relative changes of these parameters, rounded up; shares among them
        by their volume in the plan before.
        """
        soft = [parameter for parameter in allowed if parameter.coefficients]
        units: dict[LimitParameter, Floats] = {}
        best: Relaxation | None = None
        for _ in range(ROUNDS if soft else min(1, len(allowed))):
            answer = self._elastic(allowed, units)
            if answer.values is None:
                break
            solution = np.frombuffer(answer.values, dtype=np.float64)[: self.frame.column_count]
            changes = self._together(
                {parameter: self._needs(parameter, solution) for parameter in allowed}
            )
            size = sum(
                {
                    self.same[parameter]: by / self.scale(parameter) for parameter, by in changes
                }.values()
            )
            better = bool(changes) and (best is None or size < best.size * (1 - 1e-6))
            if better:
                best = Relaxation(changes, size, answer.reason == "optimal" and not soft, False)
            if not better and units:
                break
            units = {
                parameter: np.maximum(per_unit(self.frame, parameter, solution), NOTHING)
                for parameter in soft
            }
        return best

    def _together(
        self, needs: Mapping[LimitParameter, float]
    ) -> tuple[tuple[LimitParameter, float], ...]:
        """What gives way: a number that several blocks of rows hold moves in all of them by the
        most that any needs.
        """
        most = {
            parameter: max(needs.get(other, 0.0) for other in self.same[parameter])
            for parameter in needs
        }
        return one_number(self.frame, ((parameter, by) for parameter, by in most.items() if by > 0))

    def scale(self, parameter: LimitParameter) -> float:
        """What a change of a parameter is counted against: its amount, or the largest of its limit,
        or 1 of its unit.
        """
        largest = max(
            (
                abs(x.amount)
                for x in self.parameters
                if (x.name, x.unit) == (parameter.name, parameter.unit)
            ),
            default=0.0,
        )
        return parameter.relative_to or abs(parameter.amount) or largest or 1.0

    def _elastic(
        self, allowed: Sequence[LimitParameter], units: Mapping[LimitParameter, Floats]
    ) -> SolveResult:
        """The model with slacks on these parameters; a share's slack is next to free until its
        volume is known.
        """
        frame = moved(self.frame, far=True)
        weights, counted = list[float](), list[bool]()
        slacks_of: dict[LimitParameter, Variables] = {}
        for number, parameter in enumerate(allowed):
            priced = not parameter.coefficients or parameter in units
            most = np.inf if parameter.ceiling or not priced else abs(parameter.amount)
            slack = slacks_of.get(self.same[parameter][0])
            if slack is None:
                slack = slacks_of[self.same[parameter][0]] = frame.add_variables(
                    f"repair.{number}",
                    ((parameter.key,),),
                    unit=parameter.unit.name,
                    meaning="gives way",
                    upper=most,
                    integer=self._counted(parameter),
                )
                weights.append(1.0 / self.scale(parameter) if priced else 1e-6)
                counted.append(self._counted(parameter))
            block = frame.rows[parameter.block]
            up = from_above(frame, parameter)
            each = units.get(
                parameter,
                np.ones(len(parameter.rows))
                if parameter.coefficients
                else per_unit(self.frame, parameter, np.zeros(0)),
            )
            terms = Terms().add(block.rows, block.columns, block.values)
            terms.add(np.array(parameter.rows) - block.first, slack.index, -each if up else each)
            rows, columns, values = terms.triplets()
            frame.rows[parameter.block] = replace(block, rows=rows, columns=columns, values=values)
        slacks = np.arange(self.frame.column_count, frame.column_count)
        objective = Objective("least change", "", False, slacks, np.array(weights))
        return self._ask(frame, "repair", objective=objective, gap=NEAR, counted=counted)

    def _counted(self, parameter: LimitParameter) -> bool:
        """Whether only yes-or-no decisions stand in its rows, so that it moves by whole numbers."""
        block = self.frame.rows[parameter.block]
        inside = block.columns[np.isin(block.rows + block.first, parameter.rows)]
        machines = np.concatenate([block.columns for block in self.frame.of_sort("machines")])
        return (
            not (parameter.coefficients or parameter.each)
            and bool(self.integer[inside].all())
            and not np.isin(inside, machines).any()
        )

    def _needs(self, parameter: LimitParameter, solution: Floats) -> float:
        """By how much a parameter must give way for a solution, rounded up."""
        rows = np.array(parameter.rows)
        low, high = self.frame.row_bounds()
        activity = self.frame.activity(solution)
        up = from_above(self.frame, parameter)
        missing = needed(
            self.frame,
            parameter,
            solution,
            activity[rows] - high[rows] if up else low[rows] - activity[rows],
        )
        if self.frame.rows[parameter.block].facts.switched:
            missing = np.where(switched_on(self.frame, parameter, solution), missing, 0.0)
        by = float(missing.max(initial=0.0))
        if by <= NOTHING * max(1.0, abs(parameter.amount)):
            return 0.0
        rounded = float(math.ceil(by - 1e-6)) if parameter.unit.one else up_to_digits(by)
        return rounded if parameter.ceiling else min(rounded, abs(parameter.amount))

    def _share(self, same: tuple[LimitParameter, ...]) -> Relaxation | None:
        """The least change of a share alone, in tenths of a point, by halving; None if not even the
        whole of it helps.
        """
        parameter = same[0]
        most, point = (100.0, POINT) if parameter.unit == PERCENT else (1.0, POINT / 100)
        full = most - parameter.amount if parameter.ceiling else parameter.amount
        steps = math.ceil(full / point - NOTHING)

        def by(step: int) -> float:
            return min(full, step * point)

        def holds(amount: float) -> bool:
            return self._holds(sharpened(moved(self.frame, [(one, amount) for one in same]), same))

        if steps <= 0 or not holds(full):
            return None
        low, high, sure = 0, steps, True
        while high - low > 1:
            if self.left_s <= 0:
                sure = False
                break
            middle = (low + high) // 2
            low, high = (low, middle) if holds(by(middle)) else (middle, high)
        return Relaxation(
            tuple((one, by(high)) for one in same), by(high) / self.scale(parameter), sure, True
        )

    def _holds(self, frame: Frame) -> bool:
        """Whether a plan was found; what is not found in time counts as no."""
        return self._plan(frame) is not None

    def _plan(
        self, frame: Frame, objective: Objective | None = None, gap: float = 1.0
    ) -> Floats | None:
        """A plan that keeps every row with its whole numbers rounded, if one was found."""
        answer = self._ask(frame, "repaired", objective=objective, gap=gap)
        if answer.reason == "infeasible":  # HiGHS's presolve is wrong now and then
            answer = self._ask(frame, "repaired", objective=objective, gap=gap, presolve=False)
        return None if answer.values is None else self._sound(frame, answer.values)

    def _sound(self, frame: Frame, values: bytes) -> Floats | None:
        solution = np.frombuffer(values, dtype=np.float64).copy()
        solution[self.integer] = np.round(solution[self.integer])
        return solution if violation(frame, solution) <= FEASIBILITY else None

    def possible(self) -> bool | None:
        """Whether the model as it is has a plan; None if that was not found out in time."""
        answer = self._ask(self.frame, "repaired")
        if answer.values is not None and self._sound(self.frame, answer.values) is not None:
            return True
        return False if answer.reason in ("infeasible", "infeasible_or_unbounded") else None

    def dated(self, name: str) -> Relaxation | None:
        """One step of a limit as few periods sooner (of a ceiling), or later (of a floor), as it
        takes; None if that does not help.
        """
        for parameter in self.parameters:
            if (
                parameter.name != name
                or not parameter.first
                or parameter.coefficients
                or self.left_s <= 0
            ):
                continue
            if not parameter.kind.dated:
                continue
            moves = self._dates(parameter)
            if not moves or not self._holds(moved(self.frame, bounds=moves[-1][1])):
                continue
            low, high = 0, len(moves) - 1
            while low < high and self.left_s > 0:
                middle = (low + high) // 2
                low, high = (
                    (low, middle)
                    if self._holds(moved(self.frame, bounds=moves[middle][1]))
                    else (middle + 1, high)
                )
            period, bounds = moves[high]
            found = Relaxation(
                (),
                (high + 1) / len(self.frame.periods),
                low == high,
                True,
                dated=(parameter, period),
            )
            return self.verified(found, bounds)
        return None

    def _dates(self, parameter: LimitParameter) -> list[tuple[str, Bounds]]:
        """(period in which the step begins then, bounds), by one period more each."""
        block = self.frame.rows[parameter.block]
        axis = block.axis_of(self.frame.periods)
        assert axis is not None
        low, high = self.frame.row_bounds()
        amount = high[parameter.rows[0]] if parameter.ceiling else low[parameter.rows[0]]
        mine = {r: tuple(block.keys[r - block.first].tolist()) for r in parameter.rows}
        places = {key[:axis] + key[axis + 1 :] for key in mine.values()}
        rows: dict[int, list[int]] = {}
        for number, key in enumerate(map(tuple, block.keys.tolist())):
            if key[:axis] + key[axis + 1 :] in places:
                rows.setdefault(int(key[axis]), []).append(number + block.first)
        first, last = (
            self.frame.periods.index(parameter.first),
            self.frame.periods.index(parameter.last),
        )
        found, bounds = list[tuple[str, Bounds]](), dict[int, tuple[float, float]]()
        if parameter.ceiling:
            for t in range(first - 1, -1, -1):
                bounds |= {r: (low[r], max(high[r], amount)) for r in rows.get(t, ())}
                if t in rows:
                    found.append((self.frame.periods[t], dict(bounds)))
            return found
        for t in range(first, last + 1):
            before = [low[r] for r in rows.get(first - 1, ())]
            bounds |= {r: (before[0] if before else -np.inf, high[r]) for r in rows[t]}
            if t + 1 < len(self.frame.periods):
                found.append((self.frame.periods[t + 1], dict(bounds)))
        return found

    def most(self, name: str) -> list[Most]:
        """The most of a floor (a demand) in each period by itself, all other limits as they are;
        without what is not found in time.
        """
        mine = [
            parameter
            for parameter in self.parameters
            if parameter.name == name and parameter.kind.asked
        ]
        found = [self._most(parameter, row) for parameter in mine for row in parameter.rows]
        return [most for most in found if most is not None]

    def _most(self, parameter: LimitParameter, row: int) -> Most | None:
        _, high = self.frame.row_bounds()
        block, inside = self.frame.row(row)
        axis = block.axis_of(self.frame.periods)
        assert axis is not None
        here = block.rows == inside
        objective = Objective(
            "most", parameter.unit.name, True, block.columns[here], block.values[here]
        )
        floors = [other for other in self.parameters if other.kind.asked]
        for alone in (False, True):
            gone = {
                r: (-np.inf, high[r])
                for other in floors
                if alone or other.name == parameter.name
                for r in other.rows
            }
            answer = self._ask(
                moved(self.frame, bounds=gone), "most", objective=objective, gap=NEAR
            )
            if answer.values is not None:
                most = objective.at(np.frombuffer(answer.values, dtype=np.float64))
                most = float(math.floor(most + 1e-4)) if parameter.unit.one else most
                return Most(
                    parameter, block.labels(inside)[axis], most, answer.reason == "optimal", alone
                )
        return None
