"""`planner power` of cluster files and with options: tables, JSON, basis, classes, climates,
networks, and hostile words."""

from __future__ import annotations

import json

import pytest

H100 = ("power", "--system", "hgx-h100", "--count", "1024 accelerators")


def body(ran) -> dict:
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def draw(found: dict, basis: str, load: str) -> float:
    return next(step for step in found["chain"] if step["basis"] == basis)[f"{load}_w"]["value"]


def test_a_cluster_file_by_name_and_by_path(command):
    by_name, by_path = (
        command("power", "gb200-hall"),
        command("power", "scenarios/clusters/gb200-hall.yaml"),
    )
    assert by_name.code == 0
    assert by_name.out == by_path.out
    for word in (
        "From chip to utility",
        "Draw by load",
        "Part by part",
        "Capacity to install",
        "A year",
        "Swing of power",
        "80 %",
    ):
        assert word in by_name.out


def test_json_holds_what_the_tables_show(command):
    found = body(command("power", "mixed-8k", "--json"))
    assert found == body(command("power", "mixed-8k", "--format", "json"))
    assert found["accelerators"] == 8192
    assert sum(group["accelerators"] for group in found["groups"]) == 8192
    assert [group["workload"] for group in found["groups"]] == ["inference", "training"]
    assert sum(part["average_w"] for part in found["parts"]) == pytest.approx(
        draw(found, "utility", "average")
    )
    assert found["accelerators_per_utility_mw"] == pytest.approx(
        8192e6 / draw(found, "utility", "nameplate")
    )
    shares = [step["share_of_utility"] for step in found["chain"]]
    assert sum(shares) == pytest.approx(1.0)
    layers = {layer["layer"]: layer for layer in found["layers"]}
    assert layers["feed"]["installed_w"] == pytest.approx(2 * layers["feed"]["draw_w"])
    assert found["capped"][0]["share_of_nameplate"] == pytest.approx(0.8)
    assert {figure["name"] for figure in found["figures"]} >= {
        "surroundings · management",
        "air-temperate · pue_peak",
    }


def test_at_ends_the_chain(command):
    found = body(command(*H100, "--at", "it", "--json"))
    assert [step["basis"] for step in found["chain"]] == ["chip", "server", "it"]
    racks = body(
        command(
            "power", "--system", "gb200-nvl72", "--count", "8 systems", "--at", "rack", "--json"
        )
    )
    assert [step["basis"] for step in racks["chain"]] == ["chip", "rack"]
    assert [step["basis"] for step in body(command(*H100, "--at", "rack", "--json"))["chain"]] == [
        "chip",
        "server",
    ]
    text = command(*H100, "--at", "server").out
    assert "all, server" in text
    assert "compute network" not in text.split("Capacity to install")[0]


def test_classes_of_work_are_in_order(command):
    by = {
        work: body(command(*H100, "--workload", work, "--json"))
        for work in ("idle", "inference", "training", "hpl")
    }
    averages = [draw(found, "it", "average") for found in by.values()]
    assert averages == sorted(averages)
    assert len({draw(found, "it", "nameplate") for found in by.values()}) == 1
    assert draw(by["idle"], "it", "average") == draw(by["idle"], "it", "idle")


def test_climate_and_cooling_act_on_the_facility_alone(command):
    cold, hot = (
        body(command(*H100, "--climate", climate, "--json")) for climate in ("cold", "hot-humid")
    )
    assert draw(cold, "it", "nameplate") == draw(hot, "it", "nameplate")
    assert draw(hot, "facility", "average") == pytest.approx(
        draw(cold, "facility", "average") * 1.42 / 1.18
    )
    door = body(command(*H100, "--cooling", "rear-door", "--json"))
    assert draw(door, "facility", "nameplate") == pytest.approx(
        draw(door, "it", "nameplate") * 1.36
    )
    assert (
        body(command(*H100, "--cooling", "door", "--json"))["groups"][0]["cooling"] == "rear-door"
    )


