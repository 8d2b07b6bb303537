"""Networks are those of the number of machines that a plan ends with, and the plan, the cluster
calculator and `--fit` all say so.

Proves: where a site holds one product, plan and calculator agree on what it draws and on how many
fit; a network neither costs nor draws more because the site around it is larger; and what `planner
power PLAN` shows of a shipped plan (chains, and the networks, storage and management beside the
machines) is what the plan's own rows say, in every period.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from planner.capabilities.sites.tables import PowerRow
from planner.engineering.power import LOADS, Basis, Load
from planner.pipeline import solve
from planner.plan.schema import Plan
from planner.power_model.cluster import ClusterPower, cluster_power
from planner.power_model.draw import Fleet, beside, every_fleet, waterfall
from planner.power_model.file import cluster_of_options
from planner.power_model.fit import Fit, fit
from planner.power_model.setup import of_one, set_up_options
from planner.solver.engine import Engine
from tests.conftest import SHIPPED
from tests.scenario.sample import catalog
from tests.scenario.sample import load as read

PUE = {"pue": "1.15", "pue_peak": "1.25"}
SITE_PUE = "pue: {annual: 1.15, peak: 1.25}, "
NETWORKS = ("compute network", "front-end network", "storage network")
PRODUCTS = ("hgx-h100", "gb200-nvl72", "mi355x-server", "tpu-v7-cube", "trn2-ultraserver")
SAME = 1e-9
"""One step table stands behind all of them, so that they differ by rounding alone; a tenth of a
percent would be a bug."""


def planned(
    engine: Engine,
    system: str,
    power: str,
    goal: str = "maximize: accelerators",
    *,
    pue: str = SITE_PUE,
    rest: str = "",
) -> Plan:
    """The plan of a site of so much power for one product."""
    text = f"""\
name: {system} under {power}
horizon: {{from: 2027-Q1, to: 2027-Q4}}
sites: [{{id: here, energy_price: 50 USD/MWh, {pue}power: {{2027-Q1: {power}}}}}]
systems: [{{system: {system}, lead_time: 0 days, fit_out: 0 days}}]
objective: [{{{goal}}}]
solve: {{gap: 0 %}}
{rest}"""
    return solve(read(text), engine=engine)


def last(plan: Plan) -> dict[Basis, PowerRow]:
    """Draw of the last period by basis."""
    return {
        row.basis: row for row in plan.power if row.period == plan.case.timeline.periods[-1].label
    }


def machines(plan: Plan) -> int:
    """Systems of the last period."""
    return sum(
        row.units for row in plan.fleet if row.period == plan.case.timeline.periods[-1].label
    )


def watts(row: PowerRow, load: Load) -> float | None:
    """W of a row."""
    mw = getattr(row, f"{load}_mw")
    return None if mw is None else mw * 1e6


def reckoned(system: str, count: int, said: Mapping[str, str] = PUE) -> ClusterPower:
    """`planner power --system … --count 'N systems'`."""
    return cluster_power(
        set_up_options("options", of_one(system, f"{count} systems", said), catalog())
    )


def fitted(system: str, limit_w: float, said: Mapping[str, str] = PUE) -> Fit:
    """`planner power --system … --fit …`, at the utility's meter and nameplate."""
    file, located = cluster_of_options("options", of_one(system, "1 systems", said))
    return fit(file, located, catalog(), limit_w, "utility", "nameplate")


@pytest.mark.parametrize("mw", [16.9, 17.0])
def test_a_rack_that_takes_a_third_tier_for_all_waits_for_its_power(
    engine: Engine, mw: float
) -> None:
    """Two tiers hold 48 racks; a 49th takes a third tier for all of them, and 18.2 MW."""
    plan = planned(engine, "mi450-helios", f"{mw} MW", "maximize: compute", pue="")
    found = fitted("mi450-helios", mw * 1e6, {})
    assert machines(plan) == found.units == 48
    assert (plan.goals[0].unit, round(plan.goals[0].value)) == ("PFLOP/s", 5723)
    assert watts(last(plan)["utility"], "nameplate") == pytest.approx(found.used_w, rel=SAME)
    assert found.next_w == pytest.approx(18.165e6, rel=1e-4)
    assert {(row.tiers, row.groups) for row in plan.networks} == {(2, 12)}


def test_the_rack_after_them_comes_with_its_power(engine: Engine) -> None:
    assert machines(planned(engine, "mi450-helios", "18.1 MW", "maximize: compute", pue="")) == 48
    assert machines(planned(engine, "mi450-helios", "18.2 MW", "maximize: compute", pue="")) == 49


