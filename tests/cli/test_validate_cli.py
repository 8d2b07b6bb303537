"""`planner validate`: scores, cases and reasons on the terminal, in Markdown and as JSON."""

from __future__ import annotations

import json


def test_json_has_scores_and_cases(command):
    body = json.loads(command("validate", "--format", "json").out)
    assert body["basis"] == "it"
    assert body["scores"][0]["of"] == "all"
    assert body["scores"][0]["median_absolute_error"] <= 0.083
    assert len(body["cases"]) > 100


def test_table_shows_error_coverage_baselines_and_reasons(command):
    out = command("validate").out
    for word in ("Median absolute error", "inside 80 % band", "constant", "naive", "epoch", "Errors beyond 15 %", "power-optimised run"):
        assert word in out


def test_markdown(command):
    assert command("validate", "--format", "md").out.startswith("# Validation of power by component, hpl")
