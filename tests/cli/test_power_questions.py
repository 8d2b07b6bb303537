"""`planner power` asked whether it fits, what an announced power is, and how far a metered series
is off: exit codes, forms, refusals, files, and lines that fit the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from planner.plan.schema import Plan
from planner.power_model.file import find_cluster

H100 = ("power", "--system", "hgx-h100", "--count", "1024 accelerators")
RATED = """\
name: rated
systems: [{system: hgx-h100, count: 128 systems, rack_rating: 40 kW, servers_per_rack: 4}]
facility: {halls: {one: 3 MW}, ratings: {feed: 3 MW}}
"""


@pytest.fixture
def series(tmp_path: Path) -> Path:
    """Ten minutes of the GB200 hall, a tenth below what is predicted."""
    path = tmp_path / "hall.csv"
    rows = [f"2026-02-03T04:{m:02}:00Z,{12.4 + 0.3 * (m % 2)}" for m in range(10)]
    path.write_text("\n".join(["timestamp,it [MW]", *rows]) + "\n")
    return path


def test_a_verdict_has_an_exit_code_and_says_why(command):
    fits = command(*H100, "--limit", "2 MW", "--at", "it", "--load", "peak")
    over = command(*H100, "--limit", "1 MW", "--at", "it", "--load", "peak")
    assert (fits.code, over.code) == (0, 3)
    assert "\nfits: draws " in fits.out
    assert "\ndoes not fit: draws " in over.out
    for word in ("chance to exceed it", "largest part of it: accelerators", "widest by", "Verdict"):
        assert word in over.out
    assert "From chip to utility" in over.out
    assert "utility   " in over.out  # --at is where the limit stands, and cuts no table


def test_the_limit_stands_at_the_meter_and_the_ratings_if_nothing_is_said(command):
    found = json.loads(command(*H100, "--limit", "2 MW", "--json").out)
    (one,) = found["verdict"]["limits"]
    whole = next(step for step in found["chain"] if step["basis"] == "utility")["nameplate_w"]
    assert (one["basis"], one["load"]) == ("utility", "nameplate")
    assert one["draw_w"] == whole
    assert one["margin_w"] == pytest.approx(2e6 - whole["value"])
    assert found["verdict"]["fits"] is one["fits"] is (whole["value"] <= 2e6)
    assert 0 <= one["chance_above"] <= 1


@pytest.mark.parametrize("form", ["md", "csv", "json"])
def test_every_form_carries_the_verdict(command, form):
    ran = command(*H100, "--limit", "1 MW", "--announced", "1.5 MW", "--format", form)
    assert ran.code == 3
    assert "chance" in ran.out
    assert "announced" in ran.out


def test_ratings_are_held_whether_a_limit_is_asked_for_or_not(command, tmp_path):
    """Four servers of 10.2 kW in a rack of 40 kW: no limit was asked for, so that is no failure."""
    path = tmp_path / "rated.yaml"
    path.write_text(RATED)
    told, asked = command("power", path), command("power", path, "--limit", "1 GW")
    assert (told.code, asked.code) == (0, 3)
    assert "Ratings" in told.out
    assert "rack of hgx-h100 does not fit: draws 40.8 kW" in asked.out
    by_name = {
        one["what"]: one["fits"]
        for one in json.loads(command("power", path, "--json").out)["verdict"]["limits"]
    }
    assert by_name == {"hall one": True, "feed": True, "rack of hgx-h100": False}


def test_a_plan_and_its_scenario_by_site_in_the_worst_period(
    command, shipped: Mapping[str, Plan], tmp_path
):
    plan, path = shipped["diversified"], tmp_path / "plan.json"
    path.write_text(plan.to_json(), encoding="utf-8")
    worst: dict[str, float] = {}
    for row in plan.power:
        if row.basis == "utility":
            worst[row.site] = max(worst.get(row.site, 0.0), row.peak_mw or 0.0)
    limit = max(worst.values()) * 0.999
    ran = command("power", path, "--limit", f"{limit} MW", "--load", "peak")
    assert ran.code == 3
    assert ran.out.count(" does not fit: draws ") == 1
    found = json.loads(command("power", path, "--limit", "1 GW", "--load", "peak", "--json").out)
    assert found["verdict"]["fits"]
    assert len(found["verdict"]["sites"]) == len(worst)
    draws = [site["limits"][0]["draw_w"]["value"] for site in found["verdict"]["sites"]]
    assert sorted(draws) == pytest.approx(sorted(mw * 1e6 for mw in worst.values()))
    for site in found["verdict"]["sites"]:
        assert {"energized", "critical IT"} <= {one["what"] for one in site["limits"]}
        assert all(one["fits"] for one in site["limits"])


def test_a_scenario_is_held_against_a_limit(command):
    ran = command("power", "colossus", "--limit", "100 MW", "--at", "it", "--load", "average")
    assert ran.code in (0, 3)
    assert (" does not fit: " in ran.out) == (ran.code == 3)
    assert "(it, average)" in ran.out


def test_an_announced_power_of_a_rounded_count(command):
    """83 000 / 72 = 1152.8: without --announced that is a mistake."""
    words = ("power", "--system", "gb200-nvl72", "--count", "83000 accelerators")
    assert "not a whole number" in command(*words).err
    ran = command(*words, "--announced", "150 MW")
    assert ran.code == 0
    assert "150 MW with 83\u202f016 accelerators is " in ran.out
    assert "it is not nameplate at chip, it, facility or utility" in ran.out
    assert "note: 83\u202f000 accelerators are taken as 1153 whole systems" in ran.out
    found = json.loads(command(*words, "--announced", "150 MW", "--json").out)["announced"]
    assert len(found["places"]) == 20
    assert {(p["basis"], p["load"]) for p in found["places"] if p["in_range"]} == {
        (p["basis"], p["load"]) for p in found["fits"]
    }


def test_a_series_calibrates_a_copy_and_never_the_original(command, series, tmp_path):
    original = find_cluster("gb200-hall").read_text()
    out = tmp_path / "metered.yaml"
    words = ("power", "gb200-hall", "--metered", series)
    found = json.loads(command(*words, "--calibrate", out, "--json").out)["metered"]
    assert found["total"]["mean_w"] == pytest.approx(12.55e6)
    again = json.loads(command("power", out, "--json").out)
    it = next(step for step in again["chain"] if step["basis"] == "it")
    assert it["average_w"]["value"] == pytest.approx(12.55e6)
    assert it["peak_w"]["value"] == pytest.approx(12.7e6)
    assert command("check", out).code == 0
    written = out.read_text()
    assert written.startswith(original.split("systems:")[0])
    refused = command(*words, "--calibrate", out)
    assert (refused.code, out.read_text()) == (2, written)
    assert "--force writes over it" in refused.err
    assert command(*words, "--calibrate", out, "--force").code == 0
    assert find_cluster("gb200-hall").read_text() == original


def test_nothing_is_written_where_something_is_wrong(command, series, tmp_path):
    series.write_text(series.read_text().replace("12.4", "soon"))
    out = tmp_path / "metered.yaml"
    ran = command("power", "gb200-hall", "--metered", series, "--calibrate", out)
    assert (ran.code, ran.out, out.exists()) == (1, "", False)
    assert ran.err.count("hall.csv:") == 5
    assert "5 errors" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([*H100[1:], "--limit", "150"], 2, "`150` has no unit"),
        ([*H100[1:], "--limit", "-1 MW"], 2, "--limit:1:1"),
        ([*H100[1:], "--limit", "1 MWh"], 2, "--limit:1:1"),
        ([*H100[1:], "--limit", "0 MW"], 2, "out of range"),
        ([*H100[1:], "--announced", "much", "--limit", "x"], 2, "2 errors"),
        (["colossus", "--limit", "1"], 2, "has no unit"),
        (["gb200-hall", "--limit", "1 GW", "--at", "server"], 1, "no server basis"),
        (["--system", "hgx-h100", "--fit", "1 MW", "--limit", "1 MW"], 2, "--fit asks how many"),
        (["colossus", "--announced", "1 MW"], 2, "--announced belong to --system"),
        (["gb200-hall", "--metered-at", "it"], 2, "--metered-at belong to --metered"),
        (["gb200-hall", "--calibrate", "x.yaml"], 2, "--calibrate belong to --metered"),
        (["gb200-hall", "--force"], 2, "--force belongs to --calibrate"),
        (
            [*H100[1:], "--metered", "x.csv", "--calibrate", "x.yaml"],
            2,
            "--calibrate writes a cluster file",
        ),
        (
            ["gb200-hall", "--metered", "x", "--calibrate", "y", "--pue", "1.2"],
            2,
            "write --pue into it",
        ),
        (["gb200-hall", "--metered", "nowhere.csv"], 1, "cannot read nowhere.csv"),
    ],
)
def test_mistakes(command, arguments, code, says):
    ran = command("power", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert says in ran.err
    assert "Traceback" not in ran.err


@pytest.fixture(scope="module")
def questions(
    tmp_path_factory: pytest.TempPathFactory, shipped: Mapping[str, Plan]
) -> dict[str, list[object]]:
    folder = tmp_path_factory.mktemp("widths")
    (folder / "plan.json").write_text(shipped["colossus"].to_json(), encoding="utf-8")
    (folder / "rated.yaml").write_text(RATED)
    (folder / "it.csv").write_text(
        "time,it_kw,accelerators_kw,a-device_kw\n"
        + "".join(f"{1767225600 + 60 * i},{1100 + 300 * (i > 5)},700,1\n" for i in range(9))
        + "1767229200,1200,700,1\n"
    )
    return {
        "all": [
            *(folder / "rated.yaml", "--limit", "1 MW", "--announced", "2 MW"),
            *("--metered", folder / "it.csv", "--power-cap", "80 %", "--ramp", "1 MW/min"),
        ],
        "fit": ["--system", "mi450-helios", "--fit", "1 GW"],
        "large": ["--system", "gb200-nvl72", "--count", "9999 systems", "--limit", "1 TW"],
        "mixed": ["mixed-8k"],
        "plan": [folder / "plan.json", "--limit", "100 MW"],
    }


def shown(command, monkeypatch, width: int, arguments: list[object]) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    ran = command("power", *arguments)
    assert ran.code in (0, 3), ran.err
    return ran.out.splitlines()


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("name", ["all", "fit", "large", "mixed", "plan"])
def test_no_line_overflows_and_no_word_is_broken(command, monkeypatch, questions, name, width):
    """Every word that stands on a page with room for all stands on a narrow one too, whole; no
    number has an exponent."""
    narrow = shown(command, monkeypatch, width, questions[name])
    wide = shown(command, monkeypatch, 5000, questions[name])
    assert max(map(len, narrow)) <= width
    words = {word for line in narrow for word in line.split()}
    missing = {word for line in wide for word in line.split() if not word.startswith("─")} - words
    assert missing == set()
    assert [line for line in narrow if re.search(r"\d[eE][+-]?\d", line)] == []
