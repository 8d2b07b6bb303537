"""Heat: none is lost, none is made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.engineering.power import heat_split_w
from planner.plan.derive import Decisions, Derivation
from tests import builders

watts = st.floats(0.0, 1e9)


def test_by_hand():
    """Of 100 kW nine tenths go to liquid; the 14 kW of network around it warm the air."""
    assert heat_split_w(100e3, 14e3, 0.9) == (pytest.approx(90e3), pytest.approx(24e3))
    assert heat_split_w(100e3, 14e3, 0.0) == (0.0, 114e3)
    assert heat_split_w(100e3, 14e3, 1.0) == (100e3, 14e3)


@given(own=watts, overhead=watts, share=st.floats(0.0, 1.0))
def test_all_power_becomes_heat(own, overhead, share):
    liquid, air = heat_split_w(own, overhead, share)
    assert liquid + air == pytest.approx(own + overhead)
    assert 0 <= liquid <= own
    assert air >= overhead * (1 - 1e-12)


@given(
    share=st.floats(0.0, 1.0),
    overhead=st.floats(0.0, 0.5),
    peak=st.floats(0.1, 1.0),
    sizing=st.sampled_from(["nameplate", "peak"]),
)
def test_the_heat_of_a_site_is_its_it_power(share, overhead, peak, sizing):
    """At the load the site is sized by, through the whole derivation."""
    machine = builders.system(liquid=share, overhead=overhead, mw=1.0, peak_mw=peak)
    case = builders.tiny(
        systems=[machine],
        sites=[builders.site(sizing=sizing, pue=1.1, pue_peak=1.3)],
        fleet=[builders.fleet(units=7)],
    )
    used = Derivation(case, Decisions()).sized_w(case.sites[0], 0)
    assert used["liquid"] + used["air"] == pytest.approx(used["it"])
    assert used["it"] == pytest.approx(7e6 * ((1.0 if sizing == "nameplate" else peak) + overhead))
    assert used["utility"] == pytest.approx(used["it"] * 1.3)
