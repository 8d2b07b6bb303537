"""A question and its answer, both data: every study makes questions and folds answers, and does not
care who answers them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from planner.errors import InfeasibleError, InputError, NoPlanError
from planner.pipeline import OWN, Options, solve
from planner.plan.schema import Plan
from planner.records import Edit
from planner.refusal import Refusal
from planner.scenario.load import Loaded
from planner.solver.engine import Engine, Watcher


@dataclass(frozen=True)
class Question:
    """A scenario, what differs in it, and how hard to look. It can be pickled."""

    loaded: Loaded
    edits: tuple[Edit, ...] = ()
    """Of the scenario."""
    options: Options = OWN


@dataclass(frozen=True)
class Answer:
    """A plan, or why there is none. It can be pickled."""

    plan: Plan | None = None
    refusal: Refusal | None = None
    """Where it is proven that there is none."""
    says: str = ""
    """Why there is no plan, or none was found, in words; empty with a plan."""

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C struck the solve."""
        return self.plan is not None and self.plan.solve.status == "interrupted"


def ask(question: Question, engine: Engine, watch: Watcher | None = None) -> Answer:
    """The answer to one question. Raises what is no answer: `UnboundedError`, `SolverError`,
    `AuditError`.
    """
    try:
        return Answer(
            plan=solve(
                question.loaded.edited(question.edits), question.options, engine=engine, watch=watch
            )
        )
    except InfeasibleError as error:
        return Answer(refusal=error.refusal, says=str(error))
    except (NoPlanError, InputError) as error:
        return Answer(says=str(error))


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
