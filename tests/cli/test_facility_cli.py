"""`planner facility`: the hall by hand, the shape of its output, and every wrong option."""

from __future__ import annotations

import json

import pytest

RACKS = ("facility", "--system", "gb300-nvl72", "--count", "7200")
SERVERS = ("facility", "--system", "hgx-h100", "--count", "1000 systems")


def told(body: dict, what: str, at: str) -> dict:
    return next(
        figure
        for figure in body["figures"]
        if figure["what"] == what and figure["at"].startswith(at)
    )


def test_hundred_racks_by_hand(command):
    """100 racks of 142 kW, 14 in a row of 2 MW: 8 rows, 12 kW of each stranded. Facility = it ·
    1.25, generators 4N/3 = 4/3 of that."""
    body = json.loads(
        command(*RACKS, "--cooling", "liquid", "--row-power", "2 MW", "--format", "json").out
    )
    rows = body["rows"]
    assert (rows["racks"], rows["racks_per_row"], rows["rows"], rows["positions"]) == (
        100,
        14,
        8,
        112,
    )
    assert rows["stranded_w"] == pytest.approx(96e3)
    it = told(body, "power", "it, nameplate")["value"]
    assert told(body, "power", "facility, nameplate")["value"] == pytest.approx(1.25 * it)
    assert told(body, "power", "facility, average")["value"] == pytest.approx(
        1.15 * told(body, "power", "it, average")["value"]
    )
    layers = {layer["layer"]: layer for layer in body["layers"]}
    assert layers["generator"]["installed_w"] == pytest.approx(1.25 * it * 1e6 * 4 / 3)
    assert layers["ups"]["installed_w"] == pytest.approx(it * 1e6 * 4 / 3)
    assert layers["feed"]["usable"] == 1


def test_a_year_adds_up(command):
    """Energy = average · 8760 h; water = WUE · IT energy; carbon = g/kWh · energy at the meter; all
    heat is all IT power."""
    body = json.loads(command(*RACKS, "--format", "json").out)
    it = told(body, "energy", "it")["value"]
    utility = told(body, "energy", "utility")["value"]
    assert it == pytest.approx(told(body, "power", "it, average")["value"] * 8.76)
    assert told(body, "water", "site")["value"] == pytest.approx(0.2 * it * 1e3)
    assert told(body, "carbon", "utility")["value"] == pytest.approx(323.05 * utility)
    liquid, air = (
        told(body, f"of it from the equipment by {way}", "it")["value"] for way in ("liquid", "air")
    )
    assert liquid > air > 0
    assert liquid + air == pytest.approx(told(body, "power", "it, average")["value"])
    assert all(
        0 <= figure["low"] <= figure["value"] <= figure["high"] for figure in body["figures"]
    )


def test_storage_for_the_ramp_by_hand(command):
    body = json.loads(command(*RACKS, "--ramp", "1 MW/min", "--format", "json").out)
    step = told(body, "power", "it, peak")["value"] - told(body, "power", "it, idle")["value"]
    assert body["step_w"] == pytest.approx(step * 1e6)
    assert body["storage"] == {
        "power_w": pytest.approx(step * 1e6),
        "energy_mwh": pytest.approx(step**2 / 2 / 60),
    }
    assert json.loads(command(*RACKS, "--format", "json").out)["storage"] is None


def test_air_cooled_servers_are_packed_by_height_and_power(command):
    """10.2 kW and 8 RU each: two in 30 kW of air, five in a 40 RU rack behind a rear door. 1000 of
    them: 500 racks."""
    body = json.loads(command(*SERVERS, "--format", "json").out)
    packed = {choice["cooling"]: choice for choice in body["choices"]}
    assert body["cooling"] == "air"
    assert packed["air"]["servers_per_rack"] == 2
    assert packed["rear-door"]["servers_per_rack"] == 5
    assert packed["direct-liquid"]["carries"] == "no"
    assert body["rows"]["racks"] == 500
    four = json.loads(
        command(*SERVERS, "--servers-per-rack", 4, "--cooling", "air", "--format", "json").out
    )
    assert (
        next(choice for choice in four["choices"] if choice["cooling"] == "air")["carries"]
        == "at the limit"
    )
    assert four["rows"]["racks"] == 250


