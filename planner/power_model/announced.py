"""At which basis and load may an announced power have been counted? It is held beside the draw at
each of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from planner.catalog.load import Catalog
from planner.core.fields import Amount
from planner.engineering.power import LOADS, Basis, Load
from planner.engineering.uncertain import Band
from planner.numbers import grouped
from planner.power_model.cluster import ClusterPower

NEAR = 0.01
"""How far off an announced power may be where the draw has no known range: it is rounded."""


@dataclass(frozen=True)
class Place:
    """An announced power beside the draw at one basis and load, W."""

    basis: Basis
    load: Load
    draw: Band
    announced_w: float

    @property
    def ratio(self) -> float:
        """Announced over predicted."""
        return self.announced_w / self.draw.value

    @property
    def ranged(self) -> bool:
        """Whether a range of the draw is known."""
        return self.draw.low < self.draw.high

    @property
    def fits(self) -> bool:
        """Whether it lies in the 80 % range; where none is known, within a hundredth of the
        draw.
        """
        if self.ranged:
            return self.draw.low <= self.announced_w <= self.draw.high
        return abs(self.ratio - 1.0) <= NEAR


@dataclass(frozen=True)
class Placed:
    """An announced power among all bases and loads of a cluster."""

    announced_w: float
    places: list[Place]

    @property
    def fitting(self) -> list[Place]:
        """Where it fits, the nearest first."""
        return sorted((p for p in self.places if p.fits), key=_distance)

    @property
    def others(self) -> list[Place]:
        """Where it does not."""
        return [place for place in self.places if not place.fits]

    @property
    def nearest(self) -> Place:
        """The basis and load whose draw is nearest to it, as a ratio."""
        return min(self.places, key=_distance)


def _distance(place: Place) -> float:
    return max(place.ratio, 1.0 / place.ratio)


def place(found: ClusterPower, announced_w: float) -> Placed:
    """An announced power beside every basis and load at which the cluster has a draw."""
    return Placed(
        announced_w,
        [
            Place(step.basis, load, step.bands[load], announced_w)
            for step in found.steps
            for load in LOADS
            if load in step.bands and step.bands[load].value > 0
        ],
    )


def whole_systems(catalog: Catalog, system_id: str, count: str) -> tuple[str, str]:
    """An announced count as whole systems, since it is rounded: the count as `planner power` takes
    it, and a note that says so, empty where nothing was changed.

    A count or a system that means nothing is left as it is, for the loader to refuse.
    """
    system, text = catalog.systems.get(system_id), count.strip()
    if re.fullmatch(r"[0-9.]+", text):
        text += " accelerators"
    try:
        said = Amount.parse(text)
    except ValueError:
        return count, ""
    if system is None or said.unit != "accelerators" or said.number <= 0:
        return count, ""
    per = round(system.accelerators.value)
    systems = max(1, round(said.number / per))
    if systems * per == said.number:
        return count, ""
    note = (
        f"{grouped(f'{said.number:.0f}')} accelerators are taken as {grouped(str(systems))} whole "
        f"systems, which have {grouped(str(systems * per))}"
    )
    return f"{systems} systems", note
