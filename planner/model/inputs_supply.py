"""What do the rules see of vendors: ceilings and shapes of deliveries, and suppliers that must be qualified first?

Axes    K supply entries · Q qualifications · S systems · T periods
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from planner.arrays import Bools, Floats, Ints


@dataclass(frozen=True)
class SupplyInputs:
    """Orders and qualifications."""

    product: Ints
    """[S] the system whose vendor's deliveries these are: itself, or what it is a variant of."""
    system: Ints
    """[K]"""
    cumulative: Floats
    """[K, T] systems"""
    rate: Floats
    """[K, T] systems of one period, the same in every one"""
    schedule: Floats
    """[K, T] systems of one period, each with its own"""
    minimum: Floats
    """[K] least of a period with deliveries; 0 for none."""
    lot: Floats
    """[K] deliveries of a period are a multiple of it; 1 for any number."""
    most: Floats
    """[S, T] the most that can be delivered in a period with all its variants, whatever is bought; inf where nothing limits it."""
    suppliers: tuple[str, ...]
    """[Q] who must be qualified."""
    waits_for: Bools
    """[Q, S] whose systems these are."""
    begun_by: Ints
    """[Q, S, T] last period in which the qualification can begin for a delivery in a period; ABSENT where none is early enough."""
    cost_musd: Floats
    """[Q]"""

    @property
    def deliveries(self) -> tuple[Ints, Ints]:
        """(k, s) of every system that an entry is about."""
        entry, system = np.nonzero(self.system[:, None] == self.product[None])
        return entry, system
