"""Does a draw stay within its limits? By hand, on the shipped clusters, and on published sites.

Proves: the margin, what is held against what, that one limit decides for all, and that the chance
follows the range.
"""

from __future__ import annotations

from functools import cache

import pytest

from planner.engineering.uncertain import Band
from planner.errors import InputError
from planner.power_model.announced import place, whole_systems
from planner.power_model.cluster import ClusterPower, cluster_power
from planner.power_model.file import ClusterFile, find_cluster, read_cluster
from planner.power_model.setup import of_one, set_up, set_up_options
from planner.power_model.verdict import Held, cluster_verdict
from planner.records import validate
from planner.report.verdict_tables import placed_lines, sentence, verdict_table
from planner.yamlfile import read_text
from tests.scenario.sample import catalog

RATED = """\
name: two halls
systems:
  - {system: gb200-nvl72, count: 64 systems, hall: north, rack_rating: 130 kW}
  - {system: hgx-h100, count: 64 systems, hall: south, rack_rating: 41 kW, servers_per_rack: 4}
facility:
  cooling: direct-liquid
  halls: {north: 10 MW, south: 1 MW}
  ratings: {feed: 30 MW, ups: 12 MW}
  redundancy: {feed: 2N, ups: 4N/3}
"""
COLOSSUS_2025 = """\
name: Colossus, 2025-07
systems:
  - {system: hgx-h100, count: 150000 accelerators}
  - {system: hgx-h200, count: 50000 accelerators}
  - {system: gb200-nvl72, count: 417 systems}
facility: {cooling: direct-liquid, climate: hot-humid, pue: {annual: 1.15, peak: 1.20}}
"""
"""150 000 H100, 50 000 H200 and 30 000 GB200: company disclosure of 2025-07-22, in Epoch AI,
Frontier Data Centers (https://epoch.ai/data/data-centers), which has 340 MW IT; the PUE is
ours."""


@cache
def cluster(text: str) -> ClusterPower:
    located = read_text(text, "hall.yaml")
    return cluster_power(set_up(validate(ClusterFile, located), located, catalog()))


@cache
def shipped(name: str) -> ClusterPower:
    return cluster_power(set_up(*read_cluster(find_cluster(name)), catalog()))


@cache
def so_many(system: str, count: str) -> ClusterPower:
    return cluster_power(set_up_options("options", of_one(system, count, {}), catalog()))


def held(limit_w: float, *, value: float = 100.0) -> Held:
    band = Band(value, value - 10.0, value + 10.0, (("figure", -10.0, 10.0),))
    return Held("limit", "it", "peak", limit_w, band, ("part", 60.0))


def test_a_limit_by_hand():
    """100 W ± 10 under 110 W: 10 W left, a eleventh of the limit, and one in ten lies above."""
    one = held(110.0)
    assert (one.fits, one.margin_w, one.margin) == (True, 10.0, pytest.approx(10 / 110))
    assert one.chance == pytest.approx(0.1, abs=2e-3)
    assert one.widest == "figure"
    over = held(90.0)
    assert (over.fits, over.margin_w) == (False, -10.0)
    assert over.chance == pytest.approx(0.9, abs=2e-3)
    assert held(100.0).fits
    assert "10.0 %" in sentence(one)
    assert sentence(over).startswith("does not fit: draws 100 W (it, peak) of 90 W, 10 W (11.1 %)")


