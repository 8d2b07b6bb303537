"""Plans that the tests of this folder take apart."""

from __future__ import annotations

import pytest

from planner.pipeline import solve
from planner.plan.schema import Plan
from planner.solve.engine import Engine
from tests.plan.answers import HALLS, MIXED, REFRESH
from tests.scenario.sample import load
from tests.shared import Shared


@pytest.fixture(scope="session")
def plans(engine: Engine, shared: Shared, shipped: dict[str, Plan]) -> dict[str, Plan]:
    """A plan of every shipped scenario, of one that fills every table, and of one in which machines come and go."""
    others = {"mixed": MIXED, "halls": HALLS, "refresh": REFRESH}
    return {**shipped, **shared("others", lambda: {name: solve(load(text), engine=engine) for name, text in others.items()})}
