"""Do the counts agree with what designers published of their networks?"""

from __future__ import annotations

import pytest

from planner.catalog.load import Catalog, load_catalog
from planner.engineering.fabric.bill import Spec, bill_of
from planner.engineering.fabric.design import Options, cluster_of, compute_fabric, fabric_share
from planner.engineering.fabric.reach import Hall
from planner.engineering.fabric.topology import Demand, build
from planner.engineering.fabric.torus import TorusDemand, build_torus

# su, nodes, leaf, spine, core, node-leaf, leaf-spine, spine-core
H100 = """NVIDIA DGX SuperPOD reference architecture, DGX H100, RA-11333-001 V11, table 3
https://docs.nvidia.com/dgx-superpod/reference-architecture-scalable-infrastructure-h100/latest/"""
H100_ROWS = [
    (4, 128, 32, 16, 0, 1024, 1024, 0),
    (8, 256, 64, 32, 0, 2048, 2048, 0),
    (16, 512, 128, 128, 64, 4096, 4096, 4096),
    (32, 1024, 256, 256, 128, 8192, 8192, 8192),
    (64, 2048, 512, 512, 256, 16384, 16384, 16384),
]
B200 = "NVIDIA DGX SuperPOD reference architecture, DGX B200, the same table"
B200_ROWS = [(2, 64, 16, 8, 0, 512, 512, 0), *H100_ROWS]
# su, nodes, gpus, leaf, spine, compute and UFM cables, spine-leaf
H100_UFM = "The same document, table 4: one DGX gives its ports to UFM"
H100_UFM_ROWS = [
    (1, 31, 8, 4, 252, 256),
    (2, 63, 16, 8, 508, 512),
    (3, 95, 24, 16, 764, 768),
    (4, 127, 32, 16, 1020, 1024),
]
B300_XDR = (
    "NVIDIA DGX SuperPOD, DGX B300 with Quantum-X800, RA-11339-001: 72 nodes per SU, 144 ports"
)
B300_XDR_ROWS = [
    (1, 72, 8, 4, 576),
    (2, 144, 16, 8, 1152),
    (4, 288, 32, 18, 2304),
    (8, 576, 64, 36, 4608),
    (18, 1296, 144, 72, 10368),
]
B300_ETH = (
    "NVIDIA DGX SuperPOD, DGX B300 on Spectrum-4: 64 nodes per SU, two planes of 400 GbE "
    "on 64 x 800G switches"
)
B300_ETH_ROWS = [
    (1, 64, 16, 8, 512),
    (2, 128, 32, 16, 1024),
    (4, 256, 64, 32, 2048),
    (8, 512, 128, 64, 4096),
    (16, 1024, 256, 128, 8192),
]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def counted(network) -> tuple[list[int], list[int]]:
    return [tier.switches for tier in network.tiers], [tier.links_down for tier in network.tiers]


@pytest.mark.parametrize("row", [*H100_ROWS, *B200_ROWS], ids=lambda row: f"{row[0]}-su")
def test_superpod_h100_and_b200(row):
    _, nodes, leaf, spine, core, *cables = row
    switches, links = counted(build(Demand(nodes, 8, 64, "rail-optimized")))
    assert switches == [n for n in (leaf, spine, core) if n]
    assert links == [n for n in cables if n]


@pytest.mark.parametrize("row", H100_UFM_ROWS, ids=lambda row: f"{row[0]}-su")
def test_superpod_h100_with_a_slot_for_fabric_managers(row):
    """Three SUs have 16 spines and not 12, because 12 does not divide a leaf's 32 up-links."""
    _, nodes, leaf, spine, cables, up = row
    network = build(Demand(nodes, 8, 64, "rail-optimized", reserved_nodes=1))
    assert counted(network)[0] == [leaf, spine]
    assert network.node_links + 4 == cables  # four ports of UFM in place of the eight of one DGX
    assert network.switch_links == up


