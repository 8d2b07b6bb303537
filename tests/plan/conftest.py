"""Plans that the tests of this folder take apart."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping

import pytest

from planner.pipeline import solve
from planner.plan.schema import Plan
from planner.solver.engine import Engine
from tests.plan.answers import HALLS, MIXED, REFRESH
from tests.scenario.sample import load
from tests.shared import Each, Shared

OTHERS = {"mixed": MIXED, "halls": HALLS, "refresh": REFRESH}


@pytest.fixture(scope="session")
def plans(engine: Engine, shared: Shared, shipped: Mapping[str, Plan]) -> Mapping[str, Plan]:
    """A plan of every shipped scenario, of one that fills every table, and of one in which machines
    come and go."""
    others = Each(shared, "other", [*OTHERS], lambda name: solve(load(OTHERS[name]), engine=engine))
    return ChainMap(others, shipped)  # type: ignore[arg-type]