def test_unknown_height_is_said(command):
    body = json.loads(
        command("facility", "--system", "a100-quad-node", "--count", "4", "--format", "json").out
    )
    assert all("height is not known" in choice["reason"] for choice in body["choices"])


def test_tables_name_basis_load_grade_and_assumptions(command):
    out = command(*RACKS, "--redundancy", "4N/3", "--ramp", "10 MW/min").out
    for word in (
        "Cooling in a temperate climate",
        "utility, nameplate",
        "it, average",
        "grade",
        "†",
        "stranded",
        "storage, energy",
        "4N/3",
        "tCO2e",
        "m³",
    ):
        assert word in out, word


def test_markdown(command):
    out = command(*RACKS, "--format", "md").out
    assert out.startswith("# Facility for 100 × NVIDIA GB300 NVL72 (7200 accelerators), training\n")
    assert "note: no grid named" in out
    assert "## Power" in out
    assert "the equipment needs liquid at its cold plates" in out


def test_redundancy_by_layer(command):
    body = json.loads(
        command(*RACKS, "--redundancy", "2N, cooling=N+1, feed=3N/2", "--format", "json").out
    )
    found = {layer["layer"]: layer["redundancy"] for layer in body["layers"]}
    assert found == {
        "feed": "3N/2",
        "transformer": "2N",
        "generator": "2N",
        "ups": "2N",
        "cooling": "N+1",
    }
    alone = json.loads(command(*RACKS, "--redundancy", "ups=2n", "--format", "json").out)
    assert {layer["layer"]: layer["usable"] for layer in alone["layers"]}["cooling"] == 1


