"""A number is written one way: digits that count, none that do not, and no exponent a person would
not write."""

from __future__ import annotations

import pytest

from planner.numbers import exact, grouped, number


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1, "1"),
        (1.23456, "1.235"),
        (999.96, "1000"),
        (1234.5, "1234"),
        (12345.6, "12346"),
        (-12345.6, "-12346"),
        (1e14, "100000000000000"),
        (2.5e15, "2.5e+15"),
        (1e-5, "1e-05"),
    ],
)
def test_four_digits_and_all_before_the_point(value: float, says: str) -> None:
    assert number(value) == says


def test_nothing_that_counts_is_lost() -> None:
    values = (1710.24, 0.1 + 0.2, 12345678.9, 66.7)
    assert [exact(x) for x in values] == ["1710.24", "0.3", "12345678.9", "66.7"]


def test_groups() -> None:
    said = [grouped(x) for x in ("1234", "12345", "-1234567.8", "12.5")]
    assert said == ["1234", "12\u202f345", "−1\u202f234\u202f567.8", "12.5"]
