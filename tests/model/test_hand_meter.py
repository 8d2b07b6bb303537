"""Tariffs, carbon, water, ramps and layers, worked out by hand, and what would be without the row.

Unless a test says otherwise: machines draw 1 MW at every load and cost 1 MUSD; a year has 8760 h,
so 1 MW of 1000 kg/MWh emits 8.76 kt and 1 MW of IT at 1 L/kWh takes 8.76 ML.
"""

from __future__ import annotations

from typing import Any

import pytest

from planner.core.case import Case
from planner.engineering.plant import for_ramp
from planner.engineering.worth import owed_years, ramp_lines, worth_share
from planner.solver.engine import Engine
from tests.builders import (
    carbon,
    carbon_rules,
    check_row,
    deployment,
    fleet,
    layer,
    ramp,
    site,
    solved,
    source,
    supply,
    system,
    tariff,
    tiny,
    water,
)


def seven(
    meter: dict[str, Any],
    *,
    sites: list[dict[str, Any]] | None = None,
    systems: list[dict[str, Any]] | None = None,
    **more: Any,
) -> Case:
    """At most 7 of each system, and as many accelerators as possible."""
    systems = systems or [system()]
    return tiny(
        systems=systems,
        sites=sites or [site(power=9)],
        supply=[supply(s["id"], cumulative=7) for s in systems],
        goals=["maximize accelerators"],
        meter=meter,
        **more,
    )


def test_billed_demand_is_the_highest_draw(engine: Engine) -> None:
    """Proves: 2 machines whose highest draw is 1.5 MW are billed 3 MW at 1 MUSD, besides 2 for
    themselves: 5. Without the row: 2."""
    case = tiny(
        systems=[system(mw=2, peak_mw=1.5, average_mw=1)],
        sites=[site(power=9)],
        demands=[deployment(2)],
        meter={"tariffs": [tariff()]},
    )
    answer = check_row(case, engine, "tariff.billed", value=5, without=2)
    (row,) = answer.plan.meter
    assert (row.highest_mw, row.billed_mw) == (pytest.approx(3), pytest.approx(3))


def test_a_source_relieves_by_what_it_puts_out(engine: Engine) -> None:
    """Proves: 2 firm units put out 0.5 MW each at no cost: 3 machines are billed 3 − 1 = 2, so 5.
    Without the row: 3 + 1 = 4."""
    case = tiny(
        sites=[site(power=9)],
        sources=[source(most=2, output=0.5)],
        demands=[deployment(3)],
        meter={"tariffs": [tariff()]},
    )
    check_row(case, engine, "cover.output", value=5, without=4)


def test_a_source_relieves_by_what_is_firm(engine: Engine) -> None:
    """Proves: 2 units put out all they have and half of it is firm: billed 3 − 1 = 2, so 5. Without
    the row: 3 − 2 = 1, so 4."""
    case = tiny(
        sites=[site(power=9)],
        sources=[source(most=2, firm=0.5)],
        demands=[deployment(3)],
        meter={"tariffs": [tariff()]},
    )
    check_row(case, engine, "cover.firm", value=5, without=4)


def test_a_share_of_the_contract_is_billed_in_any_case(engine: Engine) -> None:
    """Proves: of a contract of 5 MW 80 % are billed for 1 machine: 1 + 4 = 5. Without the row:
    2."""
    meter = {"tariffs": [tariff(contract=[5], take=0.8)]}
    check_row(
        tiny(sites=[site(power=9)], demands=[deployment(1)], meter=meter),
        engine,
        "tariff.minimum",
        value=5,
        without=2,
    )


def test_steps_of_the_connection_count_towards_the_contract(engine: Engine) -> None:
    """Proves: 1 MW and a step of 4 MW make a contract of 5, billed at 80 %: 3 machines + 4 = 7.
    With the draw alone: 6."""
    case = tiny(
        sites=[site(power=1)],
        sources=[source("step", kind="grid", unit=4, most=1)],
        demands=[deployment(3)],
        meter={"tariffs": [tariff(take=0.8)]},
    )
    assert solved(case, engine).value == pytest.approx(7)


