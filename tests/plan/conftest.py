"""Plans that the tests of this folder take apart."""

from __future__ import annotations

import pytest

from planner.data import scenarios_folder
from planner.pipeline import read, solve
from planner.plan.schema import Plan
from planner.solve.engine import Engine
from tests.plan.answers import HALLS, MIXED
from tests.scenario.sample import catalog, load

SHIPPED = sorted(path.stem for path in scenarios_folder().glob("*.yaml"))
"""Names of the shipped scenarios."""


@pytest.fixture(scope="session")
def plans(engine: Engine) -> dict[str, Plan]:
    """A plan of every shipped scenario, and of one that fills every table."""
    found = {name: solve(read(name, catalog=catalog()), engine=engine) for name in SHIPPED}
    return {**found, "mixed": solve(load(MIXED), engine=engine), "halls": solve(load(HALLS), engine=engine)}
