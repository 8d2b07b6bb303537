"""What did a metered series draw, and how far is that from the prediction?

A sample stands until the next one; where that is further away than `GAP` usual steps, for one usual
step, and the rest is a gap that counts in no mean. Classes of load are natural breaks (Jenks): the
levels, at most three, that leave the least variance within them, found exactly over a histogram by
time. There is the smallest number of them that explains `EXPLAINED` of the variance; a series that
varies by less than `STEADY` of its mean has one, and levels nearer than `APART` of it are one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from planner.engineering.chance import chance_above
from planner.engineering.power import LOADS, Basis, Load
from planner.engineering.uncertain import Band
from planner.errors import InputError, Mark, OptionError, Problem, SourceText
from planner.numbers import number
from planner.power_model.cluster import ClusterPower
from planner.power_model.series import Column, Series
from planner.power_model.verdict import band_at

GAP = 5.0
BINS, MOST_LEVELS = 128, 3
EXPLAINED, STEADY, APART = 0.99, 0.05, 0.10
FAR = 30.0
"""Times that a mean may be off before it is held for a slip of the unit."""

Samples = NDArray[np.float64]


@dataclass(frozen=True)
class Level:
    """A class of load: its mean, its share of the time, and the load that is nearest to it."""

    w: float
    low_w: float
    high_w: float
    share: float
    nearest: Load


@dataclass(frozen=True)
class Gap:
    """A stretch without samples."""

    mark: Mark
    """The row after it."""
    from_s: float
    to_s: float


@dataclass(frozen=True)
class Summary:
    """One column over the time that samples stand for, W."""

    name: str
    role: str
    mean_w: float
    p99_w: float
    """At most so much for 99 % of the time."""
    max_w: float
    predicted: dict[Load, float]
    """What is predicted of it; nothing for a device."""


@dataclass(frozen=True)
class Compared:
    """A measured figure beside the prediction at one load, W."""

    what: str
    load: Load
    measured_w: float
    predicted: Band

    @property
    def off_w(self) -> float:
        """Measured less predicted."""
        return self.measured_w - self.predicted.value

    @property
    def off(self) -> float:
        """The same as a share of the prediction."""
        return self.off_w / self.predicted.value

    @property
    def inside(self) -> bool | None:
        """Whether it lies in the 80 % range; None where none is known."""
        if self.predicted.low >= self.predicted.high:
            return None
        return self.predicted.low <= self.measured_w <= self.predicted.high

    @property
    def chance_above(self) -> float | None:
        """The chance that the model gave to a draw above what was measured."""
        return chance_above(self.predicted, self.measured_w)


@dataclass(frozen=True)
class MeteredPower:
    """A series beside the prediction of its cluster."""

    power: ClusterPower
    series: Series
    basis: Basis
    summed: bool
    """Whether the total is the sum of the columns."""
    from_s: float
    to_s: float
    step_s: float
    """The usual time between samples: the median."""
    covered_s: float
    """Time that samples stand for, without gaps."""
    total: Summary
    levels: list[Level]
    compared: list[Compared]
    columns: list[Summary]
    gaps: list[Gap]

    @property
    def load_factor(self) -> float:
        """Mean over the highest sample."""
        return self.total.mean_w / self.total.max_w if self.total.max_w else 0.0

    @property
    def utilisation(self) -> float:
        """Mean over the predicted nameplate."""
        return self.total.mean_w / self.total.predicted["nameplate"]

    @property
    def highest(self) -> float:
        """The highest sample over the predicted nameplate."""
        return self.total.max_w / self.total.predicted["nameplate"]

    @property
    def energy_mwh(self) -> float:
        """Of the time that samples stand for."""
        return self.total.mean_w * self.covered_s / 3.6e9


def metered(found: ClusterPower, series: Series, option: str | None) -> MeteredPower:
    """A series beside the prediction, at the basis that an option or the file says.

    Raises `InputError` where no basis is said, or two; where columns leave out parts; and where
    powers are so far off that their unit must be wrong. `OptionError` for a basis of the option
    that the series has no column for.
    """
    basis, total_w, summed = _total(found, series, option)
    bands = {load: band_at(found, basis, load) for load in LOADS}
    stands_s, step_s = _stands(series.time_s)
    predicted = {load: band.value for load, band in bands.items()}
    total = _summary("total", "total", total_w, stands_s, predicted)
    parts = dict(found.parts)
    columns = [
        _summary(c.name, c.role, c.w, stands_s, parts.get(c.name, {}) if c.role == "part" else {})
        for c in series.columns
        if not (c.role == "total" and (c.basis or basis) == basis)
    ]
    _sane(found, series, total, columns, basis)
    levels = list(levels_of(total_w, stands_s, predicted))
    return MeteredPower(
        power=found,
        series=series,
        basis=basis,
        summed=summed,
        from_s=float(series.time_s[0]),
        to_s=float(series.time_s[-1] + stands_s[-1]),
        step_s=step_s,
        covered_s=float(stands_s.sum()),
        total=total,
        levels=levels,
        compared=list(_compared(total, levels, bands)),
        columns=columns,
        gaps=list(_gaps(series, step_s)),
    )


def _total(found: ClusterPower, series: Series, option: str | None) -> tuple[Basis, Samples, bool]:
    """Basis and W of the total by row, and whether it is a sum."""
    said = option or series.basis
    heads = {c.basis: c for c in series.columns if c.basis is not None}
    plain = next((c for c in series.columns if c.role == "total" and c.basis is None), None)
    if option and series.basis and option != series.basis:
        raise _another(f"the file says it was metered at {series.basis}", "leave one out", option)
    if said is None and len(heads) == 1 and plain is None:
        said = next(iter(heads))
    if said is None:
        raise _unsaid(list(heads), (plain or series.columns[0]).mark)
    basis: Basis = said  # type: ignore[assignment]
    band_at(found, basis, "average")
    if basis in heads:
        return basis, heads[basis].w, False
    if plain is not None:
        return basis, plain.w, False
    rest = [c for c in series.columns if c.role != "total"]
    if not rest:
        message = f"the series has {', '.join(map(str, heads))} only, and not {basis}"
        raise _another(message, "name one of them", option, series.columns[0].mark)
    missing = [
        part
        for part, watts in found.parts_to(basis, "average").items()
        if part not in {c.name for c in rest} and watts > 0
    ]
    if missing and any(c.role == "part" for c in rest):
        message = f"the columns leave out {', '.join(f'`{part}`' for part in missing)}"
        remedy = f"so their sum is not the draw at {basis}: add these, or a column `{basis}_kw`"
        raise InputError([Problem("K002", message, rest[0].mark, help=remedy)])
    return basis, np.sum([c.w for c in rest], axis=0), True


def _unsaid(heads: Sequence[Basis | None], mark: Mark) -> InputError:
    """What is said of a series that was metered nobody knows where, or at more than one basis."""
    message = "the series does not say at which basis it was metered, and none is guessed"
    remedy = (
        "give `--metered-at it` (or facility, utility, rack, server, chip), a line "
        "`# basis: it` at its head, or name the column by it: `it_kw`"
    )
    if heads:
        message = f"the series has more than one total, of which one is {heads[-1]}"
        remedy = f"say which with `--metered-at {heads[-1]}`"
    return InputError([Problem("K002", message, mark, help=remedy)])


def _another(message: str, remedy: str, option: str | None, mark: Mark | None = None) -> InputError:
    """A basis that the series has not: pointing at the option, or at the file that says it."""
    if option is None:
        return InputError([Problem("K003", message, mark, help=remedy)])
    at = Mark(SourceText("--metered-at", option), 1, 1, len(option))
    return OptionError([Problem("K003", message, at, help=remedy)])


def _stands(time_s: Samples) -> tuple[Samples, float]:
    """Seconds that each sample stands for, and the usual step."""
    steps = np.diff(time_s)
    usual = float(np.median(steps))
    return np.append(np.where(steps > GAP * usual, usual, steps), usual), usual


def _gaps(series: Series, step_s: float) -> Iterator[Gap]:
    steps = np.diff(series.time_s)
    for i in np.nonzero(steps > GAP * step_s)[0]:
        mark = Mark(series.source, int(series.lines[i + 1]), 1)
        yield Gap(mark, float(series.time_s[i] + step_s), float(series.time_s[i + 1]))


def _summary(
    name: str, role: str, w: Samples, stands_s: Samples, predicted: dict[Load, float]
) -> Summary:
    order = np.argsort(w, kind="stable")
    below = np.cumsum(stands_s[order])
    p99 = w[order][min(len(w) - 1, int(np.searchsorted(below, 0.99 * below[-1])))]
    return Summary(
        name, role, float(np.average(w, weights=stands_s)), float(p99), float(w.max()), predicted
    )


def _sane(
    found: ClusterPower, series: Series, total: Summary, columns: list[Summary], basis: Basis
) -> None:
    """Refuse powers that are off by more than any machine may be."""
    marks = {column.name: column for column in series.columns}
    problems = list[Problem]()
    for summary in (total, *columns):
        predicted = summary.predicted.get("average", 0.0)
        column = marks.get(summary.name) or marks.get(basis) or series.columns[0]
        if predicted <= 0 or (summary is total and len(problems)):
            continue
        ratio = summary.mean_w / predicted
        if 1.0 / FAR <= ratio <= FAR:
            continue
        problems.append(_off(summary, column, ratio, predicted, basis))
    if problems:
        raise InputError(problems)


def _off(summary: Summary, column: Column, ratio: float, predicted: float, basis: Basis) -> Problem:
    times = f"{number(ratio, 2)} times" if ratio > 1 else f"1/{number(1 / max(ratio, 1e-12), 2)} of"
    what = basis if summary.role == "total" else summary.name
    message = (
        f"the mean of {number(summary.mean_w / 1e6)} MW is {times} the "
        f"{number(predicted / 1e6)} MW predicted ({what}, average)"
    )
    steps = ("W", "kW", "MW", "GW")
    now = next(i for i, unit in enumerate(steps) if unit.lower() == column.unit.lower())
    thousands = round(np.log10(max(ratio, 1e-12)) / 3.0)
    meant = steps[now - thousands] if 0 <= now - thousands < len(steps) and thousands else None
    remedy = (
        f"the head says {column.unit}: if the numbers are in {meant}, write {meant}"
        if meant
        else "look at the unit of the column, and at the count of the cluster"
    )
    return Problem("C004", message, column.mark, help=remedy)


def levels_of(w: Samples, stands_s: Samples, predicted: dict[Load, float]) -> Iterator[Level]:
    """Classes of load from the lowest, by natural breaks; the same samples have the same ones."""
    low, high = float(w.min()), float(w.max())
    mean = float(np.average(w, weights=stands_s))
    whole = float(np.average((w - mean) ** 2, weights=stands_s))
    edges = [low, high]
    if whole > (STEADY * mean) ** 2:
        place = np.minimum(((w - low) / (high - low) * BINS).astype(int), BINS - 1)
        sums = [np.bincount(place, stands_s * w**k, BINS).astype(float) for k in range(3)]
        for count in range(2, MOST_LEVELS + 1):
            breaks, within = natural_breaks(sums, count)
            edges = sorted({low + (high - low) * b / BINS for b in breaks[:-1]} | {high})
            if within <= (1.0 - EXPLAINED) * whole * float(stands_s.sum()):
                break
    bounds = _merged(w, stands_s, edges, APART * mean)
    for lower, upper in bounds:
        mine = _between(w, lower, upper, high)
        level = float(np.average(w[mine], weights=stands_s[mine]))
        near = min(predicted, key=lambda load: abs(np.log(max(level, 1.0) / predicted[load])))
        share = float(stands_s[mine].sum() / stands_s.sum())
        yield Level(level, float(w[mine].min()), float(w[mine].max()), share, near)


def natural_breaks(sums: Sequence[Samples], count: int) -> tuple[list[int], float]:
    """The breaks of bins into `count` classes with the least sum of squares within them, and that
    sum. `sums`: of the weights, of the values and of their squares, by bin.

    Source: Jenks' natural breaks, exact by dynamic programming (Fisher 1958).
    """
    n = len(sums[0])
    running = [np.concatenate([[0.0], np.cumsum(each)]) for each in sums]
    total, mean, square = (s[None, :] - s[:, None] for s in running)
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = np.where(total > 0, square - mean**2 / total, 0.0)
    cost = np.where(np.tri(n + 1, k=-1, dtype=bool), np.inf, np.maximum(cost, 0.0))
    best, ways = cost[0], list[NDArray[np.int64]]()
    for _ in range(count - 1):
        reach = best[:, None] + cost
        ways.append(reach.argmin(axis=0))
        best = reach.min(axis=0)
    breaks = [n]
    for way in reversed(ways):
        breaks.append(int(way[breaks[-1]]))
    return [0, *reversed(breaks)], float(best[n])


def _between(w: Samples, lower: float, upper: float, highest: float) -> NDArray[np.bool_]:
    """Which samples lie in a class; the highest class holds its upper bound."""
    return (w >= lower) & ((w < upper) | (upper >= highest))


def _merged(
    w: Samples, stands_s: Samples, edges: list[float], apart_w: float
) -> list[tuple[float, float]]:
    """Bounds of the classes; empty ones and neighbours whose means are near are one."""
    found: list[tuple[float, float, float]] = []
    last = edges[-1]
    for lower, upper in pairwise(edges):
        mine = _between(w, lower, upper, last)
        if not mine.any():
            continue
        mean = float(np.average(w[mine], weights=stands_s[mine]))
        if found and mean - found[-1][2] < apart_w:
            found[-1] = (found[-1][0], upper, mean)
        else:
            found.append((lower, upper, mean))
    return [(lower, upper) for lower, upper, _ in found]


def _compared(total: Summary, levels: list[Level], bands: dict[Load, Band]) -> Iterator[Compared]:
    """Measured figures beside the loads that they are figures of."""
    rest = [one for one in levels if one.nearest != "idle"]
    idle = [one for one in levels if one.nearest == "idle"]
    if idle:
        share = sum(one.share for one in idle)
        level = sum(one.w * one.share for one in idle) / share
        yield Compared("level of the lowest class", "idle", level, bands["idle"])
    yield Compared("mean of the series", "average", total.mean_w, bands["average"])
    if idle and rest:
        share = sum(one.share for one in rest)
        level = sum(one.w * one.share for one in rest) / share
        yield Compared("mean without the idle class", "average", level, bands["average"])
    yield Compared("99 % of the time below", "peak", total.p99_w, bands["peak"])
    yield Compared("highest sample", "peak", total.max_w, bands["peak"])