def test_halls_layers_and_racks_by_hand():
    """A rack of 132 kW in one for 130; four servers of 10.2 kW in one for 41. Of two feeds of 15 MW
    one may fail; three of four UPS carry."""
    found = cluster_verdict(cluster(RATED), 20e6, "utility", "nameplate")
    assert found is not None
    by_name = {one.what: one for one in found.held}
    assert list(by_name) == [
        "limit",
        "hall north",
        "hall south",
        "feed",
        "ups",
        "rack of gb200-nvl72",
        "rack of hgx-h100",
    ]
    assert by_name["feed"].limit_w == pytest.approx(15e6)
    assert by_name["ups"].limit_w == pytest.approx(9e6)
    racks = by_name["rack of gb200-nvl72"], by_name["rack of hgx-h100"]
    assert [one.draw.value for one in racks] == pytest.approx([132e3, 40.8e3])
    assert [one.fits for one in racks] == [False, True]
    halls = by_name["hall north"].draw.value + by_name["hall south"].draw.value
    assert halls == pytest.approx(cluster(RATED).chain.it.nameplate_w)
    assert by_name["ups"].draw.value == pytest.approx(halls)
    assert by_name["limit"].draw.value == by_name["feed"].draw.value
    assert by_name["limit"].fits
    assert not found.fits
    assert found.tightest.what == "ups"
    assert [row[1] for row in verdict_table(found).rows].count("no") == 2


def test_what_is_most_to_blame():
    """Of a part the largest share of the draw, of a figure the widest change: those of the parts
    table and of the drivers."""
    found = cluster_verdict(shipped("gb200-hall"), 24e6, "it", "average")
    assert found is not None
    (one,) = found.held
    assert one.largest == ("accelerators", pytest.approx(9216 * 1200 * 0.95))
    assert one.widest == "gb200-nvl72 · power.nameplate"
    parts = shipped("gb200-hall").parts_to("it", "average")
    assert sum(parts.values()) == pytest.approx(one.draw.value)


# draw by `planner power` before there were verdicts; chance from the range
SHIPPED = [
    ("colossus-phase1", 150e6, "utility", "peak", False, 151.65e6, 0.86),
    ("gb200-hall", 24e6, "utility", "nameplate", True, 23.79e6, 0.54),
    ("mi450-1gw", 1e9, "utility", "nameplate", True, 991.8e6, 0.45),
    ("mixed-8k", 10e6, "utility", "peak", False, 11.03e6, 0.79),
    ("tpu-pod", 9e6, "utility", "nameplate", True, 8.244e6, 0.34),
]


@pytest.mark.parametrize(("name", "limit_w", "basis", "load", "fits", "draw_w", "chance"), SHIPPED)
def test_the_shipped_clusters(name, limit_w, basis, load, fits, draw_w, chance):
    found = cluster_verdict(shipped(name), limit_w, basis, load)
    assert found is not None
    (one,) = found.held
    assert (found.fits, one.draw.value) == (fits, pytest.approx(draw_w, rel=1e-3))
    assert one.chance == pytest.approx(chance, abs=0.01)
    assert one.margin_w == pytest.approx(limit_w - one.draw.value)


def test_colossus_under_what_was_published():
    """155 MW for the site with 100 000 H100 (TechRadar, 2024-12-23) hold what they draw at peak,
    with a third of a chance not to; the 50 MW of 2024-08-01 (WREG, 2024-07) do not."""
    found = shipped("colossus-phase1")
    site, early = (
        cluster_verdict(found, watts, "facility", "peak").held[0]  # type: ignore[union-attr]
        for watts in (155e6, 50e6)
    )
    assert site.fits
    assert 0.2 < (site.chance or 0) < 0.4
    assert not early.fits
    assert (early.chance or 0) > 0.999


def test_colossus_of_2025():
    """340 MW IT (Epoch AI, 2025-07-22) hold the peak and not the ratings; 300 MW as it runs
    (SemiAnalysis, 2025-09-16) is the IT peak."""
    found = cluster(COLOSSUS_2025)
    peak, rated = (
        cluster_verdict(found, 340e6, "it", load).held[0]  # type: ignore[union-attr]
        for load in ("peak", "nameplate")
    )
    assert (peak.fits, rated.fits) == (True, False)
    assert peak.draw.value == pytest.approx(300e6, rel=0.01)
    placed = place(found, 300e6)
    assert (placed.nearest.basis, placed.nearest.load) == ("it", "peak")


