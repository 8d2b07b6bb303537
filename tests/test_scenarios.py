"""Every shipped scenario: solved, audited, and what it says checked against what was published."""

from __future__ import annotations

import pytest

from planner.assembly.audit import findings_of
from planner.assembly.plan import Plan
from planner.pipeline import Options, read, solve
from tests.conftest import SHIPPED


@pytest.fixture
def plans(shipped: dict[str, Plan]) -> dict[str, Plan]:
    return shipped


@pytest.mark.parametrize("name", SHIPPED)
def test_solved_proven_audited_and_loads_back_equal(plans, name):
    plan = plans[name]
    assert plan.solve.status == "optimal"
    assert all(goal.gap is not None and goal.gap <= plan.solve.gap for goal in plan.goals)
    assert len(plan.goals) == len(plan.case.goals)
    assert findings_of(plan) == []
    assert Plan.model_validate_json(plan.to_json()) == plan


def small(plan: Plan) -> int:
    """Purchases below a hundredth of the accelerators of their site, and below a tenth of its mean
    purchase."""
    found = 0
    for site in {row.site for row in plan.purchases}:
        here = [row.accelerators for row in plan.purchases if row.site == site]
        found += sum(count < sum(here) * min(0.01, 0.1 / len(here)) for count in here)
    return found


@pytest.mark.parametrize("name", SHIPPED)
def test_small_purchases_are_gone_or_accounted_for(plans, name):
    """Proves: what the plan says of its small purchases is what it has; the first gigawatt comes
    without its single rack at the end."""
    made = plans[name].solve.polish
    assert made is not None
    assert small(plans[name]) == made.kept
    if name == "openai-amd-1gw":
        assert (made.kept, made.fewest) == (0, made.fragments > 0)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_figure_of_the_case_says_where_it_comes_from(plans, name):
    for figure in plans[name].case.figures:
        assert figure.source
        assert figure.kind == "scenario" or figure.date


def test_colossus_buys_what_was_announced(plans):
    plan = plans["colossus"]
    bought = {(p.system, p.in_service): p.accelerators for p in plan.purchases}
    assert bought == {
        ("hgx-h100", "2024-10"): 100_000,
        ("hgx-h100", "2025-02"): 50_000,
        ("hgx-h200", "2025-02"): 50_000,
    }


def test_colossus_against_published_figures(plans):
    """Epoch AI, frontier data centers (2026-07): 37.9 MUSD of capital per MW of IT. TechRadar
    (2024-12-23): 155 MW for 100 000 H100."""
    plan = plans["colossus"]
    assert plan.totals.capex_usd_per_it_mw == pytest.approx(37.9e6, rel=0.15)
    october = next(r for r in plan.power if r.period == "2024-10" and r.basis == "utility")
    assert october.peak_mw == pytest.approx(155, rel=0.05)


def test_the_amd_tranche_fills_a_gigawatt_and_says_what_it_assumed(plans):
    plan = plans["openai-amd-1gw"]
    assert plan.totals.utility_nameplate_mw == pytest.approx(
        1000, abs=0.4
    )  # one more rack would not fit
    assumed = {(f.of, f.figure) for f in plan.case.figures if f.grade == "D"}
    assert {("mi450", "tdp"), ("mi450-helios", "price")} <= assumed
    assert (
        20e9 < plan.totals.capex_usd < 50e9
    )  # published all-in figures for 1 GW run from 35 to 60 GUSD


def test_in_the_diversified_fleet_every_kind_of_limit_matters():
    plan = solve(read("diversified"), Options(gap=1e-4))  # what binds in a looser plan is chance
    binding = {limit.name for limit in plan.limits if limit.binding}
    kinds = {name.split()[0] for name in binding}
    assert {"allocation", "critical", "budget", "demand"} <= kinds
    capped = [s for s in plan.shares if s.rule == 1]
    assert max(s.share / s.cap for s in capped if s.cap) > 0.999
    assert len({s.group for s in plan.shares if s.rule == 2 and s.share >= 0.15}) >= 2
