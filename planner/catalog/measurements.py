"""Which machines were metered, doing what, and what did the meter say?

One entry per machine and configuration. `machine` groups entries that share hardware, so that validation can leave all of a machine out.
What is known before a machine is switched on (accelerators, hosts, cooling) stands apart from what is known only after a run (power, Rmax).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.catalog.components import Workload
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
    """Listed: follows from the listed cores · repaired: by the rule in the note · mixed: two kinds of node, or run and machine differ."""
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
    """Quality of the power measurement as the list grades it: 1 a part of the machine and of the run, 3 all of both; None if not said."""
    tuned: bool = False
    """The submitter calls it a run optimized for power; never inferred from the power."""
    second: bool = False
    """A second run of an entry, with a rate and a power of its own: fitted on, but scored apart from what the list ranks."""
    rmax_flop_s: Annotated[ComputeRate | None, Field(alias="rmax")] = None
    rpeak_flop_s: Annotated[ComputeRate | None, Field(alias="rpeak")] = None
    gflops_per_w: float | None = Field(default=None, ge=0)
    explanation: str = ""
    """Why a prediction that never saw this machine is off by more than 15 %; empty for all others."""
    inferred: bool = False
    """The explanation was found by looking at the error, and no text says so."""

    @property
    def w_per_accelerator(self) -> float:
        """Measured W per accelerator, on the entry's basis."""
        return self.power_w.value / self.accelerators.value
