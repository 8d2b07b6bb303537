"""Which terms should a fit of metered power have? Decided by machines it was not fitted on, among
the rows at hand only.

Loss: mean over machines of the absolute log error of their runs, cross-validated, an error beyond
0.3 counting as 0.3. Price: the loss, and one per cent of it for each term, so that a term that
earns less is left out whatever the order of the search. Greedy: beginning with the parts alone, the
one change of the settings that lowers the price most is made, until none does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256

import numpy as np

from planner.catalog.components import PowerModel
from planner.power_model.learn import FLAGS, Problem, Row, Settings

FOLDS, REPEATS = 5, 5
BLOCKS = 10
CAP = 0.3
GAIN = 0.01
TOLERANCE = 1e-4


def deal(machines: Sequence[str], hands: int, shuffle: int) -> dict[str, int]:
    """Which hand each machine falls to. It depends on its name and the number alone, so that
    leaving one out moves no other.
    """
    return {
        name: int(sha256(f"{shuffle}:{name}".encode()).hexdigest(), 16) % hands
        for name in set(machines)
    }


def loss(rows: Sequence[Row], model: PowerModel, settings: Settings, shuffle: int = 0) -> float:
    """Cross-validated error of settings, in log terms: machines are dealt to five folds, each
    predicted from the other four, five times.
    """
    problem = Problem(rows, model, settings)
    folds = []
    for again in range(REPEATS):
        hands = deal([row.machine for row in rows], FOLDS, shuffle * REPEATS + again)
        fold = np.array([hands[row.machine] for row in rows])
        folds += [fold == i for i in range(FOLDS)]
    asked = np.array([fold for fold in folds if fold.any() and not fold.all()]).reshape(
        -1, len(rows)
    )
    error = np.abs(problem.residual(problem.solve(~asked, TOLERANCE)))
    total = float((problem.weight * np.minimum(error, CAP))[asked].sum())
    return total / REPEATS / float(problem.weight.sum())


def changes(settings: Settings) -> Iterator[Settings]:
    """Settings that differ in one thing."""
    yield from (
        replace(settings, busy=busy)
        for busy in ("no", "all", "generation")
        if busy != settings.busy
    )
    yield replace(settings, tuned=not settings.tuned)
    yield replace(settings, level=not settings.level)
    yield replace(settings, size=not settings.size)
    yield replace(settings, line=not settings.line)
    yield replace(settings, tight=not settings.tight)
    yield replace(settings, own=not settings.own)


def terms_of(settings: Settings) -> int:
    """How many options are taken; slopes by generation count as two."""
    return ("no", "all", "generation").index(settings.busy) + sum(
        bool(getattr(settings, name)) for name in FLAGS
    )


def choose(rows: Sequence[Row], model: PowerModel, shuffle: int = 0) -> Settings:
    """The settings that predict best among these rows, few terms preferred. Raises ValueError for
    no rows.
    """
    if not rows:
        raise ValueError("nothing to choose on")
    prices: dict[Settings, float] = {}

    def price(settings: Settings) -> float:
        if settings not in prices:
            prices[settings] = loss(rows, model, settings, shuffle) * (
                1.0 + GAIN * terms_of(settings)
            )
        return prices[settings]

    best = Settings()
    while True:
        cheapest = min([best, *changes(best)], key=price)
        if cheapest == best:
            return best
        best = cheapest
