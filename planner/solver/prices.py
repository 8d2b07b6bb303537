"""What is one more unit of a limit worth? Two answers, and each says which it is.

`dual`      the linear program at the plan: yes-or-no decisions as the plan has them, machines in
            parts. With machines held as well nothing could be bought, and every price would be 0. A
            dual is a slope, and a kink has two: worth when there is a little more, worth when there
            is a little less. Both are measured by moving the limit; where they differ the dual is
            degenerate.
`re-solved` the whole integer model again with the limit moved by a stated step: the true
            difference, within an interval that the gaps of both solves leave open.

The step is a round number that at least one machine fits into; ten, where a fifth of the limit
allows it, and large enough to stand out from the gaps.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

import numpy as np

from planner.arrays import Bools, Floats
from planner.assembly.model import objective_in
from planner.core.limits import BINDS, MUSD
from planner.errors import SolverError
from planner.model.family import Model
from planner.model.frame import Frame, Objective
from planner.model.length import with_spreads
from planner.solver.crosscheck import FEASIBILITY, Witness, violation, witnessed
from planner.solver.engine import Engine, Interrupted
from planner.solver.fixed_lp import Local, asked, in_parts
from planner.solver.limit_parameters import LimitParameter, headrooms, moved, parameters, per_unit
from planner.solver.messages import LARGE, SolveResult
from planner.solver.options import Settings
from planner.solver.propagation import Propagation
from planner.solver.run import Outcome
from planner.solver.sensitivities import Difference, Sensitivity, Shift, Status, apart, round_up
from planner.solver.warm_start import solve_with_start

A_LITTLE = 0.02
"""Share of the step by which a limit is moved to measure the two slopes."""
MOST_OF_A_LIMIT = 0.2
"""A step that only has to stand out from the gaps takes no more than this share of its limit."""
STANDS_OUT = 10.0
"""By how many gaps the expected difference should stand out."""
OVER_INTEGRALITY = 3.0
"""And over what whole machines cost the plan, so many times."""
SEVERAL = 10
"""So many machines fit into a step where the limit allows it: rounding to whole ones then matters
by a tenth at most."""
RESIDUE = 1e-9
"""Differences of so small a share of the objective are rounding, and none."""
LEAST_SECONDS = 2.0


class Pricing:
    """A plan, and the same question asked again with one number moved. Ends at `until`
    (`time.perf_counter`).
    """

    def __init__(
        self,
        model: Model,
        outcome: Outcome,
        settings: Settings,
        engine: Engine,
        *,
        number: int = 0,
        until: float,
    ) -> None:
        self.model, self.outcome, self.settings, self.engine, self.until = (
            model,
            outcome,
            settings,
            engine,
            until,
        )
        self.frame, self.objective, self.result = (
            asked(model, outcome, number),
            model.objectives[number],
            outcome.objectives[number],
        )
        self.number, self.interrupted = number, False
        self.solution = outcome.solution
        self.activity = self.frame.activity(self.solution)
        self.parameters = [
            parameter
            for parameter in parameters(self.frame)
            if not (parameter.kind.twin or parameter.kind.untold)
        ]
        self._propagation: Propagation | None = None
        self._machines: list[tuple[dict[int, float], Floats]] | None = None
        self._local: Local | None = None

    @property
    def left_s(self) -> float:
        """Seconds left."""
        return self.until - time.perf_counter()

    @property
    def propagation(self) -> Propagation:
        """What machines bring along."""
        if self._propagation is None:
            self._propagation = Propagation(self.frame)
        return self._propagation

    def gain(self, before: float, after: float) -> float:
        """By how much `after` is better."""
        return after - before if self.objective.maximize else before - after

    def headroom(self, parameter: LimitParameter) -> float:
        """Least distance of the parameter's rows from binding, in its unit."""
        return float(headrooms(self.frame, parameter, self.solution, self.activity).min())

    def binds(self, parameter: LimitParameter) -> bool:
        """Whether less than a two-hundredth of it is left; what is not there yet does not count."""
        return parameter.amount > 0 and self.headroom(parameter) <= BINDS * parameter.amount + 1e-9

    def stop(self) -> None:
        """Ask nothing more: Ctrl-C."""
        self.interrupted, self.until = True, -math.inf

    def linear(self, frame: Frame, *, least_s: float = 0.0) -> Local | None:
        """The linear program of a moved model; None if it has no solution or there is no time."""
        seconds = max(self.left_s, least_s)
        if seconds <= 0:
            return None
        objective = self.objective_in(frame)
        proto = in_parts(frame, self.solution).proto(objective)
        try:
            answer = self.engine.solve(
                proto, name="prices", time_limit_s=seconds, gap=0.0, seed=self.settings.seed
            )
        except Interrupted:
            self.stop()
            return None
        if answer.reason != "optimal" or answer.values is None or answer.duals is None:
            return None
        solution = np.frombuffer(answer.values, dtype=np.float64)
        return Local(
            objective.at(solution), solution, np.frombuffer(answer.duals, dtype=np.float64)
        )

    def objective_in(self, frame: Frame) -> Objective:
        """The objective in a moved model: what goes short is told in shares of what is asked for
        then.
        """
        return objective_in(self.model, self.number, frame)

    def untold(self) -> list[tuple[str, str]]:
        """(limit, why it has no number that could be moved), each once."""
        blocks = [
            (block, block.kind.untold)
            for block in self.frame.blocks()
            if block.kind is not None and block.kind.untold
        ]
        return list(
            {
                block.words(row).name: why
                for block, why in blocks
                for row in range(len(block.lower))
            }.items()
        )

    @property
    def local(self) -> Local:
        """The linear program at the plan. Raises `SolverError` if it cannot be solved, or not in
        time.
        """
        if self._local is None:
            found = self.linear(moved(self.frame), least_s=LEAST_SECONDS)
            if found is None:
                raise SolverError(
                    "the linear program at the plan was not solved; without it nothing has a price"
                )
            self._local = found
        return self._local

    @property
    def integrality(self) -> float:
        """What whole machines cost the plan against machines in parts, in units of the
        objective.
        """
        return abs(self.gain(self.result.value, self.local.value))

    @property
    def tolerance(self) -> float:
        """What the gap of the plan, and that asked of a solve again, leave open of a difference; in
        units of the objective.
        """
        bound = self.result.bound if self.result.bound is not None else self.result.value
        return abs(self.result.value - bound) + self.settings.gap * abs(self.result.value)

    def dual(self, parameter: LimitParameter) -> float:
        """Gain of the objective per unit by which the parameter gives way."""
        local, rows = self.local, np.array(parameter.rows)
        priced = float(
            (np.abs(local.duals[rows]) * per_unit(self.frame, parameter, local.solution)).sum()
        )
        sign = (1.0 if self.objective.maximize else -1.0) * (1.0 if parameter.ceiling else -1.0)
        unit = dict(zip(parameter.rows, parameter.each or [1.0] * len(parameter.rows), strict=True))
        along = sum(
            sign * float(local.duals[other]) * slope * unit[row]
            for row, other, slope in parameter.also
        )
        return priced + along + self._revalued(parameter)

    def _revalued(self, parameter: LimitParameter) -> float:
        """What a unit of a demand changes by being what shares of it are counted against."""
        tiny = 1e-6 * parameter.amount
        if not parameter.kind.asked or tiny <= 0:
            return 0.0
        objective = self.objective_in(moved(self.frame, [(parameter, tiny)]))
        return (
            0.0
            if objective is self.objective
            else self.gain(self.local.value, objective.at(self.local.solution)) / tiny
        )

    def sensitivity(self, parameter: LimitParameter) -> Sensitivity:
        """The sensitivity of a parameter."""
        dual, machine = self.dual(parameter), self.machine(parameter)
        step = self.step(parameter, dual, machine)
        little = A_LITTLE * step
        up, down, whole_up, whole_down = (
            self.expected(parameter, by) for by in (little, -little, step, -step)
        )
        more = None if up is None else up / little
        less = None if down is None else -down / little
        noise = 1e-8 * max(1.0, abs(self.local.value)) / little
        return Sensitivity(
            parameter,
            dual,
            more,
            less,
            degenerate=apart(dual, more, less, noise),
            step=step,
            machine=machine,
            expected_more=whole_up,
            expected_less=None if whole_down is None else -whole_down,
        )

    def expected(self, parameter: LimitParameter, by: float) -> float | None:
        """The linear program's gain from a move."""
        found = self.linear(moved(self.frame, [(parameter, by)]))
        return None if found is None else self.gain(self.local.value, found.value)

    def expected_shift(self, shift: Shift) -> float | None:
        """The linear program's gain from a date."""
        found = self.linear(moved(self.frame, bounds=shift.bounds))
        return None if found is None else self.gain(self.local.value, found.value)

    @property
    def blind(self) -> bool:
        """Whether the objective is made of yes-or-no decisions alone (a date, say), so that the
        linear program cannot move it.
        """
        return len(self.objective.columns) > 0 and bool(
            self._decisions()[self.objective.columns].all()
        )

    def _decisions(self) -> Bools:
        """Columns of yes-or-no decisions: whole numbers that are not counted in parts."""
        _, _, integer = self.frame.bounds()
        integer[
            np.concatenate([block.columns for block in self.frame.of_sort("machines", "groups")])
        ] = False
        return integer

    def _full(self) -> Bools:
        """Columns of groups of networks that are full: one more takes another grade, which is a
        yes-or-no decision.

        Groups that a solver has to spare, where they cost nothing, are not counted.
        """
        full = np.zeros(self.frame.column_count, dtype=bool)
        for block in self.frame.of_sort("groups"):
            rows, ports = (self.frame.rows.get(name) for name in block.integral.held_by)
            if rows is None or ports is None:
                continue
            groups, needed = block.columns, self.solution.copy()
            own = np.isin(ports.columns, groups)
            needed[ports.columns[own]] -= np.floor(
                self.activity[ports.rows[own] + ports.first] / ports.values[own] + 1e-6
            )
            assert rows.facts.unlimited is not None
            of, columns, values = rows.facts.unlimited
            mine, most = np.isin(columns, groups), np.zeros(len(rows.lower))
            np.add.at(most, of[~mine], -values[~mine] * np.round(self.solution[columns[~mine]]))
            full[columns[mine]] |= (most[of[mine]] > 0.5) & (
                needed[columns[mine]] > most[of[mine]] - 0.5
            )
        return full

    def switched(self, parameter: LimitParameter) -> bool:
        """Whether yes-or-no decisions stand in its rows, of which a dual says nothing."""
        block = self.frame.rows[parameter.block]
        integer = self._decisions()
        inside = block.columns[np.isin(block.rows + block.first, parameter.rows)]
        decided = integer | self.propagation.decided(integer)
        # a fixed cost among others leaves a budget its slope
        some = (integer | self._full())[inside].any() and parameter.unit != MUSD
        return bool(some or (decided[inside].all() and len(inside))) and not parameter.coefficients

    def machine(self, parameter: LimitParameter) -> float | None:
        """What the smallest machine of the plan takes of a parameter, in its unit; None if none
        takes anything.
        """
        rows, unit = np.array(parameter.rows), per_unit(self.frame, parameter, self.solution)
        takes = []
        for change, used in self._one_of_each():
            use = np.abs(used[rows] - self._counted_in(parameter, change))
            each = use[unit > 0] / unit[unit > 0]
            if each.max(initial=0.0) > 1e-12:
                takes.append(float(each.max()))
        return min(takes, default=None)

    def _counted_in(self, parameter: LimitParameter, change: Mapping[int, float]) -> Floats | float:
        """What a machine adds to the rows through the parameter's own number: of a share, to the
        whole that it is a share of.
        """
        if not parameter.coefficients:
            return 0.0
        block = self.frame.rows[parameter.block]
        coefficient = block.facts.coefficient
        assert coefficient is not None
        gains = np.zeros(len(block.lower))
        stands = coefficient.slope * coefficient.held(coefficient.rows)
        for row, column, value in zip(
            coefficient.rows.tolist(), coefficient.columns.tolist(), stands.tolist(), strict=True
        ):
            gains[row] += value * change.get(column, 0.0)
        return np.asarray(gains[np.array(parameter.rows) - block.first], dtype=np.float64)

    def _one_of_each(self) -> list[tuple[dict[int, float], Floats]]:
        """What one machine brings along and what it takes of every row, for every system and site
        that the plan buys at.
        """
        if self._machines is None:
            index = self.model.decisions.delivered.index
            bought = (index >= 0) & (self.solution[index] > 0.5)
            columns = [
                int(index[s, site][bought[s, site]][0])
                for s, site in np.argwhere(bought.any(axis=2)).tolist()
            ]
            changes = [
                with_spreads(self.frame, self.propagation.of(column), self.solution)
                for column in columns
            ]
            self._machines = [(change, self.propagation.uses(change)) for change in changes]
        return self._machines

    def step(self, parameter: LimitParameter, dual: float, machine: float | None) -> float:
        """A round number of the parameter's unit that a machine fits into, and several, and that
        stands out from the gaps where it can.
        """
        visible = (
            max(STANDS_OUT * self.tolerance, OVER_INTEGRALITY * self.integrality) / abs(dual)
            if dual != 0
            else 0.0
        )
        visible = min(
            max(visible, SEVERAL * (machine or 0.0)), MOST_OF_A_LIMIT * abs(parameter.amount)
        )
        one = (
            1.0
            if MOST_OF_A_LIMIT * abs(parameter.amount) >= 1.0
            or (machine is None and parameter.unit.name)
            else 0.0
        )
        return round_up(max(one, machine or 0.0, visible) or (1.0 if parameter.unit.name else 0.01))

    def resolved(self, parameter: LimitParameter, by: float) -> Difference:
        """The integer model again with a parameter moved."""
        return self.again(
            moved(self.frame, [(parameter, by)]), loosened=None if parameter.mixed else by > 0
        )

    def shifted(self, shift: Shift) -> Difference:
        """The integer model again with a dated step moved."""
        return self.again(moved(self.frame, bounds=shift.bounds), loosened=shift.loosened)

    def again(
        self, frame: Frame, objective: Objective | None = None, *, loosened: bool | None
    ) -> Difference:
        """The integer model of a frame that allows more than the plan's (`loosened`), or less; with
        its own coefficients of the objective.

        Where it allows more, the plan must be worth in it what it is worth here; `loosened` is None
        where neither is so.
        """
        own = self.objective_in(frame)
        objective, loosened = objective or own, loosened if own is self.objective else None
        seconds = min(self.left_s, max(LEAST_SECONDS, 1.5 * self.outcome.seconds))
        if seconds <= 0.05:
            return Difference("out of time", None, None, None, "not asked", 0.0)
        try:
            answer, second = self._answer(
                frame, objective, seconds, self.solution.tobytes() if loosened else None
            )
        except Interrupted:
            self.stop()
            return Difference("out of time", None, None, None, "not asked", 0.0)
        if answer.values is None:
            status: Status = (
                "no plan"
                if answer.reason in ("infeasible", "infeasible_or_unbounded")
                else "out of time"
            )
            return Difference(status, None, None, None, second, answer.seconds)
        solution = np.frombuffer(answer.values, dtype=np.float64)
        if violation(frame, solution) > FEASIBILITY:
            return Difference("failed", None, None, None, second, answer.seconds)
        return self._difference(objective.at(solution), answer, second, loosened)

    def _answer(
        self, frame: Frame, objective: Objective, seconds: float, hint: bytes | None
    ) -> tuple[SolveResult, Witness]:
        ask, began = self.settings, time.perf_counter()
        if np.count_nonzero(frame.bounds()[2]) >= LARGE:
            answer = solve_with_start(
                frame,
                objective,
                self.engine,
                time_limit_s=seconds,
                gap=ask.gap,
                seed=ask.seed,
                solver=ask.solver,
                watch=None,
            )
        else:
            answer = self.engine.solve(
                frame.proto(objective),
                name="again",
                time_limit_s=seconds,
                gap=ask.gap,
                seed=ask.seed,
                solver=ask.solver,
                hint=hint,
            )
        if answer.reason not in ("optimal", "infeasible", "infeasible_or_unbounded"):
            return answer, "not asked"
        left = min(
            seconds, self.left_s, max(LEAST_SECONDS, seconds - (time.perf_counter() - began))
        )
        return witnessed(
            frame,
            objective,
            answer,
            self.engine,
            first=ask.solver,
            gap=ask.gap,
            seed=ask.seed,
            left_s=left,
        )

    def _difference(
        self, value: float, answer: SolveResult, second: Witness, loosened: bool | None
    ) -> Difference:
        before, limit = self.result.value, self.result.bound
        bound = answer.bound if answer.bound is not None and np.isfinite(answer.bound) else None
        if loosened and self.gain(before, value) < 0:
            value = before  # the plan itself is still one
        low = self.gain(limit, value) if limit is not None else -math.inf
        high = self.gain(before, bound) if bound is not None else math.inf
        if loosened is not None:  # more room never hurts, less never helps
            low, high = (
                (max(0.0, low), max(0.0, high)) if loosened else (min(0.0, low), min(0.0, high))
            )
        residue = RESIDUE * max(1.0, abs(before))
        better, low, high = (
            0.0 if abs(x) <= residue else x for x in (self.gain(before, value), low, high)
        )
        return Difference("solved", better, low, high, second, answer.seconds)
