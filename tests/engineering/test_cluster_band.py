"""Does an 80 % band hold 80 % of the chains? Every figure drawn at random with its low and high as
its 10 % and 90 % points."""

from __future__ import annotations

import random

import pytest

from planner.catalog.load import load_catalog
from planner.engineering.cluster import chain_of
from planner.engineering.uncertain import UncertainFigure, between, given, spread, uncertain
from planner.power_model.cluster import Reckoner
from planner.power_model.file import cluster_of_options
from planner.power_model.setup import Setup, set_up
from planner.records import Figure
from planner.units import Power

Z90 = 1.2815515655446004
"""The 90 % point of the standard normal."""


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


def setup(catalog, system: str, count: str, **said: str) -> Setup:
    options = {
        ("systems", 0, "system"): ("--system", system),
        ("systems", 0, "count"): ("--count", count),
    }
    paths = {"topology": ("fabric", "topology"), "workload": ("workload",)}
    return set_up(
        *cluster_of_options(
            "test", {**options, **{paths[key]: (key, word) for key, word in said.items()}}
        ),
        catalog,
    )


def covered(found: Setup, basis: str, load: str, draws: int = 600) -> float:
    """Share of random chains inside the band: each half of each figure is the half of a normal that
    has its end as 10 % point."""
    chance, known = random.Random(20261122), Reckoner(found).band(basis, load)
    names = list(dict.fromkeys(k.key for k in found.cluster.uncertain_figures if k.low < k.high))
    inside = 0
    for _ in range(draws):
        chain = chain_of(
            found.cluster,
            {name: max(-2.0, min(2.0, chance.gauss(0.0, 1.0) / Z90)) for name in names},
        )
        inside += known.low <= chain.at(basis).at(load) <= known.high
    return inside / draws


@pytest.mark.parametrize(
    ("system", "count", "said", "basis", "load"),
    [
        ("hgx-h100", "100000 accelerators", {"topology": "fat-tree"}, "it", "nameplate"),
        ("hgx-h100", "100000 accelerators", {"topology": "fat-tree"}, "utility", "nameplate"),
        ("hgx-h100", "100000 accelerators", {"workload": "inference"}, "utility", "average"),
        ("gb200-nvl72", "128 systems", {}, "utility", "peak"),
        ("mi450-helios", "1000 systems", {"topology": "rail-optimized"}, "it", "average"),
        ("tpu-v6e-host", "64 systems", {}, "facility", "idle"),
    ],
)
def test_the_band_holds_eighty_percent(catalog, system, count, said, basis, load):
    assert 0.75 <= covered(setup(catalog, system, count, **said), basis, load) <= 0.92


def test_a_band_half_as_wide_would_not(catalog):
    """The count can fail: half the half-widths hold about half of the chains."""
    found = setup(catalog, "hgx-h100", "100000 accelerators", topology="fat-tree")
    for name, reach in (("full", 1.0), ("half", 0.5)):
        known = Reckoner(found).band("utility", "nameplate")
        low, high = (
            known.value - reach * (known.value - known.low),
            known.value + reach * (known.high - known.value),
        )
        chance, names = (
            random.Random(7),
            list(dict.fromkeys(k.key for k in found.cluster.uncertain_figures if k.low < k.high)),
        )
        chains = [
            chain_of(
                found.cluster, {n: chance.gauss(0.0, 1.0) / Z90 for n in names}
            ).utility.nameplate_w
            for _ in range(300)
        ]
        inside = sum(low <= w <= high for w in chains) / 300
        assert (inside > 0.7) == (name == "full")


def test_two_figures_by_hand():
    """10 ± 3 and 20 ± 4 add to 30 ± 5; a figure without range adds nothing."""
    one = UncertainFigure("one", "W", 10.0, 7.0, 13.0, "A", "measured", "s")
    two = UncertainFigure("two", "W", 20.0, 16.0, 24.0, "A", "measured", "s")
    fixed = given("three", "W", 5.0, "file")
    known = spread(
        [one, two, fixed, one], lambda ends: one.at(ends) + two.at(ends) + fixed.at(ends)
    )
    assert (known.value, known.low, known.high) == (35.0, 30.0, 40.0)


def test_figures_of_one_thing_move_together():
    """A plant's PUE of the year and of the design day are one thing: their product moves by both at
    once."""
    year = UncertainFigure("pue_annual", "1", 1.2, 1.1, 1.4, "D", "assumption", "s", with_="pue")
    day = UncertainFigure("pue_peak", "1", 1.3, 1.2, 1.5, "D", "assumption", "s", with_="pue")
    known = spread([year, day], lambda ends: year.at(ends) * day.at(ends))
    assert (known.low, known.high) == pytest.approx((1.32, 2.1))
    assert [name for name, _, _ in known.by_factor] == ["pue"]


def test_between_is_exact_at_its_ends_and_straight_between():
    assert [between(1.0, 4.0, 5.0, end) for end in (-1, 0, 1)] == [1.0, 4.0, 5.0]
    assert between(1.0, 4.0, 5.0, 0.5) == 4.5
    assert between(1.0, 4.0, 5.0, -0.5) == 2.5
    assert between(1.0, 4.0, 5.0, 2.0) == 6.0


def test_a_figure_of_the_catalog_keeps_what_is_known_of_it():
    figure = Figure[Power].model_validate(
        {
            "value": "10 W",
            "low": "8 W",
            "kind": "assumption",
            "source": "own-judgement",
            "note": "why",
        }
    )
    made = uncertain("x", "W", figure)
    assert (made.low, made.value, made.high, made.grade, made.note) == (8.0, 10.0, 10.0, "D", "why")
