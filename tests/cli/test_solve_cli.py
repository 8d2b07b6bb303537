"""`planner solve`, `check` and `schema` as a person at a terminal meets them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from planner.assembly.plan import Plan

SMALL = """
name: small
horizon: {from: 2026-Q1, to: 2026-Q4}
sites: [{id: here, power: {2026-Q1: 20 MW}, energy_price: 50 USD/MWh}]
systems: [{system: hgx-h100, lead_time: 0 days, fit_out: 0 days}]
demands: [{id: some, kind: deployment, accelerator: h100-sxm, need: {2026-Q3: 800 accelerators}}]
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


def test_table_shows_what_to_buy_and_how_sure(command, small):
    assert "What to buy" not in command("solve", small).out
    ran = command("solve", small, "--verbose")
    assert ran.code == 0
    assert "What to buy" in ran.out
    assert "hgx-h100" in ran.out
    assert "proven bound" in ran.out
    assert "Assumptions used" in ran.out
    assert "per MW IT nameplate" in ran.out
    assert "\x1b" not in ran.out  # no colours into a pipe


def test_json_is_a_plan_that_loads_back_equal(command, small, tmp_path):
    path = tmp_path / "plan.json"
    ran = command("solve", small, "--format", "json", "-o", path)
    plan = Plan.model_validate_json(ran.out)
    assert plan == Plan.model_validate_json(path.read_text())
    assert Plan.model_validate_json(plan.to_json()) == plan
    assert sum(p.accelerators for p in plan.purchases) == 800
    assert command("check", path).code == 0


def test_csv_is_one_long_table(command, small):
    rows = list(csv.DictReader(io.StringIO(command("solve", small, "--format", "csv").out)))
    bought = [
        row for row in rows if row["table"] == "purchases" and row["measure"] == "accelerators"
    ]
    assert [(row["item"], row["site"], row["period"], row["value"]) for row in bought] == [
        ("hgx-h100", "here", "2026-Q3", "800")
    ]
    assert {"power", "cash", "limits", "shares", "compute", "energy", "fleet", "demands"} <= {
        row["table"] for row in rows
    }


def test_markdown_has_a_table_for_every_heading(command, small):
    text = command("solve", small, "-v", "--format", "md").out
    parts = text.split("\n### ")[1:]
    assert len(parts) >= 8
    assert all("|---|" in part or "```" in part for part in parts)
    assert text.count("\n## ") == 6


def test_set_changes_the_question(command, small):
    ran = command(
        "solve", small, "--set", "demands.some.need.2026-Q3=1600 accelerators", "--format", "json"
    )
    assert sum(p.accelerators for p in Plan.model_validate_json(ran.out).purchases) == 1600


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--set", "sites.here.power.2026-Q1=1 MW"], 3, "power at here"),
        (["--set", "sites.here.powr.2026-Q1=1 MW"], 1, "did you mean `power`"),
        (["--gap", "banana"], 2, "--gap"),
        (["--time-limit", "5"], 2, "has no unit"),
        (["--seed", "99999999999999"], 2, "range"),
        (["--format", "yaml"], 2, "yaml"),
        (["--catalog", "/nowhere"], 1, "defaults"),
    ],
)
def test_exit_codes(command, small, arguments, code, says):
    ran = command("solve", small, *arguments)
    assert ran.code == code
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_nothing_is_written_when_there_is_no_plan(command, small, tmp_path):
    path = tmp_path / "plan.json"
    assert command("solve", small, "-o", path, "--set", "sites.here.power.2026-Q1=1 MW").code == 3
    assert not path.exists()
    assert list(tmp_path.iterdir()) == [small]


def test_an_old_plan_survives_a_failed_write(command, small, tmp_path):
    ran = command("solve", small, "-o", tmp_path / "no such folder" / "plan.json")
    assert ran.code == 1
    assert "cannot write" in ran.err


def test_missing_file(command):
    ran = command("solve", "nowhere.yaml")
    assert ran.code == 1
    assert "cannot read nowhere.yaml" in ran.err


def test_unknown_command_names_the_nearest(command):
    ran = command("slove")
    assert ran.code == 2
    assert "solve" in ran.err


def test_check_rejects_an_altered_plan_with_its_line(command, small, tmp_path):
    path = tmp_path / "plan.json"
    command("solve", small, "-o", path)
    lines = path.read_text().splitlines()
    number = next(i for i, line in enumerate(lines) if '"fabric_usd"' in line)
    lines[number] = lines[number].replace(":", ": 1", 1).replace(": 1 ", ": 1")
    path.write_text("\n".join(lines))
    ran = command("check", path)
    assert ran.code == 1
    assert f"plan.json:{number + 1}:" in ran.err
    assert "fabric_usd" in ran.err


def test_check_takes_many_files_and_reports_the_worst(command, small, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(SMALL.replace("20 MW", "20"))
    ran = command("check", small, wrong)
    assert ran.code == 1
    assert "small.yaml: a sound scenario" in ran.out
    assert "PL-U001" in ran.err


def test_schema_is_json(command):
    for what in ("scenario", "plan"):
        assert json.loads(command("schema", what).out)["$schema"].endswith("2020-12/schema")


def test_module_runs_and_pipes_close_quietly(command, small, tmp_path, monkeypatch):
    """A pipe that nobody says the width of is 160 columns wide."""
    plan = tmp_path / "plan.json"
    whole = subprocess.run(
        [sys.executable, "-m", "planner", "solve", "-v", str(small), "-o", str(plan)],
        capture_output=True,
        text=True,
        check=True,
        env={name: value for name, value in os.environ.items() if name != "COLUMNS"},
    )
    assert "What to buy" in whole.stdout
    for columns, same in (("160", True), ("159", False)):
        monkeypatch.setenv("COLUMNS", columns)
        assert (command("show", "-v", plan).out == whole.stdout) is same
    head = subprocess.run(
        f"{sys.executable} -m planner solve {small} | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert head.stdout == "small\n"
    assert "Traceback" not in head.stderr
