"""What shares of their ratings do metered machines take, and how well does that carry to a machine that was not among them?

    log w_i = log metered_w(node_i; u, u_c, fans) + e_i           w_i: W per accelerator of row i
    log u   = μ + family + product                                family ~ N(0, 0.12²), product ~ N(0, 0.10²), spreads of the catalog

Fitted, on all rows given: μ, the deviations of families and products, u_c and the air-cooled fans. Fixed, from the catalog: TDPs,
sockets, other parts, supply, network. Known only after a run, and therefore never used: Rmax, Gflops/W. Each machine has weight 1 whatever
the number of its rows; residuals are Cauchy, so that power-optimised runs and wrong counts do not pull (iteratively reweighted
Gauss-Newton, numpy only). Huber and Ronchetti, Robust Statistics, chapter 7, for the weighting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.catalog.components import PowerModel, Workload
from planner.catalog.load import Catalog
from planner.engineering.components import Node, Shares, metered_w

Array = NDArray[np.float64]

CAUCHY = 1.5
"""A residual of this many scales has half the weight of none."""
CENTRE, CENTRE_PROCESSOR, CENTRE_FANS = 0.90, 0.60, 0.08
"""Where the search begins and what it is drawn towards: shares of TDP, and what fans add, that a designer would assume."""
PRIOR_MEAN, PRIOR_PROCESSOR, PRIOR_FANS = 0.30, 0.80, 0.12
"""One standard deviation of log μ and log u_c, and of the fans' share: wide, so that the machines decide."""
SCALE_FLOOR = 0.05
FAMILY_ROWS = 8.0
"""Rows of its own that a family needs before its spread counts as much as that of all."""
LEVEL = 0.80


@dataclass(frozen=True)
class Row:
    """One metered run, reduced to what may be known beforehand; its measured power stands apart in `w`."""

    id: str
    machine: str
    family: str
    product: str
    node: Node
    count: float
    w: float
    """Measured W per accelerator."""


@dataclass(frozen=True)
class Fit:
    """Parameters and the spread of what they were fitted on."""

    mean: float
    families: dict[str, float]
    products: dict[str, float]
    processor: float
    fans: float
    spread: dict[str, float]
    """Half-width of the 80 % band in log terms, by family; `` for a family that was not seen."""

    def utilisation(self, family: str, product: str) -> float:
        """Share of TDP; a family or product that was not seen has no deviation."""
        return float(np.exp(self.mean + self.families.get(family, 0.0) + self.products.get(product, 0.0)))


@dataclass(frozen=True)
class Predicted:
    """W per accelerator with its 80 % band."""

    value: float
    low: float
    high: float


def rows_of(catalog: Catalog, workload: Workload) -> list[Row]:
    """The metered runs of one workload whose accelerators have a TDP; per node, in the order of the catalog."""
    found = []
    for run in catalog.metered.measurements.values():
        chip = catalog.accelerators[run.accelerator]
        if run.workload != workload or chip.tdp_w is None:
            continue
        processor_w = catalog.metered.components[run.processor].power_w.value if run.processor else 0.0
        sockets = run.sockets.value / run.accelerators.value * run.per_node if run.sockets else 0.0
        node = Node(run.per_node, chip.tdp_w.value, sockets, processor_w, run.cooling == "air")
        family = chip.generation or chip.id
        found.append(Row(run.id, run.machine, family, chip.id, node, run.accelerators.value, run.w_per_accelerator))
    return found


def expected_w(row: Row, fit: Fit, model: PowerModel) -> float:
    """W per accelerator that a fit expects of a machine; its measured power is not looked at."""
    shares = Shares(
        accelerator=fit.utilisation(row.family, row.product),
        processor=fit.processor,
        other_w=model.other_w.value,
        fans=fit.fans,
        supply=model.supply.value,
        network=model.network.value,
    )
    return metered_w(row.node, shares) / row.node.accelerators


def predict(row: Row, fit: Fit, model: PowerModel) -> Predicted:
    """The expected W per accelerator with the 80 % band of the rows the fit rests on."""
    value = expected_w(row, fit, model)
    half = fit.spread.get(row.family, fit.spread[""])
    return Predicted(value, value * float(np.exp(-half)), value * float(np.exp(half)))


def fit_rows(rows: Sequence[Row], model: PowerModel) -> Fit:
    """Fit all parameters together. Raises ValueError for no rows."""
    if not rows:
        raise ValueError("nothing to fit on")
    problem = _Problem(rows, model)
    theta, steps = problem.prior.copy(), 60
    for _ in range(steps):
        change = problem.step(theta)
        theta = theta + change
        if np.abs(change).max() < 1e-7:
            break
    return problem.told(theta)


