"""Power, cooling and space: how many machines fit, worked out by hand, and how many would without
the row.

All of these maximize accelerators; 7 are to be had, so 7 is the answer where nothing else limits.
"""

from __future__ import annotations

from typing import Any

import pytest

from planner.core.case import Case
from planner.solver.engine import Engine
from tests.builders import check_row, deployment, goal, site, solved, supply, system, tiny


def seven(systems: list[dict[str, Any]], sites: list[dict[str, Any]], **more: Any) -> Case:
    """At most 7 of each system, and as many accelerators as possible."""
    return tiny(
        systems=systems,
        sites=sites,
        supply=[supply(s["id"], cumulative=7) for s in systems],
        goals=["maximize accelerators"],
        **more,
    )


def test_utility_power_at_the_meter(engine: Engine) -> None:
    """Proves: 0.8 MW nameplate + 25 % overhead is 1 MW IT, × 1.2 on the design day, / 0.8 for
    losses, is 1.5 MW: 6 MW hold 4.

    Without the row: 7. Sized by the year's mean PUE of 1 it would be 1.25 MW each and again 4, so
    the peak is told apart below.
    """
    case = seven(
        [system(mw=0.8, overhead=0.25)], [site(power=6, pue=1.0, pue_peak=1.2)], utility_loss=0.2
    )
    answer = check_row(case, engine, "power.utility", value=4, without=7)
    (row,) = [row for row in answer.plan.limits if row.row.startswith("power.utility")]
    assert (row.used, row.limit) == (pytest.approx(6.0), 6.0)


def test_utility_power_takes_the_peak_pue(engine: Engine) -> None:
    """Proves: at PUE 2 on the design day 5 MW hold 2 machines of 1 MW. With the year's mean of 1
    they would hold 5."""
    assert solved(
        seven([system()], [site(power=5, pue=1, pue_peak=2)]), engine
    ).value == pytest.approx(2)


def test_sizing_by_peak_load(engine: Engine) -> None:
    """Proves: 3 MW hold 4 machines whose highest draw is 0.75 MW. Sized by their nameplate of 1 MW
    they would be 3."""
    machine = system(peak_mw=0.75)
    assert solved(seven([machine], [site(power=3, sizing="peak")]), engine).value == pytest.approx(
        4
    )
    assert solved(seven([machine], [site(power=3)]), engine).value == pytest.approx(3)


def test_power_arrives_in_steps(engine: Engine) -> None:
    """Proves: 2 MW in 2025 and 5 MW in 2026 run 2 and then 5 machines, 3.5 in the mean. Without the
    row: 7 in both."""
    case = seven([system()], [site(power=[2, 5])], periods=2)
    check_row(case, engine, "power.utility", value=3.5, without=7)


def test_power_is_shared_between_systems(engine: Engine) -> None:
    """Proves: of 5 MW two big machines (2 MW, 3 accelerators) and one small (1 MW, 1 accelerator)
    make 7; each alone would make 6 or 5.

    Without the row: 7 × 3 + 7 × 1 = 28.
    """
    case = seven([system("big", mw=2, accelerators=3), system("small")], [site(power=5)])
    answer = check_row(case, engine, "power.utility", value=7, without=28)
    assert answer.bought() == {("big", "2025"): 2, ("small", "2025"): 1}


def test_critical_it(engine: Engine) -> None:
    """Proves: 5 MW of critical IT hold 4 machines of 1 MW + 25 %, whatever the PUE. Without the
    row: 7."""
    check_row(
        seven([system(overhead=0.25)], [site(critical_it=5, pue=1.9)]),
        engine,
        "power.critical_it",
        value=4,
        without=7,
    )


def test_liquid_cooling(engine: Engine) -> None:
    """Proves: half of 1 MW goes to liquid and none of the overhead, so 2 MW carry 4. Without the
    row: 7."""
    check_row(
        seven([system(liquid=0.5, overhead=0.5)], [site(liquid=2)]),
        engine,
        "cooling.liquid",
        value=4,
        without=7,
    )


def test_air_cooling(engine: Engine) -> None:
    """Proves: the other half and the overhead, 0.5 + 0.25 MW, go to air, so 3 MW carry 4. Without
    the row: 7."""
    check_row(
        seven([system(liquid=0.5, overhead=0.25)], [site(air=3)]),
        engine,
        "cooling.air",
        value=4,
        without=7,
    )


def test_positions(engine: Engine) -> None:
    """Proves: 2 positions hold 5 systems of 0.4 racks. Without the row: 7."""
    check_row(
        seven([system(racks=0.4)], [site(positions=2)]),
        engine,
        "space.positions",
        value=5,
        without=7,
    )


def test_positions_arrive_in_steps(engine: Engine) -> None:
    """Proves: 1 position in 2025 and 3 in 2026, 2 in the mean. Without the row: 7."""
    check_row(
        seven([system()], [site(positions=[1, 3])], periods=2),
        engine,
        "space.positions",
        value=2,
        without=7,
    )


def test_a_system_stands_only_where_it_can_be_cooled(engine: Engine) -> None:
    """Proves: the liquid-cooled system may not be placed at x, so the demand at x takes the dearer
    air-cooled one: 3 MUSD.

    Without the restriction: 1 MUSD.
    """
    wet, dry = system("wet", liquid=1, sites=["y"]), system("dry", price=3)
    sites, demands = [site("x"), site("y")], [deployment(1, at=["x"])]
    assert solved(
        tiny(systems=[wet, dry], sites=sites, demands=demands), engine
    ).value == pytest.approx(3)
    anywhere = system("wet", liquid=1)
    assert solved(
        tiny(systems=[anywhere, dry], sites=sites, demands=demands), engine
    ).value == pytest.approx(1)


def test_a_system_without_power_is_not_limited_by_it(engine: Engine) -> None:
    """Proves: what draws nothing is limited by its supply alone, with no division by zero on the
    way."""
    case = seven([system(mw=0)], [site(power=0, critical_it=0, liquid=0, air=0)])
    assert solved(case, engine).value == pytest.approx(7)


def test_power_that_is_exactly_enough_is_enough(engine: Engine) -> None:
    """Proves: 0.3 MW hold three machines of 0.1 MW, although 0.3 / 0.1 is 2.9999999999999996 in
    floating point.

    Without the care: two.
    """
    assert solved(seven([system(mw=0.1)], [site(power=0.3)]), engine).value == pytest.approx(3)
    case = tiny(
        systems=[system(mw=0.0107)], sites=[site(power=1070)], goals=[goal("maximize accelerators")]
    )
    assert solved(case, engine).value == pytest.approx(100_000)
