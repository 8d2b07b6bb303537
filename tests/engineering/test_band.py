"""A band from several uncertain factors: by hand, and what holds for every one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.engineering.uncertain import Factor, band


def test_by_hand():
    """10 with ±3 from one factor and ±4 from another: ±5. A third moves it up by 12 alone: up to
    √(9+16+144) = 13."""
    factors = [Factor("three", 7.0, 13.0), Factor("four", 6.0, 14.0)]
    found = band(10.0, factors, lambda x: x)
    assert (found.value, found.low, found.high) == (10.0, 5.0, 15.0)
    assert found.by_factor == (("four", -4.0, 4.0), ("three", -3.0, 3.0))
    upward = band(10.0, [*factors, Factor("twelve", 10.0, 22.0)], lambda x: x)
    assert (upward.low, upward.high) == (5.0, 23.0)
    assert upward.by_factor[0] == ("twelve", 0.0, 12.0)


def test_a_factor_that_works_the_other_way_round():
    """Efficiency at its low raises the power: its low belongs to the top of the band."""
    found = band(0.5, [Factor("efficiency", 0.4, 0.8)], lambda x: 1 / x)
    assert (found.value, found.low, found.high) == (2.0, 1.25, 2.5)


def test_what_changes_nothing_is_not_listed():
    assert band(1.0, [Factor("none", 1.0, 1.0)], lambda x: x).by_factor == ()
    assert band(1.0, [], lambda x: x).low == 1.0


spread = st.floats(0.0, 100.0)


@given(value=st.floats(-1e3, 1e3), moves=st.lists(st.tuples(spread, spread), max_size=6))
def test_a_band_holds_its_value_and_each_factor_alone_and_is_no_wider_than_all_together(
    value, moves
):
    factors = [Factor(str(i), value - low, value + high) for i, (low, high) in enumerate(moves)]
    found = band(value, factors, lambda x: x)
    assert found.low <= found.value == value <= found.high
    for _, low, high in found.by_factor:
        assert found.low <= value + low + 1e-9
        assert found.high >= value + high - 1e-9
    assert value - found.low <= sum(low for low, _ in moves) + 1e-6
    assert found.high - value <= sum(high for _, high in moves) + 1e-6
    assert math.isfinite(found.low)
    assert sorted(found.by_factor, key=lambda m: -max(abs(m[1]), abs(m[2]))) == list(
        found.by_factor
    )


@given(value=st.floats(1.0, 1e3), low=spread, high=spread)
def test_the_order_of_the_factors_does_not_matter(value, low, high):
    factors = [Factor("a", value - low, value), Factor("b", value, value + high)]
    one, other = band(value, factors, lambda x: x), band(value, factors[::-1], lambda x: x)
    assert (one.low, one.high) == (pytest.approx(other.low), pytest.approx(other.high))