def test_a_hotter_climate_draws_more(command):
    draws = []
    for climate in ("cold", "temperate", "hot-dry", "hot-humid"):
        body = json.loads(command(*RACKS, "--climate", climate, "--format", "json").out)
        draws.append(told(body, "power", "facility, average")["value"])
    assert draws == sorted(draws)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--count", "8"], 2, "--system"),
        (["--system", "hgx-h100"], 2, "--count"),
        (["--system", "hgx-h10", "--count", "8"], 1, "did you mean `hgx-h100`"),
        (["--system", "HGX-H100", "--count", "8"], 1, "did you mean `hgx-h100`"),
        (["--system", "hgx-h100", "--count", "9"], 1, "not a whole number"),
        (["--system", "hgx-h100", "--count", "0"], 1, "at least one system"),
        (["--system", "hgx-h100", "--count", ""], 1, "is not a quantity"),
        (["--system", "hgx-h100", "--count", "8", "--workload", "dreaming"], 2, "dreaming"),
        (["--system", "hgx-h100", "--count", "8", "--climate", "arctic"], 2, "arctic"),
        (["--system", "hgx-h100", "--count", "8", "--cooling", "water"], 1, "no cooling `water`"),
        (
            ["--system", "hgx-h100", "--count", "8", "--cooling", "liquid"],
            1,
            "it is carried by `air`",
        ),
        (["--system", "gb300-nvl72", "--count", "72", "--cooling", "air"], 1, "needs liquid"),
        (["--system", "gb300-nvl72", "--count", "72", "--cooling", "immersion"], 1, "made for it"),
        (
            ["--system", "hgx-h100", "--count", "8", "--redundancy", "5N/4"],
            1,
            "no redundancy `5N/4`",
        ),
        (
            ["--system", "hgx-h100", "--count", "8", "--redundancy", "roof=2N"],
            1,
            "found `roof`, expected one of feed, transformer, generator, ups, cooling, all",
        ),
        (
            ["--system", "hgx-h100", "--count", "8", "--redundancy", "2N, up=N"],
            1,
            "did you mean `ups`",
        ),
        (["--system", "hgx-h100", "--count", "8", "--redundancy", ""], 1, "no redundancy ``"),
        (["--system", "hgx-h100", "--count", "8", "--row-power", "2"], 1, "has no unit"),
        (["--system", "hgx-h100", "--count", "8", "--row-power", "2 GB"], 1, "this is power"),
        (
            ["--system", "gb300-nvl72", "--count", "72", "--row-power", "100 kW"],
            1,
            "does not fit a row",
        ),
        (
            ["--system", "hgx-h100", "--count", "8", "--ramp", "10 MW"],
            1,
            "change of power per time",
        ),
        (["--system", "hgx-h100", "--count", "8", "--ramp", "0 MW/min"], 1, "greater than 0"),
        (["--system", "hgx-h100", "--count", "8", "--grid", "ercott"], 1, "did you mean `ercot`"),
        (
            ["--system", "hgx-h100", "--count", "8", "--servers-per-rack", "0"],
            1,
            "at least one server",
        ),
        (
            ["--system", "hgx-h100", "--count", "8", "--servers-per-rack", "9"],
            1,
            "taller than a rack",
        ),
        (["--system", "hgx-h100", "--count", "8", "--format", "xml"], 2, "xml"),
    ],
)
def test_mistakes(command, arguments, code, says):
    ran = command("facility", *arguments)
    assert ran.code == code, ran
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_several_mistakes_at_once(command):
    """Words without meaning hide none of those that mean nothing here, whichever option they stand
    in, and each names its place."""
    wrong = (
        "--redundancy",
        "7N, roof=2N",
        "--ramp",
        "fast",
        "--row-power",
        "4",
        "--cooling",
        "AIR",
    )
    err = command("facility", "--system", "hgx-h10", "--count", "8", "--grid", "moon", *wrong).err
    for says in (
        "no grid `moon`",
        "no redundancy `7N`",
        "found `roof`",
        "`fast` is not a quantity",
        "`4` has no unit",
        "no cooling `AIR`",
        "no system `hgx-h10`",
    ):
        assert says in err, says
    assert err.count("error[") == 7
    assert err.count(" --> --") == 7
    err = command(*RACKS[:3], "--count", "71", "--cooling", "air", "--grid", "moon").err
    assert "`air` does not carry `gb300-nvl72`: the equipment needs liquid" in err
    assert "not a whole number" in err
    assert err.count("error[") == 3


ALIKE = [
    ("hgx-h200", "512 systems", "--cooling air --climate temperate --redundancy 4N/3"),
    ("hgx-h200", "512", "--cooling rear-door --climate hot-dry --redundancy N --grid ercot"),
    ("hgx-h100", "100000", "--climate cold --redundancy 2N,cooling=N+1 --workload hpl"),
    ("dgx-b200", "8", "--climate hot-humid --workload idle"),
    ("gh200-server", "64 systems", "--workload inference"),
    ("mi300x-server", "30 systems", "--climate cold --workload inference"),
    ("mi355x-server", "256 systems", "--climate hot-humid"),
    ("h100-64gb-quad-node", "400 systems", "--climate cold"),
    ("a100-quad-node", "100 systems", "--workload hpl"),
    ("gaudi3-server", "16 systems", "--climate hot-dry"),
    ("gb200-nvl72", "7 systems", "--cooling liquid --climate hot-dry --ramp 10_MW/min"),
    ("gb300-nvl72", "1000 systems", "--ramp 1_MW/min --grid ercot --workload inference"),
    ("mi450-helios", "50 systems", "--cooling direct-liquid"),
    ("trn2-ultraserver", "100 systems", "--climate cold"),
    ("tpu-v4-cube", "64 systems", "--climate cold"),
    ("tpu-v7-cube", "10 systems", "--climate hot-humid --ramp 50_MW/min"),
    ("tpu-v6e-host", "10 systems", "--workload inference"),
    ("maia200-server", "12 systems", "--redundancy 3N/2,feed=2N"),
]
"""Servers, racks and cubes, liquid and air, of every supplier; nobody published the bandwidth of
the last two."""


