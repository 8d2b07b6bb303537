"""What shares of their ratings do metered machines take, and how well does that carry to a machine
that was not among them?

    log w_i = log metered_w(node_i; u_i, u_c, fans) + level + size + line + e_i
    log u_i = μ + generation + product + (β + β_generation) · log(busy_i / 0.65) + tuned

w_i: W per accelerator of row i. busy = Rmax per accelerator / dense FP64 tensor peak: how busy the
run kept the accelerators. tuned: the submitter calls the run optimized for power. level: quality of
the measurement. size: log of accelerators (network). line: product line of the nodes. Which of
busy, tuned, level, size and line are used is a setting, chosen on the rows at hand
(`power_choice.py`); docs/decisions/0011 has the rules.

Fitted on all rows given: every term above, u_c and the air-cooled fans, each drawn to its prior
centre. Fixed, from the catalog: TDPs, peaks, sockets, other parts, supply, network. Never used:
power or Gflops/W of the row. Each machine has weight 1 whatever the number of its rows; residuals
are Cauchy, so that wrong counts do not pull (iteratively reweighted Gauss-Newton, numpy only).
Huber and Ronchetti, Robust Statistics, chapter 7, for the weighting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from planner.catalog.components import PowerModel, Workload
from planner.catalog.load import Catalog
from planner.engineering.components import Node, Shares, metered_w

Array = NDArray[np.float64]
CAUCHY = 1.5
"""A residual of this many scales has half the weight of none."""
CENTRE, CENTRE_PROCESSOR, CENTRE_FANS = 0.90, 0.60, 0.08
"""Where the search begins and what it is drawn towards: shares of TDP, and what fans add, that a
designer would assume."""
PRIOR_MEAN, PRIOR_PROCESSOR, PRIOR_FANS = 0.30, 0.80, 0.12
"""One standard deviation of log μ and log u_c, and of the fans' share: wide, so that the machines
decide."""
PRIORS = {"busy": 0.3, "busy of": 0.2, "tuned": 0.2, "level": 0.05, "size": 0.05, "line": 0.08}
"""One standard deviation of each further term around zero."""
BUSY, SIZE = 0.65, 500.0
"""Where the terms of busy and size are zero: about the middle of the runs."""
SCALE_FLOOR = 0.03
STEPS = 60
"""At most; the fits of the shipped catalog need ten to twenty."""
FAMILY_ROWS = 8.0
"""Rows of its own that a family needs before its spread counts as much as that of all."""
LEVEL = 0.80
FLAGS = ("tuned", "level", "size", "line", "tight", "own")


@dataclass(frozen=True)
class Settings:
    """Which terms a fit has besides generation and product.

    `tight` halves the spreads of those two; `own` gives each generation a scale of residuals of its
    own, so that the quiet ones count more.
    """

    busy: Literal["no", "all", "generation"] = "no"
    tuned: bool = False
    level: bool = False
    size: bool = False
    line: bool = False
    tight: bool = False
    own: bool = False

    def __str__(self) -> str:
        said = {"no": [], "all": ["busy"], "generation": ["busy by generation"]}[self.busy]
        return ", ".join([*said, *(name for name in FLAGS if getattr(self, name))]) or "parts only"


@dataclass(frozen=True)
class Row:
    """One metered run, reduced to what may be known without its power, which stands apart in
    `w`.
    """

    id: str
    machine: str
    family: str
    product: str
    node: Node
    count: float
    w: float
    """Measured W per accelerator."""
    busy: float | None
    """Rmax per accelerator over its dense FP64 tensor peak; None where either is not known."""
    tuned: bool
    second: bool
    level: int | None
    line: str


@dataclass(frozen=True)
class Fit:
    """Parameters and the spread of what they were fitted on."""

    settings: Settings
    terms: dict[str, float]
    """Of the logarithm: of the share of TDP, and of the whole."""
    processor: float
    fans: float
    spread: dict[str, float]
    """Half-width of the 80 % band in log terms, by family; `` for a family that was not seen."""
    spread_before: dict[str, float]
    """The same for a prediction that knows nothing of the run."""
    typical: dict[str, float]
    """Median of busy by family, `` of all: what is assumed of a run that is not known."""

    def utilisation(self, family: str, product: str) -> float:
        """Share of TDP in a run as busy as is typical; a family or product that was not seen has no
        deviation.
        """
        terms = {"mean": 1.0, f"generation {family}": 1.0, f"product {product}": 1.0}
        terms |= _busy_terms(family, self.typical.get(family, self.typical[""]), self.settings)
        return float(np.exp(self.total(terms)))

    def total(self, terms: Mapping[str, float]) -> float:
        """Sum of terms times their parameters; what was not seen adds nothing."""
        return sum(self.terms.get(name, 0.0) * value for name, value in terms.items())


@dataclass(frozen=True)
class Predicted:
    """W per accelerator with its 80 % band."""

    value: float
    low: float
    high: float


def rows_of(catalog: Catalog, workload: Workload) -> list[Row]:
    """The metered runs of one workload whose accelerators have a TDP; per node, in the order of the
    catalog.
    """
    found = []
    for run in catalog.metered.measurements.values():
        chip = catalog.accelerators[run.accelerator]
        if run.workload != workload or chip.tdp_w is None:
            continue
        processor_w = (
            catalog.metered.components[run.processor].power_w.value if run.processor else 0.0
        )
        sockets = run.sockets.value / run.accelerators.value * run.per_node if run.sockets else 0.0
        node = Node(run.per_node, chip.tdp_w.value, sockets, processor_w, run.cooling == "air")
        count, peak = run.accelerators.value, chip.peak_flop_s.fp64_tensor
        busy = run.rmax_flop_s / count / peak.value if run.rmax_flop_s and peak else None
        line = "".join(run.node.lower().split())
        family, w = chip.generation or chip.id, run.w_per_accelerator
        found.append(
            Row(
                run.id,
                run.machine,
                family,
                chip.id,
                node,
                count,
                w,
                busy,
                run.tuned,
                run.second,
                run.level,
                line,
            )
        )
    return found


def _busy_terms(family: str, busy: float | None, settings: Settings) -> dict[str, float]:
    if busy is None or settings.busy == "no":
        return {}
    of = float(np.log(busy / BUSY))
    return {"busy": of} if settings.busy == "all" else {"busy": of, f"busy of {family}": of}


def share_terms(row: Row, settings: Settings) -> dict[str, float]:
    """Terms of the accelerators' share of TDP."""
    terms = {"mean": 1.0, f"generation {row.family}": 1.0, f"product {row.product}": 1.0}
    terms |= _busy_terms(row.family, row.busy, settings)
    return terms | ({"tuned": 1.0} if settings.tuned and row.tuned else {})


