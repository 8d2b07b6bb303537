"""Is the catalog that we ship sound and complete?"""

from __future__ import annotations

from datetime import date

import pytest

from planner.catalog.findings import every_figure
from planner.catalog.lint import lint
from planner.catalog.load import Catalog, load_catalog
from planner.data import catalogs_folder
from planner.periods import Moment
from planner.yamlfile import read_file

REQUIRED = {
    "A100 40 GB": "a100-sxm-40gb",
    "A100 80 GB": "a100-sxm-80gb",
    "H100": "h100-sxm",
    "H200": "h200-sxm",
    "GH200": "gh200",
    "B200": "b200-sxm",
    "GB200": "gb200",
    "B300": "b300-sxm",
    "GB300": "gb300",
    "Vera Rubin": "rubin",
    "MI250X": "mi250x",
    "MI300X": "mi300x",
    "MI325X": "mi325x",
    "MI350X": "mi350x",
    "MI355X": "mi355x",
    "MI450": "mi450",
    "TPU v4": "tpu-v4",
    "TPU v5e": "tpu-v5e",
    "TPU v5p": "tpu-v5p",
    "TPU v6e": "tpu-v6e",
    "TPU v7": "tpu-v7",
    "Trainium2": "trainium2",
    "Trainium3": "trainium3",
    "Gaudi 3": "gaudi3",
    "Maia 100": "maia100",
    "Maia 200": "maia200",
}
"""Accelerators that a planner expects to find, each in at least one system."""

RACKS = {"gb200-nvl72": 72, "gb300-nvl72": 72, "vr-nvl72": 72, "mi450-helios": 72}
"""Systems that deals are made in, with their accelerators."""


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return load_catalog()


def test_the_files_hold_no_tricks():
    """They are read without the look that other people's files get."""
    for path in sorted(catalogs_folder().rglob("*.yaml")):
        assert read_file(path).data == read_file(path, foreign=False).data


def curated(catalog: Catalog) -> date:
    """The last day of the month that the version names: a test must not depend on the clock."""
    year, month = (int(part) for part in catalog.version.split(".")[:2])
    return Moment.parse(f"{year}-{month:02d}").last


def test_no_errors(shipped):
    errors = [
        problem.concise() for problem in lint(shipped, curated(shipped)) if not problem.warning
    ]
    assert errors == []


@pytest.mark.parametrize("chip", REQUIRED.values(), ids=REQUIRED.keys())
def test_required_accelerators_can_be_planned_with(shipped, chip):
    record = shipped.accelerators[chip]
    assert record.tdp_w is not None
    assert record.memory_gb is not None
    assert record.peak_flop_s.bf16 is not None
    systems = [system for system in shipped.systems.values() if system.accelerator == chip]
    assert systems
    for system in systems:
        assert system.power.nameplate_w is not None
        assert system.id in shipped.planning_prices


@pytest.mark.parametrize(("system", "number"), RACKS.items(), ids=RACKS.keys())
def test_required_racks(shipped, system, number):
    assert shipped.systems[system].accelerators.value == number
    assert shipped.systems[system].basis == "rack"


def test_several_suppliers_and_software_stacks(shipped):
    assert len({chip.supplier for chip in shipped.accelerators.values()}) >= 6
    assert {"CUDA", "ROCm", "XLA", "Neuron"} <= {
        chip.software for chip in shipped.accelerators.values()
    }


def test_what_is_assumed_has_a_range_and_a_reasoning(shipped):
    for place, figure in every_figure(shipped):
        if figure.kind == "assumption":
            assert figure.low is not None, place
            assert figure.high is not None, place
            assert len(figure.note) >= 20, place


def test_ranges_of_assumed_power_and_price_are_not_points(shipped):
    for place, figure in every_figure(shipped):
        if figure.kind == "assumption" and place.figure in ("power.nameplate", "price", "tdp"):
            assert figure.low < figure.high, place


@pytest.mark.parametrize(
    ("chip", "tdp_w", "memory_gb", "bf16_tflop_s"),
    [
        ("h100-sxm", 700, 80, 989.4),
        ("a100-sxm-80gb", 400, 80, 312),
        ("mi300x", 750, 192, 1307.4),
        ("h200-sxm", 700, 141, 989.4),
    ],
)
def test_figures_that_everybody_knows(shipped, chip, tdp_w, memory_gb, bf16_tflop_s):
    record = shipped.accelerators[chip]
    assert record.tdp_w.value == tdp_w
    assert record.memory_gb.value == memory_gb
    assert record.peak_flop_s.bf16.value == pytest.approx(bf16_tflop_s * 1e12, rel=0.002)


@pytest.mark.parametrize(
    ("chip", "mib"),
    [
        ("a100-sxm-40gb", 40960),
        ("a100-sxm-80gb", 81920),
        ("h100-sxm", 81559),
        ("h100-nvl", 95830),
        ("h200-sxm", 143771),
        ("gh200", 97871),
        ("b200-sxm", 183359),
        ("gb200", 189471),
        ("b300-sxm", 275040),
        ("gb300", 284208),
        ("mi250x", 128 * 1024),
        ("mi300x", 192 * 1024),
        ("mi325x", 256 * 1024),
        ("mi355x", 288 * 1024),
        ("trainium2", 96 * 1024),
        ("trainium3", 144 * 1024),
        ("tpu-v4", 32 * 1024),
        ("tpu-v5p", 95 * 1024),
        ("tpu-v6e", 33550237696 / 2**20),
        ("tpu-v7", 192 * 1024),
    ],
)
def test_memory_as_hardware_counts_it(shipped, chip, mib):
    """As `nvidia-smi` and makers' documentation have it; the sources are in the catalog."""
    record = shipped.accelerators[chip]
    assert record.memory_counted_gb.value == pytest.approx(mib * 2**20 / 1e9, rel=1e-12)
    assert record.memory_counted_gb.grade in ("A", "B")


def test_counted_memory_is_more_than_its_decimal_name(shipped):
    """So that the name is the careful reading where nobody counted."""
    counted = [chip for chip in shipped.accelerators.values() if chip.memory_counted_gb is not None]
    assert len(counted) >= 20
    assert all(chip.memory_counted_gb.value > chip.memory_gb.value for chip in counted)


def test_every_system_says_how_it_is_joined_and_cooled(shipped):
    """A fabric needs bandwidth per accelerator, unless scale-up joins systems already; a hall needs
    the share of heat that liquid takes."""
    for system in shipped.systems.values():
        domain = system.scale_up_domain
        joined = domain is not None and domain.value > system.accelerators.value
        assert joined or system.nic_bandwidth_gbit_s is not None, system.id
        assert (system.cooling == "air") == (system.liquid_share is None), system.id
        assert system.power.nameplate_w is not None, system.id


@pytest.mark.parametrize(
    ("system", "gbit_s"),
    [
        ("gh200-quad-node", 200),
        ("a100-64gb-quad-node", 100),
        ("a100-quad-node", 200),
        ("mi250x-node", 200),
        ("gaudi3-server", 600),
    ],
)
def test_bandwidth_of_nodes_that_their_owners_describe(shipped, system, gbit_s):
    """JSC (JUPITER), CINECA (Leonardo), NERSC (Perlmutter), OLCF (Frontier), Intel."""
    assert shipped.systems[system].nic_bandwidth_gbit_s.value == gbit_s
