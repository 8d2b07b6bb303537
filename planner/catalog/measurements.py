"""Machines that were metered, and the model that was fitted to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from planner.catalog.components import Component, Host, PowerModel, Surroundings, Workload
from planner.catalog.reader import Reader
from planner.periods import Moment
from planner.records import Figure, Id, Record, Text
from planner.units import ComputeRate, Count, Power


class Measurement(Record):
    """One metered run."""

    id: Id
    machine: Id
    name: Text
    description: Text
    maker: Text
    accelerator: Id
    accelerators: Figure[Count]
    count: Literal["listed", "repaired", "mixed"]
    """Listed: follows from the listed cores · repaired: by the rule in the note · mixed: two kinds
    of node, or run and machine differ."""
    processor: Id | None = None
    """None for a superchip or APU, whose TDP holds the processor."""
    sockets: Figure[Count] | None = None
    per_node: int = Field(ge=1, le=16)
    cooling: Literal["air", "liquid", "hybrid"]
    """Hybrid: air-cooled chassis whose accelerators shed their heat through a liquid loop."""
    node: Text
    """Product line of its nodes, as the list calls the system's model."""
    interconnect: Text
    installed: int = Field(ge=2015, le=2100)
    workload: Workload
    power_w: Annotated[Figure[Power], Field(alias="power")]
    basis: Literal["server", "rack", "it", "facility"]
    lists: list[Moment]
    level: int | None = Field(default=None, ge=1, le=3)
    """Quality of the power measurement as the list grades it: 1 a part of the machine and of the
    run, 3 all of both; None if not said."""
    tuned: bool = False
    """The submitter calls it a run optimized for power; never inferred from the power."""
    second: bool = False
    """A second run of an entry, with a rate and a power of its own: fitted on, but scored apart
    from what the list ranks."""
    rmax_flop_s: Annotated[ComputeRate | None, Field(alias="rmax")] = None
    rpeak_flop_s: Annotated[ComputeRate | None, Field(alias="rpeak")] = None
    gflops_per_w: float | None = Field(default=None, ge=0)
    explanation: str = ""
    """Why a prediction that never saw this machine is off by more than 15 %; empty for all
    others."""
    inferred: bool = False
    """The explanation was found by looking at the error, and no text says so."""

    @property
    def w_per_accelerator(self) -> float:
        """Measured W per accelerator, on the entry's basis."""
        return self.power_w.value / self.accelerators.value


@dataclass(frozen=True)
class Metered:
    """Measurements and what is needed to predict them, by id; hosts by system. `model` and
    `surroundings` are None in a catalog without them.
    """

    components: dict[str, Component] = field(default_factory=dict)
    hosts: dict[str, Host] = field(default_factory=dict)
    measurements: dict[str, Measurement] = field(default_factory=dict)
    model: PowerModel | None = None
    surroundings: Surroundings | None = None

    def tables(self) -> tuple[tuple[str, Mapping[str, BaseModel]], ...]:
        """Top key and entries of each table."""
        model: dict[str, BaseModel] = {"0": self.model} if self.model else {}
        around: dict[str, BaseModel] = {"0": self.surroundings} if self.surroundings else {}
        return (
            ("components", self.components),
            ("hosts", self.hosts),
            ("measurements", self.measurements),
            ("power_model", model),
            ("surroundings", around),
        )


def metered_references(metered: Metered) -> Iterator[tuple[str, str, str, str]]:
    """Ids that entries use besides those of their figures' sources: (what, id, top key, entry)."""
    for host in metered.hosts.values():
        yield "system", host.system, "hosts", host.system
        yield from (
            ("component", part, "hosts", host.system)
            for part in [host.processor, *host.parts]
            if part
        )
    for run in metered.measurements.values():
        yield "accelerator", run.accelerator, "measurements", run.id
        if run.processor:
            yield "component", run.processor, "measurements", run.id


def read_metered(reader: Reader) -> Metered:
    """Take these tables out of a reader; mistakes are left with it."""
    return Metered(
        components=reader.by_name("components", Component),
        hosts=reader.by_name("hosts", Host),
        measurements=reader.by_name("measurements", Measurement),
        model=reader.only("power_model", PowerModel),
        surroundings=reader.only("surroundings", Surroundings),
    )
