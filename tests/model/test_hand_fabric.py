"""Networks by the switch, worked out by hand: a machine is one node and costs 1 MUSD, leaves and switches cost what the test says."""

from __future__ import annotations

import pytest

from planner.plan.audit import findings_of
from planner.plan.schema import Plan
from planner.solve.engine import Engine
from tests.plan.answers import rebuilt
from tests.tiny import budget, check_row, deployment, fabric, fleet, goal, grade, site, solved, supply, system, tiny

TWO = fabric(grade(1, most=1, nodes=4, group=1), grade(2, most=4, nodes=2, above=0.5, group=2, switch=3), each=0.25)
"""One switch for 4 nodes at 1; or leaves for 2 at 2, with a switch at 3 above every two of them. 0.25 for each machine's links."""


def test_one_more_machine_needs_a_second_tier(engine: Engine) -> None:
    """Proves: 4 machines hang on one switch: 4 + 1 + 1 = 6. The fifth needs 3 leaves and 2 switches above: 5 + 1.25 + 6 + 6 = 18.25."""
    for count, value, tiers, switches in ((4, 6.0, 1, 1), (5, 18.25, 2, 5), (6, 19.5, 2, 5), (7, 22.75, 2, 6)):
        answer = solved(tiny(demands=[deployment(count)], fabrics=[TWO]), engine)
        assert answer.value == pytest.approx(value), count
        (row,) = answer.plan.fabrics
        assert (row.tiers, row.switches, row.nodes) == (tiers, switches, count)
        assert row.added_usd / 1e6 + 1.25 * count == pytest.approx(value)


def test_every_node_has_a_port(engine: Engine) -> None:
    """Proves: as above, 18.25 for 5. Without the row no leaf is bought: 5 + 1.25."""
    check_row(tiny(demands=[deployment(5)], fabrics=[TWO]), engine, "fabric.ports", value=18.25, without=6.25)


def test_a_network_holds_what_its_tiers_hold(engine: Engine) -> None:
    """Proves: as above. Without the row a second switch of the one-tier network would do, 5 + 1.25 + 2."""
    check_row(tiny(demands=[deployment(5)], fabrics=[TWO]), engine, "fabric.grade", value=18.25, without=8.25)


def test_a_network_has_one_number_of_tiers(engine: Engine) -> None:
    """Proves: as above. Without the row a one-tier network for 4 and a two-tier one for the fifth: 5 + 1.25 + 1 + 2 + 3."""
    check_row(tiny(demands=[deployment(5)], fabrics=[TWO]), engine, "fabric.one", value=18.25, without=12.25)


def test_switches_above_the_leaves(engine: Engine) -> None:
    """Proves: as above. Without the row the second tier has leaves alone: 5 + 1.25 + 6."""
    check_row(tiny(demands=[deployment(5)], fabrics=[TWO]), engine, "fabric.above", value=18.25, without=12.25)


GROWS = tiny(periods=2, supply=[supply(cumulative=[4, 5])], demands=[deployment([4, 5])], fabrics=[TWO])


def test_tiers_are_chosen_once(engine: Engine) -> None:
    """Proves: 4 machines in 2025 and 5 in 2026 have two tiers from the start: 2 leaves and 1 switch, then 3 and 2; 18.25 in all.

    One tier first and the second later would cost a switch more, 19.25, and take everything apart.
    """
    answer = solved(GROWS, engine)
    assert answer.value == pytest.approx(18.25)
    assert [(row.period, row.tiers, row.groups, row.above) for row in answer.plan.fabrics] == [("2025", 2, 2, 1), ("2026", 2, 3, 2)]
    assert [answer.cash()["capex.fabric", year] for year in ("2025", "2026")] == [pytest.approx(8.0), pytest.approx(5.25)]


LATER = dict(
    periods=2,
    systems=[system(earliest=1)],
    budget=budget(by_period={1: 1}),
    goals=[goal("maximize accelerators", at=1)],
)
"""Machines come in 2026, for which there is 1 MUSD."""


def test_leaves_are_not_sold_back(engine: Engine) -> None:
    """Proves: the leaf is bought in 2025, and 2026 pays 1 machine.

    Without the row 4 leaves would be bought ahead and 2 of them sold in 2026: 3 machines less 2 MUSD.
    """
    case = tiny(**LATER, fabrics=[fabric(grade(1, most=4, nodes=2))])
    check_row(case, engine, "fabric.leaves_stay", value=1, without=3)


