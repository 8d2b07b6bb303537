"""Published cost of systems and sites, and what halls need."""

from __future__ import annotations

import math

from planner.catalog.load import Catalog
from planner.engineering.facility import capped_performance, facility_power_w, water_m3
from planner.engineering.plant import units_for_firm
from planner.engineering.power import heat_split_w
from tests.engineering.published import sources as s
from tests.engineering.published.case import Case
from tests.engineering.published.chains import MEGA, all_in, chain, mw, price

AT = "tests/engineering/test_facility.py::"
COLOSSUS = (("hgx-h100", 150_000 / 8), ("hgx-h200", 50_000 / 8), ("gb200-nvl72", 30_000 / 72))


def capex_gusd(c: Catalog, fleet: tuple[tuple[str, float], ...]) -> float:
    """Systems with network, storage and installation, and the building by MW of IT at nameplate;
    GUSD."""
    systems = sum(count * all_in(c, system) for system, count in fleet)
    it_mw = sum(mw(chain(c, system, count), "it", "nameplate") for system, count in fleet)
    return (systems + it_mw * c.defaults.construction_usd_per_mw.value) / 1e9


def per_gw(c: Catalog, system: str, basis: str) -> float:
    """GUSD of capex per GW of IT, or of facility on the design day, all at nameplate."""
    pue = (
        c.defaults.pue.air if c.systems[system].cooling == "air" else c.defaults.pue.liquid
    ).peak.value
    return (
        capex_gusd(c, ((system, 1.0),))
        / mw(chain(c, system, 1.0, pue=pue), basis, "nameplate")
        * 1e3
    )  # type: ignore[arg-type]


def compute_per_it_gw(c: Catalog, system: str) -> float:
    """GUSD of systems with network, storage and installation per GW of IT at nameplate."""
    return all_in(c, system) / (mw(chain(c, system, 1.0), "it", "nameplate") * MEGA)


RETAIL = (
    "the price lies between what a hyperscaler pays "
    "and retail; 190 kUSD is the low end of its range"
)

