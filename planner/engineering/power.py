"""What does a machine draw, at which point between the chip and the utility's meter, and at which
load?

Basis   chip → server → rack → it → facility → utility
Load    nameplate (must be provisioned) · peak (highest realised) · average (what the bill is made
        of) · idle

    it        = own draw + overhead · own nameplate + beside: network, storage and management draw
              nearly the same whatever the load
    facility  = it · PUE: the design day's PUE for nameplate and peak, the year's mean for average
              and idle
    utility   = facility / (1 − loss): transformer and feeders upstream of where PUE is measured

Losses of power supplies are inside a system's own rating, those of UPS and distribution inside a
measured PUE (The Green Grid's definition), so neither is counted again. What a chip alone takes
under load is not known from its TDP: its peak, average and idle stay empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from planner.units import BASES as BASES
from planner.units import LOADS as LOADS
from planner.units import Basis as Basis
from planner.units import Load as Load


@dataclass(frozen=True, slots=True)
class Draw:
    """Power in W at one basis, by load; None where it cannot be told."""

    nameplate_w: float
    peak_w: float | None
    average_w: float | None
    idle_w: float | None

    def at(self, load: Load) -> float | None:
        """W at a load."""
        value: float | None = getattr(self, f"{load}_w")
        return value

    def scaled(self, peak_factor: float, average_factor: float) -> Draw:
        """Nameplate and peak times one factor, average and idle times another."""

        def times(value: float | None, factor: float) -> float | None:
            return None if value is None else value * factor

        return Draw(
            self.nameplate_w * peak_factor,
            times(self.peak_w, peak_factor),
            times(self.average_w, average_factor),
            times(self.idle_w, average_factor),
        )

    def plus(self, constant_w: float) -> Draw:
        """The same with a draw on top that does not depend on load."""

        def add(value: float | None) -> float | None:
            return None if value is None else value + constant_w

        return Draw(
            self.nameplate_w + constant_w, add(self.peak_w), add(self.average_w), add(self.idle_w)
        )

    def with_(self, other: Draw) -> Draw:
        """Two draws together; a load that one of them cannot tell is not told."""

        def add(a: float | None, b: float | None) -> float | None:
            return None if a is None or b is None else a + b

        return Draw(
            self.nameplate_w + other.nameplate_w,
            add(self.peak_w, other.peak_w),
            add(self.average_w, other.average_w),
            add(self.idle_w, other.idle_w),
        )


NOTHING = Draw(0.0, 0.0, 0.0, 0.0)


def constant(nameplate_w: float, typical_w: float) -> Draw:
    """What is provisioned for its nameplate and draws the same at every other load."""
    return Draw(nameplate_w, typical_w, typical_w, typical_w)


@dataclass(frozen=True, slots=True)
class Chain:
    """Draw at each basis. `server` is None for a system that is sold as a whole rack."""

    chip: Draw
    server: Draw | None
    rack: Draw
    it: Draw
    facility: Draw
    utility: Draw

    def at(self, basis: Basis) -> Draw | None:
        """The draw at a basis."""
        draw: Draw | None = getattr(self, basis)
        return draw

    def times(self, count: float) -> Chain:
        """The chain of so many of the same."""
        server = self.server.scaled(count, count) if self.server else None
        chip, rack, it, facility, utility = (
            d.scaled(count, count)
            for d in (self.chip, self.rack, self.it, self.facility, self.utility)
        )
        return Chain(chip, server, rack, it, facility, utility)

    def __iter__(self) -> Iterator[tuple[Basis, Draw]]:
        for basis in BASES:
            draw = self.at(basis)
            if draw is not None:
                yield basis, draw


def power_chain(
    *,
    accelerators: float,
    tdp_w: float,
    own: Draw,
    sold_as: Literal["server", "rack"],
    it_overhead: float = 0.0,
    beside: Draw = NOTHING,
    pue_annual: float,
    pue_peak: float,
    utility_loss: float,
    count: float = 1.0,
) -> Chain:
    """The chain of `count` systems.

    Args:
        accelerators: per system.
        tdp_w: one accelerator, chip basis, nameplate.
        own: one system's draw at its own terminals.
        sold_as: whether `own` stands on the server or the rack basis. Servers in a rack draw no
            more than the servers.
        it_overhead: network, storage and management as a share of the system's nameplate.
        beside: what of them is counted for one system, at the basis `it`.
        pue_annual: facility over IT energy, mean of the year.
        pue_peak: facility over IT power on the design day.
        utility_loss: share of the utility's delivery lost before the facility's meter.
        count: how many systems.

    Raises:
        ValueError: for a PUE below 1 or a loss outside [0, 1).
    """
    if pue_annual < 1 or pue_peak < 1:
        raise ValueError(f"a PUE is at least 1, not {min(pue_annual, pue_peak):g}")
    if not 0 <= utility_loss < 1:
        raise ValueError(f"a loss is a share below 1, not {utility_loss:g}")
    chip = Draw(accelerators * tdp_w * count, None, None, None)
    mine = own.scaled(count, count)
    it = mine.plus(it_overhead * mine.nameplate_w).with_(beside.scaled(count, count))
    facility = it.scaled(pue_peak, pue_annual)
    gross = 1.0 / (1.0 - utility_loss)
    return Chain(
        chip,
        mine if sold_as == "server" else None,
        mine,
        it,
        facility,
        facility.scaled(gross, gross),
    )


def add_chains(chains: list[Chain]) -> Chain:
    """Several systems together. Raises ValueError for an empty list."""
    if not chains:
        raise ValueError("no chains to add")

    def total(draws: list[Draw]) -> Draw:
        def add(load: Load) -> float | None:
            values = [draw.at(load) for draw in draws]
            return (
                None if any(v is None for v in values) else sum(v for v in values if v is not None)
            )

        return Draw(sum(d.nameplate_w for d in draws), add("peak"), add("average"), add("idle"))

    servers = [chain.server for chain in chains if chain.server is not None]
    return Chain(
        chip=total([c.chip for c in chains]),
        server=total(servers) if len(servers) == len(chains) else None,
        rack=total([c.rack for c in chains]),
        it=total([c.it for c in chains]),
        facility=total([c.facility for c in chains]),
        utility=total([c.utility for c in chains]),
    )


def heat_split_w(own_w: float, overhead_w: float, liquid_share: float) -> tuple[float, float]:
    """(to liquid, to air) in W for a system drawing `own_w` with `overhead_w` of air-cooled
    equipment around it.
    """
    return own_w * liquid_share, own_w * (1.0 - liquid_share) + overhead_w