def test_a_ratchet_remembers(engine: Engine) -> None:
    """Proves: in 2025 a machine of 4 MW runs beside one of 1 MW, then it is switched off: billed
    are 5, then half of 5, then 1.

    Without the row: 5 + 1 + 1. Nothing is bought.
    """
    case = tiny(
        periods=3,
        systems=[system(average_mw=1), system("b", mw=4, average_mw=4, accelerators=9)],
        sites=[site(power=9)],
        fleet=[fleet("a", 1), fleet("b", 1, retire=True)],
        demands=[deployment([9, 1, 1])],
        goals=["minimize cost"],
        meter={"tariffs": [tariff(ratchet=0.5, back=1)]},
    )
    answer = check_row(case, engine, "tariff.ratchet", value=5 + 2.5 + 1, without=5 + 1 + 1)
    assert [row.billed_mw for row in answer.plan.meter] == [
        pytest.approx(5),
        pytest.approx(2.5),
        pytest.approx(1),
    ]


def test_carbon_of_a_site_over_the_horizon(engine: Engine) -> None:
    """Proves: at 1000 kg/MWh 30 kt are 3 machines of 8.76 kt. Without the row: 7."""
    check_row(
        seven({"carbon": [carbon([1000], total=30)]}),
        engine,
        "carbon.site_total",
        value=3,
        without=7,
    )


def test_carbon_of_a_site_by_period(engine: Engine) -> None:
    """Proves: in 2026 alone 20 kt are 2 machines, so 2 and 2 run: 2 in the mean (nothing can be
    switched off). Without the row: 7."""
    case = seven({"carbon": [carbon([1000, 1000], each={1: 20})]}, periods=2, sites=[site(power=9)])
    check_row(case, engine, "carbon.site_period", value=2, without=7)


def test_carbon_of_all_sites(engine: Engine) -> None:
    """Proves: 30 kt over two sites are 3 machines at the dirty one, or 6 at the one of half: 6.
    Without the row: 7."""
    meter = {
        "carbon": [carbon([1000]), carbon([500], at="y")],
        "carbon_rules": carbon_rules(total=30),
    }
    check_row(
        seven(meter, sites=[site("x", power=9), site("y", power=9)]),
        engine,
        "carbon.total",
        value=6,
        without=7,
    )


def test_carbon_of_all_sites_by_period(engine: Engine) -> None:
    """Proves: 20 kt in 2025 are 2 machines, in 2026 there is no ceiling: (2 + 7) / 2. Without the
    row: 7."""
    meter = {"carbon": [carbon([1000, 1000])], "carbon_rules": carbon_rules(each={0: 20})}
    check_row(seven(meter, periods=2), engine, "carbon.by_period", value=4.5, without=7)


def test_a_cleaner_source_makes_room(engine: Engine) -> None:
    """Proves: 2 units of 500 instead of 1000 kg/MWh spare 8.76 kt: under 30 kt run 4 machines and
    not 3."""
    case = seven(
        {"carbon": [carbon([1000], total=30)]}, sources=[source(most=2, carbon=500, energy=9)]
    )
    answer = solved(case, engine)
    assert answer.value == pytest.approx(4)
    (row,) = answer.plan.carbon
    assert row.grid_t + row.sources_t <= 30e3 + 1
    assert row.sources_t > 0


def test_the_price_of_carbon(engine: Engine) -> None:
    """Proves: 8.76 kt cost 0.876 MUSD at 100 USD/t, so the dirty machine at 1.876 beats the clean
    one at 1.5 + 0.438; at 200 it loses."""
    for price, best in ((100, 1 + 0.876), (200, 1.5 + 0.876)):
        clean = system("clean", mw=0.5, average_mw=0.5, price=1.5)
        meter = {"carbon": [carbon([1000])], "carbon_rules": carbon_rules(price=price)}
        case = tiny(
            systems=[system(), clean], sites=[site(power=9)], demands=[deployment(1)], meter=meter
        )
        answer = solved(case, engine)
        assert answer.value == pytest.approx(best)
        assert {row.bucket: row.usd for row in answer.plan.cash}["opex.carbon"] == pytest.approx(
            876e3
        )


def test_least_carbon(engine: Engine) -> None:
    """Proves: 2 machines emit 17.52 kt by the grid, of which a source of 250 kg/MWh takes 1 MW:
    8.76 + 2.19 = 10.95."""
    case = tiny(
        sites=[site(power=9)],
        sources=[source(most=1, carbon=250, energy=5, capex=7)],
        demands=[deployment(2)],
        goals=["minimize carbon"],
        meter={"carbon": [carbon([1000])]},
    )
    assert solved(case, engine).value == pytest.approx(10.95)


