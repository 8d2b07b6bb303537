"""Power sources: what is added, when and for how much, worked out by hand, and what would be
without the row.

Unless a test says otherwise: machines draw 1 MW at every load, 7 accelerators are to be had, a
source's unit has 1 MW and costs nothing.
"""

from __future__ import annotations

from typing import Any

import pytest

from planner.core.case import Case
from planner.errors import InfeasibleError
from planner.solver.engine import Engine
from tests.builders import check_row, deployment, site, solved, source, supply, system, tiny


def seven(
    sources: list[Any],
    sites: list[dict[str, Any]],
    systems: list[dict[str, Any]] | None = None,
    **more: Any,
) -> Case:
    """At most 7 of each system, and as many accelerators as possible."""
    systems = systems or [system()]
    more.setdefault("goals", ["maximize accelerators"])
    return tiny(
        systems=systems,
        sites=sites,
        sources=sources,
        supply=[supply(s["id"], cumulative=7) for s in systems],
        **more,
    )


def starts(answer: Any) -> dict[tuple[str, str], int]:
    """(source, period) → units that begin to run."""
    return {(row.source, row.period): row.units for row in answer.plan.source_starts}


def test_firm_power_adds_to_the_connection(engine: Engine) -> None:
    """Proves: 2 MW of connection and 4 units of 1 MW, three quarters firm, hold 2 + 3 machines.

    Without the row: all 7, which draw half of their nameplate in the mean.
    """
    case = seven([source(most=4, firm=0.75)], [site(power=2)], [system(average_mw=0.5)])
    answer = check_row(case, engine, "power.utility", value=5, without=7)
    (row,) = [row for row in answer.plan.limits if row.row.startswith("power.utility")]
    assert (row.used, row.limit) == (pytest.approx(2.0), 2.0)


def test_mean_draw_beyond_output_comes_through_the_connection(engine: Engine) -> None:
    """Proves: on an island with 5 firm units whose mean output is half, 2.5 MW of mean draw are to
    be had: 2 machines.

    Without the row: 5, all that is firm.
    """
    answer = check_row(
        seven([source(most=5, output=0.5)], [site(power=0)]),
        engine,
        "cover.draw",
        value=2,
        without=5,
    )
    assert sum(row.mean_mw for row in answer.plan.source_outputs) == pytest.approx(2.0)


def test_no_more_units_than_the_scenario_allows(engine: Engine) -> None:
    """Proves: at most 3 units stand at once. Without the row nothing bounds them, and the 7
    machines to be had run."""
    check_row(
        seven([source(most=3)], [site(power=0)]), engine, "sources.at_most", value=3, without=7
    )


def test_a_permit_limits_nameplate(engine: Engine) -> None:
    """Proves: a permit for 5 MW allows two units of 2 MW: 4 machines. Without the row: 3 units, 6
    machines."""
    case = seven([source(unit=2, most=3, permit=5)], [site(power=0)])
    check_row(case, engine, "sources.permit_power", value=4, without=6)


def test_a_rented_unit_runs_for_its_term(engine: Engine) -> None:
    """Proves: 1 machine is asked for in 2026 alone, a unit rented for 2 years at 1 MUSD a year
    costs 2 besides the machine: 3.

    Started in 2025 or 2026, two years are paid: the second start owes a year beyond the horizon.
    Without the row: units run without a start, for the one year they are needed: 2.
    """
    case = tiny(
        periods=2,
        sites=[site(power=0)],
        sources=[source(kind="rented", term=2, fixed=1, most=1)],
        demands=[deployment([0, 1])],
    )
    answer = check_row(case, engine, "sources.units", value=3, without=2)
    assert sum(starts(answer).values()) == 1


