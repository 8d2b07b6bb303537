"""Columns side by side: vendor mixes of one scenario, or of several, and plans that were saved.

The first column is the reference. A mix is solved ten times closer than the scenario asks, since
what is told are differences, and one that only adds rules to another takes over that one's plan
where it keeps them. Of a saved plan nothing is solved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from planner.capabilities.objectives.case import ObjectivesCase
from planner.catalog.load import Catalog
from planner.core.scenario import Scenario
from planner.errors import (
    InfeasibleError,
    InputError,
    Mark,
    OptionError,
    OutOfTimeError,
    PlannerError,
    Problem,
    SourceText,
)
from planner.pipeline import OWN, Known, Options
from planner.plan.schema import Plan
from planner.records import Edit
from planner.scenario.load import Loaded
from planner.study.comparison import At, Compared, Comparison, State, precision_of
from planner.study.equal import equal_edits
from planner.study.mixes import Mix, parse_mixes
from planner.study.question import Answer, Executor, Question

CLOSER = 10
"""How much closer a comparison solves than a plan."""
ROUNDING = 1e-9
"""Values of an objective that differ by no more than this share are equal."""
FIRST = "the reference has no plan, so nothing can be equal to it"
Tell = Callable[[str], None]
"""Is told which column is solved now."""


@dataclass(frozen=True)
class Column:
    """What one column is about: a scenario under a mix, or a saved plan."""

    name: str
    says: str
    loaded: Loaded | None = None
    mix: Mix | None = None
    plan: Plan | None = None


def default_mixes(scenario: Scenario, catalog: Catalog) -> list[Mix]:
    """Every supplier free, the scenario as it is, and each supplier alone."""
    names = dict.fromkeys(catalog.systems[c.system].supplier for c in scenario.systems)
    return parse_mixes(["free", "as-is", *(f"{name}=free+only:{name}" for name in names)])


def columns_of(
    asked: Sequence[tuple[str, Loaded | Plan]], mixes: Sequence[Mix], at: At | None = None
) -> list[Column]:
    """Every scenario under every mix, or as it is without mixes; every plan as it was saved.

    `asked` are files with what they hold. Of one scenario alone and without mixes, its default
    mixes. Raises `OptionError` with every mistake: a plan with a mix, two columns of one name,
    `at` of several files.
    """
    problems = [
        Problem(
            "K003",
            f"a saved plan takes no mix: {file} was solved as it is",
            Mark(SourceText("file", file), 1, 1, len(file)),
            help="give the scenario, or leave --mix out",
        )
        for file, one in asked
        if mixes and isinstance(one, Plan)
    ]
    if at is not None and (len(asked) > 1 or isinstance(asked[0][1], Plan)):
        message = "`--at` makes mixes of one scenario equal, and solves them again"
        mark = Mark(SourceText("--at", at), 1, 1, len(at))
        problems.append(Problem("K003", message, mark, help="give one scenario, and mixes"))
    columns = list[Column]()
    for file, one in asked:
        if isinstance(one, Plan):
            columns.append(Column(file, f"saved plan of {one.name}", plan=one))
            continue
        chosen = mixes
        if len(asked) == 1 and not mixes:
            chosen = default_mixes(one.scenario, one.catalog)
        start = f"{file}: " if len(asked) > 1 else ""
        columns += [
            Column(f"{start}{mix.name}", mix.says(one.scenario), one, mix) for mix in chosen
        ]
        if not chosen:
            columns.append(Column(file, one.scenario.name, one))
    names = [column.name for column in columns]
    problems += [
        Problem(
            "I002",
            f"two columns are called `{name}`",
            Mark(SourceText("file", name), 1, 1, len(name)),
            help="give each file once",
        )
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if problems:
        raise OptionError(problems)
    return columns


@dataclass
class _Solving:
    """Columns that are solved, one after the other."""

    columns: Sequence[Column]
    executor: Executor
    options: Options
    tell: Tell
    equal: tuple[Edit, ...] = ()
    answers: dict[int, Answer] = field(default_factory=dict)
    edits: dict[int, tuple[Edit, ...]] = field(default_factory=dict)

    def read(self) -> None:
        """Every mix against its scenario, before any is solved. Raises `OptionError` with every
        mistake of all of them.
        """
        problems: list[Problem] = []
        for i, column in enumerate(self.columns):
            if column.loaded is not None:
                try:
                    self.edits[i] = _edits(column)
                except InputError as error:
                    problems.extend(error.problems)
        if problems:
            raise OptionError(list(dict.fromkeys(problems)))

    def one(self, question: Question) -> Answer:
        """The answer to a question; what is no answer is told in words."""
        try:
            return next(iter(self.executor.answers([question])))
        except KeyboardInterrupt:
            return Answer(says="interrupted", code=OutOfTimeError.exit_code, stopped=True)
        except PlannerError as error:
            return Answer(says=str(error), code=error.exit_code)

    def question(self, i: int, known: Sequence[Known] = ()) -> Question:
        """The question of column `i`."""
        loaded = self.columns[i].loaded
        assert loaded is not None
        gap = self.options.gap
        gap = loaded.scenario.solve.gap / CLOSER if gap is None else gap
        # no way out is looked for, and no fragment left out for some of the gap
        options = replace(self.options, gap=gap, remedies_s=0.0, polish=False)
        return Question(loaded, (*self.edits[i], *self.equal), options, tuple(known))

    def solve(self) -> None:
        """Every column, those with fewer rules first; Ctrl-C ends it."""
        order = sorted(self.edits, key=lambda i: (i > 0, len(self._rules(i))))
        if not self.equal:
            order = sorted(self.edits, key=lambda i: len(self._rules(i)))
        for place, i in enumerate(order, start=1):
            self.tell(f"mix {place} of {len(order)}: {self.columns[i].name}")
            looser = [
                known
                for j in self.answers
                if self._adds_to(i, j) and (known := self.answers[j].known) is not None
            ]
            self.answers[i] = self.one(self.question(i, looser))
            if self.answers[i].interrupted:
                return
        for i in order:
            self._no_dearer(i)

    def _rules(self, i: int) -> list[object]:
        column = self.columns[i]
        assert column.loaded is not None
        scenario = column.loaded.scenario
        return list(column.mix.rules(scenario)) if column.mix else []

    def _adds_to(self, i: int, j: int) -> bool:
        """Whether column `i` only adds rules to column `j`: same scenario and candidates."""
        mine, theirs = self.columns[i], self.columns[j]
        if mine.loaded is not theirs.loaded or mine.mix is None or theirs.mix is None or i == j:
            return False
        same = _candidates(self.edits[i]) == _candidates(self.edits[j])
        rules = self._rules(i)
        return same and all(rules.count(rule) >= n for rule, n in _counted(self._rules(j)))

    def _no_dearer(self, i: int) -> None:
        """A column may do all that one with more rules may: if that one's plan is better, within
        the gap, it is taken over, with the bound of its own.
        """
        for j, tighter in list(self.answers.items()):
            mine = self.answers[i]
            if (
                mine.plan is not None
                and mine.known is not None
                and tighter.plan is not None
                and tighter.known is not None
                and self._adds_to(j, i)
                and _ahead(tighter.plan, mine.plan)
            ):
                known = replace(tighter.known, outcome=mine.known.outcome)
                again = self.one(self.question(i, [known]))
                if again.plan is not None and not _ahead(mine.plan, again.plan):
                    self.answers[i] = again

    def compared(self, i: int) -> Compared:
        """What became of column `i`."""
        column = self.columns[i]
        if column.loaded is None:
            return Compared(column.name, column.says, "plan", column.plan)
        answer = self.answers.get(i)
        if answer is None:
            code = OutOfTimeError.exit_code
            return Compared(column.name, column.says, "not solved", None, "interrupted", code)
        if answer.plan is not None:
            code = OutOfTimeError.exit_code if answer.interrupted else 0
            return Compared(column.name, column.says, "plan", answer.plan, "", code)
        state: State = "no plan" if answer.impossible else "not solved"
        code = 0 if answer.impossible else answer.code
        return Compared(column.name, column.says, state, None, self._why(column, answer), code)

    def _why(self, column: Column, answer: Answer) -> str:
        """Why there is no plan; of a contradiction, where its rule stands."""
        if not answer.problems or column.loaded is None:
            start = "not as the reference: " if self.equal and answer.refusal else ""
            return start + answer.says.removeprefix("no plan: ")
        scenario, said, own = column.loaded.scenario, [], False
        for problem in answer.problems:
            rule, place = problem.path.removeprefix("diversification."), None
            if column.mix is not None and rule.isdecimal():
                place = column.mix.place(scenario, int(rule))
                own = own or place is None
            mark = place or problem.mark
            said.append(f"{problem.message} ({mark})" if mark else problem.message)
        hint = "; `free+` before the mix leaves the scenario's own rules out" if own else ""
        return "; ".join(said) + hint


def _title(column: Column) -> str:
    plan, loaded = column.plan, column.loaded
    return loaded.scenario.name if loaded else plan.name if plan else ""


def _edits(column: Column) -> tuple[Edit, ...]:
    loaded, mix = column.loaded, column.mix
    return () if loaded is None or mix is None else mix.edits(loaded.scenario, loaded.catalog)


def _candidates(edits: Sequence[Edit]) -> list[object]:
    return [edit.value for edit in edits if edit.path == "systems"]


def _counted(rules: Sequence[object]) -> list[tuple[object, int]]:
    return [(rule, rules.count(rule)) for rule in rules]


def compare(
    columns: Sequence[Column],
    executor: Executor,
    options: Options = OWN,
    *,
    at: At | None = None,
    title: str = "",
    tell: Tell = lambda text: None,
) -> Comparison:
    """Solve every column that is no plan.

    With `at`, the reference is solved as its scenario asks, and then every column, the reference
    too, at what that plan delivers, draws or spends. A column without a plan is an answer, and one
    that failed or was struck by Ctrl-C is told as not solved; those before it are kept. Wrong mixes
    raise `OptionError` with every mistake.
    """
    solving = _Solving(columns, executor, options, tell)
    solving.read()
    first, loaded = columns[0], columns[0].loaded
    case = loaded.case if loaded is not None else first.plan.case if first.plan else None
    assert case is not None
    precision = precision_of(case)
    name = title or " · ".join(dict.fromkeys(_title(column) for column in columns))
    if at is not None and loaded is not None:
        tell(f"reference: {first.name}")
        question = replace(
            solving.question(0), options=replace(options, remedies_s=0.0, polish=False)
        )
        answer = solving.one(question)
        if answer.plan is None or answer.interrupted:
            solving.answers[0] = answer
            return _without_reference(solving, name, at)
        solving.equal = equal_edits(at, loaded.scenario, answer.plan, precision)
    solving.solve()
    return Comparison(name, tuple(solving.compared(i) for i in range(len(columns))), at, precision)


def _without_reference(solving: _Solving, name: str, at: At) -> Comparison:
    """Where the reference has no plan, nothing else was solved."""
    first = solving.compared(0)
    code = first.code or InfeasibleError.exit_code
    why = "interrupted" if solving.answers[0].interrupted else FIRST
    rest = [
        Compared(column.name, column.says, "not solved", None, why, code)
        for column in solving.columns[1:]
    ]
    return Comparison(name, (first, *rest), at)


def _ahead(one: Plan, other: Plan) -> bool:
    """Whether a plan is better than another in their first objective, by more than rounding."""
    mine, theirs = one.goals[0], other.goals[0]
    edge = mine.value - theirs.value
    if not one.case.of(ObjectivesCase).goals[0].goal.maximize:
        edge = -edge
    return edge > ROUNDING * max(abs(mine.value), abs(theirs.value))