def whole_terms(row: Row, settings: Settings) -> dict[str, float]:
    """Terms of all that was metered."""
    terms = {"size": float(np.log(row.count / SIZE))} if settings.size else {}
    if settings.level and row.level in (1, 3):
        terms[f"level {row.level}"] = 1.0
    return terms | ({f"line {row.line}": 1.0} if settings.line else {})


def _prior(name: str, model: PowerModel, settings: Settings) -> float:
    tight = 0.5 if settings.tight else 1.0
    widths = {
        "mean": PRIOR_MEAN,
        "generation": model.family_spread.value * tight,
        "product": model.accelerator_spread.value * tight,
        **PRIORS,
    }
    return widths["busy of" if name.startswith("busy of") else name.split()[0]]


def expected_w(row: Row, fit: Fit, model: PowerModel) -> float:
    """W per accelerator that a fit expects of a machine; its measured power is not looked at."""
    shares = Shares(
        accelerator=float(np.exp(fit.total(share_terms(row, fit.settings)))),
        processor=fit.processor,
        other_w=model.other_w.value,
        fans=fit.fans,
        supply=model.supply.value,
        network=model.network.value,
    )
    return (
        metered_w(row.node, shares)
        / row.node.accelerators
        * float(np.exp(fit.total(whole_terms(row, fit.settings))))
    )


def predict(row: Row, fit: Fit, model: PowerModel) -> Predicted:
    """The expected W per accelerator with the 80 % band of the rows the fit rests on."""
    return _banded(expected_w(row, fit, model), fit.spread.get(row.family, fit.spread[""]))


def predict_before(row: Row, fit: Fit, model: PowerModel) -> Predicted:
    """The same before any run: of the rate only what is typical of the generation, untuned,
    measured in no particular way.
    """
    return _banded(
        expected_w(before(row, fit.typical), fit, model),
        fit.spread_before.get(row.family, fit.spread_before[""]),
    )


