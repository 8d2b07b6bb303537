"""Networks worked out by hand: a machine takes 1 MW and costs 1 MUSD; groups of leaves take and
cost what the test says."""

from __future__ import annotations

import pytest

from planner.assembly.audit import findings_of
from planner.assembly.inputs import make_inputs
from planner.capabilities.networks.arrays import MOST_GROUPS, NetworkInputs
from planner.plan.schema import Plan
from planner.solver.engine import Engine
from tests.builders import (
    budget,
    capped,
    check_row,
    deployment,
    fleet,
    goal,
    grade,
    hall,
    move,
    network,
    site,
    solved,
    supply,
    system,
    tiny,
)
from tests.plan.answers import rebuilt

TWO = network(grade(1, most=2, per=2, mw=0.25), grade(2, per=2, mw=1))
"""2 machines on a group of 0.25 MW; more of them in groups of 1 MW for every two."""

MOST = dict(goals=[goal("maximize accelerators")])


def test_everything_that_runs_has_its_ports(engine: Engine) -> None:
    """Proves: under 5.25 MW, 3 machines run with 2 groups of 1 MW; a fourth takes 6 MW. Without the
    row no leaf runs: 5 machines."""
    answer = check_row(
        tiny(sites=[site(power=5.25)], networks=[TWO], **MOST),
        engine,
        "network.ports",
        value=3,
        without=5,
    )
    (row,) = answer.plan.networks
    assert (row.tiers, row.systems, row.groups, row.it_nameplate_mw) == (2, 3, 2, 2.0)


def test_a_network_holds_what_its_grade_holds(engine: Engine) -> None:
    """Proves: as above. Without the row 4 machines hang on 2 groups of the small grade, 4.5 MW."""
    check_row(
        tiny(sites=[site(power=5.25)], networks=[TWO], **MOST),
        engine,
        "network.grade",
        value=3,
        without=4,
    )


def test_a_network_is_of_one_grade(engine: Engine) -> None:
    """Proves: as above. Without the row 2 machines hang on a small group and 2 on a large one, 5.25
    MW."""
    check_row(
        tiny(sites=[site(power=5.25)], networks=[TWO], **MOST),
        engine,
        "network.one",
        value=3,
        without=4,
    )


def test_grades_are_small_and_large_by_what_they_hold(engine: Engine) -> None:
    """Proves: one tier is the smaller network of a and the larger one of b, and each gets its own
    smallest: the second road finds the same, 1 + 0.25 MW at either."""
    turned = network(grade(2, most=2, per=2, mw=0.25), grade(1, per=2, mw=1), of="b")
    for networks in ([TWO, turned], [turned, TWO]):
        case = tiny(
            systems=[system("a"), system("b")],
            networks=networks,
            demands=[deployment(1, of=["a"]), deployment(1, name="e", of=["b"])],
        )
        plan = solved(case, engine).plan
        assert plan is not None and findings_of(plan) == []
        assert [row.it_nameplate_mw for row in plan.networks] == [0.25, 0.25]


def test_a_group_more_may_not_fit(engine: Engine) -> None:
    """Proves: 2 machines take 2.25 MW, 3 take 5: between 2.25 and 5 MW there is no third, whatever
    is energized; from 5 on there is."""
    for mw, count in ((2.2, 1), (2.25, 2), (4.9, 2), (5.0, 3), (5.9, 3), (6.0, 4)):
        assert solved(
            tiny(sites=[site(power=mw)], networks=[TWO], **MOST), engine
        ).value == pytest.approx(count), mw


def test_a_grade_holds_what_could_run_in_the_period() -> None:
    """Proves: under 2, 4 and 9 MW, with 6 machines allotted from the second year, 0, 4 and 6 could
    run.

    That is groups for 4 and 6 of the large grade, and none while the small one holds them all.
    Where 3 stand and the second year has 7 MW, 3, 7 and 9 could. When a limit moves, a grade holds
    what it holds.
    """
    allotted = supply(cumulative=[0, 6, 6])
    for stood, small, large in (
        ([], [1, 1, 1], [0, 2, 3]),
        ([fleet(units=3)], [1, 1, 1], [2, 4, 5]),
    ):
        case = tiny(
            periods=3,
            sites=[site(power=[2, 4 + len(stood) * 3, 9])],
            networks=[TWO],
            supply=[allotted],
            fleet=stood,
            **MOST,
        )
        networks = make_inputs(case).find(NetworkInputs)
        assert networks is not None
        assert networks.most_groups.tolist() == [[small, large]]
        assert networks.holds_groups.tolist() == [[1, MOST_GROUPS]]


