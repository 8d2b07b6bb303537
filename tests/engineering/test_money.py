"""Worth over time: by hand, and what holds for every rate and age."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.capabilities.sites.case import BUILDINGS, ENERGY
from planner.capabilities.supply.case import SYSTEMS_CAPEX, SYSTEMS_WORTH
from planner.engineering.worth import (
    building_share,
    discount_factor,
    energy_mwh,
    resale_share,
    spread_factor,
)
from planner.plan.face import Ledger
from tests import builders

rates = st.floats(0.0, 1.0)
years = st.floats(0.0, 30.0)


def test_discounting_by_hand():
    assert discount_factor(0.10, 0.0) == 1.0
    assert discount_factor(0.10, 1.0) == pytest.approx(1 / 1.1)
    assert discount_factor(0.10, 0.5) == pytest.approx(0.953463, abs=1e-6)  # 1/√1.1
    assert discount_factor(0.10, 0.25) ** 4 == pytest.approx(
        discount_factor(0.10, 1.0)
    )  # not 2.5 % a quarter
    assert discount_factor(0.0, 17.0) == 1.0


def test_what_is_paid_evenly_is_worth_its_days():
    """At 21 %: 1 through a year is (1 − 1/1.21) / ln 1.21, and what a sum over its hours comes
    to."""
    assert spread_factor(0.21, 0.0, 1.0) == pytest.approx((1 - 1 / 1.21) / math.log(1.21))
    hours = [1.21 ** -((h + 0.5) / 8760) for h in range(8760)]
    assert spread_factor(0.21, 0.0, 1.0) == pytest.approx(sum(hours) / len(hours), rel=1e-9)


def test_a_year_is_worth_its_months_and_quarters():
    """Whatever the rate: the mean of the worth of its parts."""
    for rate in (0.0, 1e-15, 0.08, 3.0):
        whole = spread_factor(rate, 2.0, 3.0)
        for parts in (4, 12):
            each = [spread_factor(rate, 2 + n / parts, 2 + (n + 1) / parts) for n in range(parts)]
            assert sum(each) / parts == pytest.approx(whole, rel=1e-12)


def test_present_worth_of_a_plan_by_hand():
    """100 paid on the first day, 10 on that of 2026 and 40 left at its end, at 21 %: 100 + 10/1.21
    − 40/1.4641; 12 through 2025."""
    ledger = Ledger(builders.tiny(periods=2, discount=0.21))
    ledger.post(SYSTEMS_CAPEX, 100.0, day=date(2025, 1, 1))
    ledger.post(SYSTEMS_CAPEX, 10.0, day=date(2026, 1, 1))
    ledger.spread(ENERGY, 12.0, 0)
    ledger.between(BUILDINGS, 24.0, date(2025, 7, 1), date(2026, 7, 1))
    ledger.remains(SYSTEMS_WORTH, 40.0)
    present = {key: sum(values) for key, values in ledger.present_usd.items()}
    assert present[SYSTEMS_CAPEX] == pytest.approx(100 + 10 / 1.21)
    assert present[ENERGY] == pytest.approx(12 * (1 - 1 / 1.21) / math.log(1.21))
    assert present[SYSTEMS_WORTH] == pytest.approx(-40 / 1.4641)
    assert present[BUILDINGS] == pytest.approx(24 * (1 - 1 / 1.21) / math.log(1.21) / 1.1)
    assert ledger.usd[BUILDINGS] == pytest.approx([12, 12])


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
    assert discount_factor(rate, a) * discount_factor(rate, b) == pytest.approx(
        discount_factor(rate, a + b)
    )
    assert 0 < discount_factor(rate, a + b) <= discount_factor(rate, a) <= 1


@given(rate=rates, a=years, b=years)
def test_machines_lose_the_same_share_every_year_and_buildings_the_same_amount(rate, a, b):
    assert resale_share(rate, a) * resale_share(rate, b) == pytest.approx(
        resale_share(rate, a + b), abs=1e-12
    )
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
