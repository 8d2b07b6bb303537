"""Mixes of suppliers: data and functions of modules, so that a mix can be sent to another
process."""

from __future__ import annotations

import pickle

import pytest

from planner.catalog.load import load_catalog
from planner.study.compare import parse_mix
from tests.scenario.sample import SOUND, load


@pytest.mark.parametrize(
    "text",
    ["as-is", "free", "only:nvidia", "x=without:nvidia", "max:60%", "max:60%:power", "min:2:10 %"],
)
def test_a_mix_edits_the_same_after_it_was_sent(text: str) -> None:
    scenario, catalog, mix = load(SOUND).scenario, load_catalog(), parse_mix(text)
    again = pickle.loads(pickle.dumps(mix))
    assert (again.name, again.says) == (mix.name, mix.says)
    assert again.edits(scenario, catalog) == mix.edits(scenario, catalog)
