"""Power that is asked for, or not to be exceeded, worked out by hand: a machine takes 1 MW and
costs 1 MUSD."""

from __future__ import annotations

import pytest

from planner.solver.engine import Engine
from tests.builders import (
    check_row,
    deployment,
    fleet,
    goal,
    grade,
    network,
    power,
    site,
    solved,
    system,
    tiny,
)

TWO = network(grade(1, most=2, per=2, mw=0.25), grade(2, per=2, mw=1))
"""2 machines on a group of 0.25 MW; more of them in groups of 1 MW for every two."""


def test_power_is_met_at_its_basis_and_load(engine: Engine) -> None:
    """Proves: of a machine of 1 MW that peaks at 0.8 and draws 0.5 in the mean, with an overhead of
    0.25 MW and a PUE of 1.2, 2.0 on the design day and a fifth lost before the meter, 4 MW are so
    many machines at each basis and load.

    By hand: rack 1, 0.8, 0.5 MW; IT 1.25, 1.05, 0.75; facility 2.5, 2.1, 0.9; utility 3.125, 2.625,
    1.125.
    """
    counts = {
        ("chip", "nameplate"): 4 / 1.0,
        ("rack", "nameplate"): 4 / 1.0,
        ("rack", "peak"): 4 / 0.8,
        ("rack", "average"): 4 / 0.5,
        ("it", "nameplate"): 4 / 1.25,
        ("it", "peak"): 4 / 1.05,
        ("facility", "nameplate"): 4 / 2.5,
        ("facility", "average"): 4 / 0.9,
        ("utility", "peak"): 4 / 2.625,
        ("utility", "average"): 4 / 1.125,
    }
    for (basis, load), least in counts.items():
        case = tiny(
            systems=[system(peak_mw=0.8, average_mw=0.5, overhead=0.25)],
            sites=[site(pue=1.2, pue_peak=2.0)],
            demands=[power(4, basis, load)],
            utility_loss=0.2,
        )
        answer = solved(case, engine)
        assert answer.value == pytest.approx(-(-least // 1)), (basis, load)
        assert answer.plan is not None
        (row,) = answer.plan.demands
        assert (row.unit, row.need) == (f"MW {basis} {load}", 4.0)


def test_networks_count_and_do_not_run_empty(engine: Engine) -> None:
    """Proves: 5.5 MW of IT are 4 machines with 2 groups of 1 MW. Without the row 3 machines hang on
    3 groups, 6 MW."""
    answer = check_row(
        tiny(networks=[TWO], demands=[power(5.5)]), engine, "network.no_more", value=4, without=3
    )
    assert [row.served for row in answer.plan.demands] == [pytest.approx(6.0)]


def test_a_network_that_counts_is_the_smallest(engine: Engine) -> None:
    """Proves: 2 machines with their small network draw 2.25 MW, so 2.5 are 3 machines, 5 MW.
    Without the row 2 machines have the large network, 3 MW."""
    check_row(
        tiny(networks=[TWO], demands=[power(2.5)]), engine, "network.outgrown", value=3, without=2
    )


def test_every_machine_draws_whoever_counts_it(engine: Engine) -> None:
    """Proves: 3 accelerators, 2 MW and 1 MW at the same time are 3 machines, not 6."""
    case = tiny(demands=[deployment(3), power(2), power(1, name="q")])
    assert solved(case, engine).value == pytest.approx(3)


def test_power_of_one_kind_at_one_site(engine: Engine) -> None:
    """Proves: 2 MW of b at y are 2 of b at y for 10 MUSD, though 3 of b stand at x and a is
    cheaper."""
    case = tiny(
        systems=[system("a"), system("b", price=5)],
        sites=[site("x"), site("y")],
        fleet=[fleet("b", 3, at="x")],
        demands=[power(2, of=["b"], at=["y"])],
    )
    answer = check_row(case, engine, "demand.served", value=10, without=0)
    assert [(p.system, p.site, p.units) for p in answer.plan.purchases] == [("b", "y", 2)]


def test_missing_power_has_a_price(engine: Engine) -> None:
    """Proves: where 2 of 4 MW can be had, the other 2 cost 3 MUSD a year each, for two years."""
    case = tiny(periods=2, sites=[site(power=2)], demands=[power(4, price=3)])
    assert solved(case, engine).value == pytest.approx(2 + 2 * 2 * 3)


def test_no_more_than_is_allowed(engine: Engine) -> None:
    """Proves: of 9 machines that fit, 5 accelerators may be in service, though nothing is asked
    for. Without the row: 9."""
    case = tiny(
        sites=[site(power=9)],
        demands=[deployment(0, most=5)],
        goals=[goal("maximize accelerators")],
    )
    answer = check_row(case, engine, "demand.at_most", value=5, without=9)
    (limit,) = [row for row in answer.plan.limits if row.row.startswith("demand.at_most")]
    assert (limit.limit, limit.used, limit.binding) == (5, 5, True)


def test_no_more_power_than_is_allowed(engine: Engine) -> None:
    """Proves: 5.25 MW of IT hold 3 machines with 2 groups of 1 MW. Without the row: 9."""
    case = tiny(
        sites=[site(power=14)],
        networks=[TWO],
        demands=[power(0, most=5.25)],
        goals=[goal("maximize accelerators")],
    )
    check_row(case, engine, "demand.at_most", value=3, without=9)


def test_a_limit_from_its_date_on(engine: Engine) -> None:
    """Proves: 4 may run in the first year and 2 from the second on, so 2 are bought where none may
    leave."""
    case = tiny(
        periods=2,
        sites=[site(power=9)],
        demands=[deployment(0, most=[None, 2])],
        goals=[goal("maximize accelerators")],
    )
    assert solved(case, engine).value == pytest.approx(2)
    assert solved(
        case.model_copy(
            update={"systems": [case.systems[0].model_copy(update={"may_retire": True})]}
        ),
        engine,
    ).value == pytest.approx((9 + 2) / 2)