def agrees(plan: Plan, system: str, limit_w: float, said: Mapping[str, str]) -> None:
    """The plan, the calculator for its machines, and what the calculator fits under the same
    power."""
    rows, found = last(plan), reckoned(system, machines(plan), said)
    for basis in ("it", "facility", "utility"):
        draw = found.chain.at(basis)
        assert draw is not None
        assert draw.nameplate_w == pytest.approx(watts(rows[basis], "nameplate"), rel=SAME), basis
    assert fitted(system, limit_w, said).units == machines(plan)
    # peak and average of machines are metered here and shares of a rating there; what stands beside
    # them is the same at every load
    parts, row = dict(found.parts), beside(plan)[-1]
    for load in LOADS:
        networks = row.networks_nameplate_mw if load == "nameplate" else row.networks_typical_mw
        assert sum(parts[name][load] for name in NETWORKS if name in parts) == pytest.approx(
            networks * 1e6, rel=SAME
        ), load
        assert parts["storage"][load] == pytest.approx(row.storage_mw * 1e6, rel=SAME), load
        assert parts["management"][load] == pytest.approx(row.management_mw * 1e6, rel=SAME), load
        own, it = watts(rows["rack"], load), watts(rows["it"], load)
        assert own is not None
        assert it is not None
        assert it - own == pytest.approx(
            (networks + row.storage_mw + row.management_mw) * 1e6, rel=1e-6
        ), load


def test_a_gigawatt_of_servers(engine: Engine) -> None:
    """Nobody names a PUE: the plan takes the catalog's for air, and the calculator that of the
    cooling that the server needs."""
    plan = planned(engine, "hgx-h100", "1 GW", pue="")
    assert machines(plan) == 58_240
    agrees(plan, "hgx-h100", 1e9, {})


@pytest.mark.parametrize("system", PRODUCTS)
@pytest.mark.parametrize(
    "mw",
    [
        1,
        pytest.param(3, marks=pytest.mark.slow),
        pytest.param(12, marks=pytest.mark.slow),
        pytest.param(47, marks=pytest.mark.slow),
        300,
    ],
)
def test_plan_and_calculator_agree(engine: Engine, system: str, mw: int) -> None:
    plan = planned(engine, system, f"{mw} MW")
    assert machines(plan) > 0
    agrees(plan, system, mw * 1e6, PUE)


@pytest.mark.parametrize("system", PRODUCTS)
def test_the_same_machines_on_a_larger_site(engine: Engine, system: str) -> None:
    """So many machines cost the same, with the groups of their network bought, and draw the same,
    whatever the site around them has."""
    chip = catalog().systems[system].accelerator
    per = round(catalog().systems[system].accelerators.value)
    rest = f"demands: [{{id: d, kind: deployment, accelerator: {chip}, need: {{2027-Q1: {40 * per} accelerators}}}}]\n"  # noqa: E501
    rest += "" if system.endswith("cube") else "fabric: {topology: rail-optimized}\n"
    small, large = (
        planned(engine, system, power, "minimize: cost", rest=rest) for power in ("40 MW", "2 GW")
    )
    assert machines(small) == 40
    assert small.networks == large.networks
    assert small.fabrics == large.fabrics
    assert bool(small.fabrics) != system.endswith("cube")
    assert small.power == large.power
    assert small.cash == large.cash
    assert small.goals[0].value == pytest.approx(large.goals[0].value, rel=SAME)


def rows_of(plan: Plan, fleet: Fleet) -> dict[Basis, PowerRow]:
    """The plan's own rows for a site in a period."""
    label = plan.case.timeline.periods[fleet.period].label
    return {row.basis: row for row in plan.power if (row.site, row.period) == (fleet.site, label)}


@pytest.mark.parametrize("name", SHIPPED)
def test_chains_of_a_plan_are_its_rows_in_every_period(
    shipped: Mapping[str, Plan], name: str
) -> None:
    plan, told = shipped[name], 0
    for fleet in every_fleet(plan):
        rows = rows_of(plan, fleet)
        for basis, draw in fleet.chain():
            row = rows.pop(basis)
            for load in LOADS:
                assert (
                    draw.at(load) == pytest.approx(watts(row, load), rel=SAME)
                    if draw.at(load)
                    else not watts(row, load)
                )
            told += 1
        assert not rows
    assert told == len(plan.power) > 0


@pytest.mark.parametrize("name", SHIPPED)
def test_what_stands_beside_the_machines_adds_up_to_it(
    shipped: Mapping[str, Plan], name: str
) -> None:
    """Networks, storage and management come from other rows of the plan than the power they are
    part of."""
    plan = shipped[name]
    rows = {(row.site, row.period, row.basis): row for row in plan.power}
    found = beside(plan)
    assert {(row.site, row.period) for row in found} == {
        (row.site, row.period) for row in plan.power
    }
    for row in found:
        own, it = (rows[row.site, row.period, basis] for basis in ("rack", "it"))
        assert row.machines_nameplate_mw == pytest.approx(own.nameplate_mw, rel=SAME)
        assert row.it_nameplate_mw == pytest.approx(it.nameplate_mw, rel=SAME)
        always = row.storage_mw + row.management_mw + row.share_mw
        for load in LOADS[1:]:
            own_mw, it_mw = getattr(own, f"{load}_mw"), getattr(it, f"{load}_mw")
            assert own_mw + row.networks_typical_mw + always == pytest.approx(it_mw, rel=SAME), load


def test_ranges_are_those_of_the_waterfall(shipped: Mapping[str, Plan]) -> None:
    """What is told of a period before the last is told by the same code: its band holds the plan's
    own figure."""
    plan = shipped["openai-amd-1gw"]
    first = next(iter(every_fleet(plan)))
    rows = rows_of(plan, first)
    for step in waterfall(first):
        for load, known in step.bands.items():
            assert known.value == pytest.approx(watts(rows[step.basis], load), rel=SAME)
            assert known.low <= known.value <= known.high
