"""`planner facility`: the hall by hand, the shape of its output, and every wrong option."""

from __future__ import annotations

import json

import pytest

RACKS = ("facility", "--system", "gb300-nvl72", "--count", "7200")
SERVERS = ("facility", "--system", "hgx-h100", "--count", "1000 systems")


def told(body: dict, what: str, at: str) -> dict:
    return next(figure for figure in body["figures"] if figure["what"] == what and figure["at"].startswith(at))


def test_hundred_racks_by_hand(command):
    """100 racks of 142 kW, 14 in a row of 2 MW: 8 rows, 12 kW of each stranded. Facility = it · 1.25, generators 4N/3 = 4/3 of that."""
    body = json.loads(command(*RACKS, "--cooling", "liquid", "--row-power", "2 MW", "--format", "json").out)
    rows = body["rows"]
    assert (rows["racks"], rows["racks_per_row"], rows["rows"], rows["positions"]) == (100, 14, 8, 112)
    assert rows["stranded_w"] == pytest.approx(96e3)
    it = told(body, "power", "it, nameplate")["value"]
    assert told(body, "power", "facility, nameplate")["value"] == pytest.approx(1.25 * it)
    assert told(body, "power", "facility, average")["value"] == pytest.approx(1.15 * told(body, "power", "it, average")["value"])
    layers = {layer["layer"]: layer for layer in body["layers"]}
    assert layers["generator"]["installed_w"] == pytest.approx(1.25 * it * 1e6 * 4 / 3)
    assert layers["ups"]["installed_w"] == pytest.approx(it * 1e6 * 4 / 3)
    assert layers["feed"]["usable"] == 1


def test_a_year_adds_up(command):
    """Energy = average · 8760 h; water = WUE · IT energy; carbon = g/kWh · energy at the meter; all heat is all IT power."""
    body = json.loads(command(*RACKS, "--format", "json").out)
    it = told(body, "energy in a year", "it")["value"]
    utility = told(body, "energy in a year", "utility")["value"]
    assert it == pytest.approx(told(body, "power", "it, average")["value"] * 8.76)
    assert told(body, "water in a year", "site")["value"] == pytest.approx(0.2 * it * 1e3)
    assert told(body, "carbon in a year", "utility")["value"] == pytest.approx(323.05 * utility)
    heat = told(body, "heat to liquid", "it")["value"] + told(body, "heat to air", "it")["value"]
    assert heat == pytest.approx(told(body, "power", "it, average")["value"])
    assert all(0 <= figure["low"] <= figure["value"] <= figure["high"] for figure in body["figures"])


def test_storage_for_the_ramp_by_hand(command):
    body = json.loads(command(*RACKS, "--ramp", "1 MW/min", "--format", "json").out)
    step = told(body, "power", "it, peak")["value"] - told(body, "power", "it, idle")["value"]
    assert body["step_w"] == pytest.approx(step * 1e6)
    assert body["storage"] == {"power_w": pytest.approx(step * 1e6), "energy_mwh": pytest.approx(step**2 / 2 / 60)}
    assert json.loads(command(*RACKS, "--format", "json").out)["storage"] is None


def test_air_cooled_servers_are_packed_by_height_and_power(command):
    """10.2 kW and 8 RU each: two in 30 kW of air, five in a 40 RU rack behind a rear door. 1000 of them: 500 racks."""
    body = json.loads(command(*SERVERS, "--format", "json").out)
    packed = {choice["cooling"]: choice for choice in body["choices"]}
    assert body["cooling"] == "air"
    assert packed["air"]["servers_per_rack"] == 2
    assert packed["rear-door"]["servers_per_rack"] == 5
    assert packed["direct-liquid"]["carries"] == "no"
    assert body["rows"]["racks"] == 500
    four = json.loads(command(*SERVERS, "--servers-per-rack", 4, "--cooling", "air", "--format", "json").out)
    assert next(choice for choice in four["choices"] if choice["cooling"] == "air")["carries"] == "at the limit"
    assert four["rows"]["racks"] == 250


def test_unknown_height_is_said(command):
    body = json.loads(command("facility", "--system", "a100-quad-node", "--count", "4", "--format", "json").out)
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
        "Storage for the ramp",
        "4N/3",
        "tCO2e",
        "m³",
    ):
        assert word in out, word


def test_markdown(command):
    out = command(*RACKS, "--format", "md").out
    assert out.startswith("# Facility for 100 × ")
    assert "## Power" in out
    assert "the equipment needs liquid at its cold plates" in out


def test_redundancy_by_layer(command):
    body = json.loads(command(*RACKS, "--redundancy", "2N, cooling=N+1, feed=3N/2", "--format", "json").out)
    found = {layer["layer"]: layer["redundancy"] for layer in body["layers"]}
    assert found == {"feed": "3N/2", "transformer": "2N", "generator": "2N", "ups": "2N", "cooling": "N+1"}
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
        (["--system", "hgx-h100", "--count", "9"], 1, "not a whole number"),
        (["--system", "hgx-h100", "--count", "8", "--climate", "arctic"], 2, "arctic"),
        (["--system", "hgx-h100", "--count", "8", "--cooling", "water"], 1, "no cooling `water`"),
        (["--system", "hgx-h100", "--count", "8", "--cooling", "liquid"], 1, "it is carried by `air`"),
        (["--system", "gb300-nvl72", "--count", "72", "--cooling", "air"], 1, "needs liquid"),
        (["--system", "gb300-nvl72", "--count", "72", "--cooling", "immersion"], 1, "made for it"),
        (["--system", "hgx-h100", "--count", "8", "--redundancy", "5N/4"], 1, "no redundancy `5N/4`"),
        (["--system", "hgx-h100", "--count", "8", "--redundancy", "roof=2N"], 1, "no layer `roof`"),
        (["--system", "hgx-h100", "--count", "8", "--redundancy", ""], 1, "no redundancy ``"),
        (["--system", "hgx-h100", "--count", "8", "--row-power", "2"], 1, "has no unit"),
        (["--system", "hgx-h100", "--count", "8", "--row-power", "2 GB"], 1, "this is power"),
        (["--system", "gb300-nvl72", "--count", "72", "--row-power", "100 kW"], 1, "does not fit a row"),
        (["--system", "hgx-h100", "--count", "8", "--ramp", "10 MW"], 1, "change of power per time"),
        (["--system", "hgx-h100", "--count", "8", "--ramp", "0 MW/min"], 1, "out of range"),
        (["--system", "hgx-h100", "--count", "8", "--grid", "ercott"], 1, "did you mean `ercot`"),
        (["--system", "hgx-h100", "--count", "8", "--servers-per-rack", "0"], 1, "at least one server"),
        (["--system", "hgx-h100", "--count", "8", "--servers-per-rack", "9"], 1, "taller than a rack"),
        (["--system", "hgx-h100", "--count", "8", "--format", "csv"], 2, "csv"),
    ],
)
def test_mistakes(command, arguments, code, says):
    ran = command("facility", *arguments)
    assert ran.code == code, ran
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_several_mistakes_at_once(command):
    err = command(*RACKS, "--grid", "moon", "--redundancy", "7N", "--ramp", "fast").err
    assert "no grid `moon`" in err
    assert "no redundancy `7N`" in err
    assert "`fast` is not a quantity" in err
