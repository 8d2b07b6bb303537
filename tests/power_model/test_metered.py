"""A metered series beside the prediction: read with every mistake at its place, summed up by time,
and written into a cluster file that predicts it.

Proves: means by hand, classes of load that were put in, and no guess at a unit or a basis.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import InputError
from planner.power_model.calibrate import calibrated
from planner.power_model.cluster import ClusterPower, cluster_power
from planner.power_model.file import ClusterFile
from planner.power_model.metered import MeteredPower, levels_of, metered, natural_breaks
from planner.power_model.series import Series, read_series
from planner.power_model.setup import set_up
from planner.records import validate
from planner.report.metered_tables import metered_json, metered_lines, metered_tables
from planner.yamlfile import Located, read_text
from tests.scenario.sample import catalog

BLOCK = """\
# a hall of ours
name: hall    # of air
systems:
  - system: hgx-h100
    count: 64 systems      # two rows
  - {system: dgx-a100-80gb, count: 32 systems, workload: inference}
fabric: {topology: fat-tree}
"""
PREDICTED = {"idle": 100.0, "average": 300.0, "peak": 400.0, "nameplate": 500.0}


@cache
def located(text: str = BLOCK) -> Located:
    return read_text(text, "hall.yaml")


@cache
def cluster(text: str = BLOCK) -> ClusterPower:
    return cluster_power(set_up(validate(ClusterFile, located(text)), located(text), catalog()))


def read(folder: Path, text: str, encoding: str = "utf-8") -> Series:
    path = folder / "pdu.csv"
    path.write_text(text, encoding=encoding)
    return read_series(path, {name: cluster().basis_of(name) for name, _ in cluster().parts})


def complaints(folder: Path, text: str, at: str | None = "it") -> list[str]:
    with pytest.raises(InputError) as caught:
        metered(cluster(), read(folder, text), at)
    return [p.concise().replace(str(folder / "pdu.csv"), "pdu") for p in caught.value.problems]


def rows(*powers: float, head: str = "time,it [kW]", step_s: int = 60) -> str:
    times = (f"{1767225600 + i * step_s},{w}" for i, w in enumerate(powers))
    return "\n".join([head, *times]) + "\n"


def test_a_mean_by_time_and_by_hand(tmp_path):
    """600 kW for 60 s, 900 for 120, 660 for 60, and 600 for a usual step of 60 s."""
    text = "time,it_kw\n1767225600,600\n1767225660,900\n1767225780,660\n1767225840,600\n"
    found = metered(cluster(), read(tmp_path, text), None)
    assert (found.basis, found.step_s, found.covered_s) == ("it", 60.0, 300.0)
    assert found.total.mean_w == pytest.approx((600e3 + 2 * 900e3 + 660e3 + 600e3) / 5)
    assert (found.total.max_w, found.gaps) == (900e3, [])
    assert found.energy_mwh == pytest.approx(found.total.mean_w * 300 / 3.6e9)
    assert found.load_factor == pytest.approx(732 / 900)
    nameplate = cluster().chain.it.nameplate_w
    assert found.utilisation == pytest.approx(732e3 / nameplate)
    assert found.highest == pytest.approx(900e3 / nameplate)


def test_a_gap_counts_in_no_mean(tmp_path):
    """An hour without samples: its first minute is the last sample's, the rest is nobody's."""
    text = rows(600, 600, 600) + "1767229200,900\n1767229260,900\n"
    found = metered(cluster(), read(tmp_path, text), None)
    (gap,) = found.gaps
    assert found.covered_s == 300.0
    assert found.total.mean_w == pytest.approx(720e3)
    assert gap.to_s - gap.from_s == 3600 - 180
    assert str(gap.mark).endswith("pdu.csv:5:1")
    assert "Gaps of the series" in [table.title for table in metered_tables(found)]


@pytest.mark.parametrize(
    ("text", "mean_w"),
    [
        ("timestamp,it [kW]\n2026-01-01T00:00:00Z,800\n2026-01-01T00:01:00Z,700\n", 750e3),
        ("Time;IT (MW)\n2026-01-01 00:00:00;0,8\n2026-01-01 00:01:00;0,7\n", 750e3),
        ("it_w\ttime\n800000\t2026/01/01 00:00\n700000\t2026/01/01 00:01\n", 750e3),
        ("# from the PDU\n# basis: it\ntime|W\n1767225600|8e5\n1767225660.5|7e5\n\n", 750e3),
        ('"time","power, all (kW)"\n2026-01-01T01:00:00+01:00,800\n2026-01-01T00:01Z,700\n', 750e3),
    ],
)
def test_what_people_write(tmp_path, text, mean_w):
    found = metered(cluster(), read(tmp_path, text, "utf-8-sig"), "it")
    assert found.total.mean_w == pytest.approx(mean_w)
    assert found.from_s == 1767225600
    assert ("in no zone" in "".join(metered_lines(found))) == (";" in text or "\t" in text)


def test_every_mistake_at_once_with_its_place(tmp_path):
    text = """\
