"""How far off is the component model on a metered machine that it never saw, and do simpler
calculators do better?

Leave one machine out, twice over: machines are dealt to ten blocks; for each block, the settings of
the fit (`power_choice.py`) are chosen on the other nine; then for each machine all parameters are
refitted on all other machines, with the settings chosen without it, and its rows are predicted with
their 80 % band. Two predictions stand side by side:

    model       knows of the run how busy it kept the accelerators (Rmax over peak), and whether its
                submitter calls it optimized for power
    before      knows the list of parts and nothing of the run: what a plan of a machine can know

Baselines that learn are taught on the same machines:

    constant    median W per accelerator of the other machines with the same accelerator; of its
                generation where there are none
    naive       TDP · 1.3 · PUE, PUE = 1 for an IT figure
    epoch       TDP · 1.53 · 1.14, the IT part of Epoch AI's chain (× 1.4 would be the facility)

Entries of `count: mixed` (two kinds of node, or a run on a part of the machine) are predicted and
shown, but not fitted on, and scored in a line of their own together with all others. Second runs of
an entry are fitted on and scored apart. Both are decided by what the list says, never by the power;
docs/decisions/0011 has the rules. Error = predicted / measured − 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from planner.catalog.components import PowerModel, Workload
from planner.catalog.load import Catalog
from planner.engineering.components import Node
from planner.errors import InputError, Problem
from planner.power_model.choice import BLOCKS, choose, deal
from planner.power_model.learn import (
    Fit,
    Predicted,
    Row,
    Settings,
    fit_rows,
    predict,
    predict_before,
    rows_of,
)

NAIVE = 1.3
EPOCH_SERVER, EPOCH_IT = 1.53, 1.14
LARGE = 0.15
"""An error beyond this asks for an explanation."""


def baselines(row: Row, others: Sequence[Row]) -> dict[str, float]:
    """W per accelerator that simpler calculators say."""
    return {
        "constant": constant(row, others),
        "naive": row.node.tdp_w * NAIVE,
        "epoch": row.node.tdp_w * EPOCH_SERVER * EPOCH_IT,
    }


@dataclass(frozen=True)
class Case:
    """One metered row with what was predicted of it, unseen; W per accelerator, `it` basis."""

    row: Row
    name: str
    date: str
    mixed: bool
    predicted: Predicted
    before: Predicted
    baselines: dict[str, float]
    explanation: str
    inferred: bool

    @property
    def scored(self) -> bool:
        """Whether it counts in the headline."""
        return not self.mixed and not self.row.second

    @property
    def error(self) -> float:
        """Predicted over measured, less 1."""
        return self.predicted.value / self.row.w - 1.0

    @property
    def inside(self) -> bool:
        """Whether the measured value lies in the 80 % band."""
        return self.predicted.low <= self.row.w <= self.predicted.high

    @property
    def large(self) -> bool:
        """Whether the error asks for an explanation."""
        return abs(self.error) > LARGE


@dataclass(frozen=True)
class Errors:
    """How well one kind of prediction did: medians of absolute errors, and the share of rows inside
    the 80 % band.
    """

    by_row: float
    by_machine: float
    """Median over machines of the mean absolute error of their rows."""
    coverage: float


@dataclass(frozen=True)
class Score:
    """Errors of the model with and without knowledge of the run, and of each baseline, over some
    rows.
    """

    of: str
    rows: int
    machines: int
    model: Errors
    before: Errors
    baselines: dict[str, float]


@dataclass(frozen=True)
class Twins:
    """How well machines of the same nodes foretell each other: what no list of parts can do better
    than, were it not for the run.
    """

    machines: int
    error: float
    """Median over machines of the absolute error of the median of its twins."""
    model: float
    """The model's on the same machines."""


def scores(cases: Sequence[Case]) -> Iterator[Score]:
    """The headline, the same by generation, the same with the mixed entries, and second runs; those
    without rows are left out.
    """
    headline = [case for case in cases if case.scored]
    groups = {"all": headline}
    groups |= {
        family: [case for case in headline if case.row.family == family]
        for family in sorted({case.row.family for case in headline})
    }
    groups["all, and mixed entries"] = [case for case in cases if not case.row.second]
    groups["second runs, tuned"] = [case for case in cases if case.row.second]
    yield from (score(of, members) for of, members in groups.items() if members)


def twins(cases: Sequence[Case]) -> Twins | None:
    """Machines whose accelerator, host, cooling and product line of nodes are the same; None if
    there are none. Headline runs only.
    """
    kinds: dict[tuple[str, Node, str], dict[str, list[Case]]] = {}
    for case in cases:
        if case.scored:
            row = case.row
            kinds.setdefault((row.product, rounded(row.node), row.line), {}).setdefault(
                row.machine, []
            ).append(case)
    by_twins: list[float] = []
    by_model: list[float] = []
    for machines in kinds.values():
        means = {
            machine: sum(case.row.w for case in of) / len(of) for machine, of in machines.items()
        }
        for machine, mean in means.items():
            others = [w for other, w in means.items() if other != machine]
            if others:
                by_twins.append(abs(median(others) / mean - 1.0))
                by_model.append(
                    sum(abs(case.error) for case in machines[machine]) / len(machines[machine])
                )
    return Twins(len(by_twins), median(by_twins), median(by_model)) if by_twins else None


