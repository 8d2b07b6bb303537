"""`planner compare`: mixes, scenarios and plans side by side, and what is said of wrong ones."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import planner
from planner.cli.solve import progress
from planner.plan.schema import Plan
from planner.solver.engine import Progress
from tests.conftest import Command
from tests.shared import Shared

README = Path(planner.__file__).parent.parent / "README.md"
MIXES = ("free", "as-is", "half=free+max:50%", "even=free+min:3:25%")
"""Those of the README."""


@pytest.fixture
def equal(command: Command, shared: Shared) -> dict[str, Any]:
    """Four mixes of one scenario at equal compute."""

    def compared() -> dict[str, Any]:
        said = [word for mix in MIXES for word in ("--mix", mix)]
        asked = ("--at", "compute", "--format", "json", "--quiet")
        ran = command("compare", "diversified", *said, *asked)
        assert (ran.code, ran.err) == (0, "")
        return json.loads(ran.out)  # type: ignore[no-any-return]

    return shared("equal", compared)


def mixes(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {column["name"]: column for column in found["columns"]}


def cost(mix: dict[str, Any]) -> float:
    return float(mix["plan"]["totals"]["present_cost_usd"])


def test_equal_compute_costs_more_with_every_rule(equal: dict[str, Any]) -> None:
    """Proves: the premium is an interval that holds the difference of the plans; rules only ever
    cost; every mix delivers what the first does."""
    found = mixes(equal)
    assert (equal["format_version"], equal["at"], equal["precision"]) == (2, "compute", "bf16")
    outputs = [c["delivered_pflop_s_years"] for c in equal["columns"]]
    assert outputs == pytest.approx([outputs[0]] * 4, rel=1e-3)
    for name in ("as-is", "half", "even"):
        more, span = cost(found[name]) - cost(found["free"]), found[name]["premium"]
        assert 0 < span["least_usd"] <= more * (1 + 1e-9)
        assert more * (1 - 1e-9) <= span["most_usd"] < 1.02 * more
        assert span["least_share"] < more / cost(found["free"]) < span["most_share"] + 1e-9
    assert cost(found["half"]) < cost(found["as-is"])
    first = found["free"]
    assert (first["premium"], first["no_premium"]) == (None, "reference")
    assert first["present_usd_per_pflop_s_year"] == pytest.approx(cost(first) / outputs[0])


def test_each_mix_keeps_its_rule(equal: dict[str, Any]) -> None:
    """Proves: a looser cap than the scenario's is used, and three suppliers have their share."""
    spend = {
        name: sorted(
            row["share"]
            for row in mix["plan"]["shares"]
            if row["rule"] == 0 and row["metric"] == "spend"
        )
        for name, mix in mixes(equal).items()
    }
    assert spend["free"][-1] > 0.5  # otherwise the caps would show nothing
    assert spend["as-is"][-1] <= 0.45 + 1e-9
    assert 0.45 < spend["half"][-1] <= 0.5 + 1e-9
    assert spend["even"][-3] >= 0.25 - 1e-9


def test_the_table_of_the_readme_is_what_is_told(equal: dict[str, Any]) -> None:
    """Proves: its mixes are these, and its money is theirs, to what a gap leaves open."""
    text = README.read_text(encoding="utf-8")
    assert " ".join(f"--mix {mix}" for mix in MIXES) in text
    scale = {"k": 1e3, "M": 1e6, "B": 1e9}

    def quoted(name: str) -> list[float]:
        (line,) = (line for line in text.splitlines() if line.startswith(name))
        found = re.findall(r"\$([0-9.]+) ([kMB])", line)
        return [float(number) * scale[unit] for number, unit in found]

    first, *others = equal["columns"]
    for row, key in (
        ("present cost, least [USD]", "least_usd"),
        ("present cost, most [USD]", "most_usd"),
    ):
        told = [column["premium"][key] for column in others]
        assert quoted(row) == pytest.approx(told, rel=0.02)
    for row, key in (
        ("by PFLOP/s·year delivered [USD]", "present_usd_per_pflop_s_year"),
        ("by MW of utility nameplate [USD/MW]", "present_usd_per_utility_mw"),
    ):
        assert quoted(row) == pytest.approx([c[key] for c in (first, *others)], rel=2e-3)


