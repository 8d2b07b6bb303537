"""What is an accelerator, and what is the smallest thing one can buy and switch on?

Published figures only; what nobody published is absent here and, if a plan needs it, stands in
`judgement` as an assumption.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.periods import Moment
from planner.records import Figure, Id, Record, Text
from planner.units import (
    Bandwidth,
    ComputeRate,
    Count,
    Fraction,
    LinkRate,
    Mass,
    Memory,
    Power,
    RackHeight,
)

Precision = Literal["fp64", "fp64_tensor", "tf32", "bf16", "fp8", "fp4", "int8"]
PRECISIONS: tuple[Precision, ...] = ("fp64", "fp64_tensor", "tf32", "bf16", "fp8", "fp4", "int8")

Sale = Literal["open", "allotted", "internal"]
"""Open: to be had for money · allotted: sold, but only by agreement · internal: never sold so
far."""


class Supplier(Record):
    """Who is paid, and therefore whose share of spend a purchase counts towards."""

    id: Id
    name: Text
    country: Text


class PeakRates(Record):
    """FLOP/s of one accelerator by number format (OP/s for int8), without sparsity unless the field
    says otherwise.
    """

    fp64: Figure[ComputeRate] | None = None
    fp64_tensor: Figure[ComputeRate] | None = None
    tf32: Figure[ComputeRate] | None = None
    bf16: Figure[ComputeRate] | None = None
    fp8: Figure[ComputeRate] | None = None
    fp4: Figure[ComputeRate] | None = None
    int8: Figure[ComputeRate] | None = None

    def at(self, precision: Precision) -> Figure[ComputeRate] | None:
        """The figure for one format, or None if it was not published or is not supported."""
        figure: Figure[ComputeRate] | None = getattr(self, precision)
        return figure


class Accelerator(Record):
    """One chip or package as its vendor counts it.

    Memory has two names. It is sold as `80 GB`; what is fitted, and what drivers report, is counted
    in powers of two: 81 559 MiB, which are 85.5 GB. `memory` is what is sold, read as a decimal
    number; `memory_counted` is what hardware or driver count, where somebody published it. A
    requirement is met by either, so that who writes the sold name gets what it names, and `76 GiB`
    fits into 81 559 MiB. Where nothing is counted the decimal number alone holds.
    """

    id: Id
    name: Text
    supplier: Id
    source: Id
    software: Text
    """Software stack that its users must port to."""
    generation: Text | None = None
    process: Text | None = None
    memory_type: Text | None = None
    released: Moment | None = None
    note: str = ""
    tdp_w: Annotated[Figure[Power] | None, Field(alias="tdp")] = None
    """Chip basis, nameplate."""
    memory_gb: Annotated[Figure[Memory] | None, Field(alias="memory")] = None
    """As sold: GB of 10^9 bytes, on the careful reading of a datasheet."""
    memory_counted_gb: Annotated[Figure[Memory] | None, Field(alias="memory_counted")] = None
    """As hardware or driver count it, in GB; files write it in MiB or GiB. None where nobody
    published it."""
    memory_bandwidth_gb_s: Annotated[Figure[Bandwidth] | None, Field(alias="memory_bandwidth")] = (
        None
    )
    scale_up_bandwidth_gb_s: Annotated[
        Figure[Bandwidth] | None, Field(alias="scale_up_bandwidth")
    ] = None
    """Both directions together, per accelerator."""
    peak_flop_s: Annotated[PeakRates, Field(alias="peak")] = PeakRates()
    """Dense."""
    peak_sparse_flop_s: Annotated[PeakRates, Field(alias="peak_sparse")] = PeakRates()
    """As printed with structured sparsity; kept so that nobody mistakes it for dense, never planned
    with."""


class PowerRatings(Record):
    """Draw at the system's own terminals, PSU losses included; basis `server` for servers, `rack`
    for racks and pods.
    """

    nameplate_w: Annotated[Figure[Power] | None, Field(alias="nameplate")] = None
    """What must be provisioned."""
    peak_w: Annotated[Figure[Power] | None, Field(alias="peak")] = None
    """Highest realised under load."""
    average_w: Annotated[Figure[Power] | None, Field(alias="average")] = None
    """Mean over a training run."""
    idle_w: Annotated[Figure[Power] | None, Field(alias="idle")] = None


class System(Record):
    """The smallest thing one can buy and switch on."""

    id: Id
    name: Text
    supplier: Id
    accelerator: Id
    source: Id
    form: Literal["server", "rack", "pod"]
    sale: Sale
    cooling: Literal["air", "liquid", "hybrid"]
    note: str = ""
    accelerators: Figure[Count]
    ships_from: Figure[Moment] | None = None
    liquid_share: Figure[Fraction] | None = None
    """Share of the heat that leaves by liquid; the rest warms the hall's air."""
    power: PowerRatings = PowerRatings()
    rack_units: Figure[RackHeight] | None = None
    racks: Figure[Count] | None = None
    scale_up_domain: Figure[Count] | None = None
    weight_kg: Annotated[Figure[Mass] | None, Field(alias="weight")] = None
    nic_bandwidth_gbit_s: Annotated[Figure[LinkRate] | None, Field(alias="nic_bandwidth")] = None

    @property
    def basis(self) -> Literal["server", "rack"]:
        """Where on the power chain this system's own ratings stand."""
        return "server" if self.form == "server" else "rack"
