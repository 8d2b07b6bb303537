"""What besides the numbers of limits would make a plan possible: each candidate by hand, and that
it changes nothing else."""

from __future__ import annotations

import pickle

import pytest

from planner import pipeline
from planner.core.case import Case
from planner.errors import InfeasibleError
from planner.pipeline import Options, foresee, solve
from planner.plan.presolve_bounds import presolve_shortfalls
from planner.plan.remedies import Remedy, check_existing_fleet, structural_remedies
from planner.records import edited
from planner.refusal import Limit, Refusal
from planner.solver.engine import Engine
from tests import builders
from tests.model.second import best
from tests.scenario.sample import SOUND, load, spoilt


def ways(case: Case) -> list[Remedy]:
    return structural_remedies(case, presolve_shortfalls(case), check_existing_fleet(case))


def test_nothing_where_nothing_is_out_of_reach():
    assert (
        ways(
            builders.tiny(
                sites=[builders.site(power=9)],
                demands=[builders.deployment(5)],
                fleet=[builders.fleet("a", 9)],
            )
        )
        == []
    )


def test_a_delivery_that_comes_too_late():
    """Delivered in 2027 at the soonest and fitted out for a year, for a demand of 2026: it has to
    come in 2025."""
    case = builders.tiny(
        periods=4,
        systems=[builders.system(lead=2, fit_out=1)],
        demands=[builders.deployment([0, 3, 3, 3])],
    )
    (one,) = ways(case)
    assert (one.says, one.path) == (
        "a: delivered by 2025-01-01 instead of 2027-01-01 at the soonest, to run from 2026",
        "systems.0",
    )
    assert best(case) is None
    changed = edited(case, pickle.loads(pickle.dumps(one)).edits)
    assert best(changed) is not None
    assert changed.model_copy(update={"systems": case.systems}) == case


def test_a_fit_out_that_takes_too_long():
    """A demand of the first year and a year of fit-out: even what is delivered on the first day is
    too late."""
    case = builders.tiny(
        periods=2, systems=[builders.system(fit_out=1)], demands=[builders.deployment([3, 3])]
    )
    (one,) = ways(case)
    assert one.says == "a: delivered by 2025-01-01 and in service from 2025"
    assert best(edited(case, one.edits)) is not None


@pytest.mark.parametrize(
    ("place", "machine", "says", "path"),
    [
        (
            builders.site(liquid=0.0),
            builders.system(liquid=1.0, sites=[]),
            "x: liquid cooling, for a to stand there",
            "sites.0.cooling.liquid",
        ),
        (
            builders.site(air=0.0),
            builders.system(sites=[]),
            "x: air cooling, for a to stand there",
            "sites.0.cooling.air",
        ),
        (builders.site(), builders.system(sites=[]), "a: placed at x as well", "systems.0.sites"),
    ],
)
def test_a_place_where_it_may_not_stand(place, machine, says, path):
    case = builders.tiny(sites=[place], systems=[machine], demands=[builders.deployment(3)])
    (one,) = ways(case)
    assert (one.says, one.path) == (says, path)
    assert best(case) is None
    assert best(edited(case, one.edits)) is not None


def test_existing_machines_that_must_stay():
    """Five stand on 3 MW: the limit and the machines conflict, and two of them would have to go."""
    case = builders.tiny(fleet=[builders.fleet("a", 5)], sites=[builders.site(power=3)])
    (cause,) = check_existing_fleet(case)
    assert [limit.name for limit in cause] == ["power at x", "retirement of a at x"]
    assert cause[1].says == "5 a stand at x, take 5 MW and may not be retired"
    (one,) = ways(case)
    assert (one.says, one.path) == ("a at x: may be retired", "fleet.0")
    assert best(case) is None
    assert best(edited(case, one.edits)) is not None
    assert check_existing_fleet(edited(case, one.edits)) == []


def test_machines_that_fit_or_may_go_are_no_cause():
    assert (
        check_existing_fleet(
            builders.tiny(fleet=[builders.fleet("a", 3)], sites=[builders.site(power=3)])
        )
        == []
    )
    assert (
        check_existing_fleet(
            builders.tiny(
                fleet=[builders.fleet("a", 5, retire=True)], sites=[builders.site(power=3)]
            )
        )
        == []
    )


LATE = spoilt("lead_time: 0 days", "lead_time: 300 days").replace("2027-Q1: 1000", "2026-Q3: 1000")


def test_it_is_solved_before_it_is_told(engine: Engine):
    loaded = load(LATE)
    with pytest.raises(InfeasibleError) as caught:
        solve(loaded, engine=engine)
    said = {
        change.says: way.verified for way in caught.value.refusal.repairs for change in way.changes
    }
    assert (
        said[
            "hgx-h100: delivered by 2026-07-01 instead of "
            "2026-10-28 at the soonest, to run from 2026-Q3"
        ]
        is True
    )


def test_check_names_it_without_solving():
    with pytest.raises(InfeasibleError) as caught:
        foresee(load(LATE))
    assert (
        "perhaps hgx-h100: delivered by 2026-07-01 instead of 2026-10-28 at the soonest, to run "
        "from 2026-Q3" in caught.value.refusal.findings
    )


def test_two_entries_of_one_system_at_one_site_are_two_ways():
    """Two and three stand on 3 MW: the words are the same, the entries are not, and either alone
    would do."""
    case = builders.tiny(
        fleet=[builders.fleet("a", 2), builders.fleet("a", 3)], sites=[builders.site(power=3)]
    )
    found = ways(case)
    assert [one.path for one in found] == ["fleet.0", "fleet.1"]
    assert {one.says for one in found} == {"a at x: may be retired"}
    assert all(best(edited(case, one.edits)) is not None for one in found)


UNBOUNDED = """\
name: a place without a limit
horizon: {from: 2027-01, to: 2027-04, step: month}
sites:
  - {id: x, energy_price: 70 USD/MWh, power: {2027-01: 2 MW}}
  - {id: y, energy_price: 70 USD/MWh}
systems:
  - {system: hgx-h100, sites: [x], lead_time: 0 days, fit_out: 0 days}
  - {system: mi300x-server, sites: [x], lead_time: 0 days, fit_out: 0 days}
demands: [{id: d, kind: deployment, sites: [y], system: hgx-h100, need: {2027-03: 10 systems}}]
diversification: [{level: supplier, min_suppliers: 2, meaningful: 10 %}]
"""


def test_a_way_that_nothing_bounds_is_not_asked(engine: Engine):
    """Proves: a change after which the model lacks a bound is left out; it was a traceback of the
    whole account."""
    with pytest.raises(InfeasibleError) as caught:
        solve(load(UNBOUNDED), engine=engine)
    assert [limit.name for limit in caught.value.refusal.conflict] == ["demand d", "hgx-h100 at y"]
    assert [
        change.limit for repair in caught.value.refusal.repairs for change in repair.changes
    ] == ["demand d"]


def test_no_plan_that_is_seen_while_the_model_is_built(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    """Proves: the account is the same as of one that the solver sees, with the lines of the
    file."""
    limit = Limit("power at north", "north has 20 MW", path="sites.0.power", period="2026-Q1")

    def refuse(loaded: object) -> None:
        raise InfeasibleError(Refusal(((limit,),)))

    monkeypatch.setattr(pipeline, "build_model", refuse)
    for settings in ({}, {"time_limit_s": 0.0}, {"seed": 3}):
        with pytest.raises(InfeasibleError) as caught:
            solve(load(SOUND), Options(**settings), engine=engine)
        (said,) = caught.value.refusal.conflict
        assert (said.name, said.mark.line) == ("power at north", 5)