def test_superpod_h100_modules_of_the_switches(catalog):
    """RA-11333-001 table 8, four SUs: 1536 twin-port modules in the switches of the compute fabric,
    508 in 127 DGX of four cages."""
    demand = Demand(127, 8, 64, "rail-optimized", reserved_nodes=1)
    hall = Hall(leaves="apart", vertical_m=4.0)
    spec = Spec(
        demand, catalog.switches["ib-ndr-64x400"], 400.0, hall=hall, node_ports_per_module=2
    )
    bill = bill_of(spec, catalog)
    at_switch = sum(
        part.count for part in bill.parts if part.role == "optics" and part.at == "fabric"
    )
    at_nodes = sum(part.count for part in bill.parts if part.role == "optics" and part.at == "node")
    assert at_switch == 1536
    assert at_nodes == 508 + 4  # those of the reserved slot
    assert bill.switches == 48


@pytest.mark.parametrize("row", B300_XDR_ROWS, ids=lambda row: f"{row[0]}-su")
def test_superpod_b300_infiniband(row):
    _, nodes, leaf, spine, cables = row
    assert counted(build(Demand(nodes, 8, 144, "rail-optimized"))) == (
        [leaf, spine],
        [cables, cables],
    )


@pytest.mark.parametrize("row", B300_ETH_ROWS, ids=lambda row: f"{row[0]}-su")
def test_superpod_b300_ethernet(row):
    """Cables are printed at 800G: two links of 400G, one of each plane."""
    _, nodes, leaf, spine, cables = row
    assert counted(build(Demand(nodes, 8, 128, "rail-optimized", planes=2))) == (
        [leaf, spine],
        [2 * cables, 2 * cables],
    )


def test_gb300_enterprise_racks_and_b300_example():
    """Openzeka, DGX B300 and GB300 NVL72 cluster comparison, 2026-07-31: four racks on two planes;
    40 nodes on 144 ports."""
    assert counted(build(Demand(72, 4, 128, "rail-optimized", planes=2)))[0] == [16, 8]
    assert counted(build(Demand(40, 8, 144, "rail-optimized")))[0] == [8, 4]


def test_meta_24k():
    """The Llama 3 Herd of Models, arXiv 2407.21783 §3.3.1: 16 GPUs per rack switch, 192 racks per
    pod, 8 pods, 1:7 above."""
    demand = Demand(
        24576 // 8, 8, 576, "fat-tree", leaf_ports=16, pod_endpoints=3072, top_oversubscription=7.0
    )
    network = build(demand)
    leaf, spine, core = network.tiers
    assert (network.pods, leaf.switches) == (8, 8 * 192)
    assert leaf.links_down == spine.links_down == 24576
    assert spine.links_down / core.links_down == pytest.approx(7, rel=0.01)


