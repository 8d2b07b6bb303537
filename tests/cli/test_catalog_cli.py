"""What does a person at a terminal see of the catalog, and with which exit code?"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from planner.catalog.load import load_catalog
from planner.cli.main import main
from tests.catalog.small import TODAY, write

CHIPS, SYSTEMS, SOURCES, JUDGEMENT = (
    "accelerators/acme.yaml",
    "systems/acme.yaml",
    "sources/all.yaml",
    "judgement/acme.yaml",
)
DAY = TODAY.isoformat()


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def planner(capsys, monkeypatch) -> Callable[..., Ran]:
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> Ran:
        with pytest.raises(SystemExit) as left:
            main(["catalog", *map(str, arguments)])
        out, err = capsys.readouterr()
        code = left.value.code
        return Ran(code if isinstance(code, int) else 0, out, err)

    return run


@pytest.fixture
def small(tmp_path) -> Path:
    return write(tmp_path / "small")


def cells(text: str, first: str) -> list[str]:
    """The cells of the row that begins with `first`."""
    (line,) = (line for line in text.splitlines() if line.startswith(first + " "))
    return [cell for cell in line.split("  ") if cell.strip()]


class TestList:
    def test_systems(self, planner, small):
        ran = planner("list", "--catalog", small)
        assert (ran.code, ran.err) == (0, "")
        row = [cell.strip() for cell in cells(ran.out, "s1")]
        assert row == [
            "s1",
            "Acme server",
            "acme",
            "8",
            "10.2",
            "server",
            "1275",
            "230 (190 to 300)",
            "open",
        ]
        assert "†" not in ran.out

    def test_columns_say_their_units(self, planner, small):
        head = planner("list", "--catalog", small).out
        for title in ("nameplate [kW]", "per accelerator [W]", "planning price [kUSD]", "basis"):
            assert title in head
        head = planner("list", "--kind", "accelerators", "--catalog", small).out
        for title in ("TDP [W]", "memory [GB]", "bandwidth [TB/s]", "dense bf16 [TFLOP/s]"):
            assert title in head

    def test_what_is_assumed_is_marked_and_the_mark_explained(self, planner, tmp_path):
        assumed = (
            "  - {of: s1, figure: power.nameplate, value: 10.2 kW, low: 9 kW, high: 11 kW, "
            "date: 2026, reasoning: twice the chips}\n"
        )
        folder = write(
            tmp_path,
            (SYSTEMS, "      nameplate: {value: 10.2 kW, kind: datasheet, source: sheet}\n", ""),
            (JUDGEMENT, "", assumed),
            (
                JUDGEMENT,
                "kind: derived, source: shop",
                "kind: assumption, source: shop, note: a guess",
            ),
        )
        ran = planner("list", "--catalog", folder)
        row = [cell.strip() for cell in cells(ran.out, "s1")]
        assert row[4:8] == ["10.2 †", "server", "1275 †", "230 (190 to 300) †"]
        assert "† assumed: nobody published the figure" in ran.out
        (found,) = json.loads(planner("list", "--catalog", folder, "--format", "json").out)
        assert (
            found["nameplate_w_assumed"],
            found["price_usd_assumed"],
            found["accelerators_assumed"],
        ) == (True, True, False)

    def test_accelerators(self, planner, small):
        row = [
            cell.strip()
            for cell in cells(
                planner("list", "--kind", "accelerators", "--catalog", small).out, "a1"
            )
        ]
        assert row == [
            "a1",
            "Acme A1",
            "acme",
            "CUDA",
            "700",
            "80",
            "–",
            "3.35",
            "989",
            "1979",
            "3958",
        ]

    def test_suppliers_and_sources(self, planner, small):
        assert [
            cell.strip()
            for cell in cells(
                planner("list", "--kind", "suppliers", "--catalog", small).out, "acme"
            )
        ] == [
            "acme",
            "Acme",
            "US",
            "1",
            "1",
        ]
        out = planner("list", "--kind", "sources", "--catalog", small).out
        assert "https://acme.example/sheet" in out
        assert "2026-08" in out

    def test_json_gives_canonical_units(self, planner, small):
        ran = planner("list", "--format", "json", "--catalog", small)
        (row,) = json.loads(ran.out)
        assert (row["nameplate_w"], row["nameplate_basis"], row["nameplate_per_accelerator_w"]) == (
            10200.0,
            "server",
            1275.0,
        )
        assert (row["price_usd"], row["price_low_usd"], row["price_high_usd"]) == (
            230e3,
            190e3,
            300e3,
        )
        assert (row["accelerators"], row["accelerator"], row["sale"]) == (8, "a1", "open")

    def test_csv_says_the_same(self, planner, small):
        for kind in ("systems", "accelerators", "suppliers", "sources"):
            rows = list(
                csv.DictReader(
                    io.StringIO(
                        planner("list", "--kind", kind, "--format", "csv", "--catalog", small).out
                    )
                )
            )
            data = json.loads(
                planner("list", "--kind", kind, "--format", "json", "--catalog", small).out
            )
            assert [
                {key: "" if value is None else str(value) for key, value in row.items()}
                for row in data
            ] == rows

    def test_by_supplier(self, planner):
        rows = json.loads(planner("list", "--supplier", "google", "--format", "json").out)
        assert rows
        assert {row["supplier"] for row in rows} == {"google"}
        everything = json.loads(planner("list", "--format", "json").out)
        assert len(everything) == len(load_catalog().systems) > len(rows)

    def test_an_unknown_supplier(self, planner):
        ran = planner("list", "--supplier", "nvidea")
        assert (ran.code, ran.out) == (1, "")
        assert "no supplier `nvidea`" in ran.err
        assert "did you mean `nvidia`?" in ran.err

    def test_a_supplier_of_sources(self, planner):
        assert planner("list", "--kind", "sources", "--supplier", "amd").code == 2

    def test_nothing_to_list(self, planner, tmp_path):
        folder = write(
            tmp_path, ("catalog.yaml", "US}\n", "US}\n  - {id: idle, name: Idle, country: US}\n")
        )
        assert (
            planner("list", "--supplier", "idle", "--format", "json", "--catalog", folder).out
            == "[]\n"
        )
        assert (
            planner("list", "--supplier", "idle", "--format", "csv", "--catalog", folder).out == ""
        )
        assert planner("list", "--supplier", "idle", "--catalog", folder).code == 0

    @pytest.mark.parametrize("width", [40, 80, 120])
    def test_on_a_narrow_terminal(self, planner, small, monkeypatch, width):
        monkeypatch.setenv("COLUMNS", str(width))
        for arguments in (
            ("list",),
            ("list", "--kind", "accelerators"),
            ("list", "--kind", "sources"),
            ("show", "s1"),
        ):
            ran = planner(*arguments, "--catalog", small)
            assert ran.code == 0
            assert ("s1" in ran.out) or ("a1" in ran.out) or ("sheet" in ran.out)


class TestShow:
    def test_a_system(self, planner, small):
        ran = planner("show", "s1", "--catalog", small)
        assert (ran.code, ran.err) == (0, "")
        words = " ".join(ran.out.split())
        for said in (
            "s1: Acme server",
            "supplier Acme (US)",
            "accelerator a1: Acme A1",
            "server; its power figures are on server basis",
            "power.nameplate 10.2 kW datasheet, primary, grade A, 2024-06, [sheet]",
            "power.idle 2 kW (1 to 3) † assumed assumption, grade D, 2026-10, [own-judgement] a "
            "fifth of the nameplate rests on [sheet]",
            "nic_bandwidth 400 Gbit/s",
            "ships_from 2024-03",
            "price 230 kUSD (190 to 300) derived, primary, grade C, 2026-08, [shop]",
            "[sheet] Datasheet (2024-06) https://acme.example/sheet",
            "[shop] Price list (2026-08) https://shop.example",
        ):
            assert said in words

    def test_quotes_come_oldest_first(self, planner, small):
        words = " ".join(planner("show", "s1", "--catalog", small).out.split())
        older, newer = (
            words.index("2025 23 kUSD per accelerator a1, analyst"),
            words.index("2026-03 230 kUSD per system (from 210 kUSD to 250 kUSD)"),
        )
        assert older < newer

    def test_an_accelerator(self, planner, small):
        words = " ".join(planner("show", "a1", "--catalog", small).out.split())
        for said in (
            "a1: Acme A1",
            "sold in s1",
            "tdp 700 W",
            "peak.bf16 989 TFLOP/s",
            "peak_sparse.bf16 1979 TFLOP/s",
            "memory_bandwidth 3.35 TB/s",
        ):
            assert said in words
        assert "230 kUSD" not in words

    def test_every_figure_of_everything_that_is_shipped(self, planner):
        """No figure is left out and nothing breaks on a note, whatever its signs."""
        catalog = load_catalog()
        for name in [*catalog.systems, *catalog.accelerators]:
            ran = planner("show", name)
            assert ran.code == 0, name
            record = catalog.systems.get(name) or catalog.accelerators[name]
            words = " ".join(ran.out.split())
            assert " ".join(record.note.split()) in words
            for quote in catalog.quotes:
                if quote.of == name:
                    assert " ".join(quote.note.split()) in words
            for assumption in catalog.assumptions:
                if assumption.of == name:
                    assert " ".join(assumption.reasoning.split()) in words
                    assert f"{assumption.figure} " in words

    def test_an_unknown_id(self, planner, small):
        ran = planner("show", "mi450-helio")
        assert (ran.code, ran.out) == (1, "")
        assert "error[PL-I001]: no accelerator or system `mi450-helio`" in ran.err
        assert "did you mean `mi450-helios`?" in ran.err
        assert "planner catalog list" in planner("show", "???", "--catalog", small).err

    def test_without_an_id(self, planner):
        assert planner("show").code == 2


class TestLint:
    def test_clean(self, planner, small):
        ran = planner("lint", "--catalog", small, "--today", DAY, "--strict")
        assert ran == (0, "1 accelerator, 1 system, 2 quotes, 3 sources: clean\n", "")

    def test_an_error(self, planner, tmp_path):
        folder = write(tmp_path, (CHIPS, "80 GB", "80 TB"))
        ran = planner("lint", "--catalog", folder, "--today", DAY)
        assert (ran.code, ran.out) == (1, "1 accelerator, 1 system, 2 quotes, 3 sources: 1 error\n")
        assert "error[PL-C001]: `a1`: memory over TDP is 114 GB per W" in ran.err
        assert "memory: {value: 80 TB" in ran.err
        assert "^^^^^^" in ran.err
        assert "1 error\n" in ran.err

    def test_a_warning_fails_only_when_strict(self, planner, tmp_path):
        folder = write(tmp_path, (SOURCES, ", url: 'https://shop.example'", ""))
        ran = planner("lint", "--catalog", folder, "--today", DAY)
        assert (ran.code, ran.out) == (
            0,
            "1 accelerator, 1 system, 2 quotes, 3 sources: 1 warning\n",
        )
        assert "warning[PL-C002]: source `shop` has no address" in ran.err
        assert planner("lint", "--catalog", folder, "--today", DAY, "--strict").code == 1

    def test_the_day_is_asked_for(self, planner, small):
        assert planner("lint", "--catalog", small, "--today", "2025-01-01").code == 1
        assert "PL-C003" in planner("lint", "--catalog", small, "--today", "2029-01-01").err
        assert planner("lint", "--catalog", small, "--today", "tomorrow").code == 2

    def test_a_catalog_that_does_not_load(self, planner, tmp_path):
        folder = write(tmp_path, (CHIPS, "80 GB", "80"), (SYSTEMS, "form: server", "form: serve"))
        ran = planner("lint", "--catalog", folder)
        assert (ran.code, ran.out) == (1, "")
        assert "PL-U001" in ran.err
        assert "did you mean `server`?" in ran.err
        assert ran.err.endswith("2 errors\n")

    def test_no_such_folder(self, planner, tmp_path):
        assert planner("lint", "--catalog", tmp_path / "nowhere").code == 2


def test_the_nearest_command_is_named(capsys):
    with pytest.raises(SystemExit) as left:
        main(["catalgo"])
    assert left.value.code == 2
    assert "did you mean `catalog`?" in capsys.readouterr().err


def test_help_loads_nothing_heavy():
    """`--help` must answer at once."""
    code = (
        "import sys, planner.cli.main as door\n"
        "try: door.main(['catalog', 'lint', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'pint', 'pydantic', 'rich', 'yaml', 'ortools', 'numpy'} & "
        "set(sys.modules)), file=sys.stderr)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"
    assert "--strict" in ran.stdout