# basis: itt
time;total [kW];fans_mW;temp;kw;kWh
2026-01-01T00:00:00Z;800;;3;1;1
2026-01-01T00:01:00;-5;a;3;1;1
2026-01-01T00:02:00Z;12,5;5;3;1
soon;99999999999999;5;3;1;2
2026-01-01T00:00:30Z;nan;5;3;1;2
2026-01-01T00:00:30Z;5;5;3;1;2
1767225600000;5;5;3;1;2
"""
    found = complaints(tmp_path, text)
    assert [line.split(" ", 2)[:2] for line in found] == [
        ["pdu:1:10:", "PL-T002"],
        ["pdu:2:17:", "PL-U002"],
        ["pdu:2:25:", "PL-U001"],
        ["pdu:2:30:", "PL-I002"],
        ["pdu:2:33:", "PL-U002"],
        ["pdu:3:26:", "PL-K002"],
        ["pdu:4:1:", "PL-D001"],
        ["pdu:4:21:", "PL-R001"],
        ["pdu:4:24:", "PL-U004"],
        ["pdu:5:32:", "PL-T001"],
        ["pdu:6:1:", "PL-D001"],
        ["pdu:6:6:", "PL-R001"],
        ["pdu:7:1:", "PL-D002"],
        ["pdu:7:22:", "PL-K002"],
        ["pdu:8:1:", "PL-I002"],
        ["pdu:9:1:", "PL-D001"],
    ]
    assert "did you mean `it`?" in found[0]
    assert "milliseconds" in found[-1]


def test_many_mistakes_of_a_kind_are_counted(tmp_path):
    """A thousand rows upside down: twenty are told, the rest by their number."""
    upside_down = "\n".join(f"{1767225600 - i * 60},800" for i in range(1001))
    found = complaints(tmp_path, f"time,it_kw\n{upside_down}\n")
    assert len(found) == 21
    assert "980 more times out of order" in found[-1]


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("", "it", "has no row with column heads"),
        ("time\n1\n", "it", "one column"),
        (rows(800), "it", "a series has two rows at least"),
        (rows(800, 700, head="time,power_kw"), None, "and none is guessed"),
        ("# basis: it\n" + rows(8, 7, head="time,kw"), "facility", "the file says it was metered"),
        (rows(800, 700), "utility", "--metered-at:1:1: PL-K003 the series has it only"),
        ("# basis: utility\n" + rows(800, 700), None, "pdu:2:6: PL-K003 the series has it only"),
        ("time,it_kw,facility_kw\n1767225600,8,9\n1767225660,8,9\n", None, "--metered-at fac"),
        (rows(800, 700, head="time,power_mw"), "it", "if the numbers are in kW, write kW"),
        (rows(0.8, 0.7), "it", "if the numbers are in MW, write MW"),
        (rows(300, 300, head="time,accelerators_kw"), "server", "the columns leave out"),
        (rows(800, 700, head="time,power"), "it", "has no unit"),
        (rows(800, 700, head="time,power [hp]"), "it", "`hp` is no unit of power"),
        (rows(800, 700, head="time,power_kva"), "it", "is apparent power"),
    ],
)
def test_nothing_is_guessed(tmp_path, text, at, says):
    assert says in "\n".join(complaints(tmp_path, text, at))


def test_a_file_that_is_none(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere.csv"):
        with pytest.raises(InputError, match="cannot read"):
            read_series(path, {})
    (tmp_path / "x.csv").write_bytes(b"time,it_kw\n\xff\xfe")
    with pytest.raises(InputError, match="not UTF-8"):
        read_series(tmp_path / "x.csv", {})


def test_columns_are_parts_devices_and_totals(tmp_path):
    """Parts of the chain beside what is predicted of them; devices add up to the total where there
    is none; of several bases the one that is asked for."""
    head = "time,it_kw,facility_kw,accelerators_kw,Compute Network [kW],pdu-1_kw\n"
    text = head + "".join(f"{1767225600 + 60 * i},800,900,500,20,7\n" for i in range(3))
    found = metered(cluster(), read(tmp_path, text), "facility")
    assert (found.basis, found.total.mean_w, found.summed) == ("facility", 900e3, False)
    by_name = {one.name: one for one in found.columns}
    assert {name: one.role for name, one in by_name.items()} == {
        "it": "total",
        "accelerators": "part",
        "compute network": "part",
        "pdu-1": "device",
    }
    parts = dict(cluster().parts)
    assert by_name["compute network"].predicted == parts["compute network"]
    assert by_name["pdu-1"].predicted == {}
    (table,) = (table for table in metered_tables(found) if table.title == "By column")
    (row,) = (row for row in table.rows if row[0] == "accelerators")
    assert row[4].value == pytest.approx(500e3 / parts["accelerators"]["average"] - 1)
    devices = rows(head="time,rack1_kw,rack2 [W]") + "1767225600,300,5e5\n1767225660,350,4e5\n"
    summed = metered(cluster(), read(tmp_path, devices), "it")
    assert (summed.summed, summed.total.mean_w) == (True, pytest.approx(775e3))


def test_measured_beside_predicted(tmp_path):
    """A series of which 20 % is the predicted idle, 65 % the average and 15 % the peak: each class
    is found, with its share, inside the range; the mean is theirs."""
    chain = cluster().chain.it
    told = [(chain.idle_w, 200), (chain.average_w, 650), (chain.peak_w, 150)]
    noise = np.random.default_rng(7).normal(0.0, 2.0, 1000)
    powers = np.concatenate([np.full(n, w / 1e3) for w, n in told]) + noise
    found = metered(cluster(), read(tmp_path, rows(*powers)), None)
    mean_w = sum(w * n for w, n in told) / 1000
    assert found.total.mean_w == pytest.approx(mean_w, rel=1e-3)
    assert [(level.nearest, round(level.share, 2)) for level in found.levels] == [
        ("idle", 0.2),
        ("average", 0.65),
        ("peak", 0.15),
    ]
    for level, (w, _) in zip(found.levels, told, strict=True):
        assert level.w == pytest.approx(w, rel=1e-2)
    by_what = {(one.load, one.what): one for one in found.compared}
    idle = by_what["idle", "level of the lowest class"]
    assert (idle.inside, idle.off) == (True, pytest.approx(0.0, abs=0.02))
    mean = by_what["average", "mean of the series"]
    assert mean.off == pytest.approx(mean_w / chain.average_w - 1, abs=1e-3)
    rest = by_what["average", "mean without the idle class"]
    assert rest.measured_w == pytest.approx(
        (chain.average_w * 650 + chain.peak_w * 150) / 800, rel=0.01
    )
    peak = by_what["peak", "highest sample"]
    assert peak.measured_w == pytest.approx(powers.max() * 1e3)
    assert rest.chance_above == pytest.approx(0.5, abs=0.3)
    assert json.loads(json.dumps(metered_json(found)))["levels"][0]["nearest_load"] == "idle"


def level_means(values: list[float]) -> list[float]:
    w = np.array(values)
    return [level.w for level in levels_of(w, np.ones(len(w)), PREDICTED)]  # type: ignore[arg-type]


def test_a_steady_series_has_one_class():
    noise = np.random.default_rng(1).normal(300.0, 6.0, 2000)
    assert level_means(list(noise)) == [pytest.approx(noise.mean())]
    assert level_means([300.0] * 5) == [300.0]


def test_classes_that_are_near_are_one():
    """100, 300 and 310: the last two are nearer than a tenth of the mean."""
    assert level_means([100.0] * 10 + [300.0] * 10 + [310.0] * 10) == pytest.approx([100.0, 305.0])


@settings(max_examples=30)
@given(st.lists(st.integers(0, 30), min_size=4, max_size=12), st.integers(2, 3))
def test_natural_breaks_are_the_best_there_are(weights, count):
    """Against every way to break the bins."""
    weight = np.array(weights, float)
    value = np.arange(len(weights)) * 1.5 + 2.0

    def within(start: int, end: int) -> float:
        w, v = weight[start:end], value[start:end]
        return float((w * (v - (w * v).sum() / w.sum()) ** 2).sum()) if w.sum() else 0.0

    best = min(
        sum(within(a, b) for a, b in zip((0, *cut), (*cut, len(weights)), strict=True))
        for cut in combinations(range(1, len(weights)), count - 1)
    )
    breaks, cost = natural_breaks([weight, weight * value, weight * value**2], count)
    assert cost == pytest.approx(best, abs=1e-6)
    assert sum(within(a, b) for a, b in pairwise(breaks)) == pytest.approx(best, abs=1e-6)


def calibrate(folder: Path, text: str, series: str, at: str) -> tuple[str, MeteredPower]:
    found = metered(cluster(text), read(folder, series), at)
    return calibrated(found, located(text), catalog(), Path("new.yaml")), found


@pytest.mark.parametrize("at", ["server", "it", "facility", "utility"])
def test_a_calibrated_file_predicts_what_was_metered(tmp_path, at):
    """Mean and highest sample at each basis, with all comments, and the original as it was."""
    chain = cluster().chain.at(at)
    low, high = chain.average_w * 0.9 / 1e3, chain.peak_w * 0.97 / 1e3
    text, found = calibrate(tmp_path, BLOCK, rows(low, low, high, head="time,kw"), at)
    again = cluster(text)
    new = again.chain.at(at)
    assert new.average_w == pytest.approx(found.total.mean_w, rel=1e-6)
    assert new.peak_w == pytest.approx(high * 1e3, rel=1e-6)
    assert new.nameplate_w == chain.nameplate_w
    for line in (
        "# a hall of ours\n",
        "name: hall    # of air\n",
        "count: 64 systems      # two rows\n",
    ):
        assert line in text
    assert again.setup.file.metered is not None
    assert str(again.setup.file.metered) == f"pdu.csv, metered at {at}, 2026-01-01 to 2026-01-01"
    assert any(str(again.setup.file.metered) in note for note in again.notes)
    figure = next(k for k in again.uncertain_figures if k.name == "hgx-h100 · power.average")
    assert (figure.kind, figure.source) == ("metered", str(again.setup.file.metered))
    other, _ = calibrate(tmp_path, text, rows(low * 1.01, low, high, head="time,kw"), at)
    assert other.count("metered:") == other.count("series:") == 1
    assert other.count("average:") == 2


def test_a_file_between_braces_is_calibrated_too(tmp_path):
    text = '{"name": "x", "systems": [{"system": "hgx-h100", "count": "8 systems"}]}'
    low, high = (
        w * 0.95 / 1e3 for w in (cluster(text).chain.it.average_w, cluster(text).chain.it.peak_w)
    )
    new, _ = calibrate(tmp_path, text, rows(low, high), "it")
    assert cluster(new).chain.it.peak_w == pytest.approx(high * 1e3, rel=1e-6)


@pytest.mark.parametrize(
    ("factors", "at", "says"),
    [
        ((0.8, 1.2), "it", "they reach"),  # above the rating of the systems
        ((0.07, 0.072), "it", "alone draw that much"),  # below what the networks take
        ((0.83, 0.831), "utility", "give the PUE of the metered time"),
    ],
)
def test_what_no_rating_explains_is_not_written(tmp_path, factors, at, says):
    """Times the nameplate; at the meter a flat series would need more in the mean than at peak."""
    nameplate = cluster().chain.at(at).nameplate_w
    series = rows(*(f * nameplate / 1e3 for f in factors), head="time,kw")
    with pytest.raises(InputError, match=says) as caught:
        calibrate(tmp_path, BLOCK, series, at)
    assert all(problem.mark is not None for problem in caught.value.problems)


def test_figures_are_metered_or_there_is_no_series():
    with pytest.raises(InputError, match="no system has them"):
        cluster(BLOCK + "metered: {series: x.csv, at: it, from: 2026-01-01, to: 2026-01-02}\n")
