"""Cases with their sensitivities at hand."""

from __future__ import annotations

import time

from planner.core.case import Case
from planner.solver.engine import Engine
from planner.solver.limit_parameters import LimitParameter
from planner.solver.prices import Pricing
from planner.solver.run import run
from tests.builders import EXACT, model_of


def priced(case: Case, engine: Engine, *, goal: int = 0, within_s: float = 120.0) -> Pricing:
    """The case, solved, and ready for questions."""
    model, settings = model_of(case), EXACT
    return Pricing(
        model,
        run(model, settings, engine),
        settings,
        engine,
        number=goal,
        until=time.perf_counter() + within_s,
    )


def parameter_of(pricing: Pricing, key: str) -> LimitParameter:
    """The parameter of that key, `power at x [2025]`."""
    return next(parameter for parameter in pricing.parameters if parameter.key == key)