def test_rent_is_owed_beyond_the_horizon(engine: Engine) -> None:
    """Proves: in a horizon of one year a unit rented for 3 years at 1 MUSD a year costs 3. An owned
    one at 2.5 MUSD is cheaper."""
    rented = source("rented", kind="rented", term=3, fixed=1)
    case = tiny(sites=[site(power=0)], sources=[rented], demands=[deployment(1)])
    assert solved(case, engine).value == pytest.approx(1 + 3)
    case = tiny(
        sites=[site(power=0)], sources=[rented, source("owned", capex=2.5)], demands=[deployment(1)]
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(1 + 2.5)
    assert starts(answer) == {("owned", "2025"): 1}


def test_terms_follow_each_other(engine: Engine) -> None:
    """Proves: 3 years of need take two starts of two years each, 4 years at 1 MUSD, and the
    machine: 5."""
    case = tiny(
        periods=3,
        sites=[site(power=0)],
        sources=[source(kind="rented", term=2, fixed=1)],
        demands=[deployment([1, 1, 1])],
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(5)
    assert sum(starts(answer).values()) == 2


def test_a_temporary_permit_ends(engine: Engine) -> None:
    """Proves: what may stand 2 years at a stretch serves 2 of 3 years: a shortfall of 1 at 10 MUSD,
    and the machine: 11.

    Without the row: 1. Rented by the year; an owned unit could not go again.
    """
    temporary = source(kind="rented", term=1, permit_periods=2)
    case = tiny(
        periods=3,
        sites=[site(power=0)],
        sources=[temporary],
        demands=[deployment([1, 1, 1], price=10)],
    )
    answer = check_row(case, engine, "sources.permit_time", value=11, without=1)
    assert len(starts(answer)) == 2


def test_idle_means_that_nothing_stands(engine: Engine) -> None:
    """Proves: the same; without the row that ties idleness to units, a permit could be kept while
    all of it runs: 1."""
    temporary = source(kind="rented", term=1, permit_periods=2)
    case = tiny(
        periods=3,
        sites=[site(power=0)],
        sources=[temporary],
        demands=[deployment([1, 1, 1], price=10)],
    )
    check_row(case, engine, "sources.idle", value=11, without=1)


def test_a_permit_begins_again_after_a_pause(engine: Engine) -> None:
    """Proves: the connection carries the machine in 2027 and the source in the two years before and
    after it: 1, the machine.

    If the permit ran out for good, two years would go short.
    """
    temporary = source(kind="rented", term=1, permit_periods=2, most=1, fixed=0.01)
    power = [0, 0, 1, 0, 0]
    case = tiny(
        periods=5,
        sites=[site(power=power)],
        sources=[temporary],
        demands=[deployment([1] * 5, price=10)],
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(1.04, rel=1e-3)
    assert {row.period for row in answer.plan.sources} == {"2025", "2026", "2028", "2029"}


def test_output_is_bounded_by_units(engine: Engine) -> None:
    """Proves: one unit that costs nothing to run spares half of the grid's bill of 2 × 1 MUSD: 2
    machines + 1 = 3. Without the row: 2."""
    case = tiny(sites=[site(power=5, energy=1)], sources=[source(most=1)], demands=[deployment(2)])
    answer = check_row(case, engine, "sources.output", value=3, without=2)
    cash = {row.bucket: row.usd for row in answer.plan.cash}
    assert cash["opex.energy"] == pytest.approx(1e6)


def test_nothing_is_fed_into_the_grid(engine: Engine) -> None:
    """Proves: 5 units spare no more than the site takes: 1 machine, no bill: 1. Without the row
    they would earn 4 MUSD: −3."""
    case = tiny(sites=[site(power=5, energy=1)], sources=[source(most=5)], demands=[deployment(1)])
    check_row(case, engine, "sources.own_use", value=1, without=1 - 4)


def test_the_cheaper_energy_runs_first(engine: Engine) -> None:
    """Proves: 3 MW are taken; 2 from a source at 0.25 a year, 1 from the grid at 0.5, none from one
    at 0.75: 3 + 0.5 + 0.5 = 4."""
    cheap, dear = source("cheap", most=2, energy=0.25), source("dear", most=2, energy=0.75)
    case = tiny(sites=[site(power=5, energy=0.5)], sources=[cheap, dear], demands=[deployment(3)])
    answer = solved(case, engine)
    assert answer.value == pytest.approx(4)
    assert [(row.source, row.mean_mw) for row in answer.plan.source_outputs] == [
        ("cheap", pytest.approx(2.0))
    ]
    cash = {row.bucket: row.usd / 1e6 for row in answer.plan.cash}
    assert cash["opex.energy"] == pytest.approx(0.5)
    assert cash["opex.generation.fuel"] == pytest.approx(0.5)


def test_money_of_an_owned_source(engine: Engine) -> None:
    """Proves: 2 MUSD at the start, half a year's worth of upkeep per year, and half its worth after
    2 of 4 years of life.

    1 (machine) + 2 + 2 × 0.5 − 1 = 3. The machine leaves nothing, for it loses all its worth in a
    year.
    """
    case = tiny(
        periods=2,
        sites=[site(power=0)],
        sources=[source(capex=2, fixed=0.5, life=4)],
        demands=[deployment([1, 1])],
        worth=True,
        resale_decline=1.0,
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(3)
    cash = {(row.bucket, row.period): row.usd / 1e6 for row in answer.plan.cash}
    assert cash["capex.generation", "2025"] == pytest.approx(2)
    assert cash["residual.generation", "2026"] == pytest.approx(-1)
    assert answer.plan.totals.capex_usd == pytest.approx(3e6)


def test_more_connection_is_a_choice_of_whole_steps(engine: Engine) -> None:
    """Proves: 3 machines at 1 MW of connection take one step of 4 MW at 5 MUSD, whose energy is the
    grid's: 3 + 5 + 3 × 1 = 11.

    Nothing is put out, and the step counts for the mean draw too.
    """
    case = tiny(
        sites=[site(power=1, energy=1)],
        sources=[source("step", kind="grid", unit=4, most=2, capex=5)],
        demands=[deployment(3)],
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(11)
    assert starts(answer) == {("step", "2025"): 1}
    assert answer.plan.source_outputs == []


def test_contracts_come_through_the_connection(engine: Engine) -> None:
    """Proves: a contract adds no power at the meter, so 1 MW of connection runs 1 machine; its
    energy at 0.5 spares the grid's 1."""
    contract = source("ppa", kind="contract", term=1, energy=0.5)
    assert solved(seven([contract], [site(power=1)]), engine).value == pytest.approx(1)
    case = tiny(sites=[site(power=1, energy=1)], sources=[contract], demands=[deployment(1)])
    assert solved(case, engine).value == pytest.approx(1 + 0.5)


def test_sources_come_when_they_can(engine: Engine) -> None:
    """Proves: from 2026 on 3 MW are there: 0 and then 3 machines, 1.5 in the mean. Not begun by
    2025, there would be none."""
    case = seven([source(most=3, earliest=1)], [site(power=0)], periods=2)
    assert solved(case, engine).value == pytest.approx(1.5)
    case = seven([source(most=3, earliest=1, latest=0)], [site(power=0)], periods=2)
    assert solved(case, engine).value == pytest.approx(0)


def test_an_island_without_enough_is_refused_by_its_limits(engine: Engine) -> None:
    """Proves: 3 machines on an island with 2 units conflict with the number of units, and with the
    demand."""
    case = tiny(sites=[site(power=0)], sources=[source(most=2)], demands=[deployment(3)])
    with pytest.raises(InfeasibleError) as error:
        solved(case, engine)
    assert {"demand d", "power source x:g", "power at x"} == {
        limit.name for limit in error.value.refusal.conflict
    }
    assert {"power source x:g": 3, "demand d": 2}.items() <= {
        w.changes[0].limit: w.changes[0].to for w in error.value.refusal.repairs
    }.items()
