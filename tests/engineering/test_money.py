"""Worth over time: by hand, and what holds for every rate and age."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.engineering.money import building_share, discount_factor, energy_mwh, resale_share
from planner.periods import Moment, Timeline
from planner.plan.derive import Decisions, Derivation
from planner.plan.money import present_cost_usd
from planner.plan.schema import CashRow
from tests import tiny

rates = st.floats(0.0, 1.0)
years = st.floats(0.0, 30.0)


def test_discounting_by_hand():
    assert discount_factor(0.10, 0.0) == 1.0
    assert discount_factor(0.10, 1.0) == pytest.approx(1 / 1.1)
    assert discount_factor(0.10, 0.5) == pytest.approx(0.953463, abs=1e-6)  # 1/√1.1
    assert discount_factor(0.10, 0.25) ** 4 == pytest.approx(discount_factor(0.10, 1.0))  # not 2.5 % a quarter
    assert discount_factor(0.0, 17.0) == 1.0


def test_cash_is_discounted_from_the_middle_of_its_period():
    """Of 2025 and 2026, 365 days each: half a year and a year and a half."""
    timeline = Timeline.between(Moment.parse("2025"), Moment.parse("2026"), "year")
    assert timeline.years_from_start() == [0.5, 1.5]
    quarters = Timeline.between(Moment.parse("2025-Q1"), Moment.parse("2025-Q4"), "quarter").years_from_start()
    assert quarters == pytest.approx([45 / 365, (90 + 45.5) / 365, (181 + 46) / 365, (273 + 46) / 365])


def test_present_worth_of_a_plan_by_hand():
    """100 paid in 2025 and 10 in 2026, 40 left at the end of 2026, at 21 %: 100/1.1 + 10/1.331 − 40/1.4641."""
    d = Derivation(tiny.tiny(periods=2, discount=0.21), Decisions([], [], [], []))
    cash = [
        CashRow(bucket="capex.systems", kind="cash", period="2025", usd=100.0),
        CashRow(bucket="penalty.shortfall", kind="penalty", period="2026", usd=10.0),
        CashRow(bucket="residual.systems", kind="residual", period="2026", usd=-40.0),
    ]
    assert present_cost_usd(d, cash) == pytest.approx(100 / 1.21**0.5 + 10 / 1.21**1.5 - 40 / 1.21**2)


def test_resale_by_hand():
    assert resale_share(0.30, 0.0) == 1.0
    assert resale_share(0.30, 1.0) == pytest.approx(0.7)
    assert resale_share(0.30, 2.0) == pytest.approx(0.49)
    assert resale_share(0.30, 0.5) == pytest.approx(math.sqrt(0.7))
    assert resale_share(1.0, 1.0) == 0.0
    assert resale_share(1.0, 0.0) == 1.0
    assert resale_share(0.3, -1.0) == 1.0


def test_buildings_by_hand():
    assert building_share(0.07, 0.0) == 1.0
    assert building_share(0.07, 1.0) == pytest.approx(0.93)
    assert building_share(0.07, 10.0) == pytest.approx(0.3)
    assert building_share(0.07, 15.0) == 0.0
    assert building_share(0.07, -1.0) == 1.0


def test_energy_by_hand():
    assert energy_mwh(1e6, 1.0) == 1.0
    assert energy_mwh(150e6, 8760.0) == pytest.approx(1.314e6)


@given(rate=rates, a=years, b=years)
def test_discounting_twice_is_discounting_once_for_both(rate, a, b):
    assert discount_factor(rate, a) * discount_factor(rate, b) == pytest.approx(discount_factor(rate, a + b))
    assert 0 < discount_factor(rate, a + b) <= discount_factor(rate, a) <= 1


@given(rate=rates, a=years, b=years)
def test_machines_lose_the_same_share_every_year_and_buildings_the_same_amount(rate, a, b):
    assert resale_share(rate, a) * resale_share(rate, b) == pytest.approx(resale_share(rate, a + b), abs=1e-12)
    lost = (1 - building_share(rate, a)) + (1 - building_share(rate, b))
    assert 1 - building_share(rate, a + b) == pytest.approx(min(1.0, lost), abs=1e-9)


@given(rate=rates, more=rates, age=years, older=years)
def test_worth_lies_between_nothing_and_the_price_and_only_falls(rate, more, age, older):
    for share in (resale_share, building_share):
        assert 0.0 <= share(rate, age + older) <= share(rate, age) <= 1.0
        assert share(min(1.0, rate + more), age) <= share(rate, age)


@given(watts=st.floats(0, 1e10), a=st.floats(0, 1e5), b=st.floats(0, 1e5))
def test_energy_adds_up(watts, a, b):
    assert energy_mwh(watts, a) + energy_mwh(watts, b) == pytest.approx(energy_mwh(watts, a + b))
    assert energy_mwh(watts * 2, a) == pytest.approx(2 * energy_mwh(watts, a))
