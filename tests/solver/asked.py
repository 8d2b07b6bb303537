"""Cases with their price tags at hand."""

from __future__ import annotations

import time

from planner.core.case import Case
from planner.solver.engine import Engine
from planner.solver.levers import Lever
from planner.solver.prices import Pricing
from planner.solver.run import run
from tests.tiny import EXACT, model_of


def priced(case: Case, engine: Engine, *, goal: int = 0, within_s: float = 120.0) -> Pricing:
    """The case, solved, and ready for questions."""
    model, settings = model_of(case), EXACT
    return Pricing(
        model,
        run(model, settings, engine),
        settings,
        engine,
        goal=goal,
        until=time.perf_counter() + within_s,
    )


def lever_of(pricing: Pricing, key: str) -> Lever:
    """The lever of that key, `power at x [2025]`."""
    return next(lever for lever in pricing.levers if lever.key == key)
