"""The chance to exceed a limit: by hand, and against chains in which every figure was drawn."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog.load import load_catalog
from planner.engineering.chance import Z90, chance_above
from planner.engineering.cluster import chain_of
from planner.engineering.uncertain import Band
from planner.power_model.cluster import Reckoner
from tests.engineering.test_cluster_band import setup


def band(*moves: tuple[float, float], value: float = 100.0) -> Band:
    """A value with what each figure does to it at its low and at its high."""
    named = tuple((str(i), low, high) for i, (low, high) in enumerate(moves))
    down = sum(min(a, b, 0.0) ** 2 for a, b in moves) ** 0.5
    up = sum(max(a, b, 0.0) ** 2 for a, b in moves) ** 0.5
    return Band(value, value - down, value + up, named)


@pytest.mark.parametrize(
    ("known", "limit", "chance"),
    [
        # one normal: a tenth above its high, half above its value, nine tenths above its low
        (band((-10, 10)), 110, 0.1),
        (band((-10, 10)), 100, 0.5),
        (band((-10, 10)), 90, 0.9),
        # two normals: 3 and 4 are 5 together
        (band((-3, 3), (-4, 4)), 105, 0.1),
        # halves of their own: a tenth lies beyond either end
        (band((-5, 20)), 120, 0.1),
        (band((-5, 20)), 95, 0.9),
        # twice its high, at 2.563 standard deviations: 0.5 % of a normal
        (band((-5, 20)), 140, 0.00519),
        # a figure that can only fall: half of it stands at its value
        (band((-10, 0)), 100.1, 0.0),
        (band((-10, 0)), 90, 0.9),
        # what a figure lowers at its high end
        (band((10, -20)), 110, 0.1),
        # far off
        (band((-10, 10)), 1e6, 0.0),
        (band((-10, 10)), 0.0, 1.0),
    ],
)
def test_by_hand(known, limit, chance):
    assert chance_above(known, limit) == pytest.approx(chance, abs=2e-3)


def test_without_a_range_there_is_no_chance():
    assert chance_above(Band(5.0, 5.0, 5.0, ()), 6.0) is None


MOVES = st.lists(st.tuples(*[st.integers(-1000, 1000)] * 2).filter(any), min_size=1, max_size=5)


@settings(max_examples=25)
@given(MOVES, st.floats(-2e3, 2e3), st.floats(1e-3, 1e9))
def test_it_falls_with_the_limit_and_knows_no_unit(moves, limit, unit):
    known = band(*moves, value=0.0)
    chances = [chance_above(known, limit + step) for step in (0.0, 10.0, 1e3)]
    assert chances == pytest.approx(sorted(chances, reverse=True), abs=1e-9)
    assert all(0.0 <= chance <= 1.0 for chance in chances)
    assert chance_above(known.scaled(unit), limit * unit) == pytest.approx(chances[0], abs=1e-6)
    if all(0 not in move for move in moves):  # no mass in one point
        turned = band(*((-high, -low) for low, high in moves), value=0.0)
        assert chance_above(turned, -limit) == pytest.approx(1.0 - chances[0], abs=1e-2)


@pytest.mark.parametrize(
    ("system", "count", "said", "basis", "load"),
    [
        ("hgx-h100", "100000 accelerators", {"topology": "fat-tree"}, "it", "nameplate"),
        ("gb200-nvl72", "128 systems", {}, "utility", "peak"),
    ],
)
def test_as_often_as_in_drawn_chains(system, count, said, basis, load):
    """Each figure drawn from the distribution that its ends stand for, the chain worked out in
    full: as many chains exceed a limit as the chance says."""
    found = setup(load_catalog(), system, count, **said)
    known, chance = Reckoner(found).band(basis, load), random.Random(20261130)
    names = list(dict.fromkeys(k.key for k in found.cluster.uncertain_figures if k.low < k.high))
    drawn = []
    for _ in range(500):
        ends = {name: max(-2.0, min(2.0, chance.gauss(0.0, 1.0) / Z90)) for name in names}
        drawn.append(chain_of(found.cluster, ends).at(basis).at(load))
    for limit in (known.low, known.value, (known.value + known.high) / 2, known.high):
        share = sum(w > limit for w in drawn) / len(drawn)
        assert chance_above(known, limit) == pytest.approx(share, abs=0.05)
