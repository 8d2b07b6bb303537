"""Documents that are made from code are what the code says now."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema

from planner.assembly.formulation import text
from planner.assembly.scenario import Scenario
from planner.capabilities.demand.schema import ComputeDemand
from planner.capabilities.sourcing.schema import Rule, Survival
from planner.data import scenarios_folder
from planner.power_model.file import ClusterFile, clusters_folder
from planner.yamlfile import read_file, read_text

ROOT = Path(__file__).resolve().parent.parent


def test_formulation_page():
    assert (ROOT / "docs" / "formulation.md").read_text() == text(), (
        "run `python -m planner.assembly.formulation > docs/formulation.md`"
    )


def test_power_basis_page():
    from planner.report.basis_page import text

    page = (ROOT / "docs" / "power-basis.md").read_text()
    system, accelerators = re.search(r"planner\.report\.basis_page (\S+) (\d+)", page).groups()
    command = f"python -m planner.report.basis_page {system} {accelerators} > docs/power-basis.md"
    assert page == text(system, int(accelerators)), f"run `{command}`"


def test_shipped_cluster_schema():
    shape = ClusterFile.model_json_schema()
    shape["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    shipped = json.loads((clusters_folder() / "cluster.schema.json").read_text())
    assert shipped == json.loads(json.dumps(shape)), (
        "run `planner schema cluster > scenarios/clusters/cluster.schema.json`"
    )


def test_every_cluster_refers_to_the_schema_and_fits_it():
    paths = sorted(clusters_folder().glob("*.yaml"))
    assert len(paths) >= 5
    for path in paths:
        assert path.read_text().startswith(
            "# yaml-language-server: $schema=cluster.schema.json\n"
        ), path
        jsonschema.validate(
            read_file(path).data,
            json.loads((clusters_folder() / "cluster.schema.json").read_text()),
        )


def test_shipped_schema(capsys):
    shape = Scenario.model_json_schema()
    shape["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    shipped = json.loads((scenarios_folder() / "scenario.schema.json").read_text())
    assert shipped == json.loads(json.dumps(shape)), (
        "run `planner schema scenario > scenarios/scenario.schema.json`"
    )


def test_every_scenario_refers_to_the_schema():
    for path in scenarios_folder().glob("*.yaml"):
        assert path.read_text().startswith(
            "# yaml-language-server: $schema=scenario.schema.json\n"
        ), path


def test_readme_scenario_is_sound(tmp_path):
    from planner.pipeline import read

    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.S)
    assert len(blocks) == 4
    parts = read_text(blocks[3], "README.md").data
    assert [len(parts[key]) for key in ("diversification", "survival", "demands")] == [4, 1, 1]
    for model, key in (
        (Rule, "diversification"),
        (Survival, "survival"),
        (ComputeDemand, "demands"),
    ):
        for entry in parts[key]:
            model.model_validate(entry)
    path = tmp_path / "readme.yaml"
    path.write_text(blocks[0])
    assert read(path).case.name == "First gigawatt"
    lists = blocks[1].replace("nvidia.csv, ", "")  # a buyer's file
    path.write_text(blocks[0] + lists)
    case = read(path).case
    assert [(d.id, d.kind) for d in case.demands] == [("first-gw", "power"), ("campus", "power")]
    assert [order.units for order in case.orders] == [300]
    (tmp_path / "first-gigawatt.yaml").write_text(path.read_text())
    path.write_text(blocks[2])
    assert [d.id for d in read(path).case.demands] == ["first-gw", "campus", "second"]


def test_readme_python_runs():
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.S)
    names: dict[str, object] = {}
    exec(block.replace("print(", "shown = ("), names)
    assert names["shown"][0] > 1e9
    assert 1e8 < names["draw"].peak_w < names["draw"].nameplate_w
    assert names["why"].tags


def test_readme_begins_with_two_commands():
    commands = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.S)
    assert "planner solve scenarios/colossus.yaml" in commands[0]
    assert "pytest" in commands[1]


PATH = re.compile(r"`((?:[a-z_]+/)+[a-z_*.]+|[a-z_]+\.py)`")


def test_paths_on_the_pages_of_the_house_are_there():
    """Of modules, folders and tests, wherever they begin: at the top, in the package, or in the
    folder of a capability."""
    for page in ("architecture.md", "adding.md"):
        named = set(PATH.findall((ROOT / "docs" / page).read_text(encoding="utf-8")))
        assert len(named) >= 20
        bases = [ROOT, ROOT / "planner", *(ROOT / "planner" / "capabilities").iterdir()]
        missing = [
            path
            for path in named
            if not any(
                list(base.glob(path)) or list(base.glob(f"{path}.py"))
                for base in bases
                if base.is_dir()
            )
        ]
        assert missing == [], page