def test_a_named_network_leaves_the_design_out_of_the_range(command):
    def names(*words: str) -> set[str]:
        return {figure["name"] for figure in body(command(*H100, *words, "--json"))["figures"]}

    assert "network · topology" in names()
    assert "network · topology" not in names("--topology", "rail-optimized")
    flat, thin = (
        body(command(*H100, "--topology", "oversubscribed", "--oversubscription", ratio, "--json"))
        for ratio in ("1:1", "7:1")
    )
    assert draw(thin, "it", "nameplate") < draw(flat, "it", "nameplate")


def test_options_replace_what_a_file_says(command):
    plain, changed = (
        body(command("power", "gb200-hall", "--json")),
        body(command("power", "gb200-hall", "--redundancy", "2N", "--json")),
    )
    assert plain["chain"] == changed["chain"]
    assert {
        layer["redundancy"] for layer in changed["layers"] if layer["layer"] == "generator"
    } == {"4N/3"}
    both = body(
        command("power", "tpu-pod", "--redundancy", "feed=2N", "--workload", "inference", "--json")
    )
    assert {layer["layer"]: layer["redundancy"] for layer in both["layers"]}["feed"] == "2N"
    assert both["groups"][0]["workload"] == "inference"


def test_ramp_cap_and_losses(command):
    found = body(
        command(
            *H100,
            "--ramp",
            "1 MW/min",
            "--power-cap",
            "70 %",
            "--pue",
            "1.1",
            "--pue-losses",
            "outside",
            "--json",
        )
    )
    assert found["swing"]["storage"]["energy_mwh"] == pytest.approx(
        found["swing"]["step_w"] ** 2 / (2 * 1e6 / 60) / 3.6e9
    )
    assert found["capped"][0]["work_each"]["value"] == pytest.approx((7140 / 8400) ** 0.87)
    inside = body(command(*H100, "--power-cap", "70 %", "--pue", "1.1", "--json"))
    assert draw(found, "facility", "nameplate") > draw(inside, "facility", "nameplate")
    text = command(*H100, "--power-oversubscription", "20 %").out
    assert "Cap" in text
    assert "more equipment" in text


def test_fit_says_when_the_network_binds(command):
    """A single switch of 64 ports holds eight servers; 10 MW would feed hundreds."""
    found = body(
        command(
            "power",
            "--system",
            "hgx-h100",
            "--fit",
            "10 MW",
            "--topology",
            "single-switch",
            "--json",
        )
    )
    assert found["systems"]["value"] == 8
    assert found["binds"].startswith("the network")
    assert found["next_w"] is None
    assert found["stranded_w"] > 9e6
    assert (
        "what binds"
        in command(
            "power", "--system", "hgx-h100", "--fit", "10 MW", "--topology", "single-switch"
        ).out
    )


@pytest.mark.parametrize("basis", ["chip", "server", "it", "facility", "utility"])
def test_fit_is_the_most_at_every_basis(command, basis):
    found = body(
        command(
            "power",
            "--system",
            "hgx-h100",
            "--fit",
            "3 MW",
            "--at",
            basis,
            "--load",
            "peak",
            "--json",
        )
    )
    assert found["used_w"] <= 3e6 < found["next_w"]
    assert found["systems"]["low"] <= found["systems"]["value"] <= found["systems"]["high"]


def test_a_small_cluster_is_told_in_kilowatts(command):
    assert "nameplate [kW]" in command("power", "--system", "hgx-h100", "--count", "8").out
    assert "nameplate [MW]" in command(*H100).out


def test_a_plan_and_the_facility_command_rest_on_the_same_networks(command):
    """The nameplate IT of one hall is the same figure on every road."""
    own = draw(body(command(*H100, "--json")), "it", "nameplate")
    hall = body(
        command(
            "facility", "--system", "hgx-h100", "--count", "1024 accelerators", "--format", "json"
        )
    )
    told = next(figure for figure in hall["figures"] if figure["at"] == "it, nameplate")
    assert told["value"] * 1e6 == pytest.approx(own)


