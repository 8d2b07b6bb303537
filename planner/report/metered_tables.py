"""A metered series beside the prediction, as sentences, tables and data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from planner.engineering.power import LOADS
from planner.report.cluster_tables import span, unit_for
from planner.report.tables import Column, Table, Value, percent, show, signed
from planner.report.verdict_tables import chance_cell

if TYPE_CHECKING:  # the tables are drawn from what was computed, and import none of it
    from planner.power_model.metered import Compared, MeteredPower, Summary

COMPARED_NOTE = (
    "off: measured less predicted, over predicted; chance above: what the model gave to a draw "
    "above what was measured"
)
LEVELS_NOTE = (
    "classes of load: natural breaks of the samples by time, at most three; the nearest load is "
    "that whose prediction is nearest as a ratio"
)
SAMPLES_NOTE = (
    "a sample stands until the next one; across a gap of more than five usual steps for one step"
)


def metered_lines(found: MeteredPower) -> list[str]:
    """The answer in a few sentences."""
    total = found.total
    (scale, unit), lines = unit_for(total.max_w), list[str]()
    lines.append(
        f"{found.series.name}: mean {show(total.mean_w / scale)} {unit} {found.basis}, highest "
        f"{show(total.max_w / scale)} {unit}, {_time(found.from_s)} to {_time(found.to_s)}"
    )
    mean = next(one for one in found.compared if one.load == "average")
    words = {True: "inside", False: "outside", None: "without a known range:"}[mean.inside]
    lines.append(
        f"the mean is {show(percent(abs(mean.off)))} {'above' if mean.off > 0 else 'below'} the "
        f"prediction of {show(mean.predicted.value / scale)} {unit}, {words} the 80 % range"
    )
    if not found.series.zoned:
        lines.append("note: the times of the series are taken as they stand, in no zone")
    return lines


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"


def metered_tables(found: MeteredPower) -> list[Table]:
    """What was measured, how far that is from the prediction, classes of load, columns, gaps."""
    scale, unit = unit_for(found.total.max_w)
    tables = [_measured(found, scale, unit), _compared(found, scale, unit)]
    tables.append(_levels(found, scale, unit))
    tables += [_columns(found, scale, unit)] if found.columns else []
    if found.gaps:
        rows: list[list[Value]] = [
            [str(gap.mark), _time(gap.from_s), _time(gap.to_s), (gap.to_s - gap.from_s) / 3600.0]
            for gap in found.gaps
        ]
        heads = [Column("row after it"), Column("from"), Column("to"), Column("length", "h", 3)]
        tables.append(Table("Gaps of the series", heads, rows, [SAMPLES_NOTE]))
    return tables


def _measured(found: MeteredPower, scale: float, unit: str) -> Table:
    total = found.total
    span_h = (found.to_s - found.from_s) / 3600.0
    source = "sum of its columns" if found.summed else "a column of its own"
    rows: list[list[Value]] = [
        ["samples", show(len(found.series.time_s))],
        [
            "duration",
            f"{show(span_h)} h, of which samples stand for {show(found.covered_s / 3600)}",
        ],
        ["usual step", f"{show(found.step_s)} s"],
        ["total", source],
        ["mean", f"{show(total.mean_w / scale)} {unit} {found.basis}"],
        ["highest sample", f"{show(total.max_w / scale)} {unit}"],
        ["99 % of the time below", f"{show(total.p99_w / scale)} {unit}"],
        ["load factor: mean over highest sample", percent(found.load_factor)],
        ["mean over predicted nameplate", percent(found.utilisation)],
        ["highest sample over predicted nameplate", percent(found.highest)],
        ["energy", f"{show(found.energy_mwh)} MWh"],
    ]
    return Table("Metered", [Column(""), Column("")], rows, [SAMPLES_NOTE])


def _compared(found: MeteredPower, scale: float, unit: str) -> Table:
    rows: list[list[Value]] = [
        [
            one.load,
            one.what,
            one.measured_w / scale,
            one.predicted.value / scale,
            span(one.predicted, scale),
            one.off_w / scale,
            signed(one.off),
            {True: "yes", False: "no", None: None}[one.inside],
            chance_cell(one.chance_above),
        ]
        for one in found.compared
    ]
    columns = [Column("load"), Column("measured by"), Column("measured", unit)]
    columns += [Column("predicted", unit), Column("80 %", unit), Column("difference", unit)]
    columns += [Column("off"), Column("in range"), Column("chance above")]
    return Table(f"Measured and predicted, {found.basis}", columns, rows, [COMPARED_NOTE])


def _levels(found: MeteredPower, scale: float, unit: str) -> Table:
    rows: list[list[Value]] = [
        [
            str(i),
            level.w / scale,
            f"{show(level.low_w / scale)} … {show(level.high_w / scale)}",
            percent(level.share),
            level.nearest,
        ]
        for i, level in enumerate(found.levels, 1)
    ]
    columns = [Column("class"), Column("mean", unit), Column("from … to", unit)]
    columns += [Column("of the time"), Column("nearest load")]
    return Table("Classes of load", columns, rows, [LEVELS_NOTE])


def _columns(found: MeteredPower, scale: float, unit: str) -> Table:
    rows: list[list[Value]] = []
    for one in found.columns:
        row: list[Value] = [one.name, one.role, one.mean_w / scale]
        row += [_part(one, "average", scale), _off(one.mean_w, one.predicted.get("average"))]
        row += [one.max_w / scale, _part(one, "peak", scale)]
        rows.append([*row, _off(one.max_w, one.predicted.get("peak"))])
    columns = [Column("column"), Column("what"), Column("mean", unit)]
    columns += [Column("predicted average", unit), Column("off")]
    columns += [Column("highest", unit), Column("predicted peak", unit), Column("off")]
    return Table("By column", columns, rows)


def _part(one: Summary, load: str, scale: float) -> Value:
    value: float | None = {str(key): w for key, w in one.predicted.items()}.get(load)
    return None if value is None else value / scale


def _off(measured_w: float, predicted_w: float | None) -> Value:
    return signed(measured_w / predicted_w - 1.0) if predicted_w else None


def metered_json(found: MeteredPower) -> dict[str, object]:
    """The series beside the prediction, in W."""
    return {
        "series": found.series.name,
        "basis": found.basis,
        "from": datetime.fromtimestamp(found.from_s, UTC).isoformat(),
        "to": datetime.fromtimestamp(found.to_s, UTC).isoformat(),
        "zoned": found.series.zoned,
        "samples": len(found.series.time_s),
        "step_s": found.step_s,
        "covered_s": found.covered_s,
        "total": {**_summary(found.total), "sum_of_columns": found.summed},
        "load_factor": found.load_factor,
        "mean_over_nameplate": found.utilisation,
        "max_over_nameplate": found.highest,
        "energy_mwh": found.energy_mwh,
        "levels": [
            {"w": one.w, "share_of_time": one.share, "nearest_load": one.nearest}
            for one in found.levels
        ],
        "compared": [_compared_json(one) for one in found.compared],
        "columns": [_summary(one) for one in found.columns],
        "gaps": [
            {"place": str(gap.mark), "from_s": gap.from_s, "to_s": gap.to_s} for gap in found.gaps
        ],
    }


def _summary(one: Summary) -> Mapping[str, object]:
    return {
        "name": one.name,
        "what": one.role,
        "mean_w": one.mean_w,
        "p99_w": one.p99_w,
        "max_w": one.max_w,
        "predicted_w": {load: one.predicted[load] for load in LOADS if load in one.predicted},
    }


def _compared_json(one: Compared) -> dict[str, object]:
    return {
        "load": one.load,
        "what": one.what,
        "measured_w": one.measured_w,
        "predicted_w": {
            "value": one.predicted.value,
            "low": one.predicted.low,
            "high": one.predicted.high,
        },
        "off": one.off,
        "in_range": one.inside,
        "chance_above": one.chance_above,
    }
