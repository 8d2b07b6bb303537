"""What does somebody want explained?"""

from __future__ import annotations

from dataclasses import dataclass

WITHIN_S = 120.0
MOST = 10


@dataclass(frozen=True)
class Asking:
    """What is to be explained: by default, what matters most of everything."""

    tags: tuple[str, ...] = ()
    """Limits to be priced, and nothing else."""
    goal: int = 1
    """Number of the objective that prices are in."""
    most: int = MOST
    """So many limits, dates and candidates are solved again."""
    within_s: float = WITHIN_S
