"""What is a switch, a network card, a transceiver and a cable: ports, speed, reach, draw and price?

Draw is what one piece takes at its own terminals. A switch's is without optics, whose share is
counted per module; a card's is without the module in its cage. `nameplate` must be provisioned,
`typical` is what it takes with traffic.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from planner.periods import Moment
from planner.records import Figure, Flag, Id, Record, Text
from planner.units import Count, Length, LinkRate, Money, PartPower, RackHeight

Protocol = Literal["infiniband", "ethernet", "light"]
"""What a switch forwards; `light` for circuit switches, which do not look at bits."""

Medium = Literal["copper", "active-optical", "multimode", "single-mode"]
"""What the signal runs through; the first two are cables with fixed ends, the others fibre between
two transceivers."""


class Draw(Record):
    """Power of one piece of network equipment."""

    typical_w: Annotated[Figure[PartPower] | None, Field(alias="typical")] = None
    nameplate_w: Annotated[Figure[PartPower] | None, Field(alias="nameplate")] = None


class Switch(Record):
    """A box with ports; `ports` counts them at `port_speed`, and a cage may hold several."""

    id: Id
    name: Text
    maker: Text
    source: Id
    protocol: Protocol
    cooling: Literal["air", "liquid"] = "air"
    note: str = ""
    released: Moment | None = None
    ports: Figure[Count]
    port_speed_gbit_s: Annotated[Figure[LinkRate] | None, Field(alias="port_speed")] = None
    """Absent for a circuit switch, which carries any speed."""
    ports_per_cage: Figure[Count] | None = None
    """How many ports one module serves; 1 if left out."""
    split: Figure[Count] | None = None
    """Into how many slower links one port can be broken out at most; 1 if left out."""
    rack_units: Figure[RackHeight] | None = None
    power: Draw = Draw()
    """Without optics."""
    price_usd: Annotated[Figure[Money] | None, Field(alias="price")] = None


class Nic(Record):
    """A network card of a host."""

    id: Id
    name: Text
    maker: Text
    source: Id
    note: str = ""
    speed_gbit_s: Annotated[Figure[LinkRate], Field(alias="speed")]
    """All its ports together, one direction."""
    power: Draw = Draw()
    """Without the module in its cage."""
    price_usd: Annotated[Figure[Money] | None, Field(alias="price")] = None


class Transceiver(Record):
    """A pluggable module that turns electrical lanes into light; it serves `links` links of
    `link_speed`.
    """

    id: Id
    name: Text
    maker: Text
    source: Id
    medium: Medium
    note: str = ""
    link_speed_gbit_s: Annotated[Figure[LinkRate], Field(alias="link_speed")]
    links: Figure[Count]
    reach_m: Annotated[Figure[Length], Field(alias="reach")]
    power: Draw = Draw()
    price_usd: Annotated[Figure[Money] | None, Field(alias="price")] = None
    linear: Flag = False
    """Whether it has no signal processor (LPO) and leans on the switch's."""
    circuit: Flag = False
    """Whether it sends both ways through one fibre, for circuit switches."""


class Cable(Record):
    """A cable that is bought as one piece with both its ends, or fibre for transceivers."""

    id: Id
    name: Text
    maker: Text
    source: Id
    medium: Medium
    note: str = ""
    link_speed_gbit_s: Annotated[Figure[LinkRate] | None, Field(alias="link_speed")] = None
    """Absent for fibre, which carries any speed."""
    reach_m: Annotated[Figure[Length], Field(alias="reach")]
    power: Draw = Draw()
    """Both ends together, per link."""
    price_usd: Annotated[Figure[Money] | None, Field(alias="price")] = None
    """Per link."""


NetworkItem = Switch | Nic | Transceiver | Cable
"""Whatever stands in `catalogs/network/`."""
