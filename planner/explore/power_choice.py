"""Which terms should a fit of metered power have? Decided by machines it was not fitted on, among the rows at hand only.

Greedy: beginning with the parts alone, the one change of the settings that lowers the cross-validated loss most is made, until none lowers it
by one per cent. Loss: mean over machines of the absolute log error of their runs, an error beyond 0.3 counting as 0.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256

import numpy as np

from planner.catalog.components import PowerModel
from planner.explore.power_fit import FLAGS, Problem, Row, Settings

FOLDS, REPEATS = 5, 5
BLOCKS = 10
CAP = 0.3
GAIN = 0.01
TOLERANCE = 1e-4


def deal(machines: Sequence[str], hands: int, shuffle: int) -> dict[str, int]:
    """Which hand each machine falls to: the same for the same number, whatever the order they come in."""
    order = sorted(set(machines), key=lambda name: sha256(f"{shuffle}:{name}".encode()).hexdigest())
    return {name: i % hands for i, name in enumerate(order)}


def loss(rows: Sequence[Row], model: PowerModel, settings: Settings, shuffle: int = 0) -> float:
    """Cross-validated error of settings, in log terms: machines are dealt to five folds, each predicted from the other four, five times."""
    problem = Problem(rows, model, settings)
    total = 0.0
    for again in range(REPEATS):
        hands = deal([row.machine for row in rows], FOLDS, shuffle * REPEATS + again)
        fold = np.array([hands[row.machine] for row in rows])
        for i in range(FOLDS):
            asked = fold == i
            if asked.any() and not asked.all():
                error = np.abs(problem.residual(problem.solve(~asked, TOLERANCE)))
                total += float((problem.weight * np.minimum(error, CAP))[asked].sum())
    return total / REPEATS / float(problem.weight.sum())


def changes(settings: Settings) -> Iterator[Settings]:
    """Settings that differ in one thing."""
    yield from (replace(settings, busy=busy) for busy in ("no", "all", "generation") if busy != settings.busy)
    for name in FLAGS:
        yield replace(settings, **{name: not getattr(settings, name)})


def choose(rows: Sequence[Row], model: PowerModel, shuffle: int = 0) -> Settings:
    """The settings that predict best among these rows. Raises ValueError for no rows."""
    if not rows:
        raise ValueError("nothing to choose on")
    best = Settings()
    least = loss(rows, model, best, shuffle)
    while True:
        tried = [(loss(rows, model, settings, shuffle), i, settings) for i, settings in enumerate(changes(best))]
        lowest, _, settings = min(tried)
        if lowest >= least * (1.0 - GAIN):
            return best
        best, least = settings, lowest
