"""What `planner catalog lint` refuses, no command works with: one's own catalog is linted before it
is used."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click
import pytest

from planner.cli.main import planner
from planner.data import catalogs_folder

SCENARIO = """name: small
horizon: {from: 2026-Q1, to: 2026-Q1}
sites: [{id: here, power: {2026-Q1: 20 MW}, energy_price: 50 USD/MWh}]
systems: [{system: hgx-h100, lead_time: 0 days, fit_out: 0 days}]
objective: [{maximize: accelerators}]
"""
CLUSTER = "name: ten\nsystems: [{system: hgx-h100, count: 10 systems}]\n"
ONE = ("--system", "hgx-h100", "--count", "10 systems")


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built-in catalog with HGX H100 at 2 kW, below the 5.6 kW of its accelerators."""
    folder = tmp_path_factory.mktemp("refused") / "catalogs"
    shutil.copytree(catalogs_folder(), folder)
    path = folder / "systems" / "nvidia.yaml"
    text = path.read_text(encoding="utf-8")
    before, after = text.split("- id: hgx-h100\n", 1)
    changed, number = re.subn(
        r"nameplate:(\s*\{?\s*value: )10\.2 kW", r"nameplate:\g<1>2 kW", after, count=1
    )
    assert number == 1
    path.write_text(f"{before}- id: hgx-h100\n{changed}", encoding="utf-8")
    return folder


def catalog_options() -> set[str]:
    """Names of every command that takes `--catalog`, those of groups behind the group's."""

    def below(group: click.Group, words: str) -> set[str]:
        found = set[str]()
        for name, each in group.commands.items():
            if isinstance(each, click.Group):
                found |= below(each, f"{words}{name} ")
            elif any("--catalog" in option.opts for option in each.params):
                found.add(words + name)
        return found

    return below(planner, "")


ASKED = {
    "solve": ("solve", "{scenario}", "--quiet"),
    "compare": ("compare", "{scenario}", "--quiet"),
    "explain": ("explain", "{scenario}", "--quiet"),
    "check": ("check", "{scenario}"),
    "check of a cluster": ("check", "{cluster}"),
    "power": ("power", "{scenario}"),
    "power of a cluster": ("power", "{cluster}"),
    "power of one": ("power", *ONE),
    "facility": ("facility", *ONE),
    "fabric": ("fabric", *ONE),
    "validate": ("validate",),
    "catalog list": ("catalog", "list"),
    "catalog show": ("catalog", "show", "hgx-h100"),
    "catalog lint": ("catalog", "lint"),
}


@pytest.mark.parametrize("words", ASKED.values(), ids=ASKED.keys())
def test_every_command_refuses_it_with_what_lint_says(command, refused, tmp_path, words):
    files = {"scenario": tmp_path / "s.yaml", "cluster": tmp_path / "c.yaml"}
    files["scenario"].write_text(SCENARIO)
    files["cluster"].write_text(CLUSTER)
    ran = command(*(word.format(**files) for word in words), "--catalog", refused)
    assert ran.code == 1
    assert (
        "error[PL-C001]: `hgx-h100` has a nameplate of 2 kW, less than the 5.6 kW of its "
        "accelerators" in ran.err
    )
    assert re.search(r"systems[/\\]nvidia\.yaml:\d+:\d+", ran.err)
    assert "check the nameplate, the number of accelerators and their TDP" in ran.err


def test_no_command_that_takes_a_catalog_is_left_out():
    assert {key.split(" of ")[0] for key in ASKED} == catalog_options()


def test_a_copy_of_the_built_in_catalog_is_taken(command, tmp_path):
    shutil.copytree(catalogs_folder(), tmp_path / "catalogs")
    (tmp_path / "c.yaml").write_text(CLUSTER)
    assert command("check", tmp_path / "c.yaml", "--catalog", tmp_path / "catalogs").code == 0
