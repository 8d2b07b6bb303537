"""`planner explain` as a person at a terminal meets it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

INFEASIBLE = Path(__file__).parent.parent / "infeasible"

SMALL = """
name: small
horizon: {from: 2026-Q1, to: 2026-Q4}
sites:
  - {id: cheap, power: {2026-Q1: 1 MW}, energy_price: 10 USD/MWh}
  - {id: dear, power: {2026-Q1: 9 MW}, energy_price: 100 USD/MWh}
systems: [{system: hgx-h100, lead_time: 0 days, fit_out: 0 days}]
demands: [{id: some, kind: deployment, accelerator: h100-sxm, need: {2026-Q3: 800 accelerators}}]
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


def test_table(command, small):
    ran = command("explain", small)
    assert ran.code == 0, ran.err
    for title in ("What binds", "Sensitivities", "Headroom of the rest"):
        assert title in ran.out
    assert "power at cheap, 2026-Q1..2026-Q4" in ran.out
    assert "\x1b" not in ran.out


def test_json_keeps_its_schema(command, small):
    ran = command("explain", small, "--tag", "power at cheap", "--format", "json")
    found = json.loads(ran.out)
    jsonschema.validate(found, json.loads(command("schema", "explanation").out))
    assert (found["format"], found["format_version"], found["outcome"]) == (
        "ai-cluster-explanation",
        1,
        "plan",
    )
    (tag,) = found["tags"]
    assert tag["loosened"]["better"] > 0 > tag["tightened"]["better"]


def test_markdown(command, small):
    out = command("explain", small, "--format", "md").out
    assert out.startswith("# small\n")
    assert "## Sensitivities" in out


def test_without_a_plan_the_exit_code_says_so_and_the_way_out_is_printed(command):
    ran = command("explain", INFEASIBLE / "two-power-and-budget.yaml")
    assert ran.code == 3
    for text in (
        "These limits cannot hold together",
        "The cheapest way out",
        "5 MW instead of 3",
        "100 MUSD instead of 80",
    ):
        assert text in ran.out
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--tag", "power at chaep"], 2, "did you mean `power at cheap`"),
        (["--goal", "2"], 2, "the scenario has 1 objectives"),
        (["--goal", "0"], 2, "range"),
        (["--within", "5"], 2, "s"),
        (["--set", "sites.cheap.powr=1 MW"], 1, "powr"),
        (["--format", "xml"], 2, "xml"),
    ],
)
def test_bad_input(command, small, arguments, code, says):
    ran = command("explain", small, *arguments)
    assert ran.code == code
    assert says in ran.err
    assert "Traceback" not in ran.err