def test_markdown_keeps_the_notes(command):
    out = command("power", "colossus-phase1", "--format", "md").out
    assert out.startswith("# Power of 12\u202f500 × HGX H100")
    assert "note: hgx-h100: the catalog knows it air-cooled" in out


def test_check_and_schema_know_cluster_files(command, tmp_path):
    ran = command("check", "scenarios/clusters/tpu-pod.yaml")
    assert (ran.code, "a sound cluster (1 kinds of systems, 8960 accelerators)" in ran.out) == (
        0,
        True,
    )
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        "name: wrong\nsystems:\n  - {system: hgx-h10, count: 8}\n  - {system: hgx-h100, count: 3 "
        "systems, colling: air}\n"
    )
    ran = command("check", wrong)
    assert ran.code == 1
    assert ran.err.count("error[") == 2
    assert "did you mean `cooling`?" in ran.err
    assert json.loads(command("schema", "cluster").out)["properties"]["facility"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([*H100[1:], "--power-cap", "1 MW"], 1, "--power-cap:1:1"),
        (
            [*H100[1:], "--power-cap", "90 %", "--power-oversubscription", "10 %"],
            1,
            "both hold the systems down",
        ),
        ([*H100[1:], "--pue", "1.4", "--pue-peak", "1.2"], 1, "below the annual mean"),
        ([*H100[1:], "--pue", "nan"], 1, "--pue:1:1"),
        ([*H100[1:], "--pue", "99"], 1, "--pue:1:1"),
        ([*H100[1:], "--climate", "polar"], 2, "polar"),
        ([*H100[1:], "--cooling", "liquid-nitrogen"], 1, "no cooling `liquid-nitrogen`"),
        ([*H100[1:], "--redundancy", "ups=9N"], 1, "no redundancy `9N`"),
        ([*H100[1:], "--redundancy", "roof=2N"], 1, "roof"),
        ([*H100[1:], "--redundancy", ""], 1, "--redundancy"),
        ([*H100[1:], "--switch", "ocs-136"], 1, "switches circuits"),
        ([*H100[1:], "--oversubscription", "0:1"], 1, "--oversubscription"),
        ([*H100[1:], "--ramp", "-1 MW/min"], 1, "--ramp"),
        ([*H100[1:], "--grid", "ercott"], 1, "did you mean `ercot`"),
        ([*H100[1:], "--load", "peak"], 2, "--load belongs to --fit"),
        (["--system", "hgx-h100", "--count", "8, x: y"], 1, "--count:1:1"),
        (["--system", "hgx-h100", "--count", "1e30 systems"], 1, "out of range"),
        (["--system", "hgx-h100", "--count", "-8"], 1, "--count"),
        (
            ["--system", "gb200-nvl72", "--count", "8 systems", "--cooling", "air"],
            1,
            "needs liquid",
        ),
        (
            ["--system", "tpu-v5p-cube", "--count", "8 systems", "--topology", "fat-tree"],
            1,
            "nobody published",
        ),
        (
            ["--system", "tpu-v6e-host", "--count", "8 systems", "--topology", "fat-tree"],
            1,
            "nobody published",
        ),
        (["--system", "tpu-v6e-host", "--count", "8 systems"], 0, "share of nameplate"),
        (["--system", "hgx-h100", "--fit", "1 MW", "--topology", "torus"], 1, "ends inside it"),
        (["--system", "hgx-h100", "--fit", "1 TW"], 0, "that are not joined"),
        (["colossus", "--climate", "cold"], 2, "a scenario has its own"),
        (["gb200-hall", "--count", "8"], 2, "belong to --system"),
        (["gb200-hall", "--at", "server"], 2, "has no server basis"),
        ([*H100[1:], "--at", "chip"], 0, "From chip to utility"),
    ],
)
def test_hostile_words(command, arguments, code, says):
    ran = command("power", *arguments)
    assert ran.code == code, ran.err or ran.out[:300]
    assert says in ran.err + ran.out
    assert "Traceback" not in ran.err
