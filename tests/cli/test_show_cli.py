"""`planner show`, and the forms in which every command tells what it has to tell."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.pipeline import read, solve
from planner.report.document import long_rows
from planner.report.tables import Column, Table
from planner.solver.engine import Engine
from tests.conftest import Command

SCENARIO = """\
name: Two kinds
horizon: {from: 2026-Q1, to: 2026-Q4}
sites: [{id: plains, power: {2026-Q1: 2 MW}, energy_price: 55 USD/MWh}]
systems: [{system: hgx-h100, lead_time: 0 days, fit_out: 0 days}]
demands: [{id: run, kind: deployment, system: hgx-h100, need: {2026-Q2: 400 accelerators}}]
"""


@pytest.fixture
def run(command: Command) -> Callable[..., str]:
    """What a command prints."""

    def ran(*arguments: object, code: int = 0) -> str:
        done = command(*arguments)
        assert done.code == code, done.out + done.err
        return done.out or done.err

    return ran


Run = Callable[..., str]


@pytest.fixture(scope="module")
def files(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A scenario and its plan."""
    folder = tmp_path_factory.mktemp("show")
    scenario, plan = folder / "tiny.yaml", folder / "plan.json"
    scenario.write_text(SCENARIO, encoding="utf-8")
    plan.write_text(solve(read(scenario), engine=engine).to_json(), encoding="utf-8")
    return scenario, plan


@pytest.mark.parametrize("form", ["table", "md", "csv", "json"])
def test_a_saved_plan_reads_as_the_solve_did(run: Run, files: tuple[Path, Path], form: str):
    scenario, plan = files
    more = ("-v", "--format", form)
    shown, solved = run("show", plan, *more), run("solve", scenario, *more)
    timed = ("seconds", " s ·", "objective", "minimize cost")
    kept, told = (
        [line for line in text.splitlines() if not any(word in line for word in timed)]
        for text in (shown, solved)
    )
    if form == "json":
        assert json.loads(shown)["purchases"] == json.loads(solved)["purchases"]
        assert shown == plan.read_text(encoding="utf-8")
    else:
        assert kept == told
        assert len(kept) > 20


def test_showing_needs_no_solver(files: tuple[Path, Path]):
    code = (
        "import sys\nsys.modules['ortools'] = None\n"
        "sys.argv = ['planner', 'show', '-v', sys.argv[1]]\n"
        "from planner.cli.main import main\ntry:\n    main()\nexcept SystemExit as end:\n    "
        "assert not end.code\n"
        "assert 'planner.solver.engine' not in sys.modules and 'numpy' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(files[1])], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "What to buy" in done.stdout


def test_a_plan_that_was_edited_is_not_shown(run: Run, files: tuple[Path, Path], tmp_path: Path):
    data = json.loads(files[1].read_text(encoding="utf-8"))
    data["purchases"][0]["units"] += 1
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(data), encoding="utf-8")
    assert "purchases" in run("show", edited, code=1)
    assert "no such file" in run("show", tmp_path / "nowhere.json", code=1).lower()


COMMANDS = {
    "power": ("power", "--system", "hgx-h100", "--count", "800"),
    "fit": ("power", "--system", "hgx-h100", "--fit", "5 MW"),
    "fabric": ("fabric", "--system", "hgx-h100", "--count", "800"),
    "facility": ("facility", "--system", "hgx-h100", "--count", "800"),
    "catalog": ("catalog", "list", "--kind", "suppliers"),
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS.keys())
def test_every_command_has_every_form(run: Run, words: tuple[str, ...]):
    texts = {form: run(*words, "--format", form) for form in ("table", "md", "csv", "json")}
    assert json.loads(texts["json"])
    assert texts["md"].startswith("# ")
    head, *rows = csv.reader(io.StringIO(texts["csv"]))
    assert {len(row) for row in rows} == {len(head)}
    assert len(rows) > 3
    assert all(text.endswith("\n") and not text.endswith("\n\n") for text in texts.values())


def test_cells_of_a_long_table_say_their_unit_and_keep_their_digits(run: Run):
    rows = list(csv.DictReader(io.StringIO(run(*COMMANDS["power"], "--format", "csv"))))
    nameplate = [row for row in rows if row["column"] == "nameplate" and row["row"] == "chip"]
    assert {(row["unit"], float(row["value"])) for row in nameplate} == {("MW", 0.56)}


def test_no_row_of_a_long_table_is_lost_and_no_two_are_one():
    tables = [
        Table("one column", [Column("word")], [["a"], ["b"]]),
        Table(
            "same names",
            [Column("name"), Column("draw", "MW")],
            [["x", 1.25], ["x", None], ["x", 1 / 3]],
        ),
    ]
    assert list(long_rows(tables))[1:] == [
        ("one column", 1, "a", "word", "", "a"),
        ("one column", 2, "b", "word", "", "b"),
        ("same names", 1, "x", "draw", "MW", "1.25"),
        ("same names", 3, "x", "draw", "MW", "0.3333333333333333"),
    ]


@pytest.mark.parametrize("form", ["md", "csv", "json"])
def test_comparisons_and_explanations_have_every_form(
    run: Run, files: tuple[Path, Path], form: str
):
    for command in (("compare", files[0], "--mix", "free"), ("explain", files[0], "--most", "0")):
        text = run(*command, "--format", form, "--quiet")
        assert {
            "md": text.startswith("# "),
            "csv": text.startswith("table,number,row,column,unit,value"),
            "json": text[:1] in "[{",
        }[form]
