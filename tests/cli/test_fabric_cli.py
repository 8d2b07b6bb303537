"""`planner fabric`: the bill, the comparison, and what it refuses."""

from __future__ import annotations

import json

import pytest


def topologies(ran) -> dict[str, dict]:
    assert ran.code == 0, ran.err
    return json.loads(ran.out)["topologies"]


def test_100_000_h100_compared(command):
    found = topologies(
        command("fabric", "--system", "hgx-h100", "--count", "100000", "--format", "json")
    )
    assert set(found) == {"fat-tree", "rail-optimized", "oversubscribed", "rail-only"}
    for bill in found.values():
        assert sum(tier["switches"] for tier in bill["tiers"]) == bill["switches"]
        assert bill["tiers"][0]["links_down"] == 100_000
        for measure in ("nameplate_w", "typical_w", "price_usd"):
            assert bill[measure]["low"] <= bill[measure]["value"] <= bill[measure]["high"]
        assert bill["typical_w"]["value"] < bill["nameplate_w"]["value"]
    assert found["oversubscribed"]["price_usd"]["value"] < found["fat-tree"]["price_usd"]["value"]


def test_bill_of_one_topology(command):
    out = command(
        "fabric",
        "--system",
        "dgx-h100",
        "--count",
        "127 systems",
        "--topology",
        "rail-optimized",
        "--reserved-nodes",
        "1",
    ).out
    for words in (
        "rail-optimized: tiers",
        "bill of materials",
        "what growing costs",
        "storage",
        "front end",
        "it nameplate",
        "†",
        "ib-ndr-64x400",
    ):
        assert words in out
    assert "1016 accelerators" in out


def test_every_power_head_names_its_basis(command):
    out = command("fabric", "--system", "hgx-h100", "--count", "1024", "--format", "md").out
    heads = [line for line in out.splitlines() if line.startswith(("| topology", "| network"))]
    assert heads
    for head in heads:
        assert all(
            cell.strip().startswith("it ")
            for cell in head.split("|")
            if "[MW]" in cell and "range" not in cell
        )


def test_oversubscription_and_switch(command):
    arguments = (
        "fabric",
        "--system",
        "hgx-h100",
        "--count",
        "24576",
        "--switch",
        "eth-64x800",
        "--topology",
        "three-tier",
        "--format",
        "json",
    )
    full = topologies(command(*arguments))["three-tier"]
    seven = topologies(command(*arguments, "--oversubscription", "7:1"))["three-tier"]
    assert full["switch"] == seven["switch"] == "eth-64x800"
    assert full["tiers"][2]["links_down"] > 6 * seven["tiers"][2]["links_down"]
    assert topologies(command(*arguments, "--oversubscription", "7"))["three-tier"] == seven


def test_torus(command):
    ran = command("fabric", "--system", "tpu-v4-cube", "--count", "4096", "--format", "json")
    assert topologies(ran)["torus"]["switches"] == 48
    assert "wrap-around" in command("fabric", "--system", "tpu-v4-cube", "--count", "4096").out


def test_what_does_not_fit_is_said_beside_what_does(command):
    out = command(
        "fabric",
        "--system",
        "hgx-h100",
        "--count",
        "100000",
        "--topology",
        "three-tier",
        "--topology",
        "fat-tree",
    ).out
    assert "does not fit" in out
    assert "which hold 65536" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--system", "hgx-h10", "--count", "8"), "no system `hgx-h10`"),
        (("--system", "hgx-h100", "--count", "9"), "no whole number"),
        (("--system", "hgx-h100", "--count", "many"), "is no count"),
        (("--system", "hgx-h100", "--count", "0"), "at least one system"),
        (("--system", "hgx-h100", "--count", "800", "--switch", "nothing"), "no switch `nothing`"),
        (
            ("--system", "hgx-h100", "--count", "800", "--switch", "ocs-136"),
            "circuits, not packets",
        ),
        (
            ("--system", "hgx-h100", "--count", "800", "--oversubscription", "1:7"),
            "no oversubscription",
        ),
        (
            ("--system", "hgx-h100", "--count", "800", "--oversubscription", "x"),
            "no oversubscription",
        ),
        (
            ("--system", "hgx-h100", "--count", "800", "--topology", "single-switch"),
            "which hold 64",
        ),
        (("--system", "hgx-h100", "--count", "800", "--topology", "torus"), "ends inside it"),
        (("--system", "hgx-h100", "--count", "800", "--reserved-ports", "40"), "leave none"),
        (("--system", "hgx-h100", "--count", "800", "--rails", "3"), "do not divide"),
        (
            ("--system", "tpu-v5e-host", "--count", "800", "--topology", "fat-tree"),
            "nobody published",
        ),
        (("--system", "tpu-v5e-host", "--count", "800"), "nobody published"),
        (("--system", "tpu-v5e-host", "--count", "800", "--topology", "torus"), "is a server"),
        (("--system", "hgx-b300", "--count", "800", "--switch", "eth-64x400"), None),
    ],
)
def test_refusals(command, arguments, words):
    ran = command("fabric", *arguments)
    if words is None:
        assert ran.code == 0
        return
    assert ran.code == 1
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_unknown_topology_is_a_usage_error(command):
    assert command("fabric", "--system", "hgx-h100", "--count", "8", "--topology", "ring").code == 2


def test_a_reason_common_to_all_topologies_is_said_once(command):
    assert (
        command("fabric", "--system", "tpu-v5e-host", "--count", "800").err.count(
            "nobody published"
        )
        == 1
    )


