"""Plans that the tests of this folder take apart."""

from __future__ import annotations

import pytest

from planner.data import scenarios_folder
from planner.pipeline import read, solve
from planner.plan.schema import Plan
from planner.solve.engine import Engine
from tests.plan.answers import HALLS, MIXED, REFRESH
from tests.scenario.sample import catalog, load
from tests.shared import Shared

SHIPPED = sorted(path.stem for path in scenarios_folder().glob("*.yaml"))
"""Names of the shipped scenarios."""


@pytest.fixture(scope="session")
def plans(engine: Engine, shared: Shared) -> dict[str, Plan]:
    """A plan of every shipped scenario, of one that fills every table, and of one in which machines come and go."""

    def make() -> dict[str, Plan]:
        found = {name: solve(read(name, catalog=catalog()), engine=engine) for name in SHIPPED}
        others = {"mixed": MIXED, "halls": HALLS, "refresh": REFRESH}
        return {**found, **{name: solve(load(text), engine=engine) for name, text in others.items()}}

    return shared("plans", make)