def test_what_a_network_takes_is_taken_everywhere(engine: Engine) -> None:
    """Proves: 3 machines and 2 groups of 1 MW nameplate, 0.5 typical, at PUE 1.5 (design day) and
    1.25 (year), a fifth lost.

    Nameplate 5 · 1.5 / 0.8 = 9.375 MW; the groups take 1 MW in all at every other load: average (3
    + 1) · 1.25 / 0.8 = 6.25 MW, at 4 a year
    25. Upkeep and rent are of 5 MW.
    """
    case = tiny(
        sites=[site(pue=1.25, pue_peak=1.5, energy=4, rent=2)],
        networks=[network(grade(per=2, mw=1, typical_mw=0.5))],
        demands=[deployment(3)],
        operations=3,
        utility_loss=0.2,
    )
    answer = solved(case, engine)
    plan, cash = answer.plan, answer.cash()
    utility = next(row for row in plan.power if row.basis == "utility")
    assert (utility.nameplate_mw, utility.peak_mw, utility.average_mw) == (
        pytest.approx(9.375),
        pytest.approx(7.5),
        pytest.approx(6.25),
    )
    assert cash["opex.operations", "2025"] == pytest.approx(3 * 5)
    assert cash["opex.rent", "2025"] == pytest.approx(2 * 5)
    assert cash["opex.energy", "2025"] == pytest.approx(4 * 6.25)
    assert next(row for row in plan.power if row.basis == "it").idle_mw == pytest.approx(1.0)


def test_what_stood_what_is_bought_and_what_is_capped_are_one_network(engine: Engine) -> None:
    """Proves: one stands at 1 MW, three are bought and held to half, and all are in 2 groups of 1
    MW: 1 + 1.5 + 2 = 4.5 MW."""
    machine = system()
    case = tiny(
        systems=[machine, capped(machine, 0.5, 1.0)],
        sites=[site(power=4.5)],
        fleet=[fleet(units=1)],
        networks=[
            network(grade(1, most=2, per=2, mw=0.25), grade(2, per=2, mw=1), of=["a", "a-capped"])
        ],
        **MOST,
    )
    plan = solved(case, engine).plan
    assert [(row.systems, row.groups) for row in plan.networks] == [(4, 2)]
    assert next(row for row in plan.power if row.basis == "utility").nameplate_mw == pytest.approx(
        4.5
    )


def test_an_allotment_leaves_room_for_what_stands_of_the_same_product(engine: Engine) -> None:
    """Proves: two stand at 1 MW, and two that are allotted are held to half: with a group of 0.01
    MW each, 3.04 MW.

    The site alone would hold 3 of the machine, and 2 of the capped one are allotted, but 4 of both
    run.
    """
    machine = system()
    case = tiny(
        systems=[machine, capped(machine, 0.5, 1.0)],
        sites=[site(power=3.05)],
        supply=[supply(cumulative=2)],
        fleet=[fleet(units=2)],
        networks=[network(grade(per=1, mw=0.01), of=["a", "a-capped"])],
        **MOST,
    )
    assert solved(case, engine).value == pytest.approx(4)


def test_a_network_falls_back_when_machines_leave(engine: Engine) -> None:
    """Proves: 3 stand and one must go in 2026: 2 groups of the larger grade, then 1 of the
    smaller."""
    case = tiny(
        periods=2,
        systems=[system(may_buy=False)],
        fleet=[fleet(units=1, leaves=1), fleet(units=2)],
        networks=[TWO],
        **MOST,
    )
    plan = solved(case, engine).plan
    assert [(row.period, row.tiers, row.systems, row.groups) for row in plan.networks] == [
        ("2025", 2, 3, 2),
        ("2026", 1, 2, 1),
    ]


