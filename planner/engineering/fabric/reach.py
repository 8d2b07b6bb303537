"""How long is a cable, and what share of the links is short enough for copper?

The model: racks stand `rack_pitch_m` apart in rows `row_pitch_m` apart, so a hall of R racks is a
square of R · rack pitch · row pitch m². A cable runs along the aisles (Manhattan) and `vertical_m`
up and down at its two ends together.

Nodes to leaves: `middle`: the leaf rack stands in the middle of the row of racks that its nodes
fill; `rack`: the leaf sits in the nodes' own rack, `vertical_m` away; `apart`: leaves stand
together in a network room at the middle of the pod's square. Between switches: from the middle of
the square (the upper tier) to anywhere in it. For |x| + |y| with both uniform on a half side h, the
share of links not longer than t is t²/2h² up to h and 1 − (2h − t)²/2h² up to 2h (two uniform
numbers added).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Placement = Literal["middle", "rack", "apart"]
PLACEMENTS: tuple[Placement, ...] = ("middle", "rack", "apart")


@dataclass(frozen=True)
class Hall:
    """How racks stand."""

    rack_pitch_m: float = 0.6
    row_pitch_m: float = 3.0
    """Two rows share a hot and a cold aisle: depth of a rack and half of both."""
    vertical_m: float = 2.0
    leaves: Placement = "middle"

    def node_share(self, reach_m: float, racks_per_leaf: float, racks: float) -> float:
        """Share of the node links that a reach covers, for leaves that serve so many racks, of a
        pod of so many.
        """
        left = reach_m - self.vertical_m
        if self.leaves == "rack":
            return 1.0 if left >= 0 else 0.0
        if self.leaves == "apart":
            return self.switch_share(reach_m, racks)
        side = max(1, math.ceil(racks_per_leaf / 2 - 1e-9))
        covered = math.floor(left / self.rack_pitch_m + 1e-9)
        return min(1.0, max(0, covered) / side)

    def switch_share(self, reach_m: float, racks: float) -> float:
        """Share of the links between the middle of a square of so many racks and all of it that a
        reach covers.
        """
        left, half = reach_m - self.vertical_m, self.half_side_m(racks)
        if left <= 0:
            return 0.0
        if left >= 2 * half:
            return 1.0
        return (
            left**2 / (2 * half**2) if left <= half else 1 - (2 * half - left) ** 2 / (2 * half**2)
        )

    def half_side_m(self, racks: float) -> float:
        """Half the side of the square that so many racks fill, in m."""
        return math.sqrt(max(racks, 1.0) * self.rack_pitch_m * self.row_pitch_m) / 2


def apportion(total: int, shares: Sequence[float]) -> list[int]:
    """Whole links by medium for rising shares covered, the last of which takes what is left; they
    add up to the total.
    """
    found, before = [], 0
    for i, share in enumerate(shares):
        upto = total if i == len(shares) - 1 else min(total, math.floor(total * share + 1e-9))
        found.append(max(0, upto - before))
        before = max(before, upto)
    return found
