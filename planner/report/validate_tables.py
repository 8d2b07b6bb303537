"""How is a validation told? Scores against baselines, every machine, and every large error with its
reason.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from planner.report.tables import Column, Table, Value, percent

if TYPE_CHECKING:  # the tables are drawn from what explore computed, and import none of it
    from planner.power_model.learn import Row
    from planner.power_model.validate import Case, Validation

LEFT_OUT = (
    "predicted with parameters refitted without any row of the machine; error = predicted "
    "/ measured − 1"
)
BASELINES = (
    "constant: median of other machines of the type · naive: TDP × 1.3 · epoch: TDP × "
    "1.53 × 1.14; IT basis, so no PUE"
)
KNOWS = (
    "model: knows the list of parts, Rmax over peak, and whether the submitter calls the run "
    "optimized for power"
    " · before: knows the list of parts alone, as a plan does"
)
UNSCORED = (
    "◦ two kinds of node or a partial run in one entry, not fitted on · ² second run of an "
    "entry, tuned; neither is in the headline"
)
TUNED = (
    "ᵗ the submitter calls the run optimized for power; the figure that the list ranks it by "
    "belongs to that run"
)
DRAWN = (
    "products are drawn to their generation, generations to all; one that a single machine "
    "has moves no prediction of that machine"
)
INFERRED = (
    "inferred afterwards: found by looking at the error; no text says so, and nothing was "
    "fitted or left out because of it"
)


def score_table(validation: Validation) -> Table:
    """Median absolute error of model and baselines, and coverage, overall and by generation."""
    names = list(validation.scores[0].baselines)
    heads = [
        "runs",
        "rows",
        "machines",
        "model, by row",
        "by machine",
        "inside 80 % band",
        "before, by row",
        "by machine",
        "inside",
    ]
    columns = [Column(head) for head in [*heads, *names]]
    rows: list[list[Value]] = []
    for score in validation.scores:
        row: list[Value] = [score.of, score.rows, score.machines]
        for errors in (score.model, score.before):
            row += [percent(errors.by_row), percent(errors.by_machine), percent(errors.coverage, 0)]
        rows.append([*row, *(percent(score.baselines[name]) for name in names)])
    folds = ", ".join(f"{settings} ({count})" for settings, count in validation.chosen.items())
    chosen = f"settings chosen on the machines of other blocks only (blocks): {folds}"
    notes = [LEFT_OUT, KNOWS, BASELINES, chosen]
    if twins := validation.twins:
        said = (
            f"{percent(twins.error)} from the median of its "
            f"twins, {percent(twins.model)} from the model"
        )
        notes.append(
            f"noise: {twins.machines} machines have twins of the same nodes, hosts and cooling; "
            f"one is foretold to {said}"
        )
    return Table("Median absolute error, each machine unseen", columns, rows, notes)


def case_table(validation: Validation) -> Table:
    """Every metered row, measured and predicted."""
    names = list(validation.scores[0].baselines)
    columns = [
        Column("machine"),
        Column("list"),
        Column("accelerators"),
        Column("measured", "kW"),
        Column("predicted", "kW"),
        Column("80 % band", "kW"),
        Column("error"),
        Column("inside"),
        *(Column(name, "kW") for name in names),
    ]
    return Table(
        "Metered machines",
        columns,
        [_row(case, names) for case in validation.cases],
        [LEFT_OUT, UNSCORED, TUNED],
    )


def _row(case: Case, names: list[str]) -> list[Value]:
    kw = case.row.count / 1e3
    band = f"{case.predicted.low * kw:.4g} … {case.predicted.high * kw:.4g}"
    return [
        case.name + _marks(case),
        case.date,
        f"{case.row.count:.0f} {case.row.product}",
        case.row.w * kw,
        case.predicted.value * kw,
        band,
        signed(case.error),
        "yes" if case.inside else "no",
        *(case.baselines[name] * kw for name in names),
    ]


def _marks(case: Case) -> str:
    marks = (
        ("◦" if case.mixed else "")
        + ("²" if case.row.second else "")
        + ("ᵗ" if case.row.tuned and not case.row.second else "")
    )
    return f" {marks}" if marks else ""


def signed(share: float) -> str:
    """A share with its sign, as a percentage."""
    return f"{'−' if share < 0 else '+'}{abs(share) * 100:.1f} %"


def explanation_table(validation: Validation) -> Table:
    """Every error beyond 15 %, with its reason, and whether that was known or inferred from the
    error.
    """
    large = sorted(
        (case for case in validation.cases if case.large), key=lambda case: -abs(case.error)
    )
    rows: list[list[Value]] = [
        [
            case.name + _marks(case),
            case.date,
            signed(case.error),
            case.explanation or "not explained",
            _known(case),
        ]
        for case in large
    ]
    columns = [
        Column("machine"),
        Column("list"),
        Column("error"),
        Column("reason"),
        Column("reason is"),
    ]
    return Table("Errors beyond 15 %", columns, rows, [INFERRED])


def _known(case: Case) -> str:
    return (
        "" if not case.explanation else "inferred afterwards" if case.inferred else "in the lists"
    )


def fit_table(validation: Validation) -> Table:
    """What was fitted, on all machines together, and on how many."""
    fit = validation.fit
    taught = [case.row for case in validation.cases if not case.mixed]
    rows: list[list[Value]] = []

    def add(name: str, value: float, of: list[Row]) -> None:
        rows.append([name, value, len({row.machine for row in of}), len(of)])

    for family, product in sorted({(row.family, row.product) for row in taught}):
        add(
            f"{product} ({family}), share of TDP",
            fit.utilisation(family, product),
            [row for row in taught if row.product == product],
        )
    for name, value in fit.terms.items():
        if name == "tuned":
            add("tuned, of log share of TDP", value, [row for row in taught if row.tuned])
        elif name.startswith("busy"):
            family = name.removeprefix("busy").removeprefix(" of ")
            add(
                f"{name}, power of",
                value,
                [row for row in taught if row.family == (family or row.family)],
            )
        elif name.startswith(("level", "size")):
            add(
                f"{name}, of log W",
                value,
                [row for row in taught if name == "size" or name == f"level {row.level}"],
            )
    add("processors, share of TDP", fit.processor, [row for row in taught if row.node.sockets > 0])
    add("fans of air-cooled nodes", fit.fans, [row for row in taught if row.node.air])
    columns = [
        Column("parameter"),
        Column("value", digits=3),
        Column("fitted on, machines"),
        Column("runs"),
    ]
    note = (
        f"settings: {fit.settings}; shares of TDP in a run as busy as is typical of the "
        "generation, not tuned"
    )
    return Table("Fitted on all machines but the mixed entries", columns, rows, [note, DRAWN])


def validation_json(validation: Validation) -> str:
    """Scores, cases and fit as JSON; W per accelerator."""
    body = {
        "workload": validation.workload,
        "basis": "it",
        "scores": [
            {
                "of": s.of,
                "rows": s.rows,
                "machines": s.machines,
                "median_absolute_error": s.model.by_row,
                "by_machine": s.model.by_machine,
                "coverage": s.model.coverage,
                "before": {
                    "median_absolute_error": s.before.by_row,
                    "by_machine": s.before.by_machine,
                    "coverage": s.before.coverage,
                },
                "baselines": s.baselines,
            }
            for s in validation.scores
        ],
        "cases": [
            {
                "id": c.row.id,
                "machine": c.row.machine,
                "name": c.name,
                "list": c.date,
                "accelerator": c.row.product,
                "accelerators": c.row.count,
                "scored": c.scored,
                "mixed": c.mixed,
                "tuned": c.row.tuned,
                "second": c.row.second,
                "busy": c.row.busy,
                "measured_w": c.row.w,
                "predicted_w": c.predicted.value,
                "low_w": c.predicted.low,
                "high_w": c.predicted.high,
                "error": c.error,
                "inside": c.inside,
                "before_w": c.before.value,
                "baselines_w": c.baselines,
                "explanation": c.explanation,
                "inferred": c.inferred,
            }
            for c in validation.cases
        ],
        "fit": {
            "settings": str(validation.fit.settings),
            "processor": validation.fit.processor,
            "fans": validation.fit.fans,
            "terms": validation.fit.terms,
        },
        "chosen": validation.chosen,
        "twins": asdict(validation.twins) if validation.twins else None,
    }
    return json.dumps(body, indent=1, ensure_ascii=False)
