"""The power chain: worked out by hand, and what holds for every chain."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.engineering.power import BASES, LOADS, Chain, Draw, add_chains, power_chain

SERVER = Draw(10_000.0, 8_000.0, 7_000.0, 2_000.0)


def chain(**changes: object) -> Chain:
    """Eight chips of 700 W in a server of 10 kW, a tenth of overhead, PUE 1.2 and 1.5, a fiftieth
    lost before the meter."""
    given = dict(
        accelerators=8,
        tdp_w=700.0,
        own=SERVER,
        sold_as="server",
        it_overhead=0.1,
        pue_annual=1.2,
        pue_peak=1.5,
        utility_loss=0.02,
        count=1.0,
    )
    return power_chain(**{**given, **changes})  # type: ignore[arg-type]


def test_by_hand():
    """The overhead is a tenth of the nameplate at every load; peak PUE for what is provisioned, the
    year's for the bill."""
    c = chain()
    assert c.chip == Draw(5_600.0, None, None, None)
    assert c.server == c.rack == SERVER
    assert c.it == Draw(11_000.0, 9_000.0, 8_000.0, 3_000.0)
    assert c.facility == Draw(
        pytest.approx(16_500.0),
        pytest.approx(13_500.0),
        pytest.approx(9_600.0),
        pytest.approx(3_600.0),
    )
    assert c.utility.nameplate_w == pytest.approx(16_500 / 0.98)
    assert c.utility.average_w == pytest.approx(9_600 / 0.98)


def test_a_rack_has_no_server_basis():
    c = chain(sold_as="rack")
    assert c.server is None
    assert [basis for basis, _ in c] == ["chip", "rack", "it", "facility", "utility"]
    assert c.at("server") is None
    assert c.rack == SERVER
    assert [basis for basis, _ in chain()] == list(BASES)


def test_what_is_lost_before_the_meter_is_a_share_of_what_passes_it():
    """1 MW behind a loss of a fifth takes 1.25 MW, not 1.2."""
    c = chain(
        own=Draw(1e6, None, None, None),
        it_overhead=0.0,
        pue_annual=1.0,
        pue_peak=1.0,
        utility_loss=0.2,
    )
    assert c.utility.nameplate_w == pytest.approx(1.25e6)


def test_a_load_that_nobody_knows_stays_unknown():
    c = chain(own=Draw(10_000.0, None, 7_000.0, None))
    assert (c.it.peak_w, c.utility.peak_w, c.facility.idle_w) == (None, None, None)
    assert c.it.average_w == 8_000.0
    total = add_chains([chain(), c])
    assert (total.it.peak_w, total.it.average_w) == (None, 16_000.0)


def test_mixed_forms_have_no_server_basis_together():
    assert add_chains([chain(), chain(sold_as="rack")]).server is None
    assert add_chains([chain(), chain()]).server == Draw(20_000.0, 16_000.0, 14_000.0, 4_000.0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pue_annual": 0.99}, "a PUE is at least 1, not 0.99"),
        ({"pue_peak": 0.5}, "a PUE is at least 1, not 0.5"),
        ({"utility_loss": 1.0}, "a loss is a share below 1, not 1"),
        ({"utility_loss": -0.1}, "a loss is a share below 1, not -0.1"),
    ],
)
def test_impossible_facilities_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        chain(**changes)


def test_nothing_cannot_be_added_up():
    with pytest.raises(ValueError, match="no chains"):
        add_chains([])


watts = st.floats(1.0, 1e9)
shares = st.floats(0.0, 1.0, allow_subnormal=False)


@st.composite
def chains(draw: st.DrawFn) -> dict[str, object]:
    """The arguments of any chain whose loads are in order."""
    nameplate = draw(watts)
    peak, average, idle = sorted((draw(shares) * nameplate for _ in range(3)), reverse=True)
    annual = draw(st.floats(1.0, 2.0))
    return {
        "accelerators": draw(st.integers(1, 10_000)),
        "tdp_w": draw(watts),
        "own": Draw(nameplate, peak, average, idle),
        "sold_as": draw(st.sampled_from(["server", "rack"])),
        "it_overhead": draw(shares),
        "pue_annual": annual,
        "pue_peak": annual + draw(shares),
        "utility_loss": draw(st.floats(0.0, 0.5)),
    }


def close(a: float | None, b: float | None) -> bool:
    return a is b if a is None or b is None else math.isclose(a, b, rel_tol=1e-9)


def same(a: Chain, b: Chain) -> bool:
    """Two chains that agree at every basis and load."""
    left, right = dict(a), dict(b)
    return left.keys() == right.keys() and all(
        close(left[basis].at(load), right[basis].at(load)) for basis in left for load in LOADS
    )


@given(given=chains())
def test_power_only_grows_towards_the_meter_and_with_the_load(given):
    c = power_chain(**given)
    for load in LOADS:
        values = [draw.at(load) for basis, draw in c if basis != "chip"]
        assert all(
            a <= b * (1 + 1e-12) for a, b in pairwise(values) if a is not None and b is not None
        )
    for basis, draw in c:
        if basis != "chip":
            values = [draw.at(load) for load in LOADS]
            assert all(
                a >= b * (1 - 1e-12) for a, b in pairwise(values) if a is not None and b is not None
            )


@given(given=chains(), count=st.integers(1, 50))
def test_many_are_as_much_as_one_after_another(given, count):
    assert same(power_chain(**given, count=count), add_chains([power_chain(**given)] * count))


@given(given=chains(), k=st.floats(1e-3, 1e3))
def test_watts_in_are_watts_out(given, k):
    """In kilowatts the same chain reads a thousandth, at every basis and load."""
    own = given["own"]
    scaled = {**given, "tdp_w": given["tdp_w"] * k, "own": own.scaled(k, k)}
    for (basis, a), (_, b) in zip(power_chain(**given), power_chain(**scaled), strict=True):
        for load in LOADS:
            assert close(None if a.at(load) is None else a.at(load) * k, b.at(load)), (basis, load)


@given(given=chains(), more=st.floats(0.0, 1.0))
def test_no_overhead_pue_or_loss_ever_lowers_a_draw(given, more):
    before = power_chain(**given).utility
    for key, most in (("it_overhead", 9.0), ("pue_peak", 9.0), ("utility_loss", 0.99)):
        after = power_chain(**{**given, key: min(most, given[key] + more)}).utility
        for load in LOADS:
            a, b = before.at(load), after.at(load)
            assert a is not None
            assert b is not None
            assert b >= a * (1 - 1e-12)


@given(given=chains())
def test_the_bill_is_made_with_the_years_pue_and_the_connection_with_the_design_days(given):
    c = power_chain(**given)
    for load, pue in (
        ("nameplate", "pue_peak"),
        ("peak", "pue_peak"),
        ("average", "pue_annual"),
        ("idle", "pue_annual"),
    ):
        assert close(c.facility.at(load), c.it.at(load) * given[pue])
