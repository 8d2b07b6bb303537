"""Power caps as choices: optima worked out by hand. Systems cost 1 MUSD, draw 1 MW and compute 1
PFLOP/s unless held to less."""

from __future__ import annotations

import pytest

from planner.capabilities.fleet.caps import held
from planner.solver.engine import Engine
from tests.builders import (
    capped,
    check_row,
    deployment,
    fleet,
    goal,
    qualify,
    site,
    solved,
    supply,
    system,
    tiny,
)

MACHINES = [system(), capped(system(), 0.8, 0.9)]
"""One at full draw, and the same one held to 0.8 MW with 0.9 PFLOP/s."""


def test_a_cap_makes_room_for_more(engine: Engine) -> None:
    """Proves: 12 MW hold 12 at full draw for 12, or 15 held to 0.8 MW for 15 · 0.9 = 13.5 PFLOP/s.
    Without power: nothing is held."""
    case = tiny(
        systems=MACHINES,
        sites=[site(power=12)],
        supply=[supply(cumulative=20)],
        goals=[goal("maximize compute")],
    )
    answer = check_row(case, engine, "power.utility", value=13.5, without=20)
    assert answer.bought() == {("a-capped", "2025"): 15}


def test_a_cap_brings_no_machines_that_were_not_allotted(engine: Engine) -> None:
    """Proves: 13 are allotted. x at full draw and 13 − x held: x + 0.8 (13 − x) ≤ 12 lets x be 8,
    for 8 + 5 · 0.9 = 12.5 PFLOP/s.

    Without the row of the allocation the held ones fill the site, 13.5; were it the uncapped ones'
    alone, as well.
    """
    case = tiny(
        systems=MACHINES,
        sites=[site(power=12)],
        supply=[supply(cumulative=13)],
        goals=[goal("maximize compute")],
    )
    answer = check_row(case, engine, "supply.cumulative", value=12.5, without=13.5)
    assert answer.bought() == {("a", "2025"): 8, ("a-capped", "2025"): 5}


def test_a_rate_is_of_both(engine: Engine) -> None:
    """Proves: 5 a year are 10 after two years, held or not; 9 MW hold 5 at full draw and 5 held to
    0.8 MW: 5 + 4.5.

    Without the row: 1 at full draw and 10 held.
    """
    case = tiny(
        periods=2,
        systems=MACHINES,
        sites=[site(power=9)],
        supply=[supply(each=5)],
        goals=[goal("maximize compute", at=1)],
    )
    check_row(case, engine, "supply.per_period", value=9.5, without=10)


def test_an_order_is_of_both(engine: Engine) -> None:
    """Proves: orders of at least 4 may be 2 and 2. 3.6 MW hold 2 + 2 · 0.8 for 4 deployed: 4 MUSD;
    4 of one kind need 4 or 3.2 MW, so that the row is about the sum: with 2 at one site that only
    takes full draw, and 2 at one that only takes held ones."""
    machines = [system(sites=["x"]), {**capped(system(), 0.8, 0.9), "sites": ["y"]}]
    case = tiny(
        systems=machines,
        sites=[site("x", power=2), site("y", power=1.6)],
        supply=[supply(minimum=4, lot=2)],
        demands=[deployment(2, name="d", at=["x"]), deployment(2, name="e", at=["y"])],
    )
    assert solved(case, engine).value == pytest.approx(4)


def test_a_qualification_is_of_both(engine: Engine) -> None:
    """Proves: 2 machines, held or not, need their supplier qualified for 3 MUSD: 5. Without the
    row: 2."""
    case = tiny(
        systems=MACHINES,
        sites=[site(power=2)],
        qualifications=[qualify("a", ["a", "a-capped"], cost=3)],
        demands=[deployment(2)],
    )
    check_row(case, engine, "supply.qualified", value=5, without=2)


def test_what_stands_is_not_held(engine: Engine) -> None:
    """Proves: 2 stand at full draw in 4 MW, so 2 more at full draw or 2.5 held: 2 held, 3.8; or 2
    at full draw, 4."""
    case = tiny(
        systems=MACHINES,
        sites=[site(power=4)],
        fleet=[fleet(units=2)],
        goals=[goal("maximize compute")],
    )
    assert solved(case, engine).value == pytest.approx(4)


def test_draws_and_work_under_a_cap() -> None:
    """Proves: at 80 % of a nameplate of 10 kW, a peak of 9 kW falls to 8 and an average of 7 stays;
    work is (8/9)^0.87, all by hand."""
    machine = tiny(
        systems=[system(mw=0.01, peak_mw=0.009, average_mw=0.007, overhead=0.2)]
    ).systems[0]
    found = held(machine, 0.8, 0.87)
    assert (found.id, found.product, found.nameplate_w, found.peak_w) == (
        "a@80%",
        "a",
        pytest.approx(8e3),
        pytest.approx(8e3),
    )
    assert (found.average_w, found.idle_w) == (pytest.approx(7e3), 0)
    assert found.mfu["bf16"] == pytest.approx(0.902605, abs=1e-6)
    assert found.it_overhead * found.nameplate_w == pytest.approx(
        machine.it_overhead * machine.nameplate_w
    )


def test_a_cap_above_the_peak_costs_nothing() -> None:
    """Proves: 90 % of the nameplate is the peak, so that all of the work is left and a tenth of
    what was provisioned is free."""
    machine = tiny(systems=[system(peak_mw=0.9)]).systems[0]
    assert held(machine, 0.9, 0.87).mfu["bf16"] == 1
