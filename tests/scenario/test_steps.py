"""Which line is in force when: what is given counts from the first whole period, what is asked for
from the one that holds its date."""

from __future__ import annotations

import pytest

from tests.scenario.sample import load, spoilt

STEPS = spoilt("power: {2026-Q1: 20 MW, 2027-Q1: 40 MW}", "power: {2026-Q2: 20 MW, 2026-11: 40 MW}")
STEPS = spoilt(
    "need: {2027-Q1: 1000 accelerators}",
    "need: {2026-Q2: 800 accelerators, 2027-02: 900 accelerators}",
    STEPS,
)


@pytest.mark.parametrize(
    ("path", "label", "step"),
    [
        (
            "sites.0.power",
            "2026-Q1",
            "sites.0.power.2026-Q2",
        ),  # before the first step its date is what matters
        ("sites.0.power", "2026-Q2", "sites.0.power.2026-Q2"),
        (
            "sites.0.power",
            "2026-Q4",
            "sites.0.power.2026-Q2",
        ),  # November is not the first day of the quarter
        ("sites.0.power", "2027-Q1", "sites.0.power.2026-11"),
        ("demands.0.need", "2026-Q4", "demands.0.need.2026-Q2"),
        ("demands.0.need", "2027-Q1", "demands.0.need.2027-02"),
        ("supply.0.by", "2026-Q2", "supply.0.by.2026-Q1"),
        ("supply.0.per_period", "2026-Q2", "supply.0.per_period"),  # no dates there
        ("sites.0.power", "horizon", "sites.0.power"),  # no period
    ],
)
def test_the_step_in_force(path, label, step):
    loaded = load(STEPS)
    assert loaded.step(path, label) == step
    assert loaded.mark(step) is not None
