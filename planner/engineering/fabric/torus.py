"""How many optical circuit switches and links close cubes of accelerators into a 3-D torus?

A cube of n × n × n accelerators is wired inside with copper: 3·n²·(n − 1) links. Each of its six
faces has n² fibres. The fibre at one place of a face and its partner on the opposite face end at
the same circuit switch, together with those of every other cube, so the switch can join any cube to
any other along that dimension, or to itself: 3·n² switches of two ports per cube. Where the cubes
outgrow one switch, each place gets a bank of them, and circuits stay within a bank. Each cube adds
3·n² circuits; those that close a ring wrap around.

Jouppi et al., ISCA 2023, arXiv 2304.01433 (cubes of 64, 48 switches for 64 cubes); Urata et al.,
arXiv 2208.10041 (136 ports, of which 128 are in use, circulators for both ways on one fibre).
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class TorusDemand:
    """Cubes to be joined, the side of a cube in accelerators, and the circuit switch."""

    cubes: int
    side: int = 4
    switch_ports: int = 136
    spare_ports: int = 8
    """Ports of a switch kept for repair and test."""

    def __post_init__(self) -> None:
        """Refuse what no torus is."""
        if self.cubes < 1 or self.side < 2:
            raise ValueError(
                f"a torus needs at least one cube of side 2, not {self.cubes} of side {self.side}"
            )
        if self.spare_ports < 0 or self.switch_ports - self.spare_ports < 2:
            raise ValueError(
                f"a circuit switch of {self.switch_ports} ports with {self.spare_ports} spare "
                "holds no cube"
            )

    @property
    def endpoints(self) -> int:
        """Accelerators."""
        return self.cubes * self.side**3


@dataclass(frozen=True)
class Torus:
    """A counted torus."""

    demand: TorusDemand
    shape: tuple[int, int, int]
    """Cubes along each dimension, as near to a cube as their number allows."""
    switches: int
    copper_links: int
    optical_ends: int
    """Fibres of all faces: each ends at a transceiver of a cube and a port of a switch."""
    circuits: int
    """Links between cubes, through a switch: two fibres each."""
    wraparound: int
    """Those among the circuits that close a ring."""
    ports_used: int
    ports_free: int
    cubes_per_bank: int
    """Cubes that one switch can join."""


def build_torus(demand: TorusDemand) -> Torus:
    """Count switches, circuits and copper links of a torus of all cubes."""
    n, cubes = demand.side, demand.cubes
    positions, bank = 3 * n * n, (demand.switch_ports - demand.spare_ports) // 2
    switches = positions * math.ceil(cubes / bank)
    a, b, c = balanced(cubes)
    used = 2 * positions * cubes
    return Torus(
        demand,
        (a, b, c),
        switches,
        3 * n * n * (n - 1) * cubes,
        used,
        positions * cubes,
        n * n * (a * b + b * c + a * c),
        used,
        switches * demand.switch_ports - used,
        bank,
    )


def balanced(number: int) -> tuple[int, int, int]:
    """Three factors of a number, smallest first, whose sum is least: the torus of shortest
    paths.
    """
    best = (1, 1, number)
    for a in range(1, round(number ** (1 / 3)) + 2):
        if number % a:
            continue
        rest = number // a
        b = next(d for d in range(math.isqrt(rest), 0, -1) if rest % d == 0)
        if a + b + rest // b < sum(best):
            best = (a, b, rest // b)
    x, y, z = sorted(best)
    return x, y, z
