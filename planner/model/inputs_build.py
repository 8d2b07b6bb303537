"""What do the rules see of crews: who works where, and how much they do in a period?

Axes    C crews · L sites
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.arrays import Bools, Floats


@dataclass(frozen=True)
class BuildInputs:
    """Crews."""

    crews: tuple[str, ...]
    works: Bools
    """[C, L]"""
    it_mw: Floats
    """[C] critical IT commissioned in a period; inf: not limited."""
    racks: Floats
    """[C] racks that arrive in a period; inf: not limited."""
