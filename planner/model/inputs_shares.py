"""What do the rules see of who sells, makes and houses what?

Axes    S systems · L sites · T periods · G names of a level (suppliers, foundries, sites …)
        B bundles of what has the same possible makers
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.arrays import Bools, Floats, Ints


@dataclass(frozen=True)
class RuleInputs:
    """One diversification rule: how much one system counts, and which names it may count towards."""

    name: str
    groups: tuple[str, ...]
    bundles: tuple[str, ...]
    may: Bools
    """[G, B] whether a bundle may count towards a group: what is read where a share must not be too large."""
    surely: Bools
    """[G, B] whether it can count towards nobody else: what is read where a share must not be too small."""
    bundle_of: Ints
    """[S, L] number of the bundle, -1 for what is not counted."""
    weight: Floats
    """[S] metric per system."""
    unit: str
    of_fleet: bool
    """Whether what is in service counts, instead of what is delivered."""
    windows: tuple[tuple[int, int], ...]
    max_share: float | None
    min_share: float | None
    only: int | None
    min_groups: int | None
    max_groups: int | None
    max_hhi: float | None
    meaningful: float
    splits: Ints
    """[V, B] which bundles are one maker's (have the same number) in each way to divide them that may be the most concentrated; [0, B]
    where no HHI is limited."""


@dataclass(frozen=True)
class SurvivalInputs:
    """What must be left when the worst `losses` of a level stop."""

    event: str
    """Rules of the same event must hold at once."""
    groups: tuple[str, ...]
    may: Bools
    """[G, B]"""
    bundle_of: Ints
    """[S, L]"""
    losses: int
    lost: float
    demand: int | None
    """None: the fleet."""
    weight: Floats
    """[S, L] what one system serves, of the demand or of the fleet."""
    unit: str
    serves: float