@pytest.mark.parametrize(
    ("found", "announced_w", "fits", "not_"),
    [
        # 150 MW of critical IT (SemiAnalysis, 100,000 H100 Clusters, 2024-06-17)
        ("colossus", 150e6, ("it", "nameplate"), ("utility", "nameplate")),
        # 155 MW of the site (TechRadar, 2024-12-23)
        ("colossus", 155e6, ("facility", "peak"), ("chip", "nameplate")),
        # 22 000 H100 at 31 MW (Epoch AI, GPU Clusters, 2026-04-24), basis not stated
        ("inflection", 31e6, ("utility", "average"), ("utility", "nameplate")),
        # 504 MW for 720 000 H100 (TweakTown, 2024-03-26) are 700 W each: chips alone
        ("sora", 504e6, ("chip", "nameplate"), ("it", "peak")),
        # about 25 000 A100 at 19.9 MW (Epoch AI, 2025-12-02)
        ("gpt4", 19.9e6, ("utility", "average"), ("facility", "nameplate")),
    ],
)
def test_announced_powers_are_placed(found, announced_w, fits, not_):
    power = {
        "colossus": lambda: shipped("colossus-phase1"),
        "inflection": lambda: so_many("hgx-h100", "22000"),
        "sora": lambda: so_many("hgx-h100", "720000"),
        "gpt4": lambda: so_many("dgx-a100-80gb", "25000"),
    }[found]()
    placed = place(power, announced_w)
    assert fits in {(p.basis, p.load) for p in placed.fitting}
    assert not_ in {(p.basis, p.load) for p in placed.others}
    for one in placed.places:
        assert one.ratio == pytest.approx(announced_w / one.draw.value)
        if one.ranged:
            assert one.fits == (one.draw.low <= announced_w <= one.draw.high)
    is_, is_not = placed_lines(placed, power.setup.cluster.accelerators)
    assert f"{fits[1]} at " in is_
    assert is_not.startswith("it is not ")


def test_a_power_that_is_nowhere():
    placed = place(so_many("hgx-h100", "22000"), 1e9)
    assert placed.fitting == []
    assert "fits no basis and load; nearest is utility nameplate" in placed_lines(placed, 22000)[0]


@pytest.mark.parametrize(
    ("count", "taken", "noted"),
    [
        ("83000 accelerators", "1153 systems", True),
        ("83000", "1153 systems", True),
        ("1 accelerators", "1 systems", True),
        ("72", "72", False),
        ("8 systems", "8 systems", False),
        ("many", "many", False),
    ],
)
def test_a_rounded_count_is_of_whole_systems(count, taken, noted):
    """83 000 / 72 = 1152.8."""
    said, note = whole_systems(catalog(), "gb200-nvl72", count)
    assert (said, bool(note)) == (taken, noted)
    assert not noted or "whole systems" in note


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("hall: north", "hall: nort"), "no hall `nort`"),
        (("hall: north, ", ""), "stands in one of 2 halls, and none is named"),
        (("south: 1 MW", "south: 1 MW, west: 1 MW"), "nothing stands in the hall `west`"),
        ((", servers_per_rack: 4", ""), "how many of `hgx-h100` stand in a rack is not said"),
        (("130 kW", "130 kW, servers_per_rack: 2"), "`gb200-nvl72` is sold as a rack"),
        (("rack_rating: 41 kW, ", ""), "`servers_per_rack` says how full a rack is"),
        (("feed: 30 MW", "fed: 30 MW"), "fed"),
        (("feed: 30 MW", "feed: 30"), "`30` has no unit"),
    ],
)
def test_ratings_that_lead_to_nothing_are_mistakes(change, says):
    assert change[0] in RATED
    with pytest.raises(InputError) as caught:
        cluster(RATED.replace(*change, 1))
    assert says in str(caught.value)
    assert all(problem.mark is not None for problem in caught.value.problems)


def test_a_basis_without_a_draw_is_refused():
    with pytest.raises(InputError, match="no server basis"):
        cluster_verdict(shipped("gb200-hall"), 1e9, "server", "peak")
