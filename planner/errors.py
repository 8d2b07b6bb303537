"""What can go wrong, as types and as words.

PlannerError
├── InputError            a file or an id is wrong: a list of `Problem`s, all found at once (exit 1)
│   └── OptionError       an option of the command line is wrong (exit 2)
├── NoPlanError           the question was well put and has no plan
│   ├── InfeasibleError   the limits contradict each other (exit 3)
│   └── OutOfTimeError    no plan was found within the time limit (exit 4)
├── UnboundedError        nothing limits what the objective rewards (exit 1)
├── SolverError           the solver failed or contradicted itself (exit 1)
└── AuditError            a plan does not survive re-derivation (exit 1)

Only the doors (`cli`, later `web`) catch these and print them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.likeness import nearest as nearest
from planner.marks import Mark as Mark
from planner.marks import SourceText as SourceText
from planner.refusal import Refusal

CODES: dict[str, str] = {
    "Y001": "the text is not YAML",
    "Y002": "a key stands twice in one mapping",
    "Y003": "tags, anchors and oversized files are refused",
    "Y004": "the file cannot be read",
    "K001": "unknown key",
    "K002": "a required key is missing",
    "K003": "keys that exclude or need each other",
    "T001": "wrong type of value",
    "T002": "not one of the allowed words",
    "U001": "a quantity without its unit",
    "U002": "a unit of the wrong dimension",
    "U003": "unknown unit",
    "U004": "not a quantity",
    "R001": "a number outside its range",
    "D001": "not a date",
    "D002": "dates out of order or outside the horizon",
    "I001": "an id that nothing defines",
    "I002": "an id defined twice",
    "S001": "a line that leads to no constraint",
    "S002": "a figure that nobody published and the scenario does not give",
    "S003": "a contradiction visible without solving",
    "A001": "a figure in a plan that does not follow from its own decisions",
    "A002": "a limit of the scenario that the plan breaks",
    "A003": "a plan file of another format",
    "A004": "a part of a plan that was edited after it was saved",
    "C001": "a figure that is physically impossible",
    "C002": "a catalog figure without a proper source",
    "C003": "a catalog figure that is old",
    "C004": "a figure that looks wrong",
}
"""Stable codes of problems; printed as `PL-<code>`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: what stands there, what was expected, and the way out.

    `code` is a key of `CODES`; `path` names the place in the data (`sites.0.power`) when there is
    no `mark`.
    """

    code: str
    message: str
    mark: Mark | None = None
    path: str = ""
    help: str = ""
    warning: bool = False

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise KeyError(self.code)

    def concise(self) -> str:
        """`file:line:column: PL-CODE message` on one line."""
        place = f"{self.mark}: " if self.mark else ""
        remedy = f" ({self.help})" if self.help else ""
        return f"{place}PL-{self.code} {self.message}{remedy}"

    def render(self) -> str:
        """The same with the line of text, a caret and the remedy below it."""
        kind = "warning" if self.warning else "error"
        lines = [f"{kind}[PL-{self.code}]: {self.message}"]
        if self.mark:
            lines.append(f" --> {self.mark}" + (f"  ({self.path})" if self.path else ""))
            text = self.mark.source.line(self.mark.line)
            if text:
                gutter = " " * len(str(self.mark.line))
                room = max(1, min(self.mark.length, len(text) - self.mark.column + 1))
                lines.append(f"{gutter} |")
                lines.append(f"{self.mark.line} | {text}")
                lines.append(f"{gutter} | {' ' * (self.mark.column - 1)}{'^' * room}")
        elif self.path:
            lines.append(f" --> {self.path}")
        if self.help:
            lines.append(f"  = help: {self.help}")
        return "\n".join(lines)


class PlannerError(Exception):
    """Anything this package raises on purpose."""

    exit_code = 1


class InputError(PlannerError):
    """What was given cannot be used; every mistake is in `problems`, in the order of the text."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(
            problems,
            key=lambda p: (
                (p.mark.source.name, p.mark.line, p.mark.column) if p.mark else ("", 0, 0)
            ),
        )
        super().__init__("\n".join(p.concise() for p in self.problems))


class OptionError(InputError):
    """An option of the command line cannot be used."""

    exit_code = 2


class NoPlanError(PlannerError):
    """The question was well put and has no plan."""

    exit_code = 3


class InfeasibleError(NoPlanError):
    """No plan satisfies all limits: `refusal` says which of them cannot hold together, and what
    would make a plan possible.
    """

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.says())


class OutOfTimeError(NoPlanError):
    """The time limit passed, or Ctrl-C came (`interrupted`), before any plan was found."""

    exit_code = 4

    def __init__(self, message: str, *, interrupted: bool = False) -> None:
        self.interrupted = interrupted
        super().__init__(message)


class UnboundedError(PlannerError):
    """The objective can grow for ever; the message names the limit that is missing."""


class SolverError(PlannerError):
    """The solver refused the model, died, or returned an answer that does not satisfy it."""


class AuditError(PlannerError):
    """The plan's figures do not follow from its decisions, or it breaks a limit of its scenario."""

    def __init__(self, findings: Sequence[Problem]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(p.concise() for p in findings))