def test_switches_are_not_sold_back(engine: Engine) -> None:
    """Proves: 1 machine again. Without the row any number of switches would pay for the 4 machines that a leaf holds."""
    case = tiny(**LATER, fabrics=[fabric(grade(2, most=1, nodes=4, above=1, group=0))])
    check_row(case, engine, "fabric.above_stays", value=1, without=4)


def test_networks_are_of_one_system_at_one_site(engine: Engine) -> None:
    """Proves: 2 of a and 2 of b, each at its own price of 1 more, have a switch each, 4 + 1 + 1; at two sites likewise."""
    one = grade(1, most=1, nodes=4)
    both = tiny(
        systems=[system("a"), system("b")],
        demands=[deployment(2, name="d", of=["a"]), deployment(2, name="e", of=["b"])],
        fabrics=[fabric(one, of="a"), fabric(one, of="b")],
    )
    assert solved(both, engine).value == pytest.approx(6)
    places = tiny(
        sites=[site("x"), site("y")],
        demands=[deployment(2, name="d", at=["x"]), deployment(2, name="e", at=["y"])],
        fabrics=[fabric(one, at="x"), fabric(one, at="y")],
    )
    assert solved(places, engine).value == pytest.approx(6)


def test_the_existing_fleet_has_its_network(engine: Engine) -> None:
    """Proves: 4 machines stand, a fifth takes a switch of its own: 1 + 1, not a second tier."""
    case = tiny(fleet=[fleet(units=4)], demands=[deployment(5)], fabrics=[fabric(grade(1, most=1, nodes=4))])
    assert solved(case, engine).value == pytest.approx(2)


def test_a_share_of_the_price_where_no_network_is_counted(engine: Engine) -> None:
    """Proves: at y the network is a quarter of the price, at x it is counted: 2 machines cost 2.5 there and 2 + 1 here."""
    case = tiny(
        systems=[system(fabric=0.25)], sites=[site("x"), site("y")], demands=[deployment(2)], fabrics=[fabric(grade(1, most=1, nodes=4))]
    )
    assert solved(case, engine).value == pytest.approx(2.5)
    here = tiny(systems=[system(fabric=0.25)], demands=[deployment(2)], fabrics=[fabric(grade(1, most=1, nodes=4))])
    assert solved(here, engine).value == pytest.approx(3)


def test_several_nodes_per_system(engine: Engine) -> None:
    """Proves: a system of 3 nodes on leaves of 4: two of them need 2 leaves, 2 + 2, and three 3, 3 + 3: 9 nodes do not fit 8 ports."""
    net = fabric(grade(1, most=9, nodes=4), nodes=3)
    assert solved(tiny(demands=[deployment(2)], fabrics=[net]), engine).value == pytest.approx(4)
    assert solved(tiny(demands=[deployment(3)], fabrics=[net]), engine).value == pytest.approx(6)


def test_what_a_network_draws_is_told(engine: Engine) -> None:
    """Proves: 3 leaves and 2 switches at 0.25 MW and 5 machines' links at 0.125: 1.875 MW, and no power is added by it."""
    plan = solved(tiny(demands=[deployment(5)], fabrics=[TWO]), engine).plan
    assert plan.fabrics[0].it_nameplate_mw == pytest.approx(1.875)
    assert plan.totals.it_nameplate_mw == pytest.approx(5)


def words(plan: Plan) -> str:
    return "; ".join(problem.concise() for problem in findings_of(plan))


def test_an_altered_network_is_refused(engine: Engine) -> None:
    """Proves: each figure of a network's row is judged, and so is a row that is missing or too many."""
    plan = solved(GROWS, engine).plan
    first, last = plan.fabrics

    def altered(**fields: object) -> str:
        return words(rebuilt(plan, fabrics=[first, last.model_copy(update=fields)]))

    assert "5 nodes are delivered, and the leaves have ports for 4" in altered(groups=2)
    assert "1.5 switches stand above such leaves, not 1" in altered(above=1)
    assert "a network of 2 tiers cannot become one of 1" in altered(tiers=1)
    assert "9 groups do not fit 2 tiers, which hold 4" in altered(groups=9)
    assert "switches is 7, re-derived 5" in altered(switches=7)
    assert "added_usd is " in altered(added_usd=1.0)
    assert "network of a at x · 2026 is missing" in words(rebuilt(plan, fabrics=[first]))
    gone = [first.model_copy(update={"groups": 4, "above": 2}), last]
    assert "and none are sold" in words(rebuilt(plan, fabrics=gone))
    stray = [first, last, last.model_copy(update={"system": "a", "period": "2025"})]
    assert "stands twice in fabrics" in words(rebuilt(plan, fabrics=stray))
