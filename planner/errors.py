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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from planner.likeness import nearest as nearest

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
class SourceText:
    """A text that positions can point into."""

    name: str
    text: str
    _lines: list[str] = field(default_factory=list, repr=False, compare=False)

    def line(self, number: int) -> str:
        """Line `number` (from 1) without its end; empty if there is none."""
        if not self._lines:
            self._lines.extend(self.text.splitlines())
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text: line and column from 1, and how many characters to underline."""

    source: SourceText
    line: int
    column: int
    length: int = 1

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: what stands there, what was expected, and the way out.

    `code` is a key of `CODES`; `path` names the place in the data (`sites.0.power`) when there is no `mark`.
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
        self.problems = sorted(problems, key=lambda p: (p.mark.source.name, p.mark.line, p.mark.column) if p.mark else ("", 0, 0))
        super().__init__("\n".join(p.concise() for p in self.problems))


class OptionError(InputError):
    """An option of the command line cannot be used."""

    exit_code = 2


class NoPlanError(PlannerError):
    """The question was well put and has no plan."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Limit:
    """One named limit of a scenario as a person would say it, with where it stands in the file."""

    name: str
    says: str
    mark: Mark | None = None
    path: str = ""
    period: str = ""
    """First period of the step that is meant, of a limit that steps over time."""


@dataclass(frozen=True, slots=True)
class Change:
    """One number of a scenario that would have to be another, or one step that would have to come at another date."""

    limit: str
    says: str
    mark: Mark | None
    path: str
    first: str
    """First and last period of the number; empty for a limit without periods."""
    last: str
    before: float
    after: float | None
    """What it would have to be, in `unit`; None where it is the date that changes."""
    unit: str
    date: str = ""
    """Period in which the step would have to begin; empty where it is the amount that changes."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Changes that together leave a plan, all other limits as they are."""

    changes: tuple[Change, ...]
    size: float
    """Sum of the relative changes; of a date, the share of the horizon by which it moves."""
    least: bool
    """Whether it is proven that no smaller change of these numbers does."""
    verified: bool
    """Whether a plan was found with exactly these changes."""

    def lines(self) -> Iterator[str]:
        """As a person reads it, each change with its place in the file."""
        sure = ("verified" if self.verified else "not verified") + ("" if self.least else "; perhaps less would do")
        for number, change in enumerate(self.changes):
            last = number + 1 == len(self.changes)
            yield ("and " if number else "") + change.says + (f" ({sure})" if last else "")
            if change.mark:
                yield f"    {change.mark}: {change.mark.source.line(change.mark.line).strip()}"


class InfeasibleError(NoPlanError):
    """No plan satisfies all limits: `conflict` is a set of them that cannot hold together, and so is each set of `apart`.

    A set that a solver found is minimal unless `findings` says otherwise. `repairs` are what alone would make a plan possible, the smallest
    change first; `together` is the smallest change of all limits where it takes more than one of them, and if that lowers what is asked
    for, the smallest that does not; `findings` says what else is known.
    """

    def __init__(
        self,
        conflict: Sequence[Limit],
        findings: Sequence[str] = (),
        repairs: Sequence[Repair] = (),
        together: Sequence[Repair] = (),
        apart: Sequence[Sequence[Limit]] = (),
    ) -> None:
        self.causes = tuple(tuple(cause) for cause in (conflict, *apart))
        self.findings = tuple(findings)
        self.repairs = tuple(repairs)
        self.together = tuple(together)
        names = [" · ".join(dict.fromkeys(limit.name for limit in cause)) for cause in self.causes]
        said = "; nor can ".join(dict.fromkeys(name for name in names if name)) or "the limits of the scenario"
        super().__init__(f"no plan: these limits cannot hold together: {said}")

    @property
    def conflict(self) -> tuple[Limit, ...]:
        """The limits of all sets, each once."""
        return tuple({(limit.name, limit.says): limit for cause in self.causes for limit in cause}.values())

    def account(self) -> Iterator[str]:
        """Everything that is known, line by line: the limits with their places, what is short, and the ways out."""
        for limit in self.conflict:
            yield f"- {limit.says}"
            if limit.mark:
                yield f"    {limit.mark}: {limit.mark.source.line(limit.mark.line).strip()}"
        yield from self.findings
        if self.repairs:
            yield "any one of these would do, all other limits as they are:" if len(self.repairs) > 1 else "this would do:"
        for repair in self.repairs:
            yield from (f"  {line}" for line in repair.lines())
        for number, repair in enumerate(self.together):
            what = "the least change of ceilings alone" if number else "the least change of all limits together"
            yield f"{what} ({100 * repair.size:.3g} % in all, each change as a share of its number):"
            yield from (f"  {line}" for line in repair.lines())


class OutOfTimeError(NoPlanError):
    """The time limit passed before any plan was found."""

    exit_code = 4


class UnboundedError(PlannerError):
    """The objective can grow for ever; the message names the limit that is missing."""


class SolverError(PlannerError):
    """The solver refused the model, died, or returned an answer that does not satisfy it."""


class AuditError(PlannerError):
    """The plan's figures do not follow from its decisions, or it breaks a limit of its scenario."""

    def __init__(self, findings: Sequence[Problem]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(p.concise() for p in findings))