class _Problem:
    """Rows as arrays: θ = [log μ, families…, products…, log u_c, fans]."""

    def __init__(self, rows: Sequence[Row], model: PowerModel) -> None:
        self.families = sorted({row.family for row in rows})
        self.products = sorted({row.product for row in rows})
        f, p = len(self.families), len(self.products)
        self.row_family = np.array([self.families.index(row.family) for row in rows])
        self.row_product = np.array([self.products.index(row.product) for row in rows])
        per = np.array([row.node.accelerators for row in rows])
        self.tdp: Array = np.array([row.node.tdp_w for row in rows])
        self.host: Array = np.array([row.node.sockets * row.node.processor_tdp_w for row in rows]) / per
        self.other: Array = np.asarray(model.other_w.value * 0.5 * (1.0 + 4.0 / per))
        self.air: Array = np.array([float(row.node.air) for row in rows])
        self.tail = (1.0 + model.network.value) / model.supply.value
        self.log_w: Array = np.log([row.w for row in rows])
        counts = Counter(row.machine for row in rows)
        self.weight: Array = np.array([1.0 / counts[row.machine] for row in rows])
        self.prior: Array = np.zeros(3 + f + p)
        self.prior[0] = np.log(CENTRE)
        self.prior[-2:] = np.log(CENTRE_PROCESSOR), CENTRE_FANS
        spreads = [PRIOR_MEAN] + [model.family_spread.value] * f + [model.accelerator_spread.value] * p
        self.precision: Array = np.array([*spreads, PRIOR_PROCESSOR, PRIOR_FANS]) ** -2.0
        self.f = f

    def model(self, theta: Array) -> tuple[Array, Array]:
        """Log W per accelerator and its Jacobian."""
        n, f = len(self.tdp), self.f
        chip = self.tdp * np.exp(theta[0] + theta[1 + self.row_family] + theta[1 + f + self.row_product])
        host = self.host * np.exp(theta[-2])
        inside = chip + host + self.other
        fan = 1.0 + theta[-1] * self.air
        jacobian = np.zeros((n, len(theta)))
        share, index = chip / inside, np.arange(n)
        jacobian[:, 0] = share
        jacobian[index, 1 + self.row_family] = share
        jacobian[index, 1 + f + self.row_product] = share
        jacobian[:, -2] = host / inside
        jacobian[:, -1] = self.air / fan
        return np.log(inside * fan * self.tail), jacobian

    def step(self, theta: Array) -> Array:
        """One reweighted Gauss-Newton step."""
        value, jacobian = self.model(theta)
        residual = self.log_w - value
        scale = max(1.4826 * float(np.median(np.abs(residual))), SCALE_FLOOR)
        weight = self.weight / (1.0 + (residual / (CAUCHY * scale)) ** 2) / scale**2
        normal: Any = jacobian.T @ (weight[:, None] * jacobian) + np.diag(self.precision)
        slope = jacobian.T @ (weight * residual) - self.precision * (theta - self.prior)
        return np.asarray(np.linalg.solve(normal, slope), dtype=np.float64)

    def told(self, theta: Array) -> Fit:
        """Name the parameters, and measure the spread around them."""
        residual = np.abs(self.log_w - self.model(theta)[0])
        families = {name: float(theta[1 + i]) for i, name in enumerate(self.families)}
        products = {name: float(theta[1 + self.f + i]) for i, name in enumerate(self.products)}
        return Fit(float(theta[0]), families, products, float(np.exp(theta[-2])), float(theta[-1]), self._spread(residual))

    def _spread(self, residual: Array) -> dict[str, float]:
        """80 % quantile of the residuals of all, drawn towards by the few of each family, widened for what the fit has used up."""
        everyone = _quantile(residual, self.weight)
        widen = float(np.sqrt(1.0 + len(self.precision) / self.weight.sum()))
        spread = {"": everyone * widen}
        for i, name in enumerate(self.families):
            own = self.row_family == i
            n = float(self.weight[own].sum())
            mixed = (n * _quantile(residual[own], self.weight[own]) + FAMILY_ROWS * everyone) / (n + FAMILY_ROWS)
            spread[name] = mixed * widen
        return spread


def _quantile(values: Array, weight: Array) -> float:
    order = np.argsort(values)
    share = np.cumsum(weight[order]) / weight.sum()
    return float(values[order][min(int(np.searchsorted(share, LEVEL)), len(values) - 1)])
