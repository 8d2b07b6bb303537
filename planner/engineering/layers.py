"""What must be installed in each layer of the plant for a draw, and what do its power stages lose?

Installed capacity is not draw: redundancy multiplies what is bought and stands there, never what
the machines take.

    installed  = W through the layer / usable fraction of its topology (`engineering/plant.py`)
    loss       = through · (1/η − 1), each stage loaded to (load / nameplate) · usable fraction of
               its rating
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.catalog.facility import LAYERS, Layer, Plant, Redundancy, Stage
from planner.engineering.facility import stage_efficiency
from planner.engineering.plant import installed_needed_w, mep_cost_multiple, usable_fraction
from planner.engineering.power import Chain
from planner.records import Grade

STAGES: tuple[tuple[str, Layer], ...] = (
    ("distribution", "ups"),
    ("ups", "ups"),
    ("transformer", "transformer"),
)
"""Power stages from the rack up, each with the layer whose redundancy says how far it is loaded."""


@dataclass(frozen=True)
class LayerNeed:
    """What one layer of the plant needs for a nameplate draw."""

    layer: Layer
    topology: Redundancy
    usable: float
    per_it: float
    """W through it per W of IT."""
    through_w: float
    """Draw that passes through it, nameplate."""
    installed_w: float
    mep_multiple: float
    note: str


@dataclass(frozen=True)
class StageLoss:
    """One power stage as loaded at a draw under its redundancy."""

    name: str
    load_share: float
    efficiency: float
    loss_w: float
    grade: Grade


def usable_of(topology: Redundancy) -> float:
    """Usable over installed capacity of a topology of the catalog."""
    return usable_fraction(topology.needed.value, topology.spare, topology.copies)


def layer_needs(
    chain: Chain, redundancy: Mapping[Layer, Redundancy], plant: Plant
) -> list[LayerNeed]:
    """Capacity to install in each layer for the nameplate of a chain, W. Source: layers stand in
    series, each sized by what it carries.
    """
    carried: dict[Layer, tuple[float, str]] = {
        "feed": (chain.utility.nameplate_w, "utility, nameplate"),
        "transformer": (chain.facility.nameplate_w, "facility, nameplate"),
        "generator": (
            chain.facility.nameplate_w,
            "facility, nameplate: IT and cooling ride through",
        ),
        "ups": (chain.it.nameplate_w, "it, nameplate; pumps on UPS come on top"),
        "cooling": (chain.it.nameplate_w, "heat of it, nameplate"),
    }
    found = []
    for layer in LAYERS:
        through_w, note = carried[layer]
        topology = redundancy[layer]
        usable, per_it = usable_of(topology), through_w / chain.it.nameplate_w
        installed_w = installed_needed_w(chain.it.nameplate_w, usable, per_it)
        multiple = mep_cost_multiple(usable, plant.mep_swing.value)
        found.append(
            LayerNeed(layer, topology, usable, per_it, through_w, installed_w, multiple, note)
        )
    return found


def stage_of(plant: Plant, name: str) -> Stage:
    """The stage of a name in `STAGES`."""
    stage: Stage = getattr(plant, name)
    return stage


def stage_losses(
    it_w: float, nameplate_w: float, redundancy: Mapping[Layer, Redundancy], plant: Plant
) -> list[StageLoss]:
    """Losses of the power stages at an IT draw, from the rack up, where the stages are sized for a
    nameplate IT draw, W.
    """
    found = []
    through_w = it_w
    for name, layer in STAGES:
        stage = stage_of(plant, name)
        share = min(1.0, it_w / nameplate_w * usable_of(redundancy[layer]))
        efficiency = stage_efficiency(share, stage.half.value, stage.full.value)
        loss_w = through_w / efficiency - through_w
        found.append(
            StageLoss(name, share, efficiency, loss_w, max(stage.half.grade, stage.full.grade))
        )
        through_w += loss_w
    return found
