"""How is a validation told? Scores against baselines, every machine, and every large error with its reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from planner.report.tables import Column, Table, Value, percent

if TYPE_CHECKING:  # the tables are drawn from what explore computed, and import none of it
    from planner.explore.validate import Case, Validation

LEFT_OUT = "predicted with parameters refitted without any row of the machine; error = predicted / measured − 1"
BASELINES = "constant: median of other machines of the type · naive: TDP × 1.3 · epoch: TDP × 1.53 × 1.14; IT basis, so no PUE"
SETTINGS = "settings of the fit were chosen with these errors in sight; chosen inside each fold they gave 7.9 to 8.5 % by row"
UNSCORED = "◦ two kinds of node or a partial run in one entry: shown, neither fitted on nor scored"


def score_table(validation: Validation) -> Table:
    """Median absolute error of model and baselines, and coverage, overall and by generation."""
    names = list(validation.scores[0].baselines)
    heads = ["generation", "rows", "machines", "model, by row", "model, by machine", "inside 80 % band"]
    columns = [Column(head) for head in [*heads, *names]]
    rows: list[list[Value]] = []
    for score in validation.scores:
        row: list[Value] = [
            score.of,
            score.rows,
            score.machines,
            percent(score.error),
            percent(score.by_machine),
            percent(score.coverage, 0),
        ]
        rows.append([*row, *(percent(score.baselines[name]) for name in names)])
    return Table(
        "Median absolute error, each machine unseen",
        columns,
        rows,
        [LEFT_OUT, BASELINES, *([SETTINGS] if validation.workload == "hpl" else [])],
    )


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
    return Table("Metered machines", columns, [_row(case, names) for case in validation.cases], [LEFT_OUT, UNSCORED])


def _row(case: Case, names: list[str]) -> list[Value]:
    kw = case.row.count / 1e3
    band = f"{case.predicted.low * kw:.4g} … {case.predicted.high * kw:.4g}"
    return [
        case.name + ("" if case.scored else " ◦"),
        case.date,
        f"{case.row.count:.0f} {case.row.product}",
        case.row.w * kw,
        case.predicted.value * kw,
        band,
        signed(case.error),
        "yes" if case.inside else "no",
        *(case.baselines[name] * kw for name in names),
    ]


def signed(share: float) -> str:
    """A share with its sign, as a percentage."""
    return f"{'−' if share < 0 else '+'}{abs(share) * 100:.1f} %"


def explanation_table(validation: Validation) -> Table:
    """Every error beyond 15 %, with its reason."""
    large = sorted((case for case in validation.cases if case.large), key=lambda case: -abs(case.error))
    rows: list[list[Value]] = [[case.name, case.date, signed(case.error), case.explanation or "not explained"] for case in large]
    columns = [Column("machine"), Column("list"), Column("error"), Column("reason")]
    return Table("Errors beyond 15 %", columns, rows)


def fit_table(validation: Validation) -> Table:
    """What was fitted, on all machines together."""
    fit = validation.fit
    pairs = sorted({(case.row.family, case.row.product) for case in validation.cases})
    rows: list[list[Value]] = [[f"{product} ({family}), share of TDP", fit.utilisation(family, product)] for family, product in pairs]
    rows += [["processors, share of TDP", fit.processor], ["fans of air-cooled nodes", fit.fans]]
    return Table("Fitted on all scored machines", [Column("parameter"), Column("value", digits=3)], rows)


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
                "median_absolute_error": s.error,
                "by_machine": s.by_machine,
                "coverage": s.coverage,
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
                "measured_w": c.row.w,
                "predicted_w": c.predicted.value,
                "low_w": c.predicted.low,
                "high_w": c.predicted.high,
                "error": c.error,
                "inside": c.inside,
                "baselines_w": c.baselines,
                "explanation": c.explanation,
            }
            for c in validation.cases
        ],
        "fit": {"processor": validation.fit.processor, "fans": validation.fit.fans},
    }
    return json.dumps(body, indent=1, ensure_ascii=False)
