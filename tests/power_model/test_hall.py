"""A hall rests on the cluster that `planner power` reckons: its whole chain, and racks that hold
all of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.catalog.load import load_catalog
from planner.engineering.power import BASES, LOADS
from planner.errors import InputError
from planner.power_model.cluster import Reckoner
from planner.power_model.hall import Asked, hall
from planner.power_model.setup import of_one, set_up_options


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


@pytest.mark.parametrize(
    ("system", "words"),
    [
        ("hgx-h200", {"cooling": "air", "climate": "cold"}),
        ("hgx-h200", {"cooling": "rear-door", "climate": "hot-humid", "workload": "inference"}),
        ("mi250x-node", {"cooling": "liquid"}),
        ("tpu-v5p-cube", {"cooling": "liquid", "climate": "hot-dry", "workload": "hpl"}),
        ("tpu-v5e-host", {"cooling": "air"}),
        ("vr-nvl72", {"cooling": "liquid", "climate": "cold", "workload": "idle"}),
    ],
)
def test_the_whole_chain_is_that_of_the_cluster(catalog, system, words):
    found = hall(catalog, Asked(system, "60 systems", words))
    chain = Reckoner(set_up_options("test", of_one(system, "60 systems", words), catalog)).chain()
    for basis in BASES:
        here, there = found.power.chain.at(basis), chain.at(basis)
        assert (here is None) == (there is None)
        for load in LOADS if here and there else ():
            assert here.at(load) == pytest.approx(there.at(load), rel=1e-9)
    own = found.power.chain.rack.nameplate_w
    assert (
        own <= found.rows.deployed_w < own + found.rows.rack_w
    )  # the last rack may be less than full
    assert found.overhead_w == pytest.approx(found.power.chain.it.nameplate_w - own)


def test_every_system_of_the_catalog_has_a_hall(catalog):
    """Cooling that is said to carry a rack is none that the power refuses."""
    for system in catalog.systems:
        found = hall(catalog, Asked(system, "2 systems", {}))
        assert found.group.system.id == system
        assert found.chosen.id == found.power.setup.cooled[0].technology.id
        assert found.chosen.climate.pue_annual.value == found.group.pue_annual.value


def test_nobody_published_its_power(catalog):
    system = catalog.systems["hgx-h100"]
    silent = system.model_copy(update={"power": type(system.power)()})
    without = replace(catalog, systems={**catalog.systems, "hgx-h100": silent})
    with pytest.raises(InputError, match="nobody published the power of `hgx-h100`"):
        hall(without, Asked("hgx-h100", "8", {}))


def test_a_word_that_only_a_program_can_say(catalog):
    with pytest.raises(InputError, match="expected one of cold, temperate"):
        hall(catalog, Asked("hgx-h100", "8", {"climate": "arctic"}))
