"""The catalog's figures through the chain, against what others published. Each test names its
source; none of these figures was fitted."""

from __future__ import annotations

import pytest

from planner.engineering.power import Chain, Draw, power_chain
from planner.engineering.worth import energy_mwh
from tests.scenario.sample import catalog

LOADS = catalog().defaults.load


def chain(
    system_id: str,
    count: float,
    *,
    overhead: float | None = None,
    pue: float = 1.0,
    loss: float = 0.0,
) -> Chain:
    """So many systems of the catalog, with its defaults where nobody metered one."""
    system = catalog().systems[system_id]
    chip = catalog().accelerators[system.accelerator]
    assert system.power.nameplate_w is not None
    assert chip.tdp_w is not None
    nameplate = system.power.nameplate_w.value
    default = (
        catalog().defaults.it_overhead.server
        if system.form == "server"
        else catalog().defaults.it_overhead.rack
    )
    return power_chain(
        accelerators=system.accelerators.value,
        tdp_w=chip.tdp_w.value,
        own=Draw(
            nameplate,
            system.power.peak_w.value if system.power.peak_w else nameplate * LOADS.peak.value,
            system.power.average_w.value
            if system.power.average_w
            else nameplate * LOADS.average.value,
            nameplate * LOADS.idle.value,
        ),
        sold_as=system.basis,
        it_overhead=default.value if overhead is None else overhead,
        pue_annual=pue,
        pue_peak=pue,
        utility_loss=loss,
        count=count,
    )


def mw(watts: float | None) -> float:
    assert watts is not None
    return watts / 1e6


def test_100_000_h100_are_about_150_mw_of_critical_it():
    """SemiAnalysis, "100,000 H100 Clusters", 2024-06-17: a 100k H100 cluster requires 150 MW of
    critical IT power."""
    overhead = catalog().defaults.it_overhead.server
    assert overhead.low is not None
    assert overhead.high is not None
    least = mw(chain("hgx-h100", 12_500, overhead=overhead.low).it.nameplate_w)
    most = mw(chain("hgx-h100", 12_500, overhead=overhead.high).it.nameplate_w)
    assert least < 150 < most
    assert mw(chain("hgx-h100", 12_500).it.nameplate_w) == pytest.approx(150, rel=0.10)


def test_and_by_their_own_parts():
    """The same article: 700 W per GPU, 575 W for its share of the server, a tenth of that on top:
    140.25 MW."""
    own = power_chain(
        accelerators=1,
        tdp_w=700.0,
        own=Draw(1275.0, None, None, None),
        sold_as="server",
        it_overhead=0.1,
        pue_annual=1.0,
        pue_peak=1.0,
        utility_loss=0.0,
        count=100_000,
    )
    assert mw(own.chip.nameplate_w) == pytest.approx(70.0)
    assert mw(own.it.nameplate_w) == pytest.approx(140.25)
    assert own.server is not None
    assert mw(chain("hgx-h100", 12_500).rack.nameplate_w) == pytest.approx(
        mw(own.server.nameplate_w)
    )


def test_a_scalable_unit_of_32_dgx_b200():
    """DGX SuperPOD with DGX B200, data center design guide, as quoted by The Daily Scout: 32
    systems of 14.3 kW, 458 kW a unit."""
    unit = chain("dgx-b200", 32).rack
    assert unit.nameplate_w == pytest.approx(457_600)
    assert round(unit.nameplate_w / 1e3) == 458


def test_colossus_with_100_000_h100_at_the_facility():
    """TechRadar, 2024-12-23: an estimated 155 MW for 100 000 H100. At the peak of machines that
    run, with PUE 1.25."""
    assert mw(chain("hgx-h100", 12_500, pue=1.25).facility.peak_w) == pytest.approx(155, rel=0.05)


def test_colossus_in_the_model_of_epoch():
    """Epoch AI, Frontier Data Centers, snapshot 2026-07-07, row of 2024-09-02: 139 MW of IT and 181
    MW at the facility."""
    c = chain("hgx-h100", 12_500, pue=181 / 139)
    assert mw(c.it.nameplate_w) == pytest.approx(139, rel=0.10)
    assert mw(c.facility.nameplate_w) == pytest.approx(181, rel=0.10)


