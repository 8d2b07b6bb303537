"""Are numbers shown in the unit and with the digits that an engineer would write?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.periods import Moment
from planner.records import Figure
from planner.report.amounts import LADDERS, amount, digits, figure_text
from planner.units import (
    ComputeRate,
    Count,
    Fraction,
    Money,
    Power,
    RackHeight,
    RatePerYear,
    Ratio,
    Unit,
)


@pytest.mark.parametrize(
    ("value", "canonical", "text"),
    [
        (700, "W", "700 W"),
        (1400, "W", "1.4 kW"),
        (10200, "W", "10.2 kW"),
        (132_000, "W", "132 kW"),
        (999.9, "W", "999.9 W"),
        (1.2e9, "W", "1.2 GW"),
        (0, "W", "0 W"),
        (989.4e12, "FLOP/s", "989.4 TFLOP/s"),
        (1.3e12, "FLOP/s", "1.3 TFLOP/s"),
        (9000e12, "FLOP/s", "9000 TFLOP/s"),
        (15e15, "FLOP/s", "15 PFLOP/s"),
        (3350, "GB/s", "3.35 TB/s"),
        (900, "GB/s", "900 GB/s"),
        (23238, "USD", "23.238 kUSD"),
        (3.4e6, "USD", "3.4 MUSD"),
        (1360, "kg", "1360 kg"),
        (8, "RU", "8 RU"),
    ],
)
def test_amount(value, canonical, text):
    assert amount(value, canonical) == text


@given(st.sampled_from(sorted(LADDERS)), st.floats(1e-3, 1e19))
def test_what_is_shown_is_what_it_is(canonical, value):
    """Read back by the door for units, the text is the number to six digits."""
    assert Unit(canonical, "").parse(amount(value, canonical)) == pytest.approx(value, rel=5e-6)


@pytest.mark.parametrize(
    ("number", "text"),
    [(1234567, "1234567"), (0.1 + 0.2, "0.3"), (1979.0, "1979"), (1e-7, "1e-07")],
)
def test_digits(number, text):
    assert digits(number) == text


@pytest.mark.parametrize(
    ("kind", "fields", "text"),
    [
        (Power, {"value": "10.2 kW", "low": "900 W", "high": "11 kW"}, "10.2 kW (0.9 to 11)"),
        (Power, {"value": "700 W", "low": "650 W"}, "700 W (from 650)"),
        (Money, {"value": "230 kUSD", "high": "1 MUSD"}, "230 kUSD (to 1000)"),
        (ComputeRate, {"value": "1979 TFLOP/s"}, "1979 TFLOP/s"),
        (Fraction, {"value": "90 %", "low": "0.85", "high": "100 %"}, "90 % (85 to 100)"),
        (Count, {"value": "8"}, "8"),
        (Ratio, {"value": "1.15", "low": "1.08", "high": "1.25"}, "1.15 (1.08 to 1.25)"),
        (
            RatePerYear,
            {"value": "30 %/year", "low": "20 %/year", "high": "45 %/year"},
            "30 %/year (20 to 45)",
        ),
        (RackHeight, {"value": "8 RU"}, "8 RU"),
        (Moment, {"value": "2026-Q3", "high": "2027"}, "2026-Q3 (to 2027)"),
    ],
)
def test_figure_text(kind, fields, text):
    figure = Figure[kind].model_validate({"kind": "press", "source": "s", **fields})
    assert figure_text(figure) == text