def test_semianalysis_98304():
    """SemiAnalysis, 100,000 H100 Clusters, 2024-06-17: four pods of 24 576, 7:1 between them.

    https://newsletter.semianalysis.com/p/100000-h100-clusters-power-network
    """
    network = build(
        Demand(98304 // 8, 8, 64, "oversubscribed", pod_endpoints=24576, top_oversubscription=7.0)
    )
    assert network.pods == 4
    assert [tier.links_down for tier in network.tiers[:3]] == [98304] * 3
    assert 6 < network.tiers[2].links_down / network.tiers[3].links_down <= 7


@pytest.mark.parametrize(("per_module", "modules"), [(1, 98304), (2, 49152)])
def test_semianalysis_modules_at_the_gpus(catalog, per_module, modules):
    """The same source: 98 304 modules at the GPUs, half with two ports per cage."""
    demand = Demand(98304 // 8, 8, 64, "rail-optimized")
    hall = Hall(leaves="apart", vertical_m=4.0)
    bill = bill_of(
        Spec(
            demand,
            catalog.switches["ib-ndr-64x400"],
            400.0,
            hall=hall,
            node_ports_per_module=per_module,
        ),
        catalog,
    )
    assert sum(part.count for part in bill.parts if part.at == "node") == modules


def test_copper_reaches_a_quarter_from_the_middle_of_the_row(catalog):
    """The same source: leaves in the middle of the row let a quarter to a third of the GPU links be
    copper."""
    bill = compute_fabric(
        catalog, cluster_of(catalog.systems["hgx-h100"], 4096), "rail-optimized", Options()
    )
    copper = sum(run.links for run in bill.runs if run.tier == "leaf" and run.medium == "copper")
    assert 0.25 <= copper / (4096 * 8) <= 0.33


def test_imbue_511():
    """Imbue, From bare metal to a 70B model: 511 servers and not 512, as UFM needs ports.
    https://imbue.com/research/70b-infrastructure/"""
    network = build(Demand(511, 8, 64, "three-tier", reserved_nodes=1))
    full = build(Demand(512, 8, 64, "three-tier"))
    assert network.node_links == 4088
    assert counted(network) == counted(full)
    assert network.tiers[0].ports_free == 0  # a 512th server would not fit these leaves
    assert len(build(Demand(512, 8, 64, "three-tier", reserved_nodes=1)).tiers) == 3
    assert build(Demand(512, 8, 64, "three-tier", reserved_nodes=1)).switches > full.switches


def test_megascale_needs_three_tiers():
    """Jiang et al., MegaScale, NSDI 2024: more than 10 000 GPUs on 64 x 400G switches in three
    layers."""
    with pytest.raises(ValueError, match="2 tiers of 64-port switches, which hold 2048"):
        build(Demand(1250, 8, 64, "two-tier"))
    assert len(build(Demand(1250, 8, 64, "fat-tree")).tiers) == 3


@pytest.mark.parametrize(("domain", "tiers"), [(256, 2), (512, 1)])
def test_rail_only_saves_what_its_authors_say(catalog, domain, tiers):
    """Wang et al., arXiv 2307.12169v5: rail-only saves 38 to 77 % of network cost and 37 to 75 % of
    its power against any-to-any.

    32 768 GPUs on 64 ports need three tiers; rails of 128 need two, rails of 64 one: the two ends
    of the range. Modules in the nodes count here as part of the network, as they do there. Our
    prices give 36 and 72 %, two points below the low end and inside the high one.
    """
    switch, nodes = catalog.switches["ib-ndr-64x400"], 32768 // domain
    hall = Hall(leaves="apart", vertical_m=4.0)
    clos, rail = (
        bill_of(Spec(Demand(nodes, domain, 64, kind), switch, 400.0, hall=hall), catalog)
        for kind in ("fat-tree", "rail-only")
    )
    assert (len(clos.network.tiers), len(rail.network.tiers)) == (3, tiers)
    at_nodes = 32768 * catalog.transceivers["osfp-400-sr"].power.nameplate_w.value
    power = 1 - (rail.sum_of("nameplate_w").value + at_nodes) / (
        clos.sum_of("nameplate_w").value + at_nodes
    )
    assert power == pytest.approx({2: 0.37, 1: 0.75}[tiers], abs=0.02)
    assert 0.35 <= 1 - rail.sum_of("price_usd").value / clos.sum_of("price_usd").value <= 0.77


def test_rail_only_of_small_domains_saves_little(catalog):
    """Rails of 4096 GPUs need three tiers like the whole: the saving is the domain's, not the
    topology's."""
    clos, rail = (build(Demand(4096, 8, 64, kind)) for kind in ("fat-tree", "rail-only"))
    assert len(clos.tiers) == len(rail.tiers) == 3


def test_tpu_v4_pod():
    """Jouppi et al., TPU v4, arXiv 2304.01433: 64 cubes of 64 chips, 48 switches of 136 ports of
    which 128 are in use."""
    torus = build_torus(TorusDemand(64))
    assert (torus.demand.endpoints, torus.switches, torus.shape) == (4096, 48, (4, 4, 4))
    assert torus.ports_used == 48 * 128
    assert (
        torus.circuits + torus.copper_links == 3 * 4096
    )  # six neighbours each, every link counted once
    assert torus.wraparound == 3 * 16 * 16


def test_tpu_v4_optics_are_a_small_share(catalog):
    """The same paper: switches and optics below 3 % of power and 5 % of cost.

    Power holds with all optics. Of cost only the switches are held to it: with modules and fibre at
    planning prices the share is 12 %, since the catalog's price of a cube is what chips cost their
    builder and its modules are priced as if bought.
    """
    system = catalog.systems["tpu-v4-cube"]
    share = fabric_share(catalog, system, 64, "torus", Options(sides=()))
    nameplate, price = (
        system.power.nameplate_w.value,
        catalog.planning_prices["tpu-v4-cube"].price_usd.value,
    )
    assert share.nameplate_w.value / (nameplate + share.nameplate_w.value) < 0.03
    (switches,) = (part for part in share.bills[0].parts if part.role == "switch")
    assert switches.total("price_usd") / (64 * (price + share.price_usd.value)) < 0.05


def test_quantum_2_box_power(catalog):
    """SemiAnalysis, 100,000 H100 Clusters: 747 W on copper, 1500 W with multimode optics in all 32
    cages."""
    switch, module = catalog.switches["ib-ndr-64x400"], catalog.transceivers["osfp-2x400-sr"]
    assert switch.power.typical_w.value == 747
    assert switch.power.nameplate_w.value + 32 * module.power.nameplate_w.value == pytest.approx(
        1500, rel=0.03
    )


def test_bluefield_adds_5_mw_to_100_000(catalog):
    """SemiAnalysis, 100,000 H100 Clusters: 50 W per card, 400 W per node, 5 MW."""
    extra = catalog.nics["bf3"].power.typical_w.value - catalog.nics["cx7"].power.typical_w.value
    assert 100_000 * extra == pytest.approx(5e6, rel=0.05)


def test_optics_share_of_a_three_tier_network(catalog):
    """SemiAnalysis, Co-Packaged Optics: of a three-layer InfiniBand network, optics are 60 % of
    cost and 45 % of power."""
    cluster = cluster_of(catalog.systems["gb300-nvl72"], 1000)
    bill = compute_fabric(catalog, cluster, "rail-optimized", Options())
    assert len(bill.network.tiers) == 3
    cost = (
        sum(part.total("price_usd") for part in bill.parts if part.role == "optics")
        / bill.sum_of("price_usd").value
    )
    assert cost == pytest.approx(0.60, abs=0.06)
    at_nodes = 72_000 * catalog.transceivers["osfp-800-dr"].power.typical_w.value
    optics = sum(part.total("typical_w") for part in bill.parts if part.role == "optics") + at_nodes
    assert optics / (bill.sum_of("typical_w").value + at_nodes) == pytest.approx(0.45, abs=0.06)


def test_100_000_h100_on_three_topologies(catalog):
    """Show 3: switch counts by hand for r = 64: four tiers, or three at 7:1; the network adds to
    127.5 MW of servers."""
    cluster = cluster_of(catalog.systems["hgx-h100"], 12_500)
    bills = {
        kind: compute_fabric(catalog, cluster, kind, Options())
        for kind in ("rail-optimized", "oversubscribed", "rail-only")
    }
    assert [tier.switches for tier in bills["rail-optimized"].network.tiers] == [
        3128,
        3136,
        4096,
        2048,
    ]
    assert [tier.switches for tier in bills["oversubscribed"].network.tiers] == [3125, 56 * 32, 256]
    assert [tier.switches for tier in bills["rail-only"].network.tiers] == [
        8 * 391,
        8 * 13 * 32,
        8 * 256,
    ]
    watts = {kind: bill.sum_of("nameplate_w").value for kind, bill in bills.items()}
    assert watts["oversubscribed"] < watts["rail-only"] < watts["rail-optimized"]
    assert 127.5e6 + watts["rail-optimized"] == pytest.approx(150e6, rel=0.05)
