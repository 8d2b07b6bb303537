"""What do the rules see of halls? Places where machines stand: kinds of halls that can be built, then what stands at their sites.

Axes    P places · H halls, the first of the places · R resources of a place · S systems · L sites · T periods
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.arrays import Bools, Floats, Ints
from planner.model.inputs_money import Payments

RESOURCES = ("it", "positions", "liquid", "air")
"""MW of critical IT, racks, MW of heat to liquid, MW of heat to air."""


@dataclass(frozen=True)
class HallInputs:
    """Halls and what stands beside them, at sites where capacity is built by the hall."""

    places: tuple[str, ...]
    """`site/hall` for each kind of hall, then `site/standing` where something stands."""
    halls: int
    """H: so many of the places are halls."""
    site: Ints
    """[P]"""
    size: Floats
    """[H, R] of one hall; inf where it is not limited."""
    stands: Floats
    """[P, R, T] what stands without building; 0 for halls."""
    use: Floats
    """[P, R, S] what one system takes of a place."""
    can_house: Bools
    """[P, S]"""
    can_begin: Bools
    """[H, T]"""
    opens: Ints
    """[H, T] first period of use of a hall that is begun in a period; T where that lies beyond the horizon."""
    most: Floats
    """[H] halls; inf where nothing limits them."""
    cost_musd: Floats
    """[H] of one hall"""
    kept: Floats
    """[H, T] share of its cost that a hall that is begun in a period keeps at the end."""
    payments: Payments
    """Axes [H, T]: of a hall that is begun in a period."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the halls alone."""
        return self.places[: self.halls]
