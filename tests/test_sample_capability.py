"""One folder and one line are a capability: the sample one is in all that the product does, and
without its line in nothing."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from planner.plan.schema import Plan
from tests.conftest import Command

ROOT = Path(__file__).parents[1]
FILE = """\
name: A store of fuel
horizon: {from: 2026-Q1, to: 2026-Q4}
sites:
  - id: plains
    power: {2026-Q1: 20 MW}
    energy_price: 55 USD/MWh
    fuel_store: {at_most: 100 m3, lasts: 48 hours, use: 0.26 L/kWh, cost: 900 USD/m3}
systems: [{system: hgx-h100, lead_time: 0 days, fit_out: 0 days}]
"""
MOST = FILE + "objective: [{maximize: accelerators}]\n"
TOO_MANY = (
    FILE + "demands: [{id: run, kind: deployment, system: hgx-h100, need: {2026-Q2: 8000 "
    "accelerators}}]\n"
)

Run = Callable[..., str]


def alone(*arguments: str | Path, module: str = "tests.sample_capability") -> str:
    """What the command line says, in a process of its own."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """What the command line says, with the capability."""
    served = subprocess.Popen(
        [sys.executable, "-m", "tests.sample_capability.served"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )

    def ask(*arguments: str | Path, code: int = 0) -> str:
        assert served.stdin is not None and served.stdout is not None
        served.stdin.write(json.dumps([str(argument) for argument in arguments]) + "\n")
        served.stdin.flush()
        left, said = json.loads(served.stdout.readline())
        assert left == code, said
        return str(said)

    with served:
        yield ask


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A question about the store."""
    path = tmp_path / "fuel.yaml"
    path.write_text(MOST, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def plan_file(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan with stores."""
    folder = tmp_path_factory.mktemp("fuel")
    (folder / "fuel.yaml").write_text(MOST, encoding="utf-8")
    run("solve", folder / "fuel.yaml", "-o", folder / "plan.json")
    return folder / "plan.json"


def test_its_keys_are_in_the_schema_with_their_sentences(run: Run):
    shape = json.loads(run("schema", "scenario"))
    store = shape["$defs"]["FuelStore"]
    assert set(store["properties"]) == {"at_most", "lasts", "use", "cost"}
    assert store["properties"]["lasts"]["description"].startswith(
        "How long it must last at the average draw of the site."
    )
    assert "fuel_store" in shape["$defs"]["Site"]["properties"]


def test_its_mistakes_are_told_with_their_places(run: Run, tmp_path: Path):
    path = tmp_path / "wrong.yaml"
    path.write_text(MOST.replace("100 m3", "100 MW").replace("lasts", "last"), encoding="utf-8")
    said = run("check", path, code=1)
    assert f"{path}:7:27  (sites.0.fuel_store.at_most)" in said
    assert "`MW` is power, but this is a volume" in said
    assert f"{path}:7:35  (sites.0.fuel_store.last)" in said
    assert "did you mean `lasts`?" in said
    path.write_text(MOST.replace("48 hours", "500 days"), encoding="utf-8")
    assert f"{path}:7:42  (sites.0.fuel_store.lasts)" in run("check", path, code=1)


def test_the_store_is_as_large_as_what_runs_needs_it_and_is_paid(plan_file: Path):
    plan = json.loads(plan_file.read_text(encoding="utf-8"))
    average_mw = {
        row["period"]: row["average_mw"] for row in plan["power"] if row["basis"] == "utility"
    }
    stores = {row["period"]: row["volume_m3"] for row in plan["fuel_stores"]}
    assert stores == pytest.approx({period: mw * 48 * 0.26 for period, mw in average_mw.items()})
    assert 99 < max(stores.values()) <= 100
    (paid,) = [row for row in plan["cash"] if row["bucket"] == "capex.fuel_stores"]
    assert paid["period"] == "2026-Q1"
    assert paid["usd"] == pytest.approx(900 * stores["2026-Q1"])
    counted = [row["usd"] for row in plan["cash"] if row["bucket"].startswith("capex.")]
    assert plan["totals"]["capex_usd"] == pytest.approx(sum(counted))
    (limit,) = [row for row in plan["limits"] if row["row"] == "fuel.at_most[plains,2026-Q1]"]
    assert limit["binding"]
    assert limit["used"] == pytest.approx(stores["2026-Q1"])
    assert plan["case"]["fuel_stores"][0]["m3_per_mw"] == pytest.approx(48 * 0.26)


def test_without_room_for_fuel_fewer_machines_run(run: Run, plan_file: Path, file: Path):
    free = json.loads(
        run("solve", file, "--set", "sites.0.fuel_store.at_most='1000 m3'", "--format", "json")
    )
    held = json.loads(plan_file.read_text(encoding="utf-8"))
    assert free["totals"]["accelerators"] > held["totals"]["accelerators"]


def test_the_audit_re_derives_it(run: Run, plan_file: Path, tmp_path: Path):
    assert "holds together" in run("check", plan_file)
    plan = json.loads(plan_file.read_text(encoding="utf-8"))
    plan["fuel_stores"][2]["volume_m3"] -= 20
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(plan, indent=1), encoding="utf-8")
    said = run("check", edited, code=1)
    assert "m3 of fuel stand at plains in 2026-Q3, 99.5" in said
    assert "limits" in said


def test_it_is_a_table_of_the_terminal_and_of_the_csv(run: Run, file: Path):
    lines = run("solve", file, "-v").splitlines()
    head = lines.index("Fuel stores") + 1
    assert lines[head].split() == ["site", "period", "volume", "[m3]"]
    assert lines[head + 2].split()[:2] == ["plains", "2026-Q1"]
    rows = list(csv.reader(io.StringIO(run("solve", file, "--format", "csv"))))
    assert next(row[1:6] for row in rows if row[0] == "fuel_stores") == [
        "fuel store",
        "plains",
        "2026-Q1",
        "stands",
        "m3",
    ]


def test_one_more_cubic_metre_has_a_price(run: Run, file: Path):
    found = json.loads(run("explain", file, "--format", "json"))
    (tag,) = [tag for tag in found["tags"] if tag["limit"] == "fuel store at plains"]
    assert tag["unit"] == "m3"
    assert tag["dual"] == pytest.approx(
        59, rel=0.02
    )  # accelerators per m3: 8 in a server of 0.0108 MW at the meter, 12.48 m3/MW
    assert tag["loosened"]["status"] == "solved"


def test_a_store_too_small_is_in_the_conflict_and_its_repair_is_verified(run: Run, tmp_path: Path):
    path = tmp_path / "small.yaml"
    path.write_text(TOO_MANY, encoding="utf-8")
    said = run("solve", path, code=3)
    assert "these limits cannot hold together: demand run · fuel store at plains" in said
    assert f"{path}:7:27" in said
    (repair,) = [line for line in said.splitlines() if "`fuel store at plains` in" in line]
    assert repair.endswith("m3 more (verified)")
    more = repair.split(": ")[1].split()[0]
    assert "accelerators in" in run(
        "solve", path, "--set", f"sites.0.fuel_store.at_most='{more} m3'"
    )


def test_without_its_line_nothing_changes(file: Path, command: Command):
    ran = command("check", file)
    assert ran.code == 1
    assert "unknown key `fuel_store`" in ran.err
    with_it, without = (
        json.loads(alone("schema", "scenario", module=module))
        for module in ("tests.sample_capability", "planner")
    )
    assert without == json.loads(
        (ROOT / "scenarios" / "scenario.schema.json").read_text(encoding="utf-8")
    )
    assert set(with_it["$defs"]) - set(without["$defs"]) == {"FuelStore"}


def test_a_plan_without_stores_reads_with_and_without_the_line(
    run: Run, command: Command, shipped: Mapping[str, Plan], tmp_path: Path
):
    """A saved plan is the same plan whether a program knows more than it says or not."""
    path = tmp_path / "plan.json"
    path.write_text(shipped["colossus"].to_json(), encoding="utf-8")
    assert "holds together" in command("check", path).out
    assert "holds together" in run("check", path)