def before(row: Row, typical: Mapping[str, float]) -> Row:
    """A row without what only its run tells."""
    return replace(row, busy=typical.get(row.family, typical[""]), tuned=False, level=None)


def _banded(value: float, half: float) -> Predicted:
    return Predicted(value, value * float(np.exp(-half)), value * float(np.exp(half)))


def typical_busy(rows: Sequence[Row]) -> dict[str, float]:
    """Median of busy by family and, under ``, of all; second and tuned runs aside."""
    seen: dict[str, list[float]] = {"": []}
    for row in rows:
        if row.busy is not None and not row.second and not row.tuned:
            seen[""].append(row.busy)
            seen.setdefault(row.family, []).append(row.busy)
    return {family: float(np.median(values)) if values else BUSY for family, values in seen.items()}


def fit_rows(rows: Sequence[Row], model: PowerModel, settings: Settings) -> Fit:
    """Fit all parameters together. Raises ValueError for no rows."""
    if not rows:
        raise ValueError("nothing to fit on")
    problem = Problem(rows, model, settings)
    return problem.told(problem.solve(np.ones((1, len(rows)), dtype=bool))[0])


def _design(terms: Sequence[Mapping[str, float]]) -> tuple[list[str], Array]:
    names = sorted({name for of in terms for name in of})
    return names, np.array(
        [[of.get(name, 0.0) for name in names] for of in terms], dtype=np.float64
    ).reshape(len(terms), len(names))


