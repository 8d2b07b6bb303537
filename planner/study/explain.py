"""Why is the plan as it is? What binds, what one more unit is worth, what a date is worth, what was
not bought and what would make it pay.

Every figure says whether it is the linear program's slope at the plan (`dual`) or the difference
after solving the integer model again (`re-solved`). A limit is moved by moving the rows of the
model that it stands in, not by editing the scenario, so that limits of every kind are treated
alike; what no row holds (where a system may be placed at all, when it can first arrive) is told of
but not moved.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from planner.capabilities.objectives.case import ObjectivesCase
from planner.core.limits import amount, rounded, unit_of_move, where
from planner.errors import InfeasibleError, Mark, OptionError, Problem, SourceText
from planner.likeness import nearest
from planner.numbers import number
from planner.pipeline import (
    OWN,
    Answered,
    Difference,
    LimitParameter,
    Options,
    Pricing,
    Sensitivity,
    Shift,
    answer,
    pricing,
    shifts,
)
from planner.refusal import Refusal
from planner.scenario.load import Loaded
from planner.solver.engine import Engine, Watcher
from planner.study.absent import not_bought_rows
from planner.study.differences import effect, moves, resolved, unasked
from planner.study.explanation import (
    Conflicting,
    DateRow,
    ExplainOptions,
    Explanation,
    LimitState,
    Objective,
    Resolved,
    SensitivityRow,
    ServableRow,
)

CLOSER = 1e-5
"""Largest gap of the solves behind an explanation: differences are small."""
WORTHLESS = 1e-9
EVERYTHING = ExplainOptions()


def explain(
    loaded: Loaded,
    engine: Engine,
    asking: ExplainOptions = EVERYTHING,
    options: Options = OWN,
    *,
    watch: Watcher | None = None,
) -> Explanation:
    """The account of a plan, within `asking.within_s` seconds after the plan itself.

    What is not reached in the time is said to be so. Raises what `pipeline.solve` raises, and
    `OptionError` for an objective or a limit that does not exist. An `InfeasibleError` knows the
    ways out that were found within `asking.within_s` seconds.
    """
    goal, count = asking.goal, len(loaded.case.of(ObjectivesCase).goals)
    if not 1 <= goal <= count:
        raise OptionError([_wrong("--goal", str(goal), f"the scenario has {count} objectives")])
    gap = min(loaded.scenario.solve.gap, CLOSER) if options.gap is None else options.gap
    answered = answer(
        loaded,
        engine,
        replace(options, gap=gap, remedies_s=asking.within_s, valued=True),
        watch=watch,
    )
    if len(answered.outcome.objectives) < goal:
        raise OptionError(
            [
                _wrong(
                    "--goal",
                    str(goal),
                    "the time limit ended the solve before this objective; raise `--time-limit`",
                )
            ]
        )
    stopped = answered.plan.solve.status == "interrupted"
    priced = pricing(
        answered, engine, number=goal - 1, within_s=0.0 if stopped else asking.within_s
    )
    return _Explainer(loaded, answered, priced).explanation(asking.limits, asking.most)


def _wrong(option: str, text: str, message: str, remedy: str = "") -> Problem:
    return Problem(
        "I001", message, Mark(SourceText(option, text), 1, 1, max(1, len(text))), option, remedy
    )


def _said(sides: Sequence[Resolved], word: str) -> int:
    return sum(side.second == word for side in sides)


class _Explainer:
    def __init__(self, loaded: Loaded, answered: Answered, priced: Pricing) -> None:
        self.loaded, self.answered, self.priced = loaded, answered, priced
        result = priced.result
        self.objective = Objective(
            number=priced.number + 1,
            name=result.name,
            unit=result.unit,
            value=result.value,
            bound=result.bound,
            gap=result.gap,
            in_parts=priced.local.value,
            tolerance=priced.tolerance if result.bound is not None else None,
        )

    def explanation(self, names: Sequence[str], most: int) -> Explanation:
        """All of it, the cheap parts first."""
        began = time.perf_counter()
        chosen = self.chosen(names)
        priced = sorted(
            (self.priced.sensitivity(parameter) for parameter in chosen),
            key=self.weight,
            reverse=True,
        )
        wanted = priced if names else [one for one in priced if self.matters(one)]
        again = len(wanted) if names else most
        tags = [self.sensitivity_row(one, again=i < again) for i, one in enumerate(wanted)]
        dates = [] if names else self.dates(most)
        absent = [] if names else not_bought_rows(self.loaded, self.priced, self.objective, most)
        return Explanation(
            name=self.answered.plan.name,
            scenario_file=self.loaded.case.scenario_file,
            outcome="plan",
            status=self.answered.plan.solve.status,
            asked_gap=self.answered.settings.gap,
            seconds=self.answered.outcome.seconds + time.perf_counter() - began,
            objective=self.objective,
            limits=[self.state(parameter) for parameter in self.priced.parameters],
            tags=tags,
            dates=dates,
            not_bought=absent,
            notes=self.notes(tags, dates),
        )

    def notes(self, tags: Sequence[SensitivityRow], dates: Sequence[DateRow]) -> list[str]:
        """How the differences are meant, and how far the time reached."""
        again = [side for row in tags for side in (row.loosened, row.tightened)]
        again += [row.resolved for row in dates]
        solved = [side for side in again if side.status == "solved"]
        notes = [
            *self.about_the_objective(),
            "a limit is moved in the rows of the model, not in the scenario file",
            f"a second solver agrees with {_said(solved, 'agrees')} of {len(solved)} re-solves of "
            f"limits and dates, and was not done in time with {_said(solved, 'silent')}",
        ]
        if untold := self.priced.untold():
            notes.append(
                "no sensitivity is told for "
                + "; ".join(f"`{limit}`: {why}" for limit, why in untold)
            )
        if self.priced.blind:
            notes.append(
                "the objective is made of yes-or-no decisions: there are no duals, only solving "
                "again tells a price"
            )
        if self.priced.interrupted:
            notes.append("interrupted before everything was solved again")
        elif self.priced.left_s <= 0:
            notes.append(
                "the time for the explanation ended before "
                "everything was solved again; raise `--within`"
            )
        return notes

    def about_the_objective(self) -> list[str]:
        """Which objective the prices are in, what is held for it, and how sure a difference is."""
        said, names = (
            list[str](),
            [
                objective.name
                for objective in self.priced.model.objectives[
                    : len(self.loaded.case.of(ObjectivesCase).goals)
                ]
            ],
        )
        one = self.objective
        if len(names) > 1:
            before = "; ".join(
                f"`{name}` is held at what the plan reached" for name in names[: one.number - 1]
            )
            after = "; ".join(f"`{name}`" for name in names[one.number :])
            said.append(
                f"prices are in objective {one.number} of {len(names)}, `{one.name}`"
                + (f"; {before}" if before else "")
                + (f"; what {after} would gain or lose is not told here" if after else "")
                + ": `--goal N` prices in another"
            )
        if one.tolerance is not None:
            said.append(
                f"tolerance: a re-solved difference is within {number(one.tolerance)} {one.unit} "
                "of the true one, "
                "which is what the gaps of the two solves leave open; a smaller one is said to be "
                "within the gap"
            )
        return said

    def place(self, path: str) -> str:
        """Where a number stands in the file."""
        mark = self.loaded.mark(path)
        return str(mark) if mark else ""

    def chosen(self, names: Sequence[str]) -> list[LimitParameter]:
        """The parameters to be priced. Raises `OptionError` with the nearest name."""
        all_parameters = self.priced.parameters
        if not names:
            return [
                parameter
                for parameter in all_parameters
                if self.priced.binds(parameter) or abs(self.priced.dual(parameter)) > WORTHLESS
            ]
        found, problems = list[LimitParameter](), list[Problem]()
        for name in names:
            mine = [
                parameter for parameter in all_parameters if name in (parameter.name, parameter.key)
            ]
            found += mine
            if not mine:
                known = list(dict.fromkeys(parameter.name for parameter in all_parameters))
                problems.append(
                    _wrong(
                        "--limit",
                        name,
                        f"no limit is called `{name}`",
                        nearest(name, known) or f"limits: {', '.join(known)}",
                    )
                )
        if problems:
            raise OptionError(problems)
        return list(dict.fromkeys(found))

    def weight(self, sensitivity: Sensitivity) -> float:
        """What a hundredth of the limit is worth; a switch that binds counts as if it were worth
        something.
        """
        slope = max(
            abs(sensitivity.more or 0.0), 0.0 if sensitivity.less is None else abs(sensitivity.less)
        )
        return slope * max(abs(sensitivity.parameter.amount), 1.0) / 100

    def matters(self, sensitivity: Sensitivity) -> bool:
        """Whether there is anything to tell."""
        noise = WORTHLESS * max(1.0, abs(self.objective.value))
        return (
            abs(sensitivity.more or 0.0) > noise
            or abs(sensitivity.less or 0.0) > noise
            or self.priced.switched(sensitivity.parameter)
            or self.priced.blind
        )

    def state(self, parameter: LimitParameter) -> LimitState:
        """A limit and how far it is from binding."""
        room = self.priced.headroom(parameter)
        return LimitState(
            limit=parameter.name,
            when=parameter.when,
            says=parameter.says,
            sense=parameter.sense,
            amount=parameter.amount,
            unit=parameter.unit.name,
            headroom=room if abs(room) < float("inf") else None,
            binding=self.priced.binds(parameter),
            path=parameter.path,
            place=self.place(parameter.path),
        )

    def sensitivity_row(self, sensitivity: Sensitivity, *, again: bool) -> SensitivityRow:
        """A sensitivity with what solving again says of it."""
        parameter, step = sensitivity.parameter, sensitivity.step
        tighten = parameter.amount >= step * (1 - 1e-9)
        sides = []
        for by, expected, possible in (
            (step, sensitivity.expected_more, True),
            (-step, sensitivity.expected_less, tighten),
        ):
            what = f"{moves(parameter, by)} of {where(parameter.name, parameter.when)}"
            found = self.priced.resolved(parameter, by) if again and possible else unasked()
            better = (
                None if expected is None or self.priced.blind else expected if by > 0 else -expected
            )
            sides.append(
                self.resolved(what, moves(parameter, by), better, found, asked=again and possible)
            )
        return SensitivityRow(
            limit=parameter.name,
            when=parameter.when,
            sense=parameter.sense,
            amount=parameter.amount,
            unit=parameter.unit.name,
            path=parameter.path,
            place=self.place(parameter.path),
            dual=sensitivity.dual,
            more=sensitivity.more,
            less=sensitivity.less,
            degenerate=sensitivity.degenerate,
            machine=sensitivity.machine,
            step=step,
            loosened=sides[0],
            tightened=sides[1],
            says=[
                self.slope(sensitivity),
                *(side.says for side in sides if side.status != "not asked"),
            ],
        )

    def resolved(
        self, what: str, move: str, expected: float | None, found: Difference, *, asked: bool
    ) -> Resolved:
        """In words; `not asked` where nothing was solved."""
        made = resolved(what, move, expected, found, self.objective, self.priced.integrality)
        return made if asked else made.model_copy(update={"status": "not asked", "says": ""})

    def slope(self, sensitivity: Sensitivity) -> str:
        """The dual in words."""
        parameter, unit = sensitivity.parameter, unit_of_move(sensitivity.parameter.unit)
        if self.priced.blind:
            return "dual: none, for the objective is made of yes-or-no decisions"
        if self.priced.switched(parameter):
            return "dual: none, for yes-or-no decisions stand in its rows"
        one = rounded(1.0, unit)
        if not sensitivity.degenerate:
            return (
                f"dual: {one} {parameter.word(1)} {effect(self.objective, sensitivity.dual)}"
                if abs(sensitivity.dual) > WORTHLESS
                else "dual: 0"
            )
        per = f"{self.objective.unit} per {one.partition(' ')[2]}"
        less = (
            "leaves nothing"
            if sensitivity.less is None
            else f"costs {number(sensitivity.less)} {per}"
        )
        more = "unknown" if sensitivity.more is None else f"{number(sensitivity.more)} {per}"
        return (
            f"dual degenerate: a little {parameter.word(1)} is worth {more}, a little "
            f"{parameter.word(-1)} {less}"
        )

    def dates(self, most: int) -> list[DateRow]:
        """Dated steps a period sooner and later, those first of which the linear program expects
        most.
        """
        moved = [
            shift
            for parameter in self.priced.parameters
            for shift in shifts(self.priced.frame, parameter)
        ]
        expected = [
            (shift, None if self.priced.blind else self.priced.expected_shift(shift))
            for shift in moved
        ]
        noise = WORTHLESS * max(1.0, abs(self.objective.value))
        telling = [
            (shift, value) for shift, value in expected if value is None or abs(value) > noise
        ]
        telling.sort(key=lambda pair: -abs(pair[1]) if pair[1] is not None else float("-inf"))
        return [
            self.date_row(shift, value, again=i < most) for i, (shift, value) in enumerate(telling)
        ]

    def date_row(self, shift: Shift, expected: float | None, *, again: bool) -> DateRow:
        """One shift."""
        parameter = shift.parameter
        way = "sooner" if shift.sooner else "later"
        dates = f"({shift.period} instead of {parameter.first})"
        what = (
            f"{amount(parameter.amount, parameter.unit)} of `{parameter.name}` one "
            f"{self.loaded.case.step} "
            f"{way} {dates}"
        )
        found = self.priced.shifted(shift) if again else unasked()
        return DateRow(
            limit=parameter.name,
            amount=parameter.amount,
            unit=parameter.unit.name,
            begins=parameter.first,
            moved_to=shift.period,
            sooner=shift.sooner,
            place=self.place(parameter.path),
            expected=expected,
            resolved=self.resolved(
                what, f"one {self.loaded.case.step} {way}", expected, found, asked=again
            ),
        )


def explain_any(
    loaded: Loaded,
    engine: Engine,
    asking: ExplainOptions = EVERYTHING,
    options: Options = OWN,
    *,
    watch: Watcher | None = None,
) -> Explanation:
    """The account of the plan, or of why there is none. Raises as `explain` does, but for
    `InfeasibleError`.
    """
    began = time.perf_counter()
    try:
        return explain(loaded, engine, asking, options, watch=watch)
    except InfeasibleError as error:
        return _no_plan(loaded, error.refusal, time.perf_counter() - began)


def _no_plan(loaded: Loaded, refusal: Refusal, seconds: float) -> Explanation:
    """The account of a question without a plan."""
    # of each number, its first period
    first = {(one.demand, one.need): one for one in reversed(refusal.servable)}
    return Explanation(
        name=loaded.scenario.name,
        scenario_file=loaded.case.scenario_file,
        outcome="no plan",
        status="infeasible",
        asked_gap=loaded.scenario.solve.gap,
        seconds=seconds,
        findings=list(refusal.findings),
        conflict=[
            Conflicting(
                limit=limit.name,
                says=limit.says,
                path=limit.path,
                place=str(limit.mark) if limit.mark else "",
                line=limit.mark.text if limit.mark else "",
                kind=limit.kind,
            )
            for limit in refusal.conflict
        ],
        servable=[
            ServableRow(
                demand=one.demand,
                period=one.period,
                need=one.need,
                most=one.most,
                proven=one.proven,
                unit=one.unit,
                says=one.says,
            )
            for one in reversed(first.values())
        ],
        repairs=list(refusal.repairs),
        cheapest=refusal.cheapest,
        cheapest_above=refusal.cheapest_above,
        notes=list(_notes(refusal)),
    )


def _notes(refusal: Refusal) -> Iterator[str]:
    """How far the search for ways out came."""
    if not refusal.repairs:
        yield (
            "no limit alone restores a plan"
            if refusal.search == "all"
            else "no limit alone was found to restore a plan"
        )
    if refusal.cheapest is None:
        yield "no combination of limits was found that leaves a plan"
    if refusal.search == "interrupted":
        yield "interrupted before every way out was looked for"
    elif refusal.search in ("not asked", "out of time"):
        yield (
            "the time for the explanation ended before "
            "every way out was looked for; raise `--within`"
        )
