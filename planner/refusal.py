"""Why there is no plan, as data: limits that cannot hold together, what can be had instead, and the
ways out.

A `Refusal` is made once, where a question has no plan, and told everywhere: as lines at the
terminal, as tables and as JSON.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from planner.marks import Mark
from planner.numbers import exact, number

WORTH = 0.9
"""Changes of several limits are told where they are smaller than this part of the smallest change
of one."""
SHORT = 1e-6
"""A demand that is short by a smaller share than this can be had."""
ONLY_JUST = 0.05
"""A demand that is short by no more than this share only just cannot be met."""
SHOWN = 12
"""Most periods of a demand that are told one by one."""

Sense = Literal["at most", "at least"]
Search = Literal["all", "not asked", "interrupted", "out of time", "failed"]
"""How far the search for ways out came; `failed` where the solver did."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One named limit of a scenario as a person would say it, with where it stands in the file."""

    name: str
    says: str
    mark: Mark | None = None
    path: str = ""
    period: str = ""
    """First period of the step that is meant, of a limit that steps over time."""
    kind: str = ""
    """Row of its kind: `power.utility`; empty where no row holds it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One number of a scenario that would have to be another, one step that would have to come at
    another date, or one other thing.
    """

    limit: str
    when: str
    """Its periods: `2027-Q4..2028-Q2`; empty for a limit without periods."""
    sense: Sense
    amount: float | None
    """As it is, in `unit`; None for what is no number."""
    to: float | None
    """What it would have to be; None where it is no number that changes."""
    to_period: str | None
    """The period in which the step would have to begin; None where it is not the date that
    changes."""
    unit: str
    says: str
    path: str
    first: str = ""
    last: str = ""
    kind: str = ""
    """Row of its kind; empty for what no row holds."""
    place: str = ""
    """`file:line:column`, empty if the file is not at hand."""
    line: str = ""

    def at(self, path: str, mark: Mark | None) -> Change:
        """The same with its place in the file."""
        return replace(
            self, path=path, place=str(mark) if mark else "", line=mark.text if mark else ""
        )


@dataclass(frozen=True, slots=True)
class Repair:
    """Changes that together leave a plan, all other limits as they are."""

    changes: tuple[Change, ...]
    size: float
    """Sum of the relative changes; of a date, the share of the horizon by which it moves."""
    least: bool
    """Whether it is proven that no smaller change of these numbers does."""
    verified: bool
    """Whether the repaired question was solved and its plan satisfies every row."""
    value: float | None = None
    """First objective of the plan found then, within a hundredth of the best; None where it was not
    asked for."""
    says: str = ""

    def __post_init__(self) -> None:
        if not self.says:
            object.__setattr__(
                self,
                "says",
                " and ".join(change.says for change in self.changes) or "nothing need change",
            )

    @property
    def of_amounts(self) -> bool:
        """Whether numbers change, and nothing else."""
        return all(change.to is not None for change in self.changes)

    def lines(self) -> Iterator[str]:
        """As a person reads it, each change with its place in the file."""
        sure = ("verified" if self.verified else "not verified") + (
            "" if self.least else "; perhaps less would do"
        )
        for i, change in enumerate(self.changes):
            last = i + 1 == len(self.changes)
            yield ("and " if i else "") + change.says + (f" ({sure})" if last else "")
            if change.place:
                yield f"    {change.place}: {change.line}"


@dataclass(frozen=True, slots=True)
class Servable:
    """The most that can be had of a demand in one period while all other limits stand."""

    demand: str
    period: str
    need: float
    most: float
    proven: bool
    unit: str
    alone: bool
    """With the other demands aside, since they conflict by themselves."""

    @property
    def short(self) -> float:
        """What the demand asks for and cannot get, in its unit."""
        return 0.0 if self.most >= self.need * (1 - SHORT) else self.need - self.most

    @property
    def says(self) -> str:
        """How near it is to what is asked for."""
        aside, sure = (
            ", with other demands aside" if self.alone else "",
            "" if self.proven else " (the best found, not proven)",
        )
        if not self.short:
            return f"could be met by itself{aside}{sure}"
        just = "only just short: " if self.short <= ONLY_JUST * self.need else "short by "
        return f"{just}{number(self.short)} {self.unit}{aside}{sure}"