def test_water_over_the_horizon(engine: Engine) -> None:
    """Proves: at 1 L/kWh 30 ML cool 3 machines of 8.76 ML. Without the row: 7."""
    answer = check_row(
        seven({"water": [water(total=30)]}), engine, "water.site_total", value=3, without=7
    )
    assert answer.plan.water[0].water_m3 == pytest.approx(3 * 8760)


def test_water_by_period(engine: Engine) -> None:
    """Proves: 20 ML in 2025 cool 2 of the air-cooled; those cooled by liquid take none, of which
    there are 7: 9 in the mean.

    In 2026 all 14 run: (9 + 14) / 2. Without the row: 14.
    """
    wet = system("wet", liquid=1)
    case = seven(
        {"water": [water(each={0: 20})]}, systems=[system(), wet], periods=2, sites=[site(power=20)]
    )
    check_row(case, engine, "water.site_period", value=11.5, without=14)


def test_water_takes_it_energy(engine: Engine) -> None:
    """Proves: PUE and losses take no water: 1 MW of IT at PUE 1.5 takes 8.76 ML."""
    case = seven({"water": [water(total=9)]}, sites=[site(power=90, pue=1.5)], utility_loss=0.2)
    assert solved(case, engine).value == pytest.approx(1)


def test_storage_takes_the_step(engine: Engine) -> None:
    """Proves: half of the draw comes at once, so 2 MW of storage carry 4 machines. Without the row:
    7 (there is energy for more)."""
    battery = source("battery", kind="storage", most=2, hours=100)
    case = seven({"ramps": [ramp(0.5, 60, 4.5)]}, sources=[battery])
    check_row(case, engine, "ramp.power", value=4, without=7)


def test_storage_holds_the_energy(engine: Engine) -> None:
    """Proves: all of the draw comes at once behind 1 MW per hour: a step of 4 MW needs 4² / 2 = 8
    MWh, which 8 units of 1 MWh hold.

    Lines meet the curve at the ends of eight parts of 8 MW, so 4 MW is exact. Without the row: 7.
    """
    battery = source("battery", kind="storage", most=8, hours=1)
    case = seven({"ramps": [ramp(1.0, 1, 8)]}, sources=[battery])
    check_row(case, engine, "ramp.energy", value=4, without=7)


def test_lines_are_never_below_the_curve() -> None:
    lines = ramp_lines(100e6, 5e6 / 60, 8)
    worst = for_ramp(100e6, 5e6 / 60).energy_mwh
    for step in range(0, 101, 5):
        held, needed = (
            max(slope * step + offset for slope, offset in lines),
            for_ramp(step * 1e6, 5e6 / 60).energy_mwh,
        )
        assert needed - 1e-9 <= held <= needed + worst / 256 + 1e-9
    with pytest.raises(ValueError, match="positive"):
        ramp_lines(0.0, 1.0)


def test_worth_and_what_is_owed() -> None:
    assert worth_share(None, 1.0) == 0.0
    assert worth_share(4.0, 1.0) == pytest.approx(0.75)
    assert worth_share(4.0, 9.0) == 0.0
    assert owed_years(2, 6, 5, 1 / 12) == pytest.approx(0.25)
    assert owed_years(0, 2, 5, 1.0) == 0.0


@pytest.mark.parametrize(
    ("name", "value"),
    [("feed", 4), ("transformer", 4), ("generator", 4), ("ups", 6), ("cooling", 6)],
)
def test_a_layer_carries_its_usable_part(name: str, value: int, engine: Engine) -> None:
    """Proves: 8 MW in 4N/3 carry 6: 4 machines of 1.5 MW at the meter, or 6 of 1 MW of IT. Without
    the row: 7."""
    case = seven({"layers": [layer(name, [8], needed=3, spare=1)]}, sites=[site(power=90, pue=1.5)])
    check_row(case, engine, "layers.carries", value=value, without=7)


def test_the_feed_is_spared_by_sources(engine: Engine) -> None:
    """Proves: a feed of 3 MW and 2 firm units carry 5 machines; a transformer of 3 MW carries 3 all
    the same."""
    for name, value in (("feed", 5), ("transformer", 3)):
        case = seven({"layers": [layer(name, [3])]}, sources=[source(most=2)])
        assert solved(case, engine).value == pytest.approx(value)
