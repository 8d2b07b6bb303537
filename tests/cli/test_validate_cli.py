"""`planner validate`: scores, cases and reasons as JSON; what its tables say stands in
`tests/power_model/test_validate.py`."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.conftest import Ran


def check_scores_and_cases(command: Callable[..., Ran]) -> None:
    body = json.loads(command("validate", "--format", "json").out)
    assert body["basis"] == "it"
    everything = body["scores"][0]
    assert everything["of"] == "all"
    assert everything["median_absolute_error"] <= 0.07
    assert (
        everything["median_absolute_error"]
        < everything["before"]["median_absolute_error"]
        < everything["baselines"]["constant"]
    )
    assert len(body["cases"]) > 140
    assert sum(body["chosen"].values()) == 10


def test_json_has_scores_and_cases(command, validation, monkeypatch):
    """With the validation that other tests of the run look at; the command works it out itself
    below."""
    asked = []
    monkeypatch.setattr(
        "planner.power_model.validate.validate",
        lambda *question: asked.append(question[1:]) or validation,
    )
    check_scores_and_cases(command)
    assert asked == [("hpl", 0)]


@pytest.mark.slow
def test_the_command_works_it_out_itself(command):
    check_scores_and_cases(command)


def test_a_workload_that_nobody_metered_is_an_error(command):
    told = command("validate", "--workload", "idle")
    assert told.code == 1
    assert "fewer than two machines" in told.err
