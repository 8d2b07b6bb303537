"""Which machines were metered, doing what, and what did the meter say?

One entry per machine and configuration. `machine` groups entries that share hardware, so that validation can leave all of a machine out.
What is known before a machine is switched on (accelerators, hosts, cooling) stands apart from what is known only after (power, Rmax).
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
    interconnect: Text
    installed: int = Field(ge=2015, le=2100)
    workload: Workload
    power_w: Annotated[Figure[Power], Field(alias="power")]
    basis: Literal["server", "rack", "it", "facility"]
    lists: list[Moment]
    rmax_flop_s: Annotated[ComputeRate | None, Field(alias="rmax")] = None
    rpeak_flop_s: Annotated[ComputeRate | None, Field(alias="rpeak")] = None
    gflops_per_w: float | None = Field(default=None, ge=0)
    explanation: str = ""
    """Why a prediction that never saw this machine is off by more than 15 %; empty for all others."""

    @property
    def w_per_accelerator(self) -> float:
        """Measured W per accelerator, on the entry's basis."""
        return self.power_w.value / self.accelerators.value
