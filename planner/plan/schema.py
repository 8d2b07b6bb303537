"""What does a plan say? Versioned JSON that loads back equal and renders years later with no solver
and no catalog at hand.

The tables are those of the capabilities: decisions, and what follows from them and the case, which
the audit checks. Figures are in the unit that their name ends in, money in undiscounted USD unless
the name says present worth.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib import import_module
from typing import Any, Literal, Self, TypeVar, get_args

from pydantic import model_validator
from pydantic_core import to_jsonable_python

from planner.core.case import Case
from planner.core.tables import PlanTable
from planner.errors import Problem
from planner.records import Record

OWN = "digests"
"""The field that holds the digests."""
BY_ROW, BY_KEY = ("goals",), ("case",)
"""Fields whose rows, or keys, are parts of their own: much of what they say follows from nothing,
and is to be found where it stands."""


def digests_of(data: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 of each part of a plan's fields, shortened, by its dotted path."""
    return {
        path: hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:16]
        for path, part in _parts(data)
    }


def _parts(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        said = to_jsonable_python(value)
        if name in BY_ROW:
            yield from ((f"{name}.{i}", row) for i, row in enumerate(said))
        elif name in BY_KEY:
            yield from ((f"{name}.{key}", part) for key, part in said.items())
        elif name != OWN:
            yield name, said


def edited(
    said: Mapping[str, str], data: Mapping[str, Any], known: Sequence[Problem]
) -> Iterator[Problem]:
    """Parts that are not what was saved, but for those in which something else was already found to
    be wrong.
    """
    now = digests_of(data)
    # of a newer program, which says nothing
    later = {path for path, part in _parts(data) if path not in said and not part}
    for path in dict.fromkeys([*now, *said]):
        if (
            path not in later
            and said.get(path) != now.get(path)
            and not any(f"{one.path}.".startswith(f"{path}.") for one in known)
        ):
            what = (
                "is no part of the plan"
                if path not in now
                else "was edited after the plan was saved"
            )
            yield Problem(
                "A004",
                f"`{path}` {what}: its digest is {now.get(path)}, not {said.get(path)}",
                path=path,
                help="solve again",
            )


R = TypeVar("R", bound=Record)


class Totals(Record):
    """The plan in a few figures."""

    systems: int
    accelerators: int
    """Bought."""
    capex_usd: float
    opex_usd: float
    resale_usd: float = 0.0
    """What was sold within the horizon fetched; negative, as residual worth is."""
    residual_usd: float
    penalty_usd: float
    present_cost_usd: float
    """Present worth of cash, less present residual worth, plus priced shortfall."""
    energy_mwh: float
    it_nameplate_mw: float
    """Highest over the periods, all sites together; likewise below."""
    it_peak_mw: float
    facility_peak_mw: float
    utility_peak_mw: float
    utility_nameplate_mw: float
    utility_average_mw: float
    capex_usd_per_it_mw: float | None
    """Capex over the IT nameplate of what was bought."""
    capex_usd_per_utility_mw: float | None
    """Capex over the utility nameplate of what was bought."""
    delivered_flop_s: dict[str, float]
    """Of the fleet in the last period, by precision."""


def digest_of(case: Case) -> str:
    """SHA-256 of a case, shortened; a key that a newer program knows counts where it says
    something.
    """
    said = case.model_dump(mode="json", exclude_defaults=True)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


class Polish(Record):
    """What was done to the plan once its last objective was solved."""

    cost: Literal["an objective", "least among equals", "not looked at"]
    """Whether cost was asked for; if not, whether the cheapest was looked for of plans as good in
    all that was asked."""
    fragments: int
    """Purchases below a hundredth of the accelerators that their site ever gets, and below a tenth
    of its mean purchase."""
    kept: int
    """Those of them that the plan still has."""
    fewest: bool
    """Whether it is proven that no plan has fewer and is within what each objective may give up."""


class SolveInfo(Record):
    """How the plan was found."""

    status: Literal["optimal", "feasible", "interrupted"]
    """Optimal: every objective proven within the asked gap. Feasible: stopped by the time limit.
    Interrupted: by the user."""
    solver: str
    solver_version: str
    planner_version: str
    gap: float
    time_limit_s: float
    seed: int
    seconds: float
    polish: Polish | None = None


class ObjectiveRow(Record):
    """One objective of the plan. `bound` is what no plan can beat; None where it was not computed.

    `reached` is the value when it was solved itself, before later ones, or fewer purchases, took of
    it what may be given up.

    `second` is what a second solver said of the proof: it agrees, found the better plan shown here,
    or did not get so far in time.
    """

    name: str
    unit: str
    value: float
    bound: float | None
    gap: float | None
    proven: bool
    second: Literal["not asked", "agrees", "better", "silent"] = "not asked"
    seconds: float
    reached: float | None = None


class Plan(Record):
    """A plan and the whole question that it answers."""

    format: Literal["ai-cluster-plan"] = "ai-cluster-plan"
    format_version: Literal[3] = 3
    name: str
    solve: SolveInfo
    goals: list[ObjectiveRow]
    totals: Totals
    case_digest: str
    """Of the case below: a plan whose question was edited is no longer the answer to it."""
    case: Case
    digests: dict[str, str] = {}
    """Of each part of it, as the plan was made: what nothing re-derives may not be edited
    either."""

    @model_validator(mode="after")
    def _digested(self) -> Self:
        if "digests" not in self.model_fields_set:
            self.__dict__["digests"] = digests_of(dict(self))
        return self

    def of(self, table: PlanTable[R]) -> list[R]:
        """The rows of a table."""
        rows: list[R] = getattr(self, table.name)
        return rows

    def frame(self, table: str) -> Any:
        """The rows of a table, by its name, as a pandas DataFrame. Raises KeyError for no table,
        ImportError where pandas is missing.
        """
        known = {
            name: field
            for name, field in type(self).model_fields.items()
            if isinstance(getattr(self, name), list)
        }
        if table not in known:
            raise KeyError(f"no table `{table}`; there are {', '.join(known)}")
        row = get_args(known[table].annotation)[0]
        columns = list(row.model_fields)
        return import_module("pandas").DataFrame(
            [dict(each) for each in getattr(self, table)], columns=columns
        )

    def __repr__(self) -> str:
        t = self.totals
        bought = f"{t.accelerators} accelerators in {t.systems} systems"
        return (
            f"<Plan `{self.name}`: {bought}, capex {t.capex_usd / 1e6:,.0f} MUSD, "
            f"{self.solve.status}>"
        )

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """What a notebook shows: totals and objectives."""
        t = self.totals
        rows = [
            ("systems bought", f"{t.systems:,}"),
            ("accelerators bought", f"{t.accelerators:,}"),
            ("capex", f"{t.capex_usd / 1e6:,.1f} MUSD"),
            ("opex over the horizon", f"{t.opex_usd / 1e6:,.1f} MUSD"),
            ("highest draw, utility, nameplate", f"{t.utility_nameplate_mw:,.2f} MW"),
            ("highest draw, utility, peak", f"{t.utility_peak_mw:,.2f} MW"),
            *((goal.name, f"{goal.value:,.6g} {goal.unit}") for goal in self.goals),
        ]
        cells = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows
        )
        return f"<table><caption>{escape(self.name)}: {self.solve.status}</caption>{cells}</table>"

    def to_json(self) -> str:
        """The plan file."""
        return self.model_dump_json(indent=1) + "\n"
