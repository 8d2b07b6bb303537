"""Mixes as people write them: rules add to the scenario's, and every mistake has its place."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from planner.capabilities.sourcing.schema import SourcingKeys
from planner.catalog.load import load_catalog
from planner.errors import InputError, OptionError
from planner.study.mixes import parse_mix, parse_mixes
from tests.scenario.sample import SOUND, load


@pytest.mark.parametrize(
    "text",
    [
        "as-is",
        "free",
        "free+only:nvidia",
        "x=without:nvidia+max:60%",
        "max:60%:power",
        "min:2:10 %",
    ],
)
def test_a_mix_edits_the_same_after_it_was_sent(text: str) -> None:
    scenario, catalog, mix = load(SOUND).scenario, load_catalog(), parse_mix(text)
    again = pickle.loads(pickle.dumps(mix))
    assert again == mix
    assert again.edits(scenario, catalog) == mix.edits(scenario, catalog)


def test_rules_add_to_those_of_the_scenario_unless_it_is_free() -> None:
    """Proves: a looser cap beside the scenario's own takes nothing away, and `free` does."""
    scenario, catalog = load(SOUND).scenario, load_catalog()
    own = scenario.of(SourcingKeys).diversification
    caps = {
        text: [rule.max_share for rule in parse_mix(text).rules(scenario)]
        for text in ("as-is", "free", "max:80%", "as-is+max:80%", "free+max:80%", "max:80%+free")
    }
    assert [rule.max_share for rule in own] == [0.6]
    assert caps == {
        "as-is": [0.6],
        "free": [],
        "max:80%": [0.6, 0.8],
        "as-is+max:80%": [0.6, 0.8],
        "free+max:80%": [0.8],
        "max:80%+free": [0.8],
    }
    one, other = (parse_mix(text).edits(scenario, catalog) for text in ("max:80%", "as-is+max:80%"))
    assert one == other
    assert parse_mix("as-is").edits(scenario, catalog) == ()
    left = parse_mix("free+without:amd+max:50%").edits(scenario, catalog)
    assert [edit.path for edit in left] == ["systems", "supply", "diversification"]
    assert [candidate.system for candidate in left[0].value] == ["hgx-h100"]
    assert parse_mix("without:amd+min:2").says(scenario) == (
        "no supplier above 60 % of spend; at least 2 suppliers of 10 % of spend each; without amd"
    )


FILE = """\
# what we look at
fine: free+min:2:30 %
quoted: 'max:145%+only:nvida, amd'
spaced:   max:45%:sped + min:one
twice: free+as-is
folded: >
  max:45%:
  sped
listed: [free]
"""


def test_every_mistake_of_every_mix_is_told_with_its_place(tmp_path: Path) -> None:
    """Proves: mixes of the command line and of a file are all read, and each mistake points at the
    part that is wrong, not at the mix."""
    file = tmp_path / "mixes.yaml"
    file.write_text(FILE, encoding="utf-8")
    among = [(load(SOUND).scenario, load_catalog())]
    with pytest.raises(InputError) as caught:
        parse_mixes(["x=free+most:3+", "fine=max:0%", "=free"], file, among)
    assert not isinstance(caught.value, OptionError)
    found = {
        (Path(p.mark.source.name).name, p.mark.line, p.mark.column, p.mark.length): p.message
        for p in caught.value.problems
        if p.mark
    }
    starts = {place: message[:24] for place, message in found.items()}
    assert starts == {
        ("--mix", 1, 8, 6): "found `most:3`, expected",
        ("--mix", 1, 15, 1): "found nothing, expected ",
        ("--mix", 1, 10, 2): "found 0.0: input should ",
        ("--mix", 1, 1, 1): "a mix without a name",
        ("mixes.yaml", 2, 1, 4): "two mixes are called `fi",
        ("mixes.yaml", 3, 14, 4): "`145%` is out of range: ",
        ("mixes.yaml", 3, 24, 5): "no supplier or system `n",
        ("mixes.yaml", 4, 19, 4): "found metric `sped`",
        ("mixes.yaml", 4, 30, 3): "found `one` suppliers, e",
        ("mixes.yaml", 5, 13, 5): "`as-is` stands beside an",
        ("mixes.yaml", 6, 9, 1): "found metric `sped`",
        ("mixes.yaml", 9, 9, 6): "found a list, expected r",
    }


@pytest.mark.parametrize("text", ["", "[]", "free", "- free"])
def test_a_file_that_has_no_mixes(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mixes.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="expected names with rules"):
        parse_mixes([], file)