COSTS = [
    Case(
        "h100-server",
        "Money",
        "HGX H100 server, as a hyperscaler pays",
        "kUSD",
        190.0,
        lambda c: price(c, "hgx-h100") / 1e3,
        s.SEMI_TCO,
        rests="in part",
        off=(0.15, 0.30),
        why=RETAIL,
    ),
    Case(
        "h100-server-low",
        "Money",
        "the same against the low end of our range",
        "kUSD",
        190.0,
        lambda c: c.planning_prices["hgx-h100"].price_usd.low / 1e3,
        s.SEMI_TCO,
        tolerance=0.001,
        rests="yes",
    ),
    Case(
        "h100-all-in",
        "Money",
        "the same with network and storage",
        "kUSD",
        250.0,
        lambda c: all_in(c, "hgx-h100") / 1e3,
        s.SEMI_TCO,
        rests="in part",
        off=(0.15, 0.30),
        why=RETAIL,
    ),
    Case(
        "h100-around",
        "Money",
        "network and storage on top of a server, over its price",
        "",
        250 / 190 - 1,
        lambda c: c.defaults.fabric_cost.server.value,
        s.SEMI_TCO,
        tolerance=0.02,
        rests="yes",
        further="tests/engineering/test_published.py::test_network_and_installation_on_top_of_a_server_and_a_rack",
    ),
    Case(
        "gb200-rack",
        "Money",
        "GB200 NVL72",
        "MUSD",
        3.1,
        lambda c: price(c, "gb200-nvl72") / 1e6,
        s.SEMI_TCO,
        rests="in part",
    ),
    Case(
        "gb200-all-in",
        "Money",
        "the same with network and storage",
        "MUSD",
        3.9,
        lambda c: all_in(c, "gb200-nvl72") / 1e6,
        s.SEMI_TCO,
        rests="in part",
    ),
    Case(
        "gb200-over-h100",
        "Money",
        "capex per GPU of GB200 over H100, all in",
        "",
        (1.6, 1.7),
        lambda c: (all_in(c, "gb200-nvl72") / 72) / (all_in(c, "hgx-h100") / 8),
        s.SEMI_TCO,
        tolerance=0.10,
        rests="in part",
    ),
    Case(
        "100k-servers",
        "Money",
        "servers for 100 000 H100, with network and storage",
        "GUSD",
        (4.0, None),
        lambda c: 12_500 * all_in(c, "hgx-h100") / 1e9,
        s.SEMI_100K,
        tolerance=0.10,
    ),
    Case(
        "bluefield-price",
        "Money",
        "BlueField-3 over ConnectX-7, a card",
        "USD",
        300.0,
        lambda c: c.nics["bf3"].price_usd.value - c.nics["cx7"].price_usd.value,
        s.SEMI_100K,
        off=(3.0, 5.0),  # type: ignore[union-attr]
        why="the article has what large buyers paid in 2024 for the network card; the catalog has "
        "retail of September 2026 for the DPU",
    ),
    Case(
        "colossus-100k-capex",
        "Money",
        "Colossus, first 100 000 H100, with its building",
        "GUSD",
        5.266,
        lambda c: capex_gusd(c, (("hgx-h100", 12_500.0),)),
        s.EPOCH_SITES,
        rests="in part",
    ),
    Case(
        "colossus-230k-capex",
        "Money",
        "Colossus, 150 000 H100, 50 000 H200, 30 000 GB200, with its building",
        "GUSD",
        12.88,
        lambda c: capex_gusd(c, COLOSSUS),
        s.EPOCH_SITES,
        rests="in part",
    ),
    Case(
        "epoch-compute",
        "Money",
        "compute per GW of IT, with GB200 (it, nameplate)",
        "GUSD",
        26.113,
        lambda c: compute_per_it_gw(c, "gb200-nvl72"),
        s.EPOCH_SITES,
        rests="in part",
    ),
    Case(
        "epoch-construction",
        "Money",
        "construction per GW of IT (it, nameplate)",
        "GUSD",
        11.769,
        lambda c: c.defaults.construction_usd_per_mw.value / 1e6,
        s.EPOCH_SITES,
        tolerance=0.10,
        further="tests/engineering/test_published.py::test_what_a_megawatt_costs",
    ),
    Case(
        "epoch-total",
        "Money",
        "both together, with GB200 (it, nameplate)",
        "GUSD",
        37.882,
        lambda c: per_gw(c, "gb200-nvl72", "it"),
        s.EPOCH_SITES,
        rests="in part",
    ),
    Case(
        "epoch-operations",
        "Money",
        "operations per GW of IT and year, with a year of 1 GW at 0.07 USD/kWh",
        "GUSD",
        0.902,
        lambda c: (c.defaults.operations_usd_per_mw_year.value + 8760 * 70.0) / 1e6,
        s.EPOCH_SITES,
        tolerance=0.10,
        rests="in part",
    ),
    Case(
        "bernstein-gw",
        "Money",
        "GB200, all capex per GW (facility, nameplate)",
        "GUSD",
        35.0,
        lambda c: per_gw(c, "gb200-nvl72", "facility"),
        s.BERNSTEIN,
        rests="in part",
    ),
    Case(
        "ms-gw-h100",
        "Money",
        "H100, all capex per GW (facility, nameplate)",
        "GUSD",
        23.0,
        lambda c: per_gw(c, "hgx-h100", "facility"),
        s.MORGAN_STANLEY,
        off=(0.15, 0.25),
        why=RETAIL + ", with which this is 24",
    ),
    Case(
        "ms-gw-gb300",
        "Money",
        "GB300, all capex per GW (facility, nameplate)",
        "GUSD",
        33.0,
        lambda c: per_gw(c, "gb300-nvl72", "facility"),
        s.MORGAN_STANLEY,
        rests="in part",
        off=(0.15, 0.30),
        why="the note prices the rack at 4 MUSD in May 2026, our quotes of September are at 5 "
        "after memory rose; with 4 this is 34",
    ),
    Case(
        "ms-gw-vr",
        "Money",
        "Vera Rubin NVL72, all capex per GW (facility, nameplate)",
        "GUSD",
        41.0,
        lambda c: per_gw(c, "vr-nvl72", "facility"),
        s.MORGAN_STANLEY,
        rests="in part",
    ),
    Case(
        "ms-gw-tpu-v7",
        "Money",
        "TPU v7, all capex per GW (facility, nameplate)",
        "GUSD",
        27.0,
        lambda c: per_gw(c, "tpu-v7-cube", "facility"),
        s.MORGAN_STANLEY,
        rests="in part",
    ),
    Case(
        "ms-gw-trn3",
        "Money",
        "Trainium3, all capex per GW (facility, nameplate)",
        "GUSD",
        15.0,
        lambda c: per_gw(c, "trn3-ultraserver", "facility"),
        s.MORGAN_STANLEY,
        rests="in part",
        off=(0.15, 0.35),
        why="never sold, never rated: our price is a cost-equivalent made from the 21 GUSD of the "
        "same house four months later",
    ),
    Case(
        "el-capitan",
        "Money",
        "El Capitan, 44 544 MI300A, at most",
        "MUSD",
        600.0,
        lambda c: 44_544 / 4 * all_in(c, "mi300a-node") / 1e6,
        s.EPOCH_CLUSTERS,
        off=(0.4, 0.8),
        rests="in part",
        why="eleven thousand nodes in one order; our price is the geometric mean of one for that "
        "volume and one for single pieces",
    ),
    Case(
        "el-capitan-low",
        "Money",
        "the same at the low end of our range",
        "MUSD",
        600.0,
        lambda c: (
            44_544
            / 4
            * c.planning_prices["mi300a-node"].price_usd.low
            * (1 + c.defaults.fabric_cost.server.value)
            / 1e6
        ),
        s.EPOCH_CLUSTERS,
        rests="in part",
    ),
    Case(
        "alps",
        "Money",
        "Alps, second phase, 10 752 GH200 (100 MCHF)",
        "MUSD",
        118.0,
        lambda c: 10_752 / 4 * all_in(c, "gh200-quad-node") / 1e6,
        s.EPOCH_CLUSTERS,
        off=(2.5, 4.0),
        why="no price of a node of four is public: ours is three quarters of four single-module "
        "servers, with a network on top. What "
        "the contract covers is not public either; it puts a module at 11 kUSD. For a public "
        "tender of this size our price is far too high",
    ),
]


