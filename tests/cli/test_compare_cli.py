"""`planner compare`: the free mix is never dearer, and the premium is what it says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import Command
from tests.shared import Shared

CAPPED = ("compare", "diversified", "--mix", "free", "--mix", "capped=max:45%")


@pytest.fixture
def mixes(command: Command, shared: Shared) -> dict[str, Any]:
    """Three mixes of one scenario."""

    def compared() -> dict[str, Any]:
        ran = command(*CAPPED, "--mix", "nvidia=only:nvidia", "--format", "json")
        assert ran.code == 0, ran.err
        return {mix["mix"]: mix for mix in json.loads(ran.out)["mixes"]}

    return shared("mixes", compared)


def cost(mix) -> float:
    return mix["plan"]["totals"]["present_cost_usd"]


def test_the_free_mix_is_never_dearer_and_premiums_add_up(mixes):
    for name in ("capped", "nvidia"):
        assert cost(mixes[name]) >= cost(mixes["free"]) * (1 - 1e-6)
        assert mixes[name]["premium_usd"] == pytest.approx(cost(mixes[name]) - cost(mixes["free"]))
        assert mixes[name]["premium_share"] == pytest.approx(
            cost(mixes[name]) / cost(mixes["free"]) - 1
        )


def test_each_mix_keeps_its_rule(mixes):
    spend = {
        name: [r for r in mix["plan"]["shares"] if r["rule"] == 0 and r["metric"] == "spend"]
        for name, mix in mixes.items()
    }
    assert max(r["share"] for r in spend["free"]) > 0.45  # otherwise the cap would show nothing
    assert max(r["share"] for r in spend["capped"]) <= 0.45 + 1e-9
    assert {r["group"] for r in spend["nvidia"] if r["share"] > 0} == {"nvidia"}


def test_table_prints_the_premium_in_money_and_percent(command):
    out = command(*CAPPED).out
    line = next(line for line in out.splitlines() if line.startswith("capped") and "+$" in line)
    assert "%" in line
    assert "Systems bought" in out
    assert "What binds" in out


def test_a_mix_without_a_plan_is_an_answer(command):
    ran = command("compare", "colossus", "--mix", "free", "--mix", "h200=only:hgx-h200")
    assert ran.code == 0
    assert "no plan" in ran.out
    assert "phase-1" in ran.out


@pytest.mark.parametrize(
    ("mix", "says"),
    [
        ("x=most:45%", "a mix is"),
        ("x=max:145%", "out of range"),
        ("x=max:45%:sped", "did you mean `spend`"),
        ("x=min:one", "whole number"),
        ("x=max:0%", "greater than 0"),
        ("x=min:30", "less than or equal to 20"),
        ("x=min:5:30%", "more than the whole"),
        ("x=min:2:0%", "greater than 0"),
        ("x=only:nvida", "did you mean `nvidia`"),
        ("x=max:20%", "cannot make up the whole"),
    ],
)
def test_wrong_mixes(command, mix, says):
    ran = command("compare", "diversified", "--mix", "free", "--mix", mix)
    assert says in ran.err + ran.out
    assert "Traceback" not in ran.err


def test_two_mixes_of_one_name(command):
    ran = command("compare", "diversified", "--mix", "free", "--mix", "free=max:45%")
    assert ran.code == 2
    assert "two mixes" in ran.err
