"""What a site draws above its connection is carried by what is firm, and takes energy, by hand; and
what would be without the row.

Unless a test says otherwise: machines draw 1 MW at the load that their site is sized by and 0.5 MW
in the mean, and cost 1 MUSD; a quarter of the hours is at that load, a half at the mean and a
quarter at nothing; a source's unit has 1 MW, all firm, and costs nothing.
"""

from __future__ import annotations

from typing import Any

import pytest

from planner.capabilities.generation.case import CaseSource
from planner.core.case import Case
from planner.solver.engine import Engine
from tests.builders import (
    HOURS,
    carbon,
    check_row,
    curve,
    deployment,
    fleet,
    ramp,
    site,
    solved,
    source,
    supply,
    system,
    tariff,
    tiny,
)

EVEN = ((0.25, 1.0), (0.5, 0.0), (0.25, -1.0))
HALF = system(average_mw=0.5)


def most(
    sources: list[CaseSource], power: float, machine: dict[str, Any] = HALF, **meter: Any
) -> Case:
    """As many of up to 7 machines as there can be."""
    known = {"load_durations": [curve(*EVEN)], **meter}
    allowed = [supply("a", cumulative=7)]
    return tiny(
        systems=[machine],
        sites=[site(power=power)],
        sources=sources,
        supply=allowed,
        goals=["maximize accelerators"],
        meter=known,
    )


def four(
    sources: list[CaseSource],
    *,
    power: float = 2,
    energy: float = 0.0,
    machine: dict[str, Any] = HALF,
    **meter: Any,
) -> Case:
    """Four machines, which draw 4, 2 and 0 MW, at the least cost."""
    known = {"load_durations": [curve(*EVEN)], **meter}
    return tiny(
        systems=[machine],
        sites=[site(power=power, energy=energy)],
        sources=sources,
        demands=[deployment(4)],
        meter=known,
    )


def carried(answer: Any) -> dict[tuple[str, str], float]:
    """(source, step) → MW carried."""
    return {(row.source, row.step): row.mw for row in answer.plan.source_covers}


def test_what_may_burn_nothing_carries_nothing(engine: Engine) -> None:
    """Proves: 2 MW of connection and 3 units that may emit nothing hold 2 machines, for a third
    would burn fuel at its highest load.

    Without the row: all that is firm besides, 5.
    """
    answer = check_row(
        most([source(most=3, carbon=500)], 2, carbon=[carbon([0.0], total=0)]),
        engine,
        "cover.draw",
        value=2,
        without=5,
    )
    assert answer.plan.source_covers == []


def test_what_is_carried_is_burned_and_emitted(engine: Engine) -> None:
    """Proves: 2 MW above the connection in a quarter of the year are 0.5 MW in the mean: at 1 MUSD
    per MW and year 0.5, so 4.5.

    They emit 0.5 MW · 8760 h · 500 kg/MWh. Without the row that makes it put out what it carries:
    4.
    """
    case = four([source(energy=1, carbon=500)], carbon=[carbon([0.0])])
    answer = check_row(case, engine, "cover.output", value=4.5, without=4)
    assert carried(answer) == {("g", "step 1"): pytest.approx(2)}
    (row,) = answer.plan.sources
    assert row.energy_mwh == pytest.approx(0.5 * HOURS)
    assert row.carries_h == pytest.approx(0.25 * HOURS)
    assert row.carbon_t == pytest.approx(0.5 * HOURS * 0.5)
    (emitted,) = answer.plan.carbon
    assert emitted.sources_t == pytest.approx(row.carbon_t)
    (meter,) = answer.plan.meter
    assert meter.energy_mwh == pytest.approx(1.5 * HOURS)


def test_an_island_carries_every_hour(engine: Engine) -> None:
    """Proves: without a connection 4, 2 and 0 MW are carried, 2 MW in the mean, and none of the
    hours in which nothing is drawn."""
    answer = solved(four([source(energy=1)], power=0), engine)
    assert answer.value == pytest.approx(4 + 2)
    (row,) = answer.plan.sources
    assert row.carries_h == pytest.approx(0.75 * HOURS)


def test_a_source_carries_only_what_is_firm_of_it(engine: Engine) -> None:
    """Proves: of 2 MW half come from the unit that is half firm and free, half from one that costs
    1 a year: 0.25 of it, so 4.25.

    Another half of the free one stands beside it. Without the row the free ones carry all: 4.
    """
    case = four([source("free", most=2, firm=0.5), source("dear", energy=1, most=1)])
    check_row(case, engine, "cover.firm", value=4.25, without=4)


STORE = {"kind": "storage", "most": 1}
DEAR = source(energy=1, most=4)


def test_storage_gives_no_more_than_its_power(engine: Engine) -> None:
    """Proves: 1 MW of storage carries 1 of 2 MW, and the rest burns 0.25: 4.25. Without the row its
    24 hours carry both: 4."""
    answer = check_row(
        four([DEAR, source("b", **STORE, hours=24)]), engine, "cover.power", value=4.25, without=4
    )
    assert carried(answer)["b", "step 1"] == pytest.approx(1)


def test_storage_lasts_for_its_hours_of_a_day(engine: Engine) -> None:
    """Proves: a quarter of each day is 6 hours: 2 MW for 3 hours carry 1 MW, and the rest burns
    0.25: 4.25. Without the row: 4."""
    check_row(
        four([DEAR, source("b", **STORE, unit=2, hours=3)]),
        engine,
        "cover.cycle",
        value=4.25,
        without=4,
    )