class Problem:
    """Rows as arrays: θ = [terms of the share, terms of the whole, log u_c, fans]."""

    def __init__(self, rows: Sequence[Row], model: PowerModel, settings: Settings) -> None:
        self.rows, self.settings, self.power = rows, settings, model
        self.share_names, self.share = _design([share_terms(row, settings) for row in rows])
        self.whole_names, self.whole = _design([whole_terms(row, settings) for row in rows])
        self.names = [*self.share_names, *self.whole_names]
        self.family = np.array([row.family for row in rows])
        self.members = [self.family == name for name in dict.fromkeys(self.family.tolist())]
        per = np.array([row.node.accelerators for row in rows])
        self.tdp: Array = np.array([row.node.tdp_w for row in rows])
        self.host: Array = (
            np.array([row.node.sockets * row.node.processor_tdp_w for row in rows]) / per
        )
        self.other: Array = np.asarray(model.other_w.value * 0.5 * (1.0 + 4.0 / per))
        self.air: Array = np.array([float(row.node.air) for row in rows])
        self.tail = float(np.log((1.0 + model.network.value) / model.supply.value))
        self.log_w: Array = np.log([row.w for row in rows])
        counts = Counter(row.machine for row in rows)
        self.weight: Array = np.array([1.0 / counts[row.machine] for row in rows])
        self.prior: Array = np.zeros(len(self.names) + 2)
        self.prior[self.names.index("mean")] = np.log(CENTRE)
        self.prior[-2:] = np.log(CENTRE_PROCESSOR), CENTRE_FANS
        spreads = [_prior(name, model, settings) for name in self.names]
        self.precision: Array = np.array([*spreads, PRIOR_PROCESSOR, PRIOR_FANS]) ** -2.0

    def model(self, theta: Array) -> tuple[Array, Array]:
        """Log W per accelerator of every row, and its Jacobian, for each of several θ."""
        q = len(self.share_names)
        chip = self.tdp * np.exp(theta[:, :q] @ self.share.T)
        host = self.host * np.exp(theta[:, -2:-1])
        inside = chip + host + self.other
        fan = 1.0 + theta[:, -1:] * self.air
        value = np.log(inside * fan) + theta[:, q:-2] @ self.whole.T + self.tail
        jacobian = np.empty((*value.shape, theta.shape[1]))
        np.multiply((chip / inside)[:, :, None], self.share, out=jacobian[:, :, :q])
        jacobian[:, :, q:-2] = self.whole
        jacobian[:, :, -2], jacobian[:, :, -1] = host / inside, self.air / fan
        return value, jacobian

    def solve(self, use: NDArray[np.bool_], tolerance: float = 1e-7) -> Array:
        """θ fitted on the rows marked, to a change of log terms below the tolerance; a term none of
        them has stays at its prior.

        `use` is one choice of rows after another, and so is the answer: many small fits side by
        side take a fraction of the time.
        """
        theta: Array = np.tile(self.prior, (len(use), 1))
        moving = np.arange(len(use))
        for _ in range(STEPS):
            change = self._step(theta[moving], use[moving])
            theta[moving] += change
            moving = moving[np.abs(change).max(axis=1) >= tolerance]
            if not len(moving):
                break
        return theta

    def residual(self, theta: Array) -> Array:
        """Log of measured over expected, of all rows, for each θ."""
        return np.asarray(self.log_w - self.model(theta)[0])

    def _step(self, theta: Array, use: NDArray[np.bool_]) -> Array:
        """One reweighted Gauss-Newton step of each fit."""
        value, jacobian = self.model(theta)
        residual = self.log_w - value
        scale = self._scale(residual, use)
        weight = use * self.weight / (1.0 + (residual / (CAUCHY * scale)) ** 2) / scale**2
        turned = jacobian.transpose(0, 2, 1)
        normal: Any = turned @ (weight[:, :, None] * jacobian)
        diagonal = np.arange(theta.shape[1])
        normal[:, diagonal, diagonal] += self.precision
        slope = (turned @ (weight * residual)[:, :, None])[:, :, 0] - self.precision * (
            theta - self.prior
        )
        return np.asarray(np.linalg.solve(normal, slope[:, :, None])[:, :, 0], dtype=np.float64)

    def _scale(self, residual: Array, use: NDArray[np.bool_]) -> Array:
        """Robust standard deviation for each row of each fit: of all, or of its generation drawn
        towards all by the few of it.
        """
        everyone = _deviation(residual, use)
        scale = np.repeat(everyone[:, None], residual.shape[1], axis=1)
        if self.settings.own:
            for member in self.members:
                own = use[:, member]
                n = own @ self.weight[member]
                mixed = (n * _deviation(residual[:, member], own) + FAMILY_ROWS * everyone) / (
                    n + FAMILY_ROWS
                )
                scale[:, member] = mixed[:, None]
        return scale

    def told(self, theta: Array) -> Fit:
        """Name the parameters, and measure the spread around them with and without knowledge of the
        run.
        """
        terms = {name: float(value) for name, value in zip(self.names, theta, strict=False)}
        bare = Fit(
            self.settings,
            terms,
            float(np.exp(theta[-2])),
            float(theta[-1]),
            {},
            {},
            typical_busy(self.rows),
        )
        known = np.abs(self.residual(theta[None])[0])
        blind = np.array(
            [
                np.log(row.w / expected_w(before(row, bare.typical), bare, self.power))
                for row in self.rows
            ]
        )
        return replace(bare, spread=self._spread(known), spread_before=self._spread(np.abs(blind)))

    def _spread(self, residual: Array) -> dict[str, float]:
        """80 % quantile of the residuals of all, drawn towards by the few of each family, widened
        for what the fit has used up.
        """
        ranked = np.array([not row.second for row in self.rows])
        residual, weight, family = residual[ranked], self.weight[ranked], self.family[ranked]
        everyone = _quantile(residual, weight)
        widen = float(np.sqrt(1.0 + len(self.precision) / self.weight.sum()))
        spread = {"": everyone * widen}
        for name in dict.fromkeys(family.tolist()):
            own = family == name
            n = float(weight[own].sum())
            mixed = (n * _quantile(residual[own], weight[own]) + FAMILY_ROWS * everyone) / (
                n + FAMILY_ROWS
            )
            spread[name] = mixed * widen
        return spread


def _deviation(residual: Array, use: NDArray[np.bool_]) -> Array:
    """Standard deviation of a normal distribution with this median of absolute values (the upper of
    two), of the rows of each fit.
    """
    # what is not used stands before all others
    ranked = np.sort(np.where(use, np.abs(residual), 0.0), axis=1)
    middle = use.shape[1] - use.sum(axis=1) + use.sum(axis=1) // 2
    return np.asarray(
        np.maximum(
            1.4826 * ranked[np.arange(len(use)), np.minimum(middle, use.shape[1] - 1)], SCALE_FLOOR
        )
    )


def _quantile(values: Array, weight: Array) -> float:
    order = np.argsort(values)
    share = np.cumsum(weight[order]) / weight.sum()
    return float(values[order][min(int(np.searchsorted(share, LEVEL)), len(values) - 1)])
