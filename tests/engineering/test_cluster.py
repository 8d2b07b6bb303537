"""The chain of a cluster by hand, part by part, with power stages inside and outside the PUE, and
what must be installed."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from planner.catalog.load import load_catalog
from planner.engineering.balance_of_system import network_of
from planner.engineering.cluster import Cluster, chain_of, components, group_draws
from planner.engineering.fabric.design import Options, fabric_share
from planner.engineering.fabric.steps import countable, table_at
from planner.engineering.facility import stage_efficiency
from planner.engineering.layers import layer_needs, stage_losses
from planner.engineering.power import LOADS
from planner.power_model.file import ClusterFile, cluster_of_options
from planner.power_model.setup import set_up
from planner.records import validate
from planner.yamlfile import read_text

SERVERS = (("hgx-h100", "128 systems"),)
MIXED = (("hgx-h100", "128 systems"), ("gb200-nvl72", "16 systems"), ("tpu-v6e-host", "10 systems"))


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


def made(catalog, systems=SERVERS, **said):
    options = {}
    for i, (system, count) in enumerate(systems):
        options |= {
            ("systems", i, "system"): ("--system", system),
            ("systems", i, "count"): ("--count", count),
        }
    places = {
        "pue": ("facility", "pue", "annual"),
        "pue_peak": ("facility", "pue", "peak"),
        "losses": ("facility", "pue", "losses"),
    }
    places |= {
        "redundancy": ("facility", "redundancy", "all"),
        "topology": ("fabric", "topology"),
        "workload": ("workload",),
    }
    lines = [
        "name: test",
        "systems:",
        *(f"  - {{system: {system}, count: {count}}}" for system, count in systems),
    ]
    if len(systems) == 1:
        return set_up(
            *cluster_of_options(
                "test", {**options, **{places[k]: (k, v) for k, v in said.items()}}
            ),
            catalog,
        )
    located = read_text("\n".join(lines), "test")
    return set_up(validate(ClusterFile, located), located, catalog)


def test_a_chain_by_hand(catalog):
    """256 servers: own 256 · 10.2 kW; networks as the fabric model bills a full one; 2048 · 35 W;
    PUE 1.2 / 1.3; 1 % loss."""
    found = made(
        catalog,
        (("hgx-h100", "256 systems"),),
        topology="rail-optimized",
        pue="1.2",
        pue_peak="1.3",
    )
    share = fabric_share(catalog, catalog.systems["hgx-h100"], 256, "rail-optimized")
    chain = chain_of(found.cluster)
    it = 256 * (10200 + share.nameplate_w.value) + 2048 * 35
    assert chain.chip.nameplate_w == 2048 * 700
    assert chain.server.nameplate_w == chain.rack.nameplate_w == 256 * 10200
    assert chain.it.nameplate_w == pytest.approx(it)
    assert chain.facility.nameplate_w == pytest.approx(1.3 * it)
    assert chain.utility.nameplate_w == pytest.approx(1.3 * it / 0.99)
    average = 256 * (7100 + share.typical_w.value) + 2048 * 35
    assert chain.utility.average_w == pytest.approx(1.2 * average / 0.99)
    assert chain.it.peak_w == pytest.approx(256 * (8400 + share.typical_w.value) + 2048 * 35)


def test_groups_add_up_and_a_rack_takes_the_server_basis_away(catalog):
    found = made(catalog, MIXED)
    chain = chain_of(found.cluster)
    assert chain.server is None
    for load in LOADS:
        assert chain.it.at(load) == pytest.approx(
            sum(group_draws(group)[2].at(load) for group in found.cluster.groups)
        )
    alone = [chain_of(Cluster((group,), found.cluster.site)) for group in found.cluster.groups]
    assert chain.utility.average_w == pytest.approx(sum(each.utility.average_w for each in alone))


@pytest.mark.parametrize("losses", ["inside", "outside"])
def test_parts_add_up_to_the_meter(catalog, losses):
    found = made(catalog, pue="1.2", losses=losses, redundancy="2N")
    chain = chain_of(found.cluster)
    parts = components(found.cluster)
    for load in LOADS:
        assert sum(by_load[load] for _, by_load in parts) == pytest.approx(chain.utility.at(load))
        assert all(by_load[load] >= -1e-6 for _, by_load in parts)
    assert {"loss of ups", "loss of transformer", "loss of distribution"} <= {
        name for name, _ in parts
    }


def test_a_pue_too_low_for_the_losses_is_not_split(catalog):
    names = [name for name, _ in components(made(catalog, pue="1.01", pue_peak="1.02").cluster)]
    assert "cooling and losses inside the PUE" in names
    assert not any(name.startswith("loss of") for name in names)


def test_stages_outside_the_pue_by_hand(catalog):
    """2N: every stage at half of the nameplate it is sized for. IT / (η η η) + IT · (PUE − 1)."""
    found = made(catalog, pue="1.2", pue_peak="1.3", losses="outside", redundancy="2N")
    inside = made(catalog, pue="1.2", pue_peak="1.3", redundancy="2N")
    it, plant = chain_of(inside.cluster).it.nameplate_w, catalog.facility.plant
    product = math.prod(
        stage_efficiency(0.5, s.half.value, s.full.value)
        for s in (plant.distribution, plant.ups, plant.transformer)
    )
    assert chain_of(found.cluster).facility.nameplate_w == pytest.approx(it / product + it * 0.3)
    assert (
        chain_of(found.cluster).facility.nameplate_w > chain_of(inside.cluster).facility.nameplate_w
    )


def test_redundancy_changes_what_is_installed_and_not_what_is_drawn(catalog):
    plain, double = made(catalog), made(catalog, redundancy="2N")
    assert chain_of(plain.cluster) == chain_of(double.cluster)
    once = {n.layer: n for n in layer_needs(chain_of(plain.cluster), plain.redundancy, plain.plant)}
    twice = {
        n.layer: n for n in layer_needs(chain_of(double.cluster), double.redundancy, double.plant)
    }
    for layer in ("transformer", "generator", "ups", "cooling"):
        assert twice[layer].through_w == once[layer].through_w == once[layer].installed_w
        assert twice[layer].installed_w == pytest.approx(2 * once[layer].installed_w)
    assert (
        twice["feed"].installed_w == once["feed"].installed_w
    )  # one word is of every layer but the feed


def test_stage_losses_follow_through_power(catalog):
    found = made(catalog, redundancy="4N/3")
    losses = stage_losses(1e6, 1e6, found.redundancy, found.plant)
    assert [loss.load_share for loss in losses] == pytest.approx([0.75, 0.75, 0.75])
    through = 1e6
    for loss in losses:
        assert loss.loss_w == pytest.approx(through / loss.efficiency - through)
        through += loss.loss_w


def test_networks_move_with_their_parts_and_with_the_design(catalog):
    system = catalog.systems["hgx-h100"]
    open_, named = (
        network_of(catalog, system, 1000),
        network_of(catalog, system, 1000, "rail-optimized"),
    )
    assert open_.w("nameplate") == pytest.approx(
        named.w("nameplate"), rel=2e-3
    )  # links of a group that is not full
    assert "network · topology" in open_.moves
    assert "network · topology" not in named.moves
    kinds = ("fat-tree", "rail-only", "oversubscribed")
    least = min(
        table_at(catalog, system, kind, None, 1000).sum_of("nameplate_w", 1000) for kind in kinds
    )
    assert open_.w("nameplate", {"network · topology": -1}) == pytest.approx(least)
    assert named.w("nameplate", {"network · ib-ndr-64x400": 1}) > named.w("nameplate")
    assert named.w("nameplate", {"network · ib-ndr-64x400": -1e9}) == 0


def test_small_clusters_get_a_tree_and_cubes_their_torus_without_a_storage_network(catalog):
    assert network_of(catalog, catalog.systems["hgx-h100"], 8).kind == "fat-tree"
    assert network_of(catalog, catalog.systems["hgx-h100"], 33).kind == "rail-optimized"
    torus = network_of(catalog, catalog.systems["tpu-v5p-cube"], 140)
    assert torus.kind == "torus"
    assert [fabric.name for fabric in torus.fabrics] == ["compute network", "front-end network"]
    custom = network_of(catalog, catalog.systems["hgx-h100"], 100, None, Options(sides=()))
    assert [fabric.name for fabric in custom.fabrics] == ["compute network"]


def test_what_cannot_be_counted_takes_the_share_of_the_catalog(catalog):
    """A host of eight chips in a flat torus has no published bandwidth and is no cube. 14 % of
    nameplate, the same at every load."""
    assert not countable(catalog.systems["tpu-v6e-host"])
    assert not countable(catalog.systems["tpu-v5e-host"])
    found = made(catalog, (("tpu-v6e-host", "10 systems"),))
    group = found.cluster.groups[0]
    assert (group.network, group.storage, group.management) == (None, None, None)
    _, own, it = group_draws(group)
    for load in LOADS:
        assert it.at(load) - own.at(load) == pytest.approx(0.14 * own.nameplate_w)
    assert any("not counted" in note and "14%" in note for note in found.notes)


def test_a_cap_is_in_the_chain(catalog):
    found = made(catalog)
    capped = replace(found.cluster.groups[0], own=replace(found.cluster.groups[0].own, cap=0.8))
    chain, before = chain_of(Cluster((capped,), found.cluster.site)), chain_of(found.cluster)
    assert before.it.nameplate_w - chain.it.nameplate_w == pytest.approx(0.2 * 128 * 10200)
    assert before.it.average_w == chain.it.average_w
