"""The door: what people call from Python is documented, typed, light to import, and answers as the
command line does."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import planner
from planner import door

TINY = """\
name: Two kinds
horizon: {from: 2026-Q1, to: 2026-Q4}
sites: [{id: plains, power: {2026-Q1: 2 MW}, energy_price: 55 USD/MWh}]
systems: [{system: hgx-h100, lead_time: 0 days, fit_out: 0 days}]
demands: [{id: run, kind: deployment, system: hgx-h100, need: {2026-Q2: 400 accelerators}}]
"""


def test_every_name_is_there_and_says_what_it_is():
    assert set(planner.__all__) >= set(door.__all__)
    for name in planner.__all__:
        thing = getattr(planner, name)
        assert inspect.getdoc(thing), name
        if inspect.isfunction(thing):
            assert set(inspect.signature(thing).parameters) <= set(thing.__annotations__), name
            assert "return" in thing.__annotations__, name
    assert dir(planner) == sorted(planner.__all__)
    with pytest.raises(AttributeError, match="`solv`"):
        planner.solv  # noqa: B018


def test_importing_it_loads_nothing_and_a_name_stays_what_it_is():
    """A folder of the package that had a name of the door would take its place as soon as something
    inside it is imported."""
    code = (
        "import sys, planner; assert not {'pydantic', 'numpy', 'ortools', 'yaml'} & "
        "set(sys.modules)\n"
        "import planner.pipeline, planner.study.explain, planner.power_model.fit, "
        "planner.cli.main\n"
        "print([name for name in planner.__all__ if "
        "type(getattr(planner, name)).__name__ == 'module'])"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        == "[]\n"
    )


def test_a_plan_is_short_to_print_and_a_table_in_a_notebook():
    plan = planner.solve(TINY)
    assert (
        repr(plan) == "<Plan `Two kinds`: 400 accelerators in 50 systems, capex "
        f"{plan.totals.capex_usd / 1e6:,.0f} MUSD, optimal>"
    )
    shown = plan._repr_html_()
    assert "<th>accelerators bought</th><td>400</td>" in shown
    assert shown.count("<tr>") == 6 + len(plan.goals)
    loaded = planner.load(TINY)
    assert repr(loaded.scenario) == "<Scenario `Two kinds`: 1 site, 1 candidate>"
    assert (
        repr(loaded.case)
        == "<Case `Two kinds`: 1 site, 1 system, 2026-Q1 to 2026-Q4 by the quarter>"
    )
    assert repr(loaded).startswith("<Loaded <Scenario `Two kinds`")
    assert len(repr(planner.load_catalog())) < 120
    assert repr(planner.power("hgx-h100", 800)).startswith("<ClusterPower: 800 accelerators, ")
    with pytest.raises(KeyError, match="no table `purchase`; there are"):
        plan.frame("purchase")


def test_tables_are_data_frames_where_pandas_is_there(monkeypatch: pytest.MonkeyPatch):
    class Pandas:
        @staticmethod
        def DataFrame(
            rows: list[dict[str, object]], columns: list[str]
        ) -> tuple[list[dict[str, object]], list[str]]:
            return rows, columns

    plan = planner.solve(TINY)
    monkeypatch.setitem(sys.modules, "pandas", Pandas)
    rows, columns = plan.frame("purchases")
    assert [row["units"] for row in rows] == [purchase.units for purchase in plan.purchases]
    assert columns[:3] == ["system", "site", "ordered"]
    assert plan.frame("halls") == (
        [],
        ["site", "hall", "begun", "begun_on", "usable", "number", "it_mw", "cost_usd"],
    )


def test_questions_answer_as_the_command_line_does(tmp_path: Path):
    file = tmp_path / "tiny.yaml"
    file.write_text(TINY, encoding="utf-8")
    planner.check(file)
    plan = planner.solve(file, {"sites.plains.power.2026-Q1": "3 MW"})
    saved = tmp_path / "plan.json"
    saved.write_text(plan.to_json(), encoding="utf-8")
    assert planner.read_plan(saved) == plan
    planner.check(saved)
    said = [
        sys.executable,
        "-m",
        "planner",
        "solve",
        str(file),
        "--set",
        "sites.plains.power.2026-Q1=3 MW",
        "--format",
        "json",
    ]
    told = json.loads(subprocess.run(said, capture_output=True, text=True, check=True).stdout)
    assert told["purchases"] == json.loads(plan.to_json())["purchases"]
    free, as_is = planner.compare(planner.load(file), ["free", "as-is"]).columns
    assert free.plan is not None
    assert as_is.plan is not None
    assert free.plan.totals.accelerators == as_is.plan.totals.accelerators == 400
    why = planner.explain(file)
    assert why.outcome == "plan"
    assert (
        repr(why) == f"<Explanation of `Two kinds`: plan, {len(why.tags)} priced "
        f"limit{'s' * (len(why.tags) != 1)}>"
    )
    with pytest.raises(TypeError, match="overrides"):
        planner.solve(planner.load(file), {"name": "other"})


def test_what_is_wrong_is_an_error_with_its_place():
    with pytest.raises(planner.InputError, match="unknown key `demand`"):
        planner.load(TINY.replace("demands", "demand"))
    with pytest.raises(planner.InfeasibleError) as refused:
        planner.solve(TINY.replace("400 acc", "4000 acc"))
    assert refused.value.refusal.repairs or refused.value.refusal.conflict


def test_power_of_a_system_and_of_a_file():
    one = planner.power("hgx-h100", 800)
    assert (
        one.chain.utility.nameplate_w
        == planner.power("hgx-h100", "100 systems").chain.utility.nameplate_w
    )
    assert planner.power("mixed-8k").chain.it.nameplate_w > 0
    assert (
        planner.power("hgx-h100", 800, {"pue": "1.5", "pue_peak": "1.6"}).chain.facility.average_w
        > one.chain.facility.average_w
    )
    with pytest.raises(planner.InputError, match="hgx-h10"):
        planner.power("hgx-h10", 800)