def test_colossus_with_230_000_accelerators():
    """150 000 H100, 50 000 H200 and 30 000 GB200. Epoch AI (same snapshot, row of 2025-07-22): 340
    MW of IT, by the machines' ratings. SemiAnalysis, 2025-09-16: about 300 MW, as they run.
    """
    parts = [
        chain("hgx-h100", 150_000 / 8),
        chain("hgx-h200", 50_000 / 8),
        chain("gb200-nvl72", 30_000 / 72),
    ]
    assert sum(mw(c.it.nameplate_w) for c in parts) == pytest.approx(340, rel=0.10)
    assert sum(mw(c.it.peak_w) for c in parts) == pytest.approx(300, rel=0.10)


def test_inflection_with_22_000_h100():
    """Epoch AI, GPU Clusters, 2026-04-24: 31 MW reported for 22 000 H100."""
    assert mw(chain("hgx-h100", 22_000 / 8).it.nameplate_w) == pytest.approx(31, rel=0.10)


def test_one_node_metered():
    """Latif et al., arXiv 2412.08602: 8.4 kW at most of a node rated 10.2 kW, 0.82 of it.
    SMC, MLPerf Training v4.0: 6.741 kW on average, network and all.
    """
    node = chain("hgx-h100", 1)
    assert node.rack.peak_w == pytest.approx(8_400)
    assert node.rack.peak_w / node.rack.nameplate_w == pytest.approx(LOADS.peak.value, abs=0.005)
    average = catalog().systems["hgx-h100"].power.average_w
    assert average is not None
    assert average.low is not None
    assert average.high is not None
    assert average.low <= 6_741 <= average.high


def test_a_rack_by_its_parts():
    """Introl, citing Supermicro, 2025: 18 trays of 6.5 kW, 3.6 kW of switches, 0.8 kW of shelves;
    the shelves deliver 132 kW."""
    parts_w = 18 * 6_500 + 3_600 + 800
    figure = catalog().systems["gb300-nvl72"].power.nameplate_w
    assert figure is not None
    assert figure.low == 132e3
    assert chain("gb300-nvl72", 1).chip.nameplate_w < parts_w < figure.low
    assert parts_w == pytest.approx(120e3, rel=0.02)


def test_a_year_of_100_000_h100():
    """SemiAnalysis, same article: 1.59 TWh a year, 123.9 MUSD at 0.078 USD/kWh; that is 181.5 MW
    all year."""
    energy = energy_mwh(181.5e6, 8760)
    assert energy == pytest.approx(1.59e6, rel=0.001)
    assert energy * 78 == pytest.approx(123.9e6, rel=0.002)


def test_network_cards_that_draw_50_w_more():
    """The same: eight a node, 100 000 in all, 5 MW."""
    more = Draw(400.0, 400.0, 400.0, 400.0)
    c = power_chain(
        accelerators=8,
        tdp_w=50.0,
        own=more,
        sold_as="server",
        it_overhead=0,
        pue_annual=1,
        pue_peak=1,
        utility_loss=0,
        count=12_500,
    )
    assert mw(c.it.nameplate_w) == mw(c.chip.nameplate_w) == pytest.approx(5.0)


def test_what_a_megawatt_costs():
    """Epoch AI, same snapshot, recovered from 245 rows: construction 11.769 MUSD per MW of IT,
    operations with energy 0.902 MUSD a year."""
    defaults = catalog().defaults
    assert defaults.construction_usd_per_mw.value == pytest.approx(11.769e6, rel=0.10)
    energy = 1.0 * 8760 * 68  # one MW all year at about 0.07 USD/kWh
    assert defaults.operations_usd_per_mw_year.value + energy == pytest.approx(0.902e6, rel=0.10)


def test_network_and_installation_on_top_of_a_server_and_a_rack():
    """SemiAnalysis, "H100 vs GB200 NVL72", 2025-08-20: 190 kUSD a server and 250 all in; 3.1 MUSD a
    rack and 3.9 all in."""
    fabric = catalog().defaults.fabric_cost
    assert 190 * (1 + fabric.server.value) == pytest.approx(250, rel=0.01)
    assert 3.1 * (1 + fabric.rack.value) == pytest.approx(3.9, rel=0.01)