def test_storage_gives_what_it_took(engine: Engine) -> None:
    """Proves: only in the hours without a load is there room to take 2 MW; storage that returns
    half of it carries 1 MW: 4.25.

    Without the row it returns all: 4.
    """
    check_row(
        four([DEAR, source("b", **STORE, unit=2, hours=24, back=0.5)]),
        engine,
        "cover.taken",
        value=4.25,
        without=4,
    )


def test_what_storage_loses_is_paid(engine: Engine) -> None:
    """Proves: it takes 0.5 MW in the mean and gives 0.25: at 1 MUSD per MW and year the loss is
    0.25, beside 2 for the mean draw.

    The source burns 0.25 MW at 3, which the grid then need not supply: 4 + 2 + 0.25 + 0.75 − 0.25 =
    6.75. Without the row: 6.5.
    """
    store = source("b", **STORE, unit=2, hours=24, back=0.5)
    answer = check_row(
        four([source(energy=3), store], energy=1), engine, "cover.loss", value=6.75, without=6.5
    )
    (row,) = [row for row in answer.plan.sources if row.source == "b"]
    assert row.energy_mwh == pytest.approx(-0.25 * HOURS)
    (meter,) = answer.plan.meter
    assert meter.energy_mwh == pytest.approx((2 + 0.25 - 0.25) * HOURS)


def test_storage_is_not_firm(engine: Engine) -> None:
    """Proves: 2 MW of connection and 1 firm hold 3 machines, whatever storage could give. Without
    the row a fourth: storage carries it."""
    check_row(
        most([source(most=1), source("b", **STORE, hours=24)], 2),
        engine,
        "power.utility",
        value=3,
        without=4,
    )


def test_storage_alone_carries_nothing(engine: Engine) -> None:
    """Proves: with nothing firm beside it, storage adds no machine: 2."""
    assert solved(
        most([source("b", kind="storage", most=9, hours=24)], 2), engine
    ).value == pytest.approx(2)


def test_storage_that_holds_a_ramp_carries_nothing(engine: Engine) -> None:
    """Proves: at a site with a ramp limit all of 2 MW is burned: 4.5, where storage without a ramp
    to hold would carry it: 4."""
    sources = [DEAR, source("b", kind="storage", most=9, hours=24)]
    assert solved(four(sources), engine).value == pytest.approx(4)
    assert solved(four(sources, ramps=[ramp(0.5, 60, 3)]), engine).value == pytest.approx(4.5)


def test_what_runs_at_the_top_lowers_the_bill_to_the_step_below(engine: Engine) -> None:
    """Proves: with 9 MW of connection and 1 MUSD per MW billed, 2 MW run in a quarter of the year,
    0.5, and 2 MW are billed: 6.5.

    Without the row that says what is drawn at most: 4.
    """
    case = four([source(energy=1, most=2)], power=9, tariffs=[tariff()])
    answer = check_row(case, engine, "tariff.highest", value=6.5, without=4)
    (row,) = answer.plan.meter
    assert (row.highest_mw, row.billed_mw) == (pytest.approx(2), pytest.approx(2))


def test_units_that_are_counted_leave_a_margin(engine: Engine) -> None:
    """Proves: of all units that stand one is never firm: for 1 machine on an island two are started
    at 1 MUSD each: 3.

    Without the row that takes the margin off: one unit, 2.
    """
    case = tiny(sites=[site(power=0)], sources=[source(spare=1, capex=1)], demands=[deployment(1)])
    answer = check_row(case, engine, "sources.firm", value=3, without=2)
    (row,) = answer.plan.sources
    assert (row.units, row.firm_mw) == (2, pytest.approx(1))


def test_only_what_is_counted_is_firm(engine: Engine) -> None:
    """Proves: the same; without the row, what is not counted would be firm without a margin: 2."""
    case = tiny(sites=[site(power=0)], sources=[source(spare=1, capex=1)], demands=[deployment(1)])
    check_row(case, engine, "sources.counted", value=3, without=2)


def test_a_unit_that_is_not_counted_may_still_put_out(engine: Engine) -> None:
    """Proves: one unit, less than the margin, spares the grid's energy of 1 MUSD: 1, the
    machine."""
    case = tiny(
        sites=[site(power=1, energy=1)],
        sources=[source(spare=1.5, most=1)],
        demands=[deployment(1)],
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(1)
    assert answer.plan.sources[0].firm_mw == 0


def test_sites_without_own_generation_have_no_steps(engine: Engine) -> None:
    """Proves: a connection to be had, a contract and a battery alone bring no row or column of this
    family."""
    others = [
        source("step", kind="grid"),
        source("ppa", kind="contract", term=1),
        source("b", kind="storage", hours=4),
    ]
    answer = solved(four(others, power=4), engine)
    names = {*answer.model.frame.rows, *answer.model.frame.variables}
    assert {name for name in names if name.partition(".")[0] in ("cover", "give", "take")} == set()
    assert (
        solved(four([], power=4), engine)
        .model.frame.variables.keys()
        .isdisjoint({"cover", "storage_loss", "highest"})
    )


def test_a_step_that_comes_later_is_carried_until_then(engine: Engine) -> None:
    """Proves: what stands already is carried too: 4 machines stand, 2 MW burn in the first year and
    none in the second: 0.5."""
    case = tiny(
        periods=2,
        systems=[HALF],
        fleet=[fleet("a", 4)],
        sites=[site(power=[2, 4])],
        sources=[source(energy=1)],
        meter={"load_durations": [curve(*EVEN)]},
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(0.5)
    assert {row.period for row in answer.plan.source_covers} == {"2025"}
