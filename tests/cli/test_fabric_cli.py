"""`planner fabric`: the bill, the comparison, and what it refuses."""

from __future__ import annotations

import json

import pytest


def topologies(ran) -> dict[str, dict]:
    assert ran.code == 0, ran.err
    return json.loads(ran.out)["topologies"]


def test_100_000_h100_compared(command):
    found = topologies(command("fabric", "--system", "hgx-h100", "--count", "100000", "--format", "json"))
    assert set(found) == {"fat-tree", "rail-optimized", "oversubscribed", "rail-only"}
    for bill in found.values():
        assert sum(tier["switches"] for tier in bill["tiers"]) == bill["switches"]
        assert bill["tiers"][0]["links_down"] == 100_000
        for measure in ("nameplate_w", "typical_w", "price_usd"):
            assert bill[measure]["low"] <= bill[measure]["value"] <= bill[measure]["high"]
        assert bill["typical_w"]["value"] < bill["nameplate_w"]["value"]
    assert found["oversubscribed"]["price_usd"]["value"] < found["fat-tree"]["price_usd"]["value"]


def test_bill_of_one_topology(command):
    out = command("fabric", "--system", "dgx-h100", "--count", "127 systems", "--topology", "rail-optimized", "--reserved-nodes", "1").out
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
        assert all(cell.strip().startswith("it ") for cell in head.split("|") if "[MW]" in cell and "range" not in cell)


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
    out = command("fabric", "--system", "hgx-h100", "--count", "100000", "--topology", "three-tier", "--topology", "fat-tree").out
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
        (("--system", "hgx-h100", "--count", "800", "--switch", "ocs-136"), "circuits, not packets"),
        (("--system", "hgx-h100", "--count", "800", "--oversubscription", "1:7"), "no oversubscription"),
        (("--system", "hgx-h100", "--count", "800", "--oversubscription", "x"), "no oversubscription"),
        (("--system", "hgx-h100", "--count", "800", "--topology", "single-switch"), "which hold 64"),
        (("--system", "hgx-h100", "--count", "800", "--topology", "torus"), "ends inside it"),
        (("--system", "hgx-h100", "--count", "800", "--reserved-ports", "40"), "leave none"),
        (("--system", "hgx-h100", "--count", "800", "--rails", "3"), "do not divide"),
        (("--system", "tpu-v5e-host", "--count", "800", "--topology", "fat-tree"), "nobody published"),
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
    assert command("fabric", "--system", "tpu-v5e-host", "--count", "800").err.count("nobody published") == 1
