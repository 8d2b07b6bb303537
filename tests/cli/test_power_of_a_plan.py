"""`planner power PLAN`: JSON and tables say of every shipped plan what the plan says.

Proves: every basis and load, chains with ranges, networks and what stands beside the machines are
there, and a share is called one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from planner.engineering.power import LOADS
from planner.plan.schema import Plan
from planner.power_model.draw import beside, of_plan
from tests.conftest import SHIPPED, Ran
from tests.test_networks_at_the_scale_that_results import SAME, rows_of


@pytest.mark.parametrize("name", SHIPPED)
def test_planner_power_of_a_plan(
    shipped: Mapping[str, Plan], name: str, command: Callable[..., Ran], tmp_path: Path
) -> None:
    """JSON and tables say what the plan says: every basis and load, chains with ranges, networks,
    what stands beside the machines."""
    plan, path = shipped[name], tmp_path / "plan.json"
    path.write_text(plan.to_json(), encoding="utf-8")
    said = json.loads(command("power", path, "--json").out)
    assert said["power"] == [row.model_dump() for row in plan.power]
    assert said["networks"] == [row.model_dump() for row in plan.networks]
    assert [(row["site"], row["period"], row["it_nameplate_mw"]) for row in said["beside"]] == [
        (row.site, row.period, row.it_nameplate_mw) for row in beside(plan)
    ]
    fleets = list(of_plan(plan))
    assert [chain["site"] for chain in said["chains"]] == [fleet.site for fleet in fleets]
    for chain, fleet in zip(said["chains"], fleets, strict=True):
        rows = rows_of(plan, fleet)
        for step in chain["chain"]:
            for load in LOADS:
                if (mw := getattr(rows[step["basis"]], f"{load}_mw")) is not None:
                    assert step[f"{load}_mw"]["value"] == pytest.approx(mw, rel=SAME)
                    assert step[f"{load}_mw"]["low"] <= step[f"{load}_mw"]["value"] * (1 + SAME)
    out = command("power", path).out
    assert len(re.findall(r"^Beside the machines at ", out, re.MULTILINE)) == len(
        {row.site for row in plan.fleet}
    )
    shares = [row for row in beside(plan) if row.share_mw]
    assert ("as a share" in out) == bool(shares)
    assert ("(`assume: it_overhead`)" in " ".join(out.split())) == (name == "colossus")
    assert ("networks, typical" in out) == bool(plan.networks)


def test_a_share_of_the_catalog_is_called_one(command: Callable[..., Ran], tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(
        """\
name: two
horizon: {from: 2027-Q1, to: 2027-Q4}
sites: [{id: here, energy_price: 50 USD/MWh, power: {2027-Q1: 2 MW}}]
systems:
  - {system: hgx-h100, lead_time: 0 days}
  - {system: tpu-v6e-host, lead_time: 0 days, nameplate: 5 kW}
demands:
  - {id: a, kind: deployment, accelerator: h100-sxm, need: {2027-Q3: 80 accelerators}}
  - {id: b, kind: deployment, accelerator: tpu-v6e, need: {2027-Q3: 80 accelerators}}
""",
        encoding="utf-8",
    )
    out = " ".join(command("power", path).out.split())
    assert (
        "tpu-v6e-host: networks, storage and management together are a share of its nameplate, 14 "
        "%, of the catalog" in out
    )
    assert "networks, typical" in out
    assert "hgx-h100: networks" not in out