@dataclass(frozen=True)
class Refusal:
    """Why a question has no plan, and what would make one.

    Each of `causes` is a set of limits that cannot hold together. A set that a solver found is
    minimal unless `findings` says otherwise.
    """

    causes: tuple[tuple[Limit, ...], ...]
    findings: tuple[str, ...] = ()
    """What else is known, in words."""
    servable: tuple[Servable, ...] = ()
    repairs: tuple[Repair, ...] = ()
    """What alone would make a plan possible, the smallest change first."""
    cheapest: Repair | None = None
    """The smallest sum of relative changes of all limits."""
    cheapest_above: Repair | None = None
    """The same where only ceilings give way and every demand and floor stays, if that is
    another."""
    search: Search = "not asked"
    """Whether all ways out were looked for."""

    @property
    def conflict(self) -> tuple[Limit, ...]:
        """The limits of all sets, each once."""
        return tuple(
            {(limit.name, limit.says): limit for cause in self.causes for limit in cause}.values()
        )

    @property
    def together(self) -> tuple[Repair, ...]:
        """The cheapest combinations, where they are worth telling beside what does alone."""
        alone = [repair for repair in self.repairs if repair.of_amounts]
        ceilings = [
            repair
            for repair in alone
            if all(change.sense == "at most" for change in repair.changes)
        ]
        ways = [
            (way, rivals)
            for way, rivals in ((self.cheapest, alone), (self.cheapest_above, ceilings))
            if way is not None
        ]
        return tuple(
            way
            for way, rivals in ways
            if not rivals
            or (len(way.changes) > 1 and way.size < WORTH * min(rival.size for rival in rivals))
        )

    def says(self) -> str:
        """In one line."""
        names = [" · ".join(dict.fromkeys(limit.name for limit in cause)) for cause in self.causes]
        told = (
            "; nor can ".join(dict.fromkeys(name for name in names if name))
            or "the limits of the scenario"
        )
        return f"no plan: these limits cannot hold together: {told}"

    def account(self) -> Iterator[str]:
        """Everything that is known, line by line: the limits with their places, what is short, and
        the ways out.
        """
        for limit in self.conflict:
            yield f"- {limit.says}"
            if limit.mark:
                yield f"    {limit.mark}: {limit.mark.text}"
        yield from self.findings
        yield from self.searched()
        yield from _runs(self.servable)
        if self.repairs:
            yield (
                "any one of these would do, all other limits as they are:"
                if len(self.repairs) > 1
                else "this would do:"
            )
        for repair in self.repairs:
            yield from (f"  {line}" for line in repair.lines())
        for repair in self.together:
            what = (
                "the least change of all limits together"
                if repair is self.cheapest
                else "the least change of ceilings alone"
            )
            yield (
                f"{what} ({100 * repair.size:.3g} % in all, each change as a share of its number):"
            )
            yield from (f"  {line}" for line in repair.lines())

    def searched(self) -> Iterator[str]:
        """How far the search for a way out came."""
        if self.search == "interrupted":
            if not any(finding.startswith("interrupted") for finding in self.findings):
                yield "interrupted while looking for a way out; this is what was known"
        elif self.search in ("all", "out of time") and not any(
            repair.changes[0].kind for repair in self.repairs
        ):
            because = (
                "other limits conflict as well"
                if self.search == "all"
                else "or that was not found out in time"
            )
            yield f"loosening one of these limits alone does not help: {because}"
        if self.search == "out of time":
            yield "the time limit ended the search for a way out"


def _runs(servable: tuple[Servable, ...]) -> Iterator[str]:
    """The periods in which demands fall short by themselves; periods that follow each other alike
    are told at once.
    """
    runs: list[list[Servable]] = []
    for one in servable:
        if not one.short:
            continue
        if runs and _alike(runs[-1][-1], one):
            runs[-1].append(one)
        else:
            runs.append([one])
    told: dict[str, int] = {}
    for run in runs:
        first, last = run[0], run[-1]
        told[first.demand] = told.get(first.demand, 0) + 1
        if told[first.demand] > SHOWN:
            if told[first.demand] == SHOWN + 1:
                yield (
                    f"`{first.demand}` falls short in later periods as well, from {first.period} on"
                )
            continue
        when = first.period if first is last else f"{first.period}..{last.period}"
        sure = "" if all(one.proven for one in run) else ", by the best found"
        aside = ", even with the other demands aside" if first.alone else ""
        had = _rounded_down(first)
        yield (
            f"`{first.demand}` in {when}: at most {exact(had)} of {exact(first.need)} "
            f"{first.unit} can be had{aside}{sure}, "
            f"{exact(first.need - had)} too few"
        )


def _rounded_down(one: Servable) -> float:
    """The most that can be had, to where what is missing has four digits."""
    place = 10.0 ** max(0, 3 - math.floor(math.log10(one.short)))
    # what floating point leaves below 800 is no 799
    return math.floor(round(one.most * place, 6)) / place


def _alike(one: Servable, other: Servable) -> bool:
    same = (one.demand, one.need, one.alone) == (other.demand, other.need, other.alone)
    return same and abs(one.most - other.most) <= SHORT * max(1.0, one.most)
