"""Coherent demands: one system at one site must serve them, worked out by hand. A machine of 1 MW
costs 1 MUSD and is one accelerator."""

from __future__ import annotations

import pytest

from planner.assembly.audit import findings_of
from planner.capabilities.demand.tables import Cluster
from planner.errors import InfeasibleError
from planner.solver.engine import Engine
from tests.builders import check_row, compute, deployment, site, solved, system, tiny
from tests.plan.answers import rebuilt


def test_the_fleet_may_be_scattered_and_the_cluster_not(engine: Engine) -> None:
    """Proves: 3 MW at x and 5 MW at y, where a MW of halls costs 2 more: 4 machines cost 4 + 2
    scattered, and 4 + 8 all at y."""
    places = [site("x", power=3), site("y", power=5, construction=2)]
    assert solved(tiny(sites=places, demands=[deployment(4)]), engine).value == pytest.approx(6)
    answer = check_row(
        tiny(sites=places, demands=[deployment(4, coherent=True)]),
        engine,
        "demand.one_place",
        value=12,
        without=6,
    )
    assert answer.plan.clusters == [Cluster(demand="d", system="a", site="y")]


def test_two_kinds_are_no_cluster(engine: Engine) -> None:
    """Proves: on 3 MW, for 4 PFLOP/s, two of b at 5 MUSD and 2 PFLOP/s each (10), and not two of a
    at 1 and one of b (7)."""
    case = tiny(
        systems=[system("a"), system("b", price=5, pflops=2)],
        sites=[site(power=3)],
        demands=[compute(4, coherent=True)],
    )
    answer = check_row(case, engine, "demand.one_place", value=10, without=7)
    assert answer.bought() == {("b", "2025"): 2}


def test_a_cluster_counts_only_what_runs(engine: Engine) -> None:
    """Proves: a coherent demand for 4 buys 4. Without the row that asks for the machines,
    nothing."""
    check_row(
        tiny(demands=[deployment(4, coherent=True)]), engine, "demand.runs", value=4, without=0
    )


def test_only_the_chosen_cluster_counts(engine: Engine) -> None:
    """Proves: as in the first test, 12; without the row that ties the machines to the choice they
    may be scattered: 6."""
    places = [site("x", power=3), site("y", power=5, construction=2)]
    check_row(
        tiny(sites=places, demands=[deployment(4, coherent=True)]),
        engine,
        "demand.there",
        value=12,
        without=6,
    )


def test_the_cluster_stays_where_it_is(engine: Engine) -> None:
    """Proves: x has 3 MW in 2025 only and y 3 MW in 2026 only: no place for 3 in both years, so 3
    at one of them, and 3 missing for a year.

    3 machines cost 3, and a year without 3 accelerators at 5 MUSD each 15. A demand that may move
    buys 3 and 3: 6. Power that falls needs machines that may go, so x keeps its 3 MW here and y is
    dear in the first year instead.
    """
    places = [site("x", power=[3, 3]), site("y", power=[0, 6], construction=1)]
    asked = [deployment([3, 6], price=5, coherent=True)]
    # y alone: 15 short in 2025, 6 machines and 6 MW; x alone: 3 machines, 3 short in 2026 at 15
    assert solved(tiny(periods=2, sites=places, demands=asked), engine).value == pytest.approx(18)
    scattered = [deployment([3, 6], price=5)]
    assert solved(tiny(periods=2, sites=places, demands=scattered), engine).value == pytest.approx(
        3 + 3 + 3
    )


def test_a_cluster_and_another_demand_share_machines(engine: Engine) -> None:
    """Proves: 5 machines of which 3 stand together: d takes 3 of x or y, e the other 2 wherever.
    Each site holds 3, so 5 are enough."""
    places = [site("x", power=3), site("y", power=3)]
    case = tiny(
        sites=places, demands=[deployment(3, name="d", coherent=True), deployment(2, name="e")]
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(5)
    assert len(answer.plan.clusters) == 1


def test_a_cluster_that_no_site_holds(engine: Engine) -> None:
    """Proves: 4 fit x and y together and neither alone, so there is no plan, and the conflict says
    that one place was asked for."""
    case = tiny(
        sites=[site("x", power=3), site("y", power=3)], demands=[deployment(4, coherent=True)]
    )
    with pytest.raises(InfeasibleError) as caught:
        solved(case, engine)
    assert "one cluster for d" in {limit.name for limit in caught.value.refusal.conflict}


def test_a_plan_with_another_cluster_is_refused(engine: Engine) -> None:
    """Proves: a cluster moved to where nothing runs serves nothing; two clusters are one too
    many."""
    places = [site("x", power=3), site("y", power=5, construction=2)]
    plan = solved(tiny(sites=places, demands=[deployment(4, coherent=True)]), engine).plan
    moved = rebuilt(plan, clusters=[plan.clusters[0].model_copy(update={"site": "x"})])
    assert any(
        "d asks for 4 accelerators in 2025, the plan has 0" in p.message for p in findings_of(moved)
    )
    twice = rebuilt(
        plan, clusters=[*plan.clusters, plan.clusters[0].model_copy(update={"site": "x"})]
    )
    assert any(
        "d must be served by one system at one site" in p.message for p in findings_of(twice)
    )
    none = rebuilt(plan, clusters=[])
    assert any("the plan has 0 accelerators" in p.message for p in findings_of(none))