@dataclass(frozen=True)
class Validation:
    """All cases with their scores, overall first, and the fit on all machines together."""

    workload: Workload
    cases: list[Case]
    scores: list[Score]
    fit: Fit
    chosen: dict[str, int]
    """Settings chosen without a block of machines, and for how many blocks."""
    twins: Twins | None


def validate(catalog: Catalog, workload: Workload, shuffle: int = 0) -> Validation:
    """Leave each machine out in turn; `shuffle` deals the machines to other blocks.

    Raises InputError if nothing was metered at this workload, or the catalog has no power model.
    """
    model = catalog.metered.model
    if model is None:
        raise InputError([Problem("K002", "the catalog has no `power_model`")])
    rows = rows_of(catalog, workload)
    taught = [row for row in rows if not _mixed(catalog, row)]
    if len({row.machine for row in taught}) < 2:
        raise InputError(
            [
                Problem(
                    "K002",
                    f"fewer than two machines were metered at `{workload}`",
                    help="`--workload hpl` has most",
                )
            ]
        )
    block = deal([row.machine for row in rows], BLOCKS, shuffle)
    settings = {
        i: choose([row for row in taught if block[row.machine] != i], model, shuffle)
        for i in sorted(set(block.values()))
    }
    cases = [
        case
        for machine in dict.fromkeys(row.machine for row in rows)
        for case in _cases(
            catalog,
            [row for row in rows if row.machine == machine],
            taught,
            model,
            settings[block[machine]],
        )
    ]
    chosen = Counter(str(of) for of in settings.values())
    fit = fit_rows(taught, model, choose(taught, model, shuffle))
    return Validation(
        workload, cases, list(scores(cases)), fit, dict(chosen.most_common()), twins(cases)
    )


def _mixed(catalog: Catalog, row: Row) -> bool:
    return catalog.metered.measurements[row.id].count == "mixed"


def _cases(
    catalog: Catalog,
    rows: Sequence[Row],
    taught: Sequence[Row],
    model: PowerModel,
    settings: Settings,
) -> Iterator[Case]:
    """The rows of one machine, predicted from those of all others."""
    others = [row for row in taught if row.machine != rows[0].machine]
    fit = fit_rows(others, model, settings)
    for row in rows:
        run = catalog.metered.measurements[row.id]
        foreseen = predict(row, fit, model), predict_before(row, fit, model)
        simple = baselines(row, others)
        yield Case(
            row,
            run.name,
            str(run.lists[0]),
            _mixed(catalog, row),
            *foreseen,
            simple,
            run.explanation,
            run.inferred,
        )


def constant(row: Row, others: Sequence[Row]) -> float:
    """Median W per accelerator of other machines of its type; each machine counts once, by the mean
    of its rows, second runs aside.
    """
    same: Callable[[Row], bool]
    for same in (
        lambda r: r.product == row.product,
        lambda r: r.family == row.family,
        lambda r: True,
    ):
        machines: dict[str, list[float]] = {}
        for other in others:
            if same(other) and not other.second:
                machines.setdefault(other.machine, []).append(other.w)
        if machines:
            return median(sum(values) / len(values) for values in machines.values())
    raise ValueError("nothing to learn from")


def score(of: str, cases: Sequence[Case]) -> Score:
    """Sum up some cases. Raises ValueError for none."""
    if not cases:
        raise ValueError("nothing to score")
    simple = {
        name: median(abs(c.baselines[name] / c.row.w - 1.0) for c in cases)
        for name in cases[0].baselines
    }
    machines = len({case.row.machine for case in cases})
    known, blind = (
        errors([(c.row, c.predicted) for c in cases]),
        errors([(c.row, c.before) for c in cases]),
    )
    return Score(of, len(cases), machines, known, blind, simple)


def errors(pairs: Sequence[tuple[Row, Predicted]]) -> Errors:
    """Sum up predictions of rows."""
    machines: dict[str, list[float]] = {}
    for row, predicted in pairs:
        machines.setdefault(row.machine, []).append(abs(predicted.value / row.w - 1.0))
    return Errors(
        median(error for of in machines.values() for error in of),
        median(sum(of) / len(of) for of in machines.values()),
        sum(predicted.low <= row.w <= predicted.high for row, predicted in pairs) / len(pairs),
    )


def rounded(node: Node) -> Node:
    """A node with whole sockets: some entries count a few processors that belong to other nodes."""
    return replace(node, sockets=float(round(node.sockets)))


def unexplained(validation: Validation) -> tuple[list[str], list[str]]:
    """Ids of large errors without an explanation, and of explanations without a large error."""
    without = [case.row.id for case in validation.cases if case.large and not case.explanation]
    idle = [case.row.id for case in validation.cases if case.explanation and not case.large]
    return without, idle


def foresee(row: Row, rows: Sequence[Row], model: PowerModel, settings: Settings) -> Predicted:
    """Predict one row from the rows of other machines only."""
    return predict(
        row,
        fit_rows([other for other in rows if other.machine != row.machine], model, settings),
        model,
    )