def test_a_full_site_can_grow(engine: Engine) -> None:
    """Proves: 2 machines stand and fill the 2.25 MW of 2025; in 2026 there are 6 MW, for 4 machines
    in 2 groups of the larger grade.

    Were the grade one for all periods, the 2 machines would draw 3 MW in 2025, and nothing could
    ever be added.
    """
    case = tiny(
        periods=2,
        sites=[site(power=[2.25, 6])],
        fleet=[fleet(units=2)],
        networks=[TWO],
        goals=[goal("maximize accelerators", at=1)],
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(4)
    assert [(row.tiers, row.systems, row.groups) for row in answer.plan.networks] == [
        (1, 2, 1),
        (2, 4, 2),
    ]


def test_networks_stand_in_halls(engine: Engine) -> None:
    """Proves: a hall of 4 MW holds 2 machines and a group of 1 MW, 3 MW; a third machine takes a
    second group, 5 MW. Without the row 4."""
    case = tiny(halls=[hall(mw=4, most=1)], networks=[network(grade(per=2, mw=1))], **MOST)
    answer = check_row(case, engine, "hall.networks", value=2, without=4)
    assert [(row.hall, row.it_mw) for row in answer.plan.gear] == [("h", 1.0)]


def test_networks_stand_where_air_cools_them(engine: Engine) -> None:
    """Proves: all the heat of a machine goes to liquid, and a hall without air holds no network:
    nothing can run there."""
    case = tiny(
        systems=[system(liquid=1)],
        halls=[hall(mw=4, air=0, most=1)],
        networks=[network(grade(per=2, mw=1))],
        **MOST,
    )
    assert solved(case, engine).value == pytest.approx(0)


BOUGHT = network(grade(1, most=4, per=4, group=1), grade(2, per=2, group=3.5), each=0.25)
"""One switch for 4 machines at 1; or groups for 2 at 3.5. 0.25 for each machine's links."""


def test_one_more_machine_needs_a_second_tier(engine: Engine) -> None:
    """Proves: 4 machines hang on one switch: 4 + 1 + 1 = 6. The fifth needs 3 groups: 5 + 1.25 +
    10.5 = 16.75."""
    for count, value, tiers, groups in (
        (4, 6.0, 1, 1),
        (5, 16.75, 2, 3),
        (6, 18.0, 2, 3),
        (7, 22.75, 2, 4),
    ):
        answer = solved(tiny(demands=[deployment(count)], networks=[BOUGHT]), engine)
        assert answer.value == pytest.approx(value), count
        (row,) = answer.plan.fabrics
        assert (row.tiers, row.groups, row.systems) == (tiers, groups, count)
        assert row.added_usd / 1e6 + 1.25 * count == pytest.approx(value)


def test_every_system_has_a_port(engine: Engine) -> None:
    """Proves: as above, 16.75 for 5. Without the row no leaf is bought: 5 + 1.25."""
    check_row(
        tiny(demands=[deployment(5)], networks=[BOUGHT]),
        engine,
        "fabric.ports",
        value=16.75,
        without=6.25,
    )


def test_a_fabric_holds_what_its_grade_holds(engine: Engine) -> None:
    """Proves: as above. Without the row a second switch of one tier would do, 5 + 1.25 + 2."""
    check_row(
        tiny(demands=[deployment(5)], networks=[BOUGHT]),
        engine,
        "fabric.grade",
        value=16.75,
        without=8.25,
    )


def test_a_fabric_is_of_one_grade(engine: Engine) -> None:
    """Proves: as above. Without the row a switch for 4 and a group for the fifth: 5 + 1.25 + 1 +
    3.5."""
    check_row(
        tiny(demands=[deployment(5)], networks=[BOUGHT]),
        engine,
        "fabric.one",
        value=16.75,
        without=10.75,
    )


GROWS = tiny(
    periods=2, supply=[supply(cumulative=[4, 5])], demands=[deployment([4, 5])], networks=[BOUGHT]
)


def test_the_grade_of_a_fabric_is_chosen_once(engine: Engine) -> None:
    """Proves: 4 machines in 2025 and 5 in 2026 have two tiers from the start: 2 groups, then 3;
    16.75 in all."""
    answer = solved(GROWS, engine)
    assert answer.value == pytest.approx(16.75)
    assert [(row.period, row.tiers, row.groups) for row in answer.plan.fabrics] == [
        ("2025", 2, 2),
        ("2026", 2, 3),
    ]
    assert [answer.cash()["capex.fabric", year] for year in ("2025", "2026")] == [
        pytest.approx(8.0),
        pytest.approx(3.75),
    ]


LATER = dict(
    periods=2,
    systems=[system(earliest=1)],
    budget=budget(by_period={1: 1}),
    goals=[goal("maximize accelerators", at=1)],
)
"""Machines come in 2026, for which there is 1 MUSD."""


def test_leaves_are_not_sold_back(engine: Engine) -> None:
    """Proves: the group is bought in 2025, and 2026 pays 1 machine.

    Without the row 2 groups, which is what 3 machines take, would be bought ahead and one of them
    sold: 2 machines in 2026.
    """
    case = tiny(**LATER, sites=[site(power=3)], networks=[network(grade(1, per=2, group=1))])
    check_row(case, engine, "fabric.leaves_stay", value=1, without=2)


def test_networks_are_of_one_product_at_one_site(engine: Engine) -> None:
    """Proves: 2 of a and 2 of b, each at its own price of 1 more, have a switch each, 4 + 1 + 1; at
    two sites likewise."""
    one = grade(1, per=4, group=1)
    both = tiny(
        systems=[system("a"), system("b")],
        demands=[deployment(2, name="d", of=["a"]), deployment(2, name="e", of=["b"])],
        networks=[network(one, of="a"), network(one, of="b")],
    )
    assert solved(both, engine).value == pytest.approx(6)
    places = tiny(
        sites=[site("x"), site("y")],
        demands=[deployment(2, name="d", at=["x"]), deployment(2, name="e", at=["y"])],
        networks=[network(one, at="x"), network(one, at="y")],
    )
    assert solved(places, engine).value == pytest.approx(6)


def test_the_existing_fleet_has_its_fabric(engine: Engine) -> None:
    """Proves: 4 machines stand, a fifth takes a switch of its own: 1 + 1, not a second tier."""
    case = tiny(
        fleet=[fleet(units=4)],
        demands=[deployment(5)],
        networks=[network(grade(1, per=4, group=1))],
    )
    assert solved(case, engine).value == pytest.approx(2)


def test_what_is_moved_in_has_its_fabric_and_frees_its_ports(engine: Engine) -> None:
    """Proves: one that stood at x moves to y where one is bought: a group at y for the one bought,
    1 + 1 + 0.5 for the move."""
    case = tiny(
        sites=[site("x", power=[1, 0]), site("y", power=[0, 2])],
        periods=2,
        fleet=[fleet(units=1, leaves=None)],
        moves=[move("a", cost=0.5)],
        demands=[deployment([0, 2])],
        networks=[network(grade(1, per=1, group=1), at="y")],
    )
    assert solved(case, engine).value == pytest.approx(2.5)


def test_a_share_of_the_price_where_no_fabric_is_counted(engine: Engine) -> None:
    """Proves: at y the network is a quarter of the price, at x it is counted: 2 machines cost 2.5
    there and 2 + 1 here."""
    counted = network(grade(1, per=4, group=1))
    case = tiny(
        systems=[system(fabric=0.25)],
        sites=[site("x"), site("y")],
        demands=[deployment(2)],
        networks=[counted],
    )
    assert solved(case, engine).value == pytest.approx(2.5)
    here = tiny(systems=[system(fabric=0.25)], demands=[deployment(2)], networks=[counted])
    assert solved(here, engine).value == pytest.approx(3)


def words(plan: Plan) -> str:
    return "; ".join(problem.concise() for problem in findings_of(plan))


def test_an_altered_fabric_is_refused(engine: Engine) -> None:
    """Proves: each figure of a fabric's row is judged, and so is a row that is missing or too
    many."""
    plan = solved(GROWS, engine).plan
    first, last = plan.fabrics

    def altered(**fields: object) -> str:
        return words(rebuilt(plan, fabrics=[first, last.model_copy(update=fields)]))

    assert "5 systems are delivered, and take 3 groups of leaves, not 2" in altered(groups=2)
    assert "tiers is 1, re-derived 2" in altered(tiers=1)
    assert "added_usd" in altered(added_usd=1.0)
    assert "systems is 4, re-derived 5" in altered(systems=4)
    assert "network of a at x · 2026 is missing" in words(rebuilt(plan, fabrics=[first]))
    gone = [first, last.model_copy(update={"groups": 1})]
    assert "and none are sold" in words(rebuilt(plan, fabrics=gone))
    stray = [first, last, last]
    assert "stands twice in fabrics" in words(rebuilt(plan, fabrics=stray))


def test_an_altered_network_is_refused(engine: Engine) -> None:
    """Proves: a plan that says its network draws less than it does is refused, and so is one that
    puts it nowhere."""
    plan = solved(
        tiny(halls=[hall(mw=4, most=1)], networks=[network(grade(per=2, mw=1))], **MOST), engine
    ).plan
    (row,) = plan.networks
    assert "it_nameplate_mw is 0.5, re-derived 1" in words(
        plan.model_copy(update={"networks": [row.model_copy(update={"it_nameplate_mw": 0.5})]})
    )
    assert "networks take 1 MW of IT at x in 2025, and 0 MW of them stand in its halls" in words(
        rebuilt(plan, gear=[])
    )
