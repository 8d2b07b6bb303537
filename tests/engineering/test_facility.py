"""Facility arithmetic against hand-made numbers, published ones, and laws that hold for any
number."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.load import load_catalog
from planner.engineering.facility import (
    capped_performance,
    carbon_t,
    carries_rack,
    energy_mwh,
    facility_power_w,
    load_factor,
    oversubscribed,
    servers_per_rack,
    stage_efficiency,
    water_m3,
)
from planner.engineering.plant import (
    LayerLimit,
    for_ramp,
    for_swing,
    in_rows,
    installed_needed_w,
    margin_for_firm,
    mep_cost_multiple,
    tightest,
    units_for_firm,
    usable_fraction,
)
from planner.engineering.power import heat_split_w

SHARE = st.floats(0.0, 1.0)
POWER = st.floats(1e3, 1e9)


# published


def test_colossus_water():
    """A million gallons a day at 150 MW is 1.05 L per kWh of facility energy (WREG, 2024-07: 3.785
    L/gal)."""
    litres = 1e6 * 3.785
    assert litres / (energy_mwh(150e6, 24) * 1e3) == pytest.approx(1.05, abs=0.005)
    assert water_m3(energy_mwh(150e6, 24), 1.05) == pytest.approx(litres / 1e3, rel=0.003)


@pytest.mark.parametrize("climate", ["cold", "temperate"])
def test_terawulf_250_gross_for_200_critical(climate):
    """250 MW gross for 200 MW of critical IT lies in the range of a liquid-cooled site's design
    day, and next to the typical value."""
    entry = load_catalog().facility.in_climate("direct-liquid", climate)
    assert entry is not None
    peak = entry.pue_peak
    assert peak.low <= 250 / 200 <= peak.high
    assert facility_power_w(200e6, peak.value) / 0.99 == pytest.approx(250e6, rel=0.02)


def test_islanded_plant_307_5_for_200():
    """307.5 MW for 200 MW firm is 1.54. Units of about 15 MW (assumed) at the catalog's
    availability bracket it between 99 and 99.99 %."""
    plant = load_catalog().facility.plant
    assert plant is not None
    needed = math.ceil(200 / 15)
    loose, strict = (
        units_for_firm(needed, plant.generation_availability.value, target) / needed
        for target in (0.99, 0.9999)
    )
    assert loose < 307.5 / 200 < strict


def test_ramp_of_100_mw_at_10_mw_per_minute():
    found = for_ramp(100e6, 10e6 / 60)
    assert found.power_w == 100e6
    assert found.energy_mwh == pytest.approx(8.33, abs=0.01)


@pytest.mark.parametrize(
    ("pue", "cooling", "climate"),
    [
        (1.54, "air", "temperate"),  # Uptime survey 2025, mean of all
        (1.10, "air", "temperate"),  # Google, fleet
        (1.08, "air", "temperate"),  # Meta, fleet
        (1.15, "air", "temperate"),  # AWS, fleet
        (1.07, "air", "cold"),  # Meta, Luleå
        (1.18, "direct-liquid", "cold"),  # Applied Digital, North Dakota, design
        (1.04, "direct-liquid", "cold"),  # NREL ESIF, measured
    ],
)
def test_published_pue_inside_the_range(pue, cooling, climate):
    entry = load_catalog().facility.in_climate(cooling, climate)
    assert entry is not None
    assert entry.pue_annual.low <= pue <= entry.pue_annual.high


@pytest.mark.parametrize(
    ("topology", "usable"),
    [
        ((1, 0, 1), 1),
        ((4, 1, 1), 0.8),
        ((3, 1, 1), 0.75),
        ((2, 1, 1), 2 / 3),
        ((1, 0, 2), 0.5),
        ((4, 1, 2), 0.4),
        ((9, 1, 1), 0.9),
    ],
)
def test_redundancy_table(topology, usable):
    assert usable_fraction(*topology) == pytest.approx(usable)


def test_cap_of_600_of_700_w():
    """10 to 15 % of training steps, 5 to 8 % of inference (Factryze)."""
    caps = load_catalog().facility.power_caps
    assert 0.85 <= capped_performance(600 / 700, caps["training"].elasticity.value) <= 0.90
    assert 0.92 <= capped_performance(600 / 700, caps["inference"].elasticity.value) <= 0.95


# by hand


def test_facility_power():
    assert facility_power_w(100e6, 1.25) == 125e6
    assert facility_power_w(100e6, 1.10, (0.95, 0.99)) == pytest.approx(100e6 / 0.9405 + 10e6)


def test_a_stage_between_its_two_points():
    """Losses: 1.8135 % of rating at half, 4.1667 % at full load; so 1.0291 % always and 3.1376 %
    with the square: 1.2252 % at a quarter."""
    assert stage_efficiency(0.5, 0.965, 0.96) == pytest.approx(0.965)
    assert stage_efficiency(1.0, 0.965, 0.96) == pytest.approx(0.96)
    assert stage_efficiency(0.25, 0.965, 0.96) == pytest.approx(0.25 / (0.25 + 0.012252), rel=1e-4)


def test_the_tightest_of_five_layers():
    layers = [
        LayerLimit("feed", 300e6, 1.0, 1.25),
        LayerLimit("generator", 350e6, 0.8, 1.25),
        LayerLimit("ups", 300e6, 0.75, 1.0),
        LayerLimit("cooling", 260e6, 0.8, 1.0),
    ]
    found = tightest(layers)
    assert found.it_w == pytest.approx(208e6)
    assert found.binding == ("cooling",)
    both = tightest([LayerLimit("ups", 200e6, 0.5, 1.0), LayerLimit("cooling", 125e6, 0.8, 1.0)])
    assert both.binding == ("ups", "cooling")


def test_rows_of_2_mw_with_racks_of_142_kw():
    """14 racks make 1.988 MW, 12 kW of each row feed nothing; 100 racks need 8 rows, 12 places stay
    open."""
    rows = in_rows(100, 142e3, 2e6)
    assert (rows.racks_per_row, rows.rows) == (14, 8)
    assert rows.stranded_w == pytest.approx(8 * 12e3)
    assert rows.open_w == pytest.approx(12 * 142e3)
    assert rows.deployed_w == 14.2e6


def test_a_server_rack_is_limited_by_height_or_power():
    assert servers_per_rack(10.2e3, 8, 40, 41e3) == 4
    assert servers_per_rack(10.2e3, 8, 40, 80e3) == 5
    assert servers_per_rack(10.2e3, 8, 40, 10e3) == 0


def test_a_square_swing_of_50_mw_every_two_seconds():
    assert for_swing(50e6, 2.0).energy_mwh == pytest.approx(25e6 / 3.6e9)
    assert for_swing(50e6, 2.0, square=False).energy_mwh == pytest.approx(
        50e6 * 2 / (2 * math.pi) / 3.6e9
    )


def test_oversubscription_by_a_quarter():
    found = oversubscribed(0.25, 0.5)
    assert found.performance_each == pytest.approx(math.sqrt(0.8))
    assert found.work == pytest.approx(1.25 * math.sqrt(0.8))


def test_year_of_a_megawatt():
    assert energy_mwh(1e6) == 8760
    assert carbon_t(8760, 323.05) == pytest.approx(2829.9, abs=0.1)
    assert load_factor(70.0, 100.0) == 0.7
    assert mep_cost_multiple(0.5, 0.4) == pytest.approx(1.4)
    assert mep_cost_multiple(0.75, 0.4) == pytest.approx(1 + 0.4 / 3)


AIR = {
    "liquid_loop": False,
    "own_equipment": False,
    "rack_density_w": (30e3, 41e3),
    "air_density_w": (30e3, 41e3),
    "liquid_share_most": 0.0,
}
DLC = {
    "liquid_loop": True,
    "own_equipment": False,
    "rack_density_w": (250e3, 350e3),
    "air_density_w": (30e3, 41e3),
    "liquid_share_most": 1.0,
}


@pytest.mark.parametrize(
    ("technology", "rack_w", "share", "verdict", "says"),
    [
        (AIR, 20e3, 0.0, "yes", "20 kW per rack"),
        (AIR, 40.8e3, 0.0, "at the limit", "30 usual and 41"),
        (AIR, 60e3, 0.0, "no", "41 at most"),
        (AIR, 20e3, 0.5, "no", "cold plates"),
        (DLC, 142e3, 0.9, "yes", "14 of it in the air"),
        (DLC, 142e3, 0.75, "at the limit", "36 kW per rack left in the air"),
        (DLC, 142e3, 0.5, "no", "71 kW per rack left in the air, 41 at most"),
        (DLC, 400e3, 1.0, "no", "350 at most"),
        (DLC, 20e3, 0.0, "no", "no cold plates"),
        ({**DLC, "own_equipment": True}, 100e3, 1.0, "no", "made for it"),
    ],
)
def test_what_carries_a_rack(technology, rack_w, share, verdict, says):
    found = carries_rack(rack_w=rack_w, liquid_share=share, needs_liquid=share > 0, **technology)
    assert found.verdict == verdict
    assert says in found.reason


# laws


@given(POWER, st.integers(1, 12), st.integers(0, 3), st.integers(1, 3), st.floats(1.0, 2.0))
def test_usable_is_at_most_installed_and_inverts(installed, needed, spare, copies, per_it):
    usable = usable_fraction(needed, spare, copies)
    layer = LayerLimit("x", installed, usable, per_it)
    assert 0 < usable <= 1
    assert layer.usable_it_w <= installed * (1 + 1e-12)
    assert installed_needed_w(layer.usable_it_w, usable, per_it) == pytest.approx(installed)


@given(POWER, st.floats(1.0, 3.0), st.floats(0.5, 1.0))
def test_facility_grows_with_pue_and_loss(it, pue, efficiency):
    power = facility_power_w(it, pue, (efficiency,))
    assert power >= facility_power_w(it, pue) * (1 - 1e-12) >= it * (1 - 1e-9)
    assert facility_power_w(it, pue + 0.1, (efficiency,)) > power


@given(POWER, POWER, SHARE)
def test_heat_is_conserved(own, overhead, share):
    liquid, air = heat_split_w(own, overhead, share)
    assert liquid + air == pytest.approx(own + overhead)


@given(POWER, st.floats(0.0, 8760.0))
def test_energy_is_average_times_hours(average, hours):
    assert energy_mwh(average, hours) == pytest.approx(average / 1e6 * hours)
    assert energy_mwh(average, hours) <= energy_mwh(average) * (1 + 1e-12)


@given(st.integers(0, 5000), st.floats(1e3, 4e5), st.floats(4.1e5, 1e7))
def test_rows_add_up(racks, rack, row):
    rows = in_rows(racks, rack, row)
    assert rows.deployed_w <= rows.deployable_w + 1e-6 <= rows.provided_w * (1 + 1e-9) + 1e-6
    assert rows.deployed_w + rows.open_w + rows.stranded_w == pytest.approx(rows.provided_w)
    assert rows.stranded_w < rows.rows * rack + 1e-3


@given(SHARE.filter(lambda x: x > 0.01), st.floats(0.9, 0.99), st.floats(1.0, 4.0))
def test_stage_losses_are_positive_and_grow(load, half, ratio):
    full = 1 / (1 + ratio * 0.5 * (1 / half - 1))
    efficiency = stage_efficiency(load, half, full)
    assert 0 < efficiency <= 1
    assert load / efficiency - load <= 1 / full - 1 + 1e-9


@given(st.integers(1, 30), st.floats(0.7, 0.99), st.floats(0.5, 0.999))
def test_firm_units(needed, availability, target):
    units = units_for_firm(needed, availability, target)
    assert units >= needed
    assert units_for_firm(needed, min(1.0, availability + 0.01), target) <= units


def exactly(needed, units, availability):
    """Probability that so many run, in fractions."""
    terms = (
        math.comb(units, i) * availability**i * (1 - availability) ** (units - i)
        for i in range(needed, units + 1)
    )
    return sum(terms, Fraction(0))


@pytest.mark.parametrize(
    "availability", [Fraction(3, 10), Fraction(1, 2), Fraction(9, 10), Fraction(92, 100)]
)
@pytest.mark.parametrize("target", [Fraction(1, 2), Fraction(99, 100), Fraction(999, 1000)])
def test_firm_units_are_those_of_exact_fractions(availability, target):
    for needed in range(1, 14):
        units = units_for_firm(needed, float(availability), float(target))
        assert exactly(needed, units, availability) >= target
        assert exactly(needed, units - 1, availability) < target


@pytest.mark.parametrize("availability", [Fraction(3, 10), Fraction(9, 10)])
@pytest.mark.parametrize("target", [Fraction(1, 2), Fraction(999, 1000)])
def test_the_margin_is_the_least_that_is_enough_for_every_number(availability, target):
    """Against fractions: of n units, the most that run at least with the probability."""
    for most in (1, 2, 7, 20):
        short = [
            n * availability - max(k for k in range(n + 1) if exactly(k, n, availability) >= target)
            for n in range(1, most + 1)
        ]
        assert margin_for_firm(most, float(availability), float(target)) == pytest.approx(
            float(max(0, *short))
        )


SCIPY = [
    (3077, 0.92, 0.999, 3399),
    (3077, 0.92, 0.9999, 3410),
    (20000, 0.9, 0.999, 22378),
    (10000, 0.5, 0.9999, 20532),
    (1, 0.001, 0.999, 6905),
    (2900, 0.95, 0.99, 3083),
]
"""Found once with `scipy.stats.binom.sf` of scipy 1.17, which sums another way: (needed,
availability, target, units)."""


@pytest.mark.parametrize(("needed", "availability", "target", "units"), SCIPY)
def test_thousands_of_units(needed, availability, target, units):
    """1 GW of fuel cells of 325 kW are 3077 that run, and 322 more for three nines at 92 %."""
    assert math.ceil(1e9 / 325e3) == 3077
    assert units_for_firm(needed, availability, target) == units


@pytest.mark.parametrize(
    ("most", "availability", "target", "margin"),
    [(4000, 0.92, 0.999, 54.56), (20000, 0.9, 0.9999, 159.9)],
)
def test_margin_of_thousands_of_units(most, availability, target, margin):
    """Also from `scipy.stats.binom`, for every number up to the largest."""
    assert margin_for_firm(most, availability, target) == pytest.approx(margin, abs=1e-6)
    assert margin_for_firm(most // 2, availability, target) < margin


@given(st.integers(1, 400), st.floats(0.05, 1.0), st.floats(0.01, 0.9999))
def test_what_the_margin_leaves_is_firm(units, availability, target):
    """Whatever number stands, the whole units that the margin leaves need no more than these to
    run."""
    firm = math.floor(availability * units - margin_for_firm(400, availability, target) + 1e-9)
    if firm >= 1:
        assert units_for_firm(firm, availability, target) <= units


@given(st.floats(0.1, 1.0), st.floats(0.0, 1.5))
def test_a_cap_never_helps(share, elasticity):
    assert 0 < capped_performance(share, elasticity) <= 1


@given(st.floats(0.0, 1e9), st.floats(1e3, 1e9))
def test_storage_grows_with_the_step_and_shrinks_with_the_ramp(step, ramp):
    found = for_ramp(step, ramp)
    assert for_ramp(step, 2 * ramp).energy_mwh == pytest.approx(found.energy_mwh / 2)
    assert for_ramp(2 * step, ramp).energy_mwh == pytest.approx(found.energy_mwh * 4)


@pytest.mark.parametrize(
    "call",
    [
        lambda: facility_power_w(1.0, 0.9),
        lambda: facility_power_w(1.0, 1.1, (1.2,)),
        lambda: stage_efficiency(0.0, 0.9, 0.9),
        lambda: stage_efficiency(1.0, 0.99, 0.9),
        lambda: usable_fraction(0, 1, 1),
        lambda: installed_needed_w(1.0, 0.0, 1.0),
        lambda: tightest([]),
        lambda: in_rows(1, 3e6, 2e6),
        lambda: in_rows(1, 0.0, 2e6),
        lambda: units_for_firm(1, 0.0, 0.9),
        lambda: margin_for_firm(0, 0.5, 0.9),
        lambda: margin_for_firm(5, 0.5, 1.0),
        lambda: for_ramp(1.0, 0.0),
        lambda: for_swing(-1.0, 1.0),
        lambda: capped_performance(1.1, 0.5),
        lambda: oversubscribed(-0.1, 0.5),
        lambda: servers_per_rack(1.0, 0.0, 1.0, 1.0),
        lambda: carries_rack(rack_w=-1.0, liquid_share=0.0, needs_liquid=False, **AIR),
    ],
)
def test_nonsense_is_refused(call):
    with pytest.raises(ValueError, match=r"."):
        call()
