"""Listing the tests takes no solver."""

from __future__ import annotations

import pytest

from planner.power_model.validate import validate
from planner.solver.engine import Engine
from tests.conftest import collecting
from tests.scenario.sample import catalog


def test_no_solver_starts_and_nothing_is_fitted_while_tests_are_listed():
    """Proves the guard of `conftest.py`, under which this file was listed too."""
    with collecting():
        with pytest.raises(AssertionError, match="solves nothing"):
            Engine()
        with pytest.raises(AssertionError, match="solves nothing"):
            validate(catalog(), "hpl")
    with Engine():
        pass
