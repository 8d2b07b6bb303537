"""What else draws power in a node, besides its accelerators, and how much of its rating does each
part take at work?

Processors, memory, network cards and boards with their ratings; which of them a catalog system
holds; and the few shared parameters of the component power model (`engineering/components.py`),
each with its range and what it was fitted on.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.records import Figure, Id, Record, Text
from planner.units import Count, Fraction, Power, Ratio

Workload = Literal["hpl", "training", "inference", "idle"]
WORKLOADS: tuple[Workload, ...] = ("hpl", "training", "inference", "idle")


class Component(Record):
    """A part of a node other than an accelerator."""

    id: Id
    name: Text
    role: Literal["processor", "memory", "nic", "board"]
    power_w: Annotated[Figure[Power], Field(alias="power")]
    """TDP of a processor; draw at work of anything else."""
    note: str = ""


class Host(Record):
    """What stands around the accelerators of one catalog system."""

    system: Id
    processor: Id | None = None
    """None where the processor is inside the accelerator's module and its TDP."""
    sockets: Figure[Count] | None = None
    parts: list[Id] = []
    """Components per system, repeated as often as they are there."""
    note: str = ""


class ByWorkload(Record):
    """One share of a rating for each class of work."""

    hpl: Figure[Ratio]
    training: Figure[Ratio]
    inference: Figure[Ratio]
    idle: Figure[Ratio]

    def at(self, workload: Workload) -> Figure[Ratio]:
        """The figure for one class of work."""
        figure: Figure[Ratio] = getattr(self, workload)
        return figure


class FamilyUtilisation(Record):
    """Share of its TDP that an accelerator takes under HPL: of one generation, or of one product of
    it.
    """

    generation: Text
    accelerator: Id | None = None
    hpl: Figure[Ratio]


class PowerModel(Record):
    """Parameters of the component model; the fitted ones say on what in their notes."""

    accelerator: ByWorkload
    """Share of TDP, where the generation was never metered."""
    families: list[FamilyUtilisation]
    processor: ByWorkload
    other_w: Annotated[Figure[Power], Field(alias="other")]
    """Memory, board, disks and one network card, per accelerator, where a system's parts are not
    listed."""
    fans: Figure[Fraction]
    """Share that air cooling adds inside the node; liquid-cooled nodes have none."""
    supply: Figure[Fraction]
    """Output over input of power supplies and rectifiers."""
    network: Figure[Fraction]
    """Switches of the scale-out network, as a share of the nodes, inside the figures that the lists
    print."""
    accelerator_spread: Figure[Fraction]
    """Of the prior: how far one product's share of TDP may lie from that of its generation (one
    standard deviation)."""
    family_spread: Figure[Fraction]
    """The same for a generation, from all of them."""


class Surroundings(Record):
    """What a cluster needs beside its systems and its networks, in W per accelerator at basis `it`,
    the same at every load.
    """

    storage_w: Annotated[Figure[Power], Field(alias="storage")]
    """Servers of the file system; its network is counted with the networks."""
    management_w: Annotated[Figure[Power], Field(alias="management")]
    """Login, scheduling, fabric and general-purpose servers, and the network out of band."""