def test_ratios_asked_and_built(command):
    """1 024 H100 at 2:1 as in `engineering/test_fabric_ratio.py`; the front end has 256 endpoints,
    87 up-links, a spine of 128 ports."""
    arguments = ("fabric", "--system", "hgx-h100", "--count", "1024", "--oversubscription", "2:1")
    for form in ("table", "md"):
        lines = [
            " ".join(line.replace("|", " ").split())
            for line in command(*arguments, "--format", form).out.splitlines()
        ]
        assert "fat-tree 2:1 1.97:1 1.6:1 1024 520 640" in lines
        assert "rail-optimized 2:1 2:1 2:1 1024 512 512" in lines
        assert "front end 3:1 2.94:1 2:1 256 87 128" in lines
        assert "storage 1:1 1:1 1:1 256 256 256" in lines
        (said,) = (line.strip("*") for line in lines if "by ports under the 2:1 asked" in line)
        assert (
            said == "fat-tree, oversubscribed: 20.0 % by ports under the 2:1 asked; 110 or 153 × "
            "hgx-h100 would be within 5 %"
        )
        (said,) = (line.strip("*") for line in lines if "by ports under the 3:1 asked" in line)
        assert (
            said
            == "front end: 33.3 % by ports under the 3:1 asked; 183 × hgx-h100 would be within 5 %"
        )


def test_ratios_in_json(command):
    ran = command(
        "fabric",
        "--system",
        "hgx-h100",
        "--count",
        "1024",
        "--oversubscription",
        "2:1",
        "--format",
        "json",
    )
    found = {name: bill["oversubscription"] for name, bill in topologies(ran).items()}
    assert found["fat-tree"] == {
        "asked_ratio": 2.0,
        "links_ratio": pytest.approx(1024 / 520),
        "ports_ratio": 1.6,
        "departures": {"ports": pytest.approx(-0.2)},
        "nearest_systems": {"fewer": 110, "more": 153},
    }
    exact = {"departures": {}, "nearest_systems": {"fewer": None, "more": None}}
    assert found["rail-optimized"] == {
        "asked_ratio": 2.0,
        "links_ratio": 2.0,
        "ports_ratio": 2.0,
        **exact,
    }
    sides = {
        name: bill["oversubscription"]
        for name, bill in json.loads(ran.out)["side_networks"].items()
    }
    assert sides["front end"]["nearest_systems"] == {"fewer": None, "more": 183}
    assert sides["storage"] == {"asked_ratio": 1.0, "links_ratio": 1.0, "ports_ratio": 1.0, **exact}


def test_one_switch_and_a_torus_have_no_ratio(command):
    found = topologies(
        command(
            "fabric",
            "--system",
            "hgx-h100",
            "--count",
            "64",
            "--oversubscription",
            "2:1",
            "--format",
            "json",
        )
    )
    assert found["fat-tree"]["oversubscription"] is None
    assert found["oversubscribed"]["oversubscription"]["links_ratio"] == 2.0
    out = command(
        "fabric", "--system", "hgx-h100", "--count", "64", "--topology", "single-switch"
    ).out
    assert "single-switch – – – 64 – –" in [" ".join(line.split()) for line in out.splitlines()]
    ran = command("fabric", "--system", "tpu-v4-cube", "--count", "4096", "--format", "json")
    assert topologies(ran)["torus"]["oversubscription"] is None
    assert (
        "Oversubscription"
        not in command("fabric", "--system", "tpu-v4-cube", "--count", "4096").out
    )


def test_without_a_ratio_asked_for_rounding_is_shown_and_not_complained_of(command):
    """24 leaves at 1:1 have 16 spines: 768 of 1024 ports. Only the front end, which is 3:1 by
    default, is told of."""
    out = command("fabric", "--system", "hgx-h100", "--count", "760", "--topology", "fat-tree").out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "fat-tree 1:1 0.99:1 0.742:1 760 768 1024" in lines
    assert [line.split(":")[0] for line in lines if "under the" in line] == ["front end"]


def test_racks_are_told_in_whole_systems(command):
    """Of 18 trays of four each: at 7:1, 24 racks are 1728 endpoints, 48 are 3456; no number of
    trays between two racks is offered."""
    ran = command(
        "fabric",
        "--system",
        "gb200-nvl72",
        "--count",
        "40 systems",
        "--oversubscription",
        "7:1",
        "--format",
        "json",
    )
    ratio = topologies(ran)["fat-tree"]["oversubscription"]
    assert ratio["nearest_systems"] == {"fewer": 24, "more": 48}
    for racks, meets in ((24, True), (25, False), (47, False), (48, True)):
        again = command(
            "fabric",
            "--system",
            "gb200-nvl72",
            "--count",
            f"{racks} systems",
            "--oversubscription",
            "7:1",
            "--format",
            "json",
        )
        assert (topologies(again)["fat-tree"]["oversubscription"]["departures"] == {}) is meets


def test_what_plans_take_stands_beside_the_bill(command):
    """48 racks fill two tiers, so the bill of compute and side networks and the step table of plans
    are one figure."""
    asked = (
        "fabric",
        "--system",
        "mi450-helios",
        "--count",
        "48 systems",
        "--topology",
        "rail-optimized",
    )
    said = json.loads(command(*asked, "--format", "json").out)
    bill = (
        said["topologies"]["rail-optimized"]["nameplate_w"]["value"]
        + said["side_networks_total"]["nameplate_w"]["value"]
    )
    assert said["in_plans"]["nameplate_w"] == pytest.approx(bill, rel=1e-3)
    assert "take 1.196 MW (it, nameplate) for all its networks" in command(*asked).out
    assert (
        json.loads(command(*asked, "--reserved-nodes", "2", "--format", "json").out)["in_plans"]
        is None
    )