def hall_cases() -> list[Case]:
    """What halls need."""

    def cooling_mw(c: Catalog) -> float:
        whole = chain(c, "gb200-nvl72", 110_000 / 72)
        own = whole.rack.nameplate_w
        share = c.systems["gb200-nvl72"].liquid_share
        assert share is not None
        return sum(heat_split_w(own, whole.it.nameplate_w - own, share.value)) / MEGA

    def design_day(c: Catalog) -> float:
        climate = c.facility.in_climate("direct-liquid", "temperate")
        assert climate is not None
        return facility_power_w(200.0, climate.pue_peak.value) / (1 - c.defaults.utility_loss.value)

    def engines(c: Catalog) -> float:
        assert c.facility.plant is not None
        needed = math.ceil(200 / 15)
        return (
            units_for_firm(needed, c.facility.plant.generation_availability.value, 0.999)
            / needed
            * 200
        )

    return [
        Case(
            "colossus-2-cooling",
            "Facility",
            "cooling for 110 000 GB200: heat by liquid and air (it, nameplate)",
            "MW",
            200.0,
            cooling_mw,
            s.DECODER,
        ),
        Case(
            "epoch-facility-over-it",
            "Facility",
            "facility over IT, mean of 245 rows, against liquid-cooled default on the design day",
            "",
            1.286,
            lambda c: c.defaults.pue.liquid.peak.value,
            s.EPOCH_SITES,
            tolerance=0.10,
        ),
        Case(
            "terawulf",
            "Facility",
            "200 MW of critical IT, liquid-cooled, temperate (utility, peak)",
            "MW",
            250.0,
            design_day,
            s.TERAWULF,
            rests="yes",
            further=AT + "test_terawulf_250_gross_for_200_critical",
        ),
        Case(
            "socrates",
            "Facility",
            "units of 15 MW for 200 MW firm at 99.9 %",
            "MW",
            307.5,
            engines,
            s.SOCRATES,
            rests="in part",
            further=AT + "test_islanded_plant_307_5_for_200",
        ),
        Case(
            "colossus-water",
            "Facility",
            "150 MW for a day at 1.05 L/kWh of facility energy",
            "m³",
            3785.0,
            lambda c: water_m3(150 * 24, 1.05),
            s.WREG,
            tolerance=0.01,
            rests="arithmetic",
            further=AT + "test_colossus_water",
        ),
        Case(
            "cap-training",
            "Facility",
            "H100 capped at 600 of 700 W: training speed kept",
            "",
            (0.85, 0.90),
            lambda c: capped_performance(
                600 / 700, c.facility.power_caps["training"].elasticity.value
            ),
            s.FACTRYZE,
            tolerance=0,
            rests="yes",
            further=AT + "test_cap_of_600_of_700_w",
        ),
        Case(
            "cap-inference",
            "Facility",
            "the same: inference speed kept",
            "",
            (0.92, 0.95),
            lambda c: capped_performance(
                600 / 700, c.facility.power_caps["inference"].elasticity.value
            ),
            s.FACTRYZE,
            tolerance=0,
            rests="yes",
        ),
    ]


def cases() -> list[Case]:
    """All of them."""
    return [*hall_cases(), *COSTS]
