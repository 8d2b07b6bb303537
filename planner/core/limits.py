"""A limit of the scenario, and an account: declared once, in words, with its place in the file and
its unit.

The rows of the model, the audit's table, the bounds before a solve, conflicts, repairs and
sensitivities all take the same `LimitKind`. They share its words and never its arithmetic: each
works out amounts by itself. A kind is data and functions of modules, so that it can be pickled and
its functions are checked.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from planner.core.case import Case
from planner.numbers import exact, number


def amount(value: float, unit: Unit) -> str:
    """`1 system`, `20 systems`, `12.5 MW`, with nothing lost that counts."""
    return f"{exact(value)} {unit.of(value)}".rstrip()


def rounded(value: float, unit: Unit) -> str:
    """The same with four significant digits."""
    return f"{number(value)} {unit.of(value)}".rstrip()


def unit_of_move(unit: Unit) -> Unit:
    """A share moves by points."""
    return POINTS if unit == PERCENT else unit


def where(limit: str, when: str = "") -> str:
    """`power at plains in 2028-Q3..2028-Q4`, with the limit as a name."""
    return f"`{limit}`" + (f" in {when}" if when else "")


def change(limit: str, when: str, before: float, to: float, unit: Unit) -> str:
    """A number that is another."""
    move = f"{amount(abs(to - before), unit_of_move(unit))} {'more' if to > before else 'less'}"
    return f"{where(limit, when)}: {amount(to, unit)} instead of {exact(before)}, {move}"


def change_of_date(limit: str, value: float, unit: Unit, period: str, before: str) -> str:
    """A step that comes at another date."""
    return f"{where(limit)}: {amount(value, unit)} from {period} on instead of from {before} on"


def effect(objective: str, unit: str, better: float) -> str:
    """`lowers cost by 0.83 MUSD`; `objective` is its name, `minimize cost`."""
    verb, _, what = objective.partition(" ")
    lowers = (better > 0) == (verb == "minimize")
    return f"{'lowers' if lowers else 'raises'} {what} by {number(abs(better))} {unit}"


BINDS = 0.005
"""A limit binds when less than this share of it is left. What is not there yet (no power before its
date) is not counted as binding."""


class Unit(NamedTuple):
    """The unit of a limit."""

    name: str
    one: str = ""
    """The singular of what is counted, whose amounts are whole numbers; empty for what is
    measured."""

    def of(self, amount: float) -> str:
        """The unit beside an amount: `rack` beside 1, `racks` beside 2."""
        return self.one if self.one and amount == 1 else self.name


MW, MUSD, PERCENT, NO_UNIT = Unit("MW"), Unit("MUSD"), Unit("%"), Unit("")
SYSTEMS, RACKS, POINTS = Unit("systems", "system"), Unit("racks", "rack"), Unit("points", "point")


@dataclass(frozen=True)
class At:
    """Where a limit counts."""

    case: Case
    key: tuple[str, ...]
    """Labels of its row: a site and a period, for example."""
    amount: float = math.nan
    """What the row allows, or asks for, in its unit."""
    number: int = 0
    """Of the rule, for limits of which every rule has its own; the first is 1."""
    note: str = ""
    """What its words need and neither the case nor the key says."""

    @property
    def told(self) -> str:
        """The amount in words: six digits, and all of those before the point; whoever asks for the
        name of a limit alone tells none.
        """
        return number(self.amount, 6) if math.isfinite(self.amount) else ""


class Words(NamedTuple):
    """A limit in words."""

    name: str
    """Rows of the same name are one limit to a person."""
    path: str
    """Where the scenario file speaks of it."""
    says: str
    """What it demands."""


Number = Literal["bound", "affine", "share", "cut", "choice", "none"]
"""What a person may move: the bound of a row itself; a number from which the bound follows as
offset + factor · number; one that stands among the coefficients, as it is or by its root (of an
index of concentration); a yes or no; or nothing."""


@dataclass(frozen=True)
class LimitKind:
    """One kind of limit. Its rows are `row[labels]`, or `row.N[labels]` where every rule has its
    own.
    """

    row: str
    unit: Unit | Callable[[At], Unit]
    words: Callable[[At], Words]
    least: bool = False
    """Whether its rows hold from below."""
    number: Number = "bound"
    number_unit: Unit | None = None
    """Of the number, where it is not that of the rows."""
    floor: bool = False
    """Whether more of the number tightens, though its rows hold from above."""
    dated: bool = False
    """Whether the scenario may give it from a date on, so that another date is a way out."""
    asked: bool = False
    """Whether it is what the scenario asks for: the most that can be had of it is told where there
    is no plan."""
    twin: bool = False
    """Whether its rows repeat the number of another limit, which moves them."""
    headroom: bool = True
    """Whether a person reads how much of it is left; a rule that holds or is lifted has no
    headroom."""
    untold: str = ""
    """Why no price of it can be told."""
    instead: Callable[[At, float], str] | None = None
    """For a choice: what the scenario would say instead, of a row that gives way by so much."""

    @property
    def ceiling(self) -> bool:
        """Whether more of the number leaves more freedom."""
        return not (self.least or self.floor)

    def unit_at(self, at: At) -> Unit:
        """The unit of its rows."""
        return self.unit if isinstance(self.unit, Unit) else self.unit(at)

    def label(self, key: tuple[str, ...], number: int = 0) -> str:
        """The name of a row: `power.utility[plains,2027-Q1]`."""
        return f"{self.row}.{number}[{','.join(key)}]" if number else f"{self.row}[{','.join(key)}]"


def site_path(case: Case, site: str) -> str:
    """Where the scenario speaks of a site."""
    return f"sites.{next(j for j, known in enumerate(case.sites) if known.id == site)}"


FlowKind = Literal["cash", "residual", "penalty"]
"""Cash is money; residual is worth at the end of the horizon; penalties are the scenario's prices
for what it goes without, never cash."""
Statement = Literal["capex", "opex", "financing", "income", "tax"]
"""Where a planner looks for it: capital spending, running cost, loans and their cost, what comes
in, taxes."""


@dataclass(frozen=True)
class Account:
    """One account. Amounts are spending: what comes in is negative."""

    name: str
    """Its name in plans and tables: `capex.systems`."""
    statement: Statement
    kind: FlowKind = "cash"
    in_budget: bool = True
    """Whether budgets count it; what a sale brings in loosens none."""
    party: str = ""
    """Whom it is paid to, or by; empty where several are."""

    @property
    def budgeted(self) -> bool:
        """Whether it is cash that budgets count."""
        return self.kind == "cash" and self.in_budget
