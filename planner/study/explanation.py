"""What an explanation says, and what may be asked of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planner.records import Record, many
from planner.refusal import Repair, Sense

WITHIN_S = 120.0
MOST = 10


@dataclass(frozen=True)
class ExplainOptions:
    """What is to be explained: by default, what matters most of everything."""

    limits: tuple[str, ...] = ()
    """Limits to be priced, and nothing else."""
    goal: int = 1
    """Number of the objective that prices are in."""
    most: int = MOST
    """So many limits, dates and candidates are solved again."""
    within_s: float = WITHIN_S


Status = Literal["solved", "no plan", "out of time", "failed", "not asked"]


class Objective(Record):
    """The objective that prices are in, and the plan's value of it."""

    number: int
    """From 1; earlier ones are held at what the plan reached."""
    name: str
    unit: str
    value: float
    bound: float | None
    gap: float | None
    in_parts: float
    """The same with machines in parts and yes-or-no decisions as in the plan: the linear program
    that the duals are of."""
    tolerance: float | None = None
    """How far a re-solved difference may be from the true one where both solves end at the gaps
    they were asked for: the plan's own gap and that of the solve again. None if nothing is proven
    of the plan."""


class Resolved(Record):
    """The integer model solved again with one number moved."""

    move: str
    """`1 MW more`."""
    status: Status
    expected: float | None
    """What the linear program says of the same move."""
    better: float | None
    low: float | None
    high: float | None
    """The true difference lies between these."""
    within_gap: bool
    agrees: bool | None
    """Whether the linear program's difference lies between low and high, give or take a tenth of
    it; None if either is missing."""
    second: str
    """What a second solver said of the proof."""
    seconds: float
    says: str


class LimitState(Record):
    """One number of the scenario, and how far it is from binding under the plan."""

    limit: str
    when: str
    says: str
    sense: Sense
    amount: float
    unit: str
    headroom: float | None
    """None where it does not count (a share nobody has to reach)."""
    binding: bool
    path: str
    place: str
    """`file:line:column`, empty if the file is not at hand."""


class SensitivityRow(Record):
    """What one more unit of a limit is worth."""

    limit: str
    when: str
    sense: Sense
    amount: float
    unit: str
    path: str
    place: str
    dual: float
    """Gain per unit when it gives way, by the linear program at the plan."""
    more: float | None
    """The same measured by a little more of room."""
    less: float | None
    """Cost per unit of a little less room; None if nothing is left then."""
    degenerate: bool
    machine: float | None
    """What the smallest machine of the plan takes of it."""
    step: float
    loosened: Resolved
    tightened: Resolved
    says: list[str]


class DateRow(Record):
    """What it is worth when a dated step comes a period sooner or later."""

    limit: str
    amount: float
    unit: str
    begins: str
    moved_to: str
    sooner: bool
    place: str
    expected: float | None
    resolved: Resolved


class Charge(Record):
    """What one limit charges for a machine (positive), or pays for it (negative)."""

    limit: str
    amount: float


class NotBought(Record):
    """A candidate that the plan does not buy for a site, and why."""

    system: str
    site: str
    reason: Literal["kept away", "dearer", "tie", "bought elsewhere"]
    says: str
    place: str = ""
    period: str = ""
    """In which it comes nearest to paying."""
    short_of_paying: float | None = None
    """Per system."""
    own: float | None = None
    charges: list[Charge] = []
    price_usd: float | None = None
    entry_price_usd: float | None = None
    """At which it would pay by the linear program; None if at no price, or if the system is bought
    elsewhere."""
    pays_at_usd: float | None = None
    """A price at which solving again proves that buying it is better."""
    not_at_usd: float | None = None
    """A price at which solving again gains nothing that can be told from the gap."""


class Conflicting(Record):
    """One limit of a set that cannot hold together."""

    limit: str
    says: str
    path: str
    place: str
    line: str
    kind: str = ""
    """Row of its kind: `power.utility`."""


class ServableRow(Record):
    """The most that can be had of a demand in one period while all other limits stand."""

    demand: str
    period: str
    need: float
    most: float
    proven: bool
    unit: str
    says: str


class Explanation(Record):
    """The answer to `why`."""

    format: Literal["ai-cluster-explanation"] = "ai-cluster-explanation"
    format_version: Literal[1] = 1
    name: str
    scenario_file: str
    outcome: Literal["plan", "no plan"]
    status: str
    asked_gap: float
    seconds: float
    objective: Objective | None = None
    limits: list[LimitState] = []
    tags: list[SensitivityRow] = []
    dates: list[DateRow] = []
    not_bought: list[NotBought] = []
    findings: list[str] = []
    """What arithmetic alone says of a question without a plan."""
    conflict: list[Conflicting] = []
    servable: list[ServableRow] = []
    repairs: list[Repair] = []
    cheapest: Repair | None = None
    """The smallest sum of relative changes."""
    cheapest_above: Repair | None = None
    """The same where only ceilings give way and every demand and floor stays, if that is
    another."""
    notes: list[str] = []

    def __repr__(self) -> str:
        found = (
            many(len(self.tags), "priced limit")
            if self.outcome == "plan"
            else many(len(self.repairs), "repair")
        )
        return f"<Explanation of `{self.name}`: {self.outcome}, {found}>"

    __str__ = __repr__

    def to_json(self) -> str:
        """The explanation as a file."""
        return self.model_dump_json(indent=1) + "\n"