@pytest.mark.parametrize(("system", "count", "words"), ALIKE)
def test_it_is_the_answer_of_planner_power(command, system, count, words):
    """The same servers in the same hall draw, use and need the same, in value and range, whichever
    command tells it."""
    said = [word.replace("_", " ") for word in words.split()]
    hall = json.loads(
        command("facility", "--system", system, "--count", count, *said, "--format", "json").out
    )
    said += [] if "--cooling" in said else ["--cooling", hall["cooling"]]
    said += [] if "--redundancy" in said else ["--redundancy", "4N/3"]
    power = json.loads(
        command("power", "--system", system, "--count", count, *said, "--format", "json").out
    )
    assert (hall["systems"], hall["climate"], hall["grid"], hall["notes"]) == tuple(
        power[k] for k in ("systems", "climate", "grid", "notes")
    )
    assert hall["workload"] == power["groups"][0]["workload"]
    assert hall["cooling"] == power["groups"][0]["cooling"]
    chain = {step["basis"]: step for step in power["chain"]}
    for basis in ("it", "facility", "utility"):
        for load in ("nameplate", "peak", "average", "idle"):
            here, there = told(hall, "power", f"{basis}, {load}"), chain[basis][f"{load}_w"]
            assert {end: here[end] * 1e6 for end in there} == pytest.approx(there, rel=1e-9), (
                basis,
                load,
            )
    assert [figure for figure in hall["figures"] if figure["what"] != "power"] == power["year"]
    assert {figure["what"] for figure in power["year"]} >= {
        "energy",
        "water",
        "carbon",
        "load factor",
    }
    told_of = [
        (layer["layer"], layer["redundancy"], layer["usable"], layer["installed_w"])
        for layer in hall["layers"]
    ]
    assert told_of == [
        (layer["layer"], layer["redundancy"], layer["usable"], layer["installed_w"])
        for layer in power["layers"]
    ]
    assert (hall["step_w"], hall["storage"]) == (
        power["swing"]["step_w"],
        power["swing"]["storage"],
    )
    lost = [part["peak_w"] for part in power["parts"] if part["part"].startswith("loss of")]
    assert not lost or sum(stage["loss_w"] for stage in hall["stages"]) == pytest.approx(
        sum(lost), rel=1e-9
    )


def test_redundancy_is_bought_and_not_drawn(command):
    """The default 4N/3 of this command against the N of `planner power`: the chain is the same, the
    plant a third larger."""
    bodies = [
        json.loads(command(*SERVERS, "--redundancy", word, "--format", "json").out)
        for word in ("N", "4N/3")
    ]
    plain = json.loads(command(*SERVERS, "--format", "json").out)
    assert plain == bodies[1]
    assert bodies[0]["figures"] == bodies[1]["figures"]
    for n, more in zip(bodies[0]["layers"], bodies[1]["layers"], strict=True):
        assert more["installed_w"] == pytest.approx(
            n["installed_w"] * (1 if n["layer"] == "feed" else 4 / 3)
        )
    assert "left out it is 4N/3 (of `planner power`: N)" in command(*SERVERS).out


def test_the_class_of_work_moves_what_is_drawn_and_not_what_is_provided(command):
    training, idle = (
        json.loads(command(*SERVERS, "--workload", work, "--format", "json").out)
        for work in ("training", "idle")
    )
    assert training["workload"] == "training"
    assert (
        told(idle, "power", "it, average")["value"]
        < told(training, "power", "it, average")["value"]
    )
    assert told(idle, "power", "it, nameplate") == told(training, "power", "it, nameplate")
    assert idle["rows"] == training["rows"]
    assert "class of work: idle" in command(*SERVERS, "--workload", "idle").out
