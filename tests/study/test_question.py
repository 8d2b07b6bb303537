"""Questions and answers are data: they can be sent to another process, and it does not matter who
answers them."""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import pytest

from planner.core.scenario import Scenario
from planner.pipeline import Options
from planner.plan.schema import Plan
from planner.records import Edit, edited
from planner.solver.engine import Engine
from planner.study.compare import columns_of, compare
from planner.study.mixes import parse_mixes
from planner.study.question import Answer, Question, Serial, ask
from tests.scenario.sample import SOUND, load, spoilt

LATE = spoilt("lead_time: 0 days", "lead_time: 300 days").replace("2027-Q1: 1000", "2026-Q3: 1000")
QUESTIONS = [
    Question(load(SOUND)),
    Question(load(SOUND), (Edit("horizon.step", "month"),), Options(gap=0.01, seed=3)),
    Question(load(LATE)),
    Question(load(SOUND), (Edit("systems", []),)),
]


def alone(question: Question) -> Answer:
    """The answer of a process of its own."""
    with Engine() as engine:
        return ask(question, engine)


@dataclass(frozen=True)
class Processes:
    """Another process answers."""

    pool: ProcessPoolExecutor

    def answers(self, questions: Iterable[Question]) -> Iterator[Answer]:
        yield from self.pool.map(alone, questions)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Processes]:
    """A process that shares nothing with this one."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield Processes(pool)


def timeless(plan: Plan | None) -> object:
    """A plan without the seconds that it took."""
    if plan is None:
        return None
    solve = plan.solve.model_copy(update={"seconds": 0.0})
    goals = [goal.model_copy(update={"seconds": 0.0}) for goal in plan.goals]
    return plan.model_copy(update={"solve": solve, "goals": goals, "digests": {}})


@pytest.fixture(scope="module")
def here(engine: Engine) -> list[Answer]:
    """The answers one after the other."""
    return list(Serial(engine).answers(QUESTIONS))


def test_answers(here: list[Answer]) -> None:
    plan, monthly, refused, wrong = here
    assert plan.plan is not None and monthly.plan is not None
    assert (plan.plan.case.step, monthly.plan.case.step) == ("quarter", "month")
    assert (monthly.plan.solve.gap, monthly.plan.solve.seed) == (0.01, 3)
    assert refused.refusal is not None
    assert refused.says == refused.refusal.says()
    assert refused.refusal.conflict[0].mark is not None
    assert (wrong.plan, wrong.refusal) == (None, None)
    assert "no system of this scenario can serve demand `first`" in wrong.says


def test_other_processes_answer_the_same(here: list[Answer], elsewhere: Processes) -> None:
    """Proves: questions, with their catalog and their file, and answers, with their places, are
    sent whole."""
    there = list(elsewhere.answers(QUESTIONS))
    assert [timeless(answer.plan) for answer in there] == [timeless(answer.plan) for answer in here]
    assert [answer.refusal for answer in there] == [answer.refusal for answer in here]
    assert [answer.says for answer in there] == [answer.says for answer in here]
    assert pickle.loads(pickle.dumps(QUESTIONS[1])).edits == QUESTIONS[1].edits


def test_a_study_does_not_care_who_answers(engine: Engine, elsewhere: Processes) -> None:
    """Proves: a comparison by other processes is that of this one."""
    columns = columns_of([("sample", load(SOUND))], parse_mixes(["free", "max:60%", "only:nvidia"]))
    here = compare(columns, Serial(engine)).columns
    there = compare(columns, elsewhere).columns
    assert [timeless(one.plan) for one in here] == [timeless(one.plan) for one in there]
    assert [one.refusal for one in here] == [one.refusal for one in there]
    assert [one.state for one in here] == ["plan", "plan", "no plan"]


def test_nothing_is_asked_before_it_is_wanted(engine: Engine) -> None:
    """Proves: after Ctrl-C no further question is asked."""
    asked = []

    def questions() -> Iterator[Question]:
        for question in QUESTIONS[:2]:
            asked.append(question)
            yield question

    answers = Serial(engine).answers(questions())
    assert asked == []
    next(answers)
    assert len(asked) == 1


def test_edits() -> None:
    """Proves: the value stands where the path leads, in a list as in a record, and the record
    itself is as it was."""
    scenario = load(SOUND).scenario
    first = scenario.systems[0]
    edits = [Edit("systems.0.price_usd", 5.0), Edit("horizon.step", "month"), Edit("demands", [])]
    found: Scenario = edited(scenario, edits)
    assert (found.systems[0].price_usd, found.horizon.step) == (5.0, "month")
    assert found.systems[0].model_copy(update={"price_usd": first.price_usd}) == first
    assert scenario.systems[0] is first


@pytest.mark.parametrize(
    "path", ["horizn.step", "systems.9.price_usd", "systems.first", "name.x", "systems.0.prize"]
)
def test_an_edit_that_leads_nowhere(path: str) -> None:
    with pytest.raises(KeyError, match=f"no field `{path}`"):
        edited(load(SOUND).scenario, [Edit(path, 1)])
