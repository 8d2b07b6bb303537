"""A question and its answer, both data: every study makes questions and folds answers, and does not
care who answers them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from planner.errors import (
    InfeasibleError,
    InputError,
    NoPlanError,
    OutOfTimeError,
    Problem,
)
from planner.pipeline import OWN, Known, Options, answer
from planner.plan.schema import Plan
from planner.records import Edit
from planner.refusal import Refusal
from planner.scenario.load import Loaded
from planner.solver.engine import Engine, Watcher

CONTRADICTION = "S003"
"""What shows without solving that there can be no plan."""


@dataclass(frozen=True)
class Question:
    """A scenario, what differs in it, and how hard to look. It can be pickled."""

    loaded: Loaded
    edits: tuple[Edit, ...] = ()
    """Of the scenario."""
    options: Options = OWN
    known: tuple[Known, ...] = ()
    """Answers to questions of which this one is a restriction."""


@dataclass(frozen=True)
class Answer:
    """A plan, or why there is none. It can be pickled."""

    plan: Plan | None = None
    refusal: Refusal | None = None
    """Where it is proven that there is none."""
    says: str = ""
    """Why there is no plan, or none was found, in words; empty with a plan."""
    problems: tuple[Problem, ...] = ()
    """What cannot be asked so, with its places."""
    code: int = 0
    """Exit code of the error, 0 with a plan."""
    stopped: bool = False
    """Whether Ctrl-C struck before any plan was found."""
    known: Known | None = None
    """What it says of questions that restrict this one."""

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C struck the solve."""
        return self.stopped or (self.plan is not None and self.plan.solve.status == "interrupted")

    @property
    def impossible(self) -> bool:
        """Whether it is proven that there is no plan."""
        contradicts = bool(self.problems) and all(p.code == CONTRADICTION for p in self.problems)
        return self.refusal is not None or contradicts


def ask(question: Question, engine: Engine, watch: Watcher | None = None) -> Answer:
    """The answer to one question. Raises what is no answer: `UnboundedError`, `SolverError`,
    `AuditError`.
    """
    try:
        loaded = question.loaded.edited(question.edits)
        answered = answer(loaded, engine, question.options, watch=watch, known=question.known)
        return Answer(plan=answered.plan, known=answered.known)
    except InfeasibleError as error:
        stopped = error.refusal.search == "interrupted"
        return Answer(refusal=error.refusal, says=str(error), code=error.exit_code, stopped=stopped)
    except (NoPlanError, InputError) as error:
        problems = tuple(error.problems) if isinstance(error, InputError) else ()
        stopped = isinstance(error, OutOfTimeError) and error.interrupted
        return Answer(says=str(error), problems=problems, code=error.exit_code, stopped=stopped)


class Executor(Protocol):
    """Answers questions: one after the other, in several processes, on a cluster of machines."""

    def answers(self, questions: Iterable[Question]) -> Iterator[Answer]:
        """One answer for each question, in their order; a question is not asked before its answer,
        or a later one, is wanted.
        """
        ...


@dataclass(frozen=True)
class Serial:
    """One question after the other, by one engine."""

    engine: Engine
    watch: Watcher | None = None

    def answers(self, questions: Iterable[Question]) -> Iterator[Answer]:
        """As each is wanted. Raises what `ask` raises."""
        return (ask(question, self.engine, self.watch) for question in questions)