def test_progress_and_what_has_no_plan(command: Command) -> None:
    """Proves: what runs now is told on stderr; a mix without a plan is an answer, none with one is
    an exit code."""
    ran = command("compare", "colossus", "--mix", "free", "--mix", "h200=only:hgx-h200")
    assert ran.code == 0
    assert ran.err.splitlines() == ["mix 1 of 2: free", "mix 2 of 2: h200"]
    assert "h200: no plan: " in ran.out
    assert "phase-1" in ran.out
    assert command("compare", "colossus", "--mix", "only:hgx-h200", "--quiet").code == 3


def test_on_a_terminal_the_mix_stands_before_the_numbers(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    line = progress(quiet=False)
    with line as watch:
        line.begin("mix 2 of 5: as-is")
        watch(Progress("minimize cost", 2.0, 1.0, 0.5))
    shown = capsys.readouterr().err.split("\r\033[K")
    assert shown[1] == "mix 2 of 5: as-is"
    assert shown[2].startswith("mix 2 of 5: as-is · minimize cost: best 2 · bound 1 · gap 50 %")


def test_plans_and_scenarios_side_by_side(
    command: Command, tmp_path: Path, shipped: Mapping[str, Plan]
) -> None:
    """Proves: saved plans are shown as they are, without a solve, and take neither mix nor value;
    a plan that somebody edited is none."""
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    one.write_text(shipped["colossus"].to_json(), encoding="utf-8")
    other.write_text(shipped["openai-amd-1gw"].to_json(), encoding="utf-8")
    ran = command("compare", one, other, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    columns = json.loads(ran.out)["columns"]
    assert [c["name"] for c in columns] == ["one", "other"]
    assert columns[1]["no_premium"] == "other output"
    assert columns[0]["plan"] == json.loads(shipped["colossus"].to_json())
    ran = command("compare", one, "openai-amd-1gw", "--mix", "free")
    assert (ran.code, "a saved plan takes no mix" in ran.err) == (2, True)
    ran = command("compare", one, "--set", "name=x")
    assert (ran.code, "nothing can be set" in ran.err) == (2, True)
    one.write_text(one.read_text().replace('"units": 6250', '"units": 6251'), encoding="utf-8")
    assert command("compare", one, other).code == 1


@pytest.mark.parametrize(
    ("mix", "says"),
    [
        ("x=most:45%", "a mix is"),
        ("x=max:145%", "out of range"),
        ("x=free+max:45%:sped", "did you mean `spend`"),
        ("x=min:one", "whole number"),
        ("x=max:0%", "greater than 0"),
        ("x=min:30", "less than or equal to 20"),
        ("x=min:5:30%", "more than the whole"),
        ("x=min:2:0%", "greater than 0"),
        ("x=only:nvida", "did you mean `nvidia`"),
        ("free=max:45%", "two mixes"),
        ("x=only:nvidia+only:amd", "no candidate is left"),
    ],
)
def test_wrong_mixes(command: Command, mix: str, says: str) -> None:
    ran = command("compare", "diversified", "--mix", "free", "--mix", mix)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_mistakes_of_files_and_mixes_are_told_together(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "mixes.yaml"
    file.write_text("a: free+only:nvida\nb: {c: d}\n", encoding="utf-8")
    bad = tmp_path / "bad.yaml"
    bad.write_text("name: x\n", encoding="utf-8")
    ran = command("compare", "diversified", bad, "--mixes", file, "--mix", "max:2")
    assert ran.code == 1
    assert f"{file}:1:14" in ran.err
    assert f"{file}:2:4" in ran.err
    assert "--mix:1:5" in ran.err
    assert "`horizon` is required" in ran.err
    gone = command("compare", "diversified", "--mixes", tmp_path / "none.yaml")
    assert (gone.code, "cannot read" in gone.err) == (1, True)
