"""A file that is a variant of another: keys and single values that are others, and what is said of
a wrong one."""

from __future__ import annotations

import pytest

from planner.catalog.load import load_catalog
from planner.errors import InputError
from planner.scenario.load import load_scenario
from tests.scenario.sample import SOUND


@pytest.fixture
def variant(tmp_path):
    (tmp_path / "base.yaml").write_text(SOUND, encoding="utf-8")

    def write(text: str, name: str = "variant.yaml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def read(path):
    return load_scenario(path, load_catalog())


def wrong(path):
    with pytest.raises(InputError) as caught:
        read(path)
    return caught.value.problems


def test_keys_replace_and_edits_change(variant):
    path = variant(
        """\
base: base.yaml
name: With more power
budget: {total: 9 GUSD}
edits:
  sites.north.power.2027-Q1: 60 MW
  demands.first.need: {2027-Q2: 2 MW it peak}
  demands.+: {id: more, kind: deployment, accelerator: h100-sxm, need: {2027-Q3: 8 accelerators}}
  systems.mi355x-server: null
  supply: null
  diversification: null
"""
    )
    case = read(path).case
    assert (case.name, case.scenario_file) == ("With more power", str(path))
    assert case.sites[0].power_w == [20e6] * 4 + [60e6] * 4
    assert (case.budget.capex_usd, case.budget.total_usd) == (None, 9e9)
    assert [(d.id, d.kind, d.path) for d in case.demands] == [
        ("first", "power", "demands.0"),
        ("more", "deployment", "demands.1"),
    ]
    assert not case.supply and "mi355x-server" not in case.system


def test_a_variant_of_a_variant_and_of_a_shipped_one(variant):
    variant("base: base.yaml\nname: First\nedits: {sites.north.power.2026-Q1: 30 MW}\n", "one.yaml")
    second = variant("base: one.yaml\nedits: {budget.capex: 4 GUSD}\n")
    case = read(second).case
    assert (case.name, case.sites[0].power_w[0], case.budget.capex_usd) == ("First", 30e6, 4e9)
    shipped = variant("base: colossus\nedits: {sites.memphis.power.2024-05: 9 MW}\n")
    assert read(shipped).case.sites[0].power_w[0] == 9e6


def test_without_edits_it_is_the_base(variant):
    quiet = {"scenario_file": "", "scenario_digest": "", "name": "", "figures": []}
    mine = read(variant("base: base.yaml\nname: The same\n")).case
    theirs = load_scenario(variant(SOUND, "other.yaml"), load_catalog()).case
    assert mine.model_copy(update=quiet) == theirs.model_copy(update=quiet)


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "words"),
    [
        ("base: bose.yaml\n", "Y004", 1, 7, ""),
        ("base: [base.yaml]\n", "K003", 1, 7, "base: other.yaml"),
        ("edits: {name: x}\n", "K003", 1, 1, "base: other.yaml"),
        ("base: base.yaml\nedits: [name]\n", "T001", 2, 8, ""),
        ("base: variant.yaml\n", "K003", 1, 7, "of its own"),
        ("base: base.yaml\nedits:\n  sites.norht.power: 1 MW\n", "K001", 3, 3, "`north`"),
        ("base: base.yaml\nedits:\n  sites.north.powr: 1 MW\n", "K001", 3, 3, "`power`"),
        ("base: base.yaml\nedits:\n  budget.capex: 5 MW\n", "U002", 3, 17, ""),
        ("base: base.yaml\nbugdet: {}\n", "K001", 2, 1, "`budget`"),
    ],
)
def test_a_wrong_variant(variant, text, code, line, column, words):
    found = {problem.code: problem for problem in wrong(variant(text))}
    assert found[code].mark is not None, found
    assert (found[code].mark.line, found[code].mark.column) == (line, column)
    assert words in found[code].help


def test_a_mistake_of_the_base_stands_in_the_base(variant):
    variant(SOUND.replace("55 USD/MWh", "55"), "base.yaml")
    (problem,) = wrong(variant("base: base.yaml\nname: Variant\n"))
    assert problem.mark is not None and problem.mark.source.name.endswith("base.yaml")


def test_an_item_less_moves_the_places_of_those_behind_it(variant):
    """Proves: a mistake in what was the second system is found at its own line, though it is the
    first now."""
    variant(SOUND.replace("- mi355x-server", "- {system: mi355x-server, price: 3}"), "base.yaml")
    (problem,) = wrong(variant("base: base.yaml\nedits: {systems.hgx-h100: null, supply: null}\n"))
    assert problem.mark is not None and "price: 3" in problem.mark.source.line(problem.mark.line)
